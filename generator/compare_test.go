package generator

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
	"github.com/conngen/conngen/schema/lint"
)

const (
	plainSpec = `{"name":"A","keyType":"simple","commands":["std:account:list"],"sourceConfig":[]}`
	usersSpec = `{"name":"A","keyType":"simple","commands":["std:account:list"],"sourceConfig":[],
		"accountSchema":{"identityAttribute":"id","displayAttribute":"id","attributes":[{"name":"id","type":"string"}%s]}}`
)

// attributeField is a line of an account attribute.
func attributeField(name, typ, wire string) plan.Line {
	l := plan.NewLine("field", "AccountAttributes."+name, typ, wire)
	l.Keys = []string{string(schema.Pointer("account").Member(wire)), "account"}
	return l
}

// createField is a line of an attribute that accounts are created with, or of its changes.
func createField(owner string) plan.Line {
	return line(plan.NewLine("field", owner+".Mail", "string", "mail"), "create/mail", "create")
}

func line(l plan.Line, keys ...string) plan.Line {
	l.Keys = keys
	return l
}

// accountType is a type with Extra and the given fields.
func accountType(fields ...plan.Line) []plan.Line {
	return append([]plan.Line{
		line(plan.NewLine("type", "AccountAttributes", "struct"), "account"),
		line(plan.NewLine("field", "AccountAttributes.Extra", "map[string]any"), "account"),
	}, fields...)
}

