package diff

import (
	"cmp"
	"slices"
	"strings"
)

// A candidate is something that is gone or new, and may be a renamed one.
type candidate struct {
	name string
	kind string // Go type: only things of the same type are matched
	text string // description or label
}

// leastSimilarity is the similarity from which two names may mean the same thing.
const leastSimilarity = 0.7

// maxCandidates bounds the comparison of everything that is gone with everything that is new. A byte
// can number them.
const maxCandidates = 200

// renames guesses which of the things that are gone were renamed: those of the most
// similar names, or of the same text. It returns new names by old ones.
func renames(removed, added []candidate) map[string]string {
	type pair struct {
		old, current uint8 // indexes
		similarity   float64
	}
	var pairs []pair
	for i, r := range removed[:min(len(removed), maxCandidates)] {
		for j, a := range added[:min(len(added), maxCandidates)] {
			if r.kind != a.kind {
				continue
			}
			s := similarity(r.name, a.name)
			if s >= leastSimilarity || r.text != "" && r.text == a.text {
				pairs = append(pairs, pair{uint8(i), uint8(j), s})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return -cmp.Compare(a.similarity, b.similarity) })
	guesses, taken := make(map[string]string), make(map[string]bool)
	for _, p := range pairs {
		old, current := removed[p.old].name, added[p.current].name
		if _, ok := guesses[old]; !ok && !taken[current] {
			guesses[old] = current
			taken[current] = true
		}
	}
	return guesses
}

// maxSimilarity is how many bytes of names are compared.
const maxSimilarity = 128

// similarity is the share of characters that two names have in common, in order and ignoring case:
// from 0 to 1.
func similarity(a, b string) float64 {
	a, b = strings.ToLower(a), strings.ToLower(b)
	a, b = a[:min(len(a), maxSimilarity)], b[:min(len(b), maxSimilarity)]
	if len(a)+len(b) == 0 {
		return 1
	}
	// common[j] is the length of the longest common subsequence of a[:i] and b[:j].
	var common [maxSimilarity + 1]int
	for i := range len(a) {
		diagonal := 0
		for j := range len(b) {
			above := common[j+1]
			if a[i] == b[j] {
				common[j+1] = diagonal + 1
			} else {
				common[j+1] = max(above, common[j])
			}
			diagonal = above
		}
	}
	return 2 * float64(common[len(b)]) / float64(len(a)+len(b))
}
