package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
)

// A Diff is what changed from one spec to another.
type Diff struct {
	OldPath, Path string
	New           bool   // there is no old spec
	Broken        []File // specs that cannot be read, one of the two or both: nothing is compared
	Result        generator.Comparison

	OldWireName, WireName func(schema.Pointer) string // as in [File], of the two specs
}

// A DiffWriter writes diffs in one format. Harmless changes are summed up unless
// all are asked for.
type DiffWriter func(w io.Writer, diffs []Diff, all bool) error

// diffFormats is the table of formats, the default one first. SARIF is not among them: it reports
// what is wrong with files until someone fixes it, but a change is history after the next release.
var diffFormats = []struct {
	name   string
	writer func(Options) DiffWriter
}{
	{"text", diffText},
	{JSON, func(Options) DiffWriter { return diffJSON }},
	{"github", diffGitHub},
	{"gitlab", diffGitLab},
	{"markdown", func(Options) DiffWriter { return diffMarkdown }},
}

// DiffFormat returns the writer of a format.
func DiffFormat(name string, o Options) (DiffWriter, error) {
	for _, f := range diffFormats {
		if f.name == name {
			return f.writer(o), nil
		}
	}
	return nil, fmt.Errorf("unknown format %q", name)
}

// DiffFormats lists the formats of diffs.
func DiffFormats() []string {
	names := make([]string, len(diffFormats))
	for i, f := range diffFormats {
		names[i] = f.name
	}
	return names
}

// A group is changes of about the same weight, the gravest group first.
type group int

const (
	breaking group = iota
	review
	additions
	harmless
)

var groupTitles = map[group]string{
	breaking:  "Breaking",
	review:    "To review",
	additions: "New",
	harmless:  "Harmless",
}

// Findings returns the changes as findings about the new spec. One of something that is no longer
// there is about the file.
func (d Diff) Findings() schema.Diagnostics {
	var found schema.Diagnostics
	for _, c := range d.Result.Changes {
		at := c.New
		if at == (schema.Place{}) {
			at.Position = schema.Position{Line: 1, Column: 1, EndLine: 1, EndColumn: 2, Width: 1}
		}
		found = append(found, schema.Diagnostic{
			Path: d.Path, Position: at.Position, Pointer: at.Pointer, Rule: c.ID, Severity: severities[groupOf(c)], Message: message(c),
		})
	}
	return found
}

func groupOf(c generator.Change) group {
	switch {
	case c.Go == generator.GoBreaking || c.Source == diff.SourceBreaking:
		return breaking
	case c.Source == diff.SourceReview || c.Review != "":
		return review
	case c.Go == generator.GoAdditive:
		return additions
	}
	return harmless
}

// changes returns those of a group.
func (d Diff) changes(g group) []generator.Change {
	var changes []generator.Change
	for _, c := range d.Result.Changes {
		if groupOf(c) == g {
			changes = append(changes, c)
		}
	}
	return changes
}

// A Group is changes of about the same weight.
type Group struct {
	Title    string
	Messages []string
}

// ForSources returns the changes in groups, the gravest first, for people who have sources and no Go
// code. left is how many changes of texts, the order and initial values are in none.
func (d Diff) ForSources() (groups []Group, left int) {
	messages := make(map[group][]string)
	for _, c := range d.Result.Changes {
		switch g := sourceGroup(c); {
		case c.Plain == "":
		case g == harmless && c.Go == generator.GoNone:
			left++
		default:
			messages[g] = append(messages[g], printable.Text(c.Plain))
		}
	}
	for g := breaking; g <= harmless; g++ {
		if len(messages[g]) > 0 {
			groups = append(groups, Group{groupTitles[g], messages[g]})
		}
	}
	return groups, left
}

// sourceGroup is [groupOf] for people who have no Go code.
func sourceGroup(c generator.Change) group {
	switch {
	case c.Source == diff.SourceBreaking:
		return breaking
	case c.Source == diff.SourceReview:
		return review
	case strings.Contains(c.ID, "-added"), strings.HasSuffix(c.ID, "-enabled"):
		return additions
	}
	return harmless
}

// place says where to show a change: in the new spec if possible.
func (d Diff) place(c generator.Change) string {
	path, at := d.Path, c.New
	if at == (schema.Place{}) {
		path, at = d.OldPath, c.Old
	}
	return fmt.Sprintf("%s:%d:%d", printable.Text(path), at.Line, at.Column)
}

