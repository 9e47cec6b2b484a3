// Package hostile makes expensive specs: thousands of one thing, names of megabytes, everything
// wrong at once. Tests and benchmarks read them at two sizes to check that the cost is proportional
// to the size.
package hostile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Kind is a family of specs, one for each size.
type Kind struct {
	Name  string
	Small int  // a size that takes a test a few milliseconds
	Large int  // half the largest size that a spec may have
	Wrong bool // the specs have errors, so no code is generated from them

	make func(spec *builder, n int)
}

// Spec returns the spec of a size. Specs of the same size but different versions differ in each
// name and text, if the kind has several.
func (k Kind) Spec(n, version int) []byte {
	b := &builder{members: map[string]string{"name": `"hostile"`, "commands": "[]", "sourceConfig": "[]"}, version: version}
	k.make(b, n)
	return b.spec()
}

// Reversed returns a spec with all its arrays reversed.
func Reversed(spec []byte) ([]byte, error) {
	var value any
	if err := json.Unmarshal(spec, &value); err != nil {
		return nil, err
	}
	reverse(value)
	return json.Marshal(value)
}

func reverse(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			reverse(member)
		}
	case []any:
		slices.Reverse(value)
		for _, element := range value {
			reverse(element)
		}
	}
}

// A builder has the members of a spec as JSON texts.
type builder struct {
	members map[string]string
	version int
}

// order is the order of the members in the text.
var order = []string{
	"name", "description", "keyType", "commands", "sourceConfig", "sourceConfigInitialValues",
	"accountSchema", "entitlementSchemas", "accountCreateTemplate", "resources", "unknown",
}

func (b *builder) spec() []byte {
	var members []string
	for _, name := range order {
		if text, ok := b.members[name]; ok {
			members = append(members, fmt.Sprintf("%q: %s", name, text))
		}
	}
	return []byte("{" + strings.Join(members, ",\n") + "}\n")
}

// list returns a JSON array of n elements, one per line.
func list(n int, element func(i int) string) string {
	return "[" + strings.Join(repeat(n, element), ",\n") + "]"
}

func repeat(n int, element func(i int) string) []string {
	elements := make([]string, n)
	for i := range elements {
		elements[i] = element(i)
	}
	return elements
}

// word returns a different name for each number and version.
func (b *builder) word(kind string, i int) string {
	if b.version == 0 {
		return fmt.Sprintf("%s%d", kind, i)
	}
	return fmt.Sprintf("%s%dv%d", kind, i, b.version)
}

func (b *builder) commands(more ...string) {
	b.members["commands"] = list(len(more), func(i int) string { return fmt.Sprintf("%q", more[i]) })
}

func (b *builder) items(text string) {
	b.members["sourceConfig"] = `[{"type":"menu","label":"Menu","items":[{"type":"section","sectionTitle":"Section","items":` + text + `}]}]`
}

func (b *builder) account(attributes string) {
	b.members["accountSchema"] = objectSchema("", "id", attributes)
}

// objectSchema is a schema whose first attribute is id.
func objectSchema(typ, id, attributes string) string {
	if typ != "" {
		typ = fmt.Sprintf(`"type":%q,`, typ)
	}
	first := fmt.Sprintf(`[{"name":%q,"type":"string"}`, id)
	if attributes == "[]" {
		attributes = first + "]"
	} else {
		attributes = first + "," + strings.TrimPrefix(attributes, "[")
	}
	return fmt.Sprintf(`{%s"displayAttribute":%q,"identityAttribute":%q,"attributes":%s}`, typ, id, id, attributes)
}

func textItem(key, label string) string {
	return fmt.Sprintf(`{"key":%q,"label":%q,"type":"text"}`, key, label)
}
