package sdk

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// passwordWords end the names of passwords. The generator uses the same list to
// choose field types.
var passwordWords = []string{"password", "passwd", "pwd", "passphrase", "pin", "secret"}

// namesPassword reports whether the last word of a member's name is that of a password.
func namesPassword(name string) bool {
	name = strings.TrimRightFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range passwordWords {
		start := len(name) - len(word)
		if start >= 0 && strings.EqualFold(name[start:], word) && beginsWord(name, start) {
			return true
		}
	}
	return false
}

// beginsWord reports whether a word of a name begins at an offset: after a sign, or with a
// capital that follows a small letter or comes before one.
func beginsWord(name string, start int) bool {
	before, _ := utf8.DecodeLastRuneInString(name[:start])
	first, second := rune(name[start]), rune(name[start+1])
	switch {
	case start == 0, !unicode.IsLetter(before) && !unicode.IsDigit(before):
		return true
	case !unicode.IsUpper(first):
		return false
	}
	return !unicode.IsUpper(before) || unicode.IsLower(second)
}
