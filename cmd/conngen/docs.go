package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/bundle"
	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/docs"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/internal/unified"
	"github.com/conngen/conngen/schema"
)

// docsOptions say which pages are written, and where.
type docsOptions struct {
	out, format, since string
	check, full        bool

	set func(flag string) bool // whether a flag is given
}

func (a app) docsCommand() *cobra.Command {
	var d docsOptions
	cmd := &cobra.Command{
		Use:   "docs [PATH...]",
		Short: "Write the page that explains a connector",
		Long: "docs writes a page for people who never see the code: administrators who fill in\n" +
			"the form of a source, and auditors who ask what the connector may do. It comes\n" +
			"entirely from the spec, so the same spec gives the same page.\n" +
			"\n" +
			"Your own text goes between two marks, and stays unchanged, byte for byte:\n" +
			"\n" +
			"    <!-- keep:permissions -->\n" +
			"    The API key needs the role Auditor.\n" +
			"    <!-- /keep:permissions -->\n" +
			"\n" +
			"The block permissions has a fixed place; docs reports it while it is empty. Any\n" +
			"other block stays at the end of its section, or moves to the end of the page if\n" +
			"the section disappears. docs does not change a page with broken marks, and never\n" +
			"overwrites a file that it did not write.\n" +
			"\n" +
			"With --check it writes nothing, and fails when a page is missing or out of date;\n" +
			"check does the same for pages in their usual place. --since also prints what has\n" +
			"changed since a git revision.",
		Example: "  conngen docs\n" +
			"\n" +
			"  # one file to print or to send\n" +
			"  conngen docs --format html\n" +
			"\n" +
			"  # in CI, for all specs below this folder\n" +
			"  conngen docs --check --full ./...\n" +
			"\n" +
			"  # the page, and what has changed since the last release\n" +
			"  conngen docs --since v1.0.0 --out -",
		RunE: func(cmd *cobra.Command, args []string) error {
			d.set = cmd.Flags().Changed
			return a.docs(cmd.Context(), args, d)
		},
		ValidArgsFunction: completeSpecs,
	}
	addText(cmd, &d.out, "out", "", aPage, "file of the page, relative to the spec's folder, or - to print it (default: "+defaultPage(docs.Markdown)+")")
	addChoice(cmd, &d.format, "format", formatName, docs.Formats()[0], "", docs.Formats()...)
	cmd.Flags().BoolVar(&d.check, "check", false, "fail when a page is missing or out of date, and write nothing")
	cmd.Flags().BoolVar(&d.full, "full", false, "show differences whole")
	addText(cmd, &d.since, "since", "", aRevision, "also print what has changed since this git revision; pages on disk never have it")
	completeFlag(cmd, "out", cobra.FixedCompletions([]cobra.Completion{string(docs.Markdown), string(docs.HTML)}, cobra.ShellCompDirectiveFilterFileExt))
	completeFlag(cmd, "since", completeRevisions)
	return cmd
}

// docsFolder is the folder of pages, relative to the spec's.
const docsFolder = "docs"

// defaultPage is where the page of a spec is, relative to its folder.
func defaultPage(f docs.Format) string { return docsFolder + "/connector" + f.Ext() }

// complete checks the flags against each other, and fills in the rest.
func (d *docsOptions) complete(specs []specPath) error {
	if err := checkOutFile(d.out); err != nil {
		return err
	}
	named, isNamed := formatOf(d.out)
	switch {
	case isNamed && !d.set("format"):
		d.format = string(named)
	case isNamed && string(named) != d.format:
		return usagef("--out %s ends in %s, which is not --format %s; leave one of the two out", d.out, filepath.Ext(d.out), d.format)
	}
	if d.out == "" {
		d.out = defaultPage(docs.Format(d.format))
		if len(specs) == 1 && specs[0].stream {
			d.out = standardOutput
		}
	}
	switch {
	case d.prints() && d.check && d.set("out"):
		return usagef("--check compares a page in a file, and --out - prints one; leave one of the two out")
	case d.prints() && d.check:
		return usagef("%s has no folder with a page to compare; name the spec, or the page with --out", specs[0].name())
	case d.prints() && len(specs) > 1:
		return usagef("--out - prints one page, and there are %d specs", len(specs))
	}
	for _, s := range specs {
		if d.since != "" && s.stream {
			return usagef("%s has no history; name the spec", s.name())
		}
	}
	return nil
}

