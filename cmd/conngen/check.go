package main

import (
	"go/token"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/stub"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
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
			"write, prints the differences and writes nothing. Run it in CI: it fails if\n" +
			"somebody changed a spec without generating, edited generated code by hand, or\n" +
			"uses another version of conngen. It also compares pages that docs wrote to their\n" +
			"usual place.\n" +
			"\n" +
			"With --stub it also fails when the client lacks a method of the spec, or has one\n" +
			"that no longer fits. It finds packages as generate does, by .conngen.json and\n" +
			"the same flags. conngen rules lists what it reports.",
		Example: "  conngen check ./...\n" +
			"\n" +
			"  # in a workflow of GitHub, with the client\n" +
			"  conngen check --stub --format github ./...\n" +
			"\n" +
			"  # show long differences whole\n" +
			"  conngen check --full",
		RunE:              func(_ *cobra.Command, args []string) error { return a.check(args, c) },
		ValidArgsFunction: completeSpecs,
	}
	c.outputFlags.add(cmd)
	addChoice(cmd, &c.format, "format", formatName, "text", "", report.Formats()...)
	cmd.Flags().BoolVar(&c.full, "full", false, "show differences whole")
	cmd.Flags().BoolVar(&c.stub, "stub", false, "report methods that the client lacks, or that no longer fit")
	c.clientFlags.add(cmd)
	return cmd
}

func (a app) check(args []string, c checkOptions) error {
	for _, name := range []string{"file", "type", "client-package"} {
		if !c.stub && c.clientFlags.set(name) {
			return usagef("--%s is about the client, which check compares only with --stub", name)
		}
	}
	packages, err := a.survey(args, survey{outputFlags: c.outputFlags, doing: "comparing", format: c.format, look: c.look})
	if err != nil {
		return err
	}
	if err := a.settle(&packages, c.outputFlags); err != nil {
		return err
	}
	results, err := a.compare(packages, c)
	if err != nil {
		return err
	}
	if err := a.writeCheck(packages, results, c); err != nil {
		return err
	}
	if c.format == "text" {
		a.countWarnings(packages.sources(), args)
		a.sumUp(packages, results)
	}
	if packages.failure() != nil || slices.ContainsFunc(results, func(r checkResult) bool { return r.findings.HasErrors() }) {
		return errFindings
	}
	return nil
}

// look looks at what belongs to a spec besides its package.
func (c checkOptions) look(p *packageSource) {
	if c.stub {
		p.client = c.checkClient(*p)
	}
	p.pages = stalePages(*p)
}

// compare compares packages, their SDKs and what belongs to them with the disk.
func (a app) compare(p packages, c checkOptions) ([]checkResult, error) {
	results, err := a.comparePackages(p, c)
	if err != nil {
		return nil, err
	}
	results = append(results, p.leftovers(results, false)...)
	results = append(results, p.staleSchemas()...)
	for _, s := range p.list {
		results = append(results, s.pages...)
	}
	return results, nil
}

// comparePackages compares packages, and after them their SDKs.
func (a app) comparePackages(p packages, c checkOptions) ([]checkResult, error) {
	results, err := inParallel(func() {}, p.list, func(s packageSource) (checkResult, error) { return c.checkPackage(p, s) })
	if err != nil {
		return nil, err
	}
	sdks, err := inParallel(a.working("comparing the SDK", 0, ""), p.sdksOf(results), func(s target.SDK) (checkResult, error) { return p.checkSDK(s, c.outputFlags) })
	if err != nil {
		return nil, err
	}
	return append(results, sdks...), nil
}

// writeCheck writes the errors of specs, and how packages, SDKs and clients differ, in the format
// that is asked for. JSON has the warnings of specs besides, as that of generate has.
func (a app) writeCheck(p packages, results []checkResult, c checkOptions) error {
	if c.format == report.JSON {
		out := report.Check{Found: report.NewFound(append(p.problems(), driftFiles(results)...)), Compared: []report.Compared{}}
		for _, r := range results {
			out.Compared = append(out.Compared, r.compared()...)
		}
		return report.Write(a.stdout, &out)
	}
	var files []report.File
	for _, s := range p.list {
		if s.refused {
			files = append(files, s.errors())
		}
	}
	described := rules.Of(rules.Check)
	drift := driftFiles(results)
	for _, r := range slices.Concat(rules.Of(rules.Validate), rules.Of(rules.Docs)) {
		if slices.ContainsFunc(slices.Concat(files, drift), func(f report.File) bool { return hasRule(f.Findings, r.ID) }) {
			described = append(described, r)
		}
	}
	if c.format == "text" {
		drift = driftForPeople(results, c.full)
	}
	return a.writeFindings(c.format, described, append(files, drift...))
}

// sumUp reports the result for each spec, and for all together.
func (a app) sumUp(p packages, results []checkResult) {
	var all schema.Diagnostics
	for i, s := range p.list {
		found := slices.Concat(s.errors().Findings, results[i].findings) // the results begin with those of packages
		all = append(all, found...)
		a.detail("%s: %s", s.label, verdict(found))
	}
	for _, r := range results[len(p.list):] {
		all = append(all, r.findings...)
	}
	a.note("%s: %s", comparedText(p, results), verdict(all))
}

// verdict sums up findings in words.
func verdict(found schema.Diagnostics) string {
	if found.HasErrors() {
		return findingCounts(found)
	}
	if warnings := found.Count(schema.Warning); warnings > 0 {
		return "up to date, " + plural.Count(warnings, "warning")
	}
	return "up to date"
}

