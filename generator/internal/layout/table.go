package layout

import (
	"bytes"
	"math"
	"unicode/utf8"
)

// cells are the end offsets in out of a line's cells that are aligned with adjacent lines; 0 for
// none.
type cells [2]int

// A table is the run of lines at the end of the output whose cells are aligned.
type table struct {
	rows []row
	copy []byte
}

// A row is a line of a table.
type row struct {
	start int
	cells cells
}

// mark records the end of a cell before a token of a kind.
func (p *printer) mark(k kind) {
	if p.outer == 0 || p.outer != len(p.open) && !isOpening(k) || p.opener != ident {
		return
	}
	switch g := p.open[p.outer-1].group; {
	case g == fields && p.tokens == 1 && k != comment && k != '.',
		g == consts && p.tokens == 1 && k != '=',
		g == literal && p.tokens == 2 && p.prev == ':':
		p.cells[0] = len(p.out)
	case g == fields && k == comment && p.cells[0] > 0, g == consts && k == '=' && p.cells[0] > 0:
		p.cells[1] = len(p.out)
	}
}

// row adds the line to the table, or ends the table before the line.
func (p *printer) row() {
	inside := p.outer > 0 && len(p.open) >= p.outer && p.open[p.outer-1].group == literal
	whole := len(p.open) == p.outer && len(p.out)-p.begins-len(",") <= maxLine
	if p.cells[0] == 0 || !whole {
		if inside {
			p.open[p.outer-1].keys.size = 0
		}
		p.align()
		return
	}
	if inside && p.open[p.outer-1].keys.add(p.cells[0]-p.begins-len(":")) {
		p.align()
	}
	p.table.rows = append(p.table.rows, row{p.begins, p.cells})
}

// maxLine is the length of a line beyond which gofmt does not align keys.
const maxLine = 1e6

// keys are the keys of a composite literal so far. gofmt aligns values whose keys are similar in
// length.
type keys struct {
	size  int     // of the last key; 0 if its value has several lines
	sum   float64 // of the logarithms of the sizes, since the alignment began
	count int
}

// add adds a key, and reports whether an alignment begins with it.
func (k *keys) add(size int) bool {
	const smallSize, tooFar = 40, 2.5
	begins := true
	if k.size > 0 {
		ratio := float64(size) / math.Exp(k.sum/float64(k.count))
		begins = max(k.size, size) > smallSize && (tooFar*ratio <= 1 || tooFar <= ratio)
	}
	if begins {
		k.sum, k.count = 0, 0
	}
	k.size, k.sum, k.count = size, k.sum+math.Log(float64(size)), k.count+1
	return begins
}

// align pads the cells of the table to the widths of their columns, and ends it.
func (p *printer) align() {
	rows := p.table.rows
	p.table.rows = rows[:0]
	if len(rows) < 2 {
		return
	}
	from := rows[0].start
	p.table.copy = append(p.table.copy[:0], p.out[from:]...)
	text := p.table.copy
	p.out = p.out[:from]
	done, width := 0, 0
	for _, r := range rows {
		width = max(width, utf8.RuneCount(text[r.start-from:r.cells[0]-from]))
	}
	pad := func(at, n int) {
		p.out = append(append(p.out, text[done:at-from]...), bytes.Repeat([]byte{' '}, n)...)
		done = at - from
	}
	second := 0 // width of the second column in the run of rows that have it
	for i, r := range rows {
		pad(r.cells[0], width-utf8.RuneCount(text[r.start-from:r.cells[0]-from]))
		if r.cells[1] == 0 {
			second = 0
			continue
		}
		if second == 0 {
			for _, below := range rows[i:] {
				if below.cells[1] == 0 {
					break
				}
				second = max(second, utf8.RuneCount(text[below.cells[0]-from:below.cells[1]-from]))
			}
		}
		pad(r.cells[1], second-utf8.RuneCount(text[r.cells[0]-from:r.cells[1]-from]))
	}
	p.out = append(p.out, text[done:]...)
}
