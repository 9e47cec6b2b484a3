//go:build unix

package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"
	"golang.org/x/tools/txtar"
)

// isQuoted checks that a file has a text, apart from indentation common to all lines.
func isQuoted(text, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	want := dedent(strings.Split(strings.TrimSuffix(text, "\n"), "\n"))
	lines := strings.Split(string(content), "\n")
	for i := range len(lines) - len(want) + 1 {
		if strings.TrimSpace(lines[i]) == strings.TrimSpace(want[0]) && slices.Equal(dedent(lines[i:i+len(want)]), want) {
			return nil
		}
	}
	return fmt.Errorf("%s does not have this text", filepath.Base(file))
}

// dedent removes the indentation that lines have in common.
func dedent(lines []string) []string {
	common, found := "", false
	for _, line := range lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		switch {
		case indent == line: // an empty line
		case !found:
			common, found = indent, true
		default:
			for !strings.HasPrefix(indent, common) {
				common = common[:len(common)-1]
			}
		}
	}
	dedented := make([]string, len(lines))
	for i, line := range lines {
		dedented[i] = strings.TrimPrefix(line, common)
	}
	return dedented
}

var parsedLanguages = []string{"json", "yaml", "toml", "xml", "txtar"}

// parses checks that a text is one of a language.
func parses(language, text string) error {
	var value any
	switch language {
	case "json":
		err := json.Unmarshal([]byte(text), &value)
		if err != nil && strings.HasPrefix(strings.TrimSpace(text), `"`) {
			err = json.Unmarshal([]byte("{"+strings.TrimSuffix(strings.TrimSpace(text), ",")+"}"), &value)
		}
		return err
	case "yaml":
		return yaml.Unmarshal([]byte(text), &value)
	case "toml":
		return toml.Unmarshal([]byte(text), &value)
	case "xml":
		decoder := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := decoder.Token(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
		}
	case "txtar":
		if len(txtar.Parse([]byte(text)).Files) == 0 {
			return errors.New("the archive has no files")
		}
		return nil
	}
	return fmt.Errorf("nothing here parses %s", language)
}

// A goFile is Go source with the places of its declarations.
type goFile struct {
	text string
	set  *token.FileSet
	*ast.File
}

func parseGo(text string) (goFile, error) {
	f := goFile{text: text, set: token.NewFileSet()}
	var err error
	f.File, err = parser.ParseFile(f.set, "", text, parser.ParseComments)
	return f, err
}

// span is where a declaration is in the text, with its comment.
func (f goFile) span(decl ast.Decl) (start, end int) {
	pos := decl.Pos()
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc != nil {
			pos = d.Doc.Pos()
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			pos = d.Doc.Pos()
		}
	}
	end = f.set.Position(decl.End()).Offset
	for _, group := range f.Comments { // after it, on the same line
		if f.set.Position(group.Pos()).Line == f.set.Position(decl.End()).Line && group.Pos() > decl.End() {
			end = f.set.Position(group.End()).Offset
		}
	}
	return f.set.Position(pos).Offset, end
}

// declared are the names that a declaration declares: Client, or Client.AccountRead for a method.
func declared(decl ast.Decl) []string {
	var names []string
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			receiver := d.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			if index, ok := receiver.(*ast.IndexExpr); ok {
				receiver = index.X
			}
			name = fmt.Sprint(receiver) + "." + name
		}
		names = append(names, name)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

