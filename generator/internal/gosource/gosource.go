// Package gosource reads what Go files declare.
package gosource

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/gosyntax"
)

// Declared returns the package-level identifiers that a declaration adds.
func Declared(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		var names []*ast.Ident
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name)
			case *ast.ValueSpec:
				names = append(names, s.Names...)
			}
		}
		return names
	}
	return nil
}

// BaseName is the name of a type of the same package: of *T, T[A] and (T) it is T.
func BaseName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return BaseName(e.X)
	case *ast.ParenExpr:
		return BaseName(e.X)
	case *ast.IndexExpr:
		return BaseName(e.X)
	case *ast.IndexListExpr:
		return BaseName(e.X)
	}
	return ""
}

// ImportName is the name of an import in its file: the explicit one, or the package's probable
// name.
func ImportName(i *ast.ImportSpec) string {
	if i.Name != nil {
		return i.Name.Name
	}
	importPath, err := strconv.Unquote(i.Path.Value)
	if err != nil {
		return "" // a file with such a path does not parse
	}
	name := path.Base(importPath)
	if isMajorVersion(name) {
		name = path.Base(path.Dir(importPath))
	}
	return name
}

// isMajorVersion reports whether the last element of an import path is v2, v3 or so.
func isMajorVersion(element string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(element, "v"))
	return err == nil && n > 1 && strings.HasPrefix(element, "v")
}

// IsIgnored reports whether a file is built only with the tag "ignore", like a program in the
// folder of a package.
func IsIgnored(file *ast.File) bool {
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			break
		}
		for _, c := range group.List {
			if expr, err := constraint.Parse(c.Text); err == nil && needsIgnore(expr) {
				return true
			}
		}
	}
	return false
}

func needsIgnore(expr constraint.Expr) bool {
	mentioned := false
	built := func(others bool) bool {
		return expr.Eval(func(tag string) bool {
			if tag == "ignore" {
				mentioned = true
				return false
			}
			return others
		})
	}
	return !built(true) && !built(false) && mentioned
}

// IsTest reports whether a Go file is built only for tests.
func IsTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

// IsBuilt reports whether a file is built into its package here: it is not only for tests, another
// system or other tags.
func IsBuilt(name string, text []byte) (bool, error) {
	if IsTest(name) {
		return false, nil
	}
	return IsFor(name, text)
}

// IsFor reports whether a file, which may be a test, is for this system and these tags.
func IsFor(name string, text []byte) (bool, error) { return isFor(found.BuildContext(), name, text) }

func isFor(rules *build.Context, name string, text []byte) (bool, error) {
	rules.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	built, err := rules.MatchFile(filepath.Dir(name), filepath.Base(name))
	if err != nil {
		return false, cmp.Or(gosyntax.CheckHeader(name, text), err)
	}
	return built && (rules.CgoEnabled || !usesCgo(text)), nil
}

// usesCgo reports whether a file imports "C".
func usesCgo(text []byte) bool {
	file, _ := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
	return slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"C"` || i.Path.Value == "`C`" })
}
