package schema

import (
	"sort"
	"unicode/utf8"
)

// A Fix is a change of a text that removes a finding.
type Fix struct {
	Safe  bool   // it changes neither types nor meaning
	Text  string // what it does: "remove the quotes"
	Edits []Edit // in text order; they do not overlap
}

// An Edit replaces a range of a file.
type Edit struct {
	Start, End int // offsets of its first byte and of the one after its last, a byte order mark included
	Text       string
}

// Apply makes edits, which are in text order and do not overlap.
func Apply(data []byte, edits []Edit) []byte {
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(out, data[at:e.Start]...)
		out = append(out, e.Text...)
		at = e.End
	}
	return append(out, data[at:]...)
}

// EditRange returns where the stretch of an edit is in the file. It is empty for an insertion.
func (f *File) EditRange(e Edit) Position {
	f.buildIndex()
	start, end := max(e.Start-f.mark, 0), max(e.End-f.mark, 0)
	first, last := f.lineOf(start), f.lineOf(end)
	return Position{
		Line: first, Column: f.column(start, first),
		EndLine: last, EndColumn: f.column(end, last),
		Width: f.column(min(end, max(start, f.lineEnd(first))), first) - f.column(start, first),
	}
}

// Offset returns the offset of a place in the file, byte order mark included.
func (f *File) Offset(line, column int) int {
	f.buildIndex()
	if line < 1 || line > len(f.lines) {
		return 0
	}
	left := f.characters(f.lines[line-1]) + column - 1 // characters before the place
	block := max(sort.Search(len(f.blocks), func(i int) bool { return f.blocks[i] > left })-1, 0)
	at := block * blockSize
	for left -= f.blocks[block]; at < len(f.valid); at++ {
		if utf8.RuneStart(f.valid[at]) {
			if left == 0 {
				break
			}
			left--
		}
	}
	return f.mark + at
}
