package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/conngen/conngen/schema"
)

// TestInputs checks that the inputs are the same in every run and list the same attributes, and
// that the spec has no errors.
func TestInputs(t *testing.T) {
	t.Parallel()
	in := makeInputs(t, 40, 0)
	if again := makeInputs(t, 40, 0); !bytes.Equal(in.spec, again.spec) || !bytes.Equal(in.schema, again.schema) || !bytes.Equal(in.openAPI, again.openAPI) {
		t.Error("the inputs differ from run to run")
	}
	spec, findings := schema.Parse("connector-spec.json", in.spec)
	for _, f := range findings {
		if f.Severity == schema.Error {
			t.Error(f)
		}
	}
	var description struct{ Properties map[string]any }
	var api struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(in.schema, &description); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(in.openAPI, &api); err != nil {
		t.Fatal(err)
	}
	attributes := spec.AccountSchema.Attributes
	if len(attributes) != 40 || len(description.Properties) != 40 || len(api.Components.Schemas["Account"].Properties) != 40 {
		t.Errorf("%d attributes, %d in JSON Schema, %d in OpenAPI, want 40 of each", len(attributes), len(description.Properties), len(api.Components.Schemas["Account"].Properties))
	}
	for _, a := range attributes {
		if description.Properties[a.Name] == nil || api.Components.Schemas["Account"].Properties[a.Name] == nil {
			t.Errorf("the others lack %s", a.Name)
		}
	}
}

// TestEdition checks that an edit changes one name.
func TestEdition(t *testing.T) {
	t.Parallel()
	before, after := makeInputs(t, 12, 0), makeInputs(t, 12, 3)
	name := attributeName(11)
	if got := bytes.ReplaceAll(after.spec, []byte(name+"Edit3"), []byte(name)); !bytes.Equal(got, before.spec) || bytes.Equal(after.spec, before.spec) {
		t.Errorf("the edit does not change %s alone:\n%s", name, after.spec)
	}
}

func makeInputs(t *testing.T, attributes, edition int) inputs {
	t.Helper()
	in, err := newInputs(attributes, edition)
	if err != nil {
		t.Fatal(err)
	}
	return in
}
