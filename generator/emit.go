package generator

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
)

// emit writes the package down, in the order of the files' paths.
func emit(p *Package) ([]File, error) {
	e := emitter{Package: p}
	var files []File
	for _, f := range []struct {
		path string
		code []jen.Code
	}{
		{"account.go", e.accountFile()},
		{"client.go", e.clientFile()},
		{"commands.go", e.commandsFile()},
		{"config.go", e.configFile()},
		{"entitlements.go", e.entitlementsFile()},
		{"hooks.go", e.hooksFile()},
		{"memory.go", e.memoryFile()},
		{"spec.go", e.specFile()},
	} {
		if len(f.code) == 0 {
			continue
		}
		content, err := e.render(f.path, f.code)
		if err != nil {
			return nil, err
		}
		files = append(files, File{f.path, content})
	}
	if p.SDK == "" {
		sdk, err := sdkFiles(p.Name)
		if err != nil {
			return nil, err
		}
		files = append(files, sdk...)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// An emitter turns decisions into code and takes none.
type emitter struct {
	*Package
	from string // import path of the package, for code outside of it; "" inside
}

// packageDocFile is the file that carries the package comment.
const packageDocFile = "client.go"

// sdkName is what generated code calls a shared SDK, whatever its package is called.
const sdkName = "sdk"

func (e emitter) render(name string, code []jen.Code) ([]byte, error) {
	f := jen.NewFile(e.Name)
	f.HeaderComment(Header)
	if e.SDK != "" {
		if path.Base(e.SDK) == sdkName {
			f.ImportName(e.SDK, sdkName)
		} else {
			f.ImportAlias(e.SDK, sdkName)
		}
	}
	if name == packageDocFile {
		for _, line := range commentLines(e.packageDoc()) {
			f.PackageComment(line)
		}
	}
	for _, c := range code {
		f.Add(c)
		f.Line()
	}
	var b bytes.Buffer
	if err := f.Render(&b); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return e.groupImports(b.Bytes()), nil
}

// groupImports sets the shared SDK off from the standard library, which jennifer
// lists in one group.
func (e emitter) groupImports(source []byte) []byte {
	if e.SDK == "" {
		return source
	}
	line := []byte("\t" + strconv.Quote(e.SDK) + "\n")
	if path.Base(e.SDK) != sdkName {
		line = append([]byte("\t"+sdkName+" "), line[1:]...)
	}
	before, after, found := bytes.Cut(source, line)
	if !found {
		return source
	}
	others, rest, _ := bytes.Cut(after, []byte(")\n"))
	return slices.Concat(before, others, []byte("\n"), line, []byte(")\n"), rest)
}

func (e emitter) packageDoc() string {
	return joinSentences(fmt.Sprintf("Package %s is the connector %q.", e.Name, e.Title), sentence(e.Doc))
}

// sdk refers to a name of the SDK, which is in the package or shared.
func (e emitter) sdk(name string) *jen.Statement {
	if e.SDK == "" {
		return e.local(name)
	}
	return jen.Qual(e.SDK, name)
}

// local refers to a name of the generated package.
func (e emitter) local(name string) *jen.Statement {
	if e.from == "" {
		return jen.Id(name)
	}
	return jen.Qual(e.from, name)
}

// typ is a type in a signature.
func (e emitter) typ(t Type) *jen.Statement {
	s := &jen.Statement{}
	if t.List {
		s = jen.Index()
	}
	switch t.Where {
	case inSDK:
		return s.Add(e.sdk(t.Name))
	case rawJSON:
		return s.Qual("encoding/json", t.Name)
	case anyType:
		return s.Any()
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
	for _, word := range strings.Fields(strings.Map(plainRune, text)) {
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

// commentLine makes a comment of a line. A space follows the slashes, so that it
// is no directive; a build constraint of the old form has one, and gets more.
func commentLine(line string) string {
	if strings.HasPrefix(line, "+build") {
		line = "… " + line
	}
	return "// " + line
}

// plainRune turns all that is not to be seen, line ends and text direction marks
// among them, into spaces.
func plainRune(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return ' '
}

// lines are statements or elements, each on a line of its own between braces.
func lines(elements []jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, elements...)
}

// jsonLiteral is JSON as a literal, between backquotes where all of it can be seen
// there.
func jsonLiteral(text string) jen.Code {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	if strconv.CanBackquote(text) && !strings.ContainsFunc(text, hidden) {
		return jen.Id("`" + text + "`")
	}
	return jen.Lit(text)
}

// each makes one piece of code of every element.
func each[T any](list []T, code func(T) jen.Code) []jen.Code {
	out := make([]jen.Code, len(list))
	for i, v := range list {
		out[i] = code(v)
	}
	return out
}
