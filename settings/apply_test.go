package settings_test

import (
	"slices"
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
		want []schema.Pointer // what is hidden
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

// TestUnused: entries that hide nothing are warnings where they stand beside the
// spec; those of rules that are off anyway count as used.
func TestUnused(t *testing.T) {
	t.Parallel()
	files := tree{
		".conngen.json": `{"ignore": [{"rule": "no-commands", "at": "/z", "reason": "inherited"}]}`,
		"a/.conngen.json": `{"rules": {"flat-config-item": "off"}, "ignore": [
{"rule": "no-commands", "at": "account/x", "reason": "r"},
{"rule": "flat-config-item", "at": "/x", "reason": "r"}]}`,
	}
	s := load(t, files, "a")
	left, hidden := s.Apply(schema.Diagnostics{{Rule: "flat-config-item", Pointer: "/x/0"}}, nil)
	if len(left) > 0 || len(hidden) != 1 || hidden[0].By[0].At != "/x" {
		t.Errorf("left %v, hidden %v", left, hidden)
	}
	unused := s.UnusedIgnores(hidden...)
	if len(unused) != 1 || unused[0].String() != `a/.conngen.json:2:1: warning: ignore entry hides nothing: no finding of "no-commands" at "account/x" [settings]` {
		t.Errorf("%v", unused)
	}
	if inherited := load(t, files, "b").UnusedIgnores(); inherited != nil {
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
