package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
)

// namesOf returns the Go names of everything that the settings can name, and of what is
// named after it, by wire names.
func namesOf(p *Package) map[string]string {
	names := make(map[string]string)
	add := func(kind, key, name string) {
		if _, ok := names[kind+key]; ok {
			panic(kind + key + " has two names")
		}
		names[kind+key] = name
	}
	for _, o := range p.objects() {
		add("type ", o.Key, o.GoName)
		for _, f := range o.Attributes.Fields {
			add("", f.Key, f.GoName)
		}
	}
	if p.Create != nil {
		for _, f := range p.Create.Attributes.Fields {
			add("", f.Key, f.GoName)
		}
	}
	for _, s := range append([]*ConfigStruct{p.Config}, p.Cards...) {
		add("type ", s.Key, s.GoName)
		for _, f := range s.Fields {
			add("", f.Key, f.GoName)
		}
	}
	for _, c := range p.Choices {
		add("type ", c.Key, c.GoName)
		for _, o := range c.Options {
			add("", o.Key, o.GoName)
		}
	}
	for _, m := range p.Methods() {
		key := schema.WireName(m.Command.Key, m.EntitlementType())
		add("", key, m.GoName)
		add("var ", key, m.Var)
	}
	return names
}

func (p *Package) objects() []*Object {
	var all []*Object
	if p.Account != nil {
		all = append(all, p.Account)
	}
	return append(all, p.Entitlements...)
}

// shuffle reorders all arrays of a JSON value.
func shuffle(r *rand.Rand, value any) {
	switch v := value.(type) {
	case []any:
		r.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		for _, e := range v {
			shuffle(r, e)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) { // random map order would change the use of the numbers
			shuffle(r, v[name])
		}
	}
}

// TestNamesInEveryOrder: names and the API do not depend on order.
func TestNamesInEveryOrder(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"collisions": collisions}
	for _, name := range []string{"odd-names", "complete", "many-entitlements"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "golden", name, "connector-spec.json"))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := planText(t, text)
			for seed := range uint64(8) {
				var value any
				if err := json.Unmarshal([]byte(text), &value); err != nil {
					t.Fatal(err)
				}
				shuffle(rand.New(rand.NewPCG(seed, 1)), value)
				shuffled, err := json.Marshal(value)
				if err != nil {
					t.Fatal(err)
				}
				got := planText(t, string(shuffled))
				if d := cmp.Diff(namesOf(want), namesOf(got)); d != "" {
					t.Fatalf("seed %d: names -want +got:\n%s", seed, d)
				}
				if d := cmp.Diff(apiTexts(want), apiTexts(got)); d != "" {
					t.Fatalf("seed %d: API -want +got:\n%s", seed, d)
				}
				if d := cmp.Diff(renamed(want), renamed(got)); d != "" {
					t.Fatalf("seed %d: renamings -want +got:\n%s", seed, d)
				}
			}
		})
	}
}

// apiTexts returns the lines of the API, sorted.
func apiTexts(p *Package) []string {
	var texts []string
	for _, l := range p.API() {
		texts = append(texts, l.Text)
	}
	slices.Sort(texts)
	return texts
}

// renamed returns the keys of renamings, sorted, each with the name.
func renamed(p *Package) []string {
	var all []string
	for _, r := range p.Renamings {
		all = append(all, r.Key+" "+r.Go)
	}
	slices.Sort(all)
	return all
}

