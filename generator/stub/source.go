package stub

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator/internal/gosource"
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/schema/protocol"
	"github.com/conngen/conngen/settings"
)

// A userPackage is the package that has the client, as far as its syntax tells.
type userPackage struct {
	fset  *token.FileSet
	files []*userFile
	spec  *ast.TypeSpec // of the client; nil when there is none yet
	in    *userFile     // that has spec
}

// A userFile is one file of the package.
type userFile struct {
	*ast.File
	path    string
	imports map[string]string // paths by the names that the file uses
}

// readUserPackage parses the files that are built into the package in dir. There
// may be none.
func readUserPackage(dir, typeName string) (*userPackage, error) {
	u := &userPackage{fset: token.NewFileSet()}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		match, err := found.BuildContext().MatchFile(dir, name)
		if err != nil {
			return nil, err
		}
		if match {
			text, err := found.ReadFile(filepath.Join(dir, name))
			if err != nil {
				return nil, err
			}
			if err := u.parse(filepath.Join(dir, name), text); err != nil {
				return nil, err
			}
		}
	}
	for _, f := range u.files {
		if other := u.files[0]; f.Name.Name != other.Name.Name {
			return nil, fmt.Errorf("%s is of package %s, and %s of package %s", other.path, other.Name.Name, f.path, f.Name.Name)
		}
	}
	u.findType(typeName)
	return u, nil
}

// parse adds a file.
func (u *userPackage) parse(path string, text []byte) error {
	file, err := parser.ParseFile(u.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("the package must parse first: %w", err)
	}
	f := &userFile{File: file, path: path, imports: make(map[string]string)}
	for _, i := range file.Imports {
		importPath, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return err
		}
		f.imports[gosource.ImportName(i)] = importPath
	}
	u.files = append(u.files, f)
	return nil
}

func (u *userPackage) findType(name string) {
	for _, f := range u.files {
		for _, s := range f.types() {
			if s.Name.Name == name {
				u.spec, u.in = s, f
			}
		}
	}
}

// types returns the types that a file declares.
func (f *userFile) types() []*ast.TypeSpec {
	var specs []*ast.TypeSpec
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				specs = append(specs, s.(*ast.TypeSpec))
			}
		}
	}
	return specs
}

// usable refuses a client type that cannot have methods of its own.
func (u *userPackage) usable(name string) error {
	if u.spec == nil {
		return nil
	}
	at := u.fset.Position(u.spec.Pos())
	if _, ok := u.spec.Type.(*ast.InterfaceType); ok {
		return fmt.Errorf("%s: %s is an interface; name the type that implements it with --type", at, name)
	}
	if u.spec.Assign.IsValid() {
		return fmt.Errorf("%s: %s is an alias; name the type itself with --type", at, name)
	}
	return nil
}

// target is the file that new methods go to: the one that is asked for, the one
// that has the type, or the default one.
func (u *userPackage) target(dir, file string) string {
	switch {
	case file != "":
		return filepath.Join(dir, file)
	case u.in != nil:
		return u.in.path
	}
	return filepath.Join(dir, settings.DefaultFile)
}

// A userMethod is a method that the client has.
type userMethod struct {
	decl      *ast.FuncDecl
	file      *userFile
	position  token.Position
	signature string // as of canonical
}

// userMethods are all methods of the client.
type userMethods struct {
	own      map[string]userMethod
	promoted map[string]bool // from what the client embeds, and not left unimplemented there
}

// methods returns the client's methods, and those that it has from Memory, an
// embedded Client, and types of the user's own.
func (u *userPackage) methods(connector string, client []*plan.Method) userMethods {
	m := userMethods{own: make(map[string]userMethod), promoted: make(map[string]bool)}
	if u.spec == nil {
		return m
	}
	for name, method := range u.declared(u.spec.Name.Name) {
		m.own[name] = method
	}
	u.promote(m.promoted, u.in, u.spec, connector, client, map[string]bool{})
	return m
}

