package report

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema/lint"
)

var update = flag.Bool("update", false, "rewrite the reference pages")

// TestPages: docs/reference has a page for each rule and each kind of change, and their lists, as
// they follow from package rules, and its folders have no others.
func TestPages(t *testing.T) {
	t.Parallel()
	manual := filepath.Join("..", "..", "..", "..", "docs")
	want := referencePages()
	for _, folder := range []string{lists + "/rules", lists + "/changes"} {
		entries, err := os.ReadDir(filepath.Join(manual, folder))
		if err != nil && !(*update && errors.Is(err, fs.ErrNotExist)) {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name := path.Join(folder, entry.Name())
			if _, ok := want[name]; ok {
				continue
			}
			if !*update {
				t.Errorf("%s: nothing has this page", name)
			} else if err := os.Remove(filepath.Join(manual, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range want {
		checkPage(t, filepath.Join(manual, name), text)
	}
}

// checkPage compares a page with a file, or writes it.
func checkPage(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	old, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
	} else if diff := cmp.Diff(text, string(old)); diff != "" {
		t.Errorf("%s is out of date; make reference writes it (-want +page):\n%s", file, diff)
	}
}

// referencePages are the pages by their names in docs.
func referencePages() map[string]string {
	const generated = "<!-- Written by make reference. Do not edit. -->\n\n"
	pages := map[string]string{
		lists + "/rules.md":   generated + rulesPage(),
		lists + "/changes.md": generated + changesPage(),
	}
	related := relations()
	for _, r := range rules.All() {
		pages[pageOf(r)] = generated + rulePage(r, related[r.ID])
	}
	return pages
}

// pageOf is the name of a rule's page in docs.
func pageOf(r rules.Rule) string { return strings.TrimPrefix(r.Page(), homepage.Manual("")) }

// rulePage is the page of a rule, which may have related ones.
func rulePage(r rules.Rule, related map[string]bool) string {
	var b strings.Builder
	folder := path.Dir(pageOf(r))
	fmt.Fprintf(&b, "# %s\n\n", r.ID)
	if r.Source != "" {
		fmt.Fprintf(&b, "For sources: **%s** · [All kinds of changes](../changes.md)\n", r.Source)
	} else {
		fmt.Fprintf(&b, "**%s** of `conngen %s` · [All rules](../rules.md)\n", r.Severity, r.Command)
	}
	inFull := spellingOut()
	for line := range strings.Lines(rules.Markdown(meaning(r))) {
		fmt.Fprintf(&b, "\n%s\n", inFull(strings.TrimSuffix(line, "\n")))
	}
	for _, c := range chapters(r) {
		fmt.Fprintf(&b, "\n## %s\n", c.title)
		for _, p := range c.parts {
			text := p.markdown()
			if p.fence == "" {
				text = linked(inFull(text), folder)
			}
			b.WriteString("\n" + text)
		}
	}
	if len(related) > 0 {
		b.WriteString("\n## Related\n\n")
	}
	for _, id := range slices.Sorted(maps.Keys(related)) {
		other, _ := rules.Find(id)
		fmt.Fprintf(&b, "- %s: %s\n", link(other, folder), inFull(rules.Markdown(other.Purpose)))
	}
	return b.String()
}

// spellingOut returns a function for the texts of a page, which writes the first ISC in full.
func spellingOut() func(text string) string {
	done := false
	return func(text string) string {
		if done || !strings.Contains(text, "ISC") {
			return text
		}
		done = true
		return strings.Replace(text, "ISC", "Identity Security Cloud (ISC)", 1)
	}
}

// mention is a code span that may be the ID of a rule.
var mention = regexp.MustCompile("`([a-z0-9-]+)`")

// linked makes links of the IDs of rules in a text for a page in a folder of docs.
func linked(text, folder string) string {
	return mention.ReplaceAllStringFunc(text, func(span string) string {
		if r, ok := rules.Find(strings.Trim(span, "`")); ok {
			return link(r, folder)
		}
		return span
	})
}

// lists is the folder in docs that has the lists of rules and of kinds of changes.
const lists = "reference"

// link leads to the page of a rule from a page in a folder of docs.
func link(r rules.Rule, folder string) string {
	target, err := filepath.Rel(folder, pageOf(r))
	if err != nil {
		panic(err) // both are relative
	}
	return fmt.Sprintf("[`%s`](%s)", r.ID, filepath.ToSlash(target))
}

// relations are the rules by ID that mention each other, in either direction.
func relations() map[string]map[string]bool {
	related := make(map[string]map[string]bool)
	relate := func(from, to string) {
		if related[from] == nil {
			related[from] = make(map[string]bool)
		}
		related[from][to] = true
	}
	for _, r := range rules.All() {
		texts := r.Texts()
		for _, match := range mention.FindAllStringSubmatch(texts.Why+texts.Ignore+texts.Advice, -1) {
			if other, ok := rules.Find(match[1]); ok && other.ID != r.ID {
				relate(r.ID, other.ID)
				relate(other.ID, r.ID)
			}
		}
	}
	return related
}

// rulesPage lists the rules by command.
func rulesPage() string {
	var b strings.Builder
	b.WriteString(`# Rules

Everything that conngen reports has an ID, in brackets at the end of the message. Each page here explains one: why it matters in Identity Security Cloud (ISC), an example and its fix, and when to ignore it. ` + "`conngen rules`" + ` prints these lists, and ` + "`conngen rules ID`" + ` prints a page.

[Kinds of changes](changes.md) have a list of their own.
`)
	for _, section := range []struct{ command, intro string }{
		{rules.Validate, "All commands but `diff` refuse a spec with an error, and no setting changes that. `.conngen.json` can switch the other rules off, for all of a spec or for one part of it, and change their severity; each page shows how. The last column says what `--fix` corrects: safe fixes by itself, unsafe ones, which may change a type or a meaning, with `--unsafe`."},
		{rules.Check, "`check` compares the generated code with the spec, and the client as well with `--stub`. Nothing can ignore its findings, and warnings do not make it fail."},
		{rules.Docs, "`docs` writes the page for administrators, and compares it with `--check`. Nothing can ignore its findings, and infos do not make it fail."},
		{rules.Pack, "`pack` makes a bundle for ISC. Nothing can ignore its finding, which is a warning and does not make it fail."},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", section.command, section.intro)
		b.WriteString(rulesTable(rules.Of(section.command)))
	}
	return b.String()
}

// rulesTable is a table of rules, with their fixes if some have any.
func rulesTable(list []rules.Rule) string {
	columns := []string{"rule", "severity", "what is wrong", "fix"}
	if !slices.ContainsFunc(list, func(r rules.Rule) bool { return r.Fixes.Any() }) {
		columns = columns[:3]
	}
	rows := [][]string{columns}
	for _, r := range list {
		cells := []string{link(r, lists), string(r.Severity), rules.Markdown(r.Purpose), fixColumn(r.Fixes)}
		rows = append(rows, cells[:len(columns)])
	}
	return table(rows)
}

// fixColumn says in a word whether a rule has fixes.
func fixColumn(f lint.Fixes) string {
	switch {
	case f.Safe && f.Unsafe:
		return "safe, unsafe"
	case f.Safe:
		return "safe"
	case f.Asked:
		return "unsafe, with `--rule`"
	case f.Unsafe:
		return "unsafe"
	}
	return ""
}

// changesPage lists the kinds of changes.
func changesPage() string {
	rows := [][]string{{"change", "sources", "what has changed", "what comes of it"}}
	for _, r := range rules.Of(rules.Diff) {
		rows = append(rows, []string{link(r, lists), r.Source, rules.Markdown(r.Purpose), rules.Markdown(strings.ToUpper(r.Effect[:1])+r.Effect[1:]) + "."})
	}
	return `# Kinds of changes

` + "`conngen diff`" + ` sorts what changes between two specs into these kinds. Each has a fixed effect on sources that administrators made with the old spec:

- **safe**: they go on as before.
- **review**: an administrator should look at them.
- **breaking**: they lose data or function.

Whether Identity Security Cloud (ISC) changes existing sources when a new version of a connector arrives is not documented. These effects assume that stored values, schemas and create profiles stay as they are.

What a change does to Go code depends on the spec: ` + "`diff`" + ` compares the APIs of the two generated packages. So the same kind can break code in one connector and not in another.

` + table(rows)
}

// table is a table in Markdown, whose first row has the titles.
func table(rows [][]string) string {
	var b strings.Builder
	for i, cells := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", len(cells)) + "\n")
		}
	}
	return b.String()
}
