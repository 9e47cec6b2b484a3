// Package printable makes untrusted names and texts harmless where conngen prints them. A terminal
// obeys escape sequences, an editor reorders text around direction marks, and a CI service executes
// some lines of a job's log as commands.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns text as one line of visible characters. It writes all others as in Go: \n, \x1b,
// \u202e, and \xff for a byte that is not UTF-8. It keeps tabs, and puts a backslash into text
// inside a line that a CI service would execute as a command.
func Text(text string) string { return splitMarks(replace(text, asGo), `#\#`) }

// Valid writes each byte that is not UTF-8 in the form \xff, for formats that cannot represent such
// bytes otherwise.
func Valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		if r == utf8.RuneError && isInvalid(text[i:]) {
			fmt.Fprintf(&b, `\x%02x`, text[i])
			continue
		}
		b.WriteRune(r)
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

// isInvalid reports whether text begins with a byte that is not UTF-8. The character U+FFFD itself
// is valid.
func isInvalid(text string) bool {
	_, size := utf8.DecodeRuneInString(text)
	return size == 1
}

// An escape writes a character that is not text. If invalid is set, r is a byte that is not UTF-8.
type escape func(r rune, invalid bool) string

// replace escapes every character that is not text.
func replace(text string, escape escape) string {
	start := strings.IndexFunc(text, func(r rune) bool { return !IsText(r) || r == utf8.RuneError })
	if start < 0 {
		return text
	}
	var b strings.Builder
	b.WriteString(text[:start])
	for i, r := range text[start:] {
		i += start
		switch invalid := r == utf8.RuneError && isInvalid(text[i:]); {
		case invalid:
			b.WriteString(escape(rune(text[i]), true))
		case IsText(r):
			b.WriteRune(r)
		default:
			b.WriteString(escape(r, false))
		}
	}
	return b.String()
}

func asGo(r rune, invalid bool) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r < utf8.RuneSelf, invalid:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}
