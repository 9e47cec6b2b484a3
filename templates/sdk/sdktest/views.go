package sdktest

import (
	"encoding/hex"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A view is a text without escapes of some kind, which can hide a value.
type view struct {
	text string
	at   []int // the origin of each byte and of the end; nil for the text itself
}

// origin returns the part of the text for a part of the view. It takes in the whole of an escape
// that stands for more than the part.
func (v view) origin(start, end int) (int, int) {
	if v.at == nil {
		return start, end
	}
	for end > start && end < len(v.text) && v.at[end] == v.at[end-1] {
		end++
	}
	return v.at[start], v.at[end]
}

// deepest is how many nested escapes are removed: %2520 is a space in two.
const deepest = 4

// Limits for texts that consist of escapes.
const (
	mostViews = 48
	mostBytes = 8 << 20
)

// viewsOf returns a text as it is, and without the escapes of URLs, forms, JSON and XML, also
// nested ones.
func viewsOf(text string) []view {
	views := []view{{text: text}}
	bytes := 0
	for first, depth := 0, 0; depth < deepest; depth++ {
		found := views[first:]
		first = len(views)
		for _, v := range found {
			for _, u := range unescapers {
				if len(views) == mostViews || bytes > mostBytes {
					return views
				}
				if !strings.Contains(v.text, u.sign) {
					continue
				}
				next := v.unescaped(u.next)
				if !slices.ContainsFunc(views, func(known view) bool { return known.text == next.text }) {
					views = append(views, next)
					bytes += len(next.text)
				}
			}
		}
	}
	return views
}

// An unescaper removes one kind of escapes, which have a character in common. next decodes an
// escape at the beginning of a text and returns its length; 0 for no escape.
type unescaper struct {
	sign string
	next func(text string) (plain string, size int)
}

var unescapers = []unescaper{{"%", unescapeURL}, {"+", unescapeForm}, {`\`, unescapeQuoted}, {"&", unescapeXML}}

// unescaped returns a view without one kind of escapes.
func (v view) unescaped(next func(string) (string, int)) view {
	var b strings.Builder
	at := make([]int, 0, len(v.text)+1)
	for i := 0; i < len(v.text); {
		plain, size := next(v.text[i:])
		if size == 0 {
			plain, size = v.text[i:i+1], 1
		}
		origin, _ := v.origin(i, i)
		b.WriteString(plain)
		for range len(plain) {
			at = append(at, origin)
		}
		i += size
	}
	end, _ := v.origin(len(v.text), len(v.text))
	return view{b.String(), append(at, end)}
}

func unescapeURL(text string) (string, int) {
	if len(text) < 3 || text[0] != '%' {
		return "", 0
	}
	b, err := hex.DecodeString(text[1:3])
	if err != nil {
		return "", 0
	}
	return string(b), 3
}

func unescapeForm(text string) (string, int) {
	if text[0] == '+' {
		return " ", 1
	}
	return unescapeURL(text)
}

// unescapeQuoted decodes the escapes of JSON and of Go's quotes.
func unescapeQuoted(text string) (string, int) {
	if text[0] != '\\' || len(text) < 2 {
		return "", 0
	}
	if text[1] == '/' {
		return "/", 2
	}
	if len(text) >= 12 && text[1] == 'u' { // maybe a surrogate pair, which Go's quotes do not have
		if n, ok := readTree(`"` + text[:12] + `"`); ok && utf8.RuneCountInString(n.text) == 1 && text[6] == '\\' {
			return n.text, 12
		}
	}
	for _, quote := range []byte{'"', '\''} {
		if r, multibyte, tail, err := strconv.UnquoteChar(text, quote); err == nil {
			size := len(text) - len(tail)
			if !multibyte {
				return string([]byte{byte(r)}), size
			}
			return string(r), size
		}
	}
	return "", 0
}

func unescapeXML(text string) (string, int) {
	const longest = 10 // &#1114111;
	if text[0] != '&' {
		return "", 0
	}
	end := strings.IndexByte(text[:min(len(text), longest)], ';')
	if end < 0 {
		return "", 0
	}
	plain := html.UnescapeString(text[:end+1])
	if plain == text[:end+1] {
		return "", 0
	}
	return plain, end + 1
}

// A span is a part of a text with its replacement.
type span struct {
	start, end int
	standIn    string
}

// replaceSpans replaces parts of a text. If some overlap, the first in the list counts.
func replaceSpans(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	var kept []span
	taken := make([]bool, len(text))
	for _, s := range spans {
		if part := taken[s.start:s.end]; !slices.Contains(part, true) {
			kept = append(kept, s)
			for i := range part {
				part[i] = true
			}
		}
	}
	slices.SortFunc(kept, func(a, b span) int { return a.start - b.start })
	var b strings.Builder
	last := 0
	for _, s := range kept {
		b.WriteString(text[last:s.start])
		b.WriteString(s.standIn)
		last = s.end
	}
	b.WriteString(text[last:])
	return b.String()
}
