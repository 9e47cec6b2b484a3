package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

func schemaDocument(t *testing.T) map[string]any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(schema.JSONSchema(), &document); err != nil {
		t.Fatal(err)
	}
	return document
}

// TestJSONSchemaIsOne: the schema is valid under the meta-schema of its draft, and is
// self-contained.
func TestJSONSchemaIsOne(t *testing.T) {
	t.Parallel()
	meta, err := jsonschema.Compile("http://json-schema.org/draft-07/schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(any(schemaDocument(t))); err != nil {
		t.Error(err)
	}
	for _, ref := range values(schemaDocument(t), "$ref") {
		if !strings.HasPrefix(ref.(string), "#/definitions/") {
			t.Errorf("the schema needs %s", ref)
		}
	}
}

// values collects the values of a keyword anywhere below a value.
func values(value any, keyword string) []any {
	var found []any
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if name == keyword {
				found = append(found, value[name])
			}
			found = append(found, values(value[name], keyword)...)
		}
	case []any:
		for _, v := range value {
			found = append(found, values(v, keyword)...)
		}
	}
	return found
}

// TestJSONSchemaExplains: each member of a spec is explained where an editor looks for it, and the
// schema allows its examples and default.
func TestJSONSchemaExplains(t *testing.T) {
	t.Parallel()
	document := schemaDocument(t)
	explained := make(map[string]bool)
	checkExplained(t, document, "", "", explained)
	for name := range hiddenMembers(document) {
		if !explained[name] {
			t.Errorf("no type of entry or initial value offers %s", name)
		}
	}
}

func checkExplained(t *testing.T, value any, location, parent string, explained map[string]bool) {
	t.Helper()
	object, ok := value.(map[string]any)
	if !ok {
		if list, ok := value.([]any); ok {
			for i, v := range list {
				checkExplained(t, v, fmt.Sprintf("%s/%d", location, i), "", explained)
			}
		}
		return
	}
	isMember := parent == "properties" || parent == "definitions"
	if isMember && !isExplainedElsewhere(object, location) {
		for _, keyword := range []string{"title", "description"} {
			if text, _ := object[keyword].(string); text == "" {
				t.Errorf("%s has no %s", location, keyword)
			}
		}
		isEntry := location == "/definitions/entry" || location == "/definitions/entry/properties/type"
		if object["examples"] == nil && object["default"] == nil && !isEntry { // the place of an entry decides what it may be
			t.Errorf("%s has no examples", location)
		}
		checkSamples(t, object, location)
		if object["doNotSuggest"] == nil {
			explained[last(location)] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if name != "examples" && name != "default" {
			checkExplained(t, object[name], location+"/"+name, last(location), explained)
		}
	}
}

// isExplainedElsewhere reports whether the explanation of a member is in another schema for the
// same value: one that it refers to, that of its type, or that of the entry.
func isExplainedElsewhere(member map[string]any, location string) bool {
	if strings.Contains(location, "/if/") || strings.Contains(location, "/else/properties/key") && strings.HasPrefix(location, "/definitions/field/") {
		return true
	}
	if member["title"] != nil || member["description"] != nil {
		return false
	}
	return member["$ref"] != nil || member["doNotSuggest"] == true || len(member) == 1
}

// hiddenMembers are constrained for all types, but offered only for some.
func hiddenMembers(value any) map[string]bool {
	hidden := make(map[string]bool)
	for _, properties := range values(value, "properties") {
		for name, member := range properties.(map[string]any) {
			if m, ok := member.(map[string]any); ok && m["doNotSuggest"] == true && m["title"] == nil {
				hidden[name] = true
			}
		}
	}
	return hidden
}

// last returns the last element of a location.
func last(location string) string { return location[strings.LastIndexByte(location, '/')+1:] }

// checkSamples validates the examples and the default of a member.
func checkSamples(t *testing.T, member map[string]any, location string) {
	t.Helper()
	samples, _ := member["examples"].([]any)
	if d, ok := member["default"]; ok {
		samples = append(samples, d)
	}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft7
	const url = "mem://schema.json"
	if err := compiler.AddResource(url, strings.NewReader(string(schema.JSONSchema()))); err != nil {
		t.Fatal(err)
	}
	s, err := compiler.Compile(url + "#" + location)
	if err != nil {
		t.Fatal(err)
	}
	for _, sample := range samples {
		if err := s.Validate(sample); err != nil {
			t.Errorf("%s: %v: %v", location, sample, err)
		}
	}
}

// TestJSONSchemaListsValues: the values that editors offer and explain are those that conngen
// knows.
func TestJSONSchemaListsValues(t *testing.T) {
	t.Parallel()
	var document struct {
		Definitions map[string]struct{ Enum, EnumDescriptions []string }
	}
	if err := json.Unmarshal(schema.JSONSchema(), &document); err != nil {
		t.Fatal(err)
	}
	for definition, want := range map[string][]string{
		"standardCommand": protocol.Names(),
		"menuType":        {schema.EntryMenu},
		"sectionType":     {schema.EntrySection},
		"itemType":        slices.DeleteFunc(schema.ItemTypes(), func(name string) bool { return name == schema.ItemCardList }),
		"cardListType":    {schema.ItemCardList},
		"generator":       schema.Generators(),
	} {
		d := document.Definitions[definition]
		if diff := cmp.Diff(want, d.Enum); diff != "" {
			t.Errorf("%s (-want +schema):\n%s", definition, diff)
		}
		if len(d.EnumDescriptions) != len(d.Enum) || slices.Contains(d.EnumDescriptions, "") {
			t.Errorf("%s: %d values and %d descriptions", definition, len(d.Enum), len(d.EnumDescriptions))
		}
	}
}

// TestExamplesMakeASpec: the values that editors offer can be combined into a spec without errors.
func TestExamplesMakeASpec(t *testing.T) {
	t.Parallel()
	spec := make(map[string]any)
	for name, member := range schemaDocument(t)["properties"].(map[string]any) {
		if examples, ok := member.(map[string]any)["examples"].([]any); ok {
			spec[name] = examples[0]
		}
	}
	text, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	parsed, found := schema.Parse("spec.json", text)
	if len(found) > 0 {
		t.Errorf("%v\n%s", found, text)
	}
	if parsed == nil || fmt.Sprint(parsed.Features) != "[PROVISIONING]" {
		t.Errorf("the spec is not read: %+v", parsed)
	}
}
