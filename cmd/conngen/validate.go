package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/settings"
)

// validateOptions say what validate looks for, and what of it is shown.
type validateOptions struct {
	format         string
	severity       string
	strict         bool
	only, disabled []string

	fix, diff, unsafe bool
}

func (a app) validateCommand() *cobra.Command {
	var v validateOptions
	cmd := &cobra.Command{
		Use:   "validate [PATH...]",
		Short: "Find mistakes in specs",
		Long: "validate prints what is wrong with specs: each finding has a line and column,\n" +
			"and most have a hint. Identity Security Cloud or generate would refuse a spec\n" +
			"with an error; a warning is about something that goes wrong later. validate\n" +
			"needs no Go code and no project. conngen rules ID explains a finding, and what\n" +
			"--fix does about it.\n" +
			"\n" +
			"--fix makes safe corrections: trailing commas, comments, booleans in quotes,\n" +
			"exact copies, older names. --unsafe adds fixes that may change a type or a\n" +
			"meaning: of misspelt names, for example, or of secrets in text items. The rest\n" +
			"of the file stays the same, byte for byte. A fix that would lead to another\n" +
			"finding is left out. With - for PATH, --fix prints the spec.\n" +
			"\n" +
			"A .conngen.json beside a spec, or above it up to the root of the repository, can\n" +
			"switch rules off, change their severity, or hide findings in one part of a spec:\n" +
			"\n" +
			"    {\"rules\": {\"missing-description\": \"warning\", \"secret-typed-as-text\": \"off\"},\n" +
			"     \"ignore\": [{\"rule\": \"missing-description\", \"at\": \"account/userId\",\n" +
			"                 \"reason\": \"the name says it\"}]}\n" +
			"\n" +
			"Errors cannot be switched off.",
		Example: "  conngen validate\n" +
			"\n" +
			"  # fail on warnings too, in all folders below this one\n" +
			"  conngen validate --strict ./...\n" +
			"\n" +
			"  # a spec from another program\n" +
			"  git show HEAD:connector-spec.json | conngen validate -\n" +
			"\n" +
			"  # correct what is certain, and look at the rest\n" +
			"  conngen validate --fix ./...\n" +
			"  conngen validate --fix --unsafe --diff\n" +
			"\n" +
			"  # findings of one rule, as JSON\n" +
			"  conngen validate --rule missing-description --severity info --format json",
		RunE:              func(cmd *cobra.Command, args []string) error { return a.validate(cmd.Context(), args, v) },
		ValidArgsFunction: completeSpecs,
	}
	addChoice(cmd, &v.format, "format", formatName, "text", "", report.Formats()...)
	addChoice(cmd, &v.severity, "severity", "LEVEL", string(schema.Warning), "lowest severity to show: ", severities...)
	cmd.Flags().BoolVar(&v.strict, "strict", false, "fail on warnings too")
	addTexts(cmd, &v.only, "rule", aRule, "show the findings of this rule, and errors")
	addTexts(cmd, &v.disabled, "disable", aRule, "leave this rule out")
	cmd.Flags().BoolVar(&v.fix, "fix", false, "make safe corrections, and print the remaining findings")
	cmd.Flags().BoolVar(&v.unsafe, "unsafe", false, "with --fix, also apply fixes that may change types or meaning")
	cmd.Flags().BoolVar(&v.diff, "diff", false, "with --fix, print what would change, and write nothing")
	completeFlag(cmd, "rule", completeRules(func() []rules.Rule { return rules.Of(rules.Validate) }))
	completeFlag(cmd, "disable", completeRules(optionalRules))
	return cmd
}

// severities are those that can be shown, the gravest first.
var severities = []string{string(schema.Error), string(schema.Warning), string(schema.Info)}

func (a app) validate(ctx context.Context, args []string, v validateOptions) error {
	if err := v.check(); err != nil {
		return err
	}
	if v.fix {
		sources, err := a.readSources(args)
		if err != nil {
			return err
		}
		return a.fix(ctx, sources, args, v)
	}
	paths, err := a.specPaths(args)
	if err != nil {
		return err
	}
	sources, err := inParallel(a.working("reading", len(paths), "spec"), paths, func(p specPath) (source, error) { return a.validated(p, v) })
	if err != nil {
		return err
	}
	files := make([]report.File, len(sources))
	var found, shown schema.Diagnostics
	for i, s := range sources {
		relevant := v.relevant(s.diagnostics)
		files[i] = s.file(v.shown(relevant))
		files[i].Suppressed = v.suppressed(s.hidden)
		found = append(found, relevant...)
		shown = append(shown, files[i].Findings...)
	}
	for _, f := range a.unusedIgnores(sources) {
		f.Findings = v.shown(v.relevant(f.Findings))
		files = append(files, f)
		found, shown = append(found, f.Findings...), append(shown, f.Findings...)
	}
	if err := a.writeValidation(v.format, sources, files); err != nil {
		return err
	}
	if v.format == "text" {
		for _, s := range sources {
			a.detail("%s: %s", s.label, findingCounts(v.relevant(s.diagnostics)))
		}
		a.note("%s", summary(len(sources), found, shown))
		a.offerFixes(shown, args, v)
	}
	if found.HasErrors() || v.strict && found.Count(schema.Warning) > 0 {
		return errFindings
	}
	return nil
}

