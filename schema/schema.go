package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

//go:embed connector-spec.schema.json
var schemaText []byte

const schemaURL = "https://github.com/conngen/conngen/schema/connector-spec.schema.json"

// JSONSchema returns the JSON Schema (draft-07) of connector-spec.json.
func JSONSchema() []byte { return slices.Clone(schemaText) }

// compiledSchema compiles the schema when the first spec is read: a run that
// reads none does not pay for it.
var compiledSchema = sync.OnceValue(func() *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft7
	text, err := json.Marshal(constraints())
	if err != nil {
		panic(err) // it was JSON before
	}
	if err := c.AddResource(schemaURL, bytes.NewReader(text)); err != nil {
		panic(err) // the text has been JSON
	}
	return c.MustCompile(schemaURL)
})
