package report

import (
	"flag"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/manual"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema/lint"
)

var update = flag.Bool("update", false, "rewrite the reference pages")

// TestPages: docs/reference has a page for each rule and each kind of change, and their lists, as
// they follow from package rules, and no pages that nothing writes.
func TestPages(t *testing.T) {
	t.Parallel()
	docs := manual.In(filepath.Join("..", "..", "..", ".."), *update)
	pages := referencePages()
	for _, folder := range []string{lists + "/rules", lists + "/changes"} {
		docs.Folder(t, folder, func(name string) bool { return pages[name] != "" })
	}
	docs.Folder(t, lists, func(name string) bool { return slices.Contains(homepage.Pages(), name) })
	docs.Pages(t, pages)
}

// referencePages are the pages by their names in docs.
func referencePages() map[string]string {
	pages := map[string]string{homepage.Rules: rulesPage(), homepage.Changes: changesPage()}
	related := relations()
	for _, r := range rules.All() {
		pages[pageOf(r)] = rulePage(r, related[r.ID])
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
const lists = homepage.Reference

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

Every finding of conngen has an ID, in brackets at the end of the message. Each ID has a page: why it matters in Identity Security Cloud (ISC), an example and its fix, and when to ignore it. ` + "`conngen rules`" + ` prints these lists, and ` + "`conngen rules ID`" + ` prints a page.

[Kinds of changes](changes.md) have a list of their own.
`)
	for _, section := range []struct{ command, intro string }{
		{rules.Validate, "All commands except `diff` refuse a spec with an error, and no setting changes that. `.conngen.json` can change the severity of the other rules, or switch them off, for a whole spec or a part of it; each page shows how. The last column shows which rules have fixes: `--fix` makes safe ones; unsafe ones, which may change a type or a meaning, need `--unsafe`."},
		{rules.Check, "`check` compares the generated code with the spec and, with `--stub`, the client too. Its findings cannot be ignored. Warnings do not make it fail."},
		{rules.Docs, "`docs` writes the page for administrators or, with `--check`, compares it. Its findings cannot be ignored. Infos do not make it fail."},
		{rules.Pack, "`pack` makes a bundle for ISC. Its finding cannot be ignored, but is a warning and does not make it fail."},
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
	return manual.Table(rows)
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
	rows := [][]string{{"change", "sources", "what has changed", "effect"}}
	for _, r := range rules.Of(rules.Diff) {
		rows = append(rows, []string{link(r, lists), r.Source, rules.Markdown(r.Purpose), rules.Markdown(strings.ToUpper(r.Effect[:1])+r.Effect[1:]) + "."})
	}
	return `# Kinds of changes

` + "`conngen diff`" + ` sorts the changes between two specs into these kinds. Each has a fixed effect on sources that administrators made with the old spec:

- **safe**: they work as before.
- **review**: an administrator should look at them.
- **breaking**: they lose data or function.

It is not documented whether Identity Security Cloud (ISC) changes existing sources when you upload a new version of a connector. These effects assume that stored values, schemas and create profiles do not change.

The effect on Go code depends on the spec: ` + "`diff`" + ` compares the APIs of the two generated packages. So the same kind can break code in one connector and not in another.

` + manual.Table(rows)
}