// checkOutFile refuses a folder in place of the file that --out names.
func checkOutFile(out string) error {
	if strings.HasSuffix(filepath.ToSlash(out), "/") {
		return usagef("--out %s is a folder; name the file in it", out)
	}
	return nil
}

// prints reports whether the page goes to standard output.
func (d *docsOptions) prints() bool { return d.out == standardOutput }

// formatOf returns the format that the name of a file stands for.
func formatOf(name string) (docs.Format, bool) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".md", ".markdown":
		return docs.Markdown, true
	case ".html", ".htm":
		return docs.HTML, true
	}
	return "", false
}

func (a app) docs(ctx context.Context, args []string, d docsOptions) error {
	paths, err := a.specPaths(args)
	if err != nil {
		return err
	}
	misuse := d.complete(paths) // which counts after what cannot be read
	past := newPast(d.since)
	defer past.files.Close()
	all, err := inParallel(a.working("reading", len(paths), "spec"), paths, func(path specPath) (specPage, error) {
		s, err := a.readSource(path)
		if err != nil || misuse != nil {
			return specPage{}, err
		}
		return a.document(s, past, d), nil
	})
	if err := cmp.Or(err, misuse); err != nil {
		return err
	}
	sources := make([]source, len(all))
	for i, p := range all {
		sources[i] = p.source
	}
	a.refuse(sources, args)
	isRefused := func(p specPage) bool { return p.diagnostics.HasErrors() }
	failed := slices.ContainsFunc(all, isRefused)
	all = slices.DeleteFunc(all, isRefused)
	if d.since != "" {
		broken, err := a.sayBroken(all, past)
		if err != nil {
			return err
		}
		failed = failed || broken
	}
	var bad bool
	if d.prints() {
		err = a.printPage(all)
	} else {
		bad, err = a.writePages(ctx, all, d)
	}
	switch {
	case err != nil:
		return err
	case failed || bad:
		return errFindings
	}
	return nil
}

// A specPage is a spec with its page. The spec is dropped unless it is refused, and so are the texts
// of the page unless they are shown or written.
type specPage struct {
	source
	path    string // of the page
	state   string // what happens to it
	found   []report.File
	failed  error
	printed []byte // for standard output

	before, after []byte // of a page that is written; after is nil for others

	changed   []byte        // what has changed since a revision, for standard output
	broken    []report.File // why that is unknown
	unrelated error         // likewise, where it is not about a spec
}

// document makes the page of a spec, and reports what changed in it. Its errors count in their order.
func (a app) document(s source, past *past, d docsOptions) specPage {
	p := specPage{source: s, path: target.Beside(s.path, filepath.FromSlash(d.out))}
	if s.diagnostics.HasErrors() {
		return p
	}
	var changes report.Diff
	if d.since != "" {
		changes, p.unrelated = a.diffRevision(specPath{path: s.path}, past)
		p.broken = changes.Broken
	}
	if d.prints() {
		p.print(changes, d)
	} else {
		p.draft(changes, d)
	}
	p.forget()
	return p
}

// print makes a page that is printed.
func (p *specPage) print(changes report.Diff, d docsOptions) {
	page := newPage(p.spec)
	if d.since != "" {
		groups, left := changeGroups(changes)
		page.AddChanges(d.since, groups, left)
	}
	p.printed = page.Render(docs.Format(d.format), nil)
}

// draft makes a page, and compares it with the existing one.
func (p *specPage) draft(changes report.Diff, d docsOptions) {
	if d.since != "" && len(p.broken) == 0 {
		groups, left := changeGroups(changes)
		p.changed = docs.Changes(docs.Format(d.format), p.spec, d.since, groups, left)
	}
	if !d.set("out") && !p.stream {
		if p.failed = p.checkPath(d.out); p.failed != nil {
			return
		}
	}
	pg := page{source: p.source, path: p.path}
	if p.failed = pg.make(docs.Format(d.format)); p.failed != nil {
		return
	}
	p.found, p.state = pg.findings(d), pg.state(d.check)
	if !d.check && !pg.current() {
		p.before, p.after = pg.old, pg.text
	}
}

