package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/conngen/conngen/schema"
)

// sourceWidth is how many characters of a source line are shown.
const sourceWidth = 80

// printDiagnostics prints findings as a compiler would, with their source lines.
func printDiagnostics(w io.Writer, s source, colour bool) {
	file := schema.NewFile(s.path, s.text)
	if s.spec != nil {
		file = s.spec.File
	}
	paint := func(code, text string) string {
		if !colour {
			return text
		}
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
	for _, d := range s.diagnostics {
		fmt.Fprintf(w, "%s %s %s [%s]\n",
			paint("1", fmt.Sprintf("%s:%d:%d:", d.Path, d.Line, d.Column)),
			paint(severityColours[d.Severity], string(d.Severity)+":"),
			printable(d.Message), d.Rule)
		printSource(w, file.Line(d.Line), d, paint)
		if d.Hint != "" {
			fmt.Fprintf(w, "   %s %s\n", paint("1", "hint:"), printable(d.Hint))
		}
	}
}

var severityColours = map[schema.Severity]string{
	schema.Error:   "1;31",
	schema.Warning: "1;33",
	schema.Info:    "1;36",
}

// printSource prints a source line and marks the part that a finding is about.
// Long lines are cut around it.
func printSource(w io.Writer, line string, d schema.Diagnostic, paint func(code, text string) string) {
	runes := []rune(printable(line))
	if len(runes) == 0 {
		return
	}
	start := min(d.Column-1, len(runes))
	end := min(start+d.Width, len(runes))
	from, to, before, after := cut(len(runes), start)
	end = min(max(end, start+1), max(to, start+1))
	margin := fmt.Sprintf("%5d | ", d.Line)
	fmt.Fprintf(w, "%s%s%s%s\n", margin, before, string(runes[from:to]), after)
	// Tabs stay, so that the mark stands where the line has its part.
	lead := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, before+string(runes[from:min(start, len(runes))]))
	mark := "^" + strings.Repeat("~", end-start-1)
	fmt.Fprintf(w, "%s| %s%s\n", strings.Repeat(" ", len(margin)-2), lead, paint("1;32", mark))
}

// cut chooses the part of a line of n characters that is shown, around start.
func cut(n, start int) (from, to int, before, after string) {
	const lead = sourceWidth / 4
	if n <= sourceWidth {
		return 0, n, "", ""
	}
	from = max(0, min(start-lead, n-sourceWidth))
	to = min(n, from+sourceWidth)
	if from > 0 {
		before = "…"
	}
	if to < n {
		after = "…"
	}
	return from, to, before, after
}

// printable replaces what a terminal would act on; tabs stay.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= '\u2028' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return '�'
		}
		return r
	}, text)
}

// A report is the JSON form of findings.
type report struct {
	Diagnostics schema.Diagnostics `json:"diagnostics"`
	Errors      int                `json:"errors"`
	Warnings    int                `json:"warnings"`
	Infos       int                `json:"infos"`
}

func printJSON(w io.Writer, sources []source) error {
	r := report{Diagnostics: schema.Diagnostics{}}
	for _, s := range sources {
		r.Diagnostics = append(r.Diagnostics, s.diagnostics...)
	}
	r.Errors = r.Diagnostics.Count(schema.Error)
	r.Warnings = r.Diagnostics.Count(schema.Warning)
	r.Infos = r.Diagnostics.Count(schema.Info)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// count says a number of things in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
