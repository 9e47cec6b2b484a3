package main

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSize: all HTTP code of the author is in api.go, which is short including its imports,
// comments and blank lines. The commands only make calls.
func TestSize(t *testing.T) {
	t.Parallel()
	text := readFile(t, "api.go")
	formatted, err := format.Source(text)
	if err != nil || !bytes.Equal(text, formatted) {
		t.Errorf("api.go is not formatted, error %v", err)
	}
	if lines := bytes.Count(text, []byte("\n")); lines >= 40 {
		t.Errorf("api.go has %d lines, want fewer than 40", lines)
	}
	calls := []string{"Client", "Get", "Post", "Put", "Patch", "Delete", "Param", "Query"}
	for _, name := range handWritten(t) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			if strings.HasPrefix(i.Path.Value, `"net`) {
				t.Errorf("%s imports %s", name, i.Path.Value)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && name != "api.go" {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "rest" && !slices.Contains(calls, s.Sel.Name) {
					t.Errorf("%s uses rest.%s, which belongs into api.go", name, s.Sel.Name)
				}
			}
			return true
		})
	}
}

// handWritten are the files of the connector that its author writes.
func handWritten(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}
