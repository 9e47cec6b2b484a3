package main

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/stub"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
)

// checkOptions say what is compared, and how differences are shown.
type checkOptions struct {
	outputFlags
	clientFlags
	format     string
	full, stub bool
}

func (a app) checkCommand() *cobra.Command {
	var c checkOptions
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Fail when generate would change anything",
		Long: "check compares the packages on disk, and their SDK, with what generate would\n" +
			"write, prints the differences and writes nothing. Run it in CI: it fails when a\n" +
			"spec was changed without generate, when generated code was edited by hand, and\n" +
			"when two people use different versions of conngen.\n" +
			"\n" +
			"With --stub it also fails when the client lacks a method of the spec, or has one\n" +
			"that no longer fits. It finds packages as generate does, by .conngen.json and\n" +
			"the same flags. conngen rules lists what it reports.",
		Example: "  conngen check ./...\n" +
			"\n" +
			"  # in a workflow of GitHub, with the client\n" +
			"  conngen check --stub --format github ./...\n" +
			"\n" +
			"  # all of a long difference\n" +
			"  conngen check --full",
		RunE:              func(_ *cobra.Command, args []string) error { return a.check(args, c) },
		ValidArgsFunction: completeSpecs,
	}
	c.outputFlags.add(cmd)
	addChoice(cmd, &c.format, "format", "text", "", report.Formats()...)
	cmd.Flags().BoolVar(&c.full, "full", false, "show differences whole")
	cmd.Flags().BoolVar(&c.stub, "stub", false, "report methods that the client lacks, or that no longer fit")
	c.clientFlags.add(cmd)
	return cmd
}

func (a app) check(args []string, c checkOptions) error {
	for _, name := range []string{"file", "type", "client-package"} {
		if !c.stub && c.clientFlags.set(name) {
			return usagef("--%s is about the client, which check looks at with --stub alone", name)
		}
	}
	packages, err := a.packages(args, c.outputFlags, c.format)
	if err != nil {
		return err
	}
	results, err := inParallel(a.working("comparing", len(packages.list), "package"), packages.list, func(p packageSource) (checkResult, error) { return c.checkPackage(p, packages.sdks) })
	if err != nil {
		return err
	}
	sdks, err := inParallel(a.working("comparing the SDK", 0, ""), packages.sdksOf(results), func(s target.SDK) (checkResult, error) { return packages.checkSDK(s, c.outputFlags) })
	if err != nil {
		return err
	}
	results = append(results, sdks...)
	results = append(results, packages.leftovers(results)...)
	results = append(results, packages.staleSchemas()...)
	if c.format != "text" {
		if err := a.writeDrift(packages, results, c.format); err != nil {
			return err
		}
	}
	failed := packages.failure() != nil
	for _, r := range results {
		failed = failed || r.findings.HasErrors()
		if c.format == "text" {
			a.printDrift(r, c.full)
		}
	}
	if failed {
		return errFindings
	}
	if c.format == "text" {
		a.note("%s", upToDate(results))
	}
	return nil
}

// upToDate says what was compared, where all is well.
func upToDate(results []checkResult) string {
	number := make(map[string]int)
	warnings := 0
	for _, r := range results {
		for _, c := range r.compared() {
			number[c.Kind]++
		}
		warnings += r.findings.Count(schema.Warning)
	}
	parts := []string{plural.Count(number[kindPackage], "package")}
	for _, k := range []struct{ kind, thing string }{{kindSDK, "SDK"}, {kindClient, "client"}} {
		if n := number[k.kind]; n > 0 {
			parts = append(parts, plural.Count(n, k.thing))
		}
	}
	text := strings.Join(parts, ", ") + ": up to date"
	if warnings > 0 {
		text += ", " + plural.Count(warnings, "warning")
	}
	return text
}

// writeDrift writes the errors of specs, and how packages and SDKs differ, in a format for
// programs.
func (a app) writeDrift(p packages, results []checkResult, format string) error {
	var files []report.File
	for _, s := range p.list {
		if s.refused {
			files = append(files, s.errors())
		}
	}
	described := rules.Of(rules.Check)
	for _, r := range rules.Of(rules.Validate) {
		if slices.ContainsFunc(files, func(f report.File) bool { return hasRule(f.Findings, r.ID) }) {
			described = append(described, r)
		}
	}
	for _, r := range results {
		if len(r.findings) > 0 {
			files = append(files, report.File{Source: schema.NewFile(r.dir, nil), Findings: r.findings})
		}
	}
	if format != report.JSON {
		return a.writeFindings(format, described, files)
	}
	out := report.Check{Found: report.NewFound(files), Compared: []report.Compared{}}
	for _, r := range results {
		out.Compared = append(out.Compared, r.compared()...)
	}
	return report.Write(a.stdout, &out)
}

func hasRule(found schema.Diagnostics, rule string) bool {
	return slices.ContainsFunc(found, func(d schema.Diagnostic) bool { return d.Rule == rule })
}

