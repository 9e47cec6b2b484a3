package printable_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/printable"
)

// hostile is a text that a file name may contain.
const hostile = "a\n::error::forged\r\x1b]0;title\a\x9b31m\x7f\u0085\u202e\u2066\u2028\xff\U000e0041##[error]z\t\u200d�é"

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                   "",
		"plain é 世界\t👩‍💻 �":  "plain é 世界\t👩‍💻 �",
		"a\nb\rc":            `a\nb\rc`,
		"\x00\x1b[31m\a\x7f": `\x00\x1b[31m\x07\x7f`,
		"\u0085\u009b":       `\u0085\u009b`,
		"\u202e\u2069\u2028": `\u202e\u2069\u2028`,
		"\ufeff\u200b\u00ad": `\ufeff\u200b\u00ad`,
		"a\xffb\xc3":         `a\xffb\xc3`,
		"\U000e0041":         `\U000e0041`,
		"##[a] ###b[c] ##d":  `#\#[a] ##\#b[c] ##d`,
		"#\x1b#[a]":          `#\x1b#[a]`,
	} {
		if got := printable.Text(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := printable.Valid("a\n\xff�\x1b"); got != "a\n"+`\xff`+"�\x1b" {
		t.Errorf("got %q", got)
	}
}

func TestWriters(t *testing.T) {
	t.Parallel()
	const escaped = `a\n::error::forged\r\x1b]0;title\x07\x9b31m\x7f\u0085\u202e\u2066\u2028\xff\U000e0041#\#[error]z` + "\t\u200d�é"
	for name, c := range map[string]struct {
		writer     func(io.Writer) *printable.Writer
		text, want string
	}{
		"a name":                {printable.Lines, hostile + "\n", escaped + "\n"},
		"a command":             {printable.Lines, "::error::x\n", `\::error::x` + "\n"},
		"after white space":     {printable.Lines, " \u3000\t::error::x\n", " \u3000\t" + `\::error::x` + "\n"},
		"in a line":             {printable.Lines, "x::error::x ##vso[task.x]##[a]##b###[c]", `x::error::x #\#vso[task.x]#\#[a]##b##\#[c]`},
		"lines":                 {printable.Block, "a\n::b\n\n  ::c\x1b\nd", "a\n" + `\::b` + "\n\n" + `  \::c\x1b` + "\nd"},
		"a command of ours":     {printable.Commands, "::error file=x::a\n::warning::b\n", `::error file=x::a\n::warning::b` + "\n"},
		"a style":               {printable.Styled, printable.Paint(printable.Red, "x") + "\x1b[8m\x1b[1;31;8m\x1b[31m\n", "\x1b[1;31mx\x1b[0m" + `\x1b[8m\x1b[1;31;8m\x1b[31m` + "\n"},
		"no command in colour":  {printable.Styled, "  ::error::" + printable.Paint(printable.Red, "x") + "\n", `  \::error::` + "\x1b[1;31mx\x1b[0m\n"},
		"a style where none is": {printable.Lines, printable.Paint(printable.Red, "x"), `\x1b[1;31mx\x1b[0m`},
		"JSON":                  {printable.JSON, "{\n \"a\u202e\u0085\U000e0041\x7f##[b]\": 1\n}\n", "{\n " + `"a\u202e\u0085\udb40\udc41\u007f#\u0023[b]": 1` + "\n}\n"},
	} {
		var b bytes.Buffer
		if n, err := fmt.Fprint(c.writer(&b), c.text); n != len(c.text) || err != nil {
			t.Errorf("%s: wrote %d of %d, %v", name, n, len(c.text), err)
		}
		if got := b.String(); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestWriterInWriter: nested writers escape only once.
func TestWriterInWriter(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := printable.Lines(&b)
	fmt.Fprint(printable.Block(w), "a\nb\\n\n")
	fmt.Fprint(printable.Exact(w), "\x1b\n")
	if got, want := b.String(), "a\nb\\n\n\x1b\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if printable.Exact(&b) != io.Writer(&b) {
		t.Error("another writer is not itself")
	}
}

// TestMidLine: the rest of a line is not a command.
func TestMidLine(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := printable.Lines(&b)
	for _, text := range []string{"a ", "::b\n", "::c\n"} {
		fmt.Fprint(w, text)
	}
	if got, want := b.String(), "a ::b\n"+`\::c`+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzWriters: for any input, the output is text without commands, and JSON keeps its meaning.
func FuzzWriters(f *testing.F) {
	f.Add(hostile)
	f.Add("\x1b[1;31m\x1b[0m##a[::")
	f.Fuzz(func(t *testing.T, text string) {
		var lines, block bytes.Buffer
		fmt.Fprint(printable.Lines(&lines), text)
		fmt.Fprint(printable.Block(&block), text)
		if n := strings.Count(strings.TrimSuffix(lines.String(), "\n"), "\n"); n > 0 {
			t.Errorf("%q gives %d line ends", text, n)
		}
		for line := range strings.Lines(lines.String() + "\n" + block.String()) {
			line = strings.TrimSuffix(line, "\n")
			isText := utf8.ValidString(line) && !strings.ContainsFunc(line, func(r rune) bool { return !printable.IsText(r) })
			if !isText || strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
				t.Errorf("%q gives the line %q", text, line)
			}
		}
		checkJSON(t, text)
	})
}

func checkJSON(t *testing.T, text string) {
	t.Helper()
	var encoded bytes.Buffer
	if err := json.NewEncoder(printable.JSON(&encoded)).Encode([]string{text}); err != nil {
		t.Fatal(err)
	}
	var after []string
	if err := json.Unmarshal(encoded.Bytes(), &after); err != nil {
		t.Fatalf("%s: %v", encoded.Bytes(), err)
	}
	if utf8.ValidString(text) && after[0] != text {
		t.Errorf("%q became %q", text, after[0])
	}
	if line := strings.TrimSuffix(encoded.String(), "\n"); printable.Text(line) != line {
		t.Errorf("%q gives %q", text, line)
	}
}
