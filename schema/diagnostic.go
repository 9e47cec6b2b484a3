package schema

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/conngen/conngen/internal/printable"
)

// Severity ranks a [Diagnostic].
type Severity string

// The severities. A spec with an error is refused.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// A Diagnostic is one finding about a spec.
type Diagnostic struct {
	Path string
	Position
	Pointer  Pointer // the value concerned, "" for the file
	Rule     string
	Severity Severity
	Message  string
	Hint     string // the correction, "" if none is known

	// Related is the other place of a conflict: the first of two things that should be one, or the
	// value that this one contradicts. It is zero for most findings.
	Related Place

	Fix *Fix // nil if the finding cannot be fixed mechanically
}

// A Position is a range in a text. Lines and columns count from 1, columns in characters. A byte
// order mark has no column.
type Position struct {
	Line, Column       int
	EndLine, EndColumn int // just after the last character

	// Width is how many characters to mark on the first line: all of them, but only the bracket
	// of objects and arrays. It is at least 1.
	Width int
}

// A Place is the place of a value; the zero Place is nowhere.
type Place struct {
	Position
	Pointer Pointer
}

// String returns the finding in one line, as a compiler would print it.
func (d Diagnostic) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s [%s]", printable.Text(d.Path), d.Line, d.Column, d.Severity, printable.Text(d.Message), d.Rule)
}

// Diagnostics is the list of findings about one spec.
type Diagnostics []Diagnostic

// HasErrors reports whether the spec must be refused.
func (ds Diagnostics) HasErrors() bool { return ds.Count(Error) > 0 }

// Syntax returns the findings that keep a text from being JSON. [Parse] may still return
// the spec, as it was meant.
func (ds Diagnostics) Syntax() Diagnostics {
	var syntax Diagnostics
	for _, d := range ds {
		if d.IsText() && d.Severity == Error {
			syntax = append(syntax, d)
		}
	}
	return syntax
}

// IsText reports whether a finding is about the text itself, and would be the same in any JSON
// file.
func (d Diagnostic) IsText() bool {
	switch d.Rule {
	case ruleJSONSyntax, ruleConflictMarkers, ruleTrailingComma, ruleComment, ruleBOM:
		return true
	}
	return false
}

// Count returns the number of findings of one severity.
func (ds Diagnostics) Count(s Severity) int {
	n := 0
	for _, d := range ds {
		if d.Severity == s {
			n++
		}
	}
	return n
}

// Compact removes findings equal to the previous one, ignoring their fixes.
func (ds Diagnostics) Compact() Diagnostics {
	return slices.CompactFunc(ds, func(a, b Diagnostic) bool {
		a.Fix, b.Fix = nil, nil
		return a == b
	})
}

// Sort orders the findings by position, then rule and message.
func (ds Diagnostics) Sort() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Message, b.Message),
		)
	})
}
