package docs

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/conngen/conngen/schema"
)

// corpus holds real specs; it is not part of the module.
const corpus = "../../../shared/corpus/specs"

// eachSpec runs a test for each golden spec, and each corpus spec without errors.
func eachSpec(t *testing.T, test func(t *testing.T, spec *schema.Spec)) {
	t.Helper()
	paths, _ := filepath.Glob("../../golden/*/connector-spec.json")
	if len(paths) < 10 {
		t.Fatalf("%d golden specs", len(paths))
	}
	real, _ := filepath.Glob(filepath.Join(corpus, "*.json"))
	if len(real) == 0 {
		t.Logf("%s is not there: the page is tested on golden specs alone", corpus)
	} else if len(real) < 30 {
		t.Errorf("%d specs of the corpus", len(real))
	}
	for _, path := range slices.Concat(paths, real) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spec, found := schema.Parse(path, text)
		if found.HasErrors() {
			if filepath.Base(path) != "nerm.json" { // it is in the middle of a merge
				t.Errorf("%s: %v", path, found)
			}
			continue
		}
		t.Run(strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(path), "../../"), ".json"), func(t *testing.T) {
			t.Parallel()
			test(t, spec)
		})
	}
}

// gfm renders Markdown as GitHub does before it sanitizes the HTML, so a test sees everything that
// gets through.
var gfm = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(goldmarkhtml.WithUnsafe()))

// parsed returns the tree of a page in either format.
func parsed(t *testing.T, f Format, text []byte) *html.Node {
	t.Helper()
	if f == Markdown {
		var b bytes.Buffer
		if err := gfm.Convert(text, &b); err != nil {
			t.Fatal(err)
		}
		text = b.Bytes()
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// textOf is the text of a node, with runs of white space reduced to one space.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode && d.Parent.DataAtom != atom.Style && d.Parent.DataAtom != atom.Title:
			b.WriteString(d.Data)
		case d.Type == html.ElementNode && d.DataAtom != atom.Code && d.DataAtom != atom.Strong && d.DataAtom != atom.Em && d.DataAtom != atom.Small && d.DataAtom != atom.A:
			b.WriteString(" ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// shapeOf returns the elements that structure a page, in order, each with its parent.
func shapeOf(root *html.Node) []string {
	shape := []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Li, atom.Table, atom.Tr, atom.Th, atom.Td, atom.Pre, atom.Blockquote, atom.Hr}
	var all []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || !slices.Contains(shape, n.DataAtom) {
			continue
		}
		name := n.Data
		if n.DataAtom == atom.Th {
			name = "td" // Markdown has no row headers
		}
		for p := n.Parent; p != nil; p = p.Parent {
			if slices.Contains(shape, p.DataAtom) {
				name = p.Data + " " + name
			}
		}
		all = append(all, name)
	}
	return all
}

// codesOf returns the texts of a page in code spans.
func codesOf(root *html.Node) map[string]bool {
	codes := make(map[string]bool)
	for n := range root.Descendants() {
		if n.DataAtom == atom.Code && n.Type == html.ElementNode {
			var b strings.Builder
			for d := range n.Descendants() {
				if d.Type == html.TextNode {
					b.WriteString(d.Data)
				}
			}
			codes[b.String()] = true
		}
	}
	return codes
}

// namesOf returns all names of a spec that a reader of its page may look for.
func namesOf(spec *schema.Spec) map[string]string {
	names := make(map[string]string)
	add := func(kind, name string) { names[name] = kind }
	for _, c := range spec.Commands {
		add("command", c.Name)
	}
	var item func(e *schema.Entry)
	item = func(e *schema.Entry) {
		add("item", e.Key)
		for card := range e.CardItems() {
			item(card)
		}
		for _, p := range []*schema.KeyValuePart{e.KeyValueKey, e.KeyValueValue} {
			if p != nil {
				add("part", p.Key)
			}
		}
	}
	for e := range spec.ConfigItems() {
		item(e)
	}
	schemas := spec.EntitlementSchemas
	if spec.AccountSchema != nil {
		schemas = append(slices.Clone(schemas), spec.AccountSchema)
	}
	for _, s := range schemas {
		if s.Type != "" {
			add("entitlement type", s.Type)
		}
		for _, a := range s.Attributes {
			add("attribute", a.Name)
		}
	}
	if spec.AccountCreateTemplate != nil && spec.HasCommand(createCommand) {
		for _, f := range spec.AccountCreateTemplate.Fields {
			add("field", f.Key)
		}
	}
	for _, v := range spec.InitialValues {
		add("initial value", v.Key)
	}
	return names
}

// TestComplete: every command, item, attribute, entitlement type, field and initial value of a spec is
// on its page, in both formats.
func TestComplete(t *testing.T) {
	t.Parallel()
	eachSpec(t, func(t *testing.T, spec *schema.Spec) {
		for _, f := range []Format{Markdown, HTML} {
			codes := codesOf(parsed(t, f, New(spec, Options{}).Render(f, nil)))
			for name, kind := range namesOf(spec) {
				if !codes[visibleName(name)] {
					t.Errorf("%s: %s %q is not on the page", f, kind, name)
				}
			}
		}
	})
}

// TestLabels: every label, title, option and description that people see in the form or the schemas
// is on the page.
func TestLabels(t *testing.T) {
	t.Parallel()
	eachSpec(t, func(t *testing.T, spec *schema.Spec) {
		text := textOf(parsed(t, HTML, New(spec, Options{}).Render(HTML, nil)))
		has := func(kind, want string) {
			t.Helper()
			if want = strings.Join(strings.Fields(visible(want)), " "); !strings.Contains(text, want) {
				t.Errorf("%s %q is not on the page", kind, want)
			}
		}
		has("name", spec.Name)
		var walk func(entries []*schema.Entry)
		walk = func(entries []*schema.Entry) {
			for _, e := range entries {
				has("label", e.Label)
				has("title", e.SectionTitle)
				has("placeholder", e.Placeholder)
				for _, o := range e.Options {
					has("option", o.Label)
				}
				if !strings.ContainsAny(e.HelpKey, "<&") {
					has("help", strings.TrimSpace(e.HelpKey))
				}
				walk(e.Items)
				for _, m := range e.SubMenus {
					walk(m.Items)
				}
			}
		}
		walk(spec.SourceConfig)
		if spec.AccountSchema != nil {
			for _, a := range spec.AccountSchema.Attributes {
				for line := range strings.Lines(strings.ReplaceAll(a.Description, "\r", "\n")) {
					has("description", line)
				}
			}
		}
	})
}

// TestFormatsAgree: the page says the same in rendered Markdown and in HTML.
func TestFormatsAgree(t *testing.T) {
	t.Parallel()
	eachSpec(t, func(t *testing.T, spec *schema.Spec) {
		page := New(spec, Options{})
		markdown, html := parsed(t, Markdown, page.Render(Markdown, nil)), parsed(t, HTML, page.Render(HTML, nil))
		if diff := cmp.Diff(textOf(html), textOf(markdown)); diff != "" {
			t.Errorf("-HTML +Markdown:\n%s", diff)
		}
		if diff := cmp.Diff(shapeOf(html), shapeOf(markdown)); diff != "" {
			t.Errorf("structure -HTML +Markdown:\n%s", diff)
		}
	})
}

// TestSameBytes: a spec always produces the same page, and an existing page stays unchanged.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	eachSpec(t, func(t *testing.T, spec *schema.Spec) {
		for _, f := range []Format{Markdown, HTML} {
			first := New(spec, Options{}).Render(f, nil)
			if !IsPage(first) {
				t.Errorf("%s: no page", f)
			}
			existing, found := Read("page", first)
			if len(found) > 0 {
				t.Fatalf("%s: %v", f, found)
			}
			if diff := cmp.Diff(string(first), string(New(spec, Options{}).Render(f, existing))); diff != "" {
				t.Errorf("%s: -first +again:\n%s", f, diff)
			}
		}
	})
}

