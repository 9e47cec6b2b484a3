// Package printable makes texts fit for a terminal. Names and messages can hold characters that
// move its cursor or change its colours.
package printable

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns a text with everything that is neither visible nor a line end escaped, as
// conngen does: \r, \x1b, \u202e, and \xff for a byte that is not UTF-8.
func Text(text string) string {
	var b strings.Builder
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r == '\n' || IsText(r):
			b.WriteRune(r)
		case r == '\r':
			b.WriteString(`\r`)
		case r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// IsText reports whether a character is visible or a tab. Joiners, which some scripts and emoji
// need, count as visible.
func IsText(r rune) bool {
	switch {
	case r == '\t', r == zeroWidthNonJoiner, r == zeroWidthJoiner:
		return true
	case r < utf8.RuneSelf:
		return r >= ' ' && r != 0x7f
	}
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// Name returns the name of a file or flag as it is where it is one visible word, and quoted
// otherwise.
func Name(name string) string {
	quoted := strconv.Quote(name)
	if name == "" || quoted != `"`+name+`"` || strings.ContainsRune(name, ' ') {
		return quoted
	}
	return name
}
