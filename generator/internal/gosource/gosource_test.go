package gosource

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"github.com/conngen/conngen/internal/found"
)

// TestDeclared reads all kinds of declarations.
func TestDeclared(t *testing.T) {
	t.Parallel()
	const text = "package x\nimport \"fmt\"\ntype ( A int; B = A )\nvar c, D = 1, 2\nconst E = 1\nfunc F() {}\nfunc (*A) G() {}\n"
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range file.Decls {
		for _, name := range Declared(d) {
			names = append(names, name.Name)
		}
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && BaseName(f.Recv.List[0].Type) != "A" {
			t.Errorf("the receiver is %s", BaseName(f.Recv.List[0].Type))
		}
	}
	if want := []string{"A", "B", "c", "D", "E", "F"}; !slices.Equal(names, want) {
		t.Errorf("declared are %q, want %q", names, want)
	}
}

func TestImportName(t *testing.T) {
	t.Parallel()
	for clause, want := range map[string]string{
		`"fmt"`:                 "fmt",
		`"encoding/json"`:       "json",
		`"example.com/x/v2"`:    "x",
		`"example.com/x/v1"`:    "v1",
		`"example.com/x/vary"`:  "vary",
		`"example.com/v3/x"`:    "x",
		"`example.com/x`":       "x",
		`y "example.com/x/v2"`:  "y",
		`_ "example.com/x/sdk"`: "_",
		`. "example.com/x/sdk"`: ".",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nimport "+clause, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		if got := ImportName(file.Imports[0]); got != want {
			t.Errorf("import %s is called %q, want %q", clause, got, want)
		}
	}
}

// TestCgo: a file that imports "C" is built only with cgo, like one with that tag.
func TestCgo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ with, without bool }{
		"package p\n":                                  {true, true},
		"package p\n\nimport \"C\"\n":                  {true, false},
		"package p\n\nimport (\n\t\"fmt\"\n\t`C`\n)\n": {true, false},
		"//go:build cgo\n\npackage p\n":                {true, false},
		"//go:build !cgo\n\npackage p\n":               {false, true},
	} {
		for _, cgo := range []bool{true, false} {
			rules := found.BuildContext()
			rules.CgoEnabled = cgo
			if built, err := isFor(rules, "a.go", []byte(text)); err != nil || built != (cgo && want.with || !cgo && want.without) {
				t.Errorf("%q with cgo %v is built: %v, %v", text, cgo, built, err)
			}
		}
	}
}