// newPage makes the page of a spec.
func newPage(spec *schema.Spec) *docs.Page {
	return docs.New(spec, docs.Options{Service: bundle.ServiceForm()})
}

// printPage prints the one page that there is, unless its spec is refused.
func (a app) printPage(pages []specPage) error {
	for _, p := range pages {
		if _, err := printable.Exact(a.stdout).Write(p.printed); err != nil {
			return err
		}
	}
	return nil
}

// writePages writes the pages, unless they are only compared, and prints what it has found and what
// has changed. It reports whether there are errors.
func (a app) writePages(ctx context.Context, pages []specPage, d docsOptions) (bad bool, err error) {
	if err := checkPages(pages, d); err != nil {
		return false, err
	}
	if !d.check {
		err = interruptible(ctx, func(ctx context.Context) error { return writeAll(ctx, pages) })
		if err != nil {
			return false, err
		}
	}
	var files []report.File
	for _, p := range pages {
		for _, f := range p.found {
			bad = bad || f.Findings.HasErrors()
			files = append(files, f)
		}
	}
	if d.since != "" {
		a.complain(files...)
		err = a.printChanges(pages)
	} else {
		err = a.writeFindings("text", nil, files)
	}
	a.sayPages(pages)
	return bad, err
}

// checkPages refuses two pages in the same place, and pages that cannot be made.
func checkPages(pages []specPage, d docsOptions) error {
	places := make(map[string]string)
	for _, p := range pages {
		place := placeOf(specPath{path: p.path})
		if other, ok := places[place]; ok {
			return usagef("%s and %s would have the same page, %s; call docs once for each, with --out", other, p.label, target.Beside(p.source.path, d.out))
		}
		places[place] = p.label
	}
	for _, p := range pages {
		if p.failed != nil {
			return p.failed
		}
	}
	return nil
}

// writeAll writes the pages that change.
func writeAll(ctx context.Context, pages []specPage) error {
	for _, p := range pages {
		if p.after == nil {
			continue
		}
		if err := generator.ReplaceFile(ctx, p.path, p.before, p.after); err != nil {
			return err
		}
	}
	return nil
}

// A page is that of one spec.
type page struct {
	source
	path     string
	old      []byte // nil if there is none
	existing *docs.Existing
	marks    schema.Diagnostics // what is wrong with its marks
	text     []byte             // the new page; nil if the marks are broken
}

// make reads the existing page, and makes the new one.
func (p *page) make(f docs.Format) error {
	info, err := os.Stat(p.path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a folder; name the file of the page with --out", found.Shown(p.path))
	case err == nil:
		if p.old, err = found.ReadFile(p.path); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return found.Plain(p.path, err)
	}
	if p.old != nil {
		if !docs.IsPage(p.old) {
			return fmt.Errorf("%s was not written by conngen docs; move it away, or choose another file with --out", found.Shown(p.path))
		}
		if p.existing, p.marks = docs.Read(found.Shown(p.path), p.old); len(p.marks) > 0 {
			return nil
		}
	}
	p.text = newPage(p.spec).Render(f, p.existing)
	return nil
}

// current reports whether nothing changes.
func (p page) current() bool { return p.text != nil && p.existing != nil && p.existing.Equal(p.text) }

// findings are what is wrong with the page, and with --check how it differs.
func (p page) findings(d docsOptions) []report.File {
	name := found.Shown(p.path)
	if len(p.marks) > 0 {
		return []report.File{{Source: schema.NewFile(name, p.old), Findings: p.marks}}
	}
	var files []report.File
	text := p.text
	if d.check {
		text = p.old
		if !p.current() {
			files = append(files, report.File{Findings: p.drift(d.command(p.source)), Patches: []string{shortened(p.diff(), d.full)}})
		}
	}
	if text == nil {
		return files
	}
	e, _ := docs.Read(name, text)
	return append(files, report.File{Source: schema.NewFile(name, text), Findings: e.Empty(name)})
}

