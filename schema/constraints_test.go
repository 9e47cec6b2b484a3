package schema

import (
	"encoding/json"
	"testing"
)

// TestConstraintsOf: what is left of a schema refuses the same values.
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

// TestConstraintsOfUnknown: a keyword that might mean something else without others is refused.
func TestConstraintsOfUnknown(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("additionalProperties loses the properties that it goes by")
		}
	}()
	constraintsOf(map[string]any{"items": map[string]any{"additionalProperties": false, "properties": map[string]any{"a": map[string]any{}}}})
}
