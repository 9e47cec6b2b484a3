// Package slug makes names of folders, modules and files from titles.
package slug

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are the spellings of letters other than a to z with accents.
var letters = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ł", "l", "ħ", "h", "ı", "i",
)

// Of keeps letters, digits, dots, underscores and hyphens, and replaces everything else by hyphens.
// Letters lose capitals and accents. The slug of a text with none of these is "".
func Of(text string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(letters.Replace(strings.ToLower(text))))
	words := strings.FieldsFunc(plain, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '_'
	})
	return strings.Trim(strings.Join(words, "-"), "-._")
}
