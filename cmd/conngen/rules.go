package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/schema/diff"
	"github.com/conngen/conngen/schema/lint"
)

func (a app) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules [ID]",
		Short: "List the rules for specs and the kinds of changes, or explain one",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.explainRule(args[0])
			}
			return a.listRules()
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var ids []cobra.Completion
			for _, r := range lint.Rules() {
				ids = append(ids, cobra.CompletionWithDesc(r.ID, r.Purpose))
			}
			for _, k := range diff.Kinds() {
				ids = append(ids, cobra.CompletionWithDesc(k.ID, k.Purpose))
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func (a app) listRules() error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "What validate finds:")
	for _, r := range lint.Rules() {
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
		_, err := fmt.Fprintf(a.stdout, "%s (sources: %s)\n%s: %s.\n%s\n\nBefore:\n\n%s\nAfter:\n\n%s",
			k.ID, k.Source, strings.TrimSuffix(k.Purpose, "."), k.Effect, goVerdict, indent(old), indent(current))
		return err
	}
	r, err := findRule(id)
	if err != nil {
		return err
	}
	bad, good := r.Examples()
	_, err = fmt.Fprintf(a.stdout, "%s (%s)\n%s\n\nReported:\n\n%s\nMended:\n\n%s", r.ID, r.Severity, r.Purpose, indent(bad), indent(good))
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
