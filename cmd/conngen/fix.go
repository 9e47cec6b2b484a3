package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/internal/unified"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/fix"
	"github.com/conngen/conngen/schema/lint"
)

// A fixedSpec is a spec before and after its fixes.
type fixedSpec struct {
	old, now source
	fixed    schema.Diagnostics // the findings that are gone, of those that count
	refused  []fix.Refusal
}

// changed reports whether any fix is applied.
func (f fixedSpec) changed() bool { return string(f.old.text) != string(f.now.text) }

// fix corrects specs, and reports what it corrected and what is left.
func (a app) fix(ctx context.Context, sources []source, args []string, v validateOptions) error {
	streams := slices.ContainsFunc(sources, func(s source) bool { return s.stream })
	switch {
	case streams && !v.diff && len(sources) > 1:
		return usagef("--fix prints the spec of %s, and takes no other PATH with it", label(sources))
	case streams && !v.diff && v.format != "text":
		return usagef("--fix prints the spec of %s, which --format %s has no place for", label(sources), v.format)
	}
	done, err := inParallel(a.working("fixing", len(sources), "spec"), sources, v.fixSource)
	if err != nil {
		return err
	}
	switch {
	case v.diff:
		return a.showFixes(done, v)
	case streams:
		return a.printFixed(done[0], args, v)
	}
	if err := interruptible(ctx, func(ctx context.Context) error { return a.writeFixed(ctx, done) }); err != nil {
		return err
	}
	return a.reportFixed(done, args, v)
}

// label is the name of the first source that is a stream.
func label(sources []source) string {
	return sources[slices.IndexFunc(sources, func(s source) bool { return s.stream })].label
}

// fixSource applies the fixes that are wanted to one spec.
func (v validateOptions) fixSource(s source) (fixedSpec, error) {
	f := fixedSpec{old: s, now: s}
	check := func(text []byte) (schema.Diagnostics, error) {
		now, err := s.with(text)
		if err != nil {
			return nil, errors.New("names in .conngen.json would no longer fit the spec")
		}
		return now.diagnostics, nil
	}
	result, err := fix.Text(s.text, check, fix.Options{Unsafe: v.unsafe, Wanted: v.isToFix})
	if err != nil {
		return f, err
	}
	f.refused = result.Refused
	f.fixed = slices.DeleteFunc(result.Fixed, func(d schema.Diagnostic) bool {
		return !v.isToFix(d) && len(v.shown(v.relevant(schema.Diagnostics{d}))) == 0
	})
	f.now, err = s.with(result.Text)
	f.now.diagnostics = result.Left // whose fixes are the refused ones
	return f, err
}

// with is the spec with another text.
func (s source) with(text []byte) (source, error) {
	now, err := newSource(s.name, text, s.settings)
	now.path, now.label, now.stream = s.path, s.label, s.stream
	return now, err
}

// isToFix reports whether --fix is about a finding: validate shows it, or its rule is asked for.
func (v validateOptions) isToFix(d schema.Diagnostic) bool {
	one := schema.Diagnostics{d}
	asked := slices.Contains(v.only, d.Rule)
	switch {
	case len(v.relevant(one)) == 0 || len(v.only) > 0 && !asked:
		return false
	case isAsked(d) && !asked:
		return false
	}
	return asked || len(v.shown(one)) > 0
}

// isAsked reports whether the fix of a finding is applied only on request of its rule.
func isAsked(d schema.Diagnostic) bool {
	r, ok := lint.Find(d.Rule)
	return ok && r.Fixes().Asked
}

