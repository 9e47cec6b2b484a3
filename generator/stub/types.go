package stub

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/internal/gosource"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/schema"
)

// A universe type-checks packages from their sources, without the go command, as far as the methods
// of a client depend on them. It uses the generated package as generated now, not the one on disk.
// Types of the SDK are opaque: they have no methods, because none of theirs has a command's
// signature. So are those of the standard library, unless they are embedded. Other packages are
// read if needed; otherwise their types are invalid. Universes share their standard packages and
// the SDK.
type universe struct {
	fset      *token.FileSet
	sdk       string                      // its import path
	generated map[string][]generator.File // by import path
	modules   target.Modules
	wanted    map[string]bool // names of methods that matter
	needed    map[string]bool // import paths of packages that matter
	embedded  map[string]bool // import paths of packages of the standard library with embedded types
	roots     []string        // those that the client and its modules embed directly
	stale     bool            // whether an opaque package has since become embedded
	parsed    map[string]*userPackage
	checked   map[string]*types.Package
	opaque    map[string]*types.Package
	failed    map[string]error // why packages that matter cannot be read, by import path

	commons *commonCache
	common  *common // shared with other universes; nil for nothing
	alone   bool    // nothing is ever shared
}

// newUniverse returns the universe for a spec's client.
func newUniverse(spec *schema.Spec, opts Options, fset *token.FileSet, wanted map[string]bool) (*universe, error) {
	u := &universe{
		fset: fset, sdk: opts.SDK, generated: make(map[string][]generator.File), modules: target.ModulesOf(opts.Dir), wanted: wanted,
		needed: map[string]bool{opts.Import: true}, embedded: make(map[string]bool), parsed: make(map[string]*userPackage),
		failed: make(map[string]error), commons: &commons,
	}
	u.reset()
	var err error
	code := opts.Files
	if code == nil {
		code, err = generator.Generate(spec, opts.Options)
	}
	u.generated[opts.Import] = code
	return u, err
}

// reset forgets the types of all packages, but not which packages are needed.
func (u *universe) reset() {
	u.checked, u.opaque, u.common, u.stale = make(map[string]*types.Package), make(map[string]*types.Package), nil, false
}

// readSDK reads the SDK, which is opaque until then: signatures do not depend on its types, but
// method bodies do.
func (u *universe) readSDK(importPath string) error {
	files, err := sdkDeclarations()
	if err != nil {
		return err
	}
	u.generated[importPath], u.needed[importPath] = files, true
	u.reset()
	if u.alone {
		return nil
	}
	return u.share(true)
}

// sdkDeclarations returns the files of the SDK's own package without function bodies, which take
// most of the parsing time.
var sdkDeclarations = sync.OnceValues(func() ([]generator.File, error) {
	all := generator.SDK(generator.SDKFolder)
	var files []generator.File
	for _, f := range all {
		if path.Dir(f.Path) != "." {
			continue
		}
		parsed, err := parseUserFile(token.NewFileSet(), f.Path, f.Content)
		if err != nil {
			return nil, err
		}
		var content []byte
		done := 0
		for _, d := range parsed.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				content = append(content, f.Content[done:fn.Body.Pos()-parsed.FileStart]...)
				done = int(fn.Body.End() - parsed.FileStart)
			}
		}
		files = append(files, generator.File{Path: f.Path, Content: append(content, f.Content[done:]...)})
	}
	return files, nil
})

// Import implements [types.Importer].
func (u *universe) Import(importPath string) (*types.Package, error) {
	if importPath == "unsafe" {
		return types.Unsafe, nil
	}
	dir, ok := u.locate(importPath)
	switch {
	case !ok:
		return u.opaquePackage(importPath), nil
	case !u.needed[importPath]:
		return nil, errors.New("the package does not matter")
	}
	if u.isCommon(importPath) {
		return u.importCommon(importPath)
	}
	if pkg, ok := u.checked[importPath]; ok {
		if pkg == nil {
			u.failed[importPath] = fmt.Errorf("package %s imports itself; break the cycle", importPath)
			return nil, u.failed[importPath]
		}
		return pkg, nil
	}
	u.checked[importPath] = nil
	p := u.parsed[importPath]
	if p == nil {
		var err error
		if p, err = u.read(importPath, dir); err != nil {
			u.failed[importPath] = err
			return nil, err
		}
		u.parsed[importPath] = p
	}
	u.checked[importPath] = u.check(importPath, p, nil)
	return u.checked[importPath], nil
}

