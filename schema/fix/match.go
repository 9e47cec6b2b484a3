package fix

import (
	"sort"

	"github.com/conngen/conngen/internal/lazyregexp"
	"github.com/conngen/conngen/schema"
)

// A place is the position of a finding in a text: between two offsets, which differ if something
// was inserted before it.
type place struct{ from, to int }

// A move maps offsets over edits.
type move struct {
	edits  []schema.Edit
	shifts []int // of the text after each of the edits
}

func newMove(edits []schema.Edit) move {
	m := move{edits, make([]int, len(edits))}
	shift := 0
	for i, e := range edits {
		shift += len(e.Text) - (e.End - e.Start)
		m.shifts[i] = shift
	}
	return m
}

// place returns a place after the edits.
func (m move) place(p place) place {
	return place{m.offset(p.from, false), m.offset(p.to, true)}
}

// offset returns where an offset is after the edits. What is inserted in its place may end up
// before or after it. What was replaced begins where the new text does.
func (m move) offset(offset int, after bool) int {
	i := sort.Search(len(m.edits), func(i int) bool { // the first edit that does not precede it
		e := m.edits[i]
		return e.End > offset || e.Start == offset && !after
	})
	shift := 0
	if i > 0 {
		shift = m.shifts[i-1]
	}
	if i < len(m.edits) && m.edits[i].Start < offset {
		offset = m.edits[i].Start
	}
	return offset + shift
}

var numbers = lazyregexp.New(`[0-9]+`)

// A key is equal for the same finding in two texts.
type key struct {
	rule, message string
	offset        int
}

// unmatched returns the findings in one text that are not in another: neither at the same position
// nor with the same words, ignoring line numbers. One of the texts is derived from the other.
func unmatched(in, other state) schema.Diagnostics {
	from, to := other, in
	if len(in.edits) < len(other.edits) {
		from, to = in, other
	}
	edits := to.edits[len(from.edits):]
	olds := make([]place, len(from.found))
	old := offsets(from)
	for i := range from.found {
		olds[i] = place{old[i], old[i]}
	}
	for _, e := range edits {
		m := newMove(e)
		for i := range olds {
			olds[i] = m.place(olds[i])
		}
	}
	goneOld, goneNew := make([]bool, len(from.found)), make([]bool, len(to.found))
	match(from.found, to.found, goneOld, goneNew, func(i int) []key {
		rule := from.found[i].Rule
		return []key{{rule, "", olds[i].from}, {rule, "", olds[i].to}}
	}, placeKey(to))
	match(from.found, to.found, goneOld, goneNew, func(i int) []key { return []key{words(from.found[i])} }, func(i int) key { return words(to.found[i]) })
	found, gone := in.found, goneNew
	if len(in.edits) < len(other.edits) {
		gone = goneOld
	}
	var left schema.Diagnostics
	for i, d := range found {
		if !gone[i] {
			left = append(left, d)
		}
	}
	return left
}

// match pairs findings with a common key.
func match(olds, news schema.Diagnostics, goneOld, goneNew []bool, oldKeys func(int) []key, newKey func(int) key) {
	open := make(map[key][]int)
	for i := range news {
		if !goneNew[i] {
			k := newKey(i)
			open[k] = append(open[k], i)
		}
	}
	for i := range olds {
		if goneOld[i] {
			continue
		}
		for _, k := range oldKeys(i) {
			if at := open[k]; len(at) > 0 {
				goneOld[i], goneNew[at[0]], open[k] = true, true, at[1:]
				break
			}
		}
	}
}

func placeKey(s state) func(int) key {
	at := offsets(s)
	return func(i int) key { return key{s.found[i].Rule, "", at[i]} }
}

func words(d schema.Diagnostic) key {
	return key{d.Rule, numbers().ReplaceAllString(d.Message, "0"), 0}
}

// offsets are the places of the findings in a text.
func offsets(s state) []int {
	f := schema.NewFile("", s.text)
	at := make([]int, len(s.found))
	for i, d := range s.found {
		at[i] = f.Offset(d.Line, d.Column)
	}
	return at
}
