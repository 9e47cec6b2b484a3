package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema/lint"
)

// RuleList writes a list of rules for people, by command.
func RuleList(w io.Writer, o Options) error {
	t := newExactWriter(w, o)
	for i, section := range []struct{ command, title string }{
		{rules.Validate, "What validate finds:"},
		{rules.Check, "What check finds:"},
		{rules.Docs, "What docs finds:"},
		{rules.Pack, "What pack finds:"},
		{rules.Diff, "What diff finds, with what it does to sources:"},
	} {
		if i > 0 {
			t.printf("\n")
		}
		t.printf("%s\n", section.title)
		t.ruleTable(rules.Of(section.command))
	}
	return t.err
}

func (t *textWriter) ruleTable(list []rules.Rule) {
	weight, id := 0, 0 // widths
	for _, r := range list {
		weight, id = max(weight, len(weightOf(r))), max(id, len(r.ID))
	}
	for _, r := range list {
		w := weightOf(r)
		t.printf("%s%*s  %-*s  %s\n", t.paint(Style(r.Severity), w), weight-len(w), "", id, r.ID, r.Purpose)
	}
}

// weightOf says how grave a finding is, or what a change does to sources.
func weightOf(r rules.Rule) string {
	if r.Source != "" {
		return r.Source
	}
	return string(r.Severity)
}

// goVerdict is said of every kind of change: its effect on Go code depends on the
// spec.
const goVerdict = "To tell what it does to Go code, diff compares the APIs of the two generated packages."

// Explain writes all that is known of a rule for people.
func Explain(w io.Writer, r rules.Rule, o Options) error {
	t := newExactWriter(w, o)
	weight := t.paint(Style(r.Severity), weightOf(r))
	if r.Source != "" {
		weight = "sources: " + weight
	}
	t.printf("%s (%s)\n", t.paint(printable.Bold, r.ID), weight)
	t.printf("%s\n", meaning(r))
	for _, e := range r.Examples() {
		t.printf("\n%s\n\n%s", t.paint(printable.Bold, titleOf(e)), indented(e.Text))
	}
	return t.err
}

// meaning is what is said of a rule besides its examples.
func meaning(r rules.Rule) string {
	switch {
	case r.Source != "":
		return fmt.Sprintf("%s: %s.\n%s", strings.TrimSuffix(r.Purpose, "."), r.Effect, goVerdict)
	case r.Effect != "":
		return r.Purpose + "\n" + r.Effect
	case r.Fixes.Text != "":
		return r.Purpose + "\n" + fixes(r.Fixes)
	}
	return r.Purpose
}

// fixes says what validate --fix does about the findings of a rule, or why it does nothing.
func fixes(f lint.Fixes) string {
	switch {
	case !f.Any():
		return "No fix: " + f.Text
	case f.Safe:
		return "validate --fix: " + f.Text
	}
	return "validate --fix --unsafe: " + f.Text
}

// titleOf is the heading of an example: "Reported:".
func titleOf(e rules.Example) string { return strings.ToUpper(e.Title[:1]) + e.Title[1:] + ":" }

// indented moves a text to the right, by what Markdown takes for code.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			line = "    " + line
		}
		b.WriteString(line)
	}
	return b.String()
}

// plainHelp is [Explain] for programs that show texts.
func plainHelp(r rules.Rule) string {
	help := meaning(r)
	for _, e := range r.Examples() {
		help += "\n\n" + titleOf(e) + "\n\n" + strings.TrimSuffix(e.Text, "\n")
	}
	return help + "\n"
}

// fences are the languages of Markdown for the forms of examples.
var fences = map[string]string{rules.Spec: "json", rules.Session: "console"}

// markdownHelp is plainHelp in Markdown.
func markdownHelp(r rules.Rule) string {
	help := meaning(r) + "\n"
	for _, e := range r.Examples() {
		help += "\n" + titleOf(e) + "\n\n```" + fences[e.Form] + "\n" + e.Text + "```\n"
	}
	return help
}

// NewRules makes what programs read of rules.
func NewRules(list []rules.Rule) *Rules {
	out := &Rules{Rules: []Explanation{}}
	for _, r := range list {
		e := Explanation{
			ID: r.ID, Command: r.Command, Severity: r.Severity, Source: r.Source, Purpose: r.Purpose, Effect: r.Effect, Examples: []Example{},
		}
		if r.Fixes.Text != "" {
			e.Fixes = &Fixes{r.Fixes.Safe, r.Fixes.Unsafe, r.Fixes.Text}
		}
		for _, x := range r.Examples() {
			e.Examples = append(e.Examples, Example{x.Title, x.Form, x.Text})
		}
		out.Rules = append(out.Rules, e)
	}
	return out
}
