package generator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates"
)

// A checker type-checks generated packages against the SDK's own source, which is
// checked once.
type checker struct {
	mu  sync.Mutex // importers are not safe for concurrent use
	std types.Importer
	sdk map[string]*types.Package // its packages by import path
}

var newChecker = sync.OnceValues(func() (*checker, error) {
	c, fset := &checker{sdk: make(map[string]*types.Package)}, token.NewFileSet()
	files := SDK(templates.SDKPath)
	packages := make(map[string][]*ast.File)
	for _, f := range files {
		file, err := parseBuilt(fset, f)
		if err != nil {
			return nil, err
		}
		if file != nil {
			importPath := path.Join(templates.SDKPath, path.Dir(f.Path))
			packages[importPath] = append(packages[importPath], file)
		}
	}
	var err error
	if c.std, err = standardImporter(fset, packages); err != nil {
		return nil, err
	}
	return c, c.checkSDK(fset, packages)
})

// checkSDK checks the packages of the SDK in import order.
func (c *checker) checkSDK(fset *token.FileSet, packages map[string][]*ast.File) error {
	for len(c.sdk) < len(packages) {
		before := len(c.sdk)
		for importPath, files := range packages {
			ready := !slices.ContainsFunc(imports(files), func(i string) bool { return packages[i] != nil && c.sdk[i] == nil })
			if c.sdk[importPath] != nil || !ready {
				continue
			}
			conf := types.Config{Importer: c}
			pkg, err := conf.Check(importPath, fset, files, nil)
			if err != nil {
				return err
			}
			c.sdk[importPath] = pkg
		}
		if len(c.sdk) == before {
			return errors.New("packages of the SDK import one another")
		}
	}
	return nil
}

// imports returns the import paths of files.
func imports(files []*ast.File) []string {
	var paths []string
	for _, f := range files {
		for _, i := range f.Imports {
			importPath, _ := strconv.Unquote(i.Path.Value) // a literal that parses can be unquoted
			paths = append(paths, importPath)
		}
	}
	return paths
}

// standardImporter imports compiled packages. One call of the go command lists all standard
// packages that the SDK and generated code need.
func standardImporter(fset *token.FileSet, packages map[string][]*ast.File) (types.Importer, error) {
	needed := map[string]bool{"context": true, "encoding/json": true}
	for _, files := range packages {
		for _, i := range imports(files) {
			needed[i] = packages[i] == nil
		}
	}
	args := []string{"list", "-export", "-f", "{{.ImportPath}} {{.Export}}", "--"}
	for _, importPath := range slices.Sorted(maps.Keys(needed)) {
		if needed[importPath] {
			args = append(args, importPath)
		}
	}
	list, err := exec.Command("go", args...).Output()
	if err != nil {
		return nil, err
	}
	exports := make(map[string]string)
	for line := range strings.Lines(string(list)) {
		importPath, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[importPath] = file
	}
	return importer.ForCompiler(fset, "gc", func(importPath string) (io.ReadCloser, error) {
		if file, ok := exports[importPath]; ok {
			return os.Open(file)
		}
		return nil, fmt.Errorf("%s is not among the packages that generated code needs", importPath)
	}), nil
}

