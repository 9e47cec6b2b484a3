package calls

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// maxKey is how many bytes of a value affect the order.
const maxKey = 128

// sortKeys are the values of a column by which rows are sorted, in a few allocations: the headers
// of a million separate texts would double the memory.
type sortKeys struct {
	get        getter
	descending bool
	texts      []byte
	ends       []uint32 // of the texts
	starts     []uint64 // the first bytes of the texts, which decide most comparisons
	numbers    []float64
	numeric    bool // all values are numbers
}

func newSortKeys(s *Sort, path []string) *sortKeys {
	return &sortKeys{get: newGetter(path), descending: s.Descending, numeric: true}
}

// add adds the value of the next row.
func (k *sortKeys) add(row gjson.Result) {
	v := k.get(row)
	text := cellText(v)
	n, err := strconv.ParseFloat(text, 64)
	k.numeric = k.numeric && (err == nil || text == "")
	if k.numeric {
		k.numbers = append(k.numbers, n)
	} else {
		k.numbers = nil
	}
	text = strings.ToLower(text[:min(len(text), maxKey)])
	var first [8]byte
	copy(first[:], text)
	k.starts = append(k.starts, binary.BigEndian.Uint64(first[:]))
	k.texts = append(k.texts, text...)
	k.ends = append(k.ends, uint32(len(k.texts)))
}

func (k *sortKeys) text(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = k.ends[i-1]
	}
	return k.texts[start:k.ends[i]]
}

// order returns the rows, one per key, in the order of their keys. Rows with equal keys keep their
// original order.
func (k *sortKeys) order(rows []uint32) []uint32 {
	order := make([]uint32, len(rows))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, k.compare)
	for i, at := range order {
		order[i] = rows[at]
	}
	return order
}

func (k *sortKeys) compare(a, b uint32) int {
	emptyA, emptyB := len(k.text(a)) == 0, len(k.text(b)) == 0
	if emptyA || emptyB {
		switch {
		case emptyA && emptyB:
			return cmp.Compare(a, b)
		case emptyA:
			return 1
		}
		return -1
	}
	result := 0
	switch {
	case k.numeric:
		result = cmp.Compare(k.numbers[a], k.numbers[b])
	case k.starts[a] != k.starts[b]:
		result = cmp.Compare(k.starts[a], k.starts[b])
	default:
		result = bytes.Compare(k.text(a), k.text(b))
	}
	if k.descending {
		result = -result
	}
	return cmp.Or(result, cmp.Compare(a, b))
}
