package jsonschema

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	module "github.com/santhosh-tekuri/jsonschema/v5"
)

const location = "https://example.com/x.schema.json"

// theirs converts an error of the module to ours.
func theirs(e *module.ValidationError) *ValidationError {
	own := &ValidationError{
		KeywordLocation: e.KeywordLocation, AbsoluteKeywordLocation: e.AbsoluteKeywordLocation,
		InstanceLocation: e.InstanceLocation, Message: e.Message,
	}
	for _, cause := range e.Causes {
		own.Causes = append(own.Causes, theirs(cause))
	}
	return own
}

// sorted sorts causes: the module returns those about members in random order.
func sorted(e *ValidationError) *ValidationError {
	for _, cause := range e.Causes {
		sorted(cause)
	}
	key := func(e *ValidationError) string {
		return strings.Join([]string{e.KeywordLocation, e.AbsoluteKeywordLocation, e.InstanceLocation, e.Message}, "\n")
	}
	slices.SortFunc(e.Causes, func(a, b *ValidationError) int { return cmp.Compare(key(a), key(b)) })
	return e
}

func decode(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func compile(t *testing.T, schema string) (*Schema, error) {
	t.Helper()
	return Compile(location, decode(t, schema))
}

// compare reports where the module's result for a value differs.
func compare(t *testing.T, schema, text string) {
	t.Helper()
	own, err := compile(t, schema)
	if err != nil {
		t.Fatal(err)
	}
	c := module.NewCompiler()
	c.Draft = module.Draft7
	if err := c.AddResource(location, strings.NewReader(schema)); err != nil {
		t.Fatal(err)
	}
	other, err := c.Compile(location)
	if err != nil {
		t.Fatal(err)
	}
	value := decode(t, text)
	var got, want *ValidationError
	errors.As(own.Validate(value), &got)
	if e := (*module.ValidationError)(nil); errors.As(other.Validate(value), &e) {
		want = theirs(e)
		if len(want.Causes) == 1 && len(want.Causes[0].Causes) == 0 && got != nil && got.Error() != e.Error() {
			t.Errorf("%s of %s: %s, want %s", text, schema, got, e)
		}
		sorted(want)
	}
	if got != nil {
		sorted(got)
	}
	if d := diff.Diff(want, got, diff.AllowUnexported()); d != "" {
		t.Errorf("%s of %s (-module +own):\n%s", text, schema, d)
	}
}

// TestModule: errors equal those of the module.
func TestModule(t *testing.T) {
	t.Parallel()
	values := []string{
		`null`, `true`, `1`, `1.0`, `-2e3`, `""`, `"a"`, `"ab"`, `"a/b~c d%"`, `"é"`, `[]`, `[1,1.0]`, `["a","b","a"]`, `[{"a":1},{"a":1.0}]`, `[[1],["x"]]`,
		`{}`, `{"a":1}`, `{"a":"x","b":null}`, `{"a/b~c d%":0,"a":{"a":{"a":"deep"}}}`, `{"b":[1,"2",{"a":3}],"a":true}`,
	}
	for _, schema := range []string{
		`true`, `false`, `{}`, `{"title":"t","description":"d","default":1,"examples":[1],"$comment":"c","$schema":"http://json-schema.org/draft-07/schema#"}`,
		`{"type":"string"}`, `{"type":["object","null"]}`, `{"type":["boolean","number","array"]}`,
		`{"const":1}`, `{"const":"a"}`, `{"const":{"a":1}}`, `{"const":null}`, `{"enum":["a"]}`, `{"enum":["a",1,null,true]}`, `{"enum":["a",[1]]}`,
		`{"required":["a","b"]}`, `{"minLength":1}`, `{"minLength":2,"pattern":"^b"}`, `{"pattern":"'a'|\"b\""}`, `{"uniqueItems":true}`, `{"uniqueItems":false}`,
		`{"properties":{"a":{"type":"string"},"a/b~c d%":false,"b":true}}`, `{"properties":{"a":{"$ref":"#"}},"type":"object"}`,
		`{"properties":{"a":{}},"additionalProperties":false}`, `{"properties":{"a":{}},"additionalProperties":{"type":"boolean"}}`, `{"additionalProperties":true}`,
		`{"propertyNames":{"enum":["a"]}}`, `{"items":{"type":"string"}}`, `{"items":false}`, `{"items":{"items":{"const":1}}}`,
		`{"not":{"type":"string"}}`, `{"not":{"const":"a"},"minLength":1}`,
		`{"allOf":[{"type":"string"},{"minLength":2}]}`, `{"allOf":[{"required":["a"]},{"required":["b"],"properties":{"a":{"type":"string"}}}]}`,
		`{"anyOf":[{"type":"string","minLength":2},{"type":"object","required":["a"]},{"const":1}]}`,
		`{"if":{"type":"object"},"then":{"required":["a"]},"else":{"enum":["a",1]}}`, `{"if":{"type":"object"},"then":false}`, `{"if":{"type":"object"},"else":false}`, `{"then":false}`,
		`{"definitions":{"a":{"type":"string"},"o":{"properties":{"a":{"$ref":"#/definitions/a"},"b":{"items":{"$ref":"#/definitions/o"}}},"required":["a"]}},"$ref":"#/definitions/o"}`,
		`{"definitions":{"a":{"type":"string"}},"properties":{"a":{"$ref":"#/definitions/a","minLength":9}},"allOf":[{"$ref":"#/definitions/a"}]}`,
		`{"definitions":{"a":{"anyOf":[{"$ref":"#/definitions/b"},{"minLength":2}]},"b":{"items":{"$ref":"#/definitions/a"},"type":"array"}},"anyOf":[{"$ref":"#/definitions/a"}]}`,
	} {
		for _, value := range values {
			compare(t, schema, value)
		}
	}
}

// TestCompileRefuses: a schema cannot contain anything that is not checked.
func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		`1`:                                      location + "#: not a schema",
		`{"maxLength":1}`:                        location + "#/maxLength: unknown keyword",
		`{"properties":{"a":{"format":"date"}}}`: location + "#/properties/a/format: unknown keyword",
		`{"type":"integer"}`:                     location + "#/type: unknown type integer",
		`{"$ref":"#/definitions/a"}`:             location + "#/$ref: unknown reference #/definitions/a",
		`{"$ref":"https://example.com/y.schema"}`: location + "#/$ref: unknown reference https://example.com/y.schema",
		`{"items":[true]}`:                        location + "#/items: not a schema",
	} {
		if _, err := compile(t, schema); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", schema, err, want)
		}
	}
}

// TestValid: validating a valid value allocates nothing. It runs alone, since it counts
// allocations.
func TestValid(t *testing.T) {
	s, err := compile(t, `{"properties":{"a":{"items":{"properties":{"b":{"type":"string","minLength":1}},"required":["b"],"if":{"required":["c"]},"then":{"anyOf":[false,{"type":"object"}]}}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	value := decode(t, `{"a":[{"b":"x","c":1},{"b":"y","c":[]},{"b":"z","c":null}]}`)
	if err := s.Validate(value); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(10, func() { _ = s.Validate(value) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
