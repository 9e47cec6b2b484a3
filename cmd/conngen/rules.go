package main

import (
	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/internal/rules"
)

func (a app) rulesCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules [ID]",
		Short: "List or explain what the other commands report",
		Long: "rules lists what validate, check, docs, pack and diff report, with the severity\n" +
			"of each finding. With an ID it explains one: why it matters in Identity Security\n" +
			"Cloud, an example and its fix, and when to ignore it. For a change it says what\n" +
			"to do. The manual has the same pages.",
		Example: "  conngen rules\n" +
			"\n" +
			"  # the ID is in brackets at the end of a finding\n" +
			"  conngen rules secret-typed-as-text",
		Args:              atMostOne("rules explains one finding at a time"),
		RunE:              func(_ *cobra.Command, args []string) error { return a.explain(args, format) },
		ValidArgsFunction: completeFindings,
	}
	addFormat(cmd, &format)
	return cmd
}

// explain writes what is known about one rule, or lists all.
func (a app) explain(ids []string, format string) error {
	list := rules.All()
	if len(ids) == 1 {
		r, ok := rules.Find(ids[0])
		if !ok {
			return ruleProblem(rules.Unknown(ids[0]))
		}
		list = []rules.Rule{r}
	}
	switch {
	case format == report.JSON:
		return report.Write(a.stdout, report.NewRules(list))
	case len(ids) == 1:
		return report.Explain(a.stdout, list[0], a.reportOptions(nil))
	}
	return report.RuleList(a.stdout, a.reportOptions(nil))
}
