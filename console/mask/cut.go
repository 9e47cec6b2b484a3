package mask

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// ellipses mark omitted text, which may be part of a secret.
var ellipses = []string{"…", "..."}

// cuts are the ellipses of a text, in order.
type cuts []span

func cutsIn(text string) cuts {
	var found cuts
	for _, ellipsis := range ellipses {
		for from := 0; ; {
			at := strings.Index(text[from:], ellipsis)
			if at < 0 {
				break
			}
			start := from + at
			for from = start + len(ellipsis); from < len(text) && text[from] == '.'; from++ {
			}
			found = append(found, span{start, from})
		}
	}
	if len(found) > 1 {
		slices.SortFunc(found, func(a, b span) int { return a.start - b.start })
	}
	return found
}

// longestRest is the maximum length of part of an escaped character.
const longestRest = 12

// beginning returns the end of a needle's beginning before the next ellipsis; 0 if there is none.
func (c cuts) beginning(text string, start int, n needle) (end int) {
	next, _ := slices.BinarySearchFunc(c, start+1, func(s span, start int) int { return s.start - start })
	if next == len(c) || n.kind == quotedName {
		return 0
	}
	part := text[start:c[next].start]
	same := 0
	for same < min(len(part), len(n.text)) && part[same] == n.text[same] {
		same++
	}
	rest := part[same:]
	isEscape := rest != "" && len(rest) <= longestRest && strings.IndexByte(`\%&`, rest[0]) >= 0
	if utf8.RuneCountInString(part[:same]) < Shortest || !isEscape && strings.TrimSpace(rest) != "" {
		return 0
	}
	return c[next].start
}

// ending returns the needle with the longest end after an ellipsis.
func (m *Masker) ending(text string, start int) (longest needle, s span, ok bool) {
	if start+Shortest > len(text) || !m.endings[binary.LittleEndian.Uint32([]byte(text[start:start+Shortest]))] {
		return longest, s, false
	}
	for _, some := range m.needles {
		for _, n := range some {
			if n.kind == quotedName {
				continue
			}
			for size := min(len(n.text), len(text)-start); size >= Shortest && size > s.end-s.start; size-- {
				if part := text[start : start+size]; strings.HasSuffix(n.text, part) && utf8.RuneCountInString(part) >= Shortest {
					longest, s, ok = n, span{start, start + size}, true
				}
			}
		}
	}
	return longest, s, ok
}