// sdksOf returns the SDKs, but for those in the folders of packages that are elsewhere, or not
// generated yet.
func (p packages) sdksOf(results []checkResult) []target.SDK {
	return slices.DeleteFunc(slices.Clone(p.sdks), func(s target.SDK) bool {
		i := slices.IndexFunc(p.list, func(p packageSource) bool { return p.target.SDK.Dir == s.Dir })
		return s.Own && i >= 0 && (results[i].elsewhere || results[i].missing)
	})
}

// A checkResult is what check finds out about one folder.
type checkResult struct {
	dir       string
	kind      string // "" for a folder with leftovers alone
	spec      string // of a package
	hint      string // what to do about the drift
	stubHint  string // what to do about missing methods
	drift     []generator.Drift
	missing   bool       // nothing of it is there
	elsewhere bool       // the package is in another folder, by flags that check does not have
	stub      *stub.Stub // nil where nobody asks for it
	typeName  string     // of the client
	findings  schema.Diagnostics
}

// checkPackage generates a package and compares it with its folder. It keeps nothing of
// what is the same in both.
func (c checkOptions) checkPackage(p packageSource, sdks []target.SDK) (checkResult, error) {
	r := checkResult{dir: p.target.Dir, kind: kindPackage, spec: p.path}
	if p.refused {
		return checkResult{}, nil
	}
	files, err := p.generate()
	if err != nil {
		return r, err
	}
	if r.drift, err = generator.Check(p.target.Dir, files, p.target.HasSDK(sdks)); err != nil {
		return r, err
	}
	r.hint = runHint(append([]string{"generate", p.path}, c.outputFlags.given()...)...)
	r.missing = isMissing(r.drift, len(files))
	if r.missing && !p.stream && !c.outputFlags.set("out") {
		if d, ok := findDirective(p); ok {
			r.elsewhere, r.hint = true, d.hint()
			r.drift = []generator.Drift{{Kind: generator.OtherSettings, Why: d.passes()}}
		}
	}
	if r.missing && !r.elsewhere {
		r.drift = asOne(r.drift)
	}
	r.find()
	if !c.stub || r.elsewhere {
		return r, nil
	}
	opts, err := c.clientFlags.options(p)
	if err != nil {
		return r, err
	}
	r.typeName = opts.Type
	if r.stub, err = stub.Make(p.spec, opts); err != nil {
		return r, err
	}
	if r.stubHint = runHint(append([]string{"stub", p.path}, c.outputFlags.given()...)...); p.stream {
		r.stubHint = runHint("stub", "SPEC") // which reads files alone
	}
	for _, m := range r.stub.Added {
		r.findings = append(r.findings, findingAt(r.stub.Client, "stub-method-missing", opts.Type+" lacks the method "+m, r.stubHint))
	}
	r.findings = append(r.findings, stubFindings(r.stub)...)
	return r, nil
}

// runHint says to run conngen with some arguments.
func runHint(words ...string) string { return "run " + call(words...) }

// call is how conngen is run with some arguments: as the module of the working folder calls it, and
// as a shell reads them.
func call(words ...string) string {
	line := target.Call(".")
	for _, word := range words {
		line += " " + shellWord(word)
	}
	return line
}

// checkSDK compares an SDK with its folder. The first package that uses it brings it up to date.
func (p packages) checkSDK(sdk target.SDK, o outputFlags) (checkResult, error) {
	command := []string{"generate"}
	if i := slices.IndexFunc(p.list, func(p packageSource) bool { return p.target.SDK.Dir == sdk.Dir }); i >= 0 {
		command = append(command, p.list[i].path)
	}
	files, err := generator.SDK(sdk.Import)
	if err != nil {
		return checkResult{}, err
	}
	drift, err := generator.CheckSDK(sdk.Dir, files)
	r := checkResult{dir: sdk.Dir, kind: kindSDK, drift: drift, hint: runHint(append(command, o.given()...)...), missing: isMissing(drift, len(files))}
	if r.missing {
		r.drift = asOne(drift)
	}
	r.find()
	return r, err
}

// asOne replaces all files of a folder, which are missing, by the folder.
func asOne(drift []generator.Drift) []generator.Drift {
	left := slices.DeleteFunc(slices.Clone(drift), func(d generator.Drift) bool { return d.Kind == generator.Missing })
	return slices.Insert(left, 0, generator.Drift{Kind: generator.Missing})
}

// What check compares.
const (
	kindPackage = "package"
	kindSDK     = "sdk"
	kindClient  = "client"
)

// compared returns what was compared as programs read it.
func (r checkResult) compared() []report.Compared {
	if r.kind == "" {
		return nil
	}
	all := []report.Compared{{Path: printable.Valid(shown(r.dir)), Kind: r.kind, Spec: printable.Valid(r.spec), Current: len(r.drift) == 0}}
	if r.stub != nil {
		fits := !slices.ContainsFunc(r.stub.Problems, func(p stub.Problem) bool { return p.Kind != stub.Unknown })
		all = append(all, report.Compared{
			Path: printable.Valid(r.stub.Path), Kind: kindClient, Spec: printable.Valid(r.spec), Current: fits && len(r.stub.Added) == 0,
		})
	}
	return all
}

