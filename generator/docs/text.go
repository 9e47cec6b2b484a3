package docs

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/printable"
)

// visible replaces invisible characters with spaces: line ends, and marks that would reorder the
// text after them.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || !printable.IsText(r) {
			return ' '
		}
		return r
	}, text)
}

// visibleName returns a name with every character visible: invisible ones are escaped as in JSON,
// and a name that is empty, or begins or ends with a space, is quoted.
func visibleName(text string) string {
	if text != strings.TrimSpace(text) || text == "" {
		return `"` + visibleRunes(text) + `"`
	}
	return visibleRunes(text)
}

func visibleRunes(text string) string {
	if !strings.ContainsFunc(text, isHidden) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isHidden(r) {
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isHidden(r rune) bool { return r == '\t' || !printable.IsText(r) }

// lines returns the lines of a text written by people, with breaks between them.
func lines(text string) []span {
	var spans []span
	for line := range strings.Lines(strings.ReplaceAll(text, "\r", "\n")) {
		line = strings.TrimSpace(visible(line))
		if line == "" {
			continue
		}
		if len(spans) > 0 {
			spans = append(spans, lineBreak{})
		}
		spans = append(spans, plain(line))
	}
	return spans
}

// paragraphs returns the paragraphs of a text written by people. Empty lines separate them.
func paragraphs(text string) []block {
	var blocks []block
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	for part := range strings.SplitSeq(text, "\n\n") {
		if spans := lines(part); len(spans) > 0 {
			blocks = append(blocks, paragraph(spans))
		}
	}
	return blocks
}

// schemes are those that a page may link to.
var schemes = []string{"http", "https", "mailto"}

// safeURL reports whether a page may link to what a spec links to: to pages and email addresses,
// never to code.
func safeURL(text string) bool {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isHidden(r) || r == '"' || r == '`' }) {
		return false
	}
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	for _, s := range schemes {
		if strings.EqualFold(u.Scheme, s) {
			return u.Host != "" || s == "mailto"
		}
	}
	return false
}

// asSentence returns the message of a finding as a sentence.
func asSentence(message string) string {
	first, size := utf8.DecodeRuneInString(message)
	return string(unicode.ToUpper(first)) + message[size:] + "."
}

// lowerFirst prepares a text of the protocol for the middle of a sentence. Words in capitals stay.
func lowerFirst(text string) string {
	if len(text) > 1 && unicode.IsUpper(rune(text[1])) {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}