// TestStructure: the page has ordered headings, links that resolve, tables with headers and no
// empty columns, and no empty section.
func TestStructure(t *testing.T) {
	t.Parallel()
	eachSpec(t, func(t *testing.T, spec *schema.Spec) {
		for _, f := range []Format{Markdown, HTML} {
			checkStructure(t, parsed(t, f, New(spec, Options{}).Render(f, nil)))
		}
	})
}

func checkStructure(t *testing.T, root *html.Node) {
	t.Helper()
	ids, targets := make(map[string]int), []string{}
	level, empty := 0, false
	for n := range root.Descendants() {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" && !inHeading(n) {
			empty = false
		}
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "id" {
				ids[a.Val]++
			}
			if target, ok := strings.CutPrefix(a.Val, "#"); ok && a.Key == "href" {
				targets = append(targets, target)
			}
		}
		if l := headingLevel(n); l > 0 {
			if l > level+1 {
				t.Errorf("heading %q of level %d after level %d", textOf(n), l, level)
			}
			if empty && l <= level {
				t.Errorf("nothing stands before %q", textOf(n))
			}
			level, empty = l, true
		}
		if n.DataAtom == atom.Table {
			checkTable(t, n)
		}
	}
	if empty {
		t.Error("the last section is empty")
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%d elements have the ID %q", n, id)
		}
	}
	for _, target := range targets {
		if ids[target] == 0 {
			t.Errorf("a link leads to #%s, which is not there", target)
		}
	}
}

func headingLevel(n *html.Node) int {
	return 1 + slices.Index([]atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}, n.DataAtom)
}

func inHeading(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && (headingLevel(p) > 0 || p.DataAtom == atom.Head) {
			return true
		}
	}
	return false
}

func checkTable(t *testing.T, table *html.Node) {
	t.Helper()
	var rows [][]string
	for n := range table.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Tr:
			rows = append(rows, nil)
		case n.DataAtom == atom.Th || n.DataAtom == atom.Td:
			rows[len(rows)-1] = append(rows[len(rows)-1], textOf(n))
		}
	}
	if len(rows) < 2 || len(rows[0]) < 2 {
		t.Errorf("a table of %d rows: %q", len(rows), rows)
		return
	}
	filled := make([]bool, len(rows[0]))
	for _, row := range rows[1:] {
		if len(row) != len(rows[0]) {
			t.Errorf("a row of %d cells below %d headers: %q", len(row), len(rows[0]), row)
			return
		}
		for i, cell := range row {
			filled[i] = filled[i] || cell != ""
		}
	}
	for i, ok := range filled {
		if !ok {
			t.Errorf("nothing is in column %s", rows[0][i])
		}
	}
}

var update = flag.Bool("update", false, "write the pages in testdata")

// TestGoldenPages shows changes of pages in a diff.
func TestGoldenPages(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]Format{"complete": Markdown, "minimal": HTML} {
		text, err := os.ReadFile("../../golden/" + name + "/connector-spec.json")
		if err != nil {
			t.Fatal(err)
		}
		got := New(parseSpec(t, string(text)), Options{}).Render(f, nil)
		path := filepath.Join("testdata", name+f.Ext())
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s -want +got:\n%s", path, diff)
		}
	}
}
