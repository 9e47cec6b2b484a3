package stub

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/usage"
)

// An edit is text to insert into a file.
type edit struct {
	at   int
	text string
}

// An inserter adds imports and declarations to a file.
type inserter struct {
	*userFile
	user      *userPackage
	imports   []importLine
	connector string // import path of the generated package
}

// insert adds imports between the lines of a file and declarations at its end, and returns the new
// text and the edits. Of several places for the imports it takes the first that leaves the file as
// well formatted as it was.
func (i inserter) insert(body string) ([]byte, []edit, error) {
	gap := "\n"
	if !bytes.HasSuffix(i.text, []byte("\n")) {
		gap = "\n\n"
	}
	wasFormatted := isFormatted(i.text)
	for _, place := range i.places() {
		edits := append(place, edit{len(i.text), gap + body})
		for j := range edits {
			edits[j].text = strings.ReplaceAll(edits[j].text, "\n", lineEnd(i.text))
		}
		slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.at, b.at) })
		text := apply(i.text, edits)
		if i.succeeds(text, body) && (!wasFormatted || isFormatted(text)) {
			return text, edits, nil
		}
	}
	return nil, nil, usage.Errorf("methods cannot be added to %s as it is; choose another file with --file", i.path)
}

// apply applies sorted edits to a text.
func apply(text []byte, edits []edit) []byte {
	var out []byte
	done := 0
	for _, e := range edits {
		out = append(append(out, text[done:e.at]...), e.text...)
		done = e.at
	}
	return append(out, text[done:]...)
}

// isFormatted reports whether gofmt would leave a text as it is, apart from a byte order mark and
// carriage returns.
func isFormatted(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	formatted, err := format.Source(text)
	return err == nil && bytes.Equal(formatted, text)
}

// succeeds reports whether an edited text has the missing imports and declarations, and everything
// that it had before.
func (i inserter) succeeds(text []byte, body string) bool {
	now, err := parseUserFile(token.NewFileSet(), i.path, text)
	if err != nil || len(now.imports) != len(i.userFile.imports)+len(i.imports) {
		return false
	}
	added, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+body, parser.SkipObjectResolution)
	if err != nil || len(now.declared()) != len(i.declared())+len((&userFile{File: added}).declared()) {
		return false
	}
	return methods(now.File) == methods(i.File)+methods(added)
}

// methods returns the number of methods in a file.
func methods(file *ast.File) int {
	n := 0
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
			n++
		}
	}
	return n
}

// places returns ways to add the missing imports, the best first.
func (i inserter) places() [][]edit {
	if len(i.imports) == 0 {
		return [][]edit{nil}
	}
	var places [][]edit
	if block := i.importBlock(); block != nil {
		if edits, ok := i.inBlock(block); ok {
			places = append(places, edits)
		}
	}
	clause := i.Name.End()
	for _, end := range []token.Pos{i.endOfImports(), clause} {
		if at, ok := endOfLine(i.text, i.user.offset(end)); ok {
			declaration := "\n" + i.declaration()
			if !bytes.HasSuffix(i.text[:at], []byte("\n")) {
				declaration = "\n" + declaration
			}
			places = append(places, []edit{{at, declaration}}, []edit{{at, declaration + "\n"}})
		}
	}
	inline := ""
	for _, line := range i.imports {
		inline += "; import " + line.text
	}
	return append(places, []edit{{i.user.offset(clause), inline}})
}

// declaration returns a declaration of the missing imports.
func (i inserter) declaration() string {
	if len(i.imports) == 1 {
		return "import " + i.imports[0].text + "\n"
	}
	return importBlockText(i.imports)
}

// endOfImports returns the end of the last import, or of the package clause.
func (i inserter) endOfImports() token.Pos {
	end := i.Name.End()
	for _, d := range i.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			end = g.End()
		}
	}
	return end
}

// line returns the line of a position.
func (i inserter) line(pos token.Pos) int { return i.user.position(pos).Line }

// importBlock returns the first import declaration of several lines, or nil if there is
// none.
func (i inserter) importBlock() *ast.GenDecl {
	for _, d := range i.Decls {
		g, ok := d.(*ast.GenDecl)
		if ok && g.Tok == token.IMPORT && g.Lparen.IsValid() && len(g.Specs) > 0 && i.line(g.Lparen) < i.line(g.Rparen) {
			return g
		}
	}
	return nil
}

// inBlock puts imports where gofmt would leave them: in order into the group of their kind, or into
// a group of their own. It reports false if the lines of the block do not allow it.
func (i inserter) inBlock(block *ast.GenDecl) ([]edit, bool) {
	var edits []edit
	var homeless []importLine
	for _, line := range i.imports {
		at, found, ok := i.placeInGroup(block, line)
		switch {
		case !ok:
			return nil, false
		case found:
			edits = append(edits, edit{at, "\t" + line.text + "\n"})
		default:
			homeless = append(homeless, line)
		}
	}
	var b strings.Builder
	for _, group := range importGroups(homeless) {
		b.WriteString("\n")
		for _, line := range group {
			b.WriteString("\t" + line.text + "\n")
		}
	}
	return append(edits, edit{startOfLine(i.text, i.user.offset(block.Rparen)), b.String()}), true
}

// placeInGroup returns where an import belongs among those of its kind, the standard library or
// others. found reports whether there are any. ok is false if there are some, but their lines hold
// something else too.
func (i inserter) placeInGroup(block *ast.GenDecl, line importLine) (at int, found, ok bool) {
	lastLine := 0
	for _, s := range block.Specs {
		spec := s.(*ast.ImportSpec)
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil || i.isStandard(importPath) != isStandardLibrary(line.path) {
			continue
		}
		if found && i.line(spec.Pos()) > lastLine+1 {
			break // another group of the kind
		}
		if importPath > line.path && found {
			break
		}
		if importPath > line.path {
			start := spec.Pos()
			if spec.Doc != nil {
				start = spec.Doc.Pos()
			}
			return startOfLine(i.text, i.user.offset(start)), true, true
		}
		if at, ok = endOfLine(i.text, i.user.offset(spec.End())); !ok {
			return 0, false, false
		}
		found, lastLine = true, i.line(spec.Pos())
	}
	return at, found, true
}

// isStandard reports whether an import path probably belongs to the standard library.
func (i inserter) isStandard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	own, _, _ := strings.Cut(i.connector, "/")
	return !strings.Contains(first, ".") && first != own
}

func startOfLine(text []byte, offset int) int {
	return bytes.LastIndexByte(text[:offset], '\n') + 1
}

// endOfLine returns the offset after the line that contains offset, and after the comments that
// begin on it. It reports false if something else follows on the line.
func endOfLine(text []byte, offset int) (int, bool) {
	for offset < len(text) {
		rest := text[offset:]
		switch {
		case rest[0] == '\n':
			return offset + 1, true
		case bytes.HasPrefix(rest, []byte("//")):
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				return len(text), true
			}
			offset += end
		case bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest[2:], []byte("*/"))
			if end < 0 {
				return 0, false
			}
			offset += 2 + end + 2
		case bytes.IndexByte([]byte(" \t\r;"), rest[0]) >= 0:
			offset++
		default:
			return 0, false
		}
	}
	return offset, true
}
