package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates/sdk"
)

func parse(t testing.TB, text string) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse("connector-spec.json", []byte(text))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return spec
}

// planText plans a spec that must have no errors.
func planText(t testing.TB, text string) *Package {
	t.Helper()
	return New(parse(t, text), Options{Package: "connector"})
}

// TestOpenAccount: if attributes are discovered, the id of the SDK's open schema identifies
// accounts.
func TestOpenAccount(t *testing.T) {
	t.Parallel()
	for _, accountSchema := range []string{"", `,"accountSchema":{"displayAttribute":"","identityAttribute":"","attributes":[]}`} {
		p := planText(t, `{"name":"x","commands":["std:account:discover-schema","std:account:list"],"sourceConfig":[]`+accountSchema+`}`)
		if want := (Identity{Name: sdk.Spec{}.AccountSchema().IdentityAttribute}); p.Account.Identity != want {
			t.Errorf("%s: identity is %+v, want %+v", accountSchema, p.Account.Identity, want)
		}
	}
}

// TestOpenEntitlements: if no types are named, there is one for all.
func TestOpenEntitlements(t *testing.T) {
	t.Parallel()
	p := planText(t, `{"name":"x","commands":["std:entitlement:list","std:entitlement:read"],"sourceConfig":[]}`)
	if len(p.Entitlements) != 1 || !p.Entitlements[0].Open || p.Tables() != nil {
		t.Fatalf("planned %+v", p.Entitlements)
	}
	if m := p.Commands[0].Methods[0]; m.GoName != "EntitlementList" || m.EntitlementType() != "" {
		t.Errorf("planned %+v", m)
	}
}

