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
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator/internal/gosource"
	"github.com/conngen/conngen/generator/internal/output"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/gosyntax"
	"github.com/conngen/conngen/internal/usage"
	"github.com/conngen/conngen/settings"
)

// A userPackage is the Go files of the client's folder, or of a package that it imports.
type userPackage struct {
	fset  *token.FileSet
	other bool        // whether it is imported: then it has no texts, comments, function bodies or tests
	files []*userFile // that are built
	aside []*userFile // of the same package, but only for tests, other systems or other tags

	tested string // the package's name according to tests in an external test package, "" without such tests
}

// A userFile is one file of the package.
type userFile struct {
	*ast.File
	path    string
	text    []byte
	imports []userImport
}

// A userImport is an import of a file.
type userImport struct {
	name string // given by the file, or "" for the package's own name
	path string
	spec *ast.ImportSpec
}

// guess returns the name that the import probably has in the file.
func (i userImport) guess() string { return gosource.ImportName(i.spec) }

// named returns the import that seems to have a package's name in the file. If there is none, it
// may be any import without an explicit name.
func (f *userFile) named(packageName string) []userImport {
	if i := slices.IndexFunc(f.imports, func(i userImport) bool { return i.guess() == packageName }); i >= 0 {
		return f.imports[i : i+1]
	}
	return slices.DeleteFunc(slices.Clone(f.imports), func(i userImport) bool { return i.name != "" })
}

// checkLinks calls check for the Go files of a folder that are symbolic links. It leaves out links
// that lead nowhere: writing through them is an error anyway.
func checkLinks(dir string, check func(path string) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // reading the files reports it
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if entry.Type()&fs.ModeSymlink == 0 || filepath.Ext(path) != ".go" {
			continue
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := check(path); err != nil {
			return err
		}
	}
	return nil
}

// readUserPackage reads the Go files of a folder. There may be none.
func readUserPackage(fset *token.FileSet, dir string) (*userPackage, error) {
	return (&userPackage{fset: fset}).read(dir)
}

// readOther is readUserPackage for a package that is imported.
func readOther(fset *token.FileSet, dir string) (*userPackage, error) {
	return (&userPackage{fset: fset, other: true}).read(dir)
}

func (u *userPackage) read(dir string) (*userPackage, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || filepath.Ext(name) != ".go" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			continue // Go ignores them, and lock files of editors cannot be read
		}
		path := filepath.Join(dir, name)
		text, err := found.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a dangling link; writing through it reports an error
		}
		if err != nil {
			return nil, err
		}
		if err := u.add(path, text); err != nil {
			return nil, err
		}
	}
	for _, f := range u.files {
		if other := u.files[0]; f.Name.Name != other.Name.Name {
			return nil, fmt.Errorf("%s is of package %s, and %s of package %s", other.path, other.Name.Name, f.path, f.Name.Name)
		}
	}
	return u, nil
}

// add adds a file of the folder. A file that is not built need not parse.
func (u *userPackage) add(path string, text []byte) error {
	built, err := gosource.IsBuilt(path, text)
	if err != nil {
		return broken(err, path, text)
	}
	if u.other && !built {
		return nil
	}
	parse := parseUserFile
	if u.other {
		parse = parseDeclarations
	}
	file, err := parse(u.fset, path, text)
	switch {
	case built && err != nil:
		return broken(err, path, text)
	case built:
		u.files = append(u.files, file)
	case file.Name == nil:
	case file.isTest() && strings.HasSuffix(file.Name.Name, "_test"):
		u.tested = strings.TrimSuffix(file.Name.Name, "_test")
	case !gosource.IsIgnored(file.File):
		u.aside = append(u.aside, file)
	}
	return nil
}

// broken says what to do about a syntax error of a file.
func broken(err error, path string, text []byte) error {
	if wrong := (*gosyntax.Error)(nil); errors.As(err, &wrong) {
		wrong.Position.Filename = found.Shown(wrong.Position.Filename)
	}
	if output.IsGenerated(text) {
		return fmt.Errorf("%w; run %s generate, which writes the file anew", err, target.Call(filepath.Dir(path)))
	}
	return fmt.Errorf("%w; correct the file", err)
}

func (f *userFile) isTest() bool { return gosource.IsTest(f.path) }

// parseUserFile parses a file. Along with errors, it returns as much as it could read.
func parseUserFile(fset *token.FileSet, path string, text []byte) (*userFile, error) {
	file, err := gosyntax.Parse(fset, path, text, parser.ParseComments)
	f := &userFile{File: file, path: path, text: text}
	f.findImports()
	return f, err
}