// validated reads a spec, and keeps only what is needed to show its findings.
func (a app) validated(p specPath, v validateOptions) (source, error) {
	s, err := a.readSource(p)
	if len(s.hidden)+len(s.settings.Ignore)+len(v.shown(v.relevant(s.diagnostics))) == 0 {
		s.forget()
	}
	return s, err
}

func (a app) writeValidation(format string, sources []source, files []report.File) error {
	if format != report.JSON {
		return a.writeFindings(format, rules.Of(rules.Validate), files)
	}
	out := report.Validation{Found: report.NewFound(files), Suppressed: report.NewSuppressed(files)}
	specs := make([]string, len(sources))
	for i, s := range sources {
		specs[i] = s.path
	}
	out.Specs = report.Paths(specs)
	return report.Write(a.stdout, &out)
}

// suppressed returns what ignore entries hide of the findings that would be shown.
func (v validateOptions) suppressed(hidden []settings.Hidden) []report.Suppression {
	var all []report.Suppression
	for _, h := range hidden {
		if len(v.shown(v.relevant(schema.Diagnostics{h.Diagnostic}))) > 0 {
			all = append(all, report.Suppression{Diagnostic: h.Diagnostic, Reason: h.By[0].Reason})
		}
	}
	return all
}

// check refuses rules that do not exist, and the disabling of what
// makes a spec unusable.
func (v validateOptions) check() error {
	for _, flag := range []struct {
		name  string
		given bool
	}{{"diff", v.diff}, {"unsafe", v.unsafe}} {
		if flag.given && !v.fix {
			return usagef("--%s is about what --fix changes; give --fix too", flag.name)
		}
	}
	if v.diff && v.format != "text" && v.format != report.JSON {
		return usagef("--diff prints differences, and --format %s has no place for them; use text or json", v.format)
	}
	for _, id := range v.only {
		r, problem := rules.OfValidate(id)
		switch {
		case problem != nil:
			return fmt.Errorf("--rule: %w", ruleProblem(problem))
		case v.fix && !r.Fixes.Any():
			return usagef("--fix: conngen cannot fix what rule %q reports; %s says why", id, call("rules", id))
		case v.fix && !r.Fixes.Safe && !v.unsafe:
			return usagef("--fix: fixes for rule %q may change types or meaning; give --unsafe too", id)
		}
	}
	for _, id := range v.disabled {
		r, problem := rules.OfValidate(id)
		if problem != nil {
			return fmt.Errorf("--disable: %w", ruleProblem(problem))
		}
		if r.Severity == schema.Error {
			return usagef("--disable: rule %q is an error of the format, which cannot be left out", id)
		}
	}
	return nil
}

// ruleProblem is the error for an ID that a command cannot use.
func ruleProblem(p *rules.Problem) error {
	hint := p.Hint
	if p.Unknown {
		hint = cmp.Or(hint, call("rules")+" lists them")
	}
	if hint == "" {
		return usagef("%s", p.Message)
	}
	return usagef("%s; %s", p.Message, hint)
}

// relevant returns the findings that count. Errors always do: a spec that is
// refused is never called good.
func (v validateOptions) relevant(found schema.Diagnostics) schema.Diagnostics {
	return slices.DeleteFunc(slices.Clone(found), func(d schema.Diagnostic) bool {
		return d.Severity != schema.Error && (slices.Contains(v.disabled, d.Rule) || len(v.only) > 0 && !slices.Contains(v.only, d.Rule))
	})
}

// shown returns the findings that are grave enough to be shown.
func (v validateOptions) shown(found schema.Diagnostics) schema.Diagnostics {
	lowest := slices.Index(severities, v.severity)
	return slices.DeleteFunc(slices.Clone(found), func(d schema.Diagnostic) bool {
		return slices.Index(severities, string(d.Severity)) > lowest
	})
}

// summary counts the findings in specs.
func summary(specs int, found, shown schema.Diagnostics) string {
	return plural.Count(specs, "spec") + ": " + findingCounts(found) + hiddenInfos(found, shown)
}

// hiddenInfos says how to see the infos that are not shown, if there are any.
func hiddenInfos(found, shown schema.Diagnostics) string {
	hidden := found.Count(schema.Info) - shown.Count(schema.Info)
	if hidden == 0 {
		return ""
	}
	return " (" + shownBy("--severity info", hidden) + ")"
}

// findingCounts counts findings in words.
func findingCounts(found schema.Diagnostics) string {
	parts := []string{plural.Count(found.Count(schema.Error), "error"), plural.Count(found.Count(schema.Warning), "warning")}
	if infos := found.Count(schema.Info); infos > 0 {
		parts = append(parts, plural.Count(infos, "info"))
	}
	return strings.Join(parts, ", ")
}