// verdict sums up the changes in words.
func (d Diff) verdict() string {
	code := map[generator.GoImpact]string{generator.GoNone: "no change for Go code", generator.GoAdditive: "additions for Go code", generator.GoBreaking: "breaking for Go code"}
	sources := map[diff.SourceImpact]string{diff.SourceSafe: "safe for sources", diff.SourceReview: "sources to review", diff.SourceBreaking: "breaking for sources"}
	verdict := code[d.Result.Go] + ", " + sources[d.Result.Source]
	if d.Result.Review {
		verdict += ", code to review"
	}
	return verdict
}

// impacts says what a single change affects.
func impacts(c generator.Change) string {
	return fmt.Sprintf("Go: %s, sources: %s", goImpact(c), c.Source)
}

// goImpact says what a change does to Go code, and whether to look at code that
// still compiles.
func goImpact(c generator.Change) string {
	if c.Review == "" {
		return c.Go.String()
	}
	return c.Go.String() + " (review)"
}

// message is the whole message of a change.
func message(c generator.Change) string {
	if c.Review == "" {
		return printable.Text(c.Message)
	}
	return printable.Text(c.Message + "; " + c.Review)
}

// groups returns the groups that are listed, and how many changes are not.
func (d Diff) groups(all bool) (listed []group, left int) {
	for g := breaking; g <= harmless; g++ {
		n := len(d.changes(g))
		switch {
		case n == 0:
		case g == harmless && !all:
			left = n
		default:
			listed = append(listed, g)
		}
	}
	return listed, left
}

// style is that of the group's title.
func (g group) style() printable.Style {
	if g == additions {
		return printable.Green // good news
	}
	return Style(severities[g])
}

// style is that of the gravest change.
func (d Diff) style() printable.Style {
	for g := breaking; g < harmless; g++ {
		if len(d.changes(g)) > 0 {
			return g.style()
		}
	}
	return harmless.style()
}

func diffText(o Options) DiffWriter {
	return func(w io.Writer, diffs []Diff, all bool) error {
		t := newTextWriter(w, o)
		for _, d := range diffs {
			if len(d.Result.Changes)+len(d.Broken) == 0 {
				continue
			}
			if t.lines > 0 {
				t.printf("\n")
			}
			for _, f := range d.Broken {
				t.file(f)
			}
			if len(d.Result.Changes) > 0 {
				t.diff(d, all)
			}
		}
		return t.err
	}
}

func (t *textWriter) diff(d Diff, all bool) {
	t.printf("%s %s\n", t.paint(printable.Bold, printable.Text(d.Path)+":"), t.paint(d.style(), d.verdict()))
	groups, left := d.groups(all)
	for _, g := range groups {
		t.printf("\n")
		t.printf("%s\n", t.paint(g.style(), groupTitles[g]))
		for _, c := range d.changes(g) {
			t.printf("  %s %s [%s]\n", t.paint(printable.Bold, d.place(c)+":"), message(c), c.ID)
			t.printf("      %s\n", impacts(c))
		}
	}
	if left > 0 {
		t.printf("\n")
		t.printf("%s in texts, order and initial values; --all lists them\n", plural.Count(left, "harmless change"))
	}
}

// diffJSON writes [Changes]; it always has all changes.
func diffJSON(w io.Writer, diffs []Diff, _ bool) error {
	out := Changes{Findings: []Finding{}, Changes: []Change{}, Specs: []Changed{}}
	var all generator.Comparison
	var found []Finding
	for _, d := range diffs {
		if len(d.Broken) > 0 {
			out.Findings = append(out.Findings, NewFound(d.Broken).Findings...)
			continue
		}
		all.Go, all.Source, all.Review = max(all.Go, d.Result.Go), max(all.Source, d.Result.Source), all.Review || d.Result.Review
		out.Specs = append(out.Specs, Changed{printable.Valid(d.Path), printable.Valid(d.OldPath), d.New, newVerdict(d.Result)})
		for _, c := range d.Result.Changes {
			change := d.change(c)
			out.Changes, found = append(out.Changes, change), append(found, change.Finding)
		}
	}
	out.Counts, out.Verdict = count(append(found, out.Findings...)), newVerdict(all)
	return Write(w, &out)
}

func newVerdict(c generator.Comparison) Verdict {
	return Verdict{c.Go.String(), c.Source.String(), c.Review}
}

// severities are those of changes by group.
var severities = map[group]schema.Severity{
	breaking: diff.SourceBreaking.Severity(), review: diff.SourceReview.Severity(),
	additions: diff.SourceSafe.Severity(), harmless: diff.SourceSafe.Severity(),
}