// Import makes the checker an importer of the standard library and the SDK.
func (c *checker) Import(importPath string) (*types.Package, error) {
	if pkg := c.sdk[importPath]; pkg != nil {
		return pkg, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.std.Import(importPath)
}

// parseBuilt parses a file; it returns nil for one that is not built for this platform.
func parseBuilt(fset *token.FileSet, f File) (*ast.File, error) {
	if built, err := builtFor(runtime.GOOS, runtime.GOARCH, f); err != nil || !built {
		return nil, err
	}
	return parser.ParseFile(fset, f.Path, f.Content, parser.ParseComments|parser.SkipObjectResolution)
}

// A checkedPackage is a package with its syntax.
type checkedPackage struct {
	*types.Package
	files []*ast.File
}

// check parses and type-checks the files of a package. They get their own file set: one for all
// packages would grow as long as a fuzz target runs.
func (c *checker) check(importPath string, files []File) (checkedPackage, error) {
	var p checkedPackage
	fset := token.NewFileSet()
	for _, f := range files {
		file, err := parseBuilt(fset, f)
		if err != nil {
			return p, err
		}
		if file != nil {
			p.files = append(p.files, file)
		}
	}
	var err error
	conf := types.Config{Importer: c}
	p.Package, err = conf.Check(importPath, fset, p.files, nil)
	return p, err
}

// builtFor reports whether a file's name and build constraint include it on a platform.
func builtFor(goos, goarch string, f File) (bool, error) {
	platform := build.Default
	platform.GOOS, platform.GOARCH = goos, goarch
	platform.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.Content)), nil }
	return platform.MatchFile("", path.Base(f.Path))
}

// mustCompile fails the test if the files do not compile as a package.
func mustCompile(t testing.TB, files []File) checkedPackage {
	t.Helper()
	c, err := newChecker()
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.check("connector", files)
	if err != nil {
		t.Fatalf("generated code does not compile: %v\n%s", err, sourceOf(files, err))
	}
	return p
}

// sourceOf returns the file that a type error is in.
func sourceOf(files []File, err error) string {
	for _, f := range files {
		if strings.HasPrefix(err.Error(), f.Path+":") {
			return string(f.Content)
		}
	}
	return ""
}

func parseGo(t testing.TB, f File) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestHostileSpec generates from a spec whose every text tries to escape its comment or literal.
// The output holds only the declarations, imports and comments that were planned.
func TestHostileSpec(t *testing.T) {
	t.Parallel()
	tame := generate(t, parseSpec(t, "connector-spec.json", hostileSpec(t, "tame")), testOptions)
	for _, hostile := range hostileTexts {
		t.Run(fmt.Sprintf("%.20q", hostile), func(t *testing.T) {
			t.Parallel()
			files := generate(t, parseSpec(t, "connector-spec.json", hostileSpec(t, hostile)), testOptions)
			mustCompile(t, files)
			if len(files) != len(tame) {
				t.Fatalf("there are %d files, want %d", len(files), len(tame))
			}
			for i, f := range files {
				checkPlain(t, f)
				if got, want := declarations(t, f), declarations(t, tame[i]); !slices.Equal(got, want) {
					t.Errorf("%s declares\n%v\nwant\n%v", f.Path, got, want)
				}
			}
		})
	}
}

// checkPlain verifies that a file has no directives, block comments or invisible characters.
func checkPlain(t testing.TB, f File) {
	t.Helper()
	for i, line := range strings.Split(string(f.Content), "\n") {
		trimmed := strings.TrimSpace(line)
		for _, bad := range []string{"//go:", "//line", "//export", "/*", "//+build", "// +build"} {
			if strings.HasPrefix(trimmed, bad) {
				t.Errorf("%s:%d: %s", f.Path, i+1, line)
			}
		}
		for _, r := range line {
			if r != '\t' && r < ' ' || r == '\u2028' || r == '\u202e' || r == '\ufeff' {
				t.Errorf("%s:%d: has %U", f.Path, i+1, r)
			}
		}
	}
}

// declarations lists the imports and declarations of a file, by kind: names
// follow the spec.
func declarations(t *testing.T, f File) []string {
	t.Helper()
	file := parseGo(t, f)
	var list []string
	for _, s := range file.Imports {
		list = append(list, "import "+s.Path.Value)
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			list = append(list, fmt.Sprintf("func with %d statements", len(d.Body.List)))
		case *ast.GenDecl:
			list = append(list, fmt.Sprintf("%s of %d", d.Tok, len(d.Specs)))
		}
	}
	return list
}

