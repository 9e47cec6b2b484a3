package goname

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestASCII: ASCII texts are split and capitalised like all others.
func TestASCII(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	namer := NewNamer([]string{"ERP"})
	const separator = "…" // makes the text non-ASCII without adding words
	for range 20_000 {
		text := make([]byte, r.IntN(9))
		for i := range text {
			text[i] = "aiIdDsSPprE_-. 19"[r.IntN(17)]
		}
		words := Words(string(text))
		if others := Words(string(text) + separator); !slices.Equal(words, others) {
			t.Fatalf("the words of %q are %q and %q", text, words, others)
		}
		for _, word := range words {
			for _, shout := range []bool{false, true} {
				if got, want := string(namer.appendCapitalised(nil, word, shout)), namer.capitalise(word, shout); got != want {
					t.Fatalf("%q is capitalised as %q and %q", word, got, want)
				}
			}
		}
	}
}

// TestNameAllocates: a name allocates memory only for itself.
func TestNameAllocates(t *testing.T) {
	namer := NewNamer(nil)
	if n := testing.AllocsPerRun(100, func() { namer.Name("privateData.secondaryEmail", "Attr") }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}
