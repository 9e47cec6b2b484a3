package docs

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
)

// TestHelp: help texts keep what pages can show.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"Plain text.", "Plain text."},
		{"a\nb\r\n\r\nc\rd", "a<br>b\n\nc<br>d"},
		{"<p>a</p><p>b</p>c", "a\n\nb\n\nc"},
		{"a<br>b<br/><br />c<br>", "a<br>b\n\nc"},
		{"<br><br>a", "a"},
		{"<b>bold</b>, <strong>strong</strong>, <i>it</i> and <em>em</em>", "**bold**, **strong**, *it* and *em*"},
		{"<b><i>both</i></b><b>x</b>y", "<strong>*both*</strong>**x**y"},
		{"<b>unclosed", "**unclosed**"},
		{"</b>never opened</i></ul></li>", "never opened"},
		{"<code>a b</code> <kbd>x|y</kbd>", "`a b` <code>x&#124;y</code>"},
		{"a<ul><li>b</li><li>c<ul><li>d</ul></ul>e", "a\n\n- b\n- c\n  - d\n\ne"},
		{"<ol><li>one<p>more</p></li></ol>", "- one\n\n  more"},
		{"<ul></ul><ul>loose</ul>", "- loose"},
		{"<ul><li>a</ul><ul><li>b</ul><ul><li>c<p>d</ul>", "- a\n\n* b\n\n- c\n\n  d"},
		{"<ul><li><ul><li>a</ul></ul>b", "- a\n\nb"},
		{"<li>alone</li>", "alone"},
		{`see <a href="https://example.com/a?b=1&amp;c=(2)">the guide</a>.`, "see [the guide](https://example.com/a?b=1&amp;c=%282%29)."},
		{`<a href="javascript:alert(1)">x</a> <a>y</a>`, "x y"},
		{"a<script>alert(1)</script>b<style>p{}</style>c", "abc"},
		{"the token of <user> & <x-y z>", "the token of &lt;user> &amp; &lt;x-y z>"},
		{"1 < 2 &lt; 3 &copy; &unknown;", "1 &lt; 2 &lt; 3 © &amp;unknown;"},
		{"<div>a</div><table><tr><td>b</td></tr></table><h1>c</h1>", "a\n\nb\n\nc"},
		{"<!-- comment -->a<!DOCTYPE x>", "a"},
		{"<span>a</span><font color=red> b</font>", "a b"},
		{"<ul><ul><li>a<li>b</ul><li>c</ul>", "- a\n- b\n- c"},
		{strings.Repeat("<ul><li>a", 9), "- a - a - a - a - a - a - a - a - a"}, // the maximum depth
	} {
		got := strings.TrimSuffix(fragmentMarkdown(help(test.text)), "\n")
		if strings.HasPrefix(test.want, "- a - a") {
			got = strings.Join(strings.Fields(got), " ")
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: -want +got:\n%s", test.text, diff)
		}
	}
}

