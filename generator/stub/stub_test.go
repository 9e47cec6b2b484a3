package stub

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/schema"
)

var update = flag.Bool("update", false, "rewrite what the cases in testdata want")

const (
	modulePath    = "example.com/app"
	connectorPath = modulePath + "/connector"
	sdkPath       = connectorPath + "/sdk"
)

// options are those of all cases.
func options(dir, file string) Options {
	return Options{
		Options: generator.Options{Package: "connector", SDK: sdkPath},
		Import:  connectorPath, Dir: dir, File: file, Type: "Client", UserPackage: "main",
	}
}

// A stubCase is a user's package before and after: its files, and Make's results below want/.
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
func (c stubCase) files(wanted bool) map[string][]byte {
	files := make(map[string][]byte)
	for _, f := range c.archive.Files {
		name, isWanted := strings.CutPrefix(f.Name, "want/")
		if isWanted != wanted {
			continue
		}
		files[name] = f.Data
		if c.options["chomp"] == name && !wanted {
			files[name] = bytes.TrimSuffix(f.Data, []byte("\n"))
		}
	}
	return files
}

// want compares a result with the expected one, or updates the case.
func (c stubCase) want(t *testing.T, got ...txtar.File) {
	t.Helper()
	if *update {
		c.archive.Files = slices.DeleteFunc(c.archive.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "want/") })
		for _, f := range got {
			c.archive.Files = append(c.archive.Files, txtar.File{Name: "want/" + f.Name, Data: f.Data})
		}
		if err := os.WriteFile(c.path, txtar.Format(c.archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, is := make(map[string]string), make(map[string]string)
	for name, data := range c.files(true) {
		want[name] = string(data)
	}
	for _, f := range got {
		is[f.Name] = string(f.Data)
	}
	if diff := cmp.Diff(want, is); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMake(t *testing.T) {
	t.Parallel()
	for _, path := range cases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			c := readStubCase(t, path)
			dir := t.TempDir()
			before := c.files(false)
			writeAll(t, dir, before)
			opts := options(dir, c.options["file"])
			if name, ok := c.options["type"]; ok {
				opts.Type = name
			}
			stub, err := Make(stubSpec(t), opts)
			if err != nil {
				t.Fatal(err)
			}
			if err := stub.Write(t.Context()); err != nil {
				t.Fatal(err)
			}
			checkStub(t, stub)
			name, err := filepath.Rel(dir, stub.Path)
			if err != nil {
				t.Fatal(err)
			}
			c.want(t, txtar.File{Name: "problems", Data: problemsText(stub, dir)}, txtar.File{Name: name, Data: stub.New})
			checkAgain(t, opts, stub)
			if c.options["no-compile"] == "" {
				compile(t, dir)
			}
		})
	}
}

// cases returns the paths of the cases.
func cases(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases", err)
	}
	return paths
}

func stubSpec(t testing.TB) *schema.Spec {
	t.Helper()
	text, err := os.ReadFile("testdata/spec.json")
	if err != nil {
		t.Fatal(err)
	}
	spec, found := schema.Parse("spec.json", text)
	if found.HasErrors() {
		t.Fatal(found)
	}
	return spec
}

