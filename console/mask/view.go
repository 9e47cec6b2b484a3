package mask

import (
	"html"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A view is a text as decoded by a reader of JSON, of URLs or of HTML.
type view struct {
	text    string
	origins []uint32 // origin of each byte in the text of the line, and the end; nil for the line itself
}

// origin returns the part of the line from which a part of the view comes.
func (v view) origin(start, end int) span {
	if v.origins == nil {
		return span{start, end}
	}
	for end < len(v.text) && v.origins[end] == v.origins[end-1] {
		end++ // the bytes of one escaped character stay together
	}
	return span{int(v.origins[start]), int(v.origins[end])}
}

// deepest is the maximum number of escape layers of a text: a URL in a JSON text in a JSON text.
const deepest = 3

// A decoder decodes the character at the beginning of a text. A size of 0 means that none is
// escaped there.
type decoder struct {
	marks string // each begins an escaped character
	read  func(text string) (char string, size int)
}

var (
	inJSON  = decoder{`\`, unescapeJSON}
	inURL   = decoder{"%", unescapeURL}
	inQuery = decoder{"+%", unescapeQuery}
	inHTML  = decoder{"&", unescapeHTML}
)

// views returns the readings of a text, the text itself first. The order of escaping rarely
// matters, so many readings are the same text.
func (m *Masker) views(text string) []view {
	all := []view{{text: text}}
	for from, depth := 0, 0; depth < deepest; depth++ {
		to := len(all)
		for ; from < to; from++ {
			for _, d := range m.decoders(all[from].text) {
				v, ok := d.view(all[from])
				if ok && !slices.ContainsFunc(all, func(old view) bool { return old.text == v.text }) {
					all = append(all, v)
				}
			}
		}
	}
	return all
}

// decoders returns the decoders that may find something in a text. A plus only matters for a secret
// with a space.
func (m *Masker) decoders(text string) []decoder {
	if m.spaces && strings.Contains(text, "+") {
		return []decoder{inJSON, inURL, inHTML, inQuery}
	}
	return []decoder{inJSON, inURL, inHTML}
}

// next returns where a character could next be escaped in a text; its length for nowhere.
func (d decoder) next(text string) int {
	next := len(text)
	for i := range len(d.marks) {
		if at := strings.IndexByte(text[:next], d.marks[i]); at >= 0 {
			next = at
		}
	}
	return next
}

// view returns a view with the escaped characters of another one decoded, and whether there are
// any.
func (d decoder) view(v view) (view, bool) {
	if d.next(v.text) == len(v.text) {
		return view{}, false
	}
	read := view{origins: make([]uint32, 0, len(v.text)+1)}
	text, changed := make([]byte, 0, len(v.text)), false
	for i := 0; i < len(v.text); {
		plain := d.next(v.text[i:])
		text = append(text, v.text[i:i+plain]...)
		read.origins = v.appendOrigins(read.origins, i, i+plain)
		if i += plain; i == len(v.text) {
			break
		}
		char, size := d.read(v.text[i:])
		if changed = changed || size > 0; size == 0 {
			char, size = v.text[i:i+1], 1
		}
		text = append(text, char...)
		for range len(char) {
			read.origins = v.appendOrigins(read.origins, i, i+1)
		}
		i += size
	}
	read.text, read.origins = string(text), v.appendOrigins(read.origins, len(v.text), len(v.text)+1)
	return read, changed
}

// appendOrigins appends the origins of a part of the view. Texts have less than 4 GiB, as everything
// that is read in one go.
func (v view) appendOrigins(origins []uint32, start, end int) []uint32 {
	if v.origins != nil {
		return append(origins, v.origins[start:end]...)
	}
	for i := start; i < end; i++ {
		origins = append(origins, uint32(i))
	}
	return origins
}

// shortEscapes are the escaped characters of JSON without digits.
var shortEscapes = map[byte]string{'"': `"`, '\\': `\`, '/': "/", '\'': "'", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t"}

func unescapeJSON(text string) (string, int) {
	if len(text) < 2 {
		return "", 0
	}
	if char, ok := shortEscapes[text[1]]; ok {
		return char, 2
	}
	unit, ok := hexUnit(text)
	if !ok {
		return "", 0
	}
	if utf16.IsSurrogate(unit) {
		if second, ok := hexUnit(text[6:]); ok {
			if r := utf16.DecodeRune(unit, second); r != utf8.RuneError {
				return string(r), 12
			}
		}
	}
	return string(unit), 6
}

// hexUnit reads \u and four digits.
func hexUnit(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	var unit rune
	for i := 2; i < 6; i++ {
		if !isHex(text[i]) {
			return 0, false
		}
		unit = unit<<4 | rune(hexDigit(text[i]))
	}
	return unit, true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func hexDigit(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&0xF + 9
}

func unescapeURL(text string) (string, int) {
	if len(text) < 3 || !isHex(text[1]) || !isHex(text[2]) {
		return "", 0
	}
	return string([]byte{hexDigit(text[1])<<4 | hexDigit(text[2])}), 3
}

func unescapeQuery(text string) (string, int) {
	if text[0] == '+' {
		return " ", 1
	}
	return unescapeURL(text)
}

// longestEntity is the maximum length of the number or name of a relevant character.
const longestEntity = 10

func unescapeHTML(text string) (string, int) {
	end := 1
	for end < min(len(text), longestEntity) && inEntity(text[end]) {
		end++
	}
	if end == len(text) || text[end] != ';' || end == longestEntity {
		return "", 0
	}
	if char := html.UnescapeString(text[:end+1]); isOne(char) {
		return char, end + 1
	}
	return "", 0
}

// inEntity reports whether a byte may be part of a character's name or number.
func inEntity(c byte) bool {
	return c == '#' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// isOne reports whether a text is one character, or one byte.
func isOne(char string) bool {
	_, size := utf8.DecodeRuneInString(char)
	return size == len(char)
}
