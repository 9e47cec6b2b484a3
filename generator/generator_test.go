package generator

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/goname"
	"github.com/conngen/conngen/schema/protocol"
)

var update = flag.Bool("update", false, "rewrite the golden packages")

// sharedSDK is the SDK that the golden packages import.
const sharedSDK = "github.com/conngen/conngen/templates/sdk"

// goldenCases returns the folders of the golden packages, those that make
// conformance runs included.
func goldenCases(t testing.TB) []string {
	t.Helper()
	var dirs []string
	for _, parent := range []string{"golden", "conformance"} {
		specs, err := filepath.Glob(filepath.Join("..", parent, "*", "connector-spec.json"))
		if err != nil {
			t.Fatal(err)
		}
		if len(specs) == 0 {
			t.Fatalf("there are no golden packages in %s", parent)
		}
		for _, s := range specs {
			dirs = append(dirs, filepath.Dir(s))
		}
	}
	return dirs
}

// readSpec reads a spec that must have no errors.
func readSpec(t testing.TB, path string) *schema.Spec {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spec, diagnostics := schema.Parse(path, text)
	if diagnostics.HasErrors() {
		t.Fatalf("%s has errors: %v", path, diagnostics)
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
	for _, dir := range goldenCases(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			spec := readSpec(t, filepath.Join(dir, "connector-spec.json"))
			opts := Options{Package: PackageName(dir), SDK: sharedSDK}
			files := generate(t, spec, opts)
			if *update {
				if _, _, err := Write(dir, files); err != nil {
					t.Fatal(err)
				}
			}
			drift, err := Check(dir, files, opts)
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
	for _, dir := range goldenCases(t) {
		path := filepath.Join(dir, "connector-spec.json")
		a := generate(t, readSpec(t, path), Options{Package: "connector"})
		b := generate(t, readSpec(t, path), Options{Package: "connector"})
		if len(a) != len(b) {
			t.Fatalf("%s: %d files, then %d", dir, len(a), len(b))
		}
		for i := range a {
			if a[i].Path != b[i].Path || string(a[i].Content) != string(b[i].Content) {
				t.Errorf("%s: %s differs between two runs", dir, a[i].Path)
			}
		}
	}
}

// TestFixedNamesAreFree makes sure that the SDK declares nothing that generated
// packages declare too.
func TestFixedNamesAreFree(t *testing.T) {
	t.Parallel()
	names, err := sdkIdentifiers()
	if err != nil {
		t.Fatal(err)
	}
	taken := newScope(names...)
	for _, n := range fixedNames {
		if taken[n] {
			t.Errorf("the SDK declares %s", n)
		}
	}
	if !taken["Registry"] || !taken["appendString"] {
		t.Error("the SDK's identifiers were not read")
	}
}

// TestCommandTable: the SDK has the types that the table names, and each answer has
// its code.
func TestCommandTable(t *testing.T) {
	t.Parallel()
	names, err := sdkIdentifiers()
	if err != nil {
		t.Fatal(err)
	}
	declared := newScope(names...)
	for _, c := range protocol.Commands {
		if c.Name == protocol.SpecRead {
			continue // the registry answers it itself
		}
		input := c.Input
		if input == "" {
			input = goname.Name(strings.TrimPrefix(c.Name, "std:"), "") + "Input"
		}
		if declared[input] == c.GeneratedInput {
			t.Errorf("%s: %s is in the SDK: %v, want %v", c.Name, input, declared[input], !c.GeneratedInput)
		}
		if c.Output != "" && !declared[c.Output] {
			t.Errorf("%s: the SDK has no %s", c.Name, c.Output)
		}
		if _, ok := memoryAnswers[c.Memory]; c.Memory != protocol.NoAnswer && !ok {
			t.Errorf("%s: Memory has no code for answer %d", c.Name, c.Memory)
		}
		if _, ok := defaultAnswers[c.Default]; c.Default != protocol.NoAnswer && !ok {
			t.Errorf("%s: UnimplementedClient has no code for answer %d", c.Name, c.Default)
		}
	}
}

// TestEachCommandAlone: a spec that lists one command, whichever it is, gives code
// that compiles.
func TestEachCommandAlone(t *testing.T) {
	t.Parallel()
	for _, name := range append(protocol.Names(), "acme:sync") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := fmt.Sprintf(`{"name":"x","commands":[%q],"sourceConfig":[]}`, name)
			spec, diagnostics := schema.Parse("connector-spec.json", []byte(text))
			if diagnostics.HasErrors() {
				t.Fatal(diagnostics)
			}
			mustCompile(t, generate(t, spec, Options{Package: "connector", SDK: sharedSDK}))
		})
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
		".":                  "connector",
		"名前":                 "connector",
	} {
		if got := PackageName(dir); got != want {
			t.Errorf("PackageName(%q) = %q, want %q", dir, got, want)
		}
	}
}
