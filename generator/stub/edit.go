package stub

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/emit"
	"github.com/conngen/conngen/generator/internal/gosource"
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

// A client is what the methods of an author's client should be.
type client struct {
	emit.Client
	methods []*plan.Method
	opts    Options
}

func newClient(spec *schema.Spec, opts Options) client {
	pkg := plan.New(spec, plan.Options{Package: opts.Package, Names: opts.Names, Initialisms: opts.Initialisms})
	return client{emit.NewClient(pkg, opts.Import, opts.SDK), pkg.Methods(), opts}
}

// missing returns the methods that a client still needs.
func (c client) missing(found userMethods) []*plan.Method {
	return slices.DeleteFunc(slices.Clone(c.methods), func(m *plan.Method) bool {
		_, own := found.own[m.GoName]
		return own || found.promoted[m.GoName]
	})
}

// canonical gives the signature that a method should have in the form of
// [userFile.signature].
func (c client) canonical(m *plan.Method) string {
	params, results := m.Signature(map[plan.Origin]string{
		plan.Context: strconv.Quote("context") + ".",
		plan.JSON:    strconv.Quote("encoding/json") + ".",
		plan.SDK:     strconv.Quote(c.opts.SDK) + ".",
		plan.Local:   strconv.Quote(c.opts.Import) + ".",
	})
	return "(" + strings.Join(params, ", ") + ") (" + strings.Join(results, ", ") + ")"
}

// readable gives the signature that a method should have as people write it.
func (c client) readable(m *plan.Method) string {
	text := c.canonical(m)
	for importPath, name := range c.Imports() {
		text = strings.ReplaceAll(text, strconv.Quote(importPath)+".", name+".")
	}
	return "func" + strings.Replace(text, " (error)", " error", 1)
}

// problems reports the methods that have another signature than the spec gives
// them, and those that look like a command's although no command has them.
func (c client) problems(found userMethods) []Problem {
	wanted := make(map[string]*plan.Method)
	for _, m := range c.methods {
		wanted[m.GoName] = m
	}
	var problems []Problem
	for _, method := range sortedMethods(found.own) {
		name := method.decl.Name.Name
		want, ok := wanted[name]
		switch {
		case ok && method.signature != c.canonical(want):
			problems = append(problems, Problem{method.position, fmt.Sprintf("method %s no longer fits the spec: it should be %s", name, c.readable(want))})
		case !ok && ast.IsExported(name) && method.isCommand(c.opts):
			problems = append(problems, Problem{method.position, fmt.Sprintf("method %s belongs to no command of the spec: nothing calls it", name)})
		}
	}
	return problems
}

// addMethods returns a file's text with methods after it, and with the type and the
// package clause where there are none yet.
func (c client) addMethods(text []byte, path string, user *userPackage, methods []*plan.Method) ([]byte, error) {
	if len(methods) == 0 && user.spec != nil {
		return text, nil
	}
	file := user.file(path)
	names := newImportNames(file, user)
	var code []jen.Code
	if user.spec == nil {
		code = append(code, c.Type(c.opts.Type, len(methods) > 0))
	}
	r := user.receiver(c.opts.Type)
	for _, m := range methods {
		code = append(code, c.Method(m, r.name, r.typ))
	}
	body, imports, err := names.render(c.Imports(), code)
	if err != nil {
		return nil, err
	}
	if text == nil {
		return newFile(c.opts.UserPackage, user, imports, body)
	}
	if file == nil {
		return nil, fmt.Errorf("%s is not built into the package, for its name or build constraints; choose another file with --file", path)
	}
	return insert(text, user.fset, file.File, imports, body, c.opts.Import)
}

// file returns the file of a path, nil for a new one.
func (u *userPackage) file(path string) *userFile {
	for _, f := range u.files {
		if f.path == path {
			return f
		}
	}
	return nil
}

// A clientReceiver is how the methods of a type name it.
type clientReceiver struct{ name, typ string }