// hostileSpec returns a spec with a given text everywhere a spec can have one.
func hostileSpec(t testing.TB, text string) []byte {
	t.Helper()
	template := readFile(t, filepath.Join("testdata", "hostile.json"))
	return []byte(strings.ReplaceAll(string(template), "HOSTILE", jsonText(text)))
}

// jsonText returns a text as written inside a JSON string.
func jsonText(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(quoted[1 : len(quoted)-1])
}

// TestManyAttributes: the wire functions of a schema with a thousand attributes are split.
func TestManyAttributes(t *testing.T) {
	t.Parallel()
	var attributes []string
	for i := range 1000 {
		attributes = append(attributes, fmt.Sprintf(`{"name":"attribute%d","type":"string"}`, i))
	}
	text := fmt.Sprintf(`{"name":"x","commands":["std:account:list"],"sourceConfig":[],"accountSchema":{"displayAttribute":"attribute0","identityAttribute":"attribute0","attributes":[%s]}}`,
		strings.Join(attributes, ","))
	files := generate(t, parseSpec(t, "connector-spec.json", []byte(text)), testOptions)
	mustCompile(t, files)
	if n := strings.Count(string(files[0].Content), ") wireFields"); n != 10 {
		t.Errorf("there are %d parts, want 10", n)
	}
}

// TestEmittedModule builds, vets and tests a module that holds only a generated package and its
// SDK, without a network.
func TestEmittedModule(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it compiles the SDK")
	}
	const importPath = "example.com/complete/connector"
	dir := t.TempDir()
	spec := readSpec(t, filepath.Join("..", "golden", "complete", "connector-spec.json"))
	files := generate(t, spec, Options{Package: "connector", SDK: importPath + "/sdk"})
	folder := filepath.Join(dir, "connector")
	r, err := ReadSDK(filepath.Join(folder, SDKFolder), importPath+"/sdk")
	writeReading(t, r, err)
	r, err = ReadPackage(folder, files)
	writeReading(t, r, err)
	writeAll(t, dir, []File{
		file("go.mod", "module example.com/complete\n\ngo "+templates.GoVersion+"\n"),
		file("main.go", emittedMain),
		file("main_test.go", emittedTest),
	})
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", "-vet=off", ".")
	goCommand(t, dir, "build", "-o", os.DevNull, ".")
}

const emittedMain = `package main

import (
	"context"

	"example.com/complete/connector"
)

func main() { connector.Main(open) }

func open(context.Context, connector.Config) (connector.Client, error) {
	return connector.NewMemory(), nil
}
`

const emittedTest = `package main

import (
	"context"
	"testing"

	"example.com/complete/connector"
	"example.com/complete/connector/sdk"
)

func TestUnknownAccount(t *testing.T) {
	c := connector.New(func(context.Context, connector.Config) (connector.Client, error) { return connector.NewMemory(), nil })
	in := sdk.AccountReadInput{Key: sdk.SimpleKey("nobody")}
	result, err := sdk.Call(t.Context(), c, connector.AccountRead, in, map[string]any{})
	if err == nil || len(result.Outputs) > 0 {
		t.Errorf("got %v, %v", result, err)
	}
}
`

