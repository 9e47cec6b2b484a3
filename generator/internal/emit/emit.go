// Package emit writes a planned package down as Go. It decides nothing.
package emit

import (
	"bytes"
	"fmt"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/output"
	"github.com/conngen/conngen/generator/internal/plan"
)

// Package returns the files of a package that imports an SDK of a version from a path, in
// the order of their paths.
func Package(p *plan.Package, sdk string, version int) ([]output.File, error) {
	e := emitter{Package: p, sdkPath: sdk, sdkVersion: version}
	var files []output.File
	for _, f := range []struct {
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
	} {
		content, err := e.render(f.path, f.code)
		if err != nil {
			return nil, err
		}
		if len(content) > 0 {
			files = append(files, output.File{Path: f.path, Content: content})
		}
	}
	return files, nil
}

// An emitter turns decisions into code.
type emitter struct {
	*plan.Package
	sdkPath    string // import path of the SDK
	sdkVersion int    // that it must have
	from       string // import path of the package, for code outside of it; "" inside
}

// packageDocFile is the file that carries the package comment.
const packageDocFile = "client.go"

// sdkName is what generated code calls the SDK, whatever its folder is called.
const sdkName = "sdk"

// render writes a file; it returns nil if there is no code. A tree of code takes a hundred times
// the memory of its text, so render formats each declaration before the next one is made.
func (e emitter) render(name string, code iter.Seq[jen.Code]) ([]byte, error) {
	f := e.file(name)
	var body bytes.Buffer
	for c := range code {
		body.WriteByte('\n')
		if err := jen.Add(c).RenderWithFile(&body, f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		body.WriteByte('\n')
	}
	if body.Len() == 0 {
		return nil, nil
	}
	var head bytes.Buffer // includes the imports that the declarations need
	if err := f.Render(&head); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return slices.Concat(e.groupImports(head.Bytes()), body.Bytes()), nil
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

// groupImports sets the SDK off from the standard library, which jennifer lists in one
// group.
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

// config refers to a name of the SDK's package for configs, and memory to one of its
// package for clients in memory.
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

// commentLines wraps a text into comment lines. The text comes from the spec, so
// nothing in it may end the comment or mean something to Go's tools.
func commentLines(text string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(strings.Map(plan.PlainRune, text)) {
		if line != "" && len(line)+1+len(word) > maxComment {
			lines = append(lines, commentLine(line))
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, commentLine(line))
	}
	return lines
}

// commentLine makes a comment of a line. A space follows the slashes, so it is not a
// directive; a build constraint of the old form has one, and gets more.
func commentLine(line string) string {
	if strings.HasPrefix(line, "+build") {
		line = "… " + line
	}
	return "// " + line
}

// lines are statements or elements, each on a line of its own between braces.
func lines(elements []jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, elements...)
}

// jsonLiteral is JSON as a literal, between backquotes where all of it is visible
// there.
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

// each makes one piece of code of every element.
func each[T any](list []T, code func(T) jen.Code) []jen.Code {
	out := make([]jen.Code, len(list))
	for i, v := range list {
		out[i] = code(v)
	}
	return out
}
