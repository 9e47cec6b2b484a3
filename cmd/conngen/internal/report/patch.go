package report

import (
	"io"
	"strings"

	"github.com/conngen/conngen/internal/printable"
)

// patchStyles are the colours of the lines of a unified diff by their beginning, longer ones first.
var patchStyles = []struct {
	prefix string
	style  printable.Style
}{
	{"--- ", printable.Bold},
	{"+++ ", printable.Bold},
	{"@@", printable.Cyan},
	{"-", printable.Red},
	{"+", printable.Green},
}

// Patch writes a unified diff for people.
func Patch(w io.Writer, diff string, colour bool) error {
	t := newTextWriter(w, Options{Colour: colour})
	t.patch(diff)
	return t.err
}

func (t *textWriter) patch(diff string) {
	for line := range strings.Lines(diff) {
		line = printable.Text(strings.TrimSuffix(line, "\n"))
		for _, s := range patchStyles {
			if strings.HasPrefix(line, s.prefix) {
				line = t.paint(s.style, line)
				break
			}
		}
		t.printf("%s\n", line)
	}
}
