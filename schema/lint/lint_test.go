package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

// TestExamples: the bad example of each rule has a finding of the rule with its severity, and the
// good one has no findings.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("examples")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(lint.Rules()) {
		t.Errorf("%d rules have %d examples", len(lint.Rules()), len(files))
	}
	for _, r := range lint.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			bad, good := r.Examples()
			found := inspect("bad.json", []byte(bad))
			if !slices.ContainsFunc(found, func(d schema.Diagnostic) bool { return d.Rule == r.ID && d.Severity == r.Severity }) {
				t.Errorf("not found, but %v", found)
			}
			for _, d := range inspect("good.json", []byte(good)) {
				t.Errorf("good example: %v", d)
			}
		})
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	rank := map[schema.Severity]int{schema.Error: 0, schema.Warning: 1, schema.Info: 2}
	before := 0
	for _, r := range lint.Rules() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if rank[r.Severity] < before {
			t.Errorf("%s comes after rules of lower severity", r.ID)
		}
		before = rank[r.Severity]
		if !strings.HasSuffix(r.Purpose, ".") {
			t.Errorf("%s: the purpose is no sentence", r.ID)
		}
		if f := r.Fixes(); !strings.HasSuffix(f.Text, ".") || f.Asked && !f.Any() {
			t.Errorf("%s: what is said of its fixes is no sentence: %+v", r.ID, f)
		}
		if found, ok := lint.Find(r.ID); !ok || found.ID != r.ID {
			t.Errorf("%s is not found", r.ID)
		}
	}
}

