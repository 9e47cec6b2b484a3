package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
)

// screenWidth is how many columns a source line takes at most, its number included.
const screenWidth = 80

// tab replaces a tab.
const tab = "    "

// Text returns the writer of findings as a compiler prints them: each with its
// source line and a mark below the part that it is about.
func Text(o Options) Writer {
	return func(w io.Writer, files []File) error {
		t := newTextWriter(w, o)
		for _, f := range files {
			t.file(f)
		}
		return t.err
	}
}

func (t *textWriter) file(f File) {
	t.secrets = secretsByLine(f)
	for i, d := range f.Findings {
		t.finding(f, d)
		if i < len(f.Patches) {
			t.patch(f.Patches[i])
		}
		if d.Hint != "" {
			t.printf("   %s %s\n", t.paint(printable.Bold, "hint:"), printable.Text(d.Hint))
		}
		if why := f.Refused[d.Fix]; why != "" {
			t.printf("   %s %s\n", t.paint(printable.Bold, "not fixed:"), printable.Text(why))
		}
	}
}

// A textWriter writes each line with one call. It keeps the first error and writes nothing after
// it.
type textWriter struct {
	w       io.Writer
	paint   func(style printable.Style, text string) string
	lines   int               // that are written
	secrets map[int][]stretch // secrets of the file, by line
	shown   struct {
		source *schema.File
		number int
		line   []rune
	}
	err error
}

func newTextWriter(w io.Writer, o Options) *textWriter {
	if o.Colour {
		return &textWriter{w: printable.Styled(w), paint: printable.Paint}
	}
	return &textWriter{w: printable.Lines(w), paint: func(_ printable.Style, text string) string { return text }}
}

// newExactWriter returns a writer of texts that conngen has itself, with several lines at once.
func newExactWriter(w io.Writer, o Options) *textWriter {
	t := newTextWriter(w, o)
	t.w = printable.Exact(w)
	return t
}

func (t *textWriter) printf(format string, args ...any) {
	if t.err == nil {
		t.lines++
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}

// Style is the colour of a severity.
func Style(s schema.Severity) printable.Style {
	switch s {
	case schema.Error:
		return printable.Red
	case schema.Warning:
		return printable.Yellow
	}
	return printable.Cyan
}

func (t *textWriter) finding(f File, d schema.Diagnostic) {
	place := printable.Text(d.Path) + ":"
	if !isWhole(d) {
		place += fmt.Sprintf("%d:%d:", d.Line, d.Column)
	}
	t.printf("%s %s %s [%s]\n", t.paint(printable.Bold, place),
		t.paint(Style(d.Severity), string(d.Severity)+":"),
		printable.Text(d.Message), d.Rule)
	t.source(f, d)
	if d.Related != (schema.Place{}) {
		t.printf("   %s %s:%d:%d\n", t.paint(printable.Bold, "see:"), printable.Text(d.Path), d.Related.Line, d.Related.Column)
	}
}

// source prints a source line and marks the part that a finding is about. Of a
// line that is too long it prints what is around that part.
func (t *textWriter) source(f File, d schema.Diagnostic) {
	if f.Source == nil {
		return
	}
	line := t.line(f, d.Line)
	if len(line) == 0 {
		return
	}
	start := min(d.Column-1, len(line))
	end := min(start+d.Width, len(line))
	if f.Opaque {
		line = opaque(line, start, end)
	}
	margin := fmt.Sprintf("%5d | ", d.Line)
	e := newExcerpt(line, start, screenWidth-len(margin))
	t.printf("%s%s\n", margin, e.text)
	mark := "^" + strings.Repeat("~", max(0, e.column(end)-e.column(start)-1))
	t.printf("%s| %s%s\n", strings.Repeat(" ", len(margin)-2), strings.Repeat(" ", e.column(start)), t.paint(printable.Green, mark))
}

// line returns a line of a file as it is shown, with its secrets masked. It keeps
// the last one, since a file of one long line may have many findings.
func (t *textWriter) line(f File, n int) []rune {
	if t.shown.source == f.Source && t.shown.number == n {
		return t.shown.line
	}
	line := []rune(strings.Map(visible, f.Source.Line(n)))
	for _, s := range t.secrets[n] {
		mask(line, s)
	}
	t.shown.source, t.shown.number, t.shown.line = f.Source, n, line
	return line
}

// A stretch is a part of a line.
type stretch struct{ column, width int }

// mask masks a secret in a line, and keeps its quotes if it has any.
func mask(line []rune, s stretch) {
	start, end := s.column-1, min(s.column-1+s.width, len(line))
	if start < end && line[start] == '"' {
		start, end = start+1, end-1
	}
	for i := start; i < end; i++ {
		line[i] = '*'
	}
}

// secretsByLine finds all hidden places once, not once per finding: there may be many of both.
func secretsByLine(f File) map[int][]stretch {
	if len(f.Findings) == 0 || f.Source == nil {
		return nil
	}
	secrets := commented(f.Source, 0, len(f.Source.Text()))
	for _, p := range f.Secrets {
		at := f.Source.Position(p)
		secrets[at.Line] = append(secrets[at.Line], stretch{at.Column, at.Width})
	}
	return secrets
}

// visible replaces each character that a terminal would act on by one of one column, because the
// mark below the line counts columns.
func visible(r rune) rune {
	if printable.IsText(r) {
		return r
	}
	return unicode.ReplacementChar
}

// An excerpt is the part of a line that fits on the screen.
type excerpt struct {
	text    string
	from    int   // the first character that is shown
	columns []int // where each character is on the screen, and where the last one ends
}

const ellipsis = "…"

// newExcerpt cuts a line to a width, so the character at start is in it with some of what
// precedes it.
func newExcerpt(line []rune, start, width int) excerpt {
	from, to := 0, len(line)
	if len(line) > 2*width || screenColumns(line) > width {
		from, to = around(line, start, width)
	}
	e := excerpt{from: from, columns: make([]int, 0, to-from+1)}
	var text strings.Builder
	at := 0
	if from > 0 {
		text.WriteString(ellipsis)
		at++
	}
	for _, r := range line[from:to] {
		e.columns = append(e.columns, at)
		at += columnsOf(r)
		if r == '\t' {
			text.WriteString(tab)
		} else {
			text.WriteRune(r)
		}
	}
	e.columns = append(e.columns, at)
	if to < len(line) {
		text.WriteString(ellipsis)
	}
	e.text = text.String()
	return e
}

// around chooses the part that is shown of a line that is too long. Both ends may need an
// ellipsis.
func around(line []rune, start, width int) (from, to int) {
	room := width - 2*len([]rune(ellipsis))
	from, to = start, start
	for from > 0 && screenColumns(line[from-1:start]) <= width/4 {
		from--
	}
	for to < len(line) && screenColumns(line[from:to+1]) <= room {
		to++
	}
	for to == len(line) && from > 0 && screenColumns(line[from-1:]) <= room {
		from-- // there is room to spare after the mark
	}
	return from, to
}

// column returns where the i-th character of the line is on the screen, or would if it
// were shown.
func (e excerpt) column(i int) int {
	return e.columns[min(max(i-e.from, 0), len(e.columns)-1)]
}

// screenColumns returns how many columns characters take on the screen.
func screenColumns(line []rune) int {
	columns := 0
	for _, r := range line {
		columns += columnsOf(r)
	}
	return columns
}

func columnsOf(r rune) int {
	if r == '\t' {
		return len(tab)
	}
	return runewidth.RuneWidth(r)
}