// goCommand runs the go command in a module without a network.
func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	command := exec.Command("go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod -trimpath", "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func file(name, text string) File { return File{Path: name, Content: []byte(text)} }

func writeAll(t testing.TB, dir string, files []File) {
	t.Helper()
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// corpus holds public specs. It is not part of the repository.
const corpus = "../../shared/corpus"

// corpusPaths returns the public specs below the corpus that match a pattern, and skips the test if
// there are none.
func corpusPaths(t *testing.T, pattern ...string) []string {
	t.Helper()
	paths := glob(t, append([]string{corpus}, pattern...)...)
	if len(paths) == 0 {
		t.Skipf("there are no public specs in %s", corpus)
	}
	return paths
}

// readValid reads a public spec; it returns nil for one with errors, as the schema tests expect.
func readValid(t *testing.T, path string) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse(path, readFile(t, path))
	if found.HasErrors() {
		return nil
	}
	return spec
}

// TestCorpus compiles the package of every valid public spec, and checks the output.
func TestCorpus(t *testing.T) {
	t.Parallel()
	for _, path := range corpusPaths(t, "specs", "*.json") {
		spec := readValid(t, path)
		if spec == nil {
			continue
		}
		files := generate(t, spec, testOptions)
		mustCompile(t, files)
		dir := filepath.Join(t.TempDir(), "connector")
		writePackage(t, dir, files)
		if drift, err := check(dir, files); err != nil || len(drift) > 0 {
			t.Errorf("%s: %v, %v", path, drift, err)
		}
	}
}

// TestCorpusVet vets the packages of all public specs in one module.
func TestCorpusVet(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it vets all public specs")
	}
	paths := corpusPaths(t, "specs", "*.json")
	const module = "example.com/corpus"
	dir := t.TempDir()
	sdk := SDK(module + "/sdk")
	writeAll(t, filepath.Join(dir, "sdk"), sdk)
	writeAll(t, dir, []File{file("go.mod", "module "+module+"\n\ngo "+templates.GoVersion+"\n")})
	for _, path := range paths {
		if spec := readValid(t, path); spec != nil {
			out := strings.TrimSuffix(filepath.Base(path), ".json")
			writeAll(t, filepath.Join(dir, out), generate(t, spec, Options{Package: "connector", SDK: module + "/sdk"}))
		}
	}
	goCommand(t, dir, "vet", "./...")
}

// TestHistory compiles the package of every older version of a public spec.
func TestHistory(t *testing.T) {
	t.Parallel()
	for _, path := range corpusPaths(t, "history", "*", "*.json") {
		versionOf(t, path)
	}
}

// hostileTexts try to escape the comment or literal that holds them.
var hostileTexts = []string{
	"*/ func evil() {} /*", "x\nfunc evil() {}\n", "x\r\nvar evil = 1", "`+evil+`", `"+evil+"`, "//go:embed evil", "//go:generate evil",
	"+build evil", "// +build evil", "\n//go:build evil\n", "//line evil.go:1", "/*line evil.go:1*/", "import \"evil\"", "\\\nevil",
	"\u2028func evil() {}", "\u2029func evil() {}", "\u0085func evil() {}", "\v\f\x01evil", "\u202eevil\u202c", "\ufeffevil", "#cgo evil", "*/`\"'\\\n\t\u0000evil",
	"Deprecated: evil", "${evil}", "%!s(evil)", "%s%d%q",
}

// FuzzGenerateTexts: the code compiles whatever texts a spec has.
func FuzzGenerateTexts(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text)
	}
	for _, text := range []string{"", "-", "!=", "1st", "type", "Extra", "Account", "action", "名前", "ǅ", "\u212a", "\x80"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		generateAny(t, hostileSpec(t, text))
	})
}