// find makes findings of the drift.
func (r *checkResult) find() {
	r.findings = nil
	for _, d := range r.drift {
		hint, subject := r.hintFor(d), "file "
		switch {
		case d.Path == "" && r.kind == kindSDK:
			subject = "SDK is "
		case d.Path == "":
			subject = "package is "
		case d.Kind == generator.Foreign:
			hint, subject = "move it away", d.Path+" " // which may be a folder
		case d.Kind == generator.Leftover:
			subject = "folder "
			if d.Why != "" { // it says what to do
				hint = ""
			}
		}
		at := token.Position{Filename: filepath.Join(shown(r.dir), d.Path), Line: 1, Column: 1}
		r.findings = append(r.findings, findingAt(at, "drift-"+string(d.Kind), subject+driftText(d), hint))
	}
}

// hintFor says what to do about some of the drift.
func (r *checkResult) hintFor(drift ...generator.Drift) string {
	if slices.ContainsFunc(drift, func(d generator.Drift) bool { return d.Kind == generator.OtherVersion }) {
		return r.hint + " with the version of conngen that everyone uses"
	}
	return r.hint
}

// findingAt returns an error at a position, or in a file as a whole.
func findingAt(at token.Position, rule, message, hint string) schema.Diagnostic {
	at.Line, at.Column = max(at.Line, 1), max(at.Column, 1)
	return schema.Diagnostic{
		Path: at.Filename, Position: schema.Position{Line: at.Line, Column: at.Column, EndLine: at.Line, EndColumn: at.Column + 1, Width: 1},
		Rule: rule, Severity: schema.Error, Message: message, Hint: hint,
	}
}

// printDrift names the files that differ, with diffs of the changed ones, and the
// methods that a client lacks.
func (a app) printDrift(r checkResult, full bool) {
	drift, files := withoutOldSDK(r.drift), 0
	for _, d := range drift {
		text := driftText(d)
		if d.Path == "" {
			text += "; " + r.hint
		} else {
			files++
		}
		fmt.Fprintf(a.stdout, "%s: %s\n", filepath.Join(shown(r.dir), d.Path), text)
		_ = report.Patch(a.stdout, shortened(d.Diff, full), a.screen.stdout.colour())
	}
	if files > 0 {
		fmt.Fprintf(a.stdout, "%s in %s: %s\n", plural.Count(files, "difference"), shown(r.dir), r.hintFor(drift...))
	}
	for _, d := range r.findings {
		if d.Rule == ruleSchemaStale {
			fmt.Fprintf(a.stdout, "%s: %s; %s\n", d.Path, d.Message, d.Hint)
		}
	}
	if r.stub == nil {
		return
	}
	for _, p := range r.stub.Problems {
		fmt.Fprintln(a.stdout, p)
	}
	if n := len(r.stub.Added); n > 0 {
		fmt.Fprintf(a.stdout, "%s: %s lacks %s: %s; %s\n",
			r.stub.Path, r.typeName, plural.Count(n, "method"), strings.Join(r.stub.Added, ", "), r.stubHint)
	}
}

// withoutOldSDK replaces the files of an SDK that has left its package's folder by one line.
func withoutOldSDK(drift []generator.Drift) []generator.Drift {
	var kept []generator.Drift
	for _, d := range drift {
		switch {
		case d.Kind != generator.Stale || !strings.HasPrefix(d.Path, generator.SDKFolder+"/"):
			kept = append(kept, d)
		case len(kept) == 0 || kept[len(kept)-1].Path != generator.SDKFolder:
			kept = append(kept, generator.Drift{Path: generator.SDKFolder, Kind: generator.Stale, Why: "the SDK is no longer here"})
		}
	}
	return kept
}

func driftText(d generator.Drift) string {
	switch d.Kind {
	case generator.Missing:
		if d.Path == "" {
			return "not generated yet"
		}
		return "is missing"
	case generator.Stale:
		return "is stale: " + cmp.Or(d.Why, "it is no longer generated")
	case generator.OtherSettings:
		if d.Path == "" {
			return "not generated here: " + d.Why
		}
		return "was generated with other settings: " + d.Why
	case generator.OtherVersion:
		return "was written by another version of conngen, or edited by hand"
	case generator.Edited:
		text := "was edited by hand, or written by another version of conngen"
		if d.Why != "" {
			text += "; " + d.Why
		}
		return text
	case generator.Foreign:
		return d.Why
	case generator.Leftover:
		return cmp.Or(d.Why, "was left behind by a killed conngen")
	}
	return "is out of date: it was generated from an older spec"
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
	return strings.Join(lines[:maxDiff], "") + fmt.Sprintf("… %s more; --full shows them\n", plural.Count(left, "line"))
}