// locate returns the folder of a package, "" for a generated one and one that is not found. It
// reports false for packages that are opaque.
func (u *universe) locate(importPath string) (dir string, ok bool) {
	if u.isGenerated(importPath) {
		return "", true
	}
	if importPath == u.sdk || strings.HasPrefix(importPath, u.sdk+"/") {
		return "", false
	}
	if dir, ok := u.modules.Folder(importPath); ok {
		return dir, true
	}
	first, _, _ := strings.Cut(importPath, "/")
	if strings.Contains(first, ".") {
		return "", true // of a module that go.mod does not require
	}
	if u.embedded[importPath] {
		dir, _ := target.StandardFolder(importPath)
		return dir, true
	}
	return "", false
}

func (u *universe) isGenerated(importPath string) bool {
	_, ok := u.generated[importPath]
	return ok
}

// read reads the files of a package, generated or from a folder.
func (u *universe) read(importPath, dir string) (*userPackage, error) {
	if !u.isGenerated(importPath) {
		if dir == "" {
			return nil, notFound(importPath)
		}
		p, err := u.readFolder(importPath, dir)
		if err == nil && len(p.files) == 0 {
			err = u.empty(importPath, dir)
		}
		return p, err
	}
	p := &userPackage{fset: u.fset, other: true}
	for _, f := range u.generated[importPath] {
		if err := p.add(path.Join(importPath, path.Base(f.Path)), f.Content); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (u *universe) readFolder(importPath, dir string) (*userPackage, error) {
	if u.embedded[importPath] {
		return standard.read(dir)
	}
	return readOther(u.fset, dir)
}

// notFound is the error for a package that is neither in a module nor in the standard library.
func notFound(importPath string) error {
	if first, _, _ := strings.Cut(importPath, "/"); strings.Contains(first, ".") {
		return fmt.Errorf("go.mod requires no module that has package %s; run go get %s", importPath, importPath)
	}
	return fmt.Errorf("package %s of the standard library is not found; set GOROOT to the folder of Go", importPath)
}

// empty is the error for a package whose folder has no files for this system, or does not exist.
func (u *universe) empty(importPath, dir string) error {
	_, err := os.Stat(dir)
	switch {
	case err == nil:
		return fmt.Errorf("package %s has no Go files for this system; add some", importPath)
	case u.embedded[importPath]:
		return fmt.Errorf("package %s is neither in the standard library nor in a module of go.mod; correct the import", importPath)
	case u.modules.IsDownload(dir):
		return fmt.Errorf("package %s is not downloaded; run go mod download", importPath)
	}
	return fmt.Errorf("package %s is missing: folder %s does not exist; make it", importPath, found.Shown(dir))
}

// check type-checks a package, and its function bodies if found is not nil. It reports errors to
// found and does not stop at them.
func (u *universe) check(importPath string, p *userPackage, found func(types.Error)) *types.Package {
	if !u.isGenerated(importPath) {
		for _, f := range p.files {
			u.scanEmbedded(f)
		}
		u.keepUp()
	}
	for _, f := range p.files {
		u.scan(f)
	}
	conf := types.Config{
		Importer: u, IgnoreFuncBodies: found == nil, FakeImportC: true,
		Error: func(err error) {
			var typeError types.Error
			if found != nil && errors.As(err, &typeError) {
				found(typeError)
			}
		},
	}
	pkg, _ := conf.Check(importPath, p.fset, p.syntax(), nil) // the error only repeats the first one reported
	return pkg
}

// opaquePackage returns a package of which only names are known.
func (u *universe) opaquePackage(importPath string) *types.Package {
	pkg, ok := u.opaque[importPath]
	if !ok {
		spec := &ast.ImportSpec{Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(importPath)}}
		pkg = types.NewPackage(importPath, gosource.ImportName(spec))
		pkg.MarkComplete()
		u.opaque[importPath] = pkg
		u.takeCommon(pkg)
	}
	return pkg
}

// addOpaque adds a type, which may have type parameters, to an opaque package.
func (u *universe) addOpaque(importPath, name string, params int) {
	pkg := u.opaquePackage(importPath)
	if pkg.Scope().Lookup(name) != nil {
		return
	}
	obj := types.NewTypeName(token.NoPos, pkg, name, nil)
	named := types.NewNamed(obj, types.NewStruct(nil, nil), nil)
	var list []*types.TypeParam
	for range params {
		param := types.NewTypeName(token.NoPos, pkg, "T", nil)
		list = append(list, types.NewTypeParam(param, types.Universe.Lookup("any").Type()))
	}
	if len(list) > 0 {
		named.SetTypeParams(list)
	}
	pkg.Scope().Insert(obj)
}

// scanEmbedded records from which standard packages a file embeds types.
func (u *universe) scanEmbedded(f *userFile) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			if spec, ok := s.(*ast.TypeSpec); ok {
				for _, expr := range embeddedExprs(spec.Type) {
					u.embed(f, expr)
				}
			}
		}
	}
}

