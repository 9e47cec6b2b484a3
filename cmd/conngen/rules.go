package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
	"github.com/conngen/conngen/schema/lint"
	"github.com/conngen/conngen/settings"
)

func (a app) rulesCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules [ID]",
		Short: "List what validate, check, pack and diff report, or explain it",
		Long: "rules lists what validate, check, pack and diff report, with the severity of\n" +
			"each finding. With an ID it explains one: what goes wrong, and for specs an\n" +
			"example of it and of the fix. Rules of warnings can be switched off in\n" +
			".conngen.json.",
		Example: "  conngen rules\n" +
			"\n" +
			"  # the ID is in brackets at the end of a finding\n" +
			"  conngen rules secret-typed-as-text",
		Args: atMostOne("rules explains one finding at a time"),
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case format == report.JSON:
				return a.writeRules(args)
			case len(args) == 1:
				return a.explainRule(args[0])
			}
			return a.listRules()
		},
		ValidArgsFunction: completeFindings,
	}
	addFormat(cmd, &format)
	return cmd
}

// validateRules are what validate reports.
func validateRules() []report.Rule {
	var rules []report.Rule
	for _, r := range lint.Rules() {
		bad, good := r.Examples()
		rules = append(rules, report.Rule{
			ID: r.ID, Severity: r.Severity, Purpose: r.Purpose,
			Text:         r.Purpose + "\n\nReported:\n\n" + bad + "\nFixed:\n\n" + good,
			MarkdownText: r.Purpose + "\n\nReported:\n\n```json\n" + bad + "```\n\nFixed:\n\n```json\n" + good + "```\n",
		})
	}
	return append(rules, report.Rule{
		ID: "settings", Severity: schema.Warning,
		Purpose: "An entry of " + settings.FileName + " has no effect.",
	})
}

// checkRules are what check reports.
var checkRules = []report.Rule{
	{ID: "drift-missing", Severity: schema.Error, Purpose: "A generated file does not exist."},
	{ID: "drift-changed", Severity: schema.Error, Purpose: "A generated file is out of date: the spec has changed."},
	{ID: "drift-settings", Severity: schema.Error, Purpose: "A generated file was generated with other flags or settings."},
	{ID: "drift-version", Severity: schema.Error, Purpose: "A file of the SDK was written by another version of conngen, or edited."},
	{ID: "drift-edited", Severity: schema.Error, Purpose: "A generated file was edited by hand, or written by another version of conngen."},
	{ID: "drift-stale", Severity: schema.Error, Purpose: "A generated file is no longer needed."},
	{ID: "drift-foreign", Severity: schema.Error, Purpose: "Something that conngen did not write is in the place of a generated file."},
	{ID: "drift-leftover", Severity: schema.Error, Purpose: "A killed conngen left a folder of temporary files behind."},
	{ID: ruleSchemaStale, Severity: schema.Warning, Purpose: "A JSON Schema for editors was edited, or comes from another version of conngen."},
	{ID: "stub-method-missing", Severity: schema.Error, Purpose: "The client lacks a method that the spec needs."},
	{ID: "stub-method-unfit", Severity: schema.Error, Purpose: "A method of the client does not fit the spec."},
	{ID: "stub-method-unknown", Severity: schema.Warning, Purpose: "conngen cannot tell whether the client has a method that fits the spec."},
}

// packRules are what pack reports.
var packRules = []report.Rule{
	{ID: "bundle-limit", Severity: schema.Warning, Purpose: "Something may not work in a bundle."},
}

func (a app) listRules() error {
	var list strings.Builder
	w := tabwriter.NewWriter(&list, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "What validate finds:")
	for _, r := range validateRules() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Severity, r.ID, r.Purpose)
	}
	fmt.Fprintln(w, "\nWhat check finds:")
	for _, r := range checkRules {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Severity, r.ID, r.Purpose)
	}
	fmt.Fprintln(w, "\nWhat pack finds:")
	for _, r := range packRules {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Severity, r.ID, r.Purpose)
	}
	fmt.Fprintln(w, "\nWhat diff finds, with what it does to sources:")
	for _, k := range diff.Kinds() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.Source, k.ID, k.Purpose)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return a.printRules(list.String())
}

