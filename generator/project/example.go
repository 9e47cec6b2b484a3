package project

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

// secretExample stands where a secret belongs.
const secretExample = `"replace-me"`

// noValue is how a config says that an optional item has no value, not even its initial one.
const noValue = `""`

// ExampleConfig returns a config that a source of the spec could have, as JSON: an
// initial value where the spec has one that fits, else something of the item's type.
// Secrets are never taken from the spec. Items that are not visible are left out, as are
// those that no value fits.
func ExampleConfig(spec *schema.Spec) ([]byte, error) {
	e := newExample(plan.New(spec, plan.Options{}).Config)
	return e.indented()
}

// An example is a config that a source could have.
type example struct {
	config []byte // JSON

	// impossible names the required items that no value fits, and says why. While there
	// are any, no config is valid.
	impossible []string
}

func newExample(config *plan.ConfigStruct) example {
	var e example
	e.config = e.scope(config)
	return e
}

func (e example) indented() ([]byte, error) {
	var b bytes.Buffer
	if err := json.Indent(&b, e.config, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// scope gives values to the fields of one scope, parents before the items that they make
// visible.
func (e *example) scope(s *plan.ConfigStruct) []byte {
	values := make(map[string]json.RawMessage) // nil for an item that is left out
	for progress := true; progress; {
		progress = false
		for _, f := range s.Fields {
			if _, done := values[f.Name]; done {
				continue
			}
			i := slices.IndexFunc(f.Items, func(item plan.ConfigItem) bool { return isVisible(item, values) })
			if i >= 0 {
				values[f.Name] = e.item(f, f.Items[i])
				progress = true
			}
		}
	}
	b := []byte{'{'}
	for _, f := range s.Fields {
		value := values[f.Name]
		if value == nil {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, quoted(f.Name)...), ':'), value...)
	}
	return append(b, '}')
}

// quoted is a text as JSON.
func quoted(text string) json.RawMessage {
	raw, _ := json.Marshal(text) // texts always marshal
	return raw
}

// isVisible reports whether an item's parent, if it has one, has its value.
func isVisible(item plan.ConfigItem, values map[string]json.RawMessage) bool {
	if item.ParentKey == "" {
		return true
	}
	text, ok := scalar(values[item.ParentKey])
	return ok && text == item.ParentValue
}

// scalar returns the text of a string, a number, true or false. Other values have none.
func scalar(raw json.RawMessage) (text string, ok bool) {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return "", false
	}
	switch value := value.(type) {
	case string:
		return value, true
	case float64, bool:
		return string(raw), true
	}
	return "", false
}

// item returns a value of an item, nil for a required one that no value fits.
func (e *example) item(f *plan.ConfigField, item plan.ConfigItem) json.RawMessage {
	if item.Type == plan.SecretConfig {
		return json.RawMessage(secretExample)
	}
	if initial := json.RawMessage(item.Initial); fits(item, initial) {
		return initial
	}
	if item.Type.IsNumber() {
		return e.number(f, item)
	}
	switch item.Type {
	case plan.URLConfig:
		return json.RawMessage(`"https://example.com"`)
	case plan.CheckboxConfig:
		return json.RawMessage(`false`)
	case plan.ChoiceConfig:
		return exampleChoice(f.Choice, item)
	case plan.ListConfig, plan.KeyValuesConfig, plan.SecretKeyValuesConfig, plan.CardsConfig:
		return e.list(f, item)
	}
	return json.RawMessage(`"example"`)
}

// fits reports whether the connector takes an item's initial value. Cards and
// pairs with secrets never do.
func fits(item plan.ConfigItem, initial json.RawMessage) bool {
	text, isScalar := scalar(initial)
	switch item.Type {
	case plan.URLConfig:
		u, err := url.Parse(text)
		return err == nil && u.Scheme != "" && u.Host != ""
	case plan.CheckboxConfig:
		return text == "true" || text == "false"
	case plan.IntConfig, plan.OptionalIntConfig, plan.FloatConfig, plan.OptionalFloatConfig:
		n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		return err == nil && n-n == 0 && (item.Min == nil || n >= *item.Min) && (item.Max == nil || n <= *item.Max)
	case plan.ChoiceConfig:
		return isScalar
	case plan.ListConfig:
		return isScalar || isList(item, initial, func(element json.RawMessage) bool {
			_, ok := scalar(element)
			return ok
		})
	case plan.KeyValuesConfig:
		return isList(item, initial, func(element json.RawMessage) bool {
			var pair map[string]json.RawMessage
			return json.Unmarshal(element, &pair) == nil
		})
	case plan.SecretKeyValuesConfig, plan.CardsConfig:
		return false
	}
	return len(initial) > 0
}