// embeddedExprs returns the types that a definition embeds. A name only stands for another type.
func embeddedExprs(definition ast.Expr) []ast.Expr {
	var list []*ast.Field
	switch definition := definition.(type) {
	case *ast.StructType:
		list = definition.Fields.List
	case *ast.InterfaceType:
		list = definition.Methods.List
	default:
		return []ast.Expr{definition}
	}
	var embedded []ast.Expr
	for _, field := range list {
		if len(field.Names) == 0 {
			embedded = append(embedded, field.Type)
		}
	}
	return embedded
}

// embed records the package of an embedded type of the standard library.
func (u *universe) embed(f *userFile, expr ast.Expr) {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		u.embed(f, expr.X)
	case *ast.ParenExpr:
		u.embed(f, expr.X)
	case *ast.IndexExpr:
		u.embed(f, expr.X)
	case *ast.IndexListExpr:
		u.embed(f, expr.X)
	case *ast.SelectorExpr:
		x, ok := expr.X.(*ast.Ident)
		if !ok {
			return
		}
		for _, imported := range f.named(x.Name) {
			if _, located := u.locate(imported.path); located || imported.path == u.sdk || strings.HasPrefix(imported.path, u.sdk+"/") {
				continue
			}
			u.stale = u.stale || u.opaque[imported.path] != nil
			u.addEmbedded(imported.path)
		}
	}
}

// scan records which packages the types of a file depend on, and which names of opaque packages its
// declarations use.
func (u *universe) scan(f *userFile) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			u.scanNames(f, d.Type, d.Recv != nil && u.wanted[d.Name.Name])
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if spec, ok := s.(*ast.TypeSpec); ok {
					u.scanType(f, spec.Type)
				}
			}
		}
	}
}

// scanType scans the definition of a type. All of it matters except named fields.
func (u *universe) scanType(f *userFile, expr ast.Expr) {
	s, ok := expr.(*ast.StructType)
	if !ok {
		u.scanNames(f, expr, true)
		return
	}
	for _, field := range s.Fields.List {
		u.scanNames(f, field.Type, len(field.Names) == 0)
	}
}

// scanNames scans the names of other packages in a type expression.
func (u *universe) scanNames(f *userFile, n ast.Node, matters bool) {
	params := make(map[ast.Expr]int)
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr:
			params[n.X] = 1
		case *ast.IndexListExpr:
			params[n.X] = len(n.Indices)
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				u.scanName(f, x.Name, n.Sel.Name, params[n], matters)
			}
		}
		return true
	})
}

// scanName scans one name of another package.
func (u *universe) scanName(f *userFile, packageName, name string, params int, matters bool) {
	for _, imported := range f.named(packageName) {
		if _, ok := u.locate(imported.path); !ok {
			u.addOpaque(imported.path, name, params)
		}
		if matters {
			u.needed[imported.path] = true
		}
	}
}

// isInvalid reports whether a type could not be resolved, or depends on one.
func isInvalid(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return isUnread(t)
	case *types.TypeParam:
		return true
	case *types.Pointer:
		return isInvalid(t.Elem())
	case *types.Slice:
		return isInvalid(t.Elem())
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if isInvalid(arg) {
				return true
			}
		}
		return isUnread(t)
	}
	return false
}

// userPath is the import path of the user's package in the type checker. Nothing imports it.
const userPath = "."
