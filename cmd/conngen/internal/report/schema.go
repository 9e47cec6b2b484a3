package report

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/conngen/conngen/internal/homepage"
)

// Schema returns the JSON Schema (draft-07) of the output of a command, or nil if it has none.
func Schema(command string) []byte {
	for _, o := range outputs {
		if o.command() == command {
			return schemaOf(o)
		}
	}
	return nil
}

func schemaOf(o Output) []byte {
	definitions := make(definitions)
	document := definitions.structure(reflect.TypeOf(o).Elem())
	document["$schema"] = "http://json-schema.org/draft-07/schema#"
	document["$id"] = homepage.URL + "/output/" + o.command() + ".schema.json"
	document["title"] = "conngen " + o.command() + " --format json"
	document["definitions"] = definitions
	properties := document["properties"].(object)
	properties["version"].(object)["const"] = formVersion
	properties["command"].(object)["const"] = o.command()
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		panic(err) // the document has only texts and numbers
	}
	return append(text, '\n')
}

type object = map[string]any

// definitions are the schemas of the structs in an output by their names.
type definitions map[string]object

// structure returns the schema of a struct, to whose members encoding/json adds those of the
// structs that it embeds.
func (d definitions) structure(t reflect.Type) object {
	properties, required := make(object), []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			continue // an embedded struct, or a field for conngen itself
		}
		member := d.value(f.Type)
		if text := f.Tag.Get("doc"); text != "" {
			member["description"] = text
		}
		if values := f.Tag.Get("enum"); values != "" {
			member["enum"] = strings.Split(values, ",")
		}
		properties[name] = member
		if option == "" { // neither omitempty nor omitzero
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required}
}

// value returns the schema of the values of a type.
func (d definitions) value(t reflect.Type) object {
	switch t.Kind() {
	case reflect.String:
		return object{"type": "string"}
	case reflect.Int:
		return object{"type": "integer", "minimum": 0}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Slice:
		return object{"type": "array", "items": d.value(t.Elem())}
	case reflect.Pointer:
		return d.value(t.Elem())
	case reflect.Struct:
		return d.reference(t)
	}
	panic(fmt.Sprintf("%v has no schema", t))
}

// reference refers to the definition of a struct. Members beside a plain $ref have no effect
// in this draft.
func (d definitions) reference(t reflect.Type) object {
	first := []rune(t.Name())
	first[0] = unicode.ToLower(first[0])
	name := string(first)
	if d[name] == nil {
		d[name] = object{} // for a struct that holds others of its type
		d[name] = d.structure(t)
	}
	return object{"allOf": []any{object{"$ref": "#/definitions/" + name}}}
}
