package emit

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"
)

// Rows are lines of code as text. The big tables have one or more for each attribute; as trees of
// tokens, they would take most of the time and memory of a large spec. Package layout aligns them.
type rows struct {
	text    strings.Builder
	comment []byte
}

// grow makes room for lines of typical length.
func (r *rows) grow(lines, length int) { r.text.Grow(lines * length) }

// add adds a line of these words. It begins with a space, so a comment above does not touch it: gofmt would
// rewrite the texts of specs there.
func (r *rows) add(words ...string) {
	r.begin()
	r.write(words...)
}

// begin begins a line, to which write and quote add.
func (r *rows) begin() {
	r.end()
	r.text.WriteByte(' ')
}

// end ends the previous line, if there is one.
func (r *rows) end() {
	if r.text.Len() > 0 {
		r.text.WriteByte('\n')
	}
}

func (r *rows) write(words ...string) {
	for _, w := range words {
		r.text.WriteString(w)
	}
}

// quote writes a text as a literal.
func (r *rows) quote(text string) {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			r.text.WriteString(strconv.Quote(text))
			return
		}
	}
	r.text.WriteByte('"')
	r.text.WriteString(text)
	r.text.WriteByte('"')
}

// doc adds the comment of the next line.
func (r *rows) doc(text string) {
	r.comment = appendComment(r.comment[:0], text)
	if len(r.comment) > 0 {
		r.end()
		r.text.Write(bytes.TrimSuffix(r.comment, []byte("\n")))
	}
}

// code returns the lines, each on its own line.
func (r *rows) code() jen.Code {
	if r.text.Len() == 0 {
		return jen.Null()
	}
	return jen.Id(r.text.String())
}