// writeFixed writes the specs that have changed. It writes all of them, or none if it is
// interrupted before. If some cannot be written, it says which were.
func (a app) writeFixed(ctx context.Context, done []fixedSpec) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	var failed []error
	var written []fixedSpec
	for _, f := range done {
		if !f.changed() {
			continue
		}
		if err := checkLink(f.old.path); err != nil {
			failed = append(failed, err)
		} else if err := generator.ReplaceFile(context.WithoutCancel(ctx), f.old.path, f.old.text, f.now.text); err != nil {
			failed = append(failed, err)
		} else {
			written = append(written, f)
		}
	}
	say := a.detail
	if len(failed) > 0 {
		say = a.note
	}
	for _, f := range written {
		say("%s: %d fixed", f.old.label, len(f.fixed))
	}
	return errors.Join(failed...)
}

// checkLink refuses to write through a link out of the repository or module of a spec.
func checkLink(path string) error {
	root, kind, err := newRootFinder().Project(filepath.Dir(path))
	if err != nil || kind == "" {
		return err
	}
	return found.CheckInside(path, root, kind)
}

// reportFixed reports what is fixed, and what is left.
func (a app) reportFixed(done []fixedSpec, args []string, v validateOptions) error {
	files, all, err := a.left(done, v)
	if err != nil {
		return err
	}
	switch v.format {
	case report.JSON:
		err = a.writeFixing(done, files, v)
	case "text":
		if !a.screen.quiet {
			err = report.Fixed(a.stdout, all.fixed, a.reportOptions(nil))
		}
		err = cmp.Or(err, a.writeFindings(v.format, rules.Of(rules.Validate), files))
		a.note("%s%s", all.summary(len(done), "fixed", "left"), hiddenInfos(all.left, all.shown))
		a.offerFixes(all.open, args, v)
	default:
		err = a.writeFindings(v.format, rules.Of(rules.Validate), files)
	}
	return cmp.Or(err, all.verdict(v))
}

// A total sums up all specs.
type total struct {
	fixed       schema.Diagnostics
	left, shown schema.Diagnostics
	open        schema.Diagnostics // those shown whose fixes are not refused
}

// left returns what is found in the specs once they are fixed, for output, and the totals.
func (a app) left(done []fixedSpec, v validateOptions) ([]report.File, total, error) {
	var all total
	var files []report.File
	sources := make([]source, len(done))
	for i, f := range done {
		sources[i] = f.now
		relevant := v.relevant(f.now.diagnostics)
		file := f.now.file(v.shown(relevant))
		file.Suppressed = v.suppressed(f.now.hidden)
		file.Refused = f.reasons()
		files = append(files, file)
		all.fixed, all.left, all.shown = append(all.fixed, f.fixed...), append(all.left, relevant...), append(all.shown, file.Findings...)
		for _, d := range file.Findings {
			if file.Refused[d.Fix] == "" {
				all.open = append(all.open, d)
			}
		}
	}
	for _, f := range a.unusedIgnores(sources) {
		f.Findings = v.shown(v.relevant(f.Findings))
		files = append(files, f)
		all.left, all.shown = append(all.left, f.Findings...), append(all.shown, f.Findings...)
	}
	return files, all, nil
}

// reasons says why fixes are not applied.
func (f fixedSpec) reasons() map[*schema.Fix]string {
	why := make(map[*schema.Fix]string)
	for _, r := range f.refused {
		why[r.Fix] = r.Why
	}
	return why
}

func (t total) summary(specs int, fixed, left string) string {
	return fmt.Sprintf("%s: %d %s; %s %s", plural.Count(specs, "spec"), len(t.fixed), fixed, findingCounts(t.left), left)
}

// verdict is the error of a command that leaves something to do.
func (t total) verdict(v validateOptions) error {
	if t.left.HasErrors() || v.strict && t.left.Count(schema.Warning) > 0 {
		return errFindings
	}
	return nil
}

// writeFixing writes the outcome for programs.
func (a app) writeFixing(done []fixedSpec, files []report.File, v validateOptions) error {
	out := report.Validation{Found: report.NewFound(files), Suppressed: report.NewSuppressed(files), Fixing: &report.Fixing{Fixed: []report.Finding{}}}
	var specs []string
	for _, f := range done {
		specs = append(specs, f.old.path)
		old := f.old.file(f.fixed)
		out.Fixing.Fixed = append(out.Fixing.Fixed, report.NewFound([]report.File{old}).Findings...)
		if v.diff {
			out.Fixing.Diff += f.difference()
		}
	}
	out.Fixing.DryRun = v.diff
	out.Specs = report.Paths(specs)
	return report.Write(a.stdout, &out)
}

