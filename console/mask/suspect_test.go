package mask

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// viewsHave reports whether one of the views of a text contains a secret, or the rest of one at an
// ellipsis.
func (m *Masker) viewsHave(text string) bool {
	found := false
	for _, v := range m.views(text) {
		m.find(v.text, func(n needle, _ span) bool {
			found = found || n.kind != quotedName
			return !found
		})
	}
	return found
}

// pieces are parts of texts that mislead readers of escaped characters.
var pieces = []string{
	`\`, `\\`, `\"`, `\n`, `\u`, `\u00`, `\u005c`, `\u0026`, `\ud83d`, `\ude00`, `\u2026`, `%`, `%25`, `%5C`, `%2`, `%u`, `%26`, `%2b`, `%E2`, `%80%A6`, `%2e`,
	`&`, `&amp;`, `&amp`, `&#92;`, `&#x5c;`, `&lt b;`, `&#37`, `;`, `+`, `u`, `0`, `2`, `5`, `6`, `c`, `…`, `..`, `.`, `"`, ` `,
}

// escape escapes a character randomly.
func escape(r *rand.Rand, c string) string {
	if c == " " && r.IntN(2) == 0 {
		c = "+"
	}
	for range r.IntN(3) {
		var b strings.Builder
		for i := range len(c) {
			form := []string{"%c", `\u%04x`, "%%%02X", "&#%d;", "&#x%x;"}[r.IntN(5)]
			if c[i] >= 0x80 {
				form = "%%%02X"
			}
			fmt.Fprintf(&b, form, c[i])
		}
		c = b.String()
	}
	return c
}

// TestSuspects: the search misses nothing that the views contain.
func TestSuspects(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	found := 0
	const secrets, texts = 100, 50
	for n := range secrets {
		secret := random(r, 4)
		if n%3 == 0 {
			secret = "p4ss " + secret
		}
		m := New()
		m.Learn(secret)
		for n := range texts {
			var b strings.Builder
			b.WriteString(random(r, r.IntN(4)))
			for _, c := range strings.Split(secret, "") {
				if n%2 == 0 {
					c = escape(r, c)
				}
				b.WriteString(c)
			}
			b.WriteString(random(r, r.IntN(4)))
			text := b.String()
			if !m.viewsHave(text) {
				continue
			}
			found++
			if !m.suspects(&m.secrets, text) {
				t.Fatalf("%q is in a view of %q, and the search misses it", secret, text)
			}
		}
	}
	if found < secrets*texts/2 {
		t.Errorf("only %d texts have a secret", found)
	}
}

func random(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

// TestUnsuspected: ordinary texts are distinguished from those that could contain a secret, however
// many escaped characters they have.
func TestUnsuspected(t *testing.T) {
	t.Parallel()
	m := New()
	m.Learn("hunter2!", "p4ss w/rd", `q"u\o`, "Zq7core/+&\"5 tail")
	for _, text := range []string{
		`{"name":"Zoe \"Z\" O'Neil","path":"C:\\Users\\h\\u","mail":"a@b.example"}`,
		`{"url":"https://a.example/?q=100%25%20of+it&amp;r=h%75nt"}`,
		`{"text":"R&amp;D &lt;b&gt; \u2018quoted\u2019 \ud83d\ude00 & Co; 5 &c"}`,
		`\\\\\\\\\\\\\\\\\\\\\\\\"`, `{\\\"a\\\":\\\"b\\\"}`, `%252525`, `&&&&&&&&&&&&&&&&`, "a+b+c", `\u`, `%2`, `&amp`,
	} {
		if m.suspects(&m.secrets, text) {
			t.Errorf("%s could have a secret", text)
		}
		if m.viewsHave(text) {
			t.Errorf("%s has a secret", text)
		}
	}
}

// TestOddest: a text that is too odd for the search is suspect, without long searching.
func TestOddest(t *testing.T) {
	t.Parallel()
	m := New()
	m.Learn("hunter2!")
	for _, piece := range []string{`\\`, "&", "%25", "&amp;", `&%\`} {
		text := strings.Repeat(piece, 10_000)
		if m.Text(text) != text {
			t.Errorf("%s is masked", piece)
		}
	}
}

func FuzzSuspects(f *testing.F) {
	f.Add("hunter2!", `h\u0075nter2%21`)
	f.Add(`a"b\`, `a\\\"b\\\\`)
	f.Add("p4ss word", "p4ss+w%26%23111%3Brd")
	f.Add("cut off here", `\u0063ut o…`)
	f.Fuzz(func(t *testing.T, secret, text string) {
		m := New()
		m.Learn(secret)
		if m.viewsHave(text) && m.hasMarks(text) && !m.suspects(&m.secrets, text) {
			t.Errorf("%q is in a view of %q, and the search misses it", secret, text)
		}
	})
}
