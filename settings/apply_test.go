package settings_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
	"github.com/conngen/conngen/settings"
)

func TestApplyRules(t *testing.T) {
	t.Parallel()
	s := load(t, tree{".conngen.json": `{"rules": {"no-commands": "off", "missing-key-type": "error"}}`}, ".")
	before := inspect(t, `{"name": "X", "commands": [], "sourceConfig": []}`)
	after, hidden := s.Apply(before, nil)
	if len(before) != 2 || len(after) != 1 || after[0].Rule != "missing-key-type" || after[0].Severity != schema.Error || hidden != nil {
		t.Errorf("%v became %v", before, after)
	}
	if before[0].Severity != schema.Info {
		t.Error("Apply has changed what it was given")
	}
	if got, _ := (settings.Settings{}).Apply(before, nil); len(got) != len(before) {
		t.Errorf("without settings %v became %v", before, got)
	}
}

func inspect(t *testing.T, text string) schema.Diagnostics {
	t.Helper()
	spec, found := schema.Parse("connector-spec.json", []byte(text))
	if spec == nil {
		t.Fatal(found)
	}
	found = append(found, lint.Run(spec, lint.Go{})...)
	found.Sort()
	return found
}

func TestApplyIgnore(t *testing.T) {
	t.Parallel()
	const rule = "missing-description"
	keys := map[schema.Pointer]string{
		"/a": "account/a", "/a/type": "account/a", "/ab": "account/ab", "/e": "entitlement/g", "/e/0": "entitlement/g/id",
		"/i": "config/mode", "/i/o": "option/mode/==", "/c": "config/cards", "/c/i": "config/cards/mode", "/c/i/o": "option/cards/mode/==",
	}
	all := []schema.Pointer{"", "/a", "/a/type", "/ab", "/e", "/e/0", "/i", "/i/o", "/c", "/c/i", "/c/i/o"}
	tests := []struct {
		at   string
		want []schema.Pointer // hidden findings
	}{
		{"/a", []schema.Pointer{"/a", "/a/type"}},
		{"/a/type", []schema.Pointer{"/a/type"}},
		{"/z", nil},
		{"account/a", []schema.Pointer{"/a", "/a/type"}},
		{"account/z", nil},
		{"entitlement/g", []schema.Pointer{"/e", "/e/0"}},
		{"entitlement/g/id", []schema.Pointer{"/e/0"}},
		{"config/mode", []schema.Pointer{"/i", "/i/o"}},
		{"option/mode/==", []schema.Pointer{"/i/o"}},
		{"config/cards", []schema.Pointer{"/c", "/c/i", "/c/i/o"}},
		{"config/cards/mode", []schema.Pointer{"/c/i", "/c/i/o"}},
	}
	for _, tt := range tests {
		s := load(t, tree{".conngen.json": `{
			"rules": {"missing-description": "warning", "no-commands": "off"},
			"ignore": [{"rule": "missing-description", "at": "` + tt.at + `", "reason": "r"}]
		}`}, ".")
		var found schema.Diagnostics
		for _, p := range all {
			found = append(found, schema.Diagnostic{Pointer: p, Rule: rule}, schema.Diagnostic{Pointer: p, Rule: "flat-config-item"})
		}
		left, gone := s.Apply(found, func(p schema.Pointer) string { return keys[p] })
		var hidden []schema.Pointer
		for _, p := range all {
			if !slices.ContainsFunc(left, func(d schema.Diagnostic) bool { return d.Pointer == p && d.Rule == rule }) {
				hidden = append(hidden, p)
			}
		}
		if diff := cmp.Diff(tt.want, hidden); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.at, diff)
		}
		if len(left) != len(found)-len(hidden) {
			t.Errorf("%s hides findings of other rules", tt.at)
		}
		if len(gone) != len(hidden) || slices.ContainsFunc(gone, func(h settings.Hidden) bool {
			return len(h.By) != 1 || h.By[0].Reason != "r" || h.Severity != schema.Warning
		}) {
			t.Errorf("%s: hides %v", tt.at, gone)
		}
	}
}