// collisions is a spec in which names of every kind collide, with each other and with what
// generated code declares.
const collisions = `{"name":"x","keyType":"simple","sourceConfig":[
	{"key":"base.url","label":"l","type":"text"},
	{"key":"base_url","label":"l","type":"text"},
	{"key":"configItems","label":"l","type":"text"},
	{"key":"--","label":"l","type":"text"},
	{"key":"mode","label":"l","type":"radio","options":[
		{"label":"l","value":"!="},{"label":"l","value":"not equal"},{"label":"l","value":"=="},{"label":"l","value":"<="},
		{"label":"l","value":"a.b"},{"label":"l","value":"a_b"},{"label":"l","value":"😀"},{"label":"l","value":""}]},
	{"key":"Mode","label":"l","type":"select","options":[{"label":"l","value":"a"}]},
	{"key":"sources","label":"l","type":"cardList","titleKey":"name","subMenus":[{"label":"l","items":[
		{"key":"name","label":"l","type":"text"},{"key":"Name","label":"l","type":"text"},
		{"key":"mode","label":"l","type":"radio","options":[{"label":"l","value":"a"}]}]}]},
	{"key":"source","label":"l","type":"cardList","titleKey":"name","subMenus":[{"label":"l","items":[{"key":"name","label":"l","type":"text"}]}]},
	{"key":"addresses","label":"l","type":"cardList","titleKey":"name","subMenus":[{"label":"l","items":[{"key":"name","label":"l","type":"text"}]}]},
	{"key":"sourceMode","label":"l","type":"radio","options":[{"label":"l","value":"a"}]}],
	"accountSchema":{"displayAttribute":"user_id","identityAttribute":"user_id","attributes":[
		{"name":"userId","type":"string"},{"name":"user_id","type":"string"},{"name":"user-id","type":"string"},{"name":"user id 2","type":"string"},
		{"name":"Extra","type":"string"},{"name":"extra","type":"string"},{"name":"wireFields","type":"string"},
		{"name":"😀","type":"string"},{"name":"🚀","type":"string"},{"name":"1st","type":"string"}]},
	"accountCreateTemplate":{"fields":[
		{"key":"USER.ID","label":"l","type":"string","initialValue":{"type":"static","attributes":{"value":"x"}}},
		{"key":"Extra","label":"l","type":"string","initialValue":{"type":"static","attributes":{"value":"x"}}}]},
	"entitlementSchemas":[
		{"type":"action","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"},{"name":"ID","type":"string"}]},
		{"type":"account","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]},
		{"type":"group list","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]},
		{"type":"group","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]},
		{"type":"group attributes","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]},
		{"type":"a-b","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]},
		{"type":"a_b","displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]}],
	"commands":["std:account:list","std:account:create","std:entitlement:list","config","new","client","memory","main","account:list","group:list","std-account-list","😀"]}`

// TestNames: colliding names are distinguished by their wire names, and the names that generated
// code needs stay reserved.
func TestNames(t *testing.T) {
	t.Parallel()
	got := namesOf(planText(t, collisions))
	for key, want := range map[string]string{
		// Without a collision, the wire name decides, whatever the SDK declares.
		"type entitlement/action": "Action", "type account": "Account", "type config": "Config",
		"type entitlement/account": "AccountEntitlement",
		"type entitlement/group":   "Group", "type entitlement/group list": "GroupList",
		"type entitlement/group attributes": "GroupAttributes2",
		"type entitlement/a-b":              "AB", "type entitlement/a_b": "AB2",

		// The order is that of bytes: "-" comes before "I", and "_" after it. A number that another
		// wire name implies belongs to that one.
		"account/user-id": "UserID", "account/user id 2": "UserID2", "account/userId": "UserID3", "account/user_id": "UserID4",
		"account/Extra": "Extra2", "account/extra": "Extra3", "account/wireFields": "WireFields2",
		"account/🚀": "Attr2", "account/😀": "Attr1", "account/1st": "Attr1st",
		"create/USER.ID": "UserID5", "create/user-id": "UserID", "create/Extra": "Extra2",

		"config/base.url": "BaseURL", "config/base_url": "BaseURL2", "config/configItems": "ConfigItems2", "config/--": "MinusMinus",
		"config/mode": "Mode2", "config/Mode": "Mode", "type config/mode": "ConfigMode2", "type config/Mode": "ConfigMode",
		"type config/source": "ConfigSource", "type config/sources": "ConfigSource2", "type config/addresses": "ConfigAddress",
		"type config/sourceMode": "ConfigSourceMode", "type config/sources/mode": "ConfigSource2Mode",
		"config/sources/name": "Name2", "config/sources/Name": "Name",

		"option/mode/!=": "ConfigMode2NotEqual", "option/mode/not equal": "ConfigMode2NotEqual2",
		"option/mode/==": "ConfigMode2Equal", "option/mode/<=": "ConfigMode2LessOrEqual",
		"option/mode/a.b": "ConfigMode2AB", "option/mode/a_b": "ConfigMode2AB2",
		"option/mode/": "ConfigMode2Option1", "option/mode/😀": "ConfigMode2Option2", "option/Mode/a": "ConfigModeA",

		"command/std:account:list/": "AccountList", "var command/std:account:list/": "AccountList",
		"command/account:list/": "AccountListCommand", "var command/account:list/": "AccountListCommand",
		"command/std-account-list/":           "StdAccountList",
		"command/std:entitlement:list/group":  "GroupList",
		"command/std:entitlement:list/action": "ActionList", "command/std:entitlement:list/account": "AccountEntitlementList",
		"var command/std:entitlement:list/group": "GroupListMethod",
		"command/group:list/":                    "GroupListCommand", "var command/group:list/": "GroupListCommand",
		"command/config/": "Config", "var command/config/": "ConfigMethod",
		"command/new/": "New", "var command/new/": "NewMethod", "command/main/": "Main", "var command/main/": "MainMethod",
		"command/client/": "ClientCommand", "var command/client/": "ClientCommand", "command/memory/": "MemoryCommand",
		"command/😀/": "Command1", "var command/😀/": "Command1",
	} {
		if got[key] != want {
			t.Errorf("%s is called %q, want %q", key, got[key], want)
		}
	}
}