// declared returns the methods that the package declares for a type.
func (u *userPackage) declared(typeName string) map[string]userMethod {
	methods := make(map[string]userMethod)
	for _, f := range u.files {
		for _, d := range f.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if ok && decl.Recv != nil && receiverType(decl) == typeName {
				methods[decl.Name.Name] = userMethod{decl, f, u.fset.Position(decl.Pos()), f.signature(decl.Type)}
			}
		}
	}
	return methods
}

// receiverType is the name of the type that a method belongs to.
func receiverType(decl *ast.FuncDecl) string {
	return gosource.BaseName(decl.Recv.List[0].Type)
}

// promote adds the methods that a struct has from what it embeds.
func (u *userPackage) promote(promoted map[string]bool, in *userFile, spec *ast.TypeSpec, connector string, client []*plan.Method, seen map[string]bool) {
	s, ok := spec.Type.(*ast.StructType)
	if !ok || seen[spec.Name.Name] {
		return
	}
	seen[spec.Name.Name] = true
	for _, field := range s.Fields.List {
		if len(field.Names) > 0 {
			continue
		}
		if name, ok := in.imported(field.Type, connector); ok {
			for _, m := range client {
				promoted[m.GoName] = promoted[m.GoName] || implements(name, m)
			}
			continue
		}
		embedded := gosource.BaseName(field.Type)
		for name := range u.declared(embedded) {
			promoted[name] = true
		}
		for _, f := range u.files {
			for _, other := range f.types() {
				if other.Name.Name == embedded {
					u.promote(promoted, f, other, connector, client, seen)
				}
			}
		}
	}
}

// implements reports whether a type of the generated package answers a command.
func implements(typeName string, m *plan.Method) bool {
	switch typeName {
	case "Client":
		return true
	case "Memory":
		return m.Answered()
	case "UnimplementedClient":
		return m.Default != protocol.NoAnswer
	}
	return false
}

// imported returns the name of a type of the package with an import path.
func (f *userFile) imported(e ast.Expr, importPath string) (string, bool) {
	switch e := e.(type) {
	case *ast.StarExpr:
		return f.imported(e.X, importPath)
	case *ast.SelectorExpr:
		x, ok := e.X.(*ast.Ident)
		return e.Sel.Name, ok && f.imports[x.Name] == importPath
	}
	return "", false
}

// signature gives the types of a function in a form in which equal types are equal
// texts, whatever imports and parameters are called.
func (f *userFile) signature(t *ast.FuncType) string {
	return f.fields(t.Params) + " " + f.fields(t.Results)
}

func (f *userFile) fields(list *ast.FieldList) string {
	if list == nil {
		return "()"
	}
	var types []string
	for _, field := range list.List {
		for range max(len(field.Names), 1) {
			types = append(types, f.text(field.Type))
		}
	}
	return "(" + strings.Join(types, ", ") + ")"
}

// text gives a type with the paths of packages in place of their names.
func (f *userFile) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.ParenExpr:
		return f.text(e.X)
	case *ast.StarExpr:
		return "*" + f.text(e.X)
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return strconv.Quote(f.imports[x.Name]) + "." + e.Sel.Name
		}
	case *ast.ArrayType:
		if e.Len == nil {
			return "[]" + f.text(e.Elt)
		}
	case *ast.IndexExpr:
		return f.text(e.X) + "[" + f.text(e.Index) + "]"
	case *ast.InterfaceType:
		if len(e.Methods.List) == 0 {
			return "any"
		}
	}
	return fmt.Sprintf("%T", e) // none that a client's method has
}

// isCommand reports whether a method looks like a command's: it takes a context
// and something of the generated package or the SDK.
func (m userMethod) isCommand(opts Options) bool {
	params := m.file.fields(m.decl.Type.Params)
	if !strings.HasPrefix(params, "("+strconv.Quote("context")+".Context, ") {
		return false
	}
	return strings.Contains(params, strconv.Quote(opts.Import)+".") || strings.Contains(params, strconv.Quote(opts.SDK)+".")
}

// lineEnd is the line end of a text: that of its first line.
func lineEnd(text []byte) string {
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