// TestCompareLists: the lines of two APIs explain what spec changes do to code.
func TestCompareLists(t *testing.T) {
	t.Parallel()
	const mail, phone = `,{"name":"mail","type":"string"}`, `,{"name":"phone","type":"string"}`
	mailField, phoneField := attributeField("Mail", "string", "mail"), attributeField("Phone", "string", "phone")
	list := line(plan.NewLine("method", "Client.GroupList", "func()", "std:entitlement:list", "group"), "command/std:entitlement:list", "entitlement/group")
	read := line(plan.NewLine("method", "Client.GroupRead", "func()", "std:entitlement:read", "group"), "command/std:entitlement:read", "entitlement/group")
	group := line(plan.NewLine("type", "Group", "struct"), "entitlement/group")
	team := line(plan.NewLine("type", "Team", "struct"), "entitlement/group")
	for _, c := range []struct {
		name           string
		old, current   string
		oldAPI, curAPI []plan.Line
		want           []string // ID, Go impact, the rest of the message, review
	}{
		{
			"removed", mail, "", accountType(mailField), accountType(),
			[]string{"account-attribute-removed breaking: code that uses AccountAttributes.Mail no longer compiles"},
		},
		{
			"added, and read from Extra until now", "", mail, accountType(), accountType(mailField),
			[]string{`account-attribute-added additive: / code that reads "mail" from AccountAttributes.Extra no longer finds it there`},
		},
		{
			"added to a type without Extra", "", mail, accountType()[:1], append(accountType()[:1], mailField),
			[]string{"account-attribute-added additive:"},
		},
		{
			"no line", "", mail, nil, nil,
			[]string{"account-attribute-added none:"},
		},
		{
			"another type", mail, `,{"name":"mail","type":"int"}`, accountType(mailField), accountType(attributeField("Mail", "*int64", "mail")),
			[]string{"account-attribute-type-changed breaking: the type of AccountAttributes.Mail changed from string to *int64"},
		},
		{
			"the Go name stands for another wire name", `,{"name":"e_mail","type":"string"}`, `,{"name":"eMail","type":"int"}`,
			accountType(attributeField("EMail", "string", "e_mail")), accountType(attributeField("EMail", "string", "eMail")),
			[]string{
				`account-attribute-removed breaking: AccountAttributes.EMail now stands for "eMail" instead of "e_mail"`,
				`account-attribute-added additive: / code that reads "eMail" from AccountAttributes.Extra no longer finds it there`,
			},
		},
		{
			"a field of the create template keeps the old name", mail, `,{"name":"email","type":"string"}`,
			append(accountType(mailField), createField("AccountCreateAttributes"), createField("AccountChanges")),
			append(accountType(attributeField("Email", "string", "email")), createField("AccountCreateAttributes"), createField("AccountChanges")),
			[]string{"account-attribute-renamed breaking: code that uses AccountAttributes.Mail no longer compiles" +
				`/ look at code that uses AccountCreateAttributes.Mail and AccountChanges.Mail, which still compiles; code that reads "email" from AccountAttributes.Extra no longer finds it there`},
		},
		{
			"a collision, which no change explains", mail, mail + `,{"name":"MAIL","type":"string"}`,
			accountType(mailField), accountType(attributeField("Mail", "string", "MAIL"), attributeField("Mail2", "string", "mail")),
			[]string{
				`go-api-changed breaking account/mail: the Go code of account attribute "mail" changed: AccountAttributes.Mail is now called AccountAttributes.Mail2; ` +
					`AccountAttributes.Mail now stands for "MAIL" instead of "mail"`,
				`account-attribute-added additive: / code that reads "MAIL" from AccountAttributes.Extra no longer finds it there`,
			},
		},
		{
			"names in the settings", "", "",
			[]plan.Line{
				group, line(plan.NewLine("field", "Group.ID", "string", "id"), "entitlement/group/id"),
				line(plan.NewLine("type", "GroupAttributes", "struct"), "entitlement/group"), list,
			},
			[]plan.Line{
				team, line(plan.NewLine("field", "Team.ID", "string", "id"), "entitlement/group/id"),
				line(plan.NewLine("type", "TeamAttributes", "struct"), "entitlement/group"),
				line(plan.NewLine("method", "Client.TeamList", "func()", "std:entitlement:list", "group"), list.Keys...),
			},
			[]string{`go-api-changed breaking entitlement/group: the Go code of entitlement type "group" changed: Group is now called Team, GroupAttributes is now called TeamAttributes and ` +
				`Client.GroupList is now called Client.TeamList; the client needs the method TeamList; stub adds it`},
		},
		{
			"without a wire name", "", "", nil,
			[]plan.Line{plan.NewLine("func", "Main", "func()")},
			[]string{"go-api-changed additive Main: the Go code of Main changed: the package now has Main"},
		},
		{
			"methods that the client needs", "", "", nil,
			[]plan.Line{group, list, read},
			[]string{`go-api-changed breaking entitlement/group: the Go code of entitlement type "group" changed: ` +
				"the client needs the methods GroupList and GroupRead; stub adds them"},
		},
		{
			"methods that nothing calls any more", "", "",
			[]plan.Line{group, list, read, plan.NewLine("method", "UnimplementedClient.GroupRead", "func()")},
			nil,
			[]string{
				`go-api-changed breaking entitlement/group: the Go code of entitlement type "group" changed: ` +
					"code that uses Group no longer compiles; nothing calls the client's methods GroupList and GroupRead any more",
				"go-api-changed breaking UnimplementedClient.GroupRead: the Go code of UnimplementedClient.GroupRead changed: code that uses UnimplementedClient.GroupRead no longer compiles",
			},
		},
		{
			"a list that is too long", mail + phone, "",
			append(accountType(mailField, phoneField), line(plan.NewLine("const", "A", ""), "account/mail"), line(plan.NewLine("const", "B", ""), "create/mail"), line(plan.NewLine("const", "C", ""), "account/mail/x")), accountType(),
			[]string{
				"account-attribute-removed breaking: code that uses AccountAttributes.Mail, A, B and 1 more no longer compiles",
				"account-attribute-removed breaking: code that uses AccountAttributes.Phone no longer compiles",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			old, current := parsed(t, fmt.Sprintf(usersSpec, c.old)), parsed(t, fmt.Sprintf(usersSpec, c.current))
			got := compareLists(old, current, c.oldAPI, c.curAPI)
			if d := cmp.Diff(c.want, said(old, current, got)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			checkComparison(t, got, c.oldAPI, c.curAPI)
		})
	}
}

// said formats the changes of a comparison, except those about sources.
func said(old, current *schema.Spec, c Comparison) []string {
	messages := make(map[string]bool)
	for _, change := range diff.Specs(old, current).Changes {
		messages[change.Message] = true
	}
	var all []string
	for _, change := range c.Changes {
		text := change.ID + " " + change.Go.String()
		message := change.Message
		for m := range messages {
			if rest, ok := strings.CutPrefix(message, m); ok {
				message = strings.TrimPrefix(rest, "; ")
			}
		}
		if change.ID == diff.GoAPIChanged {
			text += " " + change.Subject
		}
		text += ": " + message
		if change.Review != "" {
			text += "/ " + change.Review
		}
		all = append(all, strings.TrimSpace(text))
	}
	return all
}

func parsed(t *testing.T, text string) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse("spec.json", []byte(text))
	if spec == nil {
		t.Fatal(found)
	}
	return spec
}