// editGo puts the declarations of a block in place of those of the same names in a file, or appends
// them, and corrects the imports.
func editGo(name, text string) error {
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(text, "package ") {
		text = "package edit\n\n" + text
	}
	edit, err := parseGo(text)
	if err != nil {
		return err
	}
	imports := make(map[string]string) // of the block, by name
	for _, decl := range edit.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.IMPORT {
			continue
		}
		file, err := parseGo(string(content))
		if err != nil {
			return err
		}
		names := declared(decl)
		from, to := edit.span(decl)
		start, end := len(file.text), len(file.text)
		for _, old := range file.Decls {
			has := declared(old)
			if !slices.ContainsFunc(has, func(n string) bool { return slices.Contains(names, n) }) {
				continue
			}
			if i := slices.IndexFunc(has, func(n string) bool { return !slices.Contains(names, n) }); i >= 0 {
				return fmt.Errorf("the declaration of %s in the file also declares %s", names[0], has[i])
			}
			start, end = file.span(old)
			break
		}
		replaced := text[from:to]
		if start == len(file.text) {
			replaced = "\n" + replaced + "\n"
		}
		content = []byte(file.text[:start] + replaced + file.text[end:])
	}
	for _, spec := range edit.Imports {
		imports[importName(spec)] = importPath(spec)
	}
	fixed, err := fixImports(name, string(content), imports)
	if err != nil {
		return err
	}
	return os.WriteFile(name, fixed, 0o644)
}

func importPath(spec *ast.ImportSpec) string {
	text, _ := strconv.Unquote(spec.Path.Value) // the parser accepted it
	return text
}

func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	return path.Base(importPath(spec))
}

var stdImports = strings.Fields("bytes bufio cmp context encoding/base64 encoding/json errors fmt io iter log log/slog maps math/rand " +
	"net/http net/http/httptest net/url os path/filepath slices sort strconv strings sync testing time")

// fixImports imports what a file uses, and nothing else.
func fixImports(name, text string, extra map[string]string) ([]byte, error) {
	file, err := parseGo(text)
	if err != nil {
		return nil, err
	}
	known, err := projectImports(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	maps.Copy(known, extra)
	lines := make(map[string]string) // by name
	for _, spec := range file.Imports {
		line := spec.Path.Value
		if spec.Name != nil {
			line = spec.Name.Name + " " + line
		}
		lines[importName(spec)] = line
	}
	used := make(map[string]bool)
	for _, ident := range file.Unresolved {
		used[ident.Name] = true
	}
	selected := make(map[string]bool)
	ast.Inspect(file.File, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && used[x.Name] {
				selected[x.Name] = true
			}
		}
		return true
	})
	for name := range lines {
		if name != "_" && name != "." && !selected[name] {
			delete(lines, name)
		}
	}
	for name := range selected {
		if importOf, ok := known[name]; ok && lines[name] == "" {
			lines[name] = strconv.Quote(importOf)
			if name != path.Base(importOf) {
				lines[name] = name + " " + lines[name]
			}
		}
	}
	var b strings.Builder
	after := file.set.Position(file.Name.End()).Offset
	b.WriteString(text[:after] + "\n\n")
	block := slices.Sorted(maps.Values(lines))
	isStd := func(line string) bool { return !strings.Contains(strings.Split(line, "/")[0], ".") }
	std := slices.DeleteFunc(slices.Clone(block), func(line string) bool { return !isStd(line) })
	others := slices.DeleteFunc(block, isStd)
	fmt.Fprintf(&b, "import (\n%s\n\n%s\n)\n", strings.Join(std, "\n"), strings.Join(others, "\n"))
	for _, decl := range file.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.IMPORT {
			b.WriteString(text[after:file.set.Position(gen.Pos()).Offset])
			after = file.set.Position(gen.End()).Offset
		}
	}
	b.WriteString(text[after:])
	return format.Source([]byte(b.String()))
}

// projectImports returns the packages that blocks may use in a folder, by name: those of the
// standard library, and of a project.
func projectImports(dir string) (map[string]string, error) {
	known := make(map[string]string)
	for _, path := range stdImports {
		known[filepath.Base(path)] = path
	}
	isThere := func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}
	for !isThere("connector") && !isThere("go.mod") && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	project, below := dir, ""
	for !isThere("go.mod") {
		if dir == filepath.Dir(dir) {
			return nil, fmt.Errorf("%s is in no module", project)
		}
		below, dir = filepath.Base(dir)+"/"+below, filepath.Dir(dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, err
	}
	for _, path := range []string{"connector", "connector/sdk", "connector/sdk/rest", "connector/sdk/sdktest", "connector/sdk/selftest"} {
		known[filepath.Base(path)] = modfile.ModulePath(text) + "/" + below + path
	}
	return known, nil
}
