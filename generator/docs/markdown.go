package docs

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// markdown writes blocks in GitHub's Markdown.
type markdown struct{ b strings.Builder }

func renderMarkdown(blocks []block) string { return mark + "\n\n" + fragmentMarkdown(blocks) }

// fragmentMarkdown writes blocks without the comment that identifies a page.
func fragmentMarkdown(blocks []block) string {
	var m markdown
	m.blocks(blocks, "")
	return m.b.String()
}

// blocks writes blocks with empty lines between them. Adjacent lists get different bullets;
// otherwise they would merge.
func (m *markdown) blocks(blocks []block, indent string) {
	bullet := firstBullet
	for i, b := range blocks {
		if i > 0 {
			m.b.WriteString("\n")
		}
		if l, ok := b.(list); ok {
			m.list(l, indent, bullet)
			bullet = firstBullet + otherBullet - bullet
			continue
		}
		bullet = firstBullet
		m.block(b, indent)
	}
}

// The bullets of lists.
const (
	firstBullet = '-'
	otherBullet = '*'
)

// block writes a block whose lines are indented.
func (m *markdown) block(b block, indent string) {
	switch b := b.(type) {
	case heading:
		if b.id != "" {
			m.line(indent, `<a id="`+b.id+`"></a>`)
			m.b.WriteString("\n")
		}
		m.line(indent, strings.Repeat("#", b.level)+" "+m.spans(b.text))
	case paragraph:
		m.line(indent, lineStart(m.spans(b)))
	case table:
		m.table(b, indent)
	case keep:
		m.line(indent, slot+string(b)+slot)
	case contentsList:
		m.block(heading{2, contentsID, words("Contents")}, indent)
		m.b.WriteString("\n")
		m.list(list(b), indent, firstBullet)
	}
}

func (m *markdown) line(indent, text string) { m.b.WriteString(indent + text + "\n") }

// list writes a list. It has empty lines if an item has more than a line and a list.
func (m *markdown) list(l list, indent string, bullet rune) {
	loose := slices.ContainsFunc(l, isLoose)
	start := indent + string(bullet) + " "
	for i, item := range l {
		if i > 0 && loose {
			m.b.WriteString("\n")
		}
		p, _ := item[0].(paragraph)
		m.line(start, lineStart(m.spans(p)))
		if loose && len(item) > 1 {
			m.b.WriteString("\n")
		}
		m.blocks(item[1:], indent+"  ")
	}
}

func isLoose(item []block) bool {
	if len(item) < 2 {
		return false
	}
	inner, ok := item[1].(list)
	return !ok || len(item) > 2 || slices.ContainsFunc(inner, isLoose)
}

func (m *markdown) table(t table, indent string) {
	var head, rule strings.Builder
	for _, h := range t.head {
		head.WriteString(" " + escape(h) + " |")
		rule.WriteString(" --- |")
	}
	m.line(indent, "|"+head.String())
	m.line(indent, "|"+rule.String())
	for _, row := range t.rows {
		var line strings.Builder
		for _, cell := range row {
			line.WriteString(" " + strings.TrimSpace(m.spans(cell)) + " |")
		}
		m.line(indent, "|"+strings.ReplaceAll(line.String(), "  |", " |"))
	}
}

func (m *markdown) spans(spans []span) string {
	var b strings.Builder
	for i, s := range spans {
		switch s := s.(type) {
		case plain:
			b.WriteString(escape(string(s)))
		case name:
			b.WriteString(codeSpan(visibleName(string(s))))
		case strong:
			b.WriteString(m.marked("**", "strong", s, b.String(), spans[i+1:]))
		case emphasis:
			b.WriteString(m.marked("*", "em", s, b.String(), spans[i+1:]))
		case small:
			b.WriteString("<small>" + m.spans(s) + "</small>")
		case link:
			b.WriteString("[" + m.spans(s.text) + "](" + destination(s.url) + ")")
		case group:
			b.WriteString(m.spans(s))
		case lineBreak:
			b.WriteString("<br>")
		}
	}
	return b.String()
}

// marked writes spans between asterisks, or between tags where Markdown might not accept asterisks:
// a sign at either end of the text needs a space on the other side of the mark.
func (m *markdown) marked(sign, tag string, spans []span, before string, after []span) string {
	text := m.spans(spans)
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	follows := ""
	for i := 0; i < len(after) && follows == ""; i++ { // the first non-empty text is enough; writing all spans would take quadratic time
		follows = m.spans(after[i : i+1])
	}
	switch {
	case text == "":
		return ""
	case strings.Contains(text, "*"), unicode.IsSpace(first), unicode.IsSpace(last),
		!isWord(first) && before != "" && !strings.HasSuffix(before, " "),
		!isWord(last) && follows != "" && !strings.HasPrefix(follows, " "):
		return "<" + tag + ">" + text + "</" + tag + ">"
	}
	return sign + text + sign
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// special are the characters with a meaning in Markdown or HTML anywhere in a line, and their
// escaped forms. The escaped column separator does not divide table cells.
var special = map[rune]string{
	'\\': `\\`, '`': "\\`", '*': `\*`, '[': `\[`, ']': `\]`, '~': `\~`, '$': `\$`,
	'&': "&amp;", '<': "&lt;", '|': "&#124;",
}

// escape writes a text so that nothing in it is markup. Underscores inside words need no escape.
func escape(text string) string {
	var b strings.Builder
	runes := []rune(visible(text))
	for i, r := range runes {
		written, ok := special[r]
		switch {
		case ok:
			b.WriteString(written)
		case r == '_' && !(i > 0 && i+1 < len(runes) && isWord(runes[i-1]) && isWord(runes[i+1])):
			b.WriteString(`\_`)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// starts matches line beginnings that Markdown reads as a list, a heading or a rule.
var starts = lazyregexp.New(`^(?:[-+#=:>]|[0-9]{1,9}[.)])`)

// lineStart escapes markup at the beginning of a line.
func lineStart(text string) string {
	text = strings.TrimLeft(text, " \t")
	at := starts().FindStringIndex(text)
	if at == nil {
		return text
	}
	return text[:at[1]-1] + `\` + text[at[1]-1:]
}

// codeSpan writes a name between backticks, or between tags if its characters would divide a table,
// end the span or look like a mark.
func codeSpan(text string) string {
	if strings.ContainsAny(text, "`|<") {
		return "<code>" + escape(text) + "</code>"
	}
	return "`" + text + "`"
}

// destination writes a URL as a link target. It has no spaces: [safeURL] ensures that.
func destination(url string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "\\", "%5C", "|", "%7C", "&", "&amp;").Replace(url)
}