// TestEachFindingHasARule: the table includes the rules that the parser reports.
func TestEachFindingHasARule(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../golden/*/connector-spec.json")
	nested, _ := filepath.Glob("../../golden/*/*/connector-spec.json") // the pattern is the same kind
	paths = append(paths, nested...)
	if err != nil || len(paths) == 0 {
		t.Fatal("no golden specs", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range inspect(path, text) {
			if r, ok := lint.Find(d.Rule); !ok || r.Severity != d.Severity {
				t.Errorf("not in the table: %v", d)
			}
		}
	}
}

// TestResources: resources are known to the platform, but not documented.
func TestResources(t *testing.T) {
	t.Parallel()
	found := inspect("spec.json", []byte(`{"name": "X", "keyType": "simple", "commands": ["std:test-connection"], "sourceConfig": [], "resources": [{"id": "a"}]}`))
	if len(found) != 1 || found[0].Rule != "undocumented-field" || found[0].Pointer != "/resources" {
		t.Errorf("found %v", found)
	}
}

// TestHalfCharacters: names that cannot be read are errors, but not duplicates.
func TestHalfCharacters(t *testing.T) {
	t.Parallel()
	const spec = `{"name":"a","keyType":"simple","commands":["std:test-connection"],"sourceConfig":[],"accountSchema":{
		"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"},{"name":"x%s","type":"string"},{"name":"x%s","type":"string"}]}}`
	for _, c := range []struct {
		a, b  string
		twice bool
	}{{`\ud800`, `\ud801`, false}, {`\ud800`, `\ud800`, true}, {`y`, `\u0079`, true}} {
		found := inspect("spec.json", fmt.Appendf(nil, spec, c.a, c.b))
		if got := slices.ContainsFunc(found, func(d schema.Diagnostic) bool { return d.Rule == "duplicate-attribute" }); got != c.twice {
			t.Errorf("x%s and x%s are one name: %v", c.a, c.b, got)
		}
	}
}

// TestEntryWithoutType: the meaning of such an entry's members is unknown, so there is one finding
// about it and none about them.
func TestEntryWithoutType(t *testing.T) {
	t.Parallel()
	found := inspect("spec.json", []byte(`{"name": "X", "keyType": "simple", "commands": ["std:test-connection"],
		"sourceConfig": [{"name": "token", "label": "L", "required": "true", "parentKey": "x", "options": [], "items": [{"key": "a"}]}]}`))
	if len(found) != 1 || found[0].Rule != "source-config-entry-unrecognised" {
		t.Errorf("found %v", found)
	}
}

// TestCommandNames: a name that spells a standard command differently is not the connector's own,
// and only near names are suggested.
func TestCommandNames(t *testing.T) {
	t.Parallel()
	const near, own = `did you mean "std:account:list"?`, "give your own command its own prefix"
	for _, c := range []struct{ name, rule, hint string }{
		{"std:account:list", "", ""},
		{"std:acount:list", "unknown-command", near},
		{"Std:Account:List", "unknown-command", near},
		{"STD:account:list", "unknown-command", near},
		{"std:account:List", "unknown-command", near},
		{"std:account:list ", "unknown-command", near},
		{"stdAccountList", "unknown-command", near},
		{"account list", "unknown-command", near},
		{"account:list", "unknown-command", near},
		{"test:connection", "unknown-command", `did you mean "std:test-connection"?`},
		{"std:account:aggregate", "unknown-command", own},
		{"STD:aggregate", "unknown-command", own},
		{"acme:account:list", "custom-command", ""},
		{"std", "custom-command", ""},
	} {
		found := inspect("spec.json", fmt.Appendf(nil, `{"name": "a", "commands": [%q], "sourceConfig": []}`, c.name))
		var rule, hint string
		for _, d := range found {
			if d.Rule == "unknown-command" || d.Rule == "custom-command" {
				rule, hint = rule+d.Rule, d.Hint
			}
		}
		if rule != c.rule || hint != c.hint {
			t.Errorf("%q: %q, hint %q; want %q, hint %q", c.name, rule, hint, c.rule, c.hint)
		}
	}
}

// foundBy returns the findings of rules in a spec, each as its rule and pointer.
func foundBy(spec string, rules ...string) []string {
	var found []string
	for _, d := range inspect("spec.json", []byte(spec)) {
		if slices.Contains(rules, d.Rule) {
			found = append(found, d.Rule+" "+string(d.Pointer))
		}
	}
	return found
}

// TestFirstValues: secrets are reported and hidden, wherever a first value is.
func TestFirstValues(t *testing.T) {
	t.Parallel()
	const text = `{"name":"a","commands":["std:test-connection"],"sourceConfig":[
		{"type":"password","key":"code","label":"l"},
		{"type":"cardList","key":"cards","label":"l","titleKey":"user","subMenus":[{"items":[
			{"type":"text","key":"user","label":"l","value":"ada"},
			{"type":"secret","key":"key","label":"l","value":"marker"},
			{"type":"secret","key":"other","label":"l","value":""}]}]}],
		"sourceConfigInitialValues":{"code":"marker"}}`
	want := []string{"/sourceConfig/1/subMenus/0/items/1/value", "/sourceConfigInitialValues/code"}
	var got []string
	for _, d := range inspect("spec.json", []byte(text)) {
		if d.Rule == "initial-value-for-secret" {
			got = append(got, string(d.Pointer))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	spec, _ := schema.Parse("spec.json", []byte(text))
	var secrets []string
	for _, at := range generator.Secrets(spec) {
		secrets = append(secrets, string(at))
	}
	slices.Sort(secrets)
	if diff := cmp.Diff(want, secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
}

// TestSecretsInside: secrets are reported and hidden inside values that are not secrets.
func TestSecretsInside(t *testing.T) {
	t.Parallel()
	const text = `{"name":"a","commands":["std:test-connection"],"sourceConfig":[
		{"type":"cardList","key":"cards","label":"l","titleKey":"user","subMenus":[{"items":[
			{"type":"text","key":"user","label":"l"},
			{"type":"secret","key":"code","label":"l"},
			{"type":"keyValue","key":"headers","label":"l","keyValueKey":{"key":"token","label":"l","type":"text"},"keyValueValue":{"key":"v","label":"l","type":"secret"}}]}]},
		{"type":"list","key":"apiToken","label":"l"}],
		"sourceConfigInitialValues":{
			"cards":[{"user":"ada","code":"marker","headers":[{"token":"name","v":"marker"}]},{"user":"bob","code":""}],
			"apiToken":["marker","marker"],
			"other":{"password":"marker","depth":{"password":true,"pin":[],"clientSecret":12}}}}`
	const at = "/sourceConfigInitialValues"
	want := []string{
		"initial-value-for-secret " + at + "/apiToken", "initial-value-for-secret " + at + "/cards/0/code", "initial-value-for-secret " + at + "/cards/0/headers/0/v",
		"initial-value-for-secret " + at + "/other/depth/clientSecret", "initial-value-for-secret " + at + "/other/password",
	}
	got := foundBy(text, "initial-value-for-secret")
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	spec, _ := schema.Parse("spec.json", []byte(text))
	secrets := generator.Secrets(spec)
	slices.Sort(secrets)
	if diff := cmp.Diff([]schema.Pointer{
		at + "/apiToken/0", at + "/apiToken/1", at + "/cards/0/code", at + "/cards/0/headers/0/v", at + "/other/depth/clientSecret", at + "/other/password",
	}, secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
}

// TestLookAlikes: different names that look the same are reported anywhere.
func TestLookAlikes(t *testing.T) {
	t.Parallel()
	const attributes = `{"name":"a","commands":["std:test-connection"],"sourceConfig":[],"accountSchema":{"displayAttribute":"id","identityAttribute":"id",
		"attributes":[{"name":"id","type":"string"},{"name":%q,"type":"string"},{"name":%q,"type":"string"}]}}`
	for _, c := range []struct {
		a, b string
		at   string // the attribute that is reported, "" for none
	}{
		{"mail", "email", ""},
		{"mail", "Mail", ""},
		{"mail", "m\u0430il", "2"},         // Cyrillic
		{"m\u0430il", "mail", "2"},         // the later one
		{"m\u0430il", "name", "1"},         // alone
		{"\u039fffice", "name", "1"},       // Greek capital Omicron
		{"\u0441\u043e\u0440", "cop", "2"}, // entirely Cyrillic
		{"\u0441\u043e\u0440", "name", ""}, // an ordinary word
		{"\u043b\u043e\u0433\u0438\u043dId", "name", ""},
		{"\u03bcService", "name", ""}, // a Greek letter without a look-alike
		{"caf\u00e9", "cafe\u0301", "2"},
		{"caf\u00e9", "cafe", ""},
		{"cafe\u0301", "name", ""},
		{"mail", "ma\u200bil", "2"},
		{"mail", "mail\ufeff", "2"},
		{"ma\u00adil", "name", "1"},
		{"first name", "first\u00a0name", "2"},
		{"\u2764\ufe0f", "name", ""}, // a heart, red
		{"\u0645\u06cc\u200c\u062e", "name", ""},
		{"\u540d\u524d", "\u5730\u5740", ""},
		{"\u200b", "name", ""}, // nothing looks like it
		{"\u200b", "\u2060", "2"},
	} {
		var want []string
		if c.at != "" {
			want = []string{"look-alike-names /accountSchema/attributes/" + c.at + "/name"}
		}
		if got := foundBy(fmt.Sprintf(attributes, c.a, c.b), "look-alike-names"); !slices.Equal(got, want) {
			t.Errorf("%+q and %+q: %v, want %v", c.a, c.b, got, want)
		}
	}
}

// TestLookAlikePlaces: names of every kind are compared only with those that they could be confused
// with.
func TestLookAlikePlaces(t *testing.T) {
	t.Parallel()
	const spec = `{"name":"a","commands":["std:test-connection","std:account:create","acme:sync","acme:s\u0443nc","std:\u0430ccount:list"],
		"sourceConfig":[
			{"type":"select","key":"mode","label":"l","options":[{"label":"l","value":"a"},{"label":"l","value":"\u0430"},{"label":"l","value":"mode"}]},
			{"type":"text","key":"other","label":"l","parentKey":"m\u043ede","parentValue":"a"},
			{"type":"cardList","key":"cards","label":"l","titleKey":"n\u0430me","subMenus":[{"items":[{"type":"text","key":"name","label":"l"}]}]},
			{"type":"keyValue","key":"pairs","label":"l","keyValueKey":{"key":"key"},"keyValueValue":{"key":"k\u0435y"}}],
		"sourceConfigInitialValues":{"\u043ether":"x"},
		"accountSchema":{"displayAttribute":"id","identityAttribute":"id","groupAttribute":"gr\u043eups","attributes":[
			{"name":"id","type":"string"},{"name":"groups","type":"string","entitlement":true,"schemaObjectType":"gr\u043eup"}]},
		"entitlementSchemas":[{"type":"group","displayAttribute":"n\u0430me","identityAttribute":"name","attributes":[{"name":"name","type":"string"}]}],
		"accountCreateTemplate":{"fields":[{"key":"i\u0501","label":"l","type":"string"}]}}`
	want := []string{
		"look-alike-names /accountCreateTemplate/fields/0/key",
		"look-alike-names /accountSchema/attributes/1/schemaObjectType",
		"look-alike-names /accountSchema/groupAttribute",
		"look-alike-names /commands/3",
		"look-alike-names /entitlementSchemas/0/displayAttribute",
		"look-alike-names /sourceConfig/0/options/1/value",
		"look-alike-names /sourceConfig/1/parentKey",
		"look-alike-names /sourceConfig/2/titleKey",
		"look-alike-names /sourceConfig/3/keyValueValue/key",
		"look-alike-names /sourceConfigInitialValues/\u043ether",
		"unknown-command /commands/4",
	}
	got := foundBy(spec, "look-alike-names", "unknown-command")
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNamesWithSpaces: names are reported, and references to them are not.
func TestNamesWithSpaces(t *testing.T) {
	t.Parallel()
	const spec = `{"name":" a ","commands":["std:test-connection","acme:sync ","std:account:list "],
		"sourceConfig":[
			{"type":"select","key":" mode","label":"l ","options":[{"label":"l","value":" "}]},
			{"type":"keyValue","key":"pairs","label":"l","keyValueKey":{"key":"key "},"keyValueValue":{"key":"the value"}}],
		"sourceConfigInitialValues":{" mode":" "},
		"accountSchema":{"displayAttribute":"id\t","identityAttribute":"id\t","attributes":[{"name":"id\t","type":"string"},{"name":"first name","type":"string"}]},
		"entitlementSchemas":[{"type":"group\u00a0","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"},{"name":" ","type":"string"}]}],
		"accountCreateTemplate":{"fields":[{"key":"login ","label":"l","type":"string"}]}}`
	want := []string{
		"name-with-spaces /accountCreateTemplate/fields/0/key",
		"name-with-spaces /accountSchema/attributes/0/name",
		"name-with-spaces /commands/1",
		"name-with-spaces /entitlementSchemas/0/attributes/1/name",
		"name-with-spaces /entitlementSchemas/0/type",
		"name-with-spaces /sourceConfig/0/key",
		"name-with-spaces /sourceConfig/1/keyValueKey/key",
	}
	got := foundBy(spec, "name-with-spaces", "look-alike-names")
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNumbers: each implausible number of the format has one finding.
func TestNumbers(t *testing.T) {
	t.Parallel()
	const (
		timeout  = `"testConnectionTimeout":%s`
		limits   = `"sourceConfig":[{"type":"number","key":"n","label":"l",%s}]`
		initial  = `"sourceConfig":[{"type":"number","key":"n","label":"l","min":"1","max":"10"}],"sourceConfigInitialValues":{%s}`
		template = `"accountCreateTemplate":{"fields":[{"key":"k","label":"l","type":%s}]}`
		static   = `"%s","initialValue":{"type":"static","attributes":{"value":%s}}`
		unique   = `"string","initialValue":{"type":"generator","attributes":{"name":"Create Unique Account ID","template":"x",%s}}`
		field    = "/accountCreateTemplate/fields/0/initialValue/attributes"
	)
	const outside, no, mismatch = "number-out-of-range ", "limit-not-numeric ", "static-value-type-mismatch "
	of := fmt.Sprintf
	for _, c := range []struct {
		member string
		want   string
	}{
		{of(timeout, "60"), ""},
		{of(timeout, "null"), ""},
		{of(timeout, `"60"`), outside + "/testConnectionTimeout"},
		{of(timeout, `"soon"`), outside + "/testConnectionTimeout"},
		{of(timeout, "true"), outside + "/testConnectionTimeout"},
		{of(timeout, "[]"), outside + "/testConnectionTimeout"},
		{of(timeout, "-5"), outside + "/testConnectionTimeout"},
		{of(timeout, "-0"), outside + "/testConnectionTimeout"},
		{of(timeout, "1.5"), outside + "/testConnectionTimeout"},
		{of(timeout, "1e2"), outside + "/testConnectionTimeout"},
		{of(timeout, "1e400"), outside + "/testConnectionTimeout"},
		{of(timeout, strings.Repeat("9", 30)), outside + "/testConnectionTimeout"},

		{of(limits, `"min":"-1.5","max":1e3,"maxlength":"64"`), ""},
		{of(limits, `"min":"1","max":"1"`), ""},
		{of(limits, `"min":"one"`), no + "/sourceConfig/0/min"},
		{of(limits, `"min":""`), no + "/sourceConfig/0/min"},
		{of(limits, `"min":"Infinity"`), no + "/sourceConfig/0/min"},
		{of(limits, `"min":"NaN"`), no + "/sourceConfig/0/min"},
		{of(limits, `"max":"1e400"`), outside + "/sourceConfig/0/max"},
		{of(limits, `"max":-1e400`), outside + "/sourceConfig/0/max"},
		{of(limits, `"max":9223372036854775807`), outside + "/sourceConfig/0/max"},
		{of(limits, `"min":"10","max":"9"`), outside + "/sourceConfig/0/max"},
		{of(limits, `"maxlength":"-1"`), outside + "/sourceConfig/0/maxlength"},
		{of(limits, `"maxlength":0`), outside + "/sourceConfig/0/maxlength"},
		{of(limits, `"maxlength":"2.5"`), outside + "/sourceConfig/0/maxlength"},
		{of(limits, `"maxlength":"long"`), no + "/sourceConfig/0/maxlength"},
		{of(limits, `"value":1e400`), outside + "/sourceConfig/0/value"},
		{of(limits, `"min":"5","value":1`), outside + "/sourceConfig/0/value"},

		{of(initial, `"n":5`), ""},
		{of(initial, `"n":0`), outside + "/sourceConfigInitialValues/n"},
		{of(initial, `"n":11`), outside + "/sourceConfigInitialValues/n"},
		{of(initial, `"n":1e400`), outside + "/sourceConfigInitialValues/n"},
		{of(initial, `"n":"1e400"`), ""}, // the type is wrong
		{of(initial, `"provisioningTimeout":120`), ""},
		{of(initial, `"provisioningTimeout":-120`), outside + "/sourceConfigInitialValues/provisioningTimeout"},
		{of(initial, `"provisioningTimeout":"120"`), outside + "/sourceConfigInitialValues/provisioningTimeout"},
		{of(initial, `"keyValueInitialValues":{"a/b":[1,1e400]}`), outside + "/sourceConfigInitialValues/keyValueInitialValues/a~1b/1"},

		{of(template, of(static, "int", "1")), ""},
		{of(template, of(static, "int", "1e400")), outside + field + "/value"},
		{of(template, of(static, "string", "1e400")), outside + field + "/value"},
		{of(template, of(static, "boolean", "-1e400")), outside + field + "/value"},
		{of(template, of(static, "boolean", "1")), mismatch + field + "/value"},
		{of(template, of(static, "long", "9007199254740993")), outside + field + "/value"},
		{of(template, of(static, "long", `"9007199254740993"`)), ""},
		{of(template, of(static, "long", `"9223372036854775808"`)), outside + field + "/value"},
		{of(template, of(static, "long", `"nine"`)), mismatch + field + "/value"},
		{of(template, of(static, "string", `"9223372036854775808"`)), ""},

		{of(template, of(unique, `"maxSize":"20","maxUniqueChecks":5`)), ""},
		{of(template, of(unique, `"maxSize":-1`)), outside + field + "/maxSize"},
		{of(template, of(unique, `"maxSize":"all"`)), no + field + "/maxSize"},
		{of(template, of(unique, `"maxUniqueChecks":1e400`)), outside + field + "/maxUniqueChecks"},
	} {
		spec := `{"name":"a","commands":["std:account:create"],` + c.member + `}`
		got := strings.Join(foundBy(spec, "number-out-of-range", "limit-not-numeric", "static-value-type-mismatch"), ", ")
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.member, got, c.want)
		}
	}
}

// TestUnknownFields: a member already mentioned in an error is not reported again. A member of the
// spec itself without a similar name may be newer than the rule.
func TestUnknownFields(t *testing.T) {
	t.Parallel()
	const attributes = `{"name": "X", "commands": ["std:test-connection"], "sourceConfig": [], "accountSchema": {"identityAttribute": "id",
		"displayAttribute": "id", "attributes": [{"name": "id", "type": "string", "datasets": 1}]}}`
	const item = `{"name": "X", "commands": ["std:test-connection"], "sourceConfig": [%s]}`
	const top = `{"name": "X", "commands": ["std:test-connection"], "sourceConfig": [], %s}`
	for _, c := range []struct{ spec, want string }{
		{fmt.Sprintf(top, `"ketType": "simple"`), `unknown field "ketType"; it has no effect; did you mean "keyType"?`},
		{fmt.Sprintf(top, `"datasets": []`), `unknown field "datasets"; check the spelling; ISC may know a field that conngen does not`},
		{attributes, `unknown field "datasets"; it has no effect; remove it, or correct its name`},
		{fmt.Sprintf(item, `{"name": "token", "label": "L", "placehold": "x"}`), ""},
		{fmt.Sprintf(item, `{"type": "text", "name": "token", "label": "L"}`), ""},
		{fmt.Sprintf(item, `{"type": "Section", "sectionTitel": "L", "items": []}`), ""},
		{fmt.Sprintf(item, `{"type": "text", "name": "token", "label": "L", "placehold": "x"}`), `unknown field "placehold"; it has no effect; did you mean "placeholder"?`},
		{fmt.Sprintf(item, `{"type": "text", "key": "a", "name": "token", "label": "L"}`), `unknown field "name"; it has no effect; remove it, or correct its name`},
	} {
		var got string
		for _, d := range inspect("spec.json", []byte(c.spec)) {
			if d.Rule == "unknown-field" {
				got += d.Message + "; " + d.Hint
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.spec, got, c.want)
		}
	}
}

// TestAttributeMembers: members that only matter for entitlements are reported in every schema.
func TestAttributeMembers(t *testing.T) {
	t.Parallel()
	const spec = `{"name": "X", "commands": ["std:test-connection"], "sourceConfig": [],
		"accountSchema": {"identityAttribute": "id", "displayAttribute": "on", "attributes": [
			{"name": "id", "type": "int", "managed": true}, {"name": "on", "type": "boolean", "schemaObjectType": "group"},
			{"name": "hasPassword", "type": "boolean"}, {"name": "pin", "type": "string"}]},
		"entitlementSchemas": [{"type": "group", "identityAttribute": "on", "displayAttribute": "on", "attributes": [
			{"name": "on", "type": "boolean", "managed": true, "schemaObjectType": "group"}, {"name": "pin", "type": "string"}]}]}`
	want := []string{
		"identity-attribute-type /accountSchema/displayAttribute",
		"managed-without-entitlement /accountSchema/attributes/0/managed",
		"schema-object-type-without-entitlement /accountSchema/attributes/1/schemaObjectType",
		"password-attribute /accountSchema/attributes/3/name",
		"managed-without-entitlement /entitlementSchemas/0/attributes/0/managed",
		"schema-object-type-without-entitlement /entitlementSchemas/0/attributes/0/schemaObjectType",
	}
	got := foundBy(spec, "identity-attribute-type", "managed-without-entitlement", "schema-object-type-without-entitlement", "password-attribute")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFieldTypes: a field and its attribute conflict if one cannot hold the values of the other.
func TestFieldTypes(t *testing.T) {
	t.Parallel()
	const spec = `{"name": "X", "commands": ["std:account:create"], "sourceConfig": [],
		"accountSchema": {"identityAttribute": "a", "displayAttribute": "a", "attributes": [{"name": "a", %s}]},
		"accountCreateTemplate": {"fields": [{"key": "a", "label": "l", %s}]}}`
	for _, c := range []struct {
		attribute, field string
		conflict         bool
	}{
		{`"type": "string"`, `"type": "string"`, false},
		{`"type": "boolean"`, `"type": "int"`, true},
		{`"type": "int"`, `"type": "long"`, false},
		{`"type": "string", "multi": true`, `"type": "string"`, false}, // one of them
		{`"type": "string", "multi": true`, `"type": "array"`, false},
		{`"type": "string"`, `"type": "array"`, true},
		{`"type": "string"`, `"type": "string", "isMultiValued": true`, true},
	} {
		got := foundBy(fmt.Sprintf(spec, c.attribute, c.field), "field-type-conflict")
		if (len(got) == 1) != c.conflict || len(got) > 1 {
			t.Errorf("attribute %s, field %s: %v", c.attribute, c.field, got)
		}
	}
}

// TestOtherForms: rules whose examples show a fix report other forms of the fault, too.
func TestOtherForms(t *testing.T) {
	t.Parallel()
	const spec = `{"name": "X", "keyType": "simple", "commands": ["std:test-connection", "std:account:create"],
		"sourceConfig": [{"type": "menu", "label": "A", "items": [{"type": "section", "sectionTitle": "B", "items": [
			{"key": "auth", "label": "L", "type": "radio", "options": [{"label": "A", "value": "a"}, {"label": "B", "value": "a"}]},
			{"key": "size", "label": "L", "type": "text", "parentKey": "auth", "maxlength": "-1"},
			{"key": "pages", "label": "L", "type": "number", "max": "one thousand"}]}]}],
		"sourceConfigInitialValues": {"auth": "none"},
		"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
			{"name": "id", "type": "string", "description": "D"}, {"name": "mail", "type": "string", "description": "D"},
			{"name": "m\u0430il", "type": "string", "description": "D"}]},
		"accountCreateTemplate": {"fields": [{"key": "id", "label": "L", "type": "string", "isMultiValued": true,
			"initialValue": {"type": "static", "attributes": {"value": "x"}}}, {"key": "mail", "label": "L", "type": "int", "initialValue": {"type": "static", "attributes": {"value": "x"}}}]}}`
	found := inspect("spec.json", []byte(spec))
	for _, want := range []string{
		"attribute \"m\u0430il\" looks like attribute \"mail\"; character 2 is U+0430 instead of U+0061",
		`field "id" is a list, but the attribute has one value; creates have a list`,
		`two options of "auth" have the value "a"`,
		`parentKey has no effect without parentValue`,
		`maxlength must be a whole number from 1 to 2147483647, in digits`,
		`max is not a number`,
		`the initial value "none" is not an option of "auth"`,
	} {
		i := slices.IndexFunc(found, func(d schema.Diagnostic) bool { return d.Message == want })
		if i < 0 {
			t.Errorf("not found: %s", want)
		} else if found[i].Fix != nil {
			t.Errorf("nobody knows what was meant, but there is a fix: %s: %s", want, found[i].Fix.Text)
		}
	}
}