// stalePages returns a result for each page of a spec in its usual place. Files that docs did not
// write, or cannot read, do not count.
func stalePages(s packageSource) []checkResult {
	if s.stream || filepath.Base(s.path) != specName || s.checkPath(docsFolder) != nil {
		return nil
	}
	var results []checkResult
	for _, f := range docs.Formats() {
		d := docsOptions{format: f, set: func(flag string) bool { return flag == "format" && f != docs.Formats()[0] }}
		pg := page{source: s.source, path: target.Beside(s.path, defaultPage(docs.Format(f)))}
		if exists(pg.path) && pg.make(docs.Format(f)) == nil {
			results = append(results, pg.checked(d))
		}
	}
	return results
}

// checked is the result of check for a page.
func (p page) checked(d docsOptions) checkResult {
	r := checkResult{dir: p.path, kind: kindPage, spec: p.source.path, findings: p.marks}
	switch {
	case len(p.marks) > 0:
		r.file = schema.NewFile(found.Shown(p.path), p.old)
	case !p.current():
		r.findings, r.patches = p.drift(d.command(p.source)), []string{p.diff()}
	}
	return r
}

// command is the call of docs that brings a page up to date.
func (d docsOptions) command(s source) []string {
	words := []string{"docs", s.path}
	if s.stream {
		words[1] = stdinPath
	}
	if d.set("out") {
		words = append(words, "--out", d.out)
	}
	if d.set("format") {
		words = append(words, "--format", d.format)
	}
	return words
}

// drift is the finding that the page is missing or out of date.
func (p page) drift(command []string) schema.Diagnostics {
	rule, message := rules.DocsStale, "page is out of date, or was edited outside of its keep marks"
	if p.old == nil {
		rule, message = rules.DocsMissing, "page does not exist"
	}
	return schema.Diagnostics{findingAt(token.Position{Filename: found.Shown(p.path)}, 0, rule, message, runHint(command...))}
}

// diff is what changes in the page; "" where there is none.
func (p page) diff() string {
	if p.old == nil {
		return ""
	}
	name := printable.Text(filepath.ToSlash(found.Shown(p.path)))
	return unified.Diff(name, name+" (generated)", unixEnds(p.old), unixEnds(p.text))
}

func unixEnds(text []byte) string {
	return string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
}

// sayPages reports on the pages: on a single page by name, else in total.
func (a app) sayPages(pages []specPage) {
	say := a.note
	if len(pages) > 1 {
		say = a.detail
	}
	number := make(map[string]int)
	for _, p := range pages {
		number[p.state]++
		say("%s: %s", found.Shown(p.path), p.state)
	}
	if len(pages) > 1 {
		var parts []string
		for _, state := range []string{"written", "unchanged", "up to date", "out of date", "missing", "refused"} {
			if n := number[state]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, state))
			}
		}
		a.note("%s: %s", plural.Count(len(pages), "page"), strings.Join(parts, ", "))
	}
}

// state is the state of the page in words.
func (p page) state(check bool) string {
	switch {
	case p.text == nil:
		return "refused"
	case p.current() && check:
		return "up to date"
	case p.current():
		return "unchanged"
	case !check:
		return "written"
	case p.old == nil:
		return "missing"
	}
	return "out of date"
}

// sayBroken prints why specs cannot be compared, and reports whether there are such.
func (a app) sayBroken(pages []specPage, past *past) (broken bool, err error) {
	for _, p := range pages {
		if p.unrelated != nil {
			return broken, p.unrelated
		}
		a.complain(p.broken...)
		broken = broken || len(p.broken) > 0
	}
	a.warnOfPast(past)
	return broken, nil
}

// printChanges prints what has changed in the specs that can be compared.
func (a app) printChanges(pages []specPage) error {
	printed := 0
	for _, p := range pages {
		if p.changed == nil {
			continue
		}
		text := p.changed
		if printed++; printed > 1 {
			text = append([]byte("\n"), text...)
		}
		if _, err := printable.Exact(a.stdout).Write(text); err != nil {
			return err
		}
	}
	return nil
}

// changeGroups are the groups of changes as pages take them.
func changeGroups(d report.Diff) (groups []docs.ChangeGroup, left int) {
	if d.New {
		return []docs.ChangeGroup{{Title: "New", Messages: []string{"the connector is new"}}}, 0
	}
	all, left := d.ForSources()
	for _, g := range all {
		groups = append(groups, docs.ChangeGroup{Title: g.Title, Messages: g.Messages})
	}
	return groups, left
}
