package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
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

// weightOf is the severity of a finding, or the effect of a change on sources.
func weightOf(r rules.Rule) string {
	if r.Source != "" {
		return r.Source
	}
	return string(r.Severity)
}

// goVerdict is said of every kind of change: its effect on Go code depends on the
// spec.
const goVerdict = "For its effect on Go code, diff compares the APIs of the two generated packages."

// Explain writes the page of a rule for people.
func Explain(w io.Writer, r rules.Rule, o Options) error {
	t := newExactWriter(w, o)
	weight := t.paint(Style(r.Severity), weightOf(r))
	if r.Source != "" {
		weight = "sources: " + weight
	}
	t.printf("%s (%s)\n", t.paint(printable.Bold, r.ID), weight)
	for line := range strings.Lines(meaning(r)) {
		t.printf("%s", wrapped(line, lineWidth))
	}
	for _, c := range chapters(r) {
		t.printf("\n%s\n", t.paint(printable.Bold, c.title+":"))
		for _, p := range c.parts {
			text := p.plain()
			if p.fence == "" {
				text = wrapped(text, lineWidth-len(indentation))
			}
			t.printf("\n%s", indented(text))
		}
	}
	t.printf("\n%s\n", r.Page())
	return t.err
}

// A chapter is one part of what is known about a rule.
type chapter struct {
	title string
	parts []part
}

// A part of a chapter is a paragraph, or a text to show as it is.
type part struct {
	text  string
	fence string // the language of a text, for Markdown; "" for a paragraph
}

// chapters are the sections about a rule after its meaning.
func chapters(r rules.Rule) []chapter {
	texts := r.Texts()
	var all []chapter
	add := func(title string, parts ...part) {
		if parts = slices.DeleteFunc(parts, func(p part) bool { return p.text == "" }); len(parts) > 0 {
			all = append(all, chapter{title, parts})
		}
	}
	add("Why it matters", part{texts.Why, ""})
	add("What to do", part{texts.Advice, ""})
	for _, e := range r.Examples() {
		add(strings.ToUpper(e.Title[:1])+e.Title[1:], part{e.Text, fences[e.Form]}, part{e.Message, "text"})
	}
	add("Fix", part{fix(r), ""})
	if texts.Settings == "" {
		add("When to ignore it", part{texts.Ignore, ""})
	} else {
		add("When to ignore it", part{texts.Ignore, ""}, part{"In that case, put this into `.conngen.json`:", ""}, part{texts.Settings, "json"})
	}
	return all
}

// fix says in Markdown what validate --fix does about the findings of a rule, or why it does nothing;
// "" for what other commands report.
func fix(r rules.Rule) string {
	f := r.Fixes
	switch {
	case f.Text == "":
		return ""
	case !f.Any():
		return "There is none. " + f.Text
	}
	command := "conngen validate --fix"
	if !f.Safe {
		command += " --unsafe"
	}
	if f.Asked {
		command += " --rule " + r.ID
	}
	return "`" + command + "` " + strings.ToLower(f.Text[:1]) + f.Text[1:]
}

// fences are the languages of Markdown for the forms of examples.
var fences = map[string]string{rules.Spec: "json", rules.Session: "console"}

// plain is the part as plain text.
func (p part) plain() string {
	if p.fence != "" {
		return p.text
	}
	return rules.Plain(p.text) + "\n"
}

// markdown is the part in Markdown.
func (p part) markdown() string {
	if p.fence != "" {
		return "```" + p.fence + "\n" + p.text + "```\n"
	}
	return p.text + "\n"
}

// meaning is the text about a rule, without its examples.
func meaning(r rules.Rule) string {
	switch {
	case r.Source != "":
		return fmt.Sprintf("%s: %s.\n%s", strings.TrimSuffix(r.Purpose, "."), r.Effect, goVerdict)
	case r.Effect != "":
		return r.Purpose + "\n" + r.Effect
	}
	return r.Purpose
}

// lineWidth is how long the lines of a paragraph are.
const lineWidth = 80

// wrapped breaks a paragraph into lines.
func wrapped(paragraph string, most int) string {
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(paragraph) {
		n := utf8.RuneCountInString(word)
		switch {
		case width == 0:
			width = n
		case width+1+n > most:
			b.WriteByte('\n')
			width = n
		default:
			b.WriteByte(' ')
			width += 1 + n
		}
		b.WriteString(word)
	}
	return b.String() + "\n"
}

// indentation is what Markdown reads as code.
const indentation = "    "

// indented moves a text to the right.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			line = indentation + line
		}
		b.WriteString(line)
	}
	return b.String()
}

// plainHelp is [Explain] for programs that show texts.
func plainHelp(r rules.Rule) string {
	help := meaning(r) + "\n"
	for _, c := range chapters(r) {
		help += "\n" + c.title + ":\n"
		for _, p := range c.parts {
			help += "\n" + p.plain()
		}
	}
	return help
}

// markdownHelp is plainHelp in Markdown.
func markdownHelp(r rules.Rule) string {
	help := rules.Markdown(meaning(r)) + "\n"
	for _, c := range chapters(r) {
		help += "\n**" + c.title + "**\n"
		for _, p := range c.parts {
			help += "\n" + p.markdown()
		}
	}
	return help
}

// NewRules returns rules as programs read them.
func NewRules(list []rules.Rule) *Rules {
	out := &Rules{Rules: []Explanation{}}
	for _, r := range list {
		texts := r.Texts()
		e := Explanation{
			ID: r.ID, Command: r.Command, Severity: r.Severity, Source: r.Source, Purpose: r.Purpose, Effect: r.Effect,
			Why: rules.Plain(texts.Why), Advice: rules.Plain(texts.Advice), Ignore: rules.Plain(texts.Ignore), Settings: texts.Settings,
			Examples: []Example{}, Page: r.Page(),
		}
		if r.Fixes.Text != "" {
			e.Fixes = &Fixes{r.Fixes.Safe, r.Fixes.Unsafe, r.Fixes.Text}
		}
		for _, x := range r.Examples() {
			e.Examples = append(e.Examples, Example{x.Title, x.Form, x.Text, x.Message})
		}
		out.Rules = append(out.Rules, e)
	}
	return out
}
