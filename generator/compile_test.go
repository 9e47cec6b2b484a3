package generator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates"
)

// A checker type-checks generated packages against the SDK's own source, which is
// checked once.
type checker struct {
	mu   sync.Mutex // importers are not safe for concurrent use
	fset *token.FileSet
	std  types.Importer
	sdk  *types.Package
}

var newChecker = sync.OnceValues(func() (*checker, error) {
	fset := token.NewFileSet()
	c := &checker{fset: fset, std: importer.ForCompiler(fset, "gc", nil)}
	sources, err := sdkSources()
	if err != nil {
		return nil, err
	}
	files := make([]File, len(sources))
	for i, s := range sources {
		files[i] = File{Path: s.name, Content: s.text}
	}
	c.sdk, err = c.check(sharedSDK, files)
	return c, err
})

// Import makes the checker an importer of the standard library and the SDK.
func (c *checker) Import(path string) (*types.Package, error) {
	if path == sharedSDK {
		return c.sdk, nil
	}
	return c.std.Import(path)
}

// check parses and type-checks the files of a package.
func (c *checker) check(path string, files []File) (*types.Package, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var parsed []*ast.File
	for _, f := range files {
		if built, err := builtFor(runtime.GOOS, runtime.GOARCH, f); err != nil {
			return nil, err
		} else if !built {
			continue
		}
		file, err := parser.ParseFile(c.fset, f.Path, f.Content, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
	}
	conf := types.Config{Importer: c}
	return conf.Check(path, c.fset, parsed, nil)
}

// builtFor reports whether a file belongs to its package on a platform, by its
// name and its build constraint.
func builtFor(goos, goarch string, f File) (bool, error) {
	platform := build.Default
	platform.GOOS, platform.GOARCH = goos, goarch
	platform.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.Content)), nil }
	return platform.MatchFile("", f.Path)
}

// mustCompile fails the test when the files are no package.
func mustCompile(t testing.TB, files []File) {
	t.Helper()
	c, err := newChecker()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.check("connector", files); err != nil {
		t.Fatalf("generated code does not compile: %v\n%s", err, sourceOf(files, err))
	}
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

// TestHostileSpec reads the output for a spec whose every text tries to leave the
// comment or literal that it is put in, and finds nothing but the declarations,
// imports and comments that were planned.
func TestHostileSpec(t *testing.T) {
	t.Parallel()
	for _, hostile := range hostileTexts {
		t.Run(fmt.Sprintf("%.20q", hostile), func(t *testing.T) {
			t.Parallel()
			text := hostileSpec(t, hostile)
			spec, diagnostics := schema.Parse("connector-spec.json", text)
			if diagnostics.HasErrors() {
				t.Fatalf("the spec has errors: %v", diagnostics)
			}
			tame := generate(t, tameSpec(t), Options{Package: "connector", SDK: sharedSDK})
			files := generate(t, spec, Options{Package: "connector", SDK: sharedSDK})
			mustCompile(t, files)
			for i, f := range files {
				checkPlain(t, f)
				if got, want := declarations(t, f), declarations(t, tame[i]); !slices.Equal(got, want) {
					t.Errorf("%s declares\n%v\nwant\n%v", f.Path, got, want)
				}
			}
		})
	}
}

// checkPlain makes sure that a file holds no directive, no comment between
// slashes and stars, and no character that is not to be seen.
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
	file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
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

func tameSpec(t testing.TB) *schema.Spec {
	t.Helper()
	spec, diagnostics := schema.Parse("connector-spec.json", hostileSpec(t, "tame"))
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	return spec
}

// hostileSpec returns a spec that has a text wherever a spec can have one.
func hostileSpec(t testing.TB, text string) []byte {
	t.Helper()
	template, err := os.ReadFile(filepath.Join("testdata", "hostile.json"))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.ReplaceAll(string(template), "HOSTILE", jsonText(text)))
}

// jsonText returns a text as it stands inside a JSON string.
func jsonText(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(quoted[1 : len(quoted)-1])
}

// TestManyAttributes: a schema of a thousand attributes is bound in parts.
func TestManyAttributes(t *testing.T) {
	t.Parallel()
	var attributes []string
	for i := range 1000 {
		attributes = append(attributes, fmt.Sprintf(`{"name":"attribute%d","type":"string"}`, i))
	}
	text := fmt.Sprintf(`{"name":"x","commands":["std:account:list"],"sourceConfig":[],"accountSchema":{"displayAttribute":"attribute0","identityAttribute":"attribute0","attributes":[%s]}}`,
		strings.Join(attributes, ","))
	spec, diagnostics := schema.Parse("connector-spec.json", []byte(text))
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	files := generate(t, spec, Options{Package: "connector", SDK: sharedSDK})
	mustCompile(t, files)
	account := string(files[0].Content)
	if n := strings.Count(account, ") bind"); n != 10 {
		t.Errorf("there are %d parts, want 10", n)
	}
}

// TestEmittedSDK builds a package that carries the SDK, alone in a module and
// without a network.
func TestEmittedSDK(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := generate(t, readSpec(t, filepath.Join("..", "golden", "complete", "connector-spec.json")), Options{Package: "connector"})
	files = append(files, File{Path: "../go.mod", Content: []byte("module example.com/complete\n\ngo 1.25\n")})
	writeAll(t, filepath.Join(dir, "connector"), files)
	vet(t, dir)
}

