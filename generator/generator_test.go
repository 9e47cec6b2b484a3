package generator

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"go/build"
	"go/format"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/generator/internal/output"
	"github.com/conngen/conngen/internal/unified"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
	"github.com/conngen/conngen/settings"
	"github.com/conngen/conngen/templates"
)

var update = flag.Bool("update", false, "rewrite the golden packages")

// testOptions are those of most packages in tests.
var testOptions = Options{Package: "connector", SDK: templates.SDKPath}

// A goldenCase is a checked-in package and its spec.
type goldenCase struct {
	name string // its folder: "golden/monorepo/hr"
	spec string // path
	dir  string // of the package
	opts Options
}

// goldenCases returns the golden packages with their settings, including those of the conformance
// runs and of the examples.
func goldenCases(t testing.TB) []goldenCase {
	t.Helper()
	cases, err := loadGoldenCases()
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d golden packages, %v", len(cases), err)
	}
	return cases
}

var loadGoldenCases = sync.OnceValues(func() ([]goldenCase, error) {
	roots := settings.NewRootFinder(func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	})
	loader := settings.NewLoader(os.ReadFile, roots.Find)
	var cases []goldenCase
	for _, parent := range []string{"golden", "conformance", "examples"} {
		err := filepath.WalkDir(filepath.Join("..", parent), func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.Name() == "node_modules" || entry.Name() == "testdata":
				return fs.SkipDir
			case entry.Name() != "connector-spec.json":
				return nil
			}
			s, err := loader.Load(filepath.Dir(name))
			cases = append(cases, newGoldenCase(name, s.Generate))
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return cases, nil
})

func newGoldenCase(spec string, s settings.Generate) goldenCase {
	dir := filepath.Join(filepath.Dir(spec), cmp.Or(s.Out.Text, "connector"))
	opts := Options{Package: PackageName(dir), SDK: s.SDK.Text, Names: make(map[string]string)}
	for key, name := range s.Names {
		opts.Names[key] = name.Text
	}
	for _, word := range s.Initialisms {
		opts.Initialisms = append(opts.Initialisms, word.Text)
	}
	return goldenCase{strings.TrimPrefix(filepath.ToSlash(filepath.Dir(spec)), "../"), spec, dir, opts}
}

// glob returns the files whose paths match a pattern with these elements.
func glob(t testing.TB, elements ...string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// readSpec reads a spec that must have no errors.
func readSpec(t testing.TB, path string) *schema.Spec {
	t.Helper()
	return parseSpec(t, path, readFile(t, path))
}

func parseSpec(t testing.TB, name string, text []byte) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse(name, text)
	if found.HasErrors() {
		t.Fatalf("%s has errors: %v", name, found)
	}
	return spec
}

func generate(t testing.TB, spec *schema.Spec, opts Options) []File {
	t.Helper()
	files, err := Generate(spec, opts)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestGolden compares the golden packages with what their specs generate.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, c := range goldenCases(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := generate(t, readSpec(t, c.spec), c.opts)
			if *update {
				writePackage(t, c.dir, files)
			}
			drift, err := check(c.dir, files)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range drift {
				t.Errorf("%s is %s; go test ./generator -update rewrites it\n%s", d.Path, d.Kind, d.Diff)
			}
		})
	}
}

// TestGenerateIsDeterministic generates twice and compares the bytes.
func TestGenerateIsDeterministic(t *testing.T) {
	t.Parallel()
	for _, c := range goldenCases(t) {
		a, b := generate(t, readSpec(t, c.spec), c.opts), generate(t, readSpec(t, c.spec), c.opts)
		if !slices.EqualFunc(a, b, func(a, b File) bool { return a.Path == b.Path && string(a.Content) == string(b.Content) }) {
			t.Errorf("%s differs between two runs", c.name)
		}
		if !slices.IsSortedFunc(a, func(a, b File) int { return strings.Compare(a.Path, b.Path) }) {
			t.Errorf("the files of %s are not in order", c.name)
		}
	}
}

// TestFormatted: gofmt has nothing to change in generated code.
func TestFormatted(t *testing.T) {
	t.Parallel()
	specs := map[string]*schema.Spec{
		"a spec of many attributes": wideSpec(t, 300),
		"quotes":                    parseSpec(t, "spec.json", []byte("{\"name\": \"``a''\", \"keyType\": \"simple\", \"sourceConfig\": [], \"commands\": [\"say ``a'' ```\"]}")),
	}
	for _, c := range goldenCases(t) {
		specs[c.name] = readSpec(t, c.spec)
	}
	for seed := range uint64(30) {
		text, _ := randomSpec(t, rand.New(rand.NewPCG(seed, 7)))
		specs[fmt.Sprintf("random spec %d", seed)] = parseSpec(t, "spec.json", text)
	}
	for name, spec := range specs {
		for _, f := range generate(t, spec, testOptions) {
			want, err := format.Source(f.Content)
			if err != nil {
				t.Errorf("%s of %s: %v", f.Path, name, err)
			} else if string(want) != string(f.Content) {
				t.Errorf("gofmt changes %s of %s:\n%s", f.Path, name, unified.Diff("generated", "formatted", string(f.Content), string(want)))
			}
		}
	}
}

