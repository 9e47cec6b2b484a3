package printable

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// A Writer makes everything written to it printable. It never joins the data of two calls of Write.
type Writer struct {
	w       io.Writer
	convert func(text string, startsLine bool) string
	midLine bool // the last line has not ended yet
}

// Lines returns a writer that takes one line per call of Write. A line end inside is part of a name
// and is escaped. A line that a CI service would execute as a command gets a backslash.
func Lines(w io.Writer) *Writer { return &Writer{w: exact(w), convert: oneLine} }

// Block returns a writer of text of several lines.
func Block(w io.Writer) *Writer {
	return &Writer{w: exact(w), convert: func(text string, startsLine bool) string { return eachLine(text, startsLine, oneLine) }}
}

// Styled is [Lines], but keeps the styles of [Paint]. Untrusted text must have gone through [Text]
// first.
func Styled(w io.Writer) *Writer { return &Writer{w: exact(w), convert: styledLine} }

// Commands is [Lines] for GitHub commands, whose texts must already be escaped for GitHub.
func Commands(w io.Writer) *Writer {
	return &Writer{w: exact(w), convert: func(text string, _ bool) string { return oneLine(text, false) }}
}

// JSON returns a writer of JSON that escapes everything in strings that is not text.
func JSON(w io.Writer) *Writer {
	return &Writer{w: exact(w), convert: func(text string, _ bool) string { return eachLine(text, false, jsonLine) }}
}

// Exact returns the underlying writer of a [Writer], for output that programs read byte by byte.
func Exact(w io.Writer) io.Writer { return exact(w) }

func exact(w io.Writer) io.Writer {
	if p, ok := w.(*Writer); ok {
		return p.w
	}
	return w
}

// Write writes text and returns its length.
func (w *Writer) Write(text []byte) (int, error) {
	if len(text) == 0 {
		return 0, nil
	}
	if _, err := io.WriteString(w.w, w.convert(string(text), !w.midLine)); err != nil {
		return 0, err
	}
	w.midLine = text[len(text)-1] != '\n'
	return len(text), nil
}

// oneLine makes a line printable, except for the line end at its end.
func oneLine(text string, startsLine bool) string {
	line, end := cutEnd(text)
	return unmark(Text(line), startsLine) + end
}

func cutEnd(text string) (line, end string) {
	if line, ok := strings.CutSuffix(text, "\n"); ok {
		return line, "\n"
	}
	return text, ""
}

// eachLine converts each line separately.
func eachLine(text string, startsLine bool, convert func(string, bool) string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(convert(line, startsLine))
		startsLine = true
	}
	return b.String()
}

// unmark escapes the two colons at the start of a line, after white space, that make it a GitHub
// command.
func unmark(line string, startsLine bool) string {
	if rest := strings.TrimLeftFunc(line, unicode.IsSpace); startsLine && strings.HasPrefix(rest, "::") {
		line = line[:len(line)-len(rest)] + `\` + rest
	}
	return line
}

// splitMarks replaces ## before letters and a bracket, which is a command for GitHub, Azure
// Pipelines and TeamCity anywhere in a line.
func splitMarks(line, with string) string {
	if !strings.Contains(line, "##") {
		return line
	}
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(line, "##")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if strings.HasPrefix(strings.TrimLeftFunc(after, unicode.IsLetter), "[") {
			b.WriteString(with)
		} else {
			b.WriteString("#")
			after = "#" + after // which may begin another mark
		}
		line = after
	}
}

// jsonLine escapes a line of JSON, which can have such characters only in strings.
func jsonLine(text string, _ bool) string {
	line, end := cutEnd(text)
	line = replace(line, func(r rune, invalid bool) string {
		if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
			return fmt.Sprintf(`\u%04x\u%04x`, high, low)
		}
		if invalid {
			r = unicode.ReplacementChar
		}
		return fmt.Sprintf(`\u%04x`, r)
	})
	return splitMarks(line, `#\u0023`) + end
}

// A Style is how a terminal shows text.
type Style string

// The styles.
const (
	Bold   Style = "1"
	Red    Style = "1;31"
	Green  Style = "1;32"
	Yellow Style = "1;33"
	Cyan   Style = "1;36"
)

// sequence returns the escape sequence that turns a style on.
func (s Style) sequence() string { return "\x1b[" + string(s) + "m" }

// sequences are the only ones that a [Styled] writer keeps.
var sequences = lazyregexp.New("\x1b\\[(?:0|1|1;3[1236])m")

// Paint returns text that a terminal shows in a style, written to a [Styled] writer.
func Paint(s Style, text string) string { return s.sequence() + text + Style("0").sequence() }

// styledLine is oneLine, but keeps the styles.
func styledLine(text string, startsLine bool) string {
	line, end := cutEnd(text)
	var b strings.Builder
	from := 0
	for _, at := range sequences().FindAllStringIndex(line, -1) {
		b.WriteString(Text(line[from:at[0]]) + line[at[0]:at[1]])
		from = at[1]
	}
	b.WriteString(Text(line[from:]))
	return unmark(b.String(), startsLine) + end
}