// parseDeclarations is parseUserFile for what other packages can see of a file.
func parseDeclarations(fset *token.FileSet, path string, text []byte) (*userFile, error) {
	file, err := gosyntax.Parse(fset, path, text, parser.SkipObjectResolution)
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			f.Body = nil
		}
	}
	f := &userFile{File: file, path: path}
	f.findImports()
	return f, err
}

func (f *userFile) findImports() {
	for _, i := range f.Imports {
		importPath, unquoteErr := strconv.Unquote(i.Path.Value)
		if unquoteErr != nil {
			continue // the parser reports it
		}
		name := ""
		if i.Name != nil {
			name = i.Name.Name
		}
		f.imports = append(f.imports, userImport{name, importPath, i})
	}
}

// position returns a position in the text of its file, regardless of line directives.
func (u *userPackage) position(pos token.Pos) token.Position { return u.fset.PositionFor(pos, false) }

// place returns the place of the name at a position.
func (u *userPackage) place(pos token.Pos) Place {
	p := Place{u.position(pos), 1}
	for _, f := range u.all() {
		if f.FileStart <= pos && pos <= f.FileEnd {
			p.Width = gosyntax.Width(f.text[p.Offset:])
		}
	}
	return p
}

// offset returns the offset of a position in the text of its file.
func (u *userPackage) offset(pos token.Pos) int { return u.position(pos).Offset }

// syntax returns the files that are built.
func (u *userPackage) syntax() []*ast.File {
	files := make([]*ast.File, len(u.files))
	for i, f := range u.files {
		files[i] = f.File
	}
	return files
}

// all returns the files that are built here or elsewhere.
func (u *userPackage) all() []*userFile {
	return append(u.files[:len(u.files):len(u.files)], u.aside...)
}

// file returns the file with a path, nil for a new one.
func (u *userPackage) file(path string) *userFile {
	for _, f := range u.files {
		if f.path == path {
			return f
		}
	}
	return nil
}

// name returns the name of the package, "" if no file has it.
func (u *userPackage) name() string {
	for _, f := range u.all() {
		return f.Name.Name
	}
	return u.tested
}

// A declaration declares a package-level name.
type declaration struct {
	file *userFile
	name *ast.Ident
	kind string // "function"
}

// declared returns the declarations of a file.
func (f *userFile) declared() []declaration {
	var all []declaration
	for _, d := range f.Decls {
		kind := "function"
		if g, ok := d.(*ast.GenDecl); ok {
			kind = map[token.Token]string{token.CONST: "constant", token.TYPE: "type"}[g.Tok]
			if kind == "" {
				kind = "variable"
			}
		}
		for _, name := range gosource.Declared(d) {
			all = append(all, declaration{f, name, kind})
		}
	}
	return all
}

// client returns the declaration of the client's type, or nil if there is none. It refuses
// anything but a type. It also refuses a type that is not built here, because a second type of
// that name would conflict with it.
func (u *userPackage) client(typeName string) (*declaration, error) {
	for i, f := range u.all() {
		for _, d := range f.declared() {
			if d.name.Name != typeName {
				continue
			}
			at := u.position(d.name.Pos())
			switch {
			case d.kind != "type":
				return nil, usage.Errorf("%s: %s is a %s; name the type of the client with --type", at, typeName, d.kind)
			case f.isTest():
				return nil, usage.Errorf("%s: %s is declared in a test file, which is not part of the connector; move it to another file, or name another type with --type", at, typeName)
			case i >= len(u.files):
				return nil, fmt.Errorf("%s: %s is declared in a file that is not built on this system because of its name, build constraints or cgo; "+
					"move the type to a file that is always built, or run conngen with the GOOS, GOARCH and GOFLAGS of the file", at, typeName)
			}
			return &d, nil
		}
		for _, imported := range f.imports {
			if imported.guess() == typeName {
				return nil, usage.Errorf("%s: %s is the name of an import; name the type of the client with --type", u.position(imported.spec.Pos()), typeName)
			}
		}
	}
	return nil, nil
}

// methodsAside returns the methods of a type, by name, in files that are not built here.
func (u *userPackage) methodsAside(typeName string) map[string]declaration {
	methods := make(map[string]declaration)
	for _, f := range u.aside {
		for _, d := range f.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if ok && decl.Recv != nil && len(decl.Recv.List) == 1 && gosource.BaseName(decl.Recv.List[0].Type) == typeName {
				methods[decl.Name.Name] = declaration{f, decl.Name, "method"}
			}
		}
	}
	return methods
}

// target returns the file for new methods: the requested one, the one that has the type, or the
// default one.
func (u *userPackage) target(dir, file string, client *declaration) string {
	switch {
	case file != "":
		return filepath.Join(dir, file)
	case client != nil:
		return client.file.path
	}
	return filepath.Join(dir, settings.DefaultFile)
}

// lineEnd is the line end of a text: that of its first line.
func lineEnd(text []byte) string {
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