// TestUnused: entries beside the spec that hide nothing get warnings that say why.
func TestUnused(t *testing.T) {
	t.Parallel()
	spec, _ := schema.Parse("connector-spec.json", []byte(`{"name": "X", "commands": ["std:test-connection"], "sourceConfig": [],
		"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
			{"name": "id", "type": "string"}, {"name": "userId", "type": "string"}]}}`))
	files := tree{
		".conngen.json": `{"ignore": [{"rule": "no-commands", "at": "/z", "reason": "inherited"}, {"rule": "missing-description", "at": "account/userId", "reason": "r"}]}`,
		"a/.conngen.json": `{"rules": {"flat-config-item": "off"}, "ignore": [
{"rule": "no-commands", "at": "account/id", "reason": "r"},
{"rule": "flat-config-item", "at": "/name", "reason": "r"},
{"rule": "missing-description", "at": "/accountSchema/attributes/0", "reason": "r"},
{"rule": "missing-description", "at": "account/id", "reason": "r"},
{"rule": "missing-description", "at": "account/userID", "reason": "r"},
{"rule": "missing-description", "at": "/accountSchema/attributes/2", "reason": "r"},
{"rule": "missing-description", "at": "account/userId", "reason": "r"},
{"rule": "name-with-spaces", "at": "/accountSchema", "reason": "r"},
{"rule": "name-with-spaces", "at": "account/id", "reason": "r"},
{"rule": "look-alike-names", "at": "account/id", "reason": "r"},
{"rule": "look-alike-names", "at": "/accountSchema", "reason": "r"}]}`,
	}
	s := load(t, files, "a")
	id, userID := schema.Pointer("/accountSchema/attributes/0/name"), schema.Pointer("/accountSchema/attributes/1/name")
	left, hidden := s.Apply(schema.Diagnostics{
		{Rule: "flat-config-item", Pointer: "/name"},
		{Rule: "missing-description", Pointer: id},
		{Rule: "missing-description", Pointer: userID},
		{Rule: "name-with-spaces", Pointer: id},
		{Rule: "look-alike-names", Pointer: id},
		{Rule: "look-alike-names", Pointer: userID},
	}, spec.WireNames())
	if len(left) > 0 || len(hidden) != 5 {
		t.Errorf("left %v, hidden %v", left, hidden)
	}
	var got []string
	for _, d := range s.UnusedIgnores([]*schema.Spec{spec}, hidden) {
		got = append(got, fmt.Sprintf("%d: %s [%s]", d.Line, strings.TrimPrefix(d.Message, "ignore entry hides nothing: "), d.Hint))
	}
	if diff := cmp.Diff([]string{
		`2: no finding of "no-commands" at "account/id" [remove it]`,
		`3: rule "flat-config-item" is off [remove it]`,
		`5: the entry at a/.conngen.json:4:1 hides the same [remove it]`,
		`6: the spec has nothing at "account/userID" [did you mean "account/userId"?]`,
		`7: the spec has nothing at "/accountSchema/attributes/2" [remove it]`,
		`8: the entry at .conngen.json:1:73 hides the same [remove it]`,
		`10: the entry at a/.conngen.json:9:1 hides the same [remove it]`,
		`11: the entry at a/.conngen.json:12:1 hides the same [remove it]`,
	}, got); diff != "" {
		t.Error(diff)
	}
	if inherited := load(t, files, "b").UnusedIgnores(nil, nil); inherited != nil {
		t.Errorf("%v", inherited)
	}
}

func TestUnmatchedNames(t *testing.T) {
	t.Parallel()
	files := tree{
		".conngen.json":   `{"generate": {"names": {"account/nowhere": "X"}}}`,
		"a/.conngen.json": `{"generate": {"names": {"create/userID": "A", "account/userID": "B", "account/id": "C"}}}`,
	}
	known := []string{"account/id", "account/userId", "entitlement/userID"}
	var got []string
	for _, d := range load(t, files, "a").UnmatchedNames(known) {
		got = append(got, d.String()+" "+d.Hint)
	}
	if diff := cmp.Diff([]string{
		`a/.conngen.json:1:25: error: the spec has nothing called "create/userID" [settings] remove it, or correct the name`,
		`a/.conngen.json:1:47: error: the spec has nothing called "account/userID" [settings] did you mean "account/userId"?`,
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWireNames(t *testing.T) {
	t.Parallel()
	spec, _ := schema.Parse("connector-spec.json", []byte(`{
		"name": "X", "commands": ["std:account:list", "acme:a/b"],
		"sourceConfig": [{"type": "section", "sectionTitle": "S", "items": [
			{"type": "select", "key": "mode", "label": "M", "options": [{"label": "E", "value": "=="}, {"label": "N", "value": ""}]},
			{"type": "cardList", "key": "sources", "label": "S", "subMenus": [{"items": [
				{"type": "radio", "key": "name", "label": "N", "options": [{"label": "E", "value": "a"}]}]}]},
			{"type": "text", "label": "no key"}
		]}],
		"sourceConfigInitialValues": {"mode": "=="},
		"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [{"name": "id", "type": "string"}, {"name": "a/b~c", "type": "string"}]},
		"entitlementSchemas": [{"type": "group", "displayAttribute": "id", "identityAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}],
		"accountCreateTemplate": {"fields": [{"key": "login", "type": "string"}]}
	}`))
	keyOf := spec.WireNames()
	for p, want := range map[schema.Pointer]string{
		"":                                "",
		"/name":                           "",
		"/commands":                       "",
		"/commands/0":                     "command/std:account:list",
		"/commands/1":                     "command/acme:a~1b",
		"nonsense":                        "",
		"/commands/99":                    "",
		"/sourceConfig/0/items/0/key":     "config/mode",
		"/sourceConfig/0/items/0/options": "config/mode",
		"/sourceConfig/0/items/0/options/0/value":              "option/mode/==",
		"/sourceConfig/0/items/0/options/1":                    "option/mode/",
		"/sourceConfig/0/items/1/subMenus/0":                   "config/sources",
		"/sourceConfig/0/items/1/subMenus/0/items/0":           "config/sources/name",
		"/sourceConfig/0/items/1/subMenus/0/items/0/options/0": "option/sources/name/a",
		"/sourceConfig/0/items/2":                              "",
		"/sourceConfigInitialValues/mode":                      "config/mode",
		"/accountSchema/identityAttribute":                     "",
		"/accountSchema/attributes/0":                          "account/id",
		"/accountSchema/attributes/1/name":                     "account/a~1b~0c",
		"/entitlementSchemas/0/identityAttribute":              "entitlement/group",
		"/entitlementSchemas/0/attributes/0/type":              "entitlement/group/id",
		"/accountCreateTemplate/fields/0":                      "create/login",
	} {
		if got := keyOf(p); got != want {
			t.Errorf("%s is %q, want %q", p, got, want)
		}
	}
	if got := (*schema.Spec)(nil).WireNames()("/commands/0"); got != "" {
		t.Errorf("without spec %q", got)
	}
}