// TestRenamings: each name that its wire name does not imply is reported, with its position, the
// implied name, and what has that name.
func TestRenamings(t *testing.T) {
	t.Parallel()
	spec := parse(t, collisions)
	p := New(spec, Options{})
	got := make(map[string]Renaming)
	for _, r := range p.Renamings {
		if !spec.File.Has(r.At) || r.At == "" || r.Holder != "" && !spec.File.Has(r.Holder) {
			t.Errorf("%+v has no position", r)
		}
		if r.Want == r.Go {
			t.Errorf("%+v is none", r)
		}
		if _, twice := got[r.Key+" "+r.Go]; twice {
			t.Errorf("%s is reported twice", r.Key)
		}
		got[r.Key+" "+r.Go] = r
	}
	for _, want := range []Renaming{
		{"account/userId", "/accountSchema/attributes/0/name", "userId", "UserID", "UserID3", "/accountSchema/attributes/2/name"},
		{"account/Extra", "/accountSchema/attributes/4/name", "Extra", "Extra", "Extra2", ""},
		{"account/1st", "/accountSchema/attributes/9/name", "1st", "1st", "Attr1st", ""},
		{"account/😀", "/accountSchema/attributes/7/name", "😀", "", "Attr1", ""},
		{"create/USER.ID", "/accountCreateTemplate/fields/0/key", "USER.ID", "UserID", "UserID5", "/accountSchema/attributes/2/name"},
		{"entitlement/account", "/entitlementSchemas/1/type", "account", "Account", "AccountEntitlement", ""},
		{"entitlement/group attributes", "/entitlementSchemas/4/type", "group attributes", "GroupAttributes", "GroupAttributes2", "/entitlementSchemas/3/type"},
		{"entitlement/action/id", "/entitlementSchemas/0/attributes/0/name", "id", "ID", "ID2", "/entitlementSchemas/0/attributes/1/name"},
		{"config/configItems", "/sourceConfig/2/key", "configItems", "ConfigItems", "ConfigItems2", ""},
		{"config/mode", "/sourceConfig/4/key", "mode", "Mode", "Mode2", "/sourceConfig/5/key"},
		{"config/sources", "/sourceConfig/6/key", "sources", "ConfigSource", "ConfigSource2", "/sourceConfig/7/key"},
		{"config/sources/name", "/sourceConfig/6/subMenus/0/items/0/key", "name", "Name", "Name2", "/sourceConfig/6/subMenus/0/items/1/key"},
		{"option/mode/not equal", "/sourceConfig/4/options/1/value", "not equal", "ConfigMode2NotEqual", "ConfigMode2NotEqual2", "/sourceConfig/4/options/0/value"},
		{"command/client", "/commands/5", "client", "Client", "ClientCommand", ""},
		{"command/account:list", "/commands/8", "account:list", "AccountList", "AccountListCommand", "/commands/0"},
		{"command/config", "/commands/3", "config", "Config", "ConfigMethod", ""},
		{"command/std:entitlement:list/group", "/entitlementSchemas/3/type", "group", "GroupList", "GroupListMethod", "/entitlementSchemas/2/type"},
	} {
		if r := got[want.Key+" "+want.Go]; r != want {
			t.Errorf("got %+v\nwant %+v", r, want)
		}
	}
	// Names set as wanted are not reported.
	for _, r := range p.Renamings {
		if slices.Contains([]string{"account/user-id", "config/--", "option/mode/!=", "entitlement/action"}, r.Key) {
			t.Errorf("%+v is reported", r)
		}
	}
}

