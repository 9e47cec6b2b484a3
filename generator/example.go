package generator

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/schema"
)

// secretExample stands where a secret belongs.
const secretExample = `"replace-me"`

// ExampleConfig returns a config that a source of the spec could have, as JSON: an
// initial value where the spec has one, else something of the item's type. Secrets
// are never taken from the spec. Items that are not visible are left out.
func ExampleConfig(spec *schema.Spec) ([]byte, error) {
	p := planner{spec: spec}
	var indented bytes.Buffer
	if err := json.Indent(&indented, p.exampleScope(spec.ConfigItems()), "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

// exampleScope gives values to the items of one scope, parents before the items
// that they make visible.
func (p *planner) exampleScope(items iter.Seq[*schema.Entry]) []byte {
	list := slices.Collect(items)
	values := make(map[string]json.RawMessage)
	for progress := true; progress; {
		progress = false
		for _, e := range list {
			if _, done := values[e.Key]; !done && e.Key != "" && isVisible(e, values, list) {
				values[e.Key] = p.exampleItem(e)
				progress = true
			}
		}
	}
	b := []byte{'{'}
	for _, e := range list {
		value, ok := values[e.Key]
		if !ok {
			continue
		}
		delete(values, e.Key)
		if len(b) > 1 {
			b = append(b, ',')
		}
		name, _ := json.Marshal(e.Key) // texts always marshal
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}')
}

// isVisible reports whether an item's parent, if there is one, has its value.
func isVisible(e *schema.Entry, values map[string]json.RawMessage, list []*schema.Entry) bool {
	if e.ParentKey == "" {
		return true
	}
	if !slices.ContainsFunc(list, func(o *schema.Entry) bool { return o.Key == e.ParentKey }) {
		return false
	}
	return strings.Trim(string(values[e.ParentKey]), `"`) == e.ParentValue
}

func (p *planner) exampleItem(e *schema.Entry) json.RawMessage {
	t := configType(e)
	if t == SecretConfig || looksSecret(e.Key) {
		return json.RawMessage(secretExample)
	}
	if initial := p.initialValue(e); initial != "" {
		return json.RawMessage(initial)
	}
	switch t {
	case URLConfig:
		return json.RawMessage(`"https://example.com"`)
	case CheckboxConfig:
		return json.RawMessage(`false`)
	case NumberConfig:
		return exampleNumber(e)
	case ChoiceConfig:
		text, _ := json.Marshal(e.Options[0].Value) // texts always marshal
		return text
	case ListConfig, KeyValuesConfig, CardsConfig:
		return p.exampleList(e, t)
	}
	return json.RawMessage(`"example"`)
}

// exampleNumber is the least number that is allowed, or 1.
func exampleNumber(e *schema.Entry) json.RawMessage {
	n := 1.0
	if least := number(e.Min); least != nil {
		n = *least
	} else if most := number(e.Max); most != nil && *most < n {
		n = *most
	}
	return strconv.AppendFloat(nil, n, 'f', -1, 64)
}

// exampleList has one element where one is required.
func (p *planner) exampleList(e *schema.Entry, t ConfigType) json.RawMessage {
	if !e.Required {
		return json.RawMessage(`[]`)
	}
	switch t {
	case KeyValuesConfig:
		pair, _ := json.Marshal([]map[string]string{{ // texts always marshal
			partKey(e.KeyValueKey, "key"):     "example",
			partKey(e.KeyValueValue, "value"): "example",
		}})
		return pair
	case CardsConfig:
		return slices.Concat([]byte{'['}, p.exampleScope(e.CardItems()), []byte{']'})
	}
	return json.RawMessage(`["example"]`)
}

// looksSecret reports whether an item of another type holds a secret by its name.
func looksSecret(key string) bool {
	lower := strings.ToLower(key)
	return slices.ContainsFunc([]string{"password", "secret", "token", "apikey", "credential"}, func(word string) bool {
		return strings.Contains(lower, word)
	})
}
