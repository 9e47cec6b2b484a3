package cut

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		max  int
		want string
	}{
		{"", 3, ""},
		{"abcd", 4, "abcd"},
		{"abcde", 4, "a…"},
		{"abcde", 3, "…"},
		{"é", 3, "é"},
		{"aéb😀", 7, "aéb…"},
		{"aé😀😀", 8, "aé…"},
		{"a😀😀😀", 8, "a😀…"},
		{"\x80\x80\x80\x80\x80\x80\x80\x80", 7, "\x80\x80\x80\x80…"},
	} {
		if got := To(tt.text, tt.max); got != tt.want {
			t.Errorf("To(%q, %d) = %q, want %q", tt.text, tt.max, got, tt.want)
		}
		if got := To([]byte(tt.text), tt.max); got != tt.want {
			t.Errorf("To of the bytes %q, %d is %q, want %q", tt.text, tt.max, got, tt.want)
		}
	}
	for max := 3; max < 40; max++ {
		if got := To(strings.Repeat("aé€😀", 10), max); len(got) > max || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
			t.Errorf("at most %d bytes: %q", max, got)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	if got := Quote("a\n\xff"); got != `"a\n\xff"` {
		t.Error(got)
	}
	if got, want := Quote(strings.Repeat("x", 101)), `"`+strings.Repeat("x", 97)+`…"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
