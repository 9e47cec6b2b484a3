package stub

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/emit"
	"github.com/conngen/conngen/generator/internal/gosource"
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/usage"
	"github.com/conngen/conngen/schema"
)

// A client describes the methods that an author's client should have.
type client struct {
	emit.Client
	methods []*plan.Method
	opts    Options
}

func newClient(spec *schema.Spec, opts Options) client {
	pkg := plan.New(spec, plan.Options{Package: opts.Package, Names: opts.Names, Initialisms: opts.Initialisms})
	return client{emit.NewClient(pkg, opts.Import, opts.SDK), pkg.Methods(), opts}
}

// names returns the names of the methods.
func (c client) names() map[string]bool {
	names := make(map[string]bool)
	for _, m := range c.methods {
		names[m.GoName] = true
	}
	return names
}

// addMethods returns a file's text with methods appended, and with the type and the package clause
// if they are missing.
func (t *clientType) addMethods(u *universe, path string, methods []*plan.Method) ([]byte, error) {
	file := t.user.file(path)
	if len(methods) == 0 && t.named != nil {
		return file.text, nil
	}
	if err := t.canHold(path, file); err != nil {
		return nil, err
	}
	imports := newImportNames(t.Imports(), file, t.user)
	var code []jen.Code
	if t.named == nil {
		code = append(code, t.Type(t.opts.Type, len(methods) > 0))
	}
	names, receiverType := t.methodNames(imports)
	for _, m := range methods {
		code = append(code, t.Method(m, receiverType, names))
	}
	body, lacking, err := imports.render(code)
	if err != nil {
		return nil, err
	}
	if file == nil {
		text, err := t.newFile(lacking, body)
		if err != nil {
			return nil, err
		}
		return text, t.verify(u, path, text, []edit{{0, string(text)}}, methods)
	}
	text, edits, err := inserter{file, t.user, lacking, t.opts.Import}.insert(body)
	if err != nil {
		return nil, err
	}
	return text, t.verify(u, path, text, edits, methods)
}

// canHold refuses a file whose name or content keeps it out of the build. [Stub.Write] detects a
// file that another run has made since the package was read.
func (t *clientType) canHold(path string, file *userFile) error {
	if file != nil {
		return nil
	}
	text, err := found.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = []byte("package p\n"), nil
	}
	if err != nil {
		return err
	}
	if built, err := gosource.IsBuilt(path, text); err != nil || !built {
		return cmp.Or(err, usage.Errorf("%s is not built into the package because of its name, build constraints or cgo; choose another file with --file", path))
	}
	return nil
}

// methodNames returns the receiver's type, and the names of the receiver and the parameters of new
// methods. No name hides an import from their bodies. They follow the client's existing methods.
func (t *clientType) methodNames(imports importNames) (names emit.MethodNames, receiverType string) {
	taken := map[string]bool{imports.names[t.opts.Import]: true, imports.names[t.opts.SDK]: true}
	free := func(candidates ...string) string {
		name := candidates[0]
		for i := 1; name == "" || taken[name]; i++ {
			if i < len(candidates) {
				name = candidates[i]
			} else {
				name = candidates[len(candidates)-1] + strconv.Itoa(i)
			}
		}
		taken[name] = true
		return name
	}
	names = emit.MethodNames{Context: free("ctx"), Input: free("in"), Output: free("out"), None: free("none")}
	receiver, pointer := t.receiver()
	names.Receiver = free(receiver, initial(t.opts.Type), "client")
	receiverType = pointer + t.opts.Type
	if t.named != nil {
		receiverType += t.typeParams(taken)
	}
	return names, receiverType
}

// initial returns the first letter of a type's name, as a variable name.
func initial(typeName string) string {
	r, _ := utf8.DecodeRuneInString(typeName)
	if r = unicode.ToLower(r); r == '_' {
		return ""
	}
	return string(r)
}

// receiver returns the name of the client's first named receiver, or "" if there is none. pointer
// is "*" if a method has a pointer receiver or there are no methods, and "" otherwise.
func (t *clientType) receiver() (name, pointer string) {
	if t.named == nil || t.named.NumMethods() == 0 {
		return "", "*"
	}
	first := token.Pos(-1)
	for m := range t.named.Methods() {
		recv := m.Signature().Recv()
		if _, ok := types.Unalias(recv.Type()).(*types.Pointer); ok {
			pointer = "*"
		}
		if recv.Name() != "" && recv.Name() != "_" && (first < 0 || m.Pos() < first) {
			name, first = recv.Name(), m.Pos()
		}
	}
	return name, pointer
}

