// Package words compares the names of members word by word, and recognizes those of passwords.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// passwords end the names of passwords. The generator uses the same list to choose field
// types.
var passwords = []string{"password", "passwd", "pwd", "passphrase", "pin", "secret"}

// Password reports whether a member is a password, by the last word of its name.
func Password(name string) bool { return End(name, passwords) }

// End reports whether a name ends with one of several endings, which are in lower case with a
// space between words. Both apiKey and API_KEY end with "api key".
func End(name string, endings []string) bool {
	for _, ending := range endings {
		if ends(name, ending) {
			return true
		}
	}
	return false
}

func ends(name, ending string) bool {
	for {
		i := strings.LastIndexByte(ending, ' ')
		word := ending[i+1:]
		name = strings.TrimRightFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		start := len(name) - len(word)
		if start < 0 || !strings.EqualFold(name[start:], word) || !beginsWord(name, start) {
			return false
		}
		if i < 0 {
			return true
		}
		name, ending = name[:start], ending[:i]
	}
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