func writeAll(t *testing.T, dir string, files []File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCorpus generates, checks and vets the package of every public spec that is
// valid, all in one module that has the SDK as a package of its own.
func TestCorpus(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(corpus, "specs", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skipf("there are no public specs in %s", corpus)
	}
	dir := t.TempDir()
	writeAll(t, dir, []File{{"go.mod", []byte("module example.com/corpus\n\ngo 1.25\n")}})
	sdk, err := sdkFiles("sdk")
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, filepath.Join(dir, "sdk"), sdk)
	for _, path := range paths {
		spec := readValid(t, path)
		if spec == nil {
			continue
		}
		out := filepath.Join(dir, strings.TrimSuffix(filepath.Base(path), ".json"))
		opts := Options{Package: "connector", SDK: "example.com/corpus/sdk"}
		files := generate(t, spec, opts)
		if _, _, err := Write(out, files); err != nil {
			t.Fatal(err)
		}
		if drift, err := Check(out, files, opts); err != nil || len(drift) > 0 {
			t.Errorf("%s: %v, %v", path, drift, err)
		}
	}
	vet(t, dir)
}

const corpus = "../../shared/corpus"

// readValid reads a public spec; nil when it has errors, as the tests of schema
// expect of it.
func readValid(t *testing.T, path string) *schema.Spec {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spec, diagnostics := schema.Parse(path, text)
	if diagnostics.HasErrors() {
		return nil
	}
	return spec
}

// vet builds and vets a module without a network.
func vet(t *testing.T, dir string) {
	t.Helper()
	command := exec.Command("go", "vet", "./...")
	command.Dir = dir
	command.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go vet: %v\n%s", err, out)
	}
}

// TestHistory compiles the package of every older version of a public spec.
func TestHistory(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(corpus, "history", "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skipf("there are no public specs in %s", corpus)
	}
	for _, path := range paths {
		apiOf(t, path)
	}
}

// hostileTexts try to leave the comment or literal that they are put in.
var hostileTexts = []string{
	"*/ func evil() {} /*", "x\nfunc evil() {}\n", "x\r\nvar evil = 1", "`+evil+`", `"+evil+"`, "//go:embed evil", "//go:generate evil",
	"+build evil", "// +build evil", "\n//go:build evil\n", "//line evil.go:1", "/*line evil.go:1*/", "import \"evil\"", "\\\nevil",
	"\u2028func evil() {}", "\u2029func evil() {}", "\u0085func evil() {}", "\v\f\x01evil", "\u202eevil\u202c", "\ufeffevil", "#cgo evil", "*/`\"'\\\n\t\u0000evil",
	"Deprecated: evil", "${evil}", "%!s(evil)", "%s%d%q",
}

// FuzzGenerateTexts: whatever the texts of a spec are, the code compiles.
func FuzzGenerateTexts(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text)
	}
	for _, text := range []string{"", "-", "1st", "type", "Extra", "Account", "名前", "ǅ", "\x80"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		generateAny(t, hostileSpec(t, text))
	})
}

// FuzzGenerateSpec: any bytes are refused with a reason or give code that compiles.
func FuzzGenerateSpec(f *testing.F) {
	for _, name := range []string{"minimal", "no-schema", "legacy"} {
		text, err := os.ReadFile(filepath.Join("..", "golden", name, "connector-spec.json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"name":"x","commands":["a"],"sourceConfig":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) { generateAny(t, text) })
}

// generateAny generates from any text that has no errors.
func generateAny(t *testing.T, text []byte) {
	spec, diagnostics := schema.Parse("connector-spec.json", text)
	if diagnostics.HasErrors() {
		return
	}
	files := generate(t, spec, Options{Package: "connector", SDK: sharedSDK})
	mustCompile(t, files)
	for _, f := range files {
		checkPlain(t, f)
		if !strings.HasPrefix(string(f.Content), Header+"\n") {
			t.Errorf("%s lacks its header", f.Path)
		}
	}
}

// BenchmarkGenerate generates the largest golden package.
func BenchmarkGenerate(b *testing.B) {
	spec := readSpec(b, filepath.Join("..", "golden", "complete", "connector-spec.json"))
	for b.Loop() {
		generate(b, spec, Options{Package: "connector"})
	}
}

// TestSDKSourcesAreComplete: the SDK's tests and package comment stay behind.
func TestSDKSourcesAreComplete(t *testing.T) {
	t.Parallel()
	if _, err := templates.SDK().Open("registry.go"); err != nil {
		t.Fatal(err)
	}
	files, err := sdkFiles("connector")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Path, "_test.go") || f.Path == "sdk_doc.go" {
			t.Errorf("%s is among the SDK's files", f.Path)
		}
		if !strings.HasPrefix(string(f.Content), Header+"\n\n") || !strings.Contains(string(f.Content), "\npackage connector\n") {
			t.Errorf("%s lacks its header or package clause", f.Path)
		}
	}
}

// TestSDKConstraints: the SDK's build constraints stay in force behind the
// header, and the names of files that are left out count as taken.
func TestSDKConstraints(t *testing.T) {
	t.Parallel()
	files, err := sdkFiles("connector")
	if err != nil {
		t.Fatal(err)
	}
	for _, platform := range []struct {
		goos, goarch string
		excluded     []string
	}{
		{"linux", "amd64", []string{"sdk_host_js.go"}},
		{"windows", "arm64", []string{"sdk_host_js.go"}},
		{"js", "wasm", []string{"sdk_guard.go", "sdk_remote.go", "sdk_serve.go", "sdk_server.go"}},
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
		file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil || !ast.IsGenerated(file) || file.Doc != nil {
			t.Errorf("%s: its head is wrong: %v", f.Path, err)
		}
	}
	names, err := sdkIdentifiers()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(names, "errNoBody") {
		t.Error("the names of server.go, which has a constraint, are free")
	}
}