// checkComparison checks the invariants of a comparison: its changes together have the impact of
// the APIs' difference, and each has a position.
func checkComparison(t *testing.T, c Comparison, oldAPI, currentAPI []plan.Line) {
	t.Helper()
	if want := plan.Verdict(plan.Compare(oldAPI, currentAPI)); c.Go != want {
		t.Errorf("the impact on Go code is %v, want %v", c.Go, want)
	}
	for _, change := range c.Changes {
		if change.Old == (schema.Place{}) && change.New == (schema.Place{}) {
			t.Errorf("%v is nowhere", change)
		}
		if change.Go > c.Go || change.Source > c.Source || change.Review != "" && !c.Review {
			t.Errorf("%v is worse than all", change)
		}
	}
}

// TestCompareGolden compares every pair of golden specs, both ways.
func TestCompareGolden(t *testing.T) {
	t.Parallel()
	var specs []*schema.Spec
	var apis [][]plan.Line
	cases := goldenCases(t)
	for _, c := range cases {
		spec := readSpec(t, c.spec)
		specs, apis = append(specs, spec), append(apis, planAPI(spec, testOptions))
	}
	for i, old := range specs {
		for j, current := range specs {
			c := compareLists(old, current, apis[i], apis[j])
			checkComparison(t, c, apis[i], apis[j])
			if i == j && len(c.Changes) > 0 {
				t.Errorf("%s differs from itself: %v", cases[i].name, c.Changes)
			}
		}
	}
}

// TestCompareExamples: the examples of each kind of change show that kind, and changes of the spec
// explain every change in Go. One kind is an exception by design.
func TestCompareExamples(t *testing.T) {
	t.Parallel()
	for _, k := range diff.Kinds() {
		t.Run(k.ID, func(t *testing.T) {
			t.Parallel()
			old, current := k.Examples()
			c := CompareAPI(parsed(t, old), parsed(t, current), testOptions, testOptions)
			has := func(id string) bool {
				return slices.ContainsFunc(c.Changes, func(change Change) bool { return change.ID == id })
			}
			if !has(k.ID) || has(diff.GoAPIChanged) != (k.ID == diff.GoAPIChanged) {
				t.Errorf("got %v", c.Changes)
			}
		})
	}
}

// TestCompareErrors: specs with errors are compared as far as they can be read.
func TestCompareErrors(t *testing.T) {
	t.Parallel()
	for _, r := range lint.Rules() {
		bad, good := r.Examples()
		old, found := schema.Parse("old.json", []byte(bad))
		if old == nil || len(found.Syntax()) > 0 {
			continue // diff refuses what is not JSON
		}
		current := parsed(t, good)
		checkComparison(t, CompareAPI(old, current, testOptions, testOptions), planAPI(old, testOptions), planAPI(current, testOptions))
		if c := CompareAPI(old, old, testOptions, testOptions); len(c.Changes) > 0 {
			t.Errorf("%s differs from itself: %v", r.ID, c.Changes)
		}
	}
}

func TestKeyLabel(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"account": "the account schema", "account/a~1b~0": `account attribute "a/b~"`, "create": "the create template", "create/login": `create field "login"`,
		"entitlement/group": `entitlement type "group"`, "entitlement/group/id": `attribute "id" of entitlement type "group"`,
		"config/sources/name": `config item "sources[].name"`, "option/mode/==": `option "==" of config item "mode"`,
		"command/std:account:list": `command "std:account:list"`, "keyType": "keyType",
	} {
		if got := keyLabel(key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}

// FuzzCompareAPI: any two readable texts can be compared, with or without errors. Without errors,
// the comparison agrees with the packages.
func FuzzCompareAPI(f *testing.F) {
	for _, k := range diff.Kinds() {
		old, current := k.Examples()
		f.Add([]byte(old), []byte(current))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		old, oldFound := schema.Parse("old.json", a)
		current, currentFound := schema.Parse("new.json", b)
		if old == nil || current == nil || len(oldFound.Syntax())+len(currentFound.Syntax()) > 0 {
			return
		}
		checkComparison(t, CompareAPI(old, current, testOptions, testOptions), planAPI(old, testOptions), planAPI(current, testOptions))
		if oldFound.HasErrors() || currentFound.HasErrors() {
			return
		}
		checkVerdict(t, "the texts", mustMutant(t, a, testOptions), mustMutant(t, b, testOptions))
	})
}

