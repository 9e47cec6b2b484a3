package main

import (
	"fmt"
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
	return &cobra.Command{
		Use:     "rules [ID]",
		Short:   "List the findings of validate, check and diff, or explain one",
		Example: "  conngen rules\n  conngen rules secret-typed-as-text",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.explainRule(args[0])
			}
			return a.listRules()
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var ids []cobra.Completion
			for _, r := range slices.Concat(validateRules(), checkRules) {
				ids = append(ids, cobra.CompletionWithDesc(r.ID, r.Purpose))
			}
			for _, k := range diff.Kinds() {
				ids = append(ids, cobra.CompletionWithDesc(k.ID, k.Purpose))
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
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
	{ID: ruleSchemaStale, Severity: schema.Warning, Purpose: "A JSON Schema beside the spec, for editors, is of another version of conngen."},
	{ID: "stub-method-missing", Severity: schema.Error, Purpose: "The client lacks a method that the spec needs."},
	{ID: "stub-method-unfit", Severity: schema.Error, Purpose: "A method of the client does not fit the spec."},
	{ID: "stub-method-unknown", Severity: schema.Warning, Purpose: "conngen cannot tell whether the client has a method that fits the spec."},
}

func (a app) listRules() error {
	w := tabwriter.NewWriter(printable.Exact(a.stdout), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "What validate finds:")
	for _, r := range validateRules() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Severity, r.ID, r.Purpose)
	}
	fmt.Fprintln(w, "\nWhat check finds:")
	for _, r := range checkRules {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Severity, r.ID, r.Purpose)
	}
	fmt.Fprintln(w, "\nWhat diff finds, with what it does to sources:")
	for _, k := range diff.Kinds() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.Source, k.ID, k.Purpose)
	}
	return w.Flush()
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
	for _, r := range slices.Concat(checkRules, validateRules()) {
		if r.ID == id && r.Text == "" {
			_, err := fmt.Fprintf(printable.Exact(a.stdout), "%s (%s)\n%s\n", r.ID, r.Severity, r.Purpose)
			return err
		}
	}
	r, err := findRule(id)
	if err != nil {
		return err
	}
	bad, good := r.Examples()
	_, err = fmt.Fprintf(printable.Exact(a.stdout), "%s (%s)\n%s\n\nReported:\n\n%s\nFixed:\n\n%s", r.ID, r.Severity, r.Purpose, indent(bad), indent(good))
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
