package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// appendByBytes is [AppendString] as its rules are read: one character after another.
func appendByBytes(b []byte, s string) []byte {
	b = append(b, '"')
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r < ' ' || r == '"' || r == '\\':
			text, _ := json.Marshal(string(r)) // escapes these as JSON.stringify does
			b = append(b, text[1:len(text)-1]...)
		default:
			b = utf8.AppendRune(b, r)
		}
		s = s[size:]
	}
	return append(b, '"')
}

// TestAppendStringByBytes puts pieces of every kind at every offset of texts of every length around
// one and two words.
func TestAppendStringByBytes(t *testing.T) {
	t.Parallel()
	pieces := []string{"é", "日", "😀", "\u2028", "\ufffd", "\xff", "\xe2\x82", "\xed\xa0\x80", "\xc0\xaf", "\"\"", "\\\"", "\x00\x1f", "\"\x7f", "!\"#", "[\\]"}
	for c := range 256 {
		pieces = append(pieces, string([]byte{byte(c)}))
	}
	for _, piece := range pieces {
		for before := range 18 {
			for after := range 18 {
				for _, s := range []string{
					strings.Repeat("a", before) + piece + strings.Repeat("~", after),
					strings.Repeat("!", before) + piece + strings.Repeat(" ", after) + piece,
				} {
					got, want := string(AppendString([]byte("x"), s)), string(appendByBytes([]byte("x"), s))
					if got != want {
						t.Fatalf("%q: %q, want %q", s, got, want)
					}
				}
			}
		}
	}
}

// TestAppendStringUTF8 puts bytes that may and may not continue a character after each first byte.
func TestAppendStringUTF8(t *testing.T) {
	t.Parallel()
	borders := []byte{0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0}
	for first := range 256 {
		for _, second := range borders {
			for _, third := range borders {
				for n := 1; n <= 3; n++ {
					s := string([]byte{byte(first), second, third}[:n]) + "x"
					for _, s := range []string{s, s[:n]} {
						if got, want := string(AppendString(nil, s)), string(appendByBytes(nil, s)); got != want {
							t.Fatalf("%q: %q, want %q", s, got, want)
						}
					}
				}
			}
		}
	}
}

// TestAppendStringAllocates: a text of any kind takes no memory but the buffer's. It is not parallel,
// since it counts what the whole program allocates.
func TestAppendStringAllocates(t *testing.T) {
	buf := make([]byte, 0, 1024)
	for _, s := range []string{"", "abc", "1234567", "ada.lovelace@example.com", "a \"quoted\"\nline", "größer 日本 😀", "bad\xffbyte"} {
		if n := testing.AllocsPerRun(100, func() { buf = AppendString(buf[:0], s) }); n != 0 {
			t.Errorf("%q takes %v allocations", s, n)
		}
	}
}

// FuzzAppendString: any text is written as character by character, and is read back as the same
// except for what is not UTF-8.
func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "a\"b\\c", "\x00\x1f\x7f", "größer 日本 😀", "\u2028\ufffd", "a\xffb\xe2\x82", "1234567\"", "12345678\\9", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := string(AppendString([]byte("x"), s)[1:])
		if want := string(appendByBytes(nil, s)); got != want {
			t.Fatalf("%q: %s, want %s", s, got, want)
		}
		var back string
		if err := json.Unmarshal([]byte(got), &back); err != nil || back != string([]rune(s)) {
			t.Errorf("%q: %s is read as %q, %v", s, got, back, err)
		}
	})
}

func BenchmarkAppendString(b *testing.B) {
	for name, s := range map[string]string{
		"id": "1234567", "email": "ada.lovelace@example.com", "long": strings.Repeat("x", 80),
		"quotes": `Engineer "first class"`, "umlauts": "Müller-Lüdenscheidt", "japanese": "名前は日本語です",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			buf := make([]byte, 0, 1024)
			for b.Loop() {
				buf = AppendString(buf[:0], s)
			}
		})
	}
}