// showFixes prints what --fix would change. Nothing is written.
func (a app) showFixes(done []fixedSpec, v validateOptions) error {
	files, all, err := a.left(done, v)
	if err != nil {
		return err
	}
	changed := slices.ContainsFunc(done, fixedSpec.changed)
	if v.format == report.JSON {
		err = a.writeFixing(done, files, v)
	} else {
		for _, f := range done {
			err = cmp.Or(err, a.printPatch(f.difference()))
		}
		for _, file := range files {
			a.sayRefused(file)
		}
		a.note("%s", all.summary(len(done), "would be fixed", "would be left"))
	}
	switch {
	case err != nil:
		return err
	case changed:
		return errFindings
	}
	return all.verdict(v)
}

// sayRefused says which fixes would not be applied, and why.
func (a app) sayRefused(f report.File) {
	for _, d := range f.Findings {
		if why := f.Refused[d.Fix]; why != "" {
			a.note("%s:%d:%d: not fixed: %s [%s]", d.Path, d.Line, d.Column, why, d.Rule)
		}
	}
}

// difference is a unified diff of the fixes, in which secrets are masked.
func (f fixedSpec) difference() string {
	if !f.changed() {
		return ""
	}
	old, now := string(f.old.text), string(f.now.text)
	if f.old.spec == nil || f.now.spec == nil {
		old, now = report.Opaque(old), report.Opaque(now)
	} else {
		old, now = report.MaskComments(old, f.old.spec.File), report.MaskComments(now, f.now.spec.File)
	}
	return generator.Masked(unified.Diff(f.old.name, f.old.name+" (fixed)", old, now), f.old.spec, f.now.spec)
}

// printFixed prints a spec that comes from standard input. What is left goes to standard error.
func (a app) printFixed(f fixedSpec, args []string, v validateOptions) error {
	files, all, err := a.left([]fixedSpec{f}, v)
	if err != nil {
		return err
	}
	w := printable.Exact(a.stdout)
	if a.screen.stdout.terminal {
		w = printable.Block(a.stdout)
	}
	if len(f.now.text) <= maxSpecSize { // else it is not all of the text
		if _, err := w.Write(f.now.text); err != nil {
			return err
		}
	}
	a.complain(files...)
	a.note("%s%s", all.summary(1, "fixed", "left"), hiddenInfos(all.left, all.shown))
	a.offerFixes(all.open, args, v)
	return all.verdict(v)
}

// offerFixes says how to fix the findings that can be fixed, if there are any.
func (a app) offerFixes(shown schema.Diagnostics, args []string, v validateOptions) {
	safe, unsafe := 0, 0
	for _, d := range shown {
		switch {
		case d.Fix == nil || isAsked(d) && !slices.Contains(v.only, d.Rule):
		case d.Fix.Safe:
			safe++
		default:
			unsafe++
		}
	}
	words := []string{"validate", "--fix"}
	if v.severity != string(schema.Warning) {
		words = append(words, "--severity", v.severity)
	}
	for _, id := range v.only {
		words = append(words, "--rule", id)
	}
	for _, id := range v.disabled {
		words = append(words, "--disable", id)
	}
	switch more := ""; {
	case safe > 0:
		if unsafe > 0 {
			more = fmt.Sprintf(", %d more with --unsafe", unsafe)
		}
		a.note("%d of these can be fixed%s: %s", safe, more, runHint(append(words, args...)...))
	case unsafe > 0:
		words = append(words, "--unsafe", "--diff")
		a.note("%d of these can be fixed, which may change types or meaning: %s shows how", unsafe, call(append(words, args...)...))
	}
}
