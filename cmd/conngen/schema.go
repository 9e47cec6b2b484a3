package main

import (
	"github.com/spf13/cobra"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

func (a app) schemaCommand() *cobra.Command {
	var settings bool
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of connector-spec.json",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := schema.JSONSchema()
			if settings {
				text = lint.SettingsSchema()
			}
			_, err := a.stdout.Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&settings, "settings", false, "print that of "+lint.SettingsFile+" instead")
	return cmd
}