// wideSpec is a spec whose accounts have n attributes of all types; all of them are in updates, and
// half in the create template.
func wideSpec(t testing.TB, n int) *schema.Spec {
	t.Helper()
	type object = map[string]any
	types := []string{"string", "int", "long", "boolean"}
	var attributes, template []object
	for i := range n {
		a := object{"name": fmt.Sprintf("attribute%d", i), "type": types[i%len(types)], "multi": i%5 == 0}
		if i%3 > 0 {
			a["description"] = fmt.Sprintf("Tells “%d” of the account, with a text that is long enough for more than one line of a comment.", i)
		}
		attributes = append(attributes, a)
		if i%2 == 0 {
			template = append(template, object{"key": a["name"], "type": a["type"], "label": "A label", "required": i%4 == 0})
		}
	}
	text, err := json.Marshal(object{
		"name": "wide", "keyType": "simple", "commands": []string{"std:account:list", "std:account:create", "std:account:update"},
		"sourceConfig": []object{},
		"accountSchema": object{
			"displayAttribute": "attribute4", "identityAttribute": "attribute4", "groupAttribute": "", "attributes": attributes,
		},
		"accountCreateTemplate": object{"fields": template},
	})
	if err != nil {
		t.Fatal(err)
	}
	return parseSpec(t, "spec.json", text)
}

// TestGeneratedCodeKnowsNoSDK: planning and emission do not import the SDK's sources, so those
// cannot change a generated package.
func TestGeneratedCodeKnowsNoSDK(t *testing.T) {
	t.Parallel()
	const root = "github.com/conngen/conngen"
	seen := make(map[string]bool)
	var visit func(importPath string)
	visit = func(importPath string) {
		below, ours := strings.CutPrefix(importPath, root+"/")
		if !ours || seen[importPath] {
			return
		}
		seen[importPath] = true
		p, err := build.ImportDir(filepath.Join("..", filepath.FromSlash(below)), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range p.Imports {
			visit(i)
		}
	}
	visit(root + "/generator/internal/plan")
	visit(root + "/generator/internal/emit")
	if !seen[root+"/schema"] || !seen[root+"/generator/internal/output"] {
		t.Fatalf("not all imports were read: %v", slices.Sorted(maps.Keys(seen)))
	}
	for importPath := range seen {
		if strings.HasPrefix(importPath, root+"/templates") {
			t.Errorf("planning or emission imports %s", importPath)
		}
	}
}

// TestGenerateRefuses: a spec that is not JSON and unusable names are errors.
func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	text := []byte(`{"name":"x","commands":["std:account:list"],"sourceConfig":[],"accountSchema":{"displayAttribute":"id",
		"identityAttribute":"id","attributes":[{"name":"id","type":"string"},{"name":"mail","type":"string"}]}}`)
	notJSON, _ := schema.Parse("a.json", append([]byte("// a comment\n"), text...))
	if _, err := Generate(notJSON, testOptions); err == nil || err.Error() != "a.json is not JSON" {
		t.Errorf("what is not JSON gives %v", err)
	}
	opts := testOptions
	opts.Names = map[string]string{"account/mail": "Extra", "account/phone": "Phone"}
	spec := parseSpec(t, "a.json", text)
	const message = "is taken: the generated code needs it"
	if _, err := Generate(spec, opts); err == nil || err.Error() != `the name Extra for "account/mail" `+message {
		t.Errorf("a name that is taken gives %v", err)
	}
	problems, unused := CheckNames(spec, opts)
	if !slices.Equal(problems, []NameProblem{{Key: "account/mail", Name: "Extra", Message: message}}) || !slices.Equal(unused, []string{"account/phone"}) {
		t.Errorf("problems %v, unused %v", problems, unused)
	}
	if problems, unused := CheckNames(spec, testOptions); problems != nil || unused != nil {
		t.Errorf("without names: problems %v, unused %v", problems, unused)
	}
}

