package schema

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// An instancer converts values to the JSON Schema validator's form, without the members that the
// schema does not constrain: the validator's time depends on the number of members, and half of a
// typical spec is arbitrary texts.
type instancer struct {
	names map[string]constrained

	// shapes lets the validator see one element of each shape. Its verdict on that one holds for
	// all others.
	shapes bool
	key    []byte
}

// A constrained has the schema's constraints on members of one name, in any place.
type constrained struct {
	number uint16 // instead of the name
	exact  bool   // their content matters, not only whether they are empty
}

// instance converts a value. No constraint depends on the size of a number, and the validator does
// not survive numbers such as 1e9999999; so every number is 0.
func (i *instancer) instance(n *node) any {
	switch n.kind {
	case '{':
		object := make(map[string]any, len(n.members))
		for k := range n.members {
			m := &n.members[k]
			if c, ok := i.names[m.name]; ok {
				object[m.name] = i.member(m.value, c)
			}
		}
		return object
	case '[':
		return i.array(n, constrained{exact: true})
	case '"':
		return n.text
	case 't', 'f':
		return n.kind == 't'
	case '0':
		return json.Number("0")
	}
	return nil
}

func (i *instancer) member(value *node, c constrained) any {
	if value.kind == '[' {
		return i.array(value, c)
	}
	return i.instance(value)
}

// array converts an array, keeping one element of each shape.
func (i *instancer) array(n *node, c constrained) []any {
	array := make([]any, 0, len(n.elements))
	var seen map[string]bool
	for _, e := range n.elements {
		if i.shapes {
			key, ok := i.shape(i.key[:0], e, c)
			i.key = key
			if ok && seen[string(key)] {
				continue
			}
			if ok {
				if seen == nil {
					seen = make(map[string]bool)
				}
				seen[string(key)] = true
			}
		}
		array = append(array, i.instance(e))
	}
	return array
}

// shape appends everything about a value that the schema can examine: the kinds of values, the
// constrained members of objects, and the relevant part of texts. Values with arrays have no shape:
// computing shapes would take longer the deeper a spec is nested.
func (i *instancer) shape(key []byte, n *node, c constrained) ([]byte, bool) {
	key = append(key, byte(n.kind))
	switch n.kind {
	case '[':
		return key, false
	case '"':
		switch {
		case c.exact:
			key = binary.AppendUvarint(key, uint64(len(n.text)))
			key = append(key, n.text...)
		case n.text == "":
			key = append(key, 'e')
		default:
			key = append(key, 's')
		}
	case '{':
		for k := range n.members {
			m := &n.members[k]
			c, ok := i.names[m.name]
			if !ok {
				continue
			}
			key = binary.BigEndian.AppendUint16(key, c.number)
			if key, ok = i.shape(key, m.value, c); !ok {
				return key, false
			}
		}
		key = append(key, '}')
	}
	return key, true
}

// constrainedNames has the names of the members that the schema constrains at some place.
var constrainedNames = sync.OnceValue(func() map[string]constrained {
	names := make(map[string]constrained)
	collectConstrained(constraints(), names)
	return names
})

func collectConstrained(schema any, names map[string]constrained) {
	switch schema := schema.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for name, of := range properties {
			c, ok := names[name]
			if !ok {
				c.number = uint16(len(names))
			}
			c.exact = c.exact || readsTexts(of)
			names[name] = c
		}
		for _, value := range schema {
			collectConstrained(value, names)
		}
	case []any:
		for _, value := range schema {
			collectConstrained(value, names)
		}
	}
}

// readsTexts reports whether a schema may distinguish texts that are not empty. One that refers to another may.
func readsTexts(schema any) bool {
	switch schema := schema.(type) {
	case map[string]any:
		for keyword, value := range schema {
			if keyword == "minLength" && fmt.Sprint(value) != "1" {
				panic("schema: shapes do not tell texts of one character from longer ones")
			}
			if keyword == "enum" || keyword == "pattern" || keyword == "$ref" || readsTexts(value) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(schema, readsTexts)
	}
	return false
}