// TestCompareComparable: a list field makes a struct incomparable with ==, which code may use.
func TestCompareComparable(t *testing.T) {
	t.Parallel()
	with := func(items string) *schema.Spec {
		return parseSpec(t, "connector-spec.json", []byte(`{"name":"x","commands":["std:test-connection"],"sourceConfig":[`+items+`]}`))
	}
	const text, list = `{"key":"a","label":"A","type":"text"}`, `{"key":"b","label":"B","type":"list"}`
	fields := []plan.Line{
		plan.NewLine("comparable", "Options.==", ""),
		plan.NewLine("field", "Options.A", "string", "a"),
		plan.NewLine("field", "Options.B", "[]string", "b"),
	}
	fields[1].Keys, fields[2].Keys = []string{"config/a"}, []string{"config/b"}
	c := compareLists(with(text), with(text+","+list), fields[:2], fields[1:])
	if len(c.Changes) != 1 || c.Go != GoBreaking || !strings.Contains(c.Changes[0].Message, "code that uses == for Options no longer compiles") {
		t.Errorf("got %v", c.Changes)
	}
	if c := compareLists(with(list), with(text), fields[2:], fields[:2]); c.Go != GoBreaking || len(c.Changes) != 2 {
		t.Errorf("the other way: %v", c.Changes)
	}
}

// TestCompareConfigTypes: the types of config items are compared as Go types.
func TestCompareConfigTypes(t *testing.T) {
	t.Parallel()
	with := func(item string) *schema.Spec {
		return parseSpec(t, "connector-spec.json", []byte(`{"name":"x","commands":["std:test-connection"],"sourceConfig":[{"label":"L",`+item+`}]}`))
	}
	pairs := func(typ string) string {
		return `"key":"a","type":"keyValue","keyValueKey":{"key":"k","label":"K","type":"text"},"keyValueValue":{"key":"v","label":"V","type":"` + typ + `"}`
	}
	for _, tt := range []struct {
		old, current string
		want         GoImpact
	}{
		{`"key":"apiToken","type":"text"`, `"key":"apiToken","type":"secret"`, GoNone},
		{`"key":"apiToken","type":"textarea"`, `"key":"apiToken","type":"secrettextarea"`, GoNone},
		{`"key":"apiToken","type":"password"`, `"key":"apiToken","type":"text"`, GoNone},
		{`"key":"name","type":"text"`, `"key":"name","type":"secret"`, GoBreaking},
		{`"key":"name","type":"text"`, `"key":"name","type":"url"`, GoNone},
		{pairs("text"), pairs("secret"), GoBreaking},
		{pairs("secret"), pairs("secrettextarea"), GoNone},
		{`"key":"n","type":"number"`, `"key":"n","type":"number","max":"5"`, GoNone},
		{`"key":"n","type":"number"`, `"key":"n","type":"number","max":"0.5"`, GoBreaking},
		{`"key":"n","type":"number"`, `"key":"n","type":"number","value":"5"`, GoBreaking},
		{`"key":"n","type":"number"`, `"key":"n","type":"number","required":true`, GoBreaking},
		{`"key":"n","type":"number","value":"5"`, `"key":"n","type":"number","value":"6","required":true`, GoNone},
	} {
		for _, way := range [][2]string{{tt.old, tt.current}, {tt.current, tt.old}} {
			c := CompareAPI(with(way[0]), with(way[1]), testOptions, testOptions)
			if c.Go != tt.want {
				t.Errorf("%s to %s: %v, want %v", way[0], way[1], c.Go, tt.want)
			}
		}
	}
}
