// Package nearest finds the name that a misspelt one probably means.
package nearest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLength bounds the cost of a comparison; longer names are not treated as typos.
const maxLength = 64

// Name returns the candidate of which name is most likely a misspelling, "" if none is near. It
// prefers a candidate that differs only in case, then the fewest typing errors, then one that is
// the beginning or end of name or the reverse; of several equally near ones it takes the first.
func Name(name string, candidates []string) string {
	for _, c := range candidates {
		if strings.EqualFold(name, c) {
			return c
		}
	}
	best, bestDistance := "", tolerance(name)+1
	for _, c := range candidates {
		if d := distance(name, c, bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	if best != "" {
		return best
	}
	for _, c := range candidates {
		if isAffix(name, c) || isAffix(c, name) {
			return c
		}
	}
	return ""
}

// Typos returns the number of typing errors between name and a candidate, ignoring case, and
// whether they are few enough for a misspelling. A count that is too high may be less than the true
// one.
func Typos(name, candidate string) (count int, few bool) {
	most := tolerance(name)
	count = distance(name, candidate, most+1)
	return count, count <= most
}

// tolerance is the number of edits that still count as a misspelling: about one in three
// characters, so short names are not taken for one another.
func tolerance(name string) int {
	return min(utf8.RuneCountInString(name)/3, 5)
}

// isAffix reports whether short begins or ends long and is at least half of it.
func isAffix(short, long string) bool {
	if 2*len(short) < len(long) {
		return false
	}
	short, long = strings.ToLower(short), strings.ToLower(long)
	return strings.HasPrefix(long, short) || strings.HasSuffix(long, short)
}

// distance counts the insertions, deletions, substitutions and swaps of adjacent characters between
// a and b, ignoring case; limit or more means too many.
func distance(a, b string, limit int) int {
	if len(a) > maxLength || len(b) > maxLength {
		return limit
	}
	var room [2][maxLength]rune // a name is compared with many
	r, s := appendLower(room[0][:0], a), appendLower(room[1][:0], b)
	if len(r)-len(s) >= limit || len(s)-len(r) >= limit {
		return limit
	}
	// Three rows of the usual table: swaps look two rows back.
	var rows [3][maxLength + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range last {
		last[j] = j
	}
	for i := range r {
		row[0] = i + 1
		for j := range s {
			cost := 1
			if r[i] == s[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && r[i] == s[j-1] && r[i-1] == s[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(s)]
}

func appendLower(dst []rune, text string) []rune {
	for _, r := range text {
		dst = append(dst, unicode.ToLower(r))
	}
	return dst
}
