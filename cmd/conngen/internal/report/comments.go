package report

import (
	"strings"

	"github.com/conngen/conngen/internal/lazyregexp"
	"github.com/conngen/conngen/schema"
)

// commentedValue is a text after a name in a comment, which may be a part of the spec from before.
var commentedValue = lazyregexp.New(`:[ \t]*"((?:\\.|[^"\\\n])+)"`)

// commentedValues returns where comments of a file have values, any of which may be a secret: the
// offsets between the quotes. It looks at comments that reach into a stretch.
func commentedValues(f *schema.File, from, to int) [][2]int {
	var all [][2]int
	for _, c := range f.Comments() {
		if c[1] <= from || c[0] >= to {
			continue
		}
		for _, m := range commentedValue().FindAllSubmatchIndex(f.Text()[c[0]:c[1]], -1) {
			all = append(all, [2]int{c[0] + m[2], c[0] + m[3]})
		}
	}
	return all
}

// commented returns the same as stretches, by line.
func commented(f *schema.File, from, to int) map[int][]stretch {
	hidden := make(map[int][]stretch)
	mark := f.Offset(1, 1)
	for _, v := range commentedValues(f, from, to) {
		at := f.EditRange(schema.Edit{Start: v[0] + mark, End: v[1] + mark})
		hidden[at.Line] = append(hidden[at.Line], stretch{at.Column, at.EndColumn - at.Column})
	}
	return hidden
}

// MaskComments masks the values in the comments of a text, which is that of a file.
func MaskComments(text string, f *schema.File) string {
	var b strings.Builder
	at, mark := 0, f.Offset(1, 1)
	for _, v := range commentedValues(f, 0, len(text)) {
		b.WriteString(text[at:v[0]+mark] + "***")
		at = v[1] + mark
	}
	return b.String() + text[at:]
}
