package main

import (
	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/settings"
)

func (a app) schemaCommand() *cobra.Command {
	var (
		ofSettings bool
		output     string
	)
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of specs, settings or outputs",
		Long: "schema prints the JSON Schema of connector-spec.json, with which editors\n" +
			"complete, explain and check a spec. validate finds more: it knows how the parts\n" +
			"of a spec fit together. --settings prints the schema of .conngen.json, and\n" +
			"--output that of the JSON that a command writes with --format json.",
		Example: "  conngen schema > connector-spec.schema.json\n" +
			"\n" +
			"  # for the settings\n" +
			"  conngen schema --settings\n" +
			"\n" +
			"  # for a program that reads findings\n" +
			"  conngen schema --output validate",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			text := schema.JSONSchema()
			switch {
			case ofSettings && output != "":
				return usagef("--settings and --output ask for two schemas; name one")
			case ofSettings:
				text = settings.JSONSchema()
			case output != "":
				text = report.Schema(output)
			}
			_, err := printable.Exact(a.stdout).Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&ofSettings, "settings", false, "print that of "+settings.FileName+" instead")
	addChoice(cmd, &output, "output", "COMMAND", "", "print that of the JSON that a command writes with --format json: ", report.Outputs()...)
	return cmd
}