// weights are the colours of the first words in a list of rules.
var weights = map[string]printable.Style{
	string(schema.Error): printable.Red, string(schema.Warning): printable.Yellow, string(schema.Info): printable.Cyan,
	diff.SourceBreaking.String(): printable.Red, diff.SourceReview.String(): printable.Yellow, diff.SourceSafe.String(): printable.Cyan,
}

// printRules prints a list of rules, which has no foreign text, with colours where they are wanted.
func (a app) printRules(list string) error {
	var b strings.Builder
	for line := range strings.Lines(list) {
		weight, rest, _ := strings.Cut(line, " ")
		if style, ok := weights[weight]; ok && a.screen.stdout.colour() {
			line = printable.Paint(style, weight) + " " + rest
		}
		b.WriteString(line)
	}
	_, err := io.WriteString(printable.Exact(a.stdout), b.String())
	return err
}

// writeRules explains rules for programs: one of them, or all.
func (a app) writeRules(ids []string) error {
	out := report.Rules{Rules: allRules()}
	if len(ids) == 1 {
		at := slices.IndexFunc(out.Rules, func(r report.Explanation) bool { return r.ID == ids[0] })
		if at < 0 {
			return unexplained(ids[0])
		}
		out.Rules = out.Rules[at : at+1]
	}
	return report.Write(a.stdout, &out)
}

// allRules are all rules and kinds of changes as programs read them.
func allRules() []report.Explanation {
	var all []report.Explanation
	for _, list := range []struct {
		command string
		rules   []report.Rule
	}{{"validate", validateRules()}, {"check", checkRules}, {"pack", packRules}} {
		for _, r := range list.rules {
			e := report.Explanation{ID: r.ID, Command: list.command, Severity: r.Severity, Purpose: r.Purpose, Examples: []report.Example{}}
			if known, ok := lint.Find(r.ID); ok {
				bad, good := known.Examples()
				e.Examples = []report.Example{{Title: "reported", Spec: bad}, {Title: "fixed", Spec: good}}
			}
			all = append(all, e)
		}
	}
	for _, k := range diff.Kinds() {
		old, current := k.Examples()
		all = append(all, report.Explanation{
			ID: k.ID, Command: "diff", Severity: report.SourceSeverity(k.Source), Source: k.Source.String(), Purpose: k.Purpose, Effect: k.Effect,
			Examples: []report.Example{{Title: "before", Spec: old}, {Title: "after", Spec: current}},
		})
	}
	return all
}

// unexplained is the error for an ID that no command reports.
func unexplained(id string) error {
	var ids []string
	for _, e := range allRules() {
		ids = append(ids, e.ID)
	}
	return unknownRule(id, ids)
}

// goVerdict is said of every kind of change: its effect on Go code depends on the
// spec.
const goVerdict = "To tell what it does to Go code, diff compares the APIs of the two generated packages."

func (a app) explainRule(id string) error {
	if k, ok := diff.Find(id); ok {
		old, current := k.Examples()
		_, err := fmt.Fprintf(printable.Exact(a.stdout), "%s (sources: %s)\n%s: %s.\n%s\n\nBefore:\n\n%s\nAfter:\n\n%s",
			k.ID, k.Source, strings.TrimSuffix(k.Purpose, "."), k.Effect, goVerdict, indent(old), indent(current))
		return err
	}
	for _, r := range slices.Concat(checkRules, packRules, validateRules()) {
		if r.ID == id && r.Text == "" {
			_, err := fmt.Fprintf(printable.Exact(a.stdout), "%s (%s)\n%s\n", r.ID, r.Severity, r.Purpose)
			return err
		}
	}
	r, ok := lint.Find(id)
	if !ok {
		return unexplained(id)
	}
	bad, good := r.Examples()
	_, err := fmt.Fprintf(printable.Exact(a.stdout), "%s (%s)\n%s\n\nReported:\n\n%s\nFixed:\n\n%s", r.ID, r.Severity, r.Purpose, indent(bad), indent(good))
	return err
}

// indent moves a text to the right, by what Markdown takes for code.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("    " + line)
	}
	return b.String()
}
