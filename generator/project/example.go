package project

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

// secretExample stands where a secret belongs.
const secretExample = `"replace-me"`

// ExampleConfig returns a config that a source of the spec could have, as JSON: an
// initial value where the spec has one, else something of the item's type. Secrets
// are never taken from the spec. Items that are not visible are left out.
func ExampleConfig(spec *schema.Spec) ([]byte, error) {
	config := plan.New(spec, plan.Options{}).Config
	var indented bytes.Buffer
	if err := json.Indent(&indented, exampleScope(config), "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

// exampleScope gives values to the fields of one scope, parents before the items that
// they make visible.
func exampleScope(s *plan.ConfigStruct) []byte {
	values := make(map[string]json.RawMessage)
	for progress := true; progress; {
		progress = false
		for _, f := range s.Fields {
			if _, done := values[f.Name]; done {
				continue
			}
			i := slices.IndexFunc(f.Items, func(item plan.ConfigItem) bool { return isVisible(item, values) })
			if i >= 0 {
				values[f.Name] = exampleItem(f, f.Items[i])
				progress = true
			}
		}
	}
	b := []byte{'{'}
	for _, f := range s.Fields {
		value, ok := values[f.Name]
		if !ok {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		name, _ := json.Marshal(f.Name) // texts always marshal
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}')
}

// isVisible reports whether an item's parent, if it has one, has its value.
func isVisible(item plan.ConfigItem, values map[string]json.RawMessage) bool {
	if item.ParentKey == "" {
		return true
	}
	value, ok := values[item.ParentKey]
	return ok && strings.Trim(string(value), `"`) == item.ParentValue
}

func exampleItem(f *plan.ConfigField, item plan.ConfigItem) json.RawMessage {
	if f.Type == plan.SecretConfig {
		return json.RawMessage(secretExample)
	}
	if item.Initial != "" {
		return json.RawMessage(item.Initial)
	}
	switch f.Type {
	case plan.URLConfig:
		return json.RawMessage(`"https://example.com"`)
	case plan.CheckboxConfig:
		return json.RawMessage(`false`)
	case plan.NumberConfig:
		return exampleNumber(item)
	case plan.ChoiceConfig:
		text, _ := json.Marshal(f.Choice.Options[0].Value) // texts always marshal
		return text
	case plan.ListConfig, plan.KeyValuesConfig, plan.CardsConfig:
		return exampleList(f, item)
	}
	return json.RawMessage(`"example"`)
}

// exampleNumber is the least number that is allowed, or 1.
func exampleNumber(item plan.ConfigItem) json.RawMessage {
	n := 1.0
	if item.Min != nil {
		n = *item.Min
	} else if item.Max != nil && *item.Max < n {
		n = *item.Max
	}
	return strconv.AppendFloat(nil, n, 'f', -1, 64)
}

// exampleList has one element where one is required.
func exampleList(f *plan.ConfigField, item plan.ConfigItem) json.RawMessage {
	if !item.Required {
		return json.RawMessage(`[]`)
	}
	switch f.Type {
	case plan.KeyValuesConfig:
		pair, _ := json.Marshal([]map[string]string{{f.PairKey: "example", f.PairVal: "example"}}) // texts always marshal
		return pair
	case plan.CardsConfig:
		return slices.Concat([]byte{'['}, exampleScope(f.Card), []byte{']'})
	}
	return json.RawMessage(`["example"]`)
}
