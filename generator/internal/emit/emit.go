// Package emit writes a planned package as Go. It decides nothing.
package emit

import (
	"bytes"
	"fmt"
	"iter"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/dave/jennifer/jen"
	"golang.org/x/sync/errgroup"

	"github.com/conngen/conngen/generator/internal/layout"
	"github.com/conngen/conngen/generator/internal/output"
	"github.com/conngen/conngen/generator/internal/plan"
)

// Package returns the files of a package, in path order. The package imports a version of the SDK
// from a path.
func Package(p *plan.Package, sdk string, version int) ([]output.File, error) {
	e := emitter{Package: p, sdkPath: sdk, sdkVersion: version, json: sync.OnceValue(p.JSON)}
	sources := []struct {
		path string
		code iter.Seq[jen.Code]
	}{
		{"account.go", e.accountFile},
		{"client.go", e.clientFile},
		{"commands.go", e.commandsFile},
		{"config.go", e.configFile},
		{"entitlements.go", e.entitlementsFile},
		{"memory.go", e.memoryFile},
		{"spec.go", e.specFile},
	}
	files := make([]output.File, len(sources))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range sources {
		group.Go(func() error {
			content, err := e.render(s.path, s.code)
			files[i] = output.File{Path: s.path, Content: content}
			return err
		})
	}
	err := group.Wait()
	if err == nil && e.json() == "" {
		err = fmt.Errorf("%s is not JSON", p.Spec.File.Name)
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(files, func(f output.File) bool { return len(f.Content) == 0 }), nil
}

// An emitter turns decisions into code.
type emitter struct {
	*plan.Package
	sdkPath    string        // import path of the SDK
	sdkVersion int           // the version it must have
	json       func() string // the spec, for its file
	from       string        // import path of the package, for code outside it; "" inside
}

// packageDocFile is the file with the package comment.
const packageDocFile = "client.go"

// sdkName is the name of the SDK in generated code, whatever its folder is called.
const sdkName = "sdk"

// render writes a file; it returns nil if there is no code. A tree of code takes a hundred times
// the memory of its text, so render writes a few declarations before the next ones are made.
func (e emitter) render(name string, code iter.Seq[jen.Code]) ([]byte, error) {
	r := renderer{file: e.file(name), documented: name == packageDocFile}
	for c := range code {
		if r.add(c); r.count == maxTrees {
			r.flush()
		}
	}
	r.flush()
	if len(r.body) == 0 && r.err == nil {
		return nil, nil
	}
	head := r.head()
	if r.err != nil {
		return nil, fmt.Errorf("%s: %w", name, r.err)
	}
	return slices.Concat(e.groupImports(head), r.body), nil
}

// A renderer has jennifer write the declarations of a file unformatted, and then formats them.
type renderer struct {
	file       *jen.File // collects the imports of the rendered declarations
	documented bool      // it has a package comment
	count      int       // declarations not yet rendered
	text       bytes.Buffer
	body       []byte
	err        error
}

// maxTrees is how many declarations are rendered at once, with their trees in memory together.
const maxTrees = 16

// bodyMark separates the head of a file from its declarations. No code has such a character.
const bodyMark = "\x00"

// add adds a declaration.
func (r *renderer) add(declaration jen.Code) {
	if r.count == 0 {
		r.file.Group = lineGroup()
		r.file.Add(jen.Id(bodyMark))
	}
	r.file.Line()
	r.file.Add(declaration)
	r.count++
}

// lineGroup returns a group of lines, as in a file.
func lineGroup() (group *jen.Group) {
	jen.CustomFunc(jen.Options{Multi: true}, func(g *jen.Group) { group = g })
	return group
}

// flush renders the declarations added so far.
func (r *renderer) flush() {
	if r.count == 0 || r.err != nil {
		return
	}
	r.count = 0
	r.text.Reset()
	r.file.NoFormat = true // layout does that
	if r.err = r.file.Render(&r.text); r.err != nil {
		return
	}
	_, raw, _ := bytes.Cut(r.text.Bytes(), []byte(bodyMark))
	r.body, r.err = layout.Append(append(r.body, '\n'), raw)
	r.body = append(r.body, '\n')
}

// head returns the text before the declarations: the imports that they need, and a package comment,
// for which gofmt has rules of its own.
func (r *renderer) head() []byte {
	if r.err != nil {
		return nil
	}
	r.text.Reset()
	r.file.Group = lineGroup()
	r.file.NoFormat = !r.documented
	if r.err = r.file.Render(&r.text); r.err != nil || r.documented {
		return r.text.Bytes()
	}
	var head []byte
	head, r.err = layout.Append(nil, r.text.Bytes())
	return append(head, '\n')
}

// file returns a file without declarations.
func (e emitter) file(name string) *jen.File {
	f := jen.NewFile(e.Name)
	f.HeaderComment(output.Header(e.SpecFile))
	if path.Base(e.sdkPath) == sdkName {
		f.ImportName(e.sdkPath, sdkName)
	} else {
		f.ImportAlias(e.sdkPath, sdkName)
	}
	f.ImportName(e.sdkPath+"/config", "config")
	f.ImportName(e.sdkPath+"/memory", "memory")
	if name == packageDocFile {
		for _, line := range commentLines(e.packageDoc()) {
			f.PackageComment(line)
		}
	}
	return f
}

// groupImports separates the SDK from the standard library; jennifer lists both in one group.
func (e emitter) groupImports(source []byte) []byte {
	before, after, found := bytes.Cut(source, []byte("import (\n"))
	if !found {
		return source
	}
	imports, rest, _ := bytes.Cut(after, []byte(")\n"))
	var standard, sdk []byte
	for line := range bytes.Lines(imports) {
		if bytes.Contains(line, []byte(strconv.Quote(e.sdkPath))) || bytes.Contains(line, []byte(`"`+e.sdkPath+"/")) {
			sdk = append(sdk, line...)
		} else {
			standard = append(standard, line...)
		}
	}
	if len(standard) > 0 && len(sdk) > 0 {
		standard = append(standard, '\n')
	}
	return slices.Concat(before, []byte("import (\n"), standard, sdk, []byte(")\n"), rest)
}

func (e emitter) packageDoc() string {
	return plan.JoinSentences(fmt.Sprintf("Package %s is the connector %q.", e.Name, e.Title), plan.Sentence(e.Doc))
}

// sdk refers to a name of the SDK.
func (e emitter) sdk(name string) *jen.Statement { return jen.Qual(e.sdkPath, name) }

// config refers to a name of the SDK's package for configs, and memory to one of its package for
// in-memory clients.
func (e emitter) config(name string) *jen.Statement { return jen.Qual(e.sdkPath+"/config", name) }

func (e emitter) memory(name string) *jen.Statement { return jen.Qual(e.sdkPath+"/memory", name) }

// local refers to a name of the generated package.
func (e emitter) local(name string) *jen.Statement {
	if e.from == "" {
		return jen.Id(name)
	}
	return jen.Qual(e.from, name)
}

// typ is a type in a signature or field.
func (e emitter) typ(t plan.Type) *jen.Statement {
	s := &jen.Statement{}
	if t.List {
		s = s.Index()
	}
	if t.Pointer {
		s = s.Op("*")
	}
	switch t.Where {
	case plan.SDK:
		s = s.Add(e.sdk(t.Name))
		if t.Of != nil {
			s = s.Types(e.typ(*t.Of))
		}
		return s
	case plan.JSON:
		return s.Qual("encoding/json", t.Name)
	case plan.Builtin:
		return s.Id(t.Name)
	}
	return s.Add(e.local(t.Name))
}

// maxComment is the width of comment text.
const maxComment = 90

// documented puts a comment above code.
func documented(doc string, code ...jen.Code) *jen.Statement {
	s := &jen.Statement{}
	for _, line := range commentLines(doc) {
		s.Comment(line).Line()
	}
	return s.Add(code...)
}

// commentLines wraps a text into comment lines.
func commentLines(text string) []string {
	lines := strings.Split(string(appendComment(nil, text)), "\n")
	return lines[:len(lines)-1]
}

// appendComment appends the comment lines of a text, each with its line end. The text comes from
// the spec, so nothing in it may end the comment or mean something to Go's tools. A space follows
// the slashes, so no line is a directive. Old build constraints also have one space, so they get
// more.
func appendComment(dst []byte, text string) []byte {
	width := 0
	for text = visible(text); text != ""; {
		var word string
		word, text, _ = strings.Cut(text, " ")
		switch {
		case word == "":
			continue
		case width > 0 && width+1+len(word) <= maxComment:
			dst = append(append(dst, ' '), word...)
			width += 1 + len(word)
			continue
		case width > 0:
			dst = append(dst, '\n')
		}
		dst, width = append(dst, "// "...), len(word)
		if strings.HasPrefix(word, "+build") {
			dst = append(dst, "… "...)
		}
		dst = append(dst, word...)
	}
	if width > 0 {
		dst = append(dst, '\n')
	}
	return dst
}

// visible replaces invisible characters with spaces, and writes quotes as gofmt does in comments.
func visible(text string) string {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			text = strings.Map(plan.PlainRune, text)
			break
		}
	}
	if strings.Contains(text, "``") || strings.Contains(text, "''") {
		return commentQuotes.Replace(text)
	}
	return text
}

// commentQuotes turns quotes that are typed as two characters each into “”. Three backquotes are
// not a quote.
var commentQuotes = strings.NewReplacer("```", "```", "``", "“", "''", "”")

// lines are statements or elements between braces, each on its own line.
func lines(elements []jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, elements...)
}

// jsonLiteral is JSON as a literal, between backquotes if everything in it is visible there.
func jsonLiteral(text string) jen.Code {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	if strconv.CanBackquote(text) && !strings.ContainsFunc(text, hidden) {
		return jen.Id("`" + text + "`")
	}
	return jen.Lit(text)
}

// all yields pieces of code until yield returns false.
func all(yield func(jen.Code) bool, code ...jen.Code) bool {
	for _, c := range code {
		if !yield(c) {
			return false
		}
	}
	return true
}

// each makes a piece of code from every element.
func each[T any](list []T, code func(T) jen.Code) []jen.Code {
	out := make([]jen.Code, len(list))
	for i, v := range list {
		out[i] = code(v)
	}
	return out
}
