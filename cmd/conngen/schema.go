package main

import (
	"github.com/spf13/cobra"

	"github.com/conngen/conngen/schema"
)

func (a app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of connector-spec.json",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(schema.JSONSchema())
			return err
		},
	}
}
