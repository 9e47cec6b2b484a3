package schema

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write constraints.json")

// annotations are the keywords that constrain nothing. The last two are for editors.
var annotations = []string{"$comment", "title", "description", "default", "examples", "enumDescriptions", "doNotSuggest"}

// constraining are the schema keywords that constrain, or that those depend on. constraintsOf knows
// what each of them means: it removes schemas of members that allow everything, which would change
// what additionalProperties says.
var constraining = []string{
	"$schema", "$id", "$ref", "definitions", "type", "enum", "required", "properties", "items", "minLength", "pattern",
	"allOf", "anyOf", "if", "then", "else",
}

// constraintsOf returns a schema without annotations, and without keywords that then allow
// everything. The rest keeps its location, since findings are worded by it.
func constraintsOf(schema any) any {
	object, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	left := make(map[string]any)
	for keyword, value := range object {
		if slices.Contains(annotations, keyword) {
			continue
		}
		if !slices.Contains(constraining, keyword) {
			panic("schema: constraintsOf does not know the keyword " + keyword)
		}
		switch keyword {
		case "properties", "definitions":
			value = constrainedMembers(value.(map[string]any), keyword)
		case "items", "if", "then", "else":
			value = constraintsOf(value)
		case "allOf", "anyOf":
			value = constrainedList(value.([]any), keyword)
		}
		if !allowsAll(value) || keyword == "if" { // without it, then would not apply to anything
			left[keyword] = value
		}
	}
	if left["then"] == nil && left["else"] == nil {
		delete(left, "if")
	}
	return left
}

// constrainedMembers returns the schemas of members that reject some value. Definitions stay, since
// a $ref may name them.
func constrainedMembers(members map[string]any, keyword string) any {
	left := make(map[string]any)
	for name, schema := range members {
		if schema = constraintsOf(schema); !allowsAll(schema) || keyword == "definitions" {
			left[name] = schema
		}
	}
	return left
}

// constrainedList returns nothing if the schemas of a list together allow everything.
func constrainedList(schemas []any, keyword string) any {
	left := make([]any, len(schemas))
	free := 0
	for i, schema := range schemas {
		if left[i] = constraintsOf(schema); allowsAll(left[i]) {
			free++
		}
	}
	if free == len(schemas) || keyword == "anyOf" && free > 0 {
		return nil
	}
	return left
}

// allowsAll reports whether the rest of a keyword or schema allows every value.
func allowsAll(value any) bool {
	object, ok := value.(map[string]any)
	return value == nil || ok && len(object) == 0
}

// TestConstraints: constraints.json holds the schema's constraints.
func TestConstraints(t *testing.T) {
	t.Parallel()
	var document any
	if err := json.Unmarshal(schemaText, &document); err != nil {
		t.Fatal(err)
	}
	left := constraintsOf(document)
	want, err := json.Marshal(left)
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("constraints.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return // the embedded file is outdated
	}
	if !bytes.Equal(constraintsText, want) {
		t.Fatal("constraints.json is not what the schema constrains; run go test ./schema -run '^TestConstraints$' -update")
	}
}

// TestConstraintsOf: the reduced schema rejects the same values.
func TestConstraintsOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"title": "t", "description": "d", "default": 1, "examples": [1]}`: `{}`,
		`{"type": "string", "title": "t"}`:                                  `{"type":"string"}`,
		`{"properties": {"a": {"title": "t"}, "b": {"type": "string"}}}`:    `{"properties":{"b":{"type":"string"}}}`,
		`{"properties": {"a": {"title": "t"}}}`:                             `{}`,
		`{"definitions": {"a": {"title": "t"}}}`:                            `{"definitions":{"a":{}}}`,
		`{"anyOf": [{"title": "t"}, {"type": "string"}]}`:                   `{}`,
		`{"allOf": [{"title": "t"}, {"type": "string"}]}`:                   `{"allOf":[{},{"type":"string"}]}`,
		`{"if": {"type": "string"}, "then": {"title": "t"}}`:                `{}`,
		`{"if": {"title": "t"}, "then": {"type": "string"}}`:                `{"if":{},"then":{"type":"string"}}`,
		`{"if": {"title": "t"}, "else": {"type": "string"}}`:                `{"else":{"type":"string"},"if":{}}`,
		`{"if": {"anyOf": [{}, {"type": "null"}]}, "then": {"enum": [1]}}`:  `{"if":{},"then":{"enum":[1]}}`,
	} {
		var schema any
		if err := json.Unmarshal([]byte(text), &schema); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(constraintsOf(schema)); err != nil || string(got) != want {
			t.Errorf("of %s is left %s, %v; want %s", text, got, err, want)
		}
	}
}

// TestConstraintsOfUnknown: a keyword whose meaning may depend on others is refused.
func TestConstraintsOfUnknown(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("additionalProperties loses the properties that it goes by")
		}
	}()
	constraintsOf(map[string]any{"items": map[string]any{"additionalProperties": false, "properties": map[string]any{"a": map[string]any{}}}})
}
