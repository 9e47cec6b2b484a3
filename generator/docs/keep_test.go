package docs

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
)

const smallSpec = `{
  "name": "HR", "keyType": "simple", "commands": ["std:test-connection", "std:account:list"],
  "sourceConfig": [{"type": "menu", "label": "Connection", "items": [{"type": "section", "sectionTitle": "API", "items": [{"key": "url", "label": "URL", "type": "url"}]}]}],
  "accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}
}`

func parseSpec(t testing.TB, text string) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse("connector-spec.json", []byte(text))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return spec
}

// readPage reads a page whose marks must be valid.
func readPage(t testing.TB, text string) *Existing {
	t.Helper()
	e, found := Read("page", []byte(text))
	if len(found) > 0 {
		t.Fatalf("%v in:\n%s", found, text)
	}
	return e
}

// blockIn returns the text between the marks of a block.
func blockIn(t testing.TB, text, name string) string {
	t.Helper()
	_, rest, begins := strings.Cut(text, openMark(name))
	inner, _, ends := strings.Cut(rest, closeMark(name))
	if !begins || !ends {
		t.Fatalf("block %q is not in:\n%s", name, text)
	}
	return inner
}

// TestKept: an author's text stays byte for byte, in all formats and with all line ends.
func TestKept(t *testing.T) {
	t.Parallel()
	page := New(parseSpec(t, smallSpec), Options{})
	for _, f := range []Format{Markdown, HTML} {
		for _, text := range []string{
			"\nThe role **Auditor**.\n", "", " on the same line ", "\n\n\ttabs\t \n\n", "\r\nlines of Windows\r\n", "mixed\r\nand\nbare\rends", "\xff\x00\xfe", "<b>HTML</b>\n| a | b |",
			"```\n<!-- a comment -->\n```", "\n<a id=\"accounts\"></a>\n## My heading\n", "$(x) {{.}} %s %d", "é\u202e🚀", "<!-- keeper: no mark -->", "<!-- to do -->",
		} {
			fresh := string(page.Render(f, nil))
			edited := strings.Replace(fresh, openMark(permissionsName)+"\n\n", openMark(permissionsName)+text, 1)
			again := string(page.Render(f, readPage(t, edited)))
			if got := blockIn(t, again, permissionsName); got != text {
				t.Errorf("%s: %q became %q", f, text, got)
			}
			if third := string(page.Render(f, readPage(t, again))); third != again {
				t.Errorf("%s: %q: the second run changes the page", f, text)
			}
		}
	}
}

// TestEmptyBlock: the page says that permissions are missing while their block is empty, and the
// finding points to the mark.
func TestEmptyBlock(t *testing.T) {
	t.Parallel()
	page := New(parseSpec(t, smallSpec), Options{})
	fresh := string(page.Render(Markdown, nil))
	for text, empty := range map[string]bool{"\n\n": true, "": true, " <!-- to do --> \t\n": true, "\nThe role Auditor.\n": false} {
		edited := strings.Replace(fresh, openMark(permissionsName)+"\n\n", openMark(permissionsName)+text, 1)
		again := string(page.Render(Markdown, readPage(t, edited)))
		if strings.Contains(again, permissionsMissingText) != empty {
			t.Errorf("%q: the page says that permissions are missing: %t", text, !empty)
		}
		found := readPage(t, again).Empty("page.md")
		if (len(found) == 1) != empty {
			t.Errorf("%q: %v", text, found)
		}
		for _, d := range found {
			lines := strings.Split(again, "\n")
			if d.Severity != schema.Info || !strings.HasPrefix(lines[d.Line-1], openMark(permissionsName)) || d.Column != 1 || d.Path != "page.md" {
				t.Errorf("%q: %v", text, d)
			}
		}
	}
}