// receiver follows the methods that the client has already.
func (u *userPackage) receiver(typeName string) clientReceiver {
	r := clientReceiver{strings.ToLower(typeName[:1]), "*" + typeName}
	if u.spec == nil {
		return r
	}
	params := ""
	if u.spec.TypeParams != nil {
		var names []string
		for _, field := range u.spec.TypeParams.List {
			for _, name := range field.Names {
				names = append(names, name.Name)
			}
		}
		params = "[" + strings.Join(names, ", ") + "]"
	}
	pointer := ""
	declared := u.declared(typeName)
	if len(declared) == 0 {
		pointer = "*"
	}
	for _, m := range slices.Backward(sortedMethods(declared)) { // the name of the first one counts
		field := m.decl.Recv.List[0]
		if _, ok := field.Type.(*ast.StarExpr); ok {
			pointer = "*"
		}
		if len(field.Names) == 1 && field.Names[0].Name != "_" {
			r.name = field.Names[0].Name
		}
	}
	r.typ = pointer + typeName + params
	return r
}

// sortedMethods returns methods in the order of the source.
func sortedMethods(methods map[string]userMethod) []userMethod {
	var sorted []userMethod
	for _, m := range methods {
		sorted = append(sorted, m)
	}
	slices.SortFunc(sorted, func(a, b userMethod) int { return cmp.Compare(a.decl.Pos(), b.decl.Pos()) })
	return sorted
}

// importNames are what a file calls the packages that stubs use.
type importNames struct {
	known map[string]string // names by import path, for those that the file imports
	taken map[string]bool   // what names mean something else
}

func newImportNames(file *userFile, user *userPackage) importNames {
	n := importNames{known: make(map[string]string), taken: make(map[string]bool)}
	if file != nil {
		for name, importPath := range file.imports {
			n.taken[name] = true
			if name != "_" && name != "." {
				n.known[importPath] = name
			}
		}
	}
	for _, f := range user.files {
		for _, d := range f.Decls {
			for _, name := range gosource.Declared(d) {
				n.taken[name.Name] = true
			}
		}
	}
	return n
}

// name returns what a package is called, and whether the file must import it.
func (n importNames) name(importPath, packageName string) (name string, missing bool) {
	if name, ok := n.known[importPath]; ok {
		return name, false
	}
	name = packageName
	for i := 2; n.taken[name]; i++ {
		name = packageName + strconv.Itoa(i)
	}
	return name, true
}

// An importLine is an import that a file lacks.
type importLine struct{ path, text string }

// render emits declarations under the names of a file, and returns them with the
// imports that the file lacks.
func (n importNames) render(packages map[string]string, code []jen.Code) (body string, lacking []importLine, err error) {
	f := jen.NewFile("p")
	lines := make(map[string]importLine)
	for importPath, packageName := range packages {
		name, missing := n.name(importPath, packageName)
		f.ImportAlias(importPath, name)
		if !missing {
			continue
		}
		text := strconv.Quote(importPath)
		if name != path.Base(importPath) {
			text = name + " " + text
		}
		lines[importPath] = importLine{importPath, text}
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
	for _, i := range parsed.Imports {
		importPath, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return "", nil, err
		}
		if line, ok := lines[importPath]; ok {
			lacking = append(lacking, line)
		}
	}
	slices.SortFunc(lacking, func(a, b importLine) int { return strings.Compare(a.path, b.path) })
	return strings.TrimSpace(b.String()[endOfImports(fset, parsed):]) + "\n", lacking, nil
}

// endOfImports is the offset after the last import, or the package clause.
func endOfImports(fset *token.FileSet, f *ast.File) int {
	end := f.Name.End()
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			end = g.End()
		}
	}
	return fset.Position(end).Offset
}