// isList reports whether a value is a list of elements that fit, with one at least where
// the item is required.
func isList(item plan.ConfigItem, raw json.RawMessage, fits func(json.RawMessage) bool) bool {
	var elements []json.RawMessage
	if json.Unmarshal(raw, &elements) != nil || elements == nil || len(elements) == 0 && item.Required {
		return false
	}
	return !slices.ContainsFunc(elements, func(element json.RawMessage) bool { return !fits(element) })
}

// number returns the least number that is allowed, or 1.
func (e *example) number(f *plan.ConfigField, item plan.ConfigItem) json.RawMessage {
	n := 1.0
	switch {
	case item.Min != nil && item.Max != nil && *item.Min > *item.Max:
		return e.nothing(f, item, fmt.Sprintf("must be at least %v and at most %v", *item.Min, *item.Max))
	case item.Min != nil:
		n = *item.Min
	case item.Max != nil:
		n = min(n, *item.Max)
	}
	return strconv.AppendFloat(nil, n, 'f', -1, 64)
}

// nothing is for an item that no value fits.
func (e *example) nothing(f *plan.ConfigField, item plan.ConfigItem, why string) json.RawMessage {
	switch {
	case item.Required:
		e.impossible = append(e.impossible, f.Name+" "+why)
	case item.Initial != "":
		return json.RawMessage(noValue)
	}
	return nil
}

// exampleChoice is the first option. A required item needs more than the empty text.
func exampleChoice(c *plan.Choice, item plan.ConfigItem) json.RawMessage {
	for _, o := range c.Options {
		if o.Value != "" || !item.Required {
			return quoted(o.Value)
		}
	}
	return json.RawMessage(`"example"`)
}

// list has one element where one is required.
func (e *example) list(f *plan.ConfigField, item plan.ConfigItem) json.RawMessage {
	if !item.Required {
		return json.RawMessage(`[]`)
	}
	switch item.Type {
	case plan.KeyValuesConfig, plan.SecretKeyValuesConfig:
		pair, _ := json.Marshal([]map[string]string{{item.PairKey: "example", item.PairVal: "example"}}) // texts always marshal
		return pair
	case plan.CardsConfig:
		return slices.Concat([]byte{'['}, e.scope(f.Card), []byte{']'})
	}
	return json.RawMessage(`["example"]`)
}

// exampleAccount returns attributes that an account can be created with, as JSON: the
// required ones, or else those that name an account, or else the first. It reports false
// where there are none, or where values of the identity's type are too few for a new one.
func exampleAccount(p *plan.Package) (string, bool) {
	if p.Create == nil || p.Account == nil || !holdsCreated(p) {
		return "", false
	}
	identity := p.Account.Identity.Name
	isIdentity := func(f *plan.Field) bool { return f.Name == identity }
	if i := slices.IndexFunc(p.Account.Attributes.Fields, isIdentity); i >= 0 {
		if t := p.Account.Attributes.Fields[i].Type; t != plan.StringField && t != plan.IntField {
			return "", false
		}
	}
	attributes := make(map[string]any)
	for _, f := range exampleFields(p) {
		attributes[f.Name] = exampleValue(f.Type)
	}
	if len(attributes) == 0 {
		if identity == "" {
			return "", false
		}
		attributes[identity] = exampleValue(plan.StringField)
	}
	text, err := json.Marshal(attributes)
	return string(text), err == nil
}

// holdsCreated reports whether accounts hold what they are created from. A template can have
// a list for an attribute of one value, which Memory refuses; only the author's client knows
// which of the values counts.
func holdsCreated(p *plan.Package) bool {
	if p.Create == nil || p.Account == nil {
		return true
	}
	types := make(map[string]plan.FieldType)
	for _, f := range p.Account.Attributes.Fields {
		types[f.Name] = f.Type
	}
	return !slices.ContainsFunc(p.Create.Attributes.Fields, func(f *plan.Field) bool {
		t, ok := types[f.Name]
		return ok && t != f.Type
	})
}

// exampleFields are the fields of the create input that an example has.
func exampleFields(p *plan.Package) []*plan.Field {
	fields := p.Create.Attributes.Fields
	naming := make(map[string]bool)
	for _, f := range p.Account.Attributes.Fields {
		naming[f.Name] = f.Required // the identity and display attributes, and what the schema requires
	}
	for _, suits := range []func(*plan.Field) bool{
		func(f *plan.Field) bool { return f.Required },
		func(f *plan.Field) bool { return naming[f.Name] },
	} {
		if some := slices.DeleteFunc(slices.Clone(fields), func(f *plan.Field) bool { return !suits(f) }); len(some) > 0 {
			return some
		}
	}
	return fields[:min(1, len(fields))]
}

func exampleValue(t plan.FieldType) any {
	switch t {
	case plan.BoolField:
		return true
	case plan.IntField:
		return 424242
	case plan.BoolsField:
		return []bool{true}
	case plan.IntsField:
		return []int{424242}
	case plan.StringsField:
		return []string{"new"}
	}
	return "new"
}