// change returns a change as programs read it.
func (d Diff) change(c generator.Change) Change {
	f, at, path := File{WireName: d.WireName}, c.New, d.Path
	if at == (schema.Place{}) {
		f, at, path = File{WireName: d.OldWireName}, c.Old, d.OldPath
	}
	found := f.finding(schema.Diagnostic{
		Path: path, Position: at.Position, Pointer: at.Pointer,
		Rule: c.ID, Severity: severities[groupOf(c)], Message: c.Message,
	})
	found.subject = c.Subject
	return Change{
		Finding: found, Subject: c.Subject, Go: c.Go.String(), Source: c.Source.String(), Review: c.Review,
		Old: newPlace(c.Old), New: newPlace(c.New),
	}
}

// problems are the findings in broken specs, for services that show files of the new version: those
// in the old spec are about the new one as a whole.
func (d Diff) problems() schema.Diagnostics {
	var found schema.Diagnostics
	for _, f := range d.Broken {
		for _, p := range f.Findings {
			if p.Path != d.Path {
				p.Message = fmt.Sprintf("%s:%d:%d: %s", p.Path, p.Line, p.Column, p.Message)
				p.Path, p.Position = d.Path, schema.Position{}
			}
			found = append(found, p)
		}
	}
	return found
}

// diffGitLab writes a code quality report. It places all changes in the new specs: GitLab shows the
// files of the merge request.
func diffGitLab(o Options) DiffWriter {
	return func(w io.Writer, diffs []Diff, all bool) error {
		var found []Finding
		for _, d := range diffs {
			found = append(found, NewFound([]File{{Findings: d.problems()}}).Findings...)
			groups, _ := d.groups(all)
			for _, g := range groups {
				for _, c := range d.changes(g) {
					f := d.change(c).Finding
					if c.New == (schema.Place{}) {
						f.Line = 1
					}
					f.Path, f.Message = d.Path, message(c)
					found = append(found, f)
				}
			}
		}
		return writeGitLab(w, o, found)
	}
}

func diffGitHub(o Options) DiffWriter {
	return func(w io.Writer, diffs []Diff, all bool) error {
		w = printable.Commands(w)
		for _, d := range diffs {
			if err := annotate(w, o, File{Findings: d.problems()}); err != nil {
				return err
			}
			groups, _ := d.groups(all)
			for _, g := range groups {
				for _, c := range d.changes(g) {
					at := c.New
					if at == (schema.Place{}) { // annotations are shown only in the new version
						at.Line, at.Column, at.Width = 1, 1, 1
					}
					_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n",
						annotations[severities[g]], escapeProperty.Replace(filepath.ToSlash(o.fromRoot(d.Path))),
						at.Line, at.Column, at.Column+at.Width, escapeProperty.Replace(c.ID), escapeData.Replace(message(c)))
					if err != nil {
						return err
					}
				}
			}
		}
		return nil
	}
}

// escapeCell keeps texts from being read as Markdown, HTML or the end of a cell.
var escapeCell = strings.NewReplacer(
	"|", "\\|", "<", "&lt;", ">", "&gt;", "&", "&amp;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "@", "&#64;", "#", "&#35;", "\\", "\\\\",
)

// placed is the message of a finding after its place in the file.
func placed(d schema.Diagnostic) string {
	if isWhole(d) {
		return d.Message
	}
	return fmt.Sprintf("line %d: %s", d.Line, d.Message)
}

func diffMarkdown(w io.Writer, diffs []Diff, all bool) error {
	var b strings.Builder
	for _, d := range diffs {
		if len(d.Broken) > 0 {
			fmt.Fprintf(&b, "### %s: cannot be compared\n\n", escapeCell.Replace(printable.Text(d.Path)))
			for _, p := range d.problems() {
				fmt.Fprintf(&b, "- %s (`%s`)\n", escapeCell.Replace(printable.Text(placed(p))), p.Rule)
			}
			b.WriteString("\n")
		}
		if len(d.Result.Changes) == 0 {
			continue
		}
		fmt.Fprintf(&b, "### %s: %s\n\n", escapeCell.Replace(printable.Text(d.Path)), d.verdict())
		groups, left := d.groups(all)
		for _, g := range groups {
			fmt.Fprintf(&b, "| %s | Go | sources |\n| --- | --- | --- |\n", groupTitles[g])
			for _, c := range d.changes(g) {
				fmt.Fprintf(&b, "| %s (`%s`) | %s | %s |\n", escapeCell.Replace(message(c)), c.ID, goImpact(c), c.Source)
			}
			b.WriteString("\n")
		}
		if left > 0 {
			fmt.Fprintf(&b, "%s in texts, order and initial values.\n\n", plural.Count(left, "harmless change"))
		}
	}
	_, err := io.WriteString(printable.Block(w), b.String())
	return err
}
