package bundle

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strconv"

	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/gosyntax"
)

// A source is the code of a package that is part of the build.
type source struct {
	positions *token.FileSet
	files     []sourceFile
}

// A sourceFile is a file of a package, and what it imports.
type sourceFile struct {
	*ast.File
	imports map[string]string // paths, by the names that the file uses
}

// parse reads the files of a package that are part of the build. Packages whose name is not
// the last element of their path must be in the map.
func (p *goPackage) parse(packages map[string]*goPackage) (*source, error) {
	s := &source{positions: token.NewFileSet()}
	for _, name := range p.GoFiles {
		text, err := found.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return nil, err
		}
		file, err := gosyntax.Parse(s.positions, filepath.Join(p.Dir, name), text, parser.ParseComments)
		if wrong := (*gosyntax.Error)(nil); errors.As(err, &wrong) {
			wrong.Position.Filename = found.Shown(wrong.Position.Filename)
		}
		if err != nil {
			return nil, err
		}
		f := sourceFile{file, make(map[string]string)}
		for _, i := range file.Imports {
			f.imports[localName(i, packages)] = importPath(i)
		}
		s.files = append(s.files, f)
	}
	return s, nil
}

// localName returns a file's name for a package that it imports.
func localName(i *ast.ImportSpec, packages map[string]*goPackage) string {
	name := importPath(i)
	switch p := packages[name]; {
	case i.Name != nil:
		return i.Name.Name
	case p != nil:
		return p.Name
	}
	return path.Base(name)
}

func importPath(i *ast.ImportSpec) string {
	name, _ := strconv.Unquote(i.Path.Value) // the parser has checked it
	return name
}

// A qualified name is a name in another package.
type qualified struct{ pkg, name string }

// qualified returns the name in an expression such as http.Client, or the zero value.
func (f sourceFile) qualified(n ast.Node) qualified {
	selector, ok := n.(*ast.SelectorExpr)
	if !ok {
		return qualified{}
	}
	x, ok := selector.X.(*ast.Ident)
	if !ok || x.Obj != nil { // a variable of that name
		return qualified{}
	}
	if pkg, ok := f.imports[x.Name]; ok {
		return qualified{pkg, selector.Sel.Name}
	}
	return qualified{}
}

// mentions reports whether code names one of the things.
func (f sourceFile) mentions(n ast.Node, things ...qualified) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if q := f.qualified(n); q != (qualified{}) {
			for _, t := range things {
				found = found || q == t
			}
		}
		return !found
	})
	return found
}

// guarded reports whether code only runs on some platforms: its author has considered them.
func (f sourceFile) guarded(n ast.Node) bool {
	i, ok := n.(*ast.IfStmt)
	return ok && f.mentions(i.Cond, qualified{"runtime", "GOOS"}, qualified{"runtime", "GOARCH"})
}

// pathOf returns a variable or field as text, without type assertions: c.http.Transport. It
// returns "" for other expressions.
func pathOf(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name
	case *ast.TypeAssertExpr:
		return pathOf(e.X)
	case *ast.SelectorExpr:
		if x := pathOf(e.X); x != "" {
			return x + "." + e.Sel.Name
		}
	}
	return ""
}
