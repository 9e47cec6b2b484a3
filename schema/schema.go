package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"sync"

	"github.com/conngen/conngen/internal/jsonschema"
	"github.com/conngen/conngen/internal/packed"
)

//go:embed connector-spec.schema.json
var schemaText []byte

// constraintsText is the schema without the parts that are only for people and editors, which is
// most of it: the validator would compile them at each start, and follow conditions whose outcome
// changes nothing. A test derives it from the schema.
//
//go:embed constraints.json
var constraintsText []byte

const schemaURL = "https://github.com/conngen/conngen/schema/connector-spec.schema.json"

// JSONSchema returns the JSON Schema (draft-07) of connector-spec.json.
func JSONSchema() []byte { return slices.Clone(plainSchema()) }

// plainSchema returns schemaText, which may be compressed.
var plainSchema = sync.OnceValue(func() []byte {
	text, err := packed.Text(schemaText)
	if err != nil {
		panic(err) // it is embedded
	}
	return text
})

// constraints is the decoded constraintsText.
var constraints = sync.OnceValue(func() any {
	decoder := json.NewDecoder(bytes.NewReader(constraintsText))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		panic(err) // the embedded text is not JSON
	}
	return document
})

// compiledSchema compiles the schema when the first spec is read: a run that
// reads none does not pay for it.
var compiledSchema = sync.OnceValue(func() *jsonschema.Schema {
	s, err := jsonschema.Compile(schemaURL, constraints())
	if err != nil {
		panic(err) // the schema is embedded
	}
	return s
})
