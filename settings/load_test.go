package settings_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/settings"
)

// A tree is a file system in memory: texts by slash-separated path.
type tree map[string]string

func (t tree) read(name string) ([]byte, error) {
	if text, ok := t[filepath.ToSlash(name)]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// at is a fixed root, as for a git revision.
func at(root string) func(string) (string, error) {
	return func(string) (string, error) { return root, nil }
}

func load(t *testing.T, files tree, dir string) settings.Settings {
	t.Helper()
	s, err := settings.NewLoader(files.read, at(".")).Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shown formats a value with its origin.
func shown(v settings.Value) string {
	if !v.IsSet() {
		return v.Text
	}
	own := ""
	if v.Origin.Own {
		own = " own"
	}
	return fmt.Sprintf("%s %s%s", v.Text, filepath.ToSlash(v.Origin.String()), own)
}

func shownAll(values map[string]settings.Value) map[string]string {
	all := make(map[string]string)
	for key, v := range values {
		all[key] = shown(v)
	}
	return all
}

var merged = tree{
	".conngen.json": `{
		"rules": {"no-commands": "off", "missing-key-type": "error"},
		"generate": {"out": "gen", "package": "all", "sdk": "./sdk", "names": {"account/id": "ID", "account/uid": "UID"}, "initialisms": ["IIQ", "MX"]},
		"stub": {"file": "top.go"},
		"ignore": [{"rule": "no-commands", "at": "/commands", "reason": "r"}]
	}`,
	"teams/hr/.conngen.json": `{
		"rules": {"no-commands": "info"},
		"generate": {"package": "hr", "names": {"account/id": "Key"}, "initialisms": ["iiq", "ACME"]},
		"stub": {"type": "HR"},
		"ignore": [{"rule": "no-commands", "at": "account/id", "reason": "r"}]
	}`,
}

func TestMerge(t *testing.T) {
	t.Parallel()
	s := load(t, merged, "teams/hr")
	if diff := cmp.Diff(map[string]string{"no-commands": "info teams/hr/.conngen.json:2:28 own", "missing-key-type": "error .conngen.json:2:55"}, shownAll(s.Rules)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"account/id": "Key teams/hr/.conngen.json:3:57 own", "account/uid": "UID .conngen.json:3:109"}, shownAll(s.Generate.Names)); diff != "" {
		t.Error(diff)
	}
	got := []string{shown(s.Generate.Out), shown(s.Generate.Package), shown(s.Generate.SDK.Value), s.Generate.SDK.Folder, shown(s.Stub.File), shown(s.Stub.Type)}
	for _, v := range s.Generate.Initialisms {
		got = append(got, shown(v))
	}
	for _, entry := range s.Ignore {
		got = append(got, shown(settings.Value{Text: entry.At, Origin: entry.Origin}))
	}
	if diff := cmp.Diff([]string{
		"gen .conngen.json:3:23", "hr teams/hr/.conngen.json:3:27 own", "./sdk .conngen.json:3:55", "sdk", "top.go .conngen.json:4:20", "HR teams/hr/.conngen.json:4:20 own",
		"ACME teams/hr/.conngen.json:3:88 own", "iiq teams/hr/.conngen.json:3:81 own", "MX .conngen.json:3:140",
		"account/id teams/hr/.conngen.json:5:14 own", "/commands .conngen.json:5:14",
	}, got); diff != "" {
		t.Error(diff)
	}

	if filepath.ToSlash(s.Own.Name) != "teams/hr/.conngen.json" {
		t.Errorf("own file %s", s.Own.Name)
	}

	inherited := load(t, merged, "teams")
	if inherited.Own != nil || shown(inherited.Generate.Package) != "all .conngen.json:3:41" || len(inherited.Generate.Initialisms) != 2 {
		t.Errorf("%+v", inherited.Generate)
	}
	if none := load(t, tree{}, "teams/hr"); none.Generate.Out.IsSet() || none.Rules != nil || none.Ignore != nil {
		t.Errorf("without files: %+v", none)
	}
}

func TestSDKFolder(t *testing.T) {
	t.Parallel()
	for sdk, want := range map[string]string{
		"./sdk": "a/b/sdk", "../sdk/": "a/sdk", "../../x/../sdk": "sdk", "../../../sdk": "../sdk",
		"sdk": "", "example.com/x/sdk": "",
	} {
		files := tree{"a/b/.conngen.json": fmt.Sprintf(`{"generate": {"sdk": %q}}`, sdk)}
		for _, dir := range []string{"a/b", "a/b/c/d"} {
			got := load(t, files, dir).Generate.SDK
			if got.Text != sdk || filepath.ToSlash(got.Folder) != want {
				t.Errorf("%s for %s: %q in %q, want %q", sdk, dir, got.Text, got.Folder, want)
			}
		}
	}
	// The nearest file wins, whatever the form.
	files := tree{".conngen.json": `{"generate": {"sdk": "./sdk"}}`, "a/.conngen.json": `{"generate": {"sdk": "x.com/sdk"}}`}
	if got := load(t, files, "a").Generate.SDK; got.Text != "x.com/sdk" || got.Folder != "" {
		t.Errorf("%+v", got)
	}
}

func TestRootStops(t *testing.T) {
	t.Parallel()
	files := tree{
		".conngen.json":     `{"stub": {"type": "Top"}}`,
		"a/.conngen.json":   `{"root": true, "stub": {"file": "a.go"}}`,
		"a/b/.conngen.json": `{"root": false}`,
	}
	if s := load(t, files, "a/b/c"); s.Stub.File.Text != "a.go" || s.Stub.Type.IsSet() {
		t.Errorf("%+v", s.Stub)
	}
	if s := load(t, files, "x"); s.Stub.Type.Text != "Top" {
		t.Errorf("%+v", s.Stub)
	}
}

// TestErrors: the mistakes of all files up to the root are reported together.
func TestErrors(t *testing.T) {
	t.Parallel()
	files := tree{
		".conngen.json":     `{"x": 1}`,
		"a/.conngen.json":   `{"root": true, "stub": {"type": ""}, "y": 1}`,
		"a/b/.conngen.json": `{"root": 1}`,
		"a/c/.conngen.json": `{`,
		"a/d/.conngen.json": `{}`,
	}
	loader := settings.NewLoader(files.read, at(""))
	tests := []struct {
		dir  string
		want string
	}{
		{"a/b", `settings cannot be used:
a/b/.conngen.json:1:10: error: root must be true or false, not 1 [settings]
a/.conngen.json:1:33: error: type must not be empty [settings]
a/.conngen.json:1:38: error: unknown setting "y" [settings]`},
		{"a/c", `settings cannot be used:
a/c/.conngen.json:1:2: error: file ends before the '{' of line 1 is closed [json-syntax]
a/.conngen.json:1:33: error: type must not be empty [settings]
a/.conngen.json:1:38: error: unknown setting "y" [settings]`},
		{"a/d", `settings cannot be used:
a/.conngen.json:1:33: error: type must not be empty [settings]
a/.conngen.json:1:38: error: unknown setting "y" [settings]`},
		{"e", `settings cannot be used:
.conngen.json:1:2: error: unknown setting "x" [settings]`},
	}
	for _, tt := range tests {
		_, err := loader.Load(tt.dir)
		var problems *settings.Error
		if !errors.As(err, &problems) {
			t.Fatalf("%s: %v", tt.dir, err)
		}
		if diff := cmp.Diff(tt.want, filepath.ToSlash(err.Error())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.dir, diff)
		}
		if f := problems.Files[0]; f.File.Name != f.Found[0].Path {
			t.Errorf("findings in %s are of %s", f.File.Name, f.Found[0].Path)
		}
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	denied := func(string) ([]byte, error) { return nil, fs.ErrPermission }
	if _, err := settings.NewLoader(denied, at(".")).Load("a"); !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
	lost := func(string) (string, error) { return "", fs.ErrInvalid }
	if _, err := settings.NewLoader(denied, lost).Load("a"); !errors.Is(err, fs.ErrInvalid) {
		t.Error(err)
	}
	if _, err := settings.NewLoader(tree{}.read, at("b")).Load("a"); err == nil || err.Error() != "settings of a: b is not a folder around it" {
		t.Error(err)
	}
}

// TestNames: files are read at their real paths, but named relative to the spec's.
func TestNames(t *testing.T) {
	t.Parallel()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Dir(here)
	files := tree{filepath.ToSlash(filepath.Join(root, ".conngen.json")): `{"generate": {"sdk": "./sdk"}}`}
	for dir, want := range map[string]string{
		".": "../.conngen.json", "a/b": "../.conngen.json", "..": "../.conngen.json",
		here: path.Join(filepath.ToSlash(root), ".conngen.json"),
	} {
		s, err := settings.NewLoader(files.read, at(root)).Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := filepath.ToSlash(s.Generate.SDK.Origin.File.Name); got != want {
			t.Errorf("from %s the file is %s, want %s", dir, got, want)
		}
		if s.Generate.SDK.Folder != filepath.Join(root, "sdk") {
			t.Errorf("from %s the SDK is in %s", dir, s.Generate.SDK.Folder)
		}
	}
}

// TestReadOnce: goroutines share files that were read.
func TestReadOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	reads := make(map[string]int)
	loader := settings.NewLoader(func(name string) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		reads[filepath.ToSlash(name)]++
		return merged.read(name)
	}, at("."))
	var group sync.WaitGroup
	for i := range 100 {
		group.Go(func() {
			s, err := loader.Load(fmt.Sprintf("teams/hr/%d", i%4))
			if err != nil || s.Generate.Package.Text != "hr" {
				t.Error(s, err)
			}
		})
	}
	group.Wait()
	if len(reads) != 7 {
		t.Errorf("read %v", reads)
	}
	for name, n := range reads {
		if n != 1 {
			t.Errorf("%s was read %d times", name, n)
		}
	}
}

