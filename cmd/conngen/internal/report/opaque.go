package report

import (
	"strings"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// opaqueToken is a string, closed or not, in any quotes, or a word, with the colon that follows a
// name.
var opaqueToken = lazyregexp.New("(\"(?:\\\\.|[^\"\\\\])*\"?|'[^']*'?|`[^`]*`?|[^\\s{}\\[\\]:,\"'`]+)(\\s*:)?")

// plainWord is a word that cannot be a secret.
var plainWord = lazyregexp.New("^(?i:true|false|null|none|nil|undefined|nan|[-+]?infinity|[^\\p{L}\\p{N}\"'`]*)$")

// opaque masks the values in a line of a text that is not a spec, since nothing tells which of them
// are secrets. It keeps names, and what a finding marks unless that is a value. The number of
// characters stays the same.
func opaque(line []rune, start, end int) []rune {
	text := string(line)
	var b strings.Builder
	at, afterColon := 0, false
	for _, m := range opaqueToken().FindAllStringSubmatchIndex(text, -1) {
		afterColon = afterColon && strings.TrimSpace(text[at:m[0]]) == "" || strings.HasSuffix(strings.TrimSpace(text[at:m[0]]), ":")
		token, isName := text[m[2]:m[3]], m[4] >= 0 && !afterColon
		b.WriteString(text[at:m[0]])
		if isName || plainWord().MatchString(token) {
			b.WriteString(token)
		} else {
			b.WriteString(stars(token))
		}
		b.WriteString(text[m[3]:m[1]])
		at, afterColon = m[1], m[4] >= 0
	}
	b.WriteString(text[at:])
	masked := []rune(b.String())
	if end-start == 1 && start < len(line) {
		masked[start] = line[start]
	}
	return masked
}

// stars masks a word, or what is between quotes.
func stars(token string) string {
	characters := []rune(token)
	for i, r := range characters {
		if i > 0 && i < len(characters)-1 || !strings.ContainsRune("\"'`", r) {
			characters[i] = '*'
		}
	}
	return string(characters)
}
