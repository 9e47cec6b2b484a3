package settings

import (
	"bytes"
	"encoding/json"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

// TestJSONSchemaRules: the schema has all rules that settings can change.
func TestJSONSchemaRules(t *testing.T) {
	t.Parallel()
	s, err := jsonschema.CompileString("settings.json", string(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range lint.Rules() {
		changeable := r.Severity != schema.Error
		ignore := []any{object{"rule": r.ID, "at": "account/id", "reason": "x"}}
		for _, settings := range []object{{"rules": object{r.ID: "off"}}, {"ignore": ignore}} {
			if err := s.Validate(settings); changeable != (err == nil) {
				t.Errorf("%s, a rule of severity %s: %v", r.ID, r.Severity, err)
			}
		}
	}
}

func TestJSONSchemaMembers(t *testing.T) {
	t.Parallel()
	if err := validator().Validate(decode([]byte(complete))); err != nil {
		t.Error(err)
	}
	for _, text := range []string{
		`[]`,
		`{"x": 1}`,
		`{"$schema": 1}`,
		`{"root": "true"}`,
		`{"rules": []}`,
		`{"rules": {"no-commands": "fatal"}}`,
		`{"generate": {"x": 1}}`,
		`{"generate": {"out": ""}}`,
		`{"generate": {"out": "-"}}`,
		`{"generate": {"package": "func"}}`,
		`{"generate": {"package": "main"}}`,
		`{"generate": {"package": "documentation"}}`,
		`{"generate": {"package": "1"}}`,
		`{"generate": {"sdk": "/sdk"}}`,
		`{"generate": {"sdk": ".."}}`,
		`{"generate": {"sdk": "a\\b"}}`,
		`{"generate": {"names": {"user/x": "X"}}}`,
		`{"generate": {"names": {"account/x": "x"}}}`,
		`{"generate": {"initialisms": ["X"]}}`,
		`{"generate": {"initialisms": ["XY", "XY"]}}`,
		`{"stub": {"x": 1}}`,
		`{"stub": {"file": "client"}}`,
		`{"stub": {"file": "client_test.go"}}`,
		`{"stub": {"file": "/app/client.go"}}`,
		`{"stub": {"type": "_"}}`,
		`{"ignore": [{"rule": "no-commands", "at": "account/id"}]}`,
		`{"ignore": [{"rule": "no-commands", "at": "account/id", "reason": ""}]}`,
		`{"ignore": [{"rule": "no-commands", "at": "users/id", "reason": "x"}]}`,
		`{"ignore": [{"rule": "no-commands", "at": "account/id", "reason": "x", "y": 1}]}`,
	} {
		if err := validator().Validate(decode([]byte(text))); err == nil {
			t.Errorf("%s is valid", text)
		}
	}
}

// TestJSONSchemaKeywords: editors and strict validators know each keyword, each value that people
// may write is explained, and each pattern is valid in JavaScript.
func TestJSONSchemaKeywords(t *testing.T) {
	t.Parallel()
	known := strings.Fields("$schema $id $ref title description default examples type enum const pattern not " +
		"properties propertyNames additionalProperties required items uniqueItems definitions")
	var walk func(at string, s object)
	walk = func(at string, s object) {
		for keyword, value := range s {
			if !slices.Contains(known, keyword) {
				t.Errorf("%s: unknown keyword %s", at, keyword)
			}
			switch keyword {
			case "properties", "definitions":
				for name, value := range value.(object) {
					walk(at+"/"+name, value.(object))
					if value.(object)["description"] == nil {
						t.Errorf("%s/%s has no description", at, name)
					}
				}
			case "propertyNames", "additionalProperties", "items", "not":
				if s, ok := value.(object); ok {
					walk(at+"/"+keyword, s)
				}
			case "pattern":
				if s["type"] != "string" {
					t.Errorf("%s: a pattern of what is not said to be a string", at)
				}
				if _, err := syntax.Parse(value.(string), syntax.Perl); err != nil || bytes.Contains([]byte(value.(string)), []byte("(?")) {
					t.Errorf("%s: pattern %s", at, value)
				}
			}
		}
	}
	var document object
	if err := json.Unmarshal(JSONSchema(), &document); err != nil {
		t.Fatal(err)
	}
	walk("", document)
}