// TestEachCommandAlone: a spec with any single command generates code that compiles.
func TestEachCommandAlone(t *testing.T) {
	t.Parallel()
	for _, name := range append(protocol.Names(), "acme:sync") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := fmt.Sprintf(`{"name":"x","commands":[%q],"sourceConfig":[]}`, name)
			mustCompile(t, generate(t, parseSpec(t, "connector-spec.json", []byte(text)), testOptions))
		})
	}
}

// TestOpenEntitlements: if no types are named, Memory answers for all, with no entitlements.
func TestOpenEntitlements(t *testing.T) {
	t.Parallel()
	text := `{"name":"x","commands":["std:entitlement:list","std:entitlement:read"],"sourceConfig":[]}`
	files := generate(t, parseSpec(t, "connector-spec.json", []byte(text)), testOptions)
	mustCompile(t, files)
	for _, f := range files {
		if f.Path == "memory.go" && !strings.Contains(string(f.Content), "sends nothing") {
			t.Errorf("Memory does not answer:\n%s", f.Content)
		}
	}
}

// TestTablesDiffer: Memory has a separate table for each entitlement type, even if their names
// differ only by capitals that share a small letter.
func TestTablesDiffer(t *testing.T) {
	t.Parallel()
	const kelvin = "\u212a"
	typ := func(name string) string {
		return fmt.Sprintf(`{"type":%q,"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]}`, name)
	}
	text := fmt.Sprintf(`{"name":"x","commands":["std:entitlement:list"],"sourceConfig":[],"entitlementSchemas":[%s,%s,%s,%s]}`,
		typ("K"), typ(kelvin), typ("k"), typ("K2s"))
	mustCompile(t, generate(t, parseSpec(t, "connector-spec.json", []byte(text)), testOptions))
}

// TestSDKName: generated code imports the SDK as sdk, whatever its folder's name.
func TestSDKName(t *testing.T) {
	t.Parallel()
	spec := readSpec(t, filepath.Join("..", "golden", "complete", "connector-spec.json"))
	for _, importPath := range []string{"example.com/kit/v2", "example.com/config", "example.com/x.y"} {
		for _, f := range generate(t, spec, Options{Package: "connector", SDK: importPath}) {
			for _, i := range parseGo(t, f).Imports {
				name := ""
				if i.Name != nil {
					name = i.Name.Name
				}
				if want := map[bool]string{true: "sdk"}[i.Path.Value == strconv.Quote(importPath)]; name != want {
					t.Errorf("%s imports %s as %q, want %q", f.Path, i.Path.Value, name, want)
				}
			}
		}
	}
}

func TestPackageName(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{
		"connector":          "connector",
		"internal/okta":      "okta",
		"golden/odd-names":   "oddnames",
		"2nd":                "nd",
		"x/Go-Connector.v2/": "goconnectorv2",
		"func":               "connector",
		"main":               "connector",
		"init":               "connector",
		"docs/documentation": "connector",
		".":                  "connector",
		"名前":                 "connector",
	} {
		if got := PackageName(dir); got != want {
			t.Errorf("PackageName(%q) = %q, want %q", dir, got, want)
		}
	}
}

// TestSDK: the SDK's files have a header, their package clause, and the new path in their imports;
// its tests are left out.
func TestSDK(t *testing.T) {
	t.Parallel()
	const importPath = "example.com/x/sdk"
	files := SDK(importPath)
	folders := make(map[string]bool)
	for _, f := range files {
		folders[path.Dir(f.Path)] = true
		text := string(f.Content)
		if strings.HasSuffix(f.Path, "_test.go") {
			t.Errorf("%s is among the SDK's files", f.Path)
		}
		if !strings.HasPrefix(text, output.SDKHeader+"\n\n") || strings.Contains(text, templates.SDKPath) {
			t.Errorf("%s lacks its header, or has the path of the SDK here", f.Path)
		}
		file := parseGo(t, f)
		name := path.Base(path.Dir(f.Path))
		if name == "." {
			name = "sdk"
		}
		if file.Name.Name != name {
			t.Errorf("%s is of package %s", f.Path, file.Name.Name)
		}
	}
	if got, want := slices.Sorted(maps.Keys(folders)), []string{".", "config", "filter", "internal/cache", "internal/cut", "internal/items", "internal/jsontext", "internal/loopback", "internal/nearest", "internal/printable", "internal/redact", "internal/scope", "internal/words", "memory", "rest", "sdktest", "selftest"}; !slices.Equal(got, want) {
		t.Errorf("the SDK has folders %q, want %q", got, want)
	}
	if i := slices.IndexFunc(files, func(f File) bool { return f.Path == "call.go" }); i < 0 ||
		!strings.Contains(string(files[i].Content), `"`+importPath+`/internal/jsontext"`) {
		t.Error("call.go does not import a sub-package by its new path")
	}
}