// TestOverrides: the settings name every kind of thing, and what is named after it.
func TestOverrides(t *testing.T) {
	t.Parallel()
	opts := Options{
		Initialisms: []string{"nth", "unused"},
		Names: map[string]string{
			"account/userId": "Login", "account/user_id": "ExtraID", "create/USER.ID": "Wanted", "entitlement/group": "Team", "entitlement/action/id": "Number",
			"config/mode": "Kind", "config/sources": "Origins", "config/sources/name": "Title", "option/mode/!=": "Differs", "option/mode/a_b": "ConfigKindUnder",
			"command/config": "Configure", "command/std:account:list": "Everybody", "account/nobody": "Nobody",
		},
	}
	spec := parse(t, strings.Replace(collisions, `"1st"`, `"nth-name"`, 1))
	p := New(spec, opts)
	got := namesOf(p)
	for key, want := range map[string]string{
		"account/userId": "Login", "account/user_id": "ExtraID", "account/user-id": "UserID", "account/nth-name": "NTHName",
		"create/userId": "Login", "create/USER.ID": "Wanted", "create/user_id": "ExtraID", // a schema attribute has the same name in both
		"type entitlement/group": "Team", "command/std:entitlement:list/group": "TeamList", "entitlement/action/id": "Number", "entitlement/action/ID": "ID",
		"type entitlement/group attributes": "GroupAttributes",
		"config/mode":                       "Kind", "type config/mode": "ConfigKind", "config/sources": "Origins", "type config/sources": "ConfigOrigin",
		"config/sources/name": "Title", "type config/sources/mode": "ConfigOriginMode",
		"option/mode/!=": "ConfigKindDiffers", "option/mode/a_b": "ConfigKindUnder", "option/mode/not equal": "ConfigKindNotEqual",
		"command/config/": "Configure", "var command/config/": "Configure",
		"command/std:account:list/": "Everybody", "command/account:list/": "AccountList",
	} {
		if got[key] != want {
			t.Errorf("%s is called %q, want %q", key, got[key], want)
		}
	}
	if len(p.NameProblems) > 0 || !slices.Equal(p.UnusedNames, []string{"account/nobody"}) {
		t.Errorf("problems %v, unused %v", p.NameProblems, p.UnusedNames)
	}
	const settings = `{"names":{"account/userId":"Login","account/user_id":"ExtraID","command/config":"Configure","command/std:account:list":"Everybody",` +
		`"config/mode":"Kind","config/sources":"Origins","config/sources/name":"Title","create/USER.ID":"Wanted","entitlement/action/id":"Number",` +
		`"entitlement/group":"Team","option/mode/!=":"Differs","option/mode/a_b":"ConfigKindUnder"},"initialisms":["NTH"]}`
	if p.Settings != settings {
		t.Errorf("the settings that took part are\n%s\nwant\n%s", p.Settings, settings)
	}
}

// TestNameProblems: names that are taken are refused, with their owner. The thing still gets a
// name.
func TestNameProblems(t *testing.T) {
	t.Parallel()
	for key, c := range map[string]struct {
		name, want string
		also       map[string]string
	}{
		"account/userId":           {name: "Extra", want: "Extra is taken: the generated code needs it"},
		"account/user_id":          {name: "Login", want: "Login is taken: \"userId\" has it", also: map[string]string{"account/userId": "Login"}},
		"create/USER.ID":           {name: "WireFields", want: "WireFields is taken: the generated code needs it"},
		"entitlement/group":        {name: "Account", want: "Account is taken: the generated code needs it"},
		"entitlement/action":       {name: "Config", want: "Config is taken: the generated code needs it"},
		"config/mode":              {name: "ConfigItems", want: "ConfigItems is taken: the generated code needs it"},
		"command/config":           {name: "Client", want: "Client is taken: the generated code needs it"},
		"command/std:account:list": {name: "Memory", want: "Memory is taken: the generated code needs it"},
		"command/new":              {name: "AccountList", want: "AccountList is taken: \"std:account:list\" has it"},
		"option/mode/==":           {name: "Same", want: "ConfigMode2Same is taken: \"!=\" has it", also: map[string]string{"option/mode/!=": "Same"}},
	} {
		opts := Options{Names: map[string]string{key: c.name}}
		maps.Copy(opts.Names, c.also)
		p := New(parse(t, collisions), opts)
		name, message, _ := strings.Cut(c.want, " ")
		if want := []NameProblem{{key, name, message}}; !slices.Equal(p.NameProblems, want) {
			t.Errorf("%s: problems are %v, want %v", key, p.NameProblems, want)
		}
		for thing, name := range namesOf(p) {
			if name == "" {
				t.Errorf("%s: %s has no name", key, thing)
			}
		}
	}
}

