package generator

import (
	"testing"

	"github.com/conngen/conngen/schema"
)

// TestExampleConfig: the example has no secret of the spec, and each value that it
// has is one that the item can have.
func TestExampleConfig(t *testing.T) {
	t.Parallel()
	const text = `{"name":"x","commands":["a"],"sourceConfigInitialValues":{"secret":"real","size":7},"sourceConfig":[
		{"key":"child","label":"l","type":"text","required":true,"parentKey":"kind","parentValue":"b"},
		{"key":"other","label":"l","type":"text","required":true,"parentKey":"kind","parentValue":"a"},
		{"key":"kind","label":"l","type":"radio","options":[{"label":"A","value":"a"},{"label":"B","value":"b"}]},
		{"key":"secret","label":"l","type":"secret"},
		{"key":"size","label":"l","type":"number","min":"1"},
		{"key":"least","label":"l","type":"number","min":"5"},
		{"key":"url","label":"l","type":"url"},
		{"key":"cards","label":"l","type":"cardList","required":true,"subMenus":[{"label":"m","items":[
			{"key":"on","label":"l","type":"toggle"},{"key":"list","label":"l","type":"list","required":true}]}]}]}`
	spec, diagnostics := schema.Parse("connector-spec.json", []byte(text))
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	config, err := ExampleConfig(spec)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "other": "example",
  "kind": "a",
  "secret": "replace-me",
  "size": 7,
  "least": 5,
  "url": "https://example.com",
  "cards": [
    {
      "on": false,
      "list": [
        "example"
      ]
    }
  ]
}
`
	if string(config) != want {
		t.Errorf("the example is\n%s", config)
	}
}

func TestDefaultSpec(t *testing.T) {
	t.Parallel()
	text, err := DefaultSpec(`a "quoted" name`)
	if err != nil {
		t.Fatal(err)
	}
	spec, diagnostics := schema.Parse("connector-spec.json", text)
	if len(diagnostics) > 0 || spec.Name != `a "quoted" name` {
		t.Errorf("%q: %v", spec.Name, diagnostics)
	}
	if spec.KeyType != schema.SimpleKeyType || spec.AccountCreateTemplate == nil || len(spec.EntitlementSchemas) != 1 {
		t.Errorf("the default spec lacks something: %+v", spec)
	}
}
