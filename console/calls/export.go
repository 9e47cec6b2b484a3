package calls

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// A Format is a format of exported rows.
type Format string

// The formats.
const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
)

// Check returns an error for an unknown format.
func (f Format) Check() error {
	if f != CSV && f != NDJSON {
		return errors.New("unknown format: use csv or ndjson")
	}
	return nil
}

// Export writes the current rows of a view, in its order.
//
// CSV follows RFC 4180, with a header. Elements of a list are separated by "; "; a list with
// compound elements, or with semicolons in them, is JSON. A cell that a spreadsheet could interpret
// as a formula begins with an apostrophe.
//
// NDJSON has the data of each row on a line.
func (r *Recorder) Export(ctx context.Context, id int, name string, format Format, out io.Writer) error {
	v, err := r.view(id, name)
	if err != nil {
		return err
	}
	total, _, err := v.update(ctx)
	if err != nil {
		return err
	}
	v.c.mu.Lock()
	columns := v.c.known.copy()
	v.c.mu.Unlock()
	b := bufio.NewWriterSize(out, 64<<10)
	write := func(data string) error {
		if _, err := b.WriteString(data); err != nil {
			return err
		}
		return b.WriteByte('\n')
	}
	if format == CSV {
		write = csvWriter(b, columns)
		if err := write(""); err != nil {
			return err
		}
	}
	if err := v.each(ctx, total, write); err != nil {
		return err
	}
	return b.Flush()
}

// each calls write with the data of the rows.
func (v *view) each(ctx context.Context, total int, write func(data string) error) error {
	x := v.c.index()
	if v.hasAll() {
		x.rows = x.rows[:total]
		var failed error
		err := v.c.scan(ctx, x, 0, func(_ int, data string) bool {
			failed = write(data)
			return failed == nil
		})
		return errors.Join(failed, err)
	}
	for i := range total {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		line := int(x.rows[v.row(i)])
		text, err := v.c.line(x, line)
		if err != nil {
			return errGone
		}
		if err := write(x.data(line, text)); err != nil {
			return err
		}
	}
	return nil
}

// csvWriter returns a function that writes a row; the first call writes the header.
func csvWriter(out *bufio.Writer, columns []Column) func(data string) error {
	cells := make([]string, len(columns))
	attributes, members := make(map[string]int), make(map[string]int)
	for i, c := range columns {
		cells[i] = harmless(c.Name)
		if len(c.Path) == 1 {
			members[c.Path[0]] = i
		} else {
			attributes[c.Path[1]] = i
		}
	}
	var o object
	header := true
	return func(data string) error {
		if !header {
			clear(cells)
			o.read(data)
			fill(cells, attributes, o.attributes)
			fill(cells, members, o.members)
		}
		header = false
		return writeRecord(out, cells)
	}
}

// writeRecord writes a CSV record. Line ends in a cell stay unchanged; encoding/csv would change
// them if records end with CRLF.
func writeRecord(out *bufio.Writer, cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			_ = out.WriteByte(',') // the last write returns the first error
		}
		quoted := strings.ContainsAny(cell, "\",\r\n") || cell == "" && len(cells) == 1 || cell != "" && (cell[0] == ' ' || cell[len(cell)-1] == ' ')
		if quoted {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		_, _ = out.WriteString(cell)
	}
	_, err := out.WriteString("\r\n")
	return err
}

func fill(cells []string, columns map[string]int, pairs []pair) {
	for _, p := range pairs {
		if i, ok := columns[p.name]; ok {
			cells[i] = harmless(cellText(p.value))
		}
	}
}

// plainNumber matches numbers, which no spreadsheet treats as a formula.
var plainNumber = lazyregexp.New(`^-?\d+(\.\d+)?([eE][+-]?\d+)?$`)

// formulaStarts are the characters that begin a formula in some spreadsheet, or are dropped before
// one.
const formulaStarts = "=+-@\t\r\n|%＝＋－＠"

// harmless puts an apostrophe before a text that a spreadsheet could treat as a formula.
func harmless(text string) string {
	if text == "" || 'a' <= text[0] && text[0] <= 'z' || 'A' <= text[0] && text[0] <= 'Z' || '0' <= text[0] && text[0] <= '9' {
		return text // as most are
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " "))
	if strings.ContainsRune(formulaStarts, first) && !plainNumber().MatchString(text) {
		return "'" + text
	}
	return text
}
