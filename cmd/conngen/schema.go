package main

import (
	"github.com/spf13/cobra"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/settings"
)

func (a app) schemaCommand() *cobra.Command {
	var ofSettings bool
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of connector-spec.json",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := schema.JSONSchema()
			if ofSettings {
				text = settings.JSONSchema()
			}
			_, err := printable.Exact(a.stdout).Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&ofSettings, "settings", false, "print that of "+settings.FileName+" instead")
	return cmd
}
