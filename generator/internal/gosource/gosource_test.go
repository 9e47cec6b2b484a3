package gosource

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
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