func TestFindRoot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, marks, dir, want string
	}{
		{"repository", "/repo/.git", "/repo/a/b", "/repo"},
		{"its root", "/repo/.git", "/repo", "/repo"},
		{"module in a repository", "/repo/.git /repo/a/go.mod", "/repo/a/b", "/repo"},
		{"repository in a module", "/m/go.mod /m/repo/.git", "/m/repo/b", "/m/repo"},
		{"repository in a repository", "/repo/.git /repo/sub/.git", "/repo/sub/b", "/repo/sub"},
		{"module without repository", "/m/go.mod", "/m/a/b", "/m"},
		{"nested module", "/m/go.mod /m/a/go.mod", "/m/a/b", "/m/a"},
		{"neither", "/other/.git", "/a/b", "/a/b"},
		{"file system", "/.git", "/a/b", "/"},
	}
	for _, tt := range tests {
		marks := make(map[string]int)
		for _, m := range strings.Fields(tt.marks) {
			marks[absolute(t, m)] = 1
		}
		finder := settings.NewRootFinder(func(name string) bool { return marks[name] > 0 })
		for range 2 {
			got, err := finder.Find(absolute(t, tt.dir))
			if err != nil || got != absolute(t, tt.want) {
				t.Errorf("%s: %s %v, want %s", tt.name, got, err, tt.want)
			}
		}
	}
}

func absolute(t *testing.T, slashed string) string {
	t.Helper()
	name, err := filepath.Abs(filepath.FromSlash(slashed))
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// BenchmarkLoad loads the settings of 1,000 specs with a fresh Loader.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		loader := settings.NewLoader(merged.read, at("."))
		for i := range 1000 {
			if _, err := loader.Load(fmt.Sprintf("teams/hr/%d", i)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
