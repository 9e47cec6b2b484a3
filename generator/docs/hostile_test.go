package docs

import (
	"encoding/json"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/conngen/conngen/internal/hostile"
	"github.com/conngen/conngen/schema"
)

// payloads are texts that try to become markup.
var payloads = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><svg onload=alert(1)>`, `</style><script>alert(1)</script>`, `'><b>`,
	`[x](javascript:alert(1))`, `![x](javascript:alert(1))`, `[x]: javascript:alert(1)`, `<javascript:alert(1)>`, `[x](https://example.com "t")`,
	`<a href="javascript:alert(1)">x</a>`, `<a href="JaVa&#115;cript:alert(1)">x</a>`, "<a href=\"java\tscript:alert(1)\">x</a>", `<a href="data:text/html,x">x</a>`,
	`<a href="https://example.com/)(a|b&c" onclick="alert(1)">fine</a>`, `<a href=//example.com>x</a>`,
	`-->`, `<!-- keep:evil -->`, `<!-- /keep:permissions -->`, "\x00permissions\x00", `<!--`, `<![CDATA[x]]>`, `<?php x ?>`,
	"`", "``", "```\ncode\n```", `*`, `**bold**`, `_it_`, `a_b_c`, `~~gone~~`, `~~~`, `$x$`, `\`, `\\`, `a\`, `\|`, `| a | b |`, `|`, `a|b\|c`,
	"# heading", "a\n# heading", "a\n\n# heading", "- a", "+ a", "1. a", "1) a", "> a", "===", "a\n===", "---", "a\n---", "***", "\ta", "    a",
	"a\n| b | c |\n| --- | --- |\n| d | e |", "<details>\n\na", "<table><tr><td>a</td></tr></table>", "<ul><li>a<li>b<ul><li>c</ul></ul>",
	"&lt;b&gt;", "&amp;lt;", "&#60;script&#62;", "<b", "<", "a < b > c", "the <user> of the token", "[ ] a", "[x] a", "[^1]", ": a", "@everyone #1",
	"\u202egnp.exe", "\u200b", "a\u00a0b", "\uFEFF", " ", "  a  ", "{{.}}", "${x}", "http://example.com/a_b*c*", "www.example.com", "a@example.com",
	strings.Repeat("<b>", 90) + "deep", strings.Repeat("<b>x</b> ", 60), strings.Repeat("<ul><li>", 90) + "deep", strings.Repeat("[", 300), strings.Repeat("*", 300),
}

// hostileSpec has the payloads in all texts and names of a spec.
func hostileSpec(t *testing.T) *schema.Spec {
	t.Helper()
	type object = map[string]any
	var items, attributes, fields, cards, commands, menus []any
	for i, p := range payloads {
		items = append(items, object{
			"key": p[:min(len(p), 80)] + "key", "label": p, "type": "select", "helpKey": p, "helpText": p + "!", "placeholder": p, "required": i%2 == 0,
			"parentKey": "mode", "parentValue": p,
			"options": []any{object{"label": p, "value": p + "1", "docLink": p, "docLinkLabel": p}, object{"label": p + "!", "value": p + "2", "docLink": "javascript:alert(1)"}},
		}, object{"key": p + "list", "label": p, "type": "list"})
		cards = append(cards, object{"key": p[:min(len(p), 80)] + strconv.Itoa(i), "label": p, "type": "text", "helpKey": p, "value": p})
		attributes = append(attributes, object{"name": p + "name", "type": "string", "description": p, "entitlement": true, "schemaObjectType": p, "managed": true})
		fields = append(fields,
			object{"key": p + "a", "label": p, "type": "string", "initialValue": object{"type": "static", "attributes": object{"value": p}}},
			object{"key": p + "b", "label": p, "type": "string", "initialValue": object{"type": "identityAttribute", "attributes": object{"name": p}}},
			object{"key": p + "c", "label": p, "type": "string", "initialValue": object{"type": "generator", "attributes": object{"name": "Create Unique Account ID", "template": p + "$(" + p + ")"}}})
		commands = append(commands, "x:"+p)
		menus = append(menus, object{"type": "menu", "label": p, "items": []any{object{
			"type": "section", "sectionTitle": p, "sectionHelpMessage": p, "docLink": p, "docLinkLabel": p, "items": []any{object{"key": p + "m", "label": p, "type": "text"}},
		}}})
	}
	items = append(items, object{"key": "mode", "label": "Mode", "type": "text"}, object{
		"key": "cards", "label": "Cards", "type": "cardList", "titleKey": payloads[0] + "0", "subtitleKey": payloads[1] + "1", "buttonLabel": payloads[2],
		"subMenus": []any{object{"label": payloads[3], "items": cards}, object{"label": payloads[4], "items": []any{object{"key": "x", "label": "X", "type": "text"}}}},
	})
	text, err := json.Marshal(object{
		"name": strings.Join(payloads[:5], " "), "description": strings.Join(payloads, "\n\n"), "keyType": "simple",
		"commands": append(commands, "std:account:list", "std:account:create", "std:entitlement:list"), "features": payloads,
		"sourceConfig":              append(menus, object{"type": "menu", "label": "Menu", "items": []any{object{"type": "section", "sectionTitle": "Section", "items": items}}}),
		"sourceConfigInitialValues": object{payloads[0]: payloads[1], payloads[2] + "list": payloads},
		"accountSchema":             object{"identityAttribute": payloads[0] + "name", "displayAttribute": payloads[1] + "name", "attributes": attributes},
		"entitlementSchemas": []any{object{
			"type": payloads[0], "identityAttribute": payloads[0] + "name", "displayAttribute": payloads[1] + "name", "attributes": attributes,
		}},
		"accountCreateTemplate": object{"fields": fields},
	})
	if err != nil {
		t.Fatal(err)
	}
	spec, found := schema.Parse("connector-spec.json", text)
	if found.HasErrors() {
		t.Fatal(found[0])
	}
	return spec
}

// The elements that pages use, each with its attributes.
var pageElements = map[string][]string{
	"html": {"lang"}, "head": nil, "body": nil, "meta": {"charset", "name", "content"}, "title": nil, "style": nil, "main": nil,
	"nav": {"id", "aria-labelledby"}, "div": {"class", "role", "aria-labelledby", "tabindex"},
	"h1": {"id"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
	"p": nil, "br": nil, "ul": nil, "li": nil, "table": nil, "thead": nil, "tbody": nil, "tr": nil, "th": {"scope"}, "td": nil,
	"strong": nil, "em": nil, "small": nil, "code": nil, "a": {"id", "href"},
}

// TestHostileTexts: texts of a spec stay text on the page in either format, and the formats agree
// on them.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	page := New(hostileSpec(t), Options{})
	texts, shapes := make(map[Format]string), make(map[Format][]string)
	for _, f := range []Format{Markdown, HTML} {
		text := page.Render(f, nil)
		if existing, found := Read("page", text); len(found) > 0 || len(existing.blocks) != 1 {
			t.Errorf("%s: %d blocks, %v", f, len(existing.blocks), found)
		}
		root := parsed(t, f, text)
		texts[f], shapes[f] = textOf(root), shapeOf(root)
		for n := range root.Descendants() {
			switch n.Type {
			case html.ElementNode:
				checkElement(t, f, n)
			case html.CommentNode:
				if !strings.HasPrefix(n.Data, " keep:permissions ") && !strings.HasPrefix(n.Data, " /keep:permissions ") && !strings.HasPrefix(n.Data, strings.TrimPrefix(markPrefix, "<!--")) {
					t.Errorf("%s: comment %q", f, n.Data)
				}
			}
		}
	}
	if diff := cmp.Diff(strings.Fields(texts[HTML]), strings.Fields(texts[Markdown])); diff != "" {
		t.Errorf("-HTML +Markdown:\n%s", diff)
	}
	if diff := cmp.Diff(shapes[HTML], shapes[Markdown]); diff != "" {
		t.Errorf("structure -HTML +Markdown:\n%s", diff)
	}
}

func checkElement(t *testing.T, f Format, n *html.Node) {
	t.Helper()
	attributes, ok := pageElements[n.Data]
	if !ok {
		t.Errorf("%s: element %s with %q", f, n.Data, textOf(n))
	}
	for _, a := range n.Attr {
		if !slices.Contains(attributes, a.Key) {
			t.Errorf("%s: attribute %s=%q of %s", f, a.Key, a.Val, n.Data)
		}
		if a.Key != "href" {
			continue
		}
		u, err := url.Parse(a.Val)
		if err != nil || !slices.Contains([]string{"", "http", "https", "mailto"}, u.Scheme) || u.Scheme == "" && !strings.HasPrefix(a.Val, "#") {
			t.Errorf("%s: a link leads to %q", f, a.Val)
		}
	}
}

// TestSafeURL: links lead to web pages and mail addresses only.
func TestSafeURL(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"https://example.com", "HTTP://example.com/a?b=c#d", "mailto:a@example.com", "https://example.com/(a)"} {
		if !safeURL(text) {
			t.Errorf("%q is not safe", text)
		}
	}
	for _, text := range []string{
		"", "example.com", "//example.com", "/a", "#a", "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)",
		"data:text/html,x", "vbscript:x", "file:///etc/passwd", "https://", "https:example.com", "https://a b", "https://a\"b", "https://a\u202eb", "https://a`b", "%", "http://[",
	} {
		if safeURL(text) {
			t.Errorf("%q is safe", text)
		}
	}
}

// TestHostileSizes: memory grows linearly with the spec, whichever part of it grows. It is not
// parallel, since it counts what the whole process allocates.
func TestHostileSizes(t *testing.T) {
	const most = 1.5 // growth allowed per byte of the spec
	for _, k := range hostile.Kinds() {
		if k.Wrong {
			continue
		}
		n := max(k.Small/4, 2)
		once, twice := allocated(t, k.Spec(n, 0)), allocated(t, k.Spec(2*n, 0))
		if twice > most*once {
			t.Errorf("%s: %.0f bytes for each of the spec, and %.0f in one of twice the size", k.Name, once, twice)
		}
	}
}

// allocated returns how many bytes a page takes per byte of the spec.
func allocated(t *testing.T, text []byte) float64 {
	t.Helper()
	spec, found := schema.Parse("connector-spec.json", text)
	if found.HasErrors() {
		t.Fatal(found[0])
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	page := New(spec, Options{})
	page.Render(Markdown, nil)
	page.Render(HTML, nil)
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / float64(len(text))
}
