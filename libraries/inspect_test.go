package libraries

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/conngen/conngen/bundle"
	"github.com/conngen/conngen/libraries/tries"
)

// noEffect is the warning about a harmless setting.
const noEffect = "have no effect"

// TestWarnings: pack warns about each failing try once, where its client is made, and about no
// other try. The working try has the code that the warning suggests.
func TestWarnings(t *testing.T) {
	t.Parallel()
	warnings, err := bundle.Inspect(t.Context(), ".", "./program", "")
	if err != nil {
		t.Fatal(err)
	}
	all := functions(t)
	found := make(map[string][]bundle.Warning) // by the try
	for _, w := range warnings {
		if name := all.at(w.Position); name != "" && !strings.Contains(w.Message, noEffect) {
			found[name] = append(found[name], w)
		} else if !strings.Contains(w.Message, noEffect) {
			t.Errorf("outside of all tries: %+v", w)
		}
	}
	for _, try := range tries.All {
		got := found[try.Name]
		if !try.Fails {
			if len(got) > 0 {
				t.Errorf("%s works: %+v", try.Name, got)
			}
			continue
		}
		if len(got) != 1 || !strings.Contains(got[0].Message, `"connection refused"`) {
			t.Errorf("%s: got %+v, want one warning", try.Name, got)
			continue
		}
		if _, fix, _ := strings.Cut(got[0].Hint, ": "); fix == "" || !strings.Contains(all[try.Name+"Cured"].text, fix) {
			t.Errorf("%sCured does not have what this says:\n%+v", try.Name, got[0])
		}
	}
}

// TestTable: each library of the table and each of its fixes is tried.
func TestTable(t *testing.T) {
	t.Parallel()
	all := functions(t)
	for _, l := range bundle.Libraries {
		var text strings.Builder
		failing := false
		for _, try := range tries.All {
			if try.Library == l.Name {
				text.WriteString(all[try.Name].text)
				failing = failing || try.Fails
			}
		}
		if text.Len() == 0 || failing != (len(l.Fixes()) > 0) {
			t.Errorf("%s is tried in\n%s", l.Name, text.String())
		}
		for _, fix := range l.Fixes() {
			if !strings.Contains(text.String(), fix) {
				t.Errorf("%s is not tried with %s", l.Name, fix)
			}
		}
	}
	for _, try := range tries.All {
		if try.Library != "" && !slices.ContainsFunc(bundle.Libraries, func(l bundle.Library) bool { return l.Name == try.Library }) {
			t.Errorf("%s: the table does not have %s", try.Name, try.Library)
		}
		if try.Fails && !slices.ContainsFunc(tries.All, func(other tries.Try) bool { return other.Name == try.Name+"Cured" }) {
			t.Errorf("%s has no cure", try.Name)
		}
	}
}

// TestPage: the manual's page lists what is tried, in the tested versions.
func TestPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "libraries.md"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	module, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range module.Require {
		own := strings.HasPrefix(r.Mod.Path, "github.com/conngen/") || r.Mod.Path == "golang.org/x/mod" // which the test uses
		if !r.Indirect && !own && !strings.Contains(string(page), "`"+r.Mod.Path+"` "+r.Mod.Version) {
			t.Errorf("the page does not have %s", r.Mod)
		}
	}
}

// A function is the position of a try.
type function struct {
	file     string
	from, to int // lines
	text     string
}

// tried are the functions of package tries.
type tried map[string]function

// functions reads package tries.
func functions(t *testing.T) tried {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("tries", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	all := make(tried)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		positions := token.NewFileSet()
		file, err := parser.ParseFile(positions, name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				from, to := positions.Position(f.Pos()), positions.Position(f.End())
				all[f.Name.Name] = function{name, from.Line, to.Line, unaligned(text[from.Offset:to.Offset])}
			}
		}
	}
	return all
}

// unaligned returns code without the spaces that align it.
func unaligned(text []byte) string { return strings.Join(strings.Fields(string(text)), " ") }

// at returns the try at a position.
func (all tried) at(p token.Position) string {
	for name, f := range all {
		if f.file == p.Filename && f.from <= p.Line && p.Line <= f.to {
			return name
		}
	}
	return ""
}