// TestGenerators: the page explains templates and static values in words.
func TestGenerators(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value schema.FieldValue
		want  string
	}{
		{schema.FieldValue{Type: "identityAttribute", Name: "uid"}, "identity attribute `uid`"},
		{schema.FieldValue{Type: "generator", Name: "Create Password"}, "a password that ISC generates"},
		{schema.FieldValue{Type: "generator", Name: "Other"}, "the generator `Other`"},
		{schema.FieldValue{Type: "generator", Name: "Create Unique Account ID"}, "a unique ID that ISC generates; the spec has no template for it"},
		{
			schema.FieldValue{Type: "generator", Name: "Create Unique Account ID", Template: "$(firstname).$( lastname )$(uniqueCounter)", MaxSize: "20", MaxUniqueChecks: "5"},
			"a unique ID that ISC generates as `$(firstname).$( lastname )$(uniqueCounter)`: the identity's `firstname`, `.`, the identity's `lastname` and a number if the ID is taken; at most 20 characters; 5 IDs are tried",
		},
		{
			schema.FieldValue{Type: "generator", Name: "Create Unique Account ID", Template: "$(firstname.substring(0,1))$(uniqueCounter(3))", MaxSize: "1", MaxUniqueChecks: "1"},
			"a unique ID that ISC generates as `$(firstname.substring(0,1))$(uniqueCounter(3))`: the result of `substring(0,1)` on the identity's `firstname` and the result of `uniqueCounter(3)`; at most 1 character; 1 ID is tried",
		},
		{schema.FieldValue{Type: "generator", Name: "Create Unique Account ID", Template: "x"}, "a unique ID that ISC generates as `x`: `x`"},
		{schema.FieldValue{Type: "static", Value: []byte(`"Active"`)}, "always `Active`"},
		{schema.FieldValue{Type: "static", Value: []byte(`true`)}, "always `true`"},
		{schema.FieldValue{Type: "static", Value: []byte(`""`)}, "an empty value"},
		{schema.FieldValue{Type: "static"}, "an empty value"},
		{schema.FieldValue{Type: "static", Value: []byte(`"$identity.getName()"`)}, "the identity's name (`$identity.getName()`)"},
		{schema.FieldValue{Type: "static", Value: []byte(`"$identity.getAttribute('mail')"`)}, "identity attribute `mail`"},
		{schema.FieldValue{Type: "static", Value: []byte(`"$(uid)@example.com"`)}, "the text `$(uid)@example.com`: the identity's `uid` and `@example.com`"},
		{schema.FieldValue{Type: "static", Value: []byte(`"$x"`)}, "the expression `$x`"},
	} {
		w := newWriter(parseSpec(t, smallSpec), Options{})
		var m markdown
		if got := m.spans(w.source(schema.Field{Key: "a", InitialValue: &test.value})); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// TestSecrets: no secret of a spec is on its page.
func TestSecrets(t *testing.T) {
	t.Parallel()
	spec := parseSpec(t, `{
	  "name": "HR", "keyType": "simple", "commands": ["std:account:create", "std:test-connection"],
	  "sourceConfig": [{"type": "section", "sectionTitle": "API", "items": [
	    {"key": "token", "label": "Token", "type": "secret"},
	    {"key": "apiKey", "label": "Key", "type": "text"},
	    {"key": "headers", "label": "Headers", "type": "keyValue",
	     "keyValueKey": {"key": "name", "label": "Name", "type": "text"}, "keyValueValue": {"key": "value", "label": "Value", "type": "secret"}},
	    {"key": "cards", "label": "Cards", "type": "cardList", "titleKey": "pin", "subtitleKey": "pin", "subMenus": [{"label": "Card", "items": [
	      {"key": "pin", "label": "PIN", "type": "secret", "value": "hunter-4"}]}]}]}],
	  "sourceConfigInitialValues": {"token": "hunter-1", "apiKey": "hunter-2", "headers": [{"name": "X-Key", "value": "hunter-3"}], "oldPassword": "hunter-5",
	    "cards": [{"pin": "hunter-7"}], "old": {"password": "hunter-8"}},
	  "accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}]},
	  "accountCreateTemplate": {"fields": [
	    {"key": "password", "label": "Password", "type": "string", "initialValue": {"type": "static", "attributes": {"value": "hunter-6"}}},
	    {"key": "pin", "label": "PIN", "type": "string", "initialValue": {"type": "static", "attributes": {"value": "$(hunter)"}}},
	    {"key": "passwd", "label": "Password", "type": "string", "initialValue": {"type": "static", "attributes": {"value": "$(uid)hunter-9"}}},
	    {"key": "pwd", "label": "Password", "type": "string", "initialValue": {"type": "static", "attributes": {"value": "$hunter-10!"}}},
	    {"key": "firstPin", "label": "PIN", "type": "int", "initialValue": {"type": "static", "attributes": {"value": 73160594}}}]}
	}`)
	for _, f := range []Format{Markdown, HTML} {
		text := string(New(spec, Options{}).Render(f, nil))
		for _, secret := range []string{"hunter-", "73160594"} {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s: the page shows %s", f, text[max(0, at-80):at+20])
			}
		}
		for _, want := range []string{"does not show", "$(hunter)"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the page does not have %q", f, want)
			}
		}
	}
}