// TestBlocksMove: an author's own block stays in its section, and becomes a note when the section
// is gone. It is never lost.
func TestBlocksMove(t *testing.T) {
	t.Parallel()
	spec := parseSpec(t, smallSpec)
	other := parseSpec(t, strings.NewReplacer("Connection", "Access", `"accountSchema"`, `"$comment"`, "std:account:list", "std:spec:read").Replace(smallSpec))
	for _, f := range []Format{Markdown, HTML} {
		fresh := string(New(spec, Options{}).Render(f, nil))
		edited := fresh
		for name, title := range map[string]string{"hr": "HR", "features": "What it can do", "connection": "Connection", "accounts": "Accounts"} {
			line := regexp.MustCompile(`(?m)^(?:#+ ` + title + `|<h.*>` + title + `</h.>)\n`)
			edited = line.ReplaceAllString(edited, "$0\n"+openMark(name)+"\nabout "+name+"\n"+closeMark(name)+"\n\n")
		}
		same := string(New(spec, Options{}).Render(f, readPage(t, edited)))
		moved := string(New(other, Options{}).Render(f, readPage(t, same)))
		back := string(New(spec, Options{}).Render(f, readPage(t, moved)))
		for _, text := range []string{same, moved, back} {
			for _, name := range []string{"hr", "features", "connection", "accounts"} {
				if got := blockIn(t, text, name); got != "\nabout "+name+"\n" {
					t.Errorf("%s: block %s is %q", f, name, got)
				}
			}
		}
		sections := func(text string) map[string]string {
			all := make(map[string]string)
			for _, b := range readPage(t, text).blocks {
				all[b.name] = b.section
			}
			return all
		}
		want := map[string]string{"hr": "", "features": "features", "permissions": "permissions", "connection": "menu-connection", "accounts": "accounts"}
		if diff := cmp.Diff(want, sections(same)); diff != "" {
			t.Errorf("%s: -want +same:\n%s", f, diff)
		}
		want["connection"], want["accounts"] = "notes", "notes"
		if diff := cmp.Diff(want, sections(moved)); diff != "" {
			t.Errorf("%s: -want +moved:\n%s", f, diff)
		}
		if diff := cmp.Diff(want, sections(back)); diff != "" { // people move notes, conngen does not
			t.Errorf("%s: -want +back:\n%s", f, diff)
		}
	}
}

// TestLineEnds: a page keeps its CRLF line ends and its byte order mark.
func TestLineEnds(t *testing.T) {
	t.Parallel()
	spec := parseSpec(t, smallSpec)
	fresh := string(New(spec, Options{}).Render(Markdown, nil))
	windows := bom + strings.ReplaceAll(strings.Replace(fresh, openMark(permissionsName)+"\n\n", openMark(permissionsName)+"\nmine\n", 1), "\n", "\r\n")
	e := readPage(t, windows)
	if !IsPage([]byte(windows)) {
		t.Error("it is not a page")
	}
	again := New(spec, Options{}).Render(Markdown, e)
	want := strings.Replace(windows, permissionsMissingText+"\r\n\r\n", "", 1)
	if diff := cmp.Diff(want, string(again)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !readPage(t, want).Equal(again) || !readPage(t, strings.ReplaceAll(want, "\r\n", "\n")).Equal(again) {
		t.Error("the page is not as it is to be")
	}
	if readPage(t, want+"x").Equal(again) {
		t.Error("a page with one letter more is the same")
	}
}

// TestBrokenMarks: each broken mark is reported at its position.
func TestBrokenMarks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"a\n<!-- keep:x -->\n", `2:1-16: block "x" has no end`},
		{"<!-- keep:x --> <!-- keep:y --> <!-- /keep:y --> <!-- /keep:x -->", `1:17-32: block "y" begins inside block "x"`},
		{"<!-- keep:x --> <!-- keep:y -->", `1:17-32: block "y" begins inside block "x"`},
		{"<!-- /keep:x -->", `1:1-17: block "x" ends, and does not begin`},
		{"<!-- keep:x --> <!-- /keep:y --> <!-- /keep:x -->", `1:17-33: block "y" ends inside block "x"`},
		{"<!-- keep:x --><!-- /keep:x -->\r\né <!-- keep:x --><!-- /keep:x -->", `2:3-18: there is a block "x" already`},
		{"<!-- keep: -->", "1:1-15: broken mark"},
		{"<!-- keep -->", "1:1-14: broken mark"},
		{"<!-- /keep -->", "1:1-15: broken mark"},
		{"<!-- Keep:x -->", "1:1-16: broken mark"},
		{"<!-- keep: x -->", "1:1-17: broken mark"},
		{"<!-- / keep:x -->", "1:1-18: broken mark"},
		{"<!-- /keep x -->", "1:1-17: broken mark"},
		{"<!-- keep:a b -->", "1:1-18: broken mark"},
		{"<!-- keep:-x -->", "1:1-17: broken mark"},
		{"<!--- keep:x --->", "1:1-18: broken mark"},
		{"<!---/keep:x--->", "1:1-17: broken mark"},
		{"<!-- keep:x", "1:1-12: the mark does not end"},
		{"<!-- keep:x ->\ntext\n<!-- /keep:x -->", "1:1-15: the mark does not end\n3:1-17: block \"x\" ends, and does not begin"},
		{bom + "<!-- /keep:x -->", `1:1-17: block "x" ends, and does not begin`},
		{"<!-- keeper --> <!-- keepsake:x --> <!-- a keep:x --> keep:x", ""},
		{"<!--keep:x--><!--/keep:x-->", ""},
		{"<!-- open comment", ""},
		{"<!-- keep:x --><!-- note --><!-- /keep:x -->", ""},
	} {
		_, found := Read("page.md", []byte(test.text))
		var got []string
		for _, d := range found {
			got = append(got, fmt.Sprintf("%d:%d-%d: %s", d.Line, d.Column, d.EndColumn, d.Message))
			if again := strings.Contains(d.Message, "already"); again != (d.Related.Position.Line == 1) {
				t.Errorf("%q: the other place is %+v", test.text, d.Related)
			}
			if d.Hint == "" || d.Path != "page.md" || d.Severity != schema.Error {
				t.Errorf("%q: %v", test.text, d)
			}
		}
		if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%q: -want +got:\n%s", test.text, diff)
		}
	}
}

