package stub

import (
	"flag"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// neighbours are the names of files next to the client's: one that is built, one for tests and one
// for another system.
var neighbours = []string{"other.go", "other_test.go", "other_plan9.go"}

// FuzzStub: whatever Go the files of a package contain, the client's file is refused or keeps all
// its bytes. It stays as well formatted as it was, and compiles if it did, also on other systems
// and in tests. It has all methods unless a problem is reported, and lacks none the second time.
func FuzzStub(f *testing.F) {
	if fuzzing := flag.Lookup("test.fuzz"); fuzzing != nil && fuzzing.Value.String() != "" {
		addCases(f) // TestMake tests them
	}
	spec := stubSpec(f)
	generated, err := generatedPackages()
	if err != nil {
		f.Fatal(err)
	}
	connector, err := generated.Import(connectorPath)
	if err != nil {
		f.Fatal(err)
	}
	want := connector.Scope().Lookup("Client").Type().Underlying().(*types.Interface)
	f.Fuzz(func(t *testing.T, source, neighbour string, name uint8) {
		dir := t.TempDir()
		files := map[string][]byte{"client.go": []byte(source)}
		if neighbour != "" {
			files[neighbours[int(name)%len(neighbours)]] = []byte(neighbour)
		}
		writeAll(t, dir, files)
		p := fuzzedPackage{dir, generated, want}
		opts := options(dir, "")
		before, stub := p.builds(t), (*Stub)(nil)
		if stub, err = Make(spec, opts); err != nil {
			return
		}
		checkStub(t, stub)
		if err := os.WriteFile(stub.Path, stub.New, 0o644); err != nil {
			t.Fatal(err)
		}
		for i, build := range p.builds(t) {
			if before[i].err == nil && build.err != nil {
				t.Errorf("it no longer compiles: %v\n%s", build.err, stub.New)
			}
			if i == 0 {
				checkMethods(t, before[i], build, stub)
			}
		}
		checkAgain(t, opts, stub)
	})
}

// addCases seeds the fuzzer with the clients of the cases.
func addCases(f *testing.F) {
	f.Helper()
	for _, path := range cases(f) {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if file.Name == "client.go" {
				f.Add(string(file.Data), "", uint8(0))
			}
		}
	}
}

// checkMethods: a client without reported problems has all methods. One that had them all gets
// none, and no problem of them is reported.
func checkMethods(t *testing.T, before, after buildResult, stub *Stub) {
	t.Helper()
	if missing := after.missing; missing != "" && after.err == nil && len(stub.Problems) == 0 {
		t.Errorf("the method %s is missing:\n%s", missing, stub.New)
	}
	if before.err != nil || before.missing != "" {
		return
	}
	for _, p := range stub.Problems {
		if !strings.Contains(p.Message, "belongs to no command") && p.Kind == Unfit {
			t.Errorf("all methods fit, but: %v", p)
		}
	}
}

// A fuzzedPackage is a user's package in a folder.
type fuzzedPackage struct {
	dir       string
	generated *generatedImporter
	want      *types.Interface // of the client
}

// A buildResult is the result of type-checking a package.
type buildResult struct {
	err     error
	missing string // method of the client, "" for none
}

// builds type-checks the package as built here, and with the files built elsewhere.
func (p fuzzedPackage) builds(t *testing.T) []buildResult {
	t.Helper()
	var builds []buildResult
	for _, all := range []bool{false, true} {
		user, err := readUserPackage(token.NewFileSet(), p.dir)
		if err != nil {
			builds = append(builds, buildResult{err: err})
			continue
		}
		if all {
			user.files, user.aside = user.all(), nil
		}
		conf := types.Config{
			Importer: &module{dir: filepath.Join(p.dir, "none"), generated: p.generated},
			Error:    func(error) {}, // otherwise it stops at the first one, and leaves incomplete types
		}
		pkg, err := conf.Check(modulePath, user.fset, user.syntax(), nil)
		builds = append(builds, buildResult{err, p.missing(pkg)})
	}
	return builds
}

// missing returns a method that the client of a package lacks.
func (p fuzzedPackage) missing(pkg *types.Package) string {
	obj, ok := pkg.Scope().Lookup("Client").(*types.TypeName)
	if !ok {
		return "all"
	}
	named, ok := obj.Type().(*types.Named)
	if !ok || named.TypeParams().Len() > 0 {
		return ""
	}
	if _, ok := unreadOf(named); !ok {
		return "all" // looking them up would not end
	}
	if m, _ := types.MissingMethod(types.NewPointer(obj.Type()), p.want, true); m != nil {
		return m.Name()
	}
	return ""
}