// TestAlternatives: alternative items for one key are one field, of a type that can hold either.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	p := planText(t, `{"name":"x","commands":["a"],"sourceConfig":[
		{"key":"kind","label":"l","type":"radio","options":[{"label":"A","value":"a"},{"label":"B","value":"b"}]},
		{"key":"one","label":"l","type":"text","parentKey":"kind","parentValue":"a"},
		{"key":"one","label":"l","type":"number","parentKey":"kind","parentValue":"b"},
		{"key":"two","label":"l","type":"text","parentKey":"kind","parentValue":"a"},
		{"key":"two","label":"l","type":"secret","parentKey":"kind","parentValue":"b"}]}`)
	for i, want := range []ConfigType{ChoiceConfig, TextConfig, SecretConfig} {
		if f := p.Config.Fields[i]; f.Type != want {
			t.Errorf("%s is %s, want %s", f.Key, f.Type, want)
		}
	}
	if items := p.Config.Fields[1].Items; len(items) != 2 || items[1].ParentValue != "b" {
		t.Errorf("items are %+v", items)
	}
}

// TestAlternativesInEveryOrder: the field does not depend on the order of the alternatives.
func TestAlternativesInEveryOrder(t *testing.T) {
	t.Parallel()
	items := map[string]string{
		"text":    `"type":"text"`,
		"radio":   `"type":"radio","options":[{"label":"A","value":"a"},{"label":"B","value":"b"}]`,
		"more":    `"type":"radio","options":[{"label":"B","value":"b"},{"label":"C","value":"c"}]`,
		"list":    `"type":"list"`,
		"cards":   `"type":"cardList","subMenus":[{"label":"m","items":[{"key":"x","label":"l","type":"text"}]}]`,
		"hosts":   `"type":"cardList","subMenus":[{"label":"m","items":[{"key":"y","label":"l","type":"text"}]}]`,
		"token":   `"type":"secret"`,
		"pairs":   `"type":"keyValue"`,
		"url":     `"type":"url"`,
		"int":     `"type":"number","value":"1"`,
		"ratio":   `"type":"number","required":true,"max":"0.5"`,
		"count":   `"type":"number"`,
		"tokens":  `"type":"keyValue","keyValueKey":{"key":"name","label":"n","type":"text"},"keyValueValue":{"key":"value","label":"v","type":"secret"}`,
		"headers": `"type":"keyValue","keyValueKey":{"key":"header","label":"h","type":"text"},"keyValueValue":{"key":"content","label":"c","type":"text"}`,
	}
	for _, c := range []struct {
		kinds []string
		want  ConfigType
	}{
		{[]string{"text", "radio"}, TextConfig},
		{[]string{"radio", "more"}, ChoiceConfig},
		{[]string{"radio", "list"}, TextConfig},
		{[]string{"cards", "text"}, TextConfig},
		{[]string{"cards", "hosts"}, CardsConfig},
		{[]string{"list", "token", "radio"}, SecretConfig},
		{[]string{"pairs", "headers"}, KeyValuesConfig},
		{[]string{"headers", "text"}, TextConfig},
		{[]string{"headers", "tokens"}, SecretKeyValuesConfig},
		{[]string{"tokens", "text"}, SecretConfig},
		{[]string{"url", "text"}, TextConfig},
		{[]string{"int", "ratio"}, FloatConfig},
		{[]string{"int", "count"}, OptionalIntConfig},
		{[]string{"ratio", "count", "int"}, OptionalFloatConfig},
		{[]string{"int", "text"}, TextConfig},
	} {
		var apis [][]string
		var alternatives [][]ConfigItem
		for _, order := range [][]string{c.kinds, reversed(c.kinds)} {
			var entries []string
			for _, kind := range order {
				entries = append(entries, fmt.Sprintf(`{"key":"k","label":"l",%s,"parentKey":"p","parentValue":%q}`, items[kind], kind))
			}
			p := planText(t, `{"name":"x","commands":["a"],"sourceConfig":[`+strings.Join(entries, ",")+`]}`)
			f := p.Config.Fields[0]
			if f.Type != c.want {
				t.Errorf("%v is %s, want %s", order, f.Type, c.want)
			}
			slices.SortFunc(f.Items, func(a, b ConfigItem) int { return strings.Compare(a.ParentValue, b.ParentValue) })
			alternatives = append(alternatives, f.Items)
			apis = append(apis, apiTexts(p))
		}
		if diff := cmp.Diff(apis[0], apis[1]); diff != "" {
			t.Errorf("%v: the API depends on the order:\n%s", c.kinds, diff)
		}
		if diff := cmp.Diff(alternatives[0], alternatives[1]); diff != "" {
			t.Errorf("%v: what is read depends on the order:\n%s", c.kinds, diff)
		}
		for _, item := range alternatives[0] {
			if item.ParentValue == "headers" && (item.PairKey != "header" || item.PairVal != "content") {
				t.Errorf("%v: headers are read as %+v", c.kinds, item)
			}
		}
	}
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// TestConfigTypes: secrets are recognized by their type and, for texts, by their key. Numbers are
// whole unless the spec has a fractional number for them, and optional ones without an initial
// value are pointers.
func TestConfigTypes(t *testing.T) {
	t.Parallel()
	pairs := func(key, typ string) string {
		return fmt.Sprintf(`"type":"keyValue","keyValueKey":{"key":"k","label":"k","type":"text"},"keyValueValue":{"key":%q,"label":"v","type":%q}`, key, typ)
	}
	for _, tt := range []struct {
		key, item string
		want      string
	}{
		{"a", `"type":"secret"`, "sdk.Secret"},
		{"a", `"type":"secrettextarea"`, "sdk.Secret"},
		{"a", `"type":"password"`, "sdk.Secret"},
		{"a", pairs("v", "secret"), "sdk.SecretKeyValues"},
		{"a", pairs("v", "secrettextarea"), "sdk.SecretKeyValues"},
		{"a", pairs("v", "password"), "sdk.SecretKeyValues"},
		{"a", pairs("apiToken", "text"), "sdk.SecretKeyValues"},
		{"tokens", pairs("v", "text"), "sdk.KeyValues"},
		{"apiToken", `"type":"text"`, "sdk.Secret"},
		{"private_key", `"type":"textarea"`, "sdk.Secret"},
		{"tokenUrl", `"type":"text"`, "string"},
		{"token", `"type":"url"`, "string"},
		{"token", `"type":"list"`, "[]string"},
		{"token", `"type":"number"`, "*int64"},
		{"token", `"type":"string"`, "string"},

		{"n", `"type":"number","required":true`, "int64"},
		{"n", `"type":"number","value":"5"`, "int64"},
		{"n", `"type":"number","value":""`, "*int64"},
		{"n", `"type":"number","value":"0.5"`, "float64"},
		{"n", `"type":"number","required":true,"min":" 0.5 "`, "float64"},
		{"n", `"type":"number","max":"1e-1"`, "*float64"},
		{"n", `"type":"number","max":"2.0"`, "*int64"},
		{"n", `"type":"number","max":"1e400"`, "*int64"},
		{"initial", `"type":"number"`, "int64"},
		{"fraction", `"type":"number"`, "float64"},
		{"initial", `"type":"number","value":"0.5"`, "float64"},
	} {
		p := planText(t, fmt.Sprintf(`{"name":"x","commands":["a"],"sourceConfig":[{"key":%q,"label":"l",%s}],
			"sourceConfigInitialValues":{"initial":5,"fraction":"2.5"}}`, tt.key, tt.item))
		if got := p.Config.Fields[0].Go().String(); got != tt.want {
			t.Errorf("%s of %s is %s, want %s", tt.key, tt.item, got, tt.want)
		}
	}
}

// TestConfigNames: items cannot take the names that the config and its cards reserve.
func TestConfigNames(t *testing.T) {
	t.Parallel()
	keys := []string{"extra", "format", "marshalJSON", "configItems"}
	var items []string
	for _, key := range keys {
		items = append(items, fmt.Sprintf(`{"key":%q,"label":"l","type":"text"}`, key))
	}
	list := strings.Join(items, ",")
	p := planText(t, `{"name":"x","commands":["a"],"sourceConfig":[`+list+`,{"key":"cards","label":"l","type":"cardList","subMenus":[{"label":"m","items":[`+list+`]}]}]}`)
	for _, s := range append(p.Cards, p.Config) {
		for i, want := range []string{"Extra2", "Format2", "MarshalJSON2", "ConfigItems2"} {
			if got := s.Fields[i].GoName; got != want {
				t.Errorf("%s of %s is %s, want %s", keys[i], s.GoName, got, want)
			}
		}
	}
	if n := len(p.Renamings); n != 2*len(keys) {
		t.Errorf("%d renamings: %+v", n, p.Renamings)
	}
}

// TestNumbersOfCorpus counts the number types in real specs.
func TestNumbersOfCorpus(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../../../shared/corpus/specs/*.json")
	if err != nil || len(paths) == 0 {
		t.Skip("no corpus of real specs")
	}
	counts := make(map[ConfigType]int)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spec, found := schema.Parse(path, text)
		if found.HasErrors() {
			continue
		}
		p := New(spec, Options{Package: "connector"})
		for _, s := range append(p.Cards, p.Config) {
			for _, f := range s.Fields {
				if f.Type.IsNumber() {
					counts[f.Type]++
				}
			}
		}
	}
	if diff := cmp.Diff(map[ConfigType]int{IntConfig: 27, OptionalIntConfig: 4}, counts); diff != "" {
		t.Error(diff)
	}
}

// TestZeroWhileHidden: a required number without an initial value documents what it is while
// hidden.
func TestZeroWhileHidden(t *testing.T) {
	t.Parallel()
	for item, want := range map[string]string{
		`"type":"number","required":true,"parentKey":"p","parentValue":"a"`:             "Label. 0 while hidden.",
		`"type":"number","required":true,"parentKey":"p","parentValue":"a","value":"5"`: "Label.",
		`"type":"number","required":true`:                                               "Label.",
		`"type":"number","parentKey":"p","parentValue":"a"`:                             "Label.",
		`"type":"text","required":true,"parentKey":"p","parentValue":"a"`:               "Label.",
	} {
		p := planText(t, `{"name":"x","commands":["a"],"sourceConfig":[{"key":"k","label":"Label",`+item+`}]}`)
		if got := p.Config.Fields[0].Doc; got != want {
			t.Errorf("%s: %q, want %q", item, got, want)
		}
	}
}

// TestCreateInput: the template's fields come first, then the schema's other attributes. The schema
// decides types, and the template what is required.
func TestCreateInput(t *testing.T) {
	t.Parallel()
	p := planText(t, `{"name":"x","commands":["std:account:create"],"sourceConfig":[],
		"accountSchema":{"displayAttribute":"id","identityAttribute":"id","attributes":[
			{"name":"id","type":"string","required":true},{"name":"age","type":"int"},{"name":"groups","type":"string","multi":true}]},
		"accountCreateTemplate":{"fields":[
			{"key":"login","label":"l","type":"string","required":true,"initialValue":{"type":"static","attributes":{"value":"x"}}},
			{"key":"age","label":"l","type":"string","initialValue":{"type":"static","attributes":{"value":"1"}}}]}}`)
	want := []Field{
		{GoName: "Login", Name: "login", Type: StringField, Required: true, Key: "create/login"},
		{GoName: "Age", Name: "age", Type: IntField, Key: "create/age"},
		{GoName: "ID", Name: "id", Type: StringField, Key: "create/id"},
		{GoName: "Groups", Name: "groups", Type: StringsField, Key: "create/groups"},
	}
	var got []Field
	for _, f := range p.Create.Attributes.Fields {
		got = append(got, Field{GoName: f.GoName, Name: f.Name, Type: f.Type, Required: f.Required, Key: f.Key})
	}
	if !slices.Equal(got, want) {
		t.Errorf("fields are %+v", got)
	}
}

// TestErrors: the readable part of a spec with errors is planned.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, `[]`, `{"commands":["",null,5],"sourceConfig":[{}]}`,
		`{"accountSchema":{"attributes":[{"name":""},{"name":"a"},{"name":"a"}]},"entitlementSchemas":[{},{"type":""},{"type":"a"},{"type":"a"}]}`,
		`{"commands":["std:account:create","std:account:create"],"accountCreateTemplate":{"fields":[{},{"key":"a"},{"key":"a"}]}}`,
	} {
		spec, _ := schema.Parse("connector-spec.json", []byte(text))
		if spec == nil {
			continue
		}
		for _, l := range New(spec, Options{}).API() {
			if l.Name == "" || l.Text == "" {
				t.Errorf("%s: there is an empty line", text)
			}
		}
	}
}

// TestSpecText: booleans written as strings become booleans where the format has them, and
// everything else stays as written.
func TestSpecText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{
			`{"showDebugLoggingOption": "true", "name": "true", "commands": [], "sourceConfig": [], "supportsCustomSchemas": "false"}`,
			`{"showDebugLoggingOption": true, "name": "true", "commands": [], "sourceConfig": [], "supportsCustomSchemas": false}`,
		},
		{
			"\uFEFF" + `{"name": "x", "supportsCustomSchemas": "\u0074rue", "description": "é"} `,
			`{"name": "x", "supportsCustomSchemas": true, "description": "é"}`,
		},
		{ // the last one counts
			`{"supportsCustomSchemas": "true", "supportsCustomSchemas": "false"}`,
			`{"supportsCustomSchemas": "true", "supportsCustomSchemas": false}`,
		},
		{
			`{"accountSchema": {"attributes": [{"multi": "true", "name": "a", "writable": "false", "required": "yes"}]},
			  "entitlementSchemas": [{"includePermissions": "true", "attributes": [{"managed": "true"}]}]}`,
			`{"accountSchema": {"attributes": [{"multi": true, "name": "a", "writable": false, "required": "yes"}]},
			  "entitlementSchemas": [{"includePermissions": true, "attributes": [{"managed": true}]}]}`,
		},
		{
			`{"sourceConfigInitialValues": {"a": "true"}, "accountCreateTemplate": {"fields": [{"required": "true", "isMultiValued": "false",
			  "initialValue": {"type": "static", "attributes": {"value": "true"}}}]}}`,
			`{"sourceConfigInitialValues": {"a": "true"}, "accountCreateTemplate": {"fields": [{"required": true, "isMultiValued": false,
			  "initialValue": {"type": "static", "attributes": {"value": "true"}}}]}}`,
		},
		{
			`{"sourceConfig": [{"type": "cardList", "copyButton": "true", "subMenus": [{"items": [
			  {"type": "text", "required": "true", "parentKey": "b", "parentValue": "true", "value": "true"}]}]},
			  {"type": "keyValue", "keyValueKey": {"required": "true"}}], "number": 1.50e+2}`,
			`{"sourceConfig": [{"type": "cardList", "copyButton": true, "subMenus": [{"items": [
			  {"type": "text", "required": true, "parentKey": "b", "parentValue": "true", "value": "true"}]}]},
			  {"type": "keyValue", "keyValueKey": {"required": true}}], "number": 1.50e+2}`,
		},
	} {
		spec, _ := schema.Parse("connector-spec.json", []byte(c.text)) // some of it is missing
		if got := New(spec, Options{Package: "connector"}).JSON(); got != rawJSONText([]byte(c.want)) {
			t.Errorf("%s\ngives %s", c.text, got)
		}
	}
}
