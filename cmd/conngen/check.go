package main

import (
	"fmt"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

// A checking says what is compared, and how differences are shown.
type checking struct {
	stubbing
	format     string
	full, stub bool
}

func (a app) checkCommand() *cobra.Command {
	var c checking
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Fail when generate would change anything",
		Long: "check compares the packages on disk with what generate would write, prints the differences and writes\n" +
			"nothing. It takes the flags that the packages were generated with. With --stub it also reports what stub would do.",
		RunE: func(_ *cobra.Command, args []string) error { return a.check(args, c) },
	}
	c.output.flags(cmd)
	cmd.Flags().StringVar(&c.format, "format", "text", report.Formats())
	cmd.Flags().BoolVar(&c.full, "full", false, "show differences whole")
	cmd.Flags().BoolVar(&c.stub, "stub", false, "report methods that the client lacks, or that no longer fit")
	c.clientFlags(cmd)
	return cmd
}

func (a app) check(args []string, c checking) error {
	write, err := a.writer(c.format)
	if err != nil {
		return err
	}
	targets, err := a.targets(args, c.output)
	if err != nil {
		return err
	}
	results, err := inParallel(targets, c.checked)
	if err != nil {
		return err
	}
	failed := false
	var files []report.File
	for i, t := range targets {
		if a.refused(t.source) {
			failed = true
			continue
		}
		r := results[i]
		failed = failed || len(r.findings) > 0
		if c.format == "text" {
			a.printDrift(t, r, c.typeName, c.full)
		} else if len(r.findings) > 0 {
			files = append(files, report.File{Source: schema.NewFile(t.path, nil), Findings: r.findings})
		}
	}
	if c.format != "text" {
		if err := write(a.stdout, files); err != nil {
			return err
		}
	}
	if failed {
		return errFindings
	}
	return nil
}

// A checked is what check finds out about one spec.
type checked struct {
	drift    []generator.Drift
	stub     *generator.Stub // nil where nobody asks for it
	findings schema.Diagnostics
}

func (c checking) checked(t target) (checked, error) {
	var r checked
	if t.files == nil {
		return r, nil
	}
	drift, err := generator.Check(t.dir, t.files, t.opts)
	if err != nil {
		return r, err
	}
	r.drift = drift
	for _, d := range drift {
		hint := "run conngen generate " + t.path
		if d.Kind == generator.Foreign {
			hint = "move it away"
		}
		r.findings = append(r.findings, findingAt(token.Position{Filename: filepath.Join(t.dir, d.Path), Line: 1, Column: 1}, "drift-"+string(d.Kind), "file "+driftText(d), hint))
	}
	if !c.stub {
		return r, nil
	}
	if r.stub, err = c.stubbing.make(t.source); err != nil {
		return r, err
	}
	for _, m := range r.stub.Added {
		r.findings = append(r.findings, findingAt(r.stub.Client, "stub-method-missing", c.typeName+" lacks the method "+m, "run conngen stub "+t.path))
	}
	for _, p := range r.stub.Problems {
		r.findings = append(r.findings, findingAt(p.Position, "stub-method-unfit", p.Message, ""))
	}
	return r, nil
}

func findingAt(at token.Position, rule, message, hint string) schema.Diagnostic {
	return schema.Diagnostic{
		Path: at.Filename, Line: at.Line, Column: at.Column, Width: 1,
		Rule: rule, Severity: schema.Error, Message: message, Hint: hint,
	}
}

// printDrift names the files that differ, with diffs of the changed ones, and the
// methods that a client lacks.
func (a app) printDrift(t target, r checked, typeName string, full bool) {
	for _, d := range r.drift {
		fmt.Fprintf(a.stdout, "%s: %s\n", filepath.Join(t.dir, d.Path), driftText(d))
		fmt.Fprint(a.stdout, shortened(d.Diff, full))
	}
	if n := len(r.drift); n > 0 {
		fmt.Fprintf(a.stdout, "%s in %s: run conngen generate %s\n", count(n, "difference"), t.dir, t.path)
	}
	if r.stub == nil {
		return
	}
	for _, p := range r.stub.Problems {
		fmt.Fprintln(a.stdout, p)
	}
	if n := len(r.stub.Added); n > 0 {
		fmt.Fprintf(a.stdout, "%s: %s lacks %s: %s; run conngen stub %s\n",
			r.stub.Path, typeName, count(n, "method"), strings.Join(r.stub.Added, ", "), t.path)
	}
}

func driftText(d generator.Drift) string {
	switch d.Kind {
	case generator.Missing:
		return "is missing"
	case generator.Stale:
		return "is stale: it is no longer generated"
	case generator.Edited:
		return "was edited by hand, or written by another version of conngen"
	case generator.Foreign:
		return d.Why
	}
	return "has changed: it is what an older spec gives"
}

// maxDiff is how many lines of a file's differences are shown.
const maxDiff = 40

// shortened cuts differences to what people read.
func shortened(diff string, full bool) string {
	lines := strings.SplitAfter(diff, "\n")
	if full || len(lines) <= maxDiff+1 {
		return diff
	}
	left := len(lines) - 1 - maxDiff // what follows the last line end is empty
	return strings.Join(lines[:maxDiff], "") + fmt.Sprintf("… %s more; --full shows them\n", count(left, "line"))
}