// FuzzGenerateSpec: any input is either refused with a reason or generates code that compiles.
func FuzzGenerateSpec(f *testing.F) {
	for _, name := range []string{"minimal", "no-schema", "legacy"} {
		f.Add(readFile(f, filepath.Join("..", "golden", name, "connector-spec.json")))
	}
	f.Add([]byte(`{"name":"x","commands":["a"],"sourceConfig":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) { generateAny(t, text) })
}

// generateAny generates from any text that has no errors.
func generateAny(t *testing.T, text []byte) {
	spec, found := schema.Parse("connector-spec.json", text)
	if found.HasErrors() {
		return
	}
	files := generate(t, spec, testOptions)
	mustCompile(t, files)
	for _, f := range files {
		checkPlain(t, f)
		if !strings.HasPrefix(string(f.Content), "// Code generated by conngen from connector-spec.json. DO NOT EDIT.\n") {
			t.Errorf("%s lacks its header", f.Path)
		}
	}
}

// BenchmarkGenerate generates the largest golden package, and packages of specs with many
// attributes.
func BenchmarkGenerate(b *testing.B) {
	for _, c := range []struct {
		name string
		spec *schema.Spec
	}{
		{"complete", readSpec(b, filepath.Join("..", "golden", "complete", "connector-spec.json"))},
		{"1000", wideSpec(b, 1000)},
		{"10000", wideSpec(b, 10_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				generate(b, c.spec, testOptions)
			}
		})
	}
}

// BenchmarkLint lints specs with many attributes.
func BenchmarkLint(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			spec := wideSpec(b, n)
			b.ReportAllocs()
			for b.Loop() {
				Lint(spec, testOptions)
			}
		})
	}
}

// TestAllocations: each step allocates little per attribute. As trees of tokens, an attribute's
// lines took 400 allocations. It is not parallel, since it counts what the whole process allocates.
func TestAllocations(t *testing.T) {
	small, large := wideSpec(t, 1000), wideSpec(t, 2000)
	for _, c := range []struct {
		name string
		most float64 // per attribute
		work func(*schema.Spec)
	}{
		{"Parse", 8, func(s *schema.Spec) { schema.Parse("spec.json", s.File.Text()) }},
		{"Lint", 24, func(s *schema.Spec) { Lint(s, testOptions) }},
		{"Generate", 24, func(s *schema.Spec) { generate(t, s, testOptions) }},
	} {
		allocations := func(s *schema.Spec) float64 { return testing.AllocsPerRun(3, func() { c.work(s) }) }
		if n := (allocations(large) - allocations(small)) / 1000; n > c.most {
			t.Errorf("%s allocates %.1f times for an attribute, more than %.0f", c.name, n, c.most)
		}
	}
}

// TestSDKConstraints: the SDK's build constraints still apply below the header.
func TestSDKConstraints(t *testing.T) {
	t.Parallel()
	files := SDK("example.com/sdk")
	for _, platform := range []struct {
		goos, goarch string
		excluded     []string
	}{
		{"linux", "amd64", []string{"host_js.go"}},
		{"windows", "arm64", []string{"host_js.go"}},
		{"js", "wasm", []string{"address.go", "guard.go", "helper.go", "listen.go", "patience.go", "remote.go", "serve.go", "server.go", "serverlog.go", "service.go", "shares.go", "stop.go", "together.go", "token.go", "welcome.go"}},
	} {
		var excluded []string
		for _, f := range files {
			built, err := builtFor(platform.goos, platform.goarch, f)
			if err != nil {
				t.Fatal(err)
			}
			if !built {
				excluded = append(excluded, f.Path)
			}
		}
		if !slices.Equal(excluded, platform.excluded) {
			t.Errorf("%s: %v are left out, want %v", platform.goos, excluded, platform.excluded)
		}
	}
	for _, f := range files {
		file := parseGo(t, f)
		if !ast.IsGenerated(file) {
			t.Errorf("%s is not marked as generated", f.Path)
		}
		if file.Doc != nil && strings.Contains(file.Doc.Text(), "Code generated") {
			t.Errorf("the header of %s is part of its package comment", f.Path)
		}
	}
}

// TestSDKAllocations: SDK files are built in reused memory, so comparing them with the disk takes
// no more than the longest one.
func TestSDKAllocations(t *testing.T) {
	buffer := make([]byte, 0, 1<<20)
	for _, r := range sdkRecipes("example.com/sdk") {
		if n := testing.AllocsPerRun(10, func() { r.Make(buffer) }); n > 3 {
			t.Errorf("%s: %v allocations", r.Path, n)
		}
	}
}

// BenchmarkReadSDK reads the folder of an up-to-date SDK.
func BenchmarkReadSDK(b *testing.B) {
	const importPath = "example.com/hr/connector/sdk"
	dir := b.TempDir()
	writeAll(b, dir, SDK(importPath))
	b.ReportAllocs()
	for b.Loop() {
		if r, err := ReadSDK(dir, importPath); err != nil || r.Differs() {
			b.Fatal("the SDK differs: ", err)
		}
	}
}
