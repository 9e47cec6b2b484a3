package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/schema"
)

func (a app) validateCommand() *cobra.Command {
	var format string
	var strict bool
	cmd := &cobra.Command{
		Use:   "validate [PATH...]",
		Short: "Find mistakes in specs",
		Long:  "validate prints what is wrong with specs, each finding with its line and column. PATH may be - for standard input.",
		RunE: func(_ *cobra.Command, args []string) error {
			return a.validate(args, format, strict)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVar(&strict, "strict", false, "fail on warnings too")
	return cmd
}

func (a app) validate(args []string, format string, strict bool) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("--format %q is unknown; it is text or json", format)
	}
	paths, err := findSpecs(args)
	if err != nil {
		return err
	}
	sources, err := inParallel(paths, a.readSource)
	if err != nil {
		return err
	}
	errors, warnings := 0, 0
	for _, s := range sources {
		errors += s.diagnostics.Count(schema.Error)
		warnings += s.diagnostics.Count(schema.Warning)
	}
	if format == "json" {
		err = printJSON(a.stdout, sources)
	} else {
		for _, s := range sources {
			printDiagnostics(a.stdout, s, a.colour())
		}
		fmt.Fprintf(a.stderr, "%s: %s, %s\n", count(len(sources), "spec"), count(errors, "error"), count(warnings, "warning"))
	}
	if err != nil {
		return err
	}
	if errors > 0 || strict && warnings > 0 {
		return errFindings
	}
	return nil
}