// newFile is a file of nothing but stubs.
func newFile(packageName string, user *userPackage, imports []importLine, body string) ([]byte, error) {
	if len(user.files) > 0 {
		packageName = user.files[0].Name.Name
	}
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\n", packageName)
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

// importGroups parts the standard library from other packages.
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

// An edit is text that is put into a file.
type edit struct {
	at   int
	text string
}

// insert puts imports between the lines of a file and declarations after them.
func insert(text []byte, fset *token.FileSet, file *ast.File, imports []importLine, body, connector string) ([]byte, error) {
	gap := "\n"
	if !bytes.HasSuffix(text, []byte("\n")) {
		gap = "\n\n"
	}
	edits := append(importEdits(text, fset, file, imports, connector), edit{len(text), gap + body})
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.at, b.at) })
	end := lineEnd(text)
	var out []byte
	done := 0
	for _, e := range edits {
		out = append(out, text[done:e.at]...)
		out = append(out, strings.ReplaceAll(e.text, "\n", end)...)
		done = e.at
	}
	out = append(out, text[done:]...)
	if _, err := parser.ParseFile(token.NewFileSet(), fset.Position(file.Pos()).Filename, out, parser.SkipObjectResolution); err != nil {
		return nil, fmt.Errorf("methods cannot be added to the file as it is: %w", err)
	}
	return out, nil
}

// importEdits puts imports where gofmt leaves them: into the group of their kind,
// in order, or in a group or declaration of their own.
func importEdits(text []byte, fset *token.FileSet, file *ast.File, imports []importLine, connector string) []edit {
	block := importBlock(fset, file)
	if block == nil {
		return importDeclarations(text, fset, file, imports)
	}
	var edits []edit
	var homeless []importLine
	for _, i := range imports {
		if at, ok := placeInGroup(text, fset, block, i, connector); ok {
			edits = append(edits, edit{at, "\t" + i.text + "\n"})
		} else {
			homeless = append(homeless, i)
		}
	}
	var b strings.Builder
	for _, group := range importGroups(homeless) {
		b.WriteString("\n")
		for _, i := range group {
			b.WriteString("\t" + i.text + "\n")
		}
	}
	return append(edits, edit{startOfLine(text, fset.Position(block.Rparen).Offset), b.String()})
}

// importBlock returns the first import declaration of several lines, nil when
// there is none.
func importBlock(fset *token.FileSet, file *ast.File) *ast.GenDecl {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if ok && g.Tok == token.IMPORT && g.Lparen.IsValid() && len(g.Specs) > 0 && fset.Position(g.Lparen).Line < fset.Position(g.Rparen).Line {
			return g
		}
	}
	return nil
}

// placeInGroup returns where an import belongs among those of its kind, the
// standard library or others. It reports false when there are none.
func placeInGroup(text []byte, fset *token.FileSet, block *ast.GenDecl, i importLine, connector string) (at int, ok bool) {
	lastLine := 0
	for _, s := range block.Specs {
		spec := s.(*ast.ImportSpec)
		importPath, err := strconv.Unquote(spec.Path.Value)
		first, _, _ := strings.Cut(importPath, "/")
		own, _, _ := strings.Cut(connector, "/")
		standard := !strings.Contains(first, ".") && first != own
		line := fset.Position(spec.Pos()).Line
		if err != nil || standard != isStandardLibrary(i.path) {
			continue
		}
		if ok && line > lastLine+1 {
			break // another group of the kind
		}
		if importPath > i.path && ok {
			break
		}
		if importPath > i.path {
			return startOfLine(text, fset.Position(spec.Pos()).Offset), true
		}
		at, ok, lastLine = endOfLine(text, fset.Position(spec.End()).Offset), true, line
	}
	return at, ok
}

// importDeclarations puts imports after those of a file, or its package clause.
func importDeclarations(text []byte, fset *token.FileSet, file *ast.File, imports []importLine) []edit {
	if len(imports) == 0 {
		return nil
	}
	at := endOfLine(text, endOfImports(fset, file))
	lines := "\n"
	if !bytes.HasSuffix(text[:at], []byte("\n")) {
		lines = "\n\n"
	}
	if len(imports) == 1 {
		return []edit{{at, lines + "import " + imports[0].text + "\n"}}
	}
	return []edit{{at, lines + importBlockText(imports)}}
}

func startOfLine(text []byte, offset int) int {
	return bytes.LastIndexByte(text[:offset], '\n') + 1
}

// endOfLine is the offset after the line that has offset.
func endOfLine(text []byte, offset int) int {
	if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
		return offset + i + 1
	}
	return len(text)
}
