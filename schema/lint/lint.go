// Package lint has the rules that a connector spec should follow.
//
// [Rules] lists all of them, including those that [schema.Parse] reports
// itself. [Run] applies the others to a spec. Package settings switches rules
// off and changes their severities.
package lint

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// A Rule is one possible fault of a spec.
type Rule struct {
	ID       string // stable: "duplicate-command"
	Severity schema.Severity
	Purpose  string // one sentence: the fault and its consequences

	check func(*pass) // nil if schema.Parse reports it
}

// Rules returns all rules, errors first, in the order of the manual.
func Rules() []Rule { return slices.Clone(rules()) }

// Find returns the rule with an ID.
func Find(id string) (Rule, bool) {
	for _, r := range rules() {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// Run returns the findings of the rules in a spec and its Go package, sorted by position. The spec
// may have errors: anything unreadable counts as absent.
func Run(spec *schema.Spec, golang Go) schema.Diagnostics {
	golang = golang.of(spec)
	var found schema.Diagnostics
	index := newIndex(spec)
	for _, r := range rules() {
		if r.check != nil {
			r.check(&pass{
				Spec: spec, index: index, golang: golang, rule: r, comparisons: maxComparisons,
				report: func(d schema.Diagnostic) *schema.Diagnostic {
					found = append(found, d)
					return &found[len(found)-1]
				},
			})
		}
	}
	found.Sort()
	return found.Compact()
}

// maxCandidates is how many names a misspelt one is compared with, and maxComparisons with how many a
// rule compares all of one spec. Comparing takes time, and nobody reads that many hints of one kind.
const (
	maxCandidates  = 1000
	maxComparisons = 100 * maxCandidates
)

// A pass is one rule checking one spec. It keeps no state about the spec.
type pass struct {
	*schema.Spec
	*index
	golang      Go
	rule        Rule
	comparisons int // remaining comparisons of names
	report      func(schema.Diagnostic) *schema.Diagnostic
}

// at reports a finding about the value at a pointer. It returns the finding, to which a fix may be
// added.
func (p *pass) at(where schema.Pointer, hint, format string, args ...any) *schema.Diagnostic {
	return p.report(p.finding(where, p.File.Position, hint, sentence(format, args)))
}

// name reports a finding about the name of the member at a pointer.
func (p *pass) name(where schema.Pointer, hint, format string, args ...any) *schema.Diagnostic {
	return p.report(p.finding(where, p.File.NamePosition, hint, sentence(format, args)))
}

// conflict reports a finding about the value at a pointer, which contradicts the
// one at other.
func (p *pass) conflict(where, other schema.Pointer, hint, format string, args ...any) *schema.Diagnostic {
	d := p.finding(where, p.File.Position, hint, sentence(format, args))
	d.Related = p.File.Place(other)
	return p.report(d)
}

func (p *pass) finding(where schema.Pointer, position func(schema.Pointer) schema.Position, hint, message string) schema.Diagnostic {
	return schema.Diagnostic{
		Path: p.File.Name, Position: position(where), Pointer: where,
		Rule: p.rule.ID, Severity: p.rule.Severity, Message: message, Hint: hint,
	}
}

// maxName is how many characters of a name are shown.
const maxName = 60

// sentence is fmt.Sprintf with long texts shortened.
func sentence(format string, args []any) string {
	shortened := slices.Clone(args)
	for i, arg := range shortened {
		if text, ok := arg.(string); ok && utf8.RuneCountInString(text) > maxName {
			shortened[i] = string([]rune(text)[:maxName]) + "…"
		}
	}
	return fmt.Sprintf(format, shortened...)
}

// near returns the candidate that a name may be a misspelling of, "" when none is.
func (p *pass) near(name string, candidates []string) string {
	candidates = candidates[:min(len(candidates), maxCandidates)]
	if !p.mayCompare(len(candidates)) {
		return ""
	}
	return nearest.Name(name, candidates)
}

// nearCommand is near for names of standard commands.
func (p *pass) nearCommand(name string) string {
	if !p.mayCompare(maxCandidates) { // word by word
		return ""
	}
	return protocol.Near(name)
}

// mayCompare reports whether a name may be compared with n others, and counts the comparisons.
func (p *pass) mayCompare(n int) bool {
	if p.comparisons < n {
		return false
	}
	p.comparisons -= n
	return true
}

// didYouMean returns a hint with a near name, or otherwise if there is none.
func didYouMean(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return fmt.Sprintf("did you mean %q?", name)
}

// quote is strconv.Quote for hints, in which long names are shortened as in messages.
func quote(name string) string { return sentence("%q", []any{name}) }

// kindOf returns the kind of the JSON value at a pointer by its first character: 0 for all numbers,
// and a blank if there is no value.
func (p *pass) kindOf(at schema.Pointer) rune { return kindOf(p.File.Raw(at)) }

func kindOf(raw []byte) rune {
	switch {
	case len(raw) == 0:
		return ' '
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return '0'
	}
	return rune(raw[0])
}
