package generator

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/conngen/conngen/schema"
)

// A stubCase is a user's package before and after: files as they are, and what
// MakeStub makes of them below want/.
type stubCase struct {
	path    string
	archive *txtar.Archive
	options map[string]string // "key: value" lines of the comment
}

func readStubCase(t *testing.T, path string) stubCase {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := stubCase{path, a, make(map[string]string)}
	for line := range strings.Lines(string(a.Comment)) {
		if key, value, ok := strings.Cut(line, ": "); ok {
			c.options[key] = strings.TrimSpace(value)
		}
	}
	return c
}

// files returns the files before, or those after by their names below want/.
func (c stubCase) files(wanted bool) []File {
	var files []File
	for _, f := range c.archive.Files {
		name, isWanted := strings.CutPrefix(f.Name, "want/")
		if isWanted != wanted {
			continue
		}
		data := f.Data
		if c.options["chomp"] == name && !wanted {
			data = bytes.TrimSuffix(data, []byte("\n"))
		}
		files = append(files, File{name, data})
	}
	return files
}

// want compares what came with what should have, or updates the case.
func (c stubCase) want(t *testing.T, got []File) {
	t.Helper()
	if *update {
		var kept []txtar.File
		for _, f := range c.archive.Files {
			if !strings.HasPrefix(f.Name, "want/") {
				kept = append(kept, f)
			}
		}
		for _, f := range got {
			kept = append(kept, txtar.File{Name: "want/" + f.Path, Data: f.Content})
		}
		c.archive.Files = kept
		if err := os.WriteFile(c.path, txtar.Format(c.archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	texts := func(files []File) map[string]string {
		m := make(map[string]string)
		for _, f := range files {
			m[f.Path] = string(f.Content)
		}
		return m
	}
	if diff := cmp.Diff(texts(c.files(true)), texts(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const stubImport = "example.com/app/connector"

func TestStub(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/stub/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases", err)
	}
	spec := stubSpec(t)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			c := readStubCase(t, path)
			dir := t.TempDir()
			before := c.files(false)
			writeAll(t, dir, before)
			opts := StubOptions{
				Options: Options{Package: "connector"}, Import: stubImport,
				Dir: dir, File: c.options["file"], Type: "Client", Package: "main",
			}
			stub, err := MakeStub(spec, opts)
			if err != nil {
				t.Fatal(err)
			}
			if err := stub.Write(); err != nil {
				t.Fatal(err)
			}
			checkStub(t, stub, before)
			name, err := filepath.Rel(dir, stub.Path)
			if err != nil {
				t.Fatal(err)
			}
			result := []File{{"problems", problemsText(stub, dir)}, {name, stub.New}}
			c.want(t, result)
			if again, err := MakeStub(spec, opts); err != nil || len(again.Added) > 0 || again.Diff() != "" {
				t.Errorf("the second time it added %v, error %v", again.Added, err)
			}
			if c.options["no-compile"] == "" {
				compileProject(t, spec, dir)
			}
		})
	}
}

func stubSpec(t *testing.T) *schema.Spec {
	t.Helper()
	text, err := os.ReadFile("testdata/stub/spec.json")
	if err != nil {
		t.Fatal(err)
	}
	spec, found := schema.Parse("spec.json", text)
	if found.HasErrors() {
		t.Fatal(found)
	}
	return spec
}

// checkStub: all lines of the user's are there, in their order, and what was
// formatted still is.
func checkStub(t *testing.T, stub *Stub, before []File) {
	t.Helper()
	rest := stub.New
	for line := range bytes.Lines(stub.Old) {
		line = bytes.TrimRight(line, "\r\n")
		i := bytes.Index(rest, line)
		if i < 0 {
			t.Fatalf("line %q is gone", line)
		}
		rest = rest[i+len(line):]
	}
	for _, f := range before {
		if formatted, err := format.Source(f.Content); err != nil || !bytes.Equal(formatted, f.Content) {
			return
		}
	}
	if formatted, err := format.Source(stub.New); err != nil || !bytes.Equal(formatted, stub.New) {
		t.Errorf("not formatted: %v\n%s", err, stub.New)
	}
}

func problemsText(stub *Stub, dir string) []byte {
	var b strings.Builder
	for _, p := range stub.Problems {
		fmt.Fprintln(&b, strings.ReplaceAll(p.String(), dir+string(filepath.Separator), ""))
	}
	return []byte(b.String())
}

// compileProject type-checks the packages of a module in dir against the package
// of the spec.
func compileProject(t *testing.T, spec *schema.Spec, dir string) {
	t.Helper()
	c, err := newChecker()
	if err != nil {
		t.Fatal(err)
	}
	connector, err := c.check(stubImport, generate(t, spec, Options{Package: "connector"}))
	if err != nil {
		t.Fatal(err)
	}
	m := module{t, c, dir, connector}
	if _, err := m.Import("example.com/app"); err != nil {
		t.Error(err)
	}
}

// A module imports packages by the folders of a module, and others as the checker.
type module struct {
	t         *testing.T
	checker   *checker
	dir       string
	connector *types.Package
}

func (m module) Import(path string) (*types.Package, error) {
	below, ok := strings.CutPrefix(path, "example.com/app")
	switch {
	case path == stubImport:
		return m.connector, nil
	case !ok:
		m.checker.mu.Lock()
		defer m.checker.mu.Unlock()
		return m.checker.Import(path)
	}
	user, err := readUserPackage(filepath.Join(m.dir, filepath.FromSlash(below)), "Client")
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, f := range user.files {
		files = append(files, f.File)
	}
	conf := types.Config{Importer: m}
	return conf.Check(path, user.fset, files, nil)
}

func TestStubRefuses(t *testing.T) {
	t.Parallel()
	spec := stubSpec(t)
	for name, test := range map[string]struct {
		file, text, asked, want string
	}{
		"broken":      {"client.go", "package main\n\nfunc (", "", "client.go:3:7: "},
		"interface":   {"client.go", "package main\n\ntype Client interface{}\n", "", "client.go:3:6: Client is an interface"},
		"alias":       {"client.go", "package main\n\ntype Client = int\n", "", "client.go:3:6: Client is an alias"},
		"not built":   {"client.go", "//go:build ignore\n\npackage main\n", "client.go", "client.go is not built into the package"},
		"two clauses": {"a.go", "package other\n", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			files := []File{{test.file, []byte(test.text)}}
			if name == "two clauses" {
				files = append(files, File{"b.go", []byte("package main\n")})
				test.want = "is of package other, and"
			}
			writeAll(t, dir, files)
			_, err := MakeStub(spec, StubOptions{
				Options: Options{Package: "connector"}, Import: stubImport, Dir: dir, File: test.asked, Type: "Client", Package: "main",
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if got, err := os.ReadFile(filepath.Join(dir, test.file)); err != nil || string(got) != test.text {
				t.Errorf("the file has become %q, error %v", got, err)
			}
		})
	}
}

// FuzzStub: whatever Go the user's file has, it is refused, or keeps all its lines,
// still parses, and lacks nothing the second time.
func FuzzStub(f *testing.F) {
	paths, err := filepath.Glob("testdata/stub/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if strings.HasSuffix(file.Name, ".go") {
				f.Add(string(file.Data))
			}
		}
	}
	text, err := os.ReadFile("testdata/stub/spec.json")
	if err != nil {
		f.Fatal(err)
	}
	spec, _ := schema.Parse("spec.json", text)
	f.Fuzz(func(t *testing.T, source string) {
		dir := t.TempDir()
		writeAll(t, dir, []File{{"client.go", []byte(source)}})
		opts := StubOptions{Options: Options{Package: "connector"}, Import: stubImport, Dir: dir, Type: "Client", Package: "main"}
		stub, err := MakeStub(spec, opts)
		if err != nil {
			return
		}
		if err := stub.Write(); err != nil {
			t.Fatal(err)
		}
		checkStub(t, stub, []File{{"client.go", []byte(source)}})
		if again, err := MakeStub(spec, opts); err != nil || len(again.Added) > 0 || again.Diff() != "" {
			t.Errorf("the second time it added %v, error %v\n%s", again.Added, err, stub.New)
		}
	})
}
