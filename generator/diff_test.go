package generator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/schema"
)

// TestCompareTellsTheAPI checks what a comparison of two specs says about Go code against the
// packages generated from them, and against what the history expects.
func TestCompareTellsTheAPI(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(corpus, "history-expected.json"))
	if err != nil {
		t.Skipf("no corpus of real specs at %s", corpus)
	}
	var history map[string]struct {
		Pairs []struct {
			Old, New, Go string
			Guide        bool
		} `json:"pairs"`
	}
	if err := json.Unmarshal(data, &history); err != nil {
		t.Fatal(err)
	}
	counts := make(map[string]int)
	for _, name := range slices.Sorted(maps.Keys(history)) {
		for _, p := range history[name].Pairs {
			old := versionOf(t, filepath.Join(corpus, "history", name, p.Old+".json"))
			current := versionOf(t, filepath.Join(corpus, "history", name, p.New+".json"))
			if old.spec == nil || current.spec == nil {
				continue // a version with errors has no package
			}
			pair := fmt.Sprintf("%s %s-%s", name, p.Old, p.New)
			c := CompareAPI(old.spec, current.spec, testOptions, testOptions)
			counts[c.Go.String()]++
			if want := cmp.Or(otherImpacts[pair], p.Go); !p.Guide && c.Go.String() != want {
				t.Errorf("%s: the impact on Go code is %v, want %s", pair, c.Go, want)
			}
			if want := impactOn(old.api, current.api); c.Go != want {
				t.Errorf("%s: the impact on Go code is %v, the packages say %v%s", pair, c.Go, want, apiChanges(old.api, current.api))
			}
		}
	}
	t.Logf("pairs by impact: %v", counts)
}

// otherImpacts are the impacts that differ from those in the history: matchingConfigs.fusionScore
// is now required, so it is a number instead of a pointer to one.
var otherImpacts = map[string]string{"identity-fusion-ng 13-14": "breaking"}

// impactOn is the impact of a package's exports on code written against another.
func impactOn(old, current map[string]string) GoImpact {
	impact := GoNone
	for name, line := range current {
		switch _, had := old[name]; {
		case !had && strings.HasPrefix(name, "Client."):
			return GoBreaking // clients lack a method
		case !had:
			impact = GoAdditive
		case old[name] != line:
			return GoBreaking
		}
	}
	for name := range old {
		if _, has := current[name]; !has {
			return GoBreaking
		}
	}
	return impact
}

// apiChanges lists what differs between two packages.
func apiChanges(old, current map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if current[name] != old[name] {
			fmt.Fprintf(&b, "\n- %s", old[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(current)) {
		if current[name] != old[name] {
			fmt.Fprintf(&b, "\n+ %s", current[name])
		}
	}
	return b.String()
}

// A version is a spec and the API of its package. The spec is nil when it has errors.
type version struct {
	spec *schema.Spec
	api  map[string]string
	err  error
}

// versions are the checked versions by path; both history tests need all of them.
var versions sync.Map // of func() version

// versionOf reads a version of a public spec and compiles its package.
func versionOf(t *testing.T, path string) version {
	t.Helper()
	check, _ := versions.LoadOrStore(path, sync.OnceValue(func() version {
		text, err := os.ReadFile(path)
		if err != nil {
			return version{err: err}
		}
		spec, found := schema.Parse(path, text)
		if found.HasErrors() {
			return version{}
		}
		return newVersion(spec, testOptions)
	}))
	v := check.(func() version)()
	if v.err != nil {
		t.Fatalf("%s: %v", path, v.err)
	}
	return v
}

// newVersion compiles the package of a spec that has no errors.
func newVersion(spec *schema.Spec, opts Options) version {
	files, err := Generate(spec, opts)
	if err != nil {
		return version{err: err}
	}
	c, err := newChecker()
	if err != nil {
		return version{err: err}
	}
	p, err := c.check("connector", files)
	if err != nil {
		return version{err: fmt.Errorf("%w\n%s", err, sourceOf(files, err))}
	}
	return version{spec: spec, api: apiMap(readAPI(p))}
}