func writeAll(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// checkStub: all bytes of the user's file remain in order, formatted lines remain whole, and
// formatted code stays formatted.
func checkStub(t *testing.T, stub *Stub) {
	t.Helper()
	parts := bytes.SplitAfter(stub.Old, nil)
	formatted := isFormatted(stub.Old)
	if formatted {
		parts = bytes.SplitAfter(stub.Old, []byte("\n"))
	}
	rest := stub.New
	for _, part := range parts {
		i := bytes.Index(rest, part)
		if i < 0 {
			t.Fatalf("%q is gone:\n%s", part, stub.New)
		}
		rest = rest[i+len(part):]
	}
	if formatted && !isFormatted(stub.New) {
		t.Errorf("not formatted:\n%s", stub.New)
	}
}

// checkAgain: nothing is missing the second time.
func checkAgain(t *testing.T, opts Options, stub *Stub) {
	t.Helper()
	if again, err := Make(stubSpec(t), opts); err != nil {
		t.Errorf("the second time: %v\n%s", err, stub.New)
	} else if len(again.Added) > 0 || again.Diff() != "" {
		t.Errorf("the second time it added %v\n%s", again.Added, stub.New)
	}
}

func problemsText(stub *Stub, dir string) []byte {
	var b strings.Builder
	for _, p := range stub.Problems {
		text := fmt.Sprintf("%s: %s", p.Position, p.Message)
		if p.Kind == Unknown {
			text = fmt.Sprintf("%s: warning: %s", p.Position, p.Message)
		}
		fmt.Fprintln(&b, strings.ReplaceAll(text, dir+string(filepath.Separator), ""))
	}
	return []byte(b.String())
}

// compile type-checks the user's module in dir.
func compile(t *testing.T, dir string) {
	t.Helper()
	generated, err := generatedPackages()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&module{dir: dir, generated: generated}).Import(modulePath); err != nil {
		t.Error(err)
	}
}

// A module imports its own packages from their folders, and others as generated or compiled.
type module struct {
	dir       string
	generated *generatedImporter
}

func (m *module) Import(importPath string) (*types.Package, error) {
	below, ours := strings.CutPrefix(importPath, modulePath)
	if !ours || m.generated.sources[importPath] != nil {
		return m.generated.Import(importPath)
	}
	user, err := readUserPackage(token.NewFileSet(), filepath.Join(m.dir, filepath.FromSlash(below)))
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: m}
	return conf.Check(importPath, user.fset, user.syntax(), nil)
}

// A generatedImporter imports the generated package and its SDK from source, each once, and the
// standard library compiled by the go command.
type generatedImporter struct {
	mu      sync.Mutex
	fset    *token.FileSet
	sources map[string][]*ast.File
	checked map[string]*types.Package
	std     types.Importer
}

func (g *generatedImporter) Import(importPath string) (*types.Package, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return lockedImporter{g}.Import(importPath)
}

// A lockedImporter is an importer whose lock is held.
type lockedImporter struct{ *generatedImporter }

func (g lockedImporter) Import(importPath string) (*types.Package, error) {
	files := g.sources[importPath]
	if files == nil {
		return g.std.Import(importPath)
	}
	if pkg := g.checked[importPath]; pkg != nil {
		return pkg, nil
	}
	conf := types.Config{Importer: g}
	pkg, err := conf.Check(importPath, g.fset, files, nil)
	g.checked[importPath] = pkg
	return pkg, err
}

var generatedPackages = sync.OnceValues(func() (*generatedImporter, error) {
	g := &generatedImporter{fset: token.NewFileSet(), sources: make(map[string][]*ast.File), checked: make(map[string]*types.Package)}
	text, err := os.ReadFile("testdata/spec.json")
	if err != nil {
		return nil, err
	}
	spec, _ := schema.Parse("spec.json", text)
	files, err := generator.Generate(spec, options("", "").Options)
	if err != nil {
		return nil, err
	}
	sdk := generator.SDK(sdkPath)
	if err := errors.Join(g.add(connectorPath, files), g.add(sdkPath, sdk)); err != nil {
		return nil, err
	}
	g.std, err = g.standard("bytes", "fmt")
	return g, err
})

