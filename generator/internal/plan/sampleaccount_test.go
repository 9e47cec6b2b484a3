package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

// kinds names the kinds of samples in tests.
var kinds = map[plan.SampleKind]string{
	plan.SampleText: "text", plan.SampleEmail: "e-mail", plan.SamplePassword: "password", plan.SampleBool: "bool",
	plan.SampleNumber: "number", plan.SampleNewNumber: "new number", plan.SampleStatic: "static",
}

func described(samples ...plan.FieldSample) string {
	var all []string
	for _, s := range samples {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", s.Field.Name, kinds[s.Kind], s.Static)))
	}
	return strings.Join(all, ", ")
}

// static is a template field with a value; the city's is required.
func static(key, specType, value string) string {
	return fmt.Sprintf(`{"key":%q,"type":%q,"required":%t,"initialValue":{"type":"static","attributes":{"value":%s}}}`, key, specType, key == "city", value)
}

// TestAccountSamples: a create has what the template sends, typed by the schema, and an update sets
// what the source most likely accepts.
func TestAccountSamples(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ attributes, template, create, smallest, update string }{
		"no template": {
			`{"name":"id","type":"int"},{"name":"name","type":"string"},{"name":"title","type":"string"}`, ``,
			"id new number, name text", "id new number, name text", "title text",
		},
		"template": {
			`{"name":"id","type":"string"},{"name":"name","type":"string"},{"name":"level","type":"int"},{"name":"mail","type":"string"},{"name":"active","type":"boolean"}`,
			`{"key":"workEmail","type":"string","required":true},{"key":"level","type":"string"},{"key":"password","type":"string"},{"key":"mail","type":"string"},{"key":"level","type":"int"}`,
			"workEmail e-mail, level number, password password, mail e-mail", "workEmail e-mail", "mail e-mail",
		},
		"static": {
			`{"name":"id","type":"string"},{"name":"name","type":"string"},{"name":"on","type":"boolean"},{"name":"level","type":"int"}`,
			strings.Join([]string{
				static("on", "string", `"false"`), static("level", "int", `"x"`), static("team", "string", `"$team"`), static("city", "string", `""`),
				static("pin", "string", `"1234"`), static("site", "string", `""`), static("size", "int", "7"),
			}, ","),
			`on static "false", level number, team text, city text, pin password, site static "", size static 7`, "city text", "on bool",
		},
		"writable": {
			`{"name":"id","type":"string","writable":true},{"name":"name","type":"string"},{"name":"title","type":"string"},{"name":"city","type":"string","writable":true},{"name":"groups","type":"string","multi":true,"entitlement":true,"writable":true}`,
			`{"key":"title","type":"string"}`, "title text", "", "city text",
		},
		"nothing but names": {
			`{"name":"id","type":"string"},{"name":"name","type":"string"},{"name":"groups","type":"string","multi":true,"entitlement":true}`, ``,
			"id text, name text", "id text, name text", "name text",
		},
		"nothing to update": {`{"name":"id","type":"string"}`, ``, "id text", "id text", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := `{"name":"x","commands":["std:account:create","std:account:update"],"sourceConfig":[],
				"accountSchema":{"displayAttribute":"name","identityAttribute":"id","attributes":[` + tt.attributes + `]},
				"accountCreateTemplate":{"fields":[` + tt.template + `]}}`
			spec, _ := schema.Parse("connector-spec.json", []byte(text))
			if spec == nil {
				t.Fatal(text)
			}
			p := plan.New(spec, plan.Options{})
			update := ""
			if s := p.SampleUpdate(); s != nil {
				update = described(*s)
			}
			smallest := described(p.SmallestCreate()...)
			if tt.smallest == "" {
				smallest = ""
			}
			if diff := cmp.Diff([]string{tt.create, tt.smallest, tt.update}, []string{described(p.TemplateCreate()...), smallest, update}); diff != "" {
				t.Error(diff)
			}
		})
	}
}