// TestCreateFallback: a create field has its attribute's name, unless an entry of another field
// claims that name.
func TestCreateFallback(t *testing.T) {
	t.Parallel()
	spec := parse(t, `{"name":"x","commands":["std:account:create"],"sourceConfig":[],
		"accountSchema":{"displayAttribute":"a","identityAttribute":"a","attributes":[{"name":"a","type":"string"},{"name":"b","type":"string"}]}}`)
	for _, own := range []string{"a", "b"} {
		other := map[string]string{"a": "b", "b": "a"}[own]
		p := New(spec, Options{Names: map[string]string{"create/" + own: "Login", "account/" + other: "Login"}})
		if len(p.NameProblems) > 0 {
			t.Errorf("create/%s: %v", own, p.NameProblems)
		}
		names := namesOf(p)
		if names["create/"+own] != "Login" || names["account/"+other] != "Login" || names["create/"+other] == "Login" {
			t.Errorf("create/%s: names are %v", own, names)
		}
	}
}

// TestSettingsAbsent: names and initialisms that have no effect are not recorded.
func TestSettingsAbsent(t *testing.T) {
	t.Parallel()
	opts := Options{Names: map[string]string{"account/x": "Y"}, Initialisms: []string{"erp"}}
	if p := New(parse(t, `{"name":"x","commands":["a"],"sourceConfig":[]}`), opts); p.Settings != "" {
		t.Errorf("settings are %s", p.Settings)
	}
}

// collidingSpec has account attributes whose names all map to the same Go name.
func collidingSpec(b *testing.B, n int) *schema.Spec {
	b.Helper()
	signs := []string{"-", "_", ".", ":", " ", "/", "+", "="}
	var attributes []string
	for i := range n {
		name := "user"
		for ; i > 0; i /= len(signs) {
			name += signs[i%len(signs)]
		}
		attributes = append(attributes, fmt.Sprintf(`{"name":"%sid%s","type":"string"}`, name, strings.Repeat("-", len(attributes)%3)))
	}
	text := fmt.Sprintf(`{"name":"x","commands":["std:account:create"],"sourceConfig":[],"accountSchema":{"displayAttribute":"a","identityAttribute":"a",
		"attributes":[{"name":"a","type":"string"},%s]}}`, strings.Join(attributes, ","))
	return parse(b, text)
}

// BenchmarkNames plans specs in which all names collide. The time per name should not grow with
// their number.
func BenchmarkNames(b *testing.B) {
	for _, n := range []int{1000, 8000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			spec := collidingSpec(b, n)
			for b.Loop() {
				New(spec, Options{})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/name")
		})
	}
}

// TestOneNameInAllStructs: a Go name stands for the same attribute in accounts, creates and
// changes, so code which copies one to the other is right.
func TestOneNameInAllStructs(t *testing.T) {
	t.Parallel()
	p := planText(t, strings.Replace(collisions, `"std:account:create"`, `"std:account:create","std:account:update"`, 1))
	wire := make(map[string]string)
	for name, fields := range map[string][]*Field{
		"Account": p.Account.Attributes.Fields, "Create": p.Create.Attributes.Fields, "Changes": p.Update.Fields,
	} {
		for _, f := range fields {
			if other, ok := wire[f.GoName]; ok && other != f.Name {
				t.Errorf("%s.%s is %q, and elsewhere %q", name, f.GoName, f.Name, other)
			}
			wire[f.GoName] = f.Name
		}
	}
	if len(p.Update.Fields) != len(p.Account.Attributes.Fields)+1 || len(p.Create.Attributes.Fields) != len(p.Update.Fields) {
		t.Errorf("%d attributes, %d of a create, %d changes", len(p.Account.Attributes.Fields), len(p.Create.Attributes.Fields), len(p.Update.Fields))
	}
}