// add parses the files of one package or several that are built for this platform.
func (g *generatedImporter) add(importPath string, files []generator.File) error {
	for _, f := range files {
		if strings.HasSuffix(f.Path, "_js.go") {
			continue
		}
		file, err := parser.ParseFile(g.fset, f.Path, f.Content, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		p := path.Join(importPath, path.Dir(f.Path))
		g.sources[p] = append(g.sources[p], file)
	}
	return nil
}

// standard imports the standard packages that the sources need, and more.
func (g *generatedImporter) standard(more ...string) (types.Importer, error) {
	needed := more
	for _, files := range g.sources {
		for _, f := range files {
			for _, i := range f.Imports {
				importPath, _ := strconv.Unquote(i.Path.Value) // a literal that parses can be unquoted
				if g.sources[importPath] == nil {
					needed = append(needed, importPath)
				}
			}
		}
	}
	slices.Sort(needed)
	list, err := exec.Command("go", append([]string{"list", "-export", "-f", "{{.ImportPath}} {{.Export}}", "--"}, slices.Compact(needed)...)...).Output()
	if err != nil {
		return nil, err
	}
	exports := make(map[string]string)
	for line := range strings.Lines(string(list)) {
		importPath, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[importPath] = file
	}
	return importer.ForCompiler(g.fset, "gc", func(importPath string) (io.ReadCloser, error) { return os.Open(exports[importPath]) }), nil
}

func TestMakeRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files       map[string]string
		asked, want string
	}{
		"broken":            {map[string]string{"client.go": "package main\n\nfunc ("}, "", "client.go:3:7: "},
		"interface":         {map[string]string{"client.go": "package main\n\ntype Client interface{}\n"}, "", "client.go:3:6: Client is an interface"},
		"alias":             {map[string]string{"client.go": "package main\n\ntype Client = int\n"}, "", "client.go:3:6: Client is an alias"},
		"pointer":           {map[string]string{"client.go": "package main\n\ntype Client *int\n"}, "", "client.go:3:6: Client is a pointer"},
		"named interface":   {map[string]string{"client.go": "package main\n\ntype Other interface{}\n\ntype Client Other\n"}, "", "client.go:5:6: Client is an interface"},
		"endless":           {map[string]string{"client.go": "package main\n\ntype T[A any] struct{ *T[[]A] }\n\ntype Client struct{ T[int] }\n"}, "", "client.go:5:6: Client embeds a generic type that embeds itself without end"},
		"function":          {map[string]string{"client.go": "package main\n\nfunc Client() {}\n"}, "", "client.go:3:6: Client is a function"},
		"variable of tests": {map[string]string{"client.go": "package main\n", "a_test.go": "package main\n\nvar a, Client int\n"}, "", "a_test.go:3:8: Client is a variable"},
		"import":            {map[string]string{"a.go": "package main\n\nimport Client \"fmt\"\n"}, "", "a.go:3:8: Client is the name of an import"},
		"in a test":         {map[string]string{"client_test.go": "package main\n\ntype Client struct{}\n"}, "", "client_test.go:3:6: Client is declared in a test file"},
		"by name":           {map[string]string{"client_plan9.go": "package main\n\ntype Client struct{}\n"}, "", "client_plan9.go:3:6: Client is declared in a file that is not built on this system"},
		"by tag":            {map[string]string{"client.go": "//go:build plan9\n\npackage main\n\ntype (\n\tClient struct{}\n)\n"}, "other.go", "client.go:6:2: Client is declared in a file that is not built on this system"},
		"new, not built":    {nil, "client_plan9.go", "client_plan9.go is not built into the package"},
		"dot import":        {map[string]string{"a.go": "package main\n\nimport . \"example.com/app/connector\"\n\nvar _ Account\n"}, "", "Client already declared through dot-import"},
		"own any":           {map[string]string{"client.go": "package main\n\ntype any int\n"}, "", "client.go:3:6, but they need Go's own"},
		"own error":         {map[string]string{"client.go": "package main\n\ntype error interface{ Error() string }\n"}, "", "client.go:3:6, but they need Go's own"},
		"not built":         {map[string]string{"client.go": "//go:build ignore\n\npackage main\n"}, "client.go", "client.go is not built into the package"},
		"wrapper": {
			map[string]string{"client.go": wrapped("connector.UnimplementedClient", "var _ connector.Client = Wrapped{}")},
			"",
			"client.go:13:26 would no longer compile: cannot use Wrapped{}",
		},
		"wrapper and its call": {
			map[string]string{"client.go": wrapped("Other", "func (Other) AccountRead() {}\n\nfunc f(w Wrapped) { w.AccountRead() }")},
			"",
			"client.go:15:23 would no longer compile: ambiguous selector w.AccountRead",
		},
		"wrapper and its field": {
			map[string]string{"client.go": wrapped("Other", ""), "a.go": "package main\n\nfunc f(w Wrapped) int { return w.GroupList }\n"},
			"",
			"a.go:3:34 would no longer compile: ambiguous selector w.GroupList",
		},
		"wrapper in a test": {
			map[string]string{"client.go": wrapped("Other", ""), "a_test.go": "package main\n\nfunc f(w Wrapped) int { return w.GroupList }\n"},
			"",
			"a_test.go:3:34 would no longer compile: ambiguous selector w.GroupList",
		},
		"wrapper and new file": {
			map[string]string{"a.go": wrapped("Other", "func f(w Wrapped) int { return w.GroupList }")},
			"b.go",
			"a.go:13:34 would no longer compile: ambiguous selector w.GroupList",
		},
		"two clauses": {map[string]string{"a.go": "package other\n", "b.go": "package main\n"}, "", "is of package other, and"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			files := make(map[string][]byte)
			for name, text := range test.files {
				files[name] = []byte(text)
			}
			writeAll(t, dir, files)
			if _, err := Make(stubSpec(t), options(dir, test.asked)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			for name, text := range test.files {
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
					t.Errorf("the file has become %q, error %v", got, err)
				}
			}
		})
	}
}

