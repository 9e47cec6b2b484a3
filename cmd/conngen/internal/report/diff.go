package report

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
)

// A Diff is what changed from one spec to another.
type Diff struct {
	OldPath, Path string
	Result        generator.Comparison
}

// A DiffWriter writes diffs in one format. Harmless changes are summed up unless
// all are asked for.
type DiffWriter func(w io.Writer, diffs []Diff, all bool) error

// diffFormats is the table of formats, the default one first.
var diffFormats = []struct {
	name   string
	writer DiffWriter
}{
	{"text", diffText},
	{"json", diffJSON},
	{"github", diffGitHub},
	{"markdown", diffMarkdown},
}

// DiffFormat returns the writer of a format.
func DiffFormat(name string) (DiffWriter, error) {
	for _, f := range diffFormats {
		if f.name == name {
			return f.writer, nil
		}
	}
	return nil, fmt.Errorf("there is no format %q", name)
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

// place says where a change is to be seen: in the new spec where it can be.
func (d Diff) place(c generator.Change) string {
	path, at := d.Path, c.New
	if at == (schema.Place{}) {
		path, at = d.OldPath, c.Old
	}
	return fmt.Sprintf("%s:%d:%d", printable.Text(path), at.Line, at.Column)
}

// verdict says in words what the changes come to.
func (d Diff) verdict() string {
	code := map[generator.GoImpact]string{generator.GoNone: "no change for Go code", generator.GoAdditive: "additions for Go code", generator.GoBreaking: "breaking for Go code"}
	sources := map[diff.SourceImpact]string{diff.SourceSafe: "safe for sources", diff.SourceReview: "sources to review", diff.SourceBreaking: "breaking for sources"}
	verdict := code[d.Result.Go] + ", " + sources[d.Result.Source]
	if d.Result.Review {
		verdict += ", code to review"
	}
	return verdict
}

// impacts says what a single change does.
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

// message is all that is said of a change.
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

func diffText(w io.Writer, diffs []Diff, all bool) error {
	var b strings.Builder
	for _, d := range diffs {
		if len(d.Result.Changes) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s: %s\n", printable.Text(d.Path), d.verdict())
		groups, left := d.groups(all)
		for _, g := range groups {
			fmt.Fprintf(&b, "\n%s\n", groupTitles[g])
			for _, c := range d.changes(g) {
				fmt.Fprintf(&b, "  %s: %s [%s]\n      %s\n", d.place(c), message(c), c.ID, impacts(c))
			}
		}
		if left > 0 {
			fmt.Fprintf(&b, "\n%s in texts, order and initial values; --all lists them\n", harmlessChanges(left))
		}
	}
	_, err := io.WriteString(printable.Block(w), b.String())
	return err
}

func harmlessChanges(n int) string {
	if n == 1 {
		return "1 harmless change"
	}
	return fmt.Sprintf("%d harmless changes", n)
}

// diffJSON writes {"go","source","review","changes"} for all specs together; it always has
// all changes.
func diffJSON(w io.Writer, diffs []Diff, _ bool) error {
	type change struct {
		generator.Change
		Path string `json:"path"`
	}
	all := struct {
		Go      generator.GoImpact `json:"go"`
		Source  diff.SourceImpact  `json:"source"`
		Review  bool               `json:"review"`
		Changes []change           `json:"changes"`
	}{Changes: []change{}}
	for _, d := range diffs {
		all.Go, all.Source, all.Review = max(all.Go, d.Result.Go), max(all.Source, d.Result.Source), all.Review || d.Result.Review
		for _, c := range d.Result.Changes {
			all.Changes = append(all.Changes, change{c, printable.Valid(d.Path)})
		}
	}
	encoder := json.NewEncoder(printable.JSON(w))
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(all)
}

func diffGitHub(w io.Writer, diffs []Diff, all bool) error {
	w = printable.Commands(w)
	kinds := map[group]string{breaking: "error", review: "warning", additions: "notice", harmless: "notice"}
	for _, d := range diffs {
		groups, _ := d.groups(all)
		for _, g := range groups {
			for _, c := range d.changes(g) {
				at := c.New
				if at == (schema.Place{}) { // annotations are shown in the new version alone
					at.Line, at.Column = 1, 1
				}
				_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", kinds[g], escapeProperty.Replace(filepath.ToSlash(d.Path)),
					at.Line, at.Column, escapeProperty.Replace(c.ID), escapeData.Replace(message(c)))
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// escapeCell keeps texts from being read as Markdown, HTML or the end of a cell.
var escapeCell = strings.NewReplacer(
	"|", "\\|", "<", "&lt;", ">", "&gt;", "&", "&amp;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "@", "&#64;", "#", "&#35;", "\\", "\\\\",
)

func diffMarkdown(w io.Writer, diffs []Diff, all bool) error {
	var b strings.Builder
	for _, d := range diffs {
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
			fmt.Fprintf(&b, "%s in texts, order and initial values.\n\n", harmlessChanges(left))
		}
	}
	_, err := io.WriteString(printable.Block(w), b.String())
	return err
}
