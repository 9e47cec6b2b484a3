package mask

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Most texts contain no secret, however many escaped characters they have. So before all their
// views are made, one pass checks whether a secret could be written anywhere, however the views'
// decoders read each character, in any order. It may find more than the views contain, but never
// less.

// A ranking has the texts of needles in order, so those with a common beginning are adjacent.
type ranking struct {
	texts  []string
	firsts [1<<8 + 1]int32 // start of the texts with a first byte
}

func (r *ranking) add(text string) {
	i, found := slices.BinarySearch(r.texts, text)
	if found {
		return
	}
	r.texts = slices.Insert(r.texts, i, text)
	for first := int(text[0]) + 1; first < len(r.firsts); first++ {
		r.firsts[first]++
	}
}

// A beginning is the texts of a ranking that begin with the same bytes.
type beginning struct {
	low, high int32
	size      int
}

func (r *ranking) first(c byte) beginning { return beginning{r.firsts[c], r.firsts[int(c)+1], 1} }

func (b beginning) isNone() bool { return b.low == b.high }

// isWhole reports whether the bytes are one of the texts; the shortest comes first.
func (b beginning) isWhole(r *ranking) bool { return !b.isNone() && len(r.texts[b.low]) == b.size }

// then returns the texts that continue with a byte.
func (b beginning) then(r *ranking, c byte) beginning {
	b.low = b.seek(r, int(c))
	b.high = b.seek(r, int(c)+1)
	b.size++
	return b
}