// typeParams returns the type parameters of the client as its methods write them. They keep their
// names if these have no other meaning there.
func (t *clientType) typeParams(taken map[string]bool) string {
	var names []string
	for param := range t.named.TypeParams().TypeParams() {
		name := param.Obj().Name()
		if taken[name] || types.Universe.Lookup(name) != nil {
			name = "_"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return ""
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// importNames are the names that a file has for the packages that stubs use.
type importNames struct {
	names   map[string]string // by import path
	lacking map[string]bool   // what the file does not import yet
}

// newImportNames finds names for packages, given by import path with their own names, in a
// file that may be new.
func newImportNames(packages map[string]string, file *userFile, user *userPackage) importNames {
	n := importNames{names: make(map[string]string), lacking: make(map[string]bool)}
	taken := user.taken()
	if file != nil {
		file.addImports(n.names, packages, taken)
	}
	for importPath, packageName := range packages {
		if _, ok := n.names[importPath]; ok {
			continue
		}
		name := packageName
		for i := 2; taken[name]; i++ {
			name = packageName + strconv.Itoa(i)
		}
		n.names[importPath], n.lacking[importPath] = name, true
	}
	return n
}

// taken returns the names that no import of the package can have: everything that its files
// declare, whether built here or not.
func (u *userPackage) taken() map[string]bool {
	taken := make(map[string]bool)
	for _, f := range u.all() {
		for _, d := range f.declared() {
			taken[d.name.Name] = true
		}
	}
	return taken
}

// addImports adds the file's names for those of some packages that it imports, and marks the names
// of its other imports as taken. The name of a package that the file imports without one is not
// certain, but the file uses it.
func (f *userFile) addImports(names, packages map[string]string, taken map[string]bool) {
	for _, i := range f.imports {
		name := i.guess()
		if own, ok := packages[i.path]; ok && i.name == "" {
			name = own
		}
		if _, known := names[i.path]; !known && packages[i.path] != "" && name != "_" && name != "." && !taken[name] {
			names[i.path] = name
		}
		taken[name] = true
	}
	for _, id := range f.Unresolved {
		taken[id.Name] = true
	}
}

// An importLine is an import that a file lacks.
type importLine struct{ path, text string }

// render emits declarations with a file's names, and returns them with the imports that the file
// lacks.
func (n importNames) render(code []jen.Code) (body string, lacking []importLine, err error) {
	f := jen.NewFile("p")
	var names []string // added after rendering, because jennifer changes some names
	for importPath, name := range n.names {
		alias := "conngen" + strconv.Itoa(len(names)/2) + "import"
		f.ImportAlias(importPath, alias)
		names = append(names, alias+".", name+".")
	}
	for _, c := range code {
		f.Add(c)
		f.Line()
	}
	var b bytes.Buffer
	if err := f.Render(&b); err != nil {
		return "", nil, err
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, "", b.Bytes(), parser.ImportsOnly)
	if err != nil {
		return "", nil, err
	}
	end := parsed.Name.End()
	if len(parsed.Decls) > 0 {
		end = parsed.Decls[len(parsed.Decls)-1].End()
	}
	for _, i := range parsed.Imports {
		importPath, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return "", nil, err
		}
		if !n.lacking[importPath] {
			continue
		}
		text := i.Path.Value
		if name := n.names[importPath]; name != path.Base(importPath) {
			text = name + " " + text
		}
		lacking = append(lacking, importLine{importPath, text})
	}
	slices.SortFunc(lacking, func(a, b importLine) int { return strings.Compare(a.path, b.path) })
	body = strings.TrimSpace(b.String()[fset.Position(end).Offset:]) + "\n"
	return strings.NewReplacer(names...).Replace(body), lacking, nil
}

// newFile returns a file that contains only stubs.
func (t *clientType) newFile(imports []importLine, body string) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\n", cmp.Or(t.user.name(), t.opts.UserPackage))
	if len(imports) > 0 {
		b.WriteString(importBlockText(imports) + "\n")
	}
	b.WriteString(body)
	return format.Source([]byte(b.String()))
}

// importBlockText is an import declaration of several lines.
func importBlockText(imports []importLine) string {
	text := "import ("
	for _, group := range importGroups(imports) {
		text += "\n"
		for _, i := range group {
			text += "\t" + i.text + "\n"
		}
	}
	return text + ")\n"
}

// importGroups separates the standard library from other packages.
func importGroups(imports []importLine) [][]importLine {
	var standard, others []importLine
	for _, i := range imports {
		if isStandardLibrary(i.path) {
			standard = append(standard, i)
		} else {
			others = append(others, i)
		}
	}
	return slices.DeleteFunc([][]importLine{standard, others}, func(g []importLine) bool { return len(g) == 0 })
}

func isStandardLibrary(importPath string) bool {
	return importPath == "context" || importPath == "encoding/json"
}

// comparePositions orders positions by file, then by offset.
func comparePositions(a, b token.Position) int {
	return cmp.Or(strings.Compare(filepath.ToSlash(a.Filename), filepath.ToSlash(b.Filename)), cmp.Compare(a.Offset, b.Offset))
}
