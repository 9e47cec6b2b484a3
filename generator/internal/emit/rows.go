package emit

import (
	"bytes"

	"github.com/dave/jennifer/jen"
)

// Rows are lines of code as text. The big tables have one or more for each attribute, and as
// trees of tokens they would take most of the time and memory of a large spec. Package layout aligns them.
type rows struct{ text []byte }

// add adds a line of these words. It begins with a space, so a comment above does not touch it: gofmt would
// rewrite the texts of specs there.
func (r *rows) add(words ...string) {
	r.text = append(r.text, ' ')
	for _, w := range words {
		r.text = append(r.text, w...)
	}
	r.text = append(r.text, '\n')
}

// doc adds the comment of the next line.
func (r *rows) doc(text string) { r.text = appendComment(r.text, text) }

// code returns the lines, on lines of their own.
func (r *rows) code() jen.Code {
	if len(r.text) == 0 {
		return jen.Null()
	}
	return jen.Id(string(bytes.TrimSuffix(r.text, []byte("\n"))))
}