// wrapped is a file in which a type embeds the client next to something else.
func wrapped(embeds, rest string) string {
	return "package main\n\nimport \"example.com/app/connector\"\n\ntype Other struct{ GroupList int }\n\n" +
		"type Client struct{ connector.Config }\n\ntype Wrapped struct { Client; " + embeds + " }\n\n\n\n" + rest + "\n"
}

// TestEmbeddedStandard: methods of the standard library count, and so may those of a module that
// go.mod does not require.
func TestEmbeddedStandard(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		embeds string
		want   []string // problems
		added  bool
	}{
		"no such method": {"sync.Pool", nil, true},
		"in a parameter": {"context.Context", nil, true},
		"of another signature": {"sync.Mutex", []string{
			"client.go:13:7: method Lock, which Client has from sync.Mutex, no longer fits the spec: it is func(), and should be func(context.Context, json.RawMessage, *sdk.Stream[any]) error",
		}, false},
		"by an alias": {"*mutex", []string{
			"client.go:13:3: method Lock, which Client has from *mutex, no longer fits the spec: it is func(), and should be func(context.Context, json.RawMessage, *sdk.Stream[any]) error",
		}, false},
		"in an interface": {"locker", []string{
			"client.go:13:2: method Lock, which Client has from locker, no longer fits the spec: it is func(), and should be func(context.Context, json.RawMessage, *sdk.Stream[any]) error",
		}, false},
		"not installed": {"nowhere.Type", []string{
			"client.go:13:10: warning: Client embeds nowhere.Type, and whether it has TestConnection, AccountList, AccountRead, GroupList, Lock is unknown: package sync/nowhere is neither in the standard library nor in a module of go.mod; correct the import, or write the methods",
		}, false},
		"not required": {"other.Type", []string{
			"client.go:13:8: warning: Client embeds other.Type, and whether it has TestConnection, AccountList, AccountRead, GroupList, Lock is unknown: go.mod requires no module that has package example.com/other; run go get example.com/other, or write the methods",
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeAll(t, dir, map[string][]byte{
				"go.mod": []byte("module example.com/app\n\ngo 1.24\n"),
				"client.go": []byte("package main\n\nimport (\n\t\"context\"\n\t\"sync\"\n\t\"sync/nowhere\"\n\t\"example.com/other\"\n)\n\n" +
					"type mutex = sync.Mutex; type locker interface{ sync.Locker }\n\ntype Client struct {\n\t" + test.embeds + "\n}\n"),
			})
			opts := options(dir, "")
			opts.Names = map[string]string{"command/custom:sync": "Lock"}
			stub, err := Make(stubSpec(t), opts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Join(test.want, "\n"), strings.TrimSpace(string(problemsText(stub, dir)))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if added := slices.Contains(stub.Added, "Lock"); added != test.added {
				t.Errorf("Lock is added: %v, want %v", added, test.added)
			}
		})
	}
}