// TestIsPage: only a page that docs wrote counts.
func TestIsPage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "# HR\n": false, mark: true, mark + "\r\n# HR": true, "<!DOCTYPE html>\n" + mark + "\n": true, bom + mark: true,
		"a\nb\n" + mark: false, "text " + mark: false,
	} {
		if got := IsPage([]byte(text)); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// FuzzKeep: reading never panics, whatever the page. If the marks are valid, each block is on the
// next page once with the same bytes, and the page after that is identical.
func FuzzKeep(f *testing.F) {
	spec := parseSpec(f, smallSpec)
	fresh := New(spec, Options{}).Render(Markdown, nil)
	f.Add(string(fresh), "text")
	f.Add("<!-- keep:a -->\r\n<!-- /keep:a -->", "\r\n")
	f.Add("<a id=\"accounts\"></a>\n<!-- keep:a.b-c_1 -->x<!-- /keep:a.b-c_1 --><h2 id=\"gone\"><!-- keep:d --><!-- /keep:d -->", "\x00")
	f.Add("<!-- keep:a", "-->")
	f.Add("<!-- keep:a --><!-- keep:b --><!-- /keep:a -->", "<!-- /keep:permissions")
	f.Add("\uFEFF<!--keep:x--><!--/keep:x--><!-- /keep -->", "<!--")
	f.Fuzz(func(t *testing.T, text, inner string) {
		for _, page := range []string{text, text + openMark("mine") + inner + closeMark("mine"), strings.Replace(string(fresh), "\n\n"+closeMark(permissionsName), inner+closeMark(permissionsName)+text, 1)} {
			e, found := Read("page", []byte(page))
			lines := strings.Count(page, "\n") + 1
			for _, d := range found {
				if d.Line < 1 || d.Line > lines || d.Column < 1 || d.Width < 1 {
					t.Errorf("%q: %+v", page, d.Position)
				}
			}
			if len(found) > 0 {
				continue
			}
			for _, format := range []Format{Markdown, HTML} {
				next := New(spec, Options{}).Render(format, e)
				again := readPage(t, string(next))
				for _, b := range e.blocks {
					kept, ok := again.block(b.name)
					if !ok || !bytes.Equal(kept.text, b.text) {
						t.Errorf("%q: block %q is %q", page, b.name, kept.text)
					}
				}
				if _, ok := e.block(permissionsName); len(again.blocks) != len(e.blocks) && (ok || len(again.blocks) != len(e.blocks)+1) {
					t.Errorf("%q: %d blocks became %d", page, len(e.blocks), len(again.blocks))
				}
				if third := New(spec, Options{}).Render(format, again); !bytes.Equal(third, next) {
					t.Errorf("%q: the third page differs:\n%s", page, cmp.Diff(string(next), string(third)))
				}
			}
		}
	})
}
