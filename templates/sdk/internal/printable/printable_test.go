package printable_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	generator "github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/templates/sdk/internal/printable"
)

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "",
		"é 日　語\tb\nc 👩\u200d💻 \uFFFD": "é 日　語\tb\nc 👩\u200d💻 \uFFFD",
		"\x1b[31mred\r\x9b\u202e\a":   `\x1b[31mred\r\x9b\u202e\x07`,
	} {
		if got := printable.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestSame: the SDK, which imports nothing of conngen, escapes what conngen escapes, but keeps line
// ends, and the commands of CI services.
func TestSame(t *testing.T) {
	t.Parallel()
	check := func(text string) {
		t.Helper()
		if got, want := strings.ReplaceAll(printable.Text(text), "\n", `\n`), generator.Text(text); got != want {
			t.Errorf("Text(%q) = %q, conngen's is %q", text, got, want)
		}
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if got, want := printable.IsText(r), generator.IsText(r); got != want {
			t.Errorf("IsText(%U) = %v, conngen's is %v", r, got, want)
		}
		if utf8.ValidRune(r) && !printable.IsText(r) {
			check("a" + string(r) + "b")
		}
	}
	for b := range 0x100 {
		check("é" + string([]byte{byte(b)}))
		check(string([]byte{byte(b), 0xc3, 0x28, 0xed, 0xa0, 0x80, 'x'}))
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"config.json": "config.json", "ä/b": "ä/b", "": `""`, "my file": `"my file"`, "a\x1b": `"a\x1b"`, `a"b`: `"a\"b"`,
	} {
		if got := printable.Name(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