// TestEmbeddedUnread: the reason why an embedded type is unreadable is reported at its position,
// with a remedy. Methods are reported neither as missing nor as present.
func TestEmbeddedUnread(t *testing.T) {
	t.Parallel()
	const ours = "// Code generated by conngen from connector-spec.json. DO NOT EDIT.\n\n"
	for name, test := range map[string]struct{ embeds, imports, base, want string }{
		"syntax":      {"base.Type", `"example.com/app/base"`, "package base\n\nfunc {\n", "DIR/base/base.go:3:6: Go syntax error: expected a name, found '{'; correct the file"},
		"header":      {"base.Type", `"example.com/app/base"`, "package\n", "DIR/base/base.go:1:9: Go syntax error: expected a name, found the end of the file; correct the file"},
		"generated":   {"base.Type", `"example.com/app/base"`, ours + "package base\nfunc {\n", "DIR/base/base.go:4:6: Go syntax error: expected a name, found '{'; run conngen generate, which writes the file anew"},
		"no type":     {"*base.Other", `"example.com/app/base"`, "package base\n", "package example.com/app/base declares no type Other; correct the name"},
		"no files":    {"base.Type", `"example.com/app/base"`, "//go:build never\n\npackage base\n", "package example.com/app/base has no Go files for this system; add some"},
		"no folder":   {"other.Type", `"example.com/app/other"`, "", "package example.com/app/other is missing: folder DIR/other does not exist; make it"},
		"no import":   {"base.Type", `_ "embed"`, "", "no import is named base; add it"},
		"undeclared":  {"Type", `_ "embed"`, "", "type Type is not declared; declare it"},
		"dot import":  {"Type", `. "example.com/app/base"`, "package base\n\ntype Type struct{}\n", "type Type seems to come from an import with a dot, which conngen does not follow; import the package by its name"},
		"in between":  {"base.Type", `"example.com/app/base"`, "package base\n\nimport \"example.com/other\"\n\ntype Type struct{ alias }\ntype alias = *other.Type\n", "go.mod requires no module that has package example.com/other; run go get example.com/other"},
		"in a cycle":  {"base.Type", `"example.com/app/base"`, "package base\n\nimport \"example.com/app/base\"\n\ntype Type struct{ base.Type }\n", "package example.com/app/base imports itself; break the cycle"},
		"in its file": {"base", `_ "embed"`, "", "type Type is not declared; declare it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			files := map[string][]byte{
				"go.mod":    []byte("module example.com/app\n\ngo 1.24\n"),
				"client.go": []byte("package main\n\nimport " + test.imports + "\n\ntype Client struct{ " + test.embeds + " }\n\n//type base struct{ Type }\n"),
			}
			if test.base != "" {
				files["base/base.go"] = []byte(test.base)
			}
			if test.embeds == "base" {
				files["client.go"] = bytes.Replace(files["client.go"], []byte("//type"), []byte("type"), 1)
			}
			writeAll(t, dir, files)
			stub, err := Make(stubSpec(t), options(dir, ""))
			if err != nil {
				t.Fatal(err)
			}
			if len(stub.Added) > 0 || len(stub.Unsure) == 0 || len(stub.Problems) != 1 {
				t.Fatalf("added are %q, unsure %q, problems %q", stub.Added, stub.Unsure, stub.Problems)
			}
			_, got, _ := strings.Cut(stub.Problems[0].Message, " is unknown: ")
			if got = strings.ReplaceAll(got, found.Shown(dir), "DIR"); got != test.want+", or write the methods" {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestWriteChanged: a file that has changed since it was read stays.
func TestWriteChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "client.go")
	writeAll(t, dir, map[string][]byte{"client.go": []byte("package main\n")})
	stub, err := Make(stubSpec(t), options(dir, ""))
	if err != nil || !strings.Contains(stub.Diff(), "+type Client struct{}") {
		t.Fatalf("the diff is %q, %v", stub.Diff(), err)
	}
	const changed = "package main\n\nvar mine int\n"
	writeAll(t, dir, map[string][]byte{"client.go": []byte(changed)})
	if err := stub.Write(t.Context()); err == nil || !strings.Contains(err.Error(), "changed while conngen read it") {
		t.Errorf("error %v", err)
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != changed {
		t.Errorf("the file has become %q, error %v", got, err)
	}
}
