package report

import (
	"io"
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
)

// Fixed writes the findings that fixes have removed, for people.
func Fixed(w io.Writer, found schema.Diagnostics, o Options) error {
	t := newTextWriter(w, o)
	for _, d := range found {
		place := printable.Text(d.Path) + ":"
		t.printf("%s%d:%d: %s %s [%s]\n", place, d.Line, d.Column, t.paint(printable.Green, "fixed:"), printable.Text(d.Message), d.Rule)
	}
	return t.err
}

// Opaque masks the values in a text that is not a spec, since any of them may be a secret.
func Opaque(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(string(opaque([]rune(line), 0, 0)))
	}
	return b.String()
}

// fix returns the fix of a finding as programs read it, or nil if there is none.
func (f File) fix(d schema.Diagnostic) *Fix {
	if d.Fix == nil || f.Source == nil {
		return nil
	}
	fix := &Fix{Safe: d.Fix.Safe, Description: d.Fix.Text, Edits: []Edit{}, Refused: f.Refused[d.Fix]}
	for _, e := range d.Fix.Edits {
		fix.Edits = append(fix.Edits, Edit{newRange(f.Source.EditRange(e)), e.Start, e.End, e.Text})
	}
	return fix
}

// sarifFixes returns the fix of a finding as SARIF has it.
func (f File) sarifFixes(d schema.Diagnostic, path string) []sarifFix {
	if d.Fix == nil || f.Source == nil {
		return nil
	}
	e, ok := f.joined(d.Fix.Edits)
	if !ok {
		return nil
	}
	at := f.Source.EditRange(e)
	var deleted any = sarifRegion{at.Line, at.Column, at.EndLine, at.EndColumn}
	if e.Start < e.End && at.Line == at.EndLine && at.Column == at.EndColumn { // a byte order mark
		deleted = sarifBytes{e.Start, e.End - e.Start}
	}
	return []sarifFix{{
		Description: sarifText{Text: fixText(d)},
		Changes:     []sarifChange{{sarifArtifact{pathURI(path)}, []sarifReplacement{{deleted, sarifText{Text: e.Text}}}}},
	}}
}

// fixText says what a fix does, and whether that is safe.
func fixText(d schema.Diagnostic) string {
	if d.Fix.Safe {
		return d.Fix.Text
	}
	return d.Fix.Text + " (may change types or meaning)"
}

// maxJoined is how many bytes of a file an edit repeats at most.
const maxJoined = 10_000

// joined makes one edit of several: programs such as reviewdog offer each as a suggestion of its own, and half
// a fix is worse than none. What is between the edits becomes part of it, so it must be short and have no
// secret.
func (f File) joined(edits []schema.Edit) (schema.Edit, bool) {
	text, mark := f.Source.Text(), f.Source.Offset(1, 1)
	joined := edits[0]
	for _, e := range edits[1:] {
		if e.Start-edits[0].Start > maxJoined || f.hasSecret(joined.End, e.Start) {
			return schema.Edit{}, false
		}
		joined.Text += string(text[joined.End-mark:e.Start-mark]) + e.Text
		joined.End = e.End
	}
	return joined, true
}

// hasSecret reports whether a secret of the file is between two offsets.
func (f File) hasSecret(start, end int) bool {
	mark := f.Source.Offset(1, 1)
	return slices.ContainsFunc(f.Secrets, func(p schema.Pointer) bool {
		from, to := f.Source.Span(p)
		return from+mark < end && start < to+mark
	})
}

// suggestion is the end of a message that cannot have a fix: the fixed line, or what else to do.
func (f File) suggestion(d schema.Diagnostic) string {
	if d.Fix == nil || f.Source == nil {
		return ""
	}
	flags := "--fix"
	if !d.Fix.Safe {
		flags += " --unsafe"
	}
	text := "\nfix (conngen validate " + flags + "): " + d.Fix.Text
	if line, ok := f.fixedLine(d.Fix); ok {
		text += "\n" + strings.TrimSpace(line)
	}
	return text
}

// maxSuggested is how many characters of a fixed line are shown.
const maxSuggested = 300

// fixedLine is the line that a fix changes, as it is afterwards, with its secrets masked. It returns
// false for a fix of more than one line, and for a line that is too long to be read.
func (f File) fixedLine(fix *schema.Fix) (string, bool) {
	if f.Opaque {
		return "", false
	}
	var line []rune
	number, shift := 0, 0
	for _, e := range fix.Edits {
		at := f.Source.EditRange(e)
		if number == 0 {
			number = at.Line
			line = f.maskedLine(number)
		}
		if at.Line != number || at.EndLine != number || strings.Contains(e.Text, "\n") || len(line) > maxSuggested {
			return "", false
		}
		inserted := []rune(e.Text)
		line = slices.Replace(line, at.Column-1+shift, at.EndColumn-1+shift, inserted...)
		shift += len(inserted) - (at.EndColumn - at.Column)
	}
	return string(line), number > 0
}

// maskedLine is a line of the file with its secrets masked, in as many characters.
func (f File) maskedLine(n int) []rune {
	line := []rune(f.Source.Line(n))
	for _, p := range f.Secrets {
		if at := f.Source.Position(p); at.Line == n {
			mask(line, stretch{at.Column, at.Width})
		}
	}
	start := f.Source.Offset(n, 1) - f.Source.Offset(1, 1)
	for _, s := range commented(f.Source, start, start+len(f.Source.Line(n)))[n] {
		mask(line, s)
	}
	return line
}
