package generator

import (
	"math/rand/v2"
	"testing"

	"github.com/conngen/conngen/internal/choices"
)

// randomSpec makes up a spec without errors, with suitable settings: a golden one after some
// changes.
func randomSpec(t testing.TB, r *rand.Rand) (text []byte, opts Options) {
	t.Helper()
	bases := goldenCases(t)
	base := bases[r.IntN(len(bases))]
	text, opts = readFile(t, base.spec), testOptions
	for range r.IntN(16) {
		text, opts, _ = nextSpec(text, opts, r)
	}
	return text, opts
}

// nextSpec returns a changed copy of a spec, and what changed; it returns the spec itself if the
// change would be a mistake.
func nextSpec(text []byte, opts Options, r *rand.Rand) ([]byte, Options, string) {
	next, nextOpts, what, err := changed(text, opts, r)
	if err == nil {
		_, err = readSource(next, nextOpts)
	}
	if err != nil {
		return text, opts, "nothing"
	}
	return next, nextOpts, what
}

// mustMutant compiles the package of a spec without errors.
func mustMutant(t testing.TB, text []byte, opts Options) mutant {
	t.Helper()
	m, err := newMutant(text, opts)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m
}

// FuzzVerdict: for any two specs, [CompareAPI] and go/types agree on the change from one to the
// other, and back.
func FuzzVerdict(f *testing.F) {
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := choices.New(data)
		text, opts := randomSpec(t, r)
		old := mustMutant(t, text, opts)
		if c := CompareAPI(old.spec, old.spec, opts, opts); c.Go != GoNone || len(c.Changes) > 0 {
			t.Errorf("a spec differs from itself: %v", c.Changes)
		}
		what := "another spec"
		if r.IntN(4) == 0 {
			text, opts = randomSpec(t, r)
		} else {
			text, opts, what = nextSpec(text, opts, r)
		}
		current := mustMutant(t, text, opts)
		current.checkAPI(t, what)
		checkVerdict(t, what, old, current)
		checkVerdict(t, what+", and back", current, old)
	})
}
