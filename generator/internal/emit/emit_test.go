package emit

import (
	"go/parser"
	"go/token"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator/internal/gosource"
	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/schema/protocol"
	"github.com/conngen/conngen/templates"
)

// sdkNames returns what package sdk declares.
func sdkNames(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := fs.Glob(templates.SDK(), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, path := range paths {
		text, err := fs.ReadFile(templates.SDK(), path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			for _, name := range gosource.Declared(d) {
				names[name.Name] = true
			}
		}
	}
	return names
}

// TestCommandTable: the SDK has the types that the table of commands names, and each shape and
// answer has its code.
func TestCommandTable(t *testing.T) {
	t.Parallel()
	declared := sdkNames(t)
	namer := goname.NewNamer(nil)
	for _, c := range protocol.Commands {
		if c.Name == protocol.SpecRead {
			continue // the connector answers it itself
		}
		input := c.Input
		if input == "" {
			input = namer.Name(strings.TrimPrefix(c.Name, "std:"), "") + "Input"
		}
		if !declared[input] && c.Name != "std:account:create" { // its whole input is generated
			t.Errorf("%s: the SDK has no %s", c.Name, input)
		}
		if c.Output != "" && !declared[c.Output] {
			t.Errorf("%s: the SDK has no %s", c.Name, c.Output)
		}
		if !declared[makers[c.Shape]] {
			t.Errorf("%s: the SDK has no %q for shape %d", c.Name, makers[c.Shape], c.Shape)
		}
		if _, ok := memoryAnswers[c.Memory]; c.Memory != protocol.NoAnswer && !ok {
			t.Errorf("%s: Memory has no code for answer %d", c.Name, c.Memory)
		}
		if _, ok := defaultAnswers[c.Default]; c.Default != protocol.NoAnswer && !ok {
			t.Errorf("%s: UnimplementedClient has no code for answer %d", c.Name, c.Default)
		}
	}
	for _, name := range keyTypes {
		if !declared[name] {
			t.Errorf("the SDK has no %s", name)
		}
	}
}

func TestCommentLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                      nil,
		" \n\t ":                nil,
		"one two":               {"// one two"},
		"a\nb\u2028c\u202ed":    {"// a b c d"},
		"go:embed x":            {"// go:embed x"},
		"+build x":              {"// … +build x"},
		"``a'' ```b":            {"// “a” ```b"},
		strings.Repeat("x", 95): {"// " + strings.Repeat("x", 95)},
		strings.Repeat("word ", 19) + "+build": {
			"// " + strings.TrimSpace(strings.Repeat("word ", 18)), "// word +build",
		},
		strings.Repeat("word ", 18) + "+build": {
			"// " + strings.TrimSpace(strings.Repeat("word ", 18)), "// … +build",
		},
	} {
		if got := commentLines(text); !slices.Equal(got, want) {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// TestGroupImports: the SDK and its sub-packages follow the standard library, after a blank line.
func TestGroupImports(t *testing.T) {
	t.Parallel()
	e := emitter{sdkPath: "a/sdk"}
	for source, want := range map[string]string{
		"import (\n\t\"a/sdk\"\n\t\"a/sdk/config\"\n\t\"context\"\n)\nx": "import (\n\t\"context\"\n\n\t\"a/sdk\"\n\t\"a/sdk/config\"\n)\nx",
		"import (\n\tsdk \"a/sdk\"\n\t\"b\"\n)\n":                        "import (\n\t\"b\"\n\n\tsdk \"a/sdk\"\n)\n",
		"import (\n\t\"a/sdk\"\n\t\"a/sdk/memory\"\n)\n":                 "import (\n\t\"a/sdk\"\n\t\"a/sdk/memory\"\n)\n",
		"import \"a/sdk\"\n": "import \"a/sdk\"\n",
		"package x\n":        "package x\n",
		"import (\n\t\"a/sdk\"\n\t\"a/sdkit\"\n)\nvar s = `import (\na\n)\n`": "import (\n\t\"a/sdkit\"\n\n\t\"a/sdk\"\n)\nvar s = `import (\na\n)\n`",
	} {
		if got := string(e.groupImports([]byte(source))); got != want {
			t.Errorf("%q gives %q, want %q", source, got, want)
		}
	}
}
