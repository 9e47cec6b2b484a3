package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/generator"
)

func (a app) checkCommand() *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Fail when generate would change anything",
		Long: "check compares the packages on disk with what generate would write, prints the differences and writes\n" +
			"nothing. It takes the flags that the packages were generated with.",
		RunE: func(_ *cobra.Command, args []string) error { return a.check(args, o) },
	}
	o.flags(cmd)
	return cmd
}

func (a app) check(args []string, o output) error {
	targets, err := a.targets(args, o)
	if err != nil {
		return err
	}
	failed := false
	for _, t := range targets {
		if a.refused(t.source) {
			failed = true
			continue
		}
		drift, err := generator.Check(t.dir, t.files)
		if err != nil {
			return err
		}
		if len(drift) > 0 {
			failed = true
			a.printDrift(t, drift)
		}
	}
	if failed {
		return errFindings
	}
	return nil
}

// printDrift names the files that differ, with diffs of the changed ones.
func (a app) printDrift(t target, drift []generator.Drift) {
	for _, d := range drift {
		fmt.Fprintf(a.stdout, "%s: %s\n", filepath.Join(t.dir, d.Path), driftText(d))
		fmt.Fprint(a.stdout, d.Diff)
	}
	fmt.Fprintf(a.stdout, "%s in %s: run conngen generate %s\n",
		count(len(drift), "difference"), t.dir, t.path)
}

func driftText(d generator.Drift) string {
	switch d.Kind {
	case generator.Missing:
		return "is missing"
	case generator.Stale:
		return "is no longer generated"
	case generator.Foreign:
		return d.Why
	}
	return "differs from what the spec gives"
}
