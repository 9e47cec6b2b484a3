package generator

import (
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
)

// planText plans a spec that must have no errors.
func planText(t *testing.T, text string) *Package {
	t.Helper()
	spec, diagnostics := schema.Parse("connector-spec.json", []byte(text))
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	p, err := planPackage(spec, Options{Package: "connector", SDK: sharedSDK})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPlanOpenAccount: where the attributes are discovered, accounts are known by
// the id that the SDK's open schema has.
func TestPlanOpenAccount(t *testing.T) {
	t.Parallel()
	for _, accountSchema := range []string{"", `,"accountSchema":{"displayAttribute":"","identityAttribute":"","attributes":[]}`} {
		p := planText(t, `{"name":"x","commands":["std:account:discover-schema","std:account:list"],"sourceConfig":[]`+accountSchema+`}`)
		if p.Account.Identity != (Identity{Name: "id"}) {
			t.Errorf("%s: identity is %+v", accountSchema, p.Account.Identity)
		}
	}
}

// TestPlanOpenEntitlements: where no types are named, there is one for all.
func TestPlanOpenEntitlements(t *testing.T) {
	t.Parallel()
	p := planText(t, `{"name":"x","commands":["std:entitlement:list","std:entitlement:read"],"sourceConfig":[]}`)
	if len(p.Entitlements) != 1 || !p.Entitlements[0].Open || p.Commands[0].ByType || p.Commands[0].Methods[0].GoName != "EntitlementList" {
		t.Errorf("planned %+v", p.Entitlements)
	}
	files, err := emit(p)
	if err != nil {
		t.Fatal(err)
	}
	mustCompile(t, files)
	for _, f := range files {
		if f.Path == "memory.go" && !strings.Contains(string(f.Content), "sends none") {
			t.Errorf("Memory does not answer:\n%s", f.Content)
		}
	}
}

// TestPlanAlternatives: items that are alternatives for one key are one field, of
// a type that can hold either.
func TestPlanAlternatives(t *testing.T) {
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

// TestPlanNames: whoever comes second gives way, and says why by its name.
func TestPlanNames(t *testing.T) {
	t.Parallel()
	p := planText(t, `{"name":"x","commands":["std:entitlement:list","memory","stream","std-entitlement-list"],"sourceConfig":[],
		"entitlementSchemas":[
			{"type":"account","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"},{"name":"bind","type":"string"},{"name":"userId","type":"string"},{"name":"user_id","type":"string"}]},
			{"type":"a-b","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]},
			{"type":"a_b","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]}]}`)
	var got []string
	for _, e := range p.Entitlements {
		got = append(got, e.GoName)
	}
	for _, f := range p.Entitlements[0].Attributes.Fields {
		got = append(got, f.GoName)
	}
	for _, c := range p.Commands {
		got = append(got, c.Const, c.Methods[0].GoName)
	}
	const want = "AccountEntitlement AB AB2 ID Bind2 UserID UserID2 " +
		"StdEntitlementList AccountEntitlementList MemoryCommand Memory2 StreamCommand Stream StdEntitlementList2 StdEntitlementList"
	if strings.Join(got, " ") != want {
		t.Errorf("names are\n%s\nwant\n%s", strings.Join(got, " "), want)
	}
}
