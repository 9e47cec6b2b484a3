package schema

import (
	"bytes"
	"encoding/json"
	"sort"
	"sync"
	"unicode/utf8"
)

// A File is the text of a spec and the map from its values to their positions.
type File struct {
	Name string // path as given

	text   []byte // without byte order mark
	valid  []byte // text with invalid UTF-8 bytes replaced, for counting columns
	strict []byte // valid without comments and trailing commas, for parsing
	root   *node  // nil if the text is not JSON
	mark   int    // bytes of the byte order mark before the text
	notes  []span // the comments
	loose  bool   // the text has comments, trailing commas or invalid UTF-8

	// All three texts have the same offsets, but not the same characters: a
	// comment is replaced byte by byte.

	indexOnce sync.Once
	lines     []int // offset of the first byte of each line
	blocks    []int // number of characters before each block of the text
}

// blockSize is the number of bytes between two entries of File.blocks. These counts keep columns
// cheap even in a file with one long line.
const blockSize = 512

var byteOrderMark = []byte("\uFEFF")

// NewFile returns a file that knows its lines but not the positions of values: enough to show a
// finding in a text from which [Parse] made no [Spec]. The file keeps data.
func NewFile(name string, data []byte) *File {
	text := bytes.TrimPrefix(data, byteOrderMark)
	return &File{Name: name, text: text, valid: text, strict: text, mark: len(data) - len(text)}
}

// Text returns the text of the file without byte order mark. It must not be changed.
func (f *File) Text() []byte { return f.text }

// Comments returns where the comments of the file are in its text: the offsets of the first byte and
// of the one after the last.
func (f *File) Comments() [][2]int {
	all := make([][2]int, len(f.notes))
	for i, c := range f.notes {
		all[i] = [2]int{c.start, c.end}
	}
	return all
}

// Line returns the n-th line, counted from 1, without its line end; "" if there is no such line.
func (f *File) Line(n int) string {
	f.buildIndex()
	if n < 1 || n > len(f.lines) {
		return ""
	}
	return string(f.text[f.lines[n-1]:f.lineEnd(n)])
}

// Has reports whether the file has a value at p.
func (f *File) Has(p Pointer) bool { return f.value(p) != nil }

// Raw returns the value at p as it is written, without comments and trailing commas; nil
// if there is none.
func (f *File) Raw(p Pointer) json.RawMessage { return f.raw(f.value(p)) }

// Span returns where the value at p is in the text: the offsets of its first byte and of
// the one after its last; 0 and 0 if there is no such value.
func (f *File) Span(p Pointer) (start, end int) {
	n := f.value(p)
	if n == nil {
		return 0, 0
	}
	return n.start, n.end
}

// raw returns the text of n, capped so that append does not overwrite the file.
func (f *File) raw(n *node) json.RawMessage {
	if n == nil {
		return nil
	}
	return json.RawMessage(f.strict[n.start:n.end:n.end])
}

// Position returns the position of the value at p. Where there is no such value it is the position
// of the nearest value around it.
func (f *File) Position(p Pointer) Position {
	if f.root == nil {
		return beginning
	}
	n, _, _ := f.root.descend(p)
	return f.nodePosition(n)
}

// beginning is the position of a finding about a whole text.
var beginning = Position{Line: 1, Column: 1, EndLine: 1, EndColumn: 2, Width: 1}

// Place returns the place of the value at p.
func (f *File) Place(p Pointer) Place { return Place{f.Position(p), p} }

// NamePosition is [File.Position] for the name of the object member at p. If p is not the value of
// a member, it is the position of the value.
func (f *File) NamePosition(p Pointer) Position {
	if f.root == nil {
		return beginning
	}
	n, m, complete := f.root.descend(p)
	if m == nil || !complete {
		return f.nodePosition(n)
	}
	return f.spanPosition(m.nameStart, m.nameEnd)
}

// value returns the node at p, or nil if there is none.
func (f *File) value(p Pointer) *node {
	if f.root == nil {
		return nil
	}
	if n, _, ok := f.root.descend(p); ok {
		return n
	}
	return nil
}

func (f *File) nodePosition(n *node) Position {
	p := f.spanPosition(n.start, n.end)
	if n.kind == '{' || n.kind == '[' {
		p.Width = 1
	}
	return p
}

// spanPosition turns the byte offsets start and end into a position. Line ends at its end are left
// out.
func (f *File) spanPosition(start, end int) Position {
	f.buildIndex()
	var p Position
	p.Line = f.lineOf(start)
	p.Column = f.column(start, p.Line)
	p.Width = max(f.column(min(end, f.lineEnd(p.Line)), p.Line)-p.Column, 1)
	p.EndLine, p.EndColumn = p.Line, p.Column+p.Width
	if last := f.lineOf(min(end, len(f.text)) - 1); last > p.Line {
		p.EndLine, p.EndColumn = last, f.column(min(end, f.lineEnd(last)), last)
	}
	return p
}

// lineOf returns the number of the line of offset.
func (f *File) lineOf(offset int) int {
	return sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > offset })
}

// column returns the column of offset, which is in line n.
func (f *File) column(offset, n int) int {
	return 1 + f.characters(offset) - f.characters(f.lines[n-1])
}

// lineEnd returns the offset of the end of line n, before its line end.
func (f *File) lineEnd(n int) int {
	end := len(f.text)
	if n < len(f.lines) {
		end = f.lines[n] - 1
	}
	if end > f.lines[n-1] && f.text[end-1] == '\r' {
		end--
	}
	return end
}

// characters counts the characters before offset.
func (f *File) characters(offset int) int {
	block := offset / blockSize
	return f.blocks[block] + countCharacters(f.valid[block*blockSize:offset])
}

// buildIndex indexes lines and characters when a position is first requested; a spec without
// findings never needs them.
func (f *File) buildIndex() {
	f.indexOnce.Do(func() {
		f.lines = []int{0}
		for i, c := range f.text {
			if c == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
		f.blocks = make([]int, 1, 1+len(f.valid)/blockSize)
		for start := 0; start+blockSize <= len(f.valid); start += blockSize {
			count := f.blocks[len(f.blocks)-1] + countCharacters(f.valid[start:start+blockSize])
			f.blocks = append(f.blocks, count)
		}
	})
}

// countCharacters counts the first bytes of characters in b, which may begin and end inside one.
func countCharacters(b []byte) int {
	count := 0
	for _, c := range b {
		if utf8.RuneStart(c) {
			count++
		}
	}
	return count
}
