package printable

import "testing"

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "",
		"é 日\tb\nc":               "é 日\tb\nc",
		"\x1b[31mred\r\x9b\u202e": "\\x1b[31mred\\r\uFFFD\\u202e",
	} {
		if got := Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"config.json": "config.json", "ä/b": "ä/b", "": `""`, "my file": `"my file"`, "a\x1b": `"a\x1b"`, `a"b`: `"a\"b"`,
	} {
		if got := Name(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
