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
		Long: "schema prints the JSON Schema of connector-spec.json. With it, editors complete,\n" +
			"explain and check a spec. validate finds more, because it knows how the parts of\n" +
			"a spec fit together. --settings prints the schema of .conngen.json, and --output\n" +
			"that of a command's JSON output.",
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
	cmd.Flags().BoolVar(&ofSettings, "settings", false, "print the schema of "+settings.FileName)
	addChoice(cmd, &output, "output", "COMMAND", "", "print the schema of this command's --format json: ", report.Outputs()...)
	return cmd
}
