package generator

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/lazyregexp"
	"github.com/conngen/conngen/schema"
)

// Masked returns diffs of specs, or of code generated from them, without the values that no output
// may show: in JSON, in Go, and in JSON in Go. Specs may be nil.
func Masked(diff string, specs ...*schema.Spec) string {
	texts, numbers := make(map[string]bool), make(map[string]bool)
	for _, spec := range specs {
		if spec == nil {
			continue
		}
		for _, p := range Secrets(spec) {
			raw := spec.File.Raw(p)
			if text, ok := textOf(raw); ok {
				texts[text] = true
			} else if len(raw) > shortNumber {
				numbers[string(raw)] = true
			}
		}
	}
	if len(numbers) > 0 {
		diff = maskNumbers(diff, numbers)
	}
	if len(texts) > 0 {
		diff = maskTexts(diff, texts)
	}
	return initialSecret().ReplaceAllString(diff, "${1}"+mask)
}

// mask replaces a secret.
const mask = "***"

// shortNumber is how many digits a number may have that occurs everywhere.
const shortNumber = 3

// initialSecret is the initial value of a secret in config.go. In the middle of a merge the file
// has values that no available spec has.
var initialSecret = lazyregexp.New("(?m)(\\.Secret\\w*\\(.*?\\bconfig\\.Initial\\()(?:\"(?:\\\\.|[^\"\\\\\n])*\"|`[^`\n]*`|.*$)")

// textOf returns the text of a JSON string.
func textOf(raw json.RawMessage) (text string, ok bool) {
	return text, json.Unmarshal(raw, &text) == nil
}

// maskNumbers masks the numbers everywhere; if two begin alike, the longer one first.
func maskNumbers(code string, numbers map[string]bool) string {
	var replacements []string
	for _, number := range slices.Backward(slices.Sorted(maps.Keys(numbers))) {
		replacements = append(replacements, number, mask)
	}
	return strings.NewReplacer(replacements...).Replace(code)
}

// maskTexts masks each literal of one of the texts, however its characters are escaped: a person
// may have written it, or edited the generated code.
func maskTexts(code string, texts map[string]bool) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		for {
			start, end, ok := findText(line, texts)
			if !ok {
				break
			}
			b.WriteString(line[:start] + mask)
			line = line[end:]
		}
		b.WriteString(line)
	}
	return b.String()
}

// findText returns the range between the quotes of the first literal in a line that means one of
// the texts.
func findText(line string, texts map[string]bool) (start, end int, ok bool) {
	backslashes := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			backslashes++
			continue
		case '`':
			if length := strings.IndexByte(line[i+1:], '`'); length >= 0 && texts[line[i+1:i+1+length]] {
				return i + 1, i + 1 + length, true
			}
		case '"':
			if end, ok := closingQuote(line[i+1:], backslashes); ok && stands(line[i+1:i+1+end], texts) {
				return i + 1, i + 1 + end, true
			}
		}
		backslashes = 0
	}
	return 0, 0, false
}

// closingQuote returns the end of a literal whose opening quote has a number of backslashes before
// it: none in JSON and in Go, one for JSON in a Go literal, three for one more level. The
// backslashes at the end of the text, which each literal doubles, are not part of the closing
// quote.
func closingQuote(rest string, opening int) (end int, ok bool) {
	if opening&(opening+1) != 0 || opening > maxOpening {
		return 0, false // it is inside the text of another literal
	}
	backslashes := 0
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			backslashes++
			continue
		case '"':
			if backslashes%(2*(opening+1)) == opening {
				return i - opening, true
			}
		}
		backslashes = 0
	}
	return 0, false
}

// maxNesting is the maximum depth of literals in literals, more than generated code needs, and
// maxOpening the number of backslashes before the innermost opening quote.
const (
	maxNesting = 3
	maxOpening = 1<<(maxNesting-1) - 1
)

// stands reports whether a literal means one of the texts, read as one of JSON or Go, or as such a
// literal in others. Each reading can reveal more escapes, as in \u005cu005cu005c, hence the limit.
func stands(literal string, texts map[string]bool) bool {
	for range maxNesting {
		if texts[literal] {
			return true
		}
		literal = unescaped(literal)
	}
	return texts[literal]
}

// escapes are the meanings of the letters after a backslash, in JSON and in Go.
var escapes = map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// digits are the numbers of digits after the letters of the other escapes.
var digits = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// unescaped resolves the escapes of JSON and Go. No escape has different meanings in the two.
func unescaped(literal string) string {
	if !strings.Contains(literal, `\`) {
		return literal
	}
	var b strings.Builder
	for literal != "" {
		var text string
		text, literal = firstCharacter(literal)
		b.WriteString(text)
	}
	return b.String()
}

// firstCharacter returns the first character of a literal, and the rest.
func firstCharacter(literal string) (text, rest string) {
	if literal[0] != '\\' || len(literal) == 1 {
		return literal[:1], literal[1:]
	}
	c := literal[1]
	if meant, ok := escapes[c]; ok {
		return string(rune(meant)), literal[2:]
	}
	if n, rest, ok := number(literal[1:]); ok {
		switch {
		case c != 'u' && c != 'U':
			return string([]byte{byte(n)}), rest
		case utf16.IsSurrogate(n) && strings.HasPrefix(rest, `\u`):
			if low, after, ok := number(rest[1:]); ok && utf16.DecodeRune(n, low) != utf8.RuneError {
				return string(utf16.DecodeRune(n, low)), after
			}
		}
		return string(n), rest
	}
	return literal[1:2], literal[2:]
}

// number reads the digits of an escape: octal, or hexadecimal after a letter.
func number(escape string) (n rune, rest string, ok bool) {
	begin, end, base := 1, 1+digits[escape[0]], 16
	if begin == end {
		begin, end, base = 0, 3, 8
	}
	if len(escape) < end {
		return 0, "", false
	}
	value, err := strconv.ParseUint(escape[begin:end], base, 32)
	return rune(value), escape[end:], err == nil
}
