package generator

import (
	"encoding/json"
	"fmt"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/conngen/conngen/schema"
)

// TestCompareTellsTheAPI compares what a comparison of two specs says of Go code
// with the packages that they give: none means that they have the same API, and
// breaking that something of the old one is not in the new one, or means something
// else. Both verdicts are the ones that the history expects.
func TestCompareTellsTheAPI(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "shared", "corpus")
	data, err := os.ReadFile(filepath.Join(root, "history-expected.json"))
	if err != nil {
		t.Skipf("no corpus of real specs at %s", root)
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
			old, oldAPI := apiOf(t, filepath.Join(root, "history", name, p.Old+".json"))
			current, currentAPI := apiOf(t, filepath.Join(root, "history", name, p.New+".json"))
			if old == nil || current == nil {
				continue // no package can be made of a version with errors
			}
			pair := fmt.Sprintf("%s %s-%s", name, p.Old, p.New)
			c, err := CompareAPI(old, current, Options{}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			counts[c.Go.String()]++
			if !p.Guide && c.Go.String() != p.Go {
				t.Errorf("%s: the impact on Go code is %v, want %s", pair, c.Go, p.Go)
			}
			checkImpact(t, pair, c.Go, oldAPI, currentAPI)
		}
	}
	t.Logf("pairs by impact: %v", counts)
}

func checkImpact(t *testing.T, pair string, impact GoImpact, old, current map[string]string) {
	t.Helper()
	var lost []string
	for name, is := range old {
		if current[name] != is {
			lost = append(lost, fmt.Sprintf("%s %s, now %s", name, is, current[name]))
		}
	}
	slices.Sort(lost)
	switch {
	case impact == GoNone && (len(lost) > 0 || len(current) != len(old)):
		t.Errorf("%s: the API is said to be the same, and differs: %q", pair, lost)
	case impact == GoAdditive && len(lost) > 0:
		t.Errorf("%s: the API is said to have additions alone, and has lost %q", pair, lost)
	case impact == GoBreaking && len(lost) == 0:
		t.Errorf("%s: the API is said to break, and has lost nothing", pair)
	}
}

// A version is a spec with what its package exports: types by name, with the
// fields and methods of structs apart. The spec is nil when it has errors.
type version struct {
	spec *schema.Spec
	api  map[string]string
	err  error
}

// versions are those that have been checked, by path: both tests of the history
// need all of them.
var versions sync.Map // of func() version

// apiOf reads a version of a public spec and compiles its package.
func apiOf(t *testing.T, path string) (*schema.Spec, map[string]string) {
	t.Helper()
	check, _ := versions.LoadOrStore(path, sync.OnceValue(func() version { return checkVersion(path) }))
	v := check.(func() version)()
	if v.err != nil {
		t.Fatalf("%s: %v", path, v.err)
	}
	return v.spec, v.api
}

func checkVersion(path string) version {
	text, err := os.ReadFile(path)
	if err != nil {
		return version{err: err}
	}
	spec, found := schema.Parse(path, text)
	if found.HasErrors() {
		return version{}
	}
	files, err := Generate(spec, Options{Package: "connector", SDK: sharedSDK})
	if err != nil {
		return version{err: err}
	}
	c, err := newChecker()
	if err != nil {
		return version{err: err}
	}
	pkg, err := c.check("connector", files)
	if err != nil {
		return version{err: err}
	}
	api := make(map[string]string)
	for _, name := range pkg.Scope().Names() {
		if o := pkg.Scope().Lookup(name); o.Exported() {
			describe(api, o)
		}
	}
	return version{spec: spec, api: api}
}

// describe adds an exported object to an API.
func describe(api map[string]string, o types.Object) {
	named, ok := o.Type().(*types.Named)
	if _, isType := o.(*types.TypeName); !isType || !ok {
		api[o.Name()] = o.Type().String()
		return
	}
	for i := range named.NumMethods() {
		if m := named.Method(i); m.Exported() {
			api[o.Name()+"."+m.Name()] = m.Type().String()
		}
	}
	s, ok := named.Underlying().(*types.Struct)
	if !ok {
		api[o.Name()] = named.Underlying().String()
		return
	}
	api[o.Name()] = "struct"
	for i := range s.NumFields() {
		if f := s.Field(i); f.Exported() {
			api[o.Name()+"."+f.Name()] = f.Type().String()
		}
	}
}
