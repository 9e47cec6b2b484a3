package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/git"
	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
)

// A diffing says what is compared, and what of it fails.
type diffing struct {
	against string
	format  string
	failOn  string
	all     bool
}

func (a app) diffCommand() *cobra.Command {
	var d diffing
	cmd := &cobra.Command{
		Use:   "diff OLD NEW | diff --against REV [PATH...]",
		Short: "Report what a spec change breaks",
		Long: "diff compares two specs, or specs with what they were at a git revision. It reports what happens to existing\n" +
			"sources, and to code that uses the generated package: for that it compares the APIs that the two specs give.\n" +
			"conngen rules explains the kinds of changes.",
		Example: "  conngen diff old.json new.json\n  conngen diff --against origin/main ./...",
		RunE:    func(_ *cobra.Command, args []string) error { return a.diff(args, d) },
	}
	cmd.Flags().StringVar(&d.against, "against", "", "compare with what the specs were at this git revision")
	cmd.Flags().StringVar(&d.format, "format", "text", report.DiffFormats())
	cmd.Flags().StringVar(&d.failOn, "fail-on", "breaking", "exit with 1 on these changes: breaking, review, any or never")
	cmd.Flags().BoolVar(&d.all, "all", false, "list harmless changes too")
	return cmd
}

// failures tell for each value of --fail-on whether a result is a failure.
var failures = map[string]func(generator.Comparison) bool{
	"breaking": breaks,
	"review":   func(c generator.Comparison) bool { return breaks(c) || c.Source == diff.SourceReview || c.Review },
	"any":      func(c generator.Comparison) bool { return len(c.Changes) > 0 },
	"never":    func(generator.Comparison) bool { return false },
}

func breaks(c generator.Comparison) bool {
	return c.Go == generator.GoBreaking || c.Source == diff.SourceBreaking
}

func (a app) diff(args []string, d diffing) error {
	write, err := report.DiffFormat(d.format)
	if err != nil {
		return err
	}
	failed, ok := failures[d.failOn]
	if !ok {
		return fmt.Errorf("--fail-on %q is unknown; it is breaking, review, any or never", d.failOn)
	}
	compare := a.diffFiles
	if d.against != "" {
		compare = func(args []string) ([]report.Diff, error) { return a.diffAgainst(args, d.against) }
	}
	diffs, err := compare(args)
	if err != nil {
		return err
	}
	if err := write(a.stdout, diffs, d.all); err != nil {
		return err
	}
	changed, bad := 0, false
	for _, r := range diffs {
		if len(r.Result.Changes) > 0 {
			changed++
		}
		bad = bad || failed(r.Result)
	}
	if d.format == "text" {
		fmt.Fprintf(a.stderr, "%s compared, %d changed\n", count(len(diffs), "spec"), changed)
	}
	if bad {
		return errFindings
	}
	return nil
}

// diffFiles compares two files.
func (a app) diffFiles(args []string) ([]report.Diff, error) {
	if len(args) != 2 {
		return nil, errors.New("diff needs two specs, OLD and NEW, or --against REV")
	}
	var specs [2]*schema.Spec
	for i, arg := range args {
		paths, err := findSpec(arg)
		if err != nil {
			return nil, err
		}
		if len(paths) != 1 {
			return nil, fmt.Errorf("%s means %d specs; name one", arg, len(paths))
		}
		text, err := a.readText(paths[0])
		if err != nil {
			return nil, err
		}
		if specs[i], err = readable(paths[0], text); err != nil {
			return nil, err
		}
	}
	d, err := compared(specs[0], specs[1])
	if err != nil {
		return nil, err
	}
	return []report.Diff{d}, nil
}

func compared(old, current *schema.Spec) (report.Diff, error) {
	var opts generator.Options
	comparison, err := generator.CompareAPI(old, current, opts, opts)
	return report.Diff{OldPath: old.File.Name, Path: current.File.Name, Result: comparison}, err
}

// readable parses a spec for a diff, which accepts specs with errors, but not files
// that are not JSON.
func readable(name string, text []byte) (*schema.Spec, error) {
	spec, found := schema.Parse(name, text)
	if broken := found.Syntax(); len(broken) > 0 {
		return nil, fmt.Errorf("%s is not JSON: %w", name, errors.New(broken[0].String()))
	}
	if spec == nil {
		return nil, fmt.Errorf("%s is not a spec: %s", name, found[0])
	}
	return spec, nil
}

// diffAgainst compares specs with what they were at a revision.
func (a app) diffAgainst(args []string, revision string) ([]report.Diff, error) {
	paths, err := findSpecs(args)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		if p == stdinPath {
			return nil, errors.New("standard input has no history; name the spec")
		}
	}
	return inParallel(paths, func(path string) (report.Diff, error) { return a.diffRevision(path, revision) })
}

func (a app) diffRevision(path, revision string) (report.Diff, error) {
	text, err := a.readText(path)
	if err != nil {
		return report.Diff{}, err
	}
	current, err := readable(path, text)
	if err != nil {
		return report.Diff{}, err
	}
	before, name, err := git.Show(filepath.Dir(path), revision, filepath.Base(path))
	if errors.Is(err, git.ErrNotThere) {
		fmt.Fprintf(a.stderr, "%s is new since %s\n", path, revision)
		return report.Diff{OldPath: path, Path: path}, nil
	}
	if err != nil {
		return report.Diff{}, err
	}
	old, err := readable(strings.Join([]string{revision, name}, ":"), before)
	if err != nil {
		return report.Diff{}, err
	}
	return compared(old, current)
}
