// Package printable makes texts fit for a terminal. Names and messages can hold characters that
// move its cursor or change its colours.
package printable

import (
	"strconv"
	"strings"
	"unicode"
)

// Text returns a text with its invisible characters escaped as Go does. Line ends and tabs stay.
func Text(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
	}
	return b.String()
}

// Name returns the name of a file or flag as it is where it is one visible word, and quoted
// otherwise.
func Name(name string) string {
	quoted := strconv.Quote(name)
	if name == "" || quoted != `"`+name+`"` || strings.ContainsRune(name, ' ') {
		return quoted
	}
	return name
}
