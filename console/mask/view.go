package mask

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A view is a text as a reader of JSON or of URLs gets it.
type view struct {
	text    string
	origins []int // where each byte comes from in the text of the line, and the end; nil for the line itself
}

// origin returns the part of the line that a part of the view comes from.
func (v view) origin(start, end int) span {
	if v.origins == nil {
		return span{start, end}
	}
	for end < len(v.text) && v.origins[end] == v.origins[end-1] {
		end++ // the bytes of one escaped character stay together
	}
	return span{v.origins[start], v.origins[end]}
}

// deepest is how many times a text can have been escaped: a URL in a JSON text in a JSON text.
const deepest = 3

// A decoder reads the character that is written at the beginning of a text. A size of 0 says that
// none is escaped there.
type decoder struct {
	marks string // one of them begins an escaped character
	read  func(text string) (char string, size int)
}

var (
	inJSON  = decoder{`\`, unescapeJSON}
	inURL   = decoder{"%", unescapeURL}
	inQuery = decoder{"+%", unescapeQuery}
)

// views returns the ways to read a text, the text itself first.
func (m *Masker) views(text string) []view {
	all := []view{{text: text}}
	for from, depth := 0, 0; depth < deepest; depth++ {
		to := len(all)
		for ; from < to; from++ {
			for _, d := range m.decoders(all[from].text) {
				if v, ok := d.view(all[from]); ok {
					all = append(all, v)
				}
			}
		}
	}
	return all
}

// decoders returns the decoders that may find something in a text. Only of a secret with a space
// does it matter that a plus may stand for one.
func (m *Masker) decoders(text string) []decoder {
	if m.spaces && strings.Contains(text, "+") {
		return []decoder{inJSON, inURL, inQuery}
	}
	return []decoder{inJSON, inURL}
}

func (d decoder) mayHave(text string) bool {
	for i := range len(d.marks) {
		if strings.IndexByte(text, d.marks[i]) >= 0 {
			return true
		}
	}
	return false
}

// view returns a view with the escaped characters of another one read, and whether there are any.
func (d decoder) view(v view) (view, bool) {
	if !d.mayHave(v.text) {
		return view{}, false
	}
	text, origins := make([]byte, 0, len(v.text)), make([]int, 0, len(v.text)+1)
	at := func(i int) int {
		if v.origins == nil {
			return i
		}
		return v.origins[i]
	}
	changed := false
	for i := 0; i < len(v.text); {
		char, size := "", 0
		if strings.IndexByte(d.marks, v.text[i]) >= 0 {
			char, size = d.read(v.text[i:])
		}
		if size == 0 {
			char, size = v.text[i:i+1], 1
		} else {
			changed = true
		}
		text = append(text, char...)
		for range len(char) {
			origins = append(origins, at(i))
		}
		i += size
	}
	return view{string(text), append(origins, at(len(v.text)))}, changed
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
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

func unescapeURL(text string) (string, int) {
	if len(text) < 3 {
		return "", 0
	}
	n, err := strconv.ParseUint(text[1:3], 16, 8)
	if err != nil {
		return "", 0
	}
	return string([]byte{byte(n)}), 3
}

func unescapeQuery(text string) (string, int) {
	if text[0] == '+' {
		return " ", 1
	}
	return unescapeURL(text)
}