// seek returns the first of the texts that continues with a byte, or a greater one.
func (b beginning) seek(r *ranking, c int) int32 {
	low, high := b.low, b.high
	for low < high {
		middle := (low + high) / 2
		if text := r.texts[middle]; len(text) > b.size && int(text[b.size]) >= c {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// marks begin escaped characters.
const marks = `\%&+`

// isMark reports whether a byte may begin an escaped character. A plus matters only if a secret has
// a space.
func (m *Masker) isMark(c byte) bool {
	return c == '\\' || c == '%' || c == '&' || c == '+' && m.spaces
}

// hasMarks reports whether a text may have an escaped character.
func (m *Masker) hasMarks(text string) bool {
	for i := range len(marks) {
		if m.isMark(marks[i]) && strings.IndexByte(text, marks[i]) >= 0 {
			return true
		}
	}
	return false
}

// A search looks for places where one of some texts could be written.
type search struct {
	*Masker
	ranking *ranking
	text    string
	steps   int // at zero it gives up: the text is too odd for it
}

// stepsPerByte bounds the time of a search: it may take as long as making the views.
const stepsPerByte = 2

// suspects reports whether a text may contain one of a ranking's texts in any of its views, or a
// part of one before or after an ellipsis.
func (m *Masker) suspects(r *ranking, text string) bool {
	s := search{m, r, text, 200 + stepsPerByte*len(text)}
	for _, ellipsis := range ellipses {
		if strings.Contains(text, ellipsis) {
			return true
		}
	}
	for i := 0; i < len(text) && s.steps > 0; i++ {
		if s.isMark(text[i]) {
			if s.beginsEscaped(i) {
				return true
			}
			continue
		}
		if b := r.first(text[i]); !b.isNone() && s.mayHead(i) && s.goesOn(b, i+1) {
			return true
		}
	}
	return s.steps <= 0
}

// mayHead reports whether a needle may begin at a place, judging by its first bytes.
func (s *search) mayHead(i int) bool {
	if i+2 >= len(s.text) || s.isMark(s.text[i+1]) || s.isMark(s.text[i+2]) {
		return true
	}
	h := hash(head(s.text[i:]))
	return s.starts[h/64]&(1<<(h%64)) != 0
}

// beginsEscaped reports whether a text of the ranking may begin with or inside an escaped
// character, or whether that may be part of an ellipsis.
func (s *search) beginsEscaped(i int) bool {
	all := s.ways(i, deepest)
	for _, w := range all.list[:all.size] {
		if w.mayBeEllipsis() {
			return true
		}
		for start := range len(w.char) {
			if s.reads(s.ranking.first(w.char[start]), w.char[start+1:], i+w.size) {
				return true
			}
		}
	}
	return false
}

// goesOn reports whether one of the texts that begin so may continue at a place.
func (s *search) goesOn(b beginning, i int) bool {
	for !b.isNone() {
		if b.isWhole(s.ranking) {
			return true
		}
		if s.steps--; i >= len(s.text) || s.steps < 0 {
			return s.steps < 0
		}
		if s.isMark(s.text[i]) {
			all := s.ways(i, deepest)
			return slices.ContainsFunc(all.list[:all.size], func(w way) bool { return s.reads(b, w.char, i+w.size) })
		}
		b = b.then(s.ranking, s.text[i])
		i++
	}
	return false
}

// reads continues with what one or several bytes were read as.
func (s *search) reads(b beginning, char string, next int) bool {
	for i := range len(char) {
		if b.isWhole(s.ranking) {
			return true
		}
		b = b.then(s.ranking, char[i])
	}
	return s.goesOn(b, next)
}

// A way is a reading of the beginning of a text: a character, and its length in bytes.
type way struct {
	char string
	size int
}

// mayBeEllipsis reports whether the character may be one of an ellipsis, or a byte of one.
func (w way) mayBeEllipsis() bool {
	if len(w.char) > 1 {
		return w.char == "…"
	}
	c := w.char[0]
	return c == '.' || c == "…"[0] || c == "…"[1] || c == "…"[2]
}

// ways are all readings of the beginning of a text.
type ways struct {
	list [8]way
	size int
}

// add adds a way, and reports whether there was room.
func (w *ways) add(char string, size int) bool {
	one := way{char, size}
	if slices.Contains(w.list[:w.size], one) {
		return true
	}
	if w.size == len(w.list) {
		return false
	}
	w.list[w.size] = one
	w.size++
	return true
}

// ways returns the readings of the character at a place, for a number of decoding layers.
func (s *search) ways(i, layers int) ways {
	var all ways
	all.add(s.text[i:i+1], 1)
	if layers == 0 || !s.isMark(s.text[i]) {
		return all
	}
	if s.text[i] == '\\' && s.backslashes(i, &all) {
		return all
	}
	if w, ok := s.simple(i); ok {
		if w.size > 0 {
			all.add(w.char, w.size)
		}
		return all
	}
	all = s.ways(i, layers-1)
	for _, w := range all.list[:all.size] {
		if len(w.char) == 1 && s.isMark(w.char[0]) {
			p := part{decoder: readerOf(w.char[0]), size: w.size, length: 1}
			p.text[0] = w.char[0]
			s.extend(&all, p, i, layers-1)
		}
	}
	return all
}

// simple returns the only reading of an escaped character besides the literal one, of size 0 if
// there is none. It returns false if there may be more: if another character is escaped in it, or
// if it may itself begin one.
func (s *search) simple(i int) (way, bool) {
	written := s.text[i:min(len(s.text), i+longestRest)]
	for n := 1; n <= len(written); n++ {
		whole, open := state(written[:n])
		if whole {
			if char, size := readerOf(written[0]).read(written[:n]); size == n {
				return way{char, n}, !s.isMark(char[0]) && char != string(utf8.RuneError)
			}
		}
		if !open {
			break
		}
		if n < len(written) && s.isMark(written[n]) {
			return way{}, false
		}
	}
	return way{}, true
}

// backslashes adds the readings of the first of several backslashes: JSON in JSON has many. It also
// returns false if they are not simple.
func (s *search) backslashes(i int, all *ways) bool {
	const most = 1 << deepest // the maximum number to write one
	n := 1
	for n < most && n < len(s.text)-i && s.text[i+n] == '\\' {
		n++
	}
	if n == most {
		all.add(`\`, 2)
		all.add(`\`, 4)
		all.add(`\`, most)
		return true
	}
	if i+n == len(s.text) || s.isMark(s.text[i+n]) {
		return false
	}
	next := way{s.text[i+n : i+n+1], 1} // the text after the backslashes, as read by each layer
	for size, layer := 1, 0; layer < deepest && n > 0; layer++ {
		char, isShort := shortEscapes[next.char[0]]
		switch {
		case n%2 == 0:
		case !isShort:
			return n == 1 && next.char != "u"
		default:
			next = way{char, size + next.size}
		}
		if n /= 2; n == 0 {
			all.add(next.char, next.size)
			break
		}
		size *= 2
		all.add(`\`, size)
	}
	return true
}

// readerOf returns the decoder for a mark. The decoder of queries reads all URLs.
func readerOf(mark byte) decoder {
	switch mark {
	case '\\':
		return inJSON
	case '&':
		return inHTML
	}
	return inQuery
}

// A part is the beginning of an escaped character, as a decoder would receive it.
type part struct {
	decoder
	text   [longestRest]byte
	length int
	size   int // its length in the text of the line
}

// extend adds the readings of escaped characters that begin with a part.
func (s *search) extend(all *ways, p part, i, layers int) {
	for {
		whole, open := state(p.text[:p.length])
		if whole {
			s.addWhole(all, &p, i)
		}
		if s.steps--; s.steps < 0 || !open || p.length == len(p.text) || i+p.size >= len(s.text) {
			return
		}
		c := s.text[i+p.size]
		if s.isMark(c) {
			break
		}
		p.text[p.length] = c
		p.length++
		p.size++
	}
	next := s.ways(i+p.size, layers)
	for _, w := range next.list[:next.size] {
		longer := p
		if longer.length += copy(longer.text[p.length:], w.char); longer.length < p.length+len(w.char) {
			continue // no escaped character is that long
		}
		longer.size += w.size
		s.extend(all, longer, i, layers)
	}
}

// addWhole adds the character that a part represents.
func (s *search) addWhole(all *ways, p *part, i int) {
	written := s.text[i : i+p.size]
	if written != string(p.text[:p.length]) {
		written = string(p.text[:p.length])
	}
	char, size := p.read(written)
	if size != p.length {
		return
	}
	if !all.add(char, p.size) {
		s.steps = 0
	}
}

// state reports whether the beginning of an escaped character may be complete, and whether more may
// follow.
func state[T string | []byte](text T) (whole, open bool) {
	n := len(text)
	last := text[n-1]
	switch text[0] {
	case '%':
		return n == 3, n < 3
	case '&':
		return last == ';', (n == 1 || inEntity(last)) && n < longestEntity
	case '+':
		return true, false
	}
	switch n {
	case 1:
		return false, true
	case 2:
		return last != 'u', last == 'u'
	case 6, 12:
		return isHex(last), n == 6
	case 7:
		return false, last == '\\'
	case 8:
		return false, last == 'u'
	}
	return false, isHex(last)
}