// comparedText counts what was compared, and the specs for which nothing was.
func comparedText(p packages, results []checkResult) string {
	number := make(map[string]int)
	for _, r := range results {
		for _, c := range r.compared() {
			number[c.Kind]++
		}
	}
	var parts []string
	add := func(n int, thing string) {
		if n > 0 {
			parts = append(parts, plural.Count(n, thing))
		}
	}
	add(number[kindPackage], "package")
	add(number[kindSDK], "SDK")
	add(number[kindClient], "client")
	add(number[kindPage], "page")
	add(len(slices.DeleteFunc(slices.Clone(p.list), func(s packageSource) bool { return !s.refused })), "refused spec")
	return strings.Join(parts, ", ")
}

func hasRule(found schema.Diagnostics, rule string) bool {
	return slices.ContainsFunc(found, func(d schema.Diagnostic) bool { return d.Rule == rule })
}

// sdksOf returns the SDKs, except for those in the folders of packages that are elsewhere, or
// not generated yet.
func (p packages) sdksOf(results []checkResult) []target.SDK {
	return slices.DeleteFunc(slices.Clone(p.sdks), func(s target.SDK) bool {
		i := slices.IndexFunc(p.list, func(p packageSource) bool { return p.target.SDK.Dir == s.Dir })
		return s.Own && i >= 0 && (results[i].elsewhere || results[i].missing)
	})
}

// A checkResult is the result of check for one folder.
type checkResult struct {
	dir       string // or the file of a page
	kind      string // "" for a folder with leftovers alone
	spec      string // of a package
	hint      string // hint about the drift
	drift     []generator.Drift
	missing   bool       // nothing of it is there
	elsewhere bool       // flags that check does not have put the package in another folder
	stub      *stub.Stub // nil if nobody asks for it
	findings  schema.Diagnostics
	patches   []string     // how files differ, by finding
	file      *schema.File // the text that the findings are about, of a page with broken marks
}

// checkPackage says how a package differs from its folder.
func (c checkOptions) checkPackage(all packages, p packageSource) (checkResult, error) {
	r := checkResult{dir: p.target.Dir, kind: kindPackage, spec: p.path}
	if p.refused || p.failed.err != nil {
		return checkResult{}, p.failed.err
	}
	disk, err := all.read(p)
	if err != nil {
		return r, err
	}
	if r.drift = disk.Drift(); len(r.drift) > 0 {
		c.explain(&r, p, disk.Files())
	}
	if !c.stub || r.elsewhere {
		return r, nil
	}
	r.stub, r.findings = p.client.stub, append(r.findings, p.client.findings...)
	return r, p.client.err
}

// explain makes findings of the drift of a package that has a number of files.
func (c checkOptions) explain(r *checkResult, p packageSource, files int) {
	r.hint = runHint(append([]string{"generate", p.path}, c.outputFlags.given()...)...)
	r.missing = isMissing(r.drift, files)
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
}

// A clientState is the result of check for the client of a package.
type clientState struct {
	stub     *stub.Stub
	findings schema.Diagnostics
	err      error
}

// checkClient looks at the client of a package.
func (c checkOptions) checkClient(p packageSource) clientState {
	opts, err := c.clientFlags.options(p)
	if err != nil {
		return clientState{err: err}
	}
	client, err := stub.Make(p.spec, opts)
	if err != nil {
		return clientState{err: err}
	}
	hint := runHint(append([]string{"stub", p.path}, c.outputFlags.given()...)...)
	if p.stream {
		hint = runHint("stub", "SPEC") // which reads files alone
	}
	return clientState{stub: client, findings: append(stubFindings(client), missingMethods(client, opts.Type, hint)...)}
}

// missingMethods says which methods a client of a type lacks. One that is not written yet lacks them
// all.
func missingMethods(client *stub.Stub, typeName, hint string) schema.Diagnostics {
	if client.NewType {
		at := token.Position{Filename: client.Path}
		return schema.Diagnostics{findingAt(at, 0, rules.StubMethodMissing, "the client, type "+typeName+", is not written yet", hint)}
	}
	var missing schema.Diagnostics
	for _, m := range client.Added {
		missing = append(missing, findingAt(client.Client.Position, client.Client.Width, rules.StubMethodMissing, typeName+" lacks the method "+m, hint))
	}
	return missing
}

// runHint is the hint to run conngen with some arguments.
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
	r := checkResult{dir: sdk.Dir, kind: kindSDK}
	disk, err := p.readSDK(sdk)
	if err != nil {
		return r, err
	}
	if r.drift = disk.Drift(); len(r.drift) == 0 {
		return r, nil
	}
	command := []string{"generate"}
	if i := slices.IndexFunc(p.list, func(p packageSource) bool { return p.target.SDK.Dir == sdk.Dir }); i >= 0 {
		command = append(command, p.list[i].path)
	}
	r.hint, r.missing = runHint(append(command, o.given()...)...), isMissing(r.drift, disk.Files())
	if r.missing {
		r.drift = asOne(r.drift)
	}
	r.asEveryone()
	r.find()
	return r, nil
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
	kindPage    = "page"
)

// compared returns what was compared as programs read it.
func (r checkResult) compared() []report.Compared {
	if r.kind == "" {
		return nil
	}
	current := len(r.drift) == 0
	if r.kind == kindPage {
		current = len(r.findings) == 0
	}
	all := []report.Compared{{Path: printable.Valid(found.Shown(r.dir)), Kind: r.kind, Spec: printable.Valid(r.spec), Current: current}}
	if r.stub != nil {
		fits := !slices.ContainsFunc(r.stub.Problems, func(p stub.Problem) bool { return p.Kind != stub.Unknown })
		all = append(all, report.Compared{
			Path: printable.Valid(r.stub.Path), Kind: kindClient, Spec: printable.Valid(r.spec), Current: fits && !r.stub.NewType && len(r.stub.Added) == 0,
		})
	}
	return all
}
