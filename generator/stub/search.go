package stub

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
)

// embedded returns an embedded field as its file writes it.
func (u *userPackage) embedded(field *types.Var) (*userFile, ast.Expr) {
	for _, f := range u.files {
		if field.Pos() < f.FileStart || field.Pos() > f.FileEnd {
			continue
		}
		var expr ast.Expr
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if n.Sel.Pos() == field.Pos() {
					expr = n
				}
			case *ast.Ident:
				if n.Pos() == field.Pos() && expr == nil {
					expr = n
				}
			}
			return true
		})
		if expr != nil {
			return f, expr
		}
	}
	return nil, ast.NewIdent(field.Name())
}

// A searcher follows a type through its embedded types to the one that cannot be read.
type searcher struct {
	u    *universe
	seen map[*ast.TypeSpec]bool
}

// search says why an embedded type of the client cannot be read in full, and what to do.
func (t *clientType) search(p *userPackage, f *userFile, expr ast.Expr) string {
	s := searcher{t.universe, make(map[*ast.TypeSpec]bool)}
	if why := s.expr(p, f, expr); f != nil && why != "" {
		return why
	}
	return "its declaration cannot be read; run go build"
}

// expr searches a type expression of a file. It returns "" if everything is found.
func (s searcher) expr(p *userPackage, f *userFile, expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return s.expr(p, f, expr.X)
	case *ast.ParenExpr:
		return s.expr(p, f, expr.X)
	case *ast.IndexExpr:
		return s.expr(p, f, expr.X)
	case *ast.IndexListExpr:
		return s.expr(p, f, expr.X)
	case *ast.SelectorExpr:
		if x, ok := expr.X.(*ast.Ident); ok {
			return s.imported(f, x.Name, expr.Sel.Name)
		}
	case *ast.Ident:
		return s.name(p, f, expr.Name)
	}
	return ""
}

// imported searches a type of another package.
func (s searcher) imported(f *userFile, packageName, name string) string {
	for _, i := range f.named(packageName) {
		if err := s.u.failed[i.path]; err != nil {
			return err.Error()
		}
		p := s.u.parsed[i.path]
		if p == nil || i.guess() != packageName && p.name() != packageName {
			continue
		}
		if file, spec := p.typeSpec(name); spec != nil {
			return s.definition(p, file, spec)
		}
		return fmt.Sprintf("package %s declares no type %s; correct the name", i.path, name)
	}
	return fmt.Sprintf("no import is named %s; add it", packageName)
}

// name searches a type of the same package, or one from a dot import.
func (s searcher) name(p *userPackage, f *userFile, name string) string {
	if file, spec := p.typeSpec(name); spec != nil {
		return s.definition(p, file, spec)
	}
	if types.Universe.Lookup(name) != nil {
		return ""
	}
	if slices.ContainsFunc(f.imports, func(i userImport) bool { return i.name == "." }) {
		return fmt.Sprintf("type %s seems to come from an import with a dot, which conngen does not follow; import the package by its name", name)
	}
	return fmt.Sprintf("type %s is not declared; declare it", name)
}

// definition searches the types that a type embeds or stands for.
func (s searcher) definition(p *userPackage, f *userFile, spec *ast.TypeSpec) string {
	if s.seen[spec] {
		return ""
	}
	s.seen[spec] = true
	for _, expr := range embeddedExprs(spec.Type) {
		if why := s.expr(p, f, expr); why != "" {
			return why
		}
	}
	return ""
}

// typeSpec returns the declaration of a type, or nil if there is none.
func (u *userPackage) typeSpec(name string) (*userFile, *ast.TypeSpec) {
	for _, f := range u.files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range g.Specs {
				if spec, ok := s.(*ast.TypeSpec); ok && spec.Name.Name == name {
					return f, spec
				}
			}
		}
	}
	return nil, nil
}
