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
	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/schema"
)

// secretExample stands where a secret belongs.
const secretExample = `"replace-me"`

// noValue is how a config says that an optional item has no value, not even its initial one.
const noValue = `""`

// addressExample stands where the address of a source belongs.
const addressExample = `"https://example.com"`

// usualNumber is what a number is where the spec's limits allow: as a page size or a timeout
// in seconds it does no harm.
const usualNumber = 100

// ExampleConfig returns a config that a source of the spec could have, as JSON: the items
// that must have a value, and those that the spec gives one. Where no item must, it names
// the source: its secrets and addresses are there. Secrets are never taken from the spec.
func ExampleConfig(spec *schema.Spec) ([]byte, error) {
	e := newExample(plan.New(spec, plan.Options{}))
	return e.indented()
}

// An example is a config that a source could have.
type example struct {
	config    []byte   // JSON
	addresses []string // keys of the visible items that say where the source is

	// impossible names the required items that no value fits, and says why. While there
	// are any, no config is valid.
	impossible []string

	// naming are the fields that name the source where the spec does not say that any item
	// must have a value, so that an empty config would be valid.
	naming []*plan.ConfigField

	secrets  []string // keys of items
	demanded bool     // an item of the config must have a value, and the spec gives it none
	optional bool     // optional items that name the source get a value, too
}

func newExample(p *plan.Package) example {
	e := example{secrets: p.Secrets}
	e.config = e.scope(p.Config)
	if !e.demanded {
		e = example{secrets: p.Secrets, optional: true}
		e.config = e.scope(p.Config)
	}
	e.addresses = addresses(p.Config, e.config)
	return e
}

// addresses returns the keys of a config's items that say where the source is.
func addresses(s *plan.ConfigStruct, config []byte) []string {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(config, &members) // it is ours
	var keys []string
	for _, f := range s.Fields {
		if _, ok := members[f.Name]; ok && isAddress(f) {
			keys = append(keys, f.Name)
		}
	}
	return keys
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
// visible. Hidden items have their initial values alone.
func (e *example) scope(s *plan.ConfigStruct) []byte {
	values := make(map[string]json.RawMessage) // of the visible items; nil for one that is left out
	for progress := true; progress; {
		progress = false
		for _, f := range s.Fields {
			if _, done := values[f.Name]; done {
				continue
			}
			i := slices.IndexFunc(f.Items, func(item plan.ConfigItem) bool { return isVisible(s, item, values) })
			if i >= 0 {
				values[f.Name] = e.item(f, f.Items[i])
				progress = true
			}
		}
	}
	b := []byte{'{'}
	for _, f := range s.Fields {
		value, visible := values[f.Name]
		if !visible {
			value = e.hidden(f)
		}
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

// isVisible reports whether an item's parent, if it has one, is visible and has its value.
func isVisible(s *plan.ConfigStruct, item plan.ConfigItem, values map[string]json.RawMessage) bool {
	if item.ParentKey == "" {
		return true
	}
	raw, visible := values[item.ParentKey]
	isParent := func(f *plan.ConfigField) bool { return f.Name == item.ParentKey }
	if !visible && slices.ContainsFunc(s.Fields, isParent) {
		return false
	}
	text, ok := scalar(raw)
	if raw == nil {
		ok = true // what has no value is an empty text, or not checked
	}
	return ok && (text == item.ParentValue || text == "" && item.ParentValue == "false")
}

// hidden returns the value of a field none of whose items is visible.
func (e *example) hidden(f *plan.ConfigField) json.RawMessage {
	for _, item := range f.Items {
		if initial := e.initial(f, item); initial != nil {
			return initial
		}
	}
	return nil
}

// initial returns an item's initial value where the connector takes it.
func (e *example) initial(f *plan.ConfigField, item plan.ConfigItem) json.RawMessage {
	initial := json.RawMessage(item.Initial)
	if e.isSecret(f) || !fits(item, initial) {
		return nil
	}
	return initial
}

func (e *example) isSecret(f *plan.ConfigField) bool {
	return f.Type == plan.SecretConfig || slices.Contains(e.secrets, f.Name)
}

// isAddress reports whether a field says where the source is, or a part of it.
func isAddress(f *plan.ConfigField) bool {
	if f.Type != plan.TextConfig {
		return f.Type == plan.URLConfig
	}
	words := goname.Words(f.Name)
	return len(words) > 0 && slices.Contains([]string{"url", "uri", "endpoint"}, strings.ToLower(words[len(words)-1]))
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

// item returns a value of an item; nil for an optional one that has none, and for a
// required one that no value fits.
func (e *example) item(f *plan.ConfigField, item plan.ConfigItem) json.RawMessage {
	if initial := e.initial(f, item); initial != nil {
		return initial
	}
	names := item.Type == plan.SecretConfig || isAddress(f)
	switch {
	case item.Required:
		e.demanded = true
	case names && e.optional:
		e.naming = append(e.naming, f)
	case item.Type == plan.SecretConfig && item.Initial != "":
	default:
		return absent(item)
	}
	switch item.Type {
	case plan.SecretConfig:
		return json.RawMessage(secretExample)
	case plan.IntConfig, plan.OptionalIntConfig, plan.FloatConfig, plan.OptionalFloatConfig:
		return e.number(f, item)
	case plan.ChoiceConfig:
		return exampleChoice(f.Choice)
	case plan.ListConfig, plan.KeyValuesConfig, plan.SecretKeyValuesConfig, plan.CardsConfig:
		return e.list(f, item)
	}
	if isAddress(f) {
		return json.RawMessage(addressExample)
	}
	return json.RawMessage(`"example"`)
}

// absent is for an item without a value. One that has an initial value must say so.
func absent(item plan.ConfigItem) json.RawMessage {
	if item.Initial != "" {
		return json.RawMessage(noValue)
	}
	return nil
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
		n, err := schema.ParseNumber(text)
		return err == nil && (item.Min == nil || n >= *item.Min) && (item.Max == nil || n <= *item.Max)
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

// number returns a number within the limits.
func (e *example) number(f *plan.ConfigField, item plan.ConfigItem) json.RawMessage {
	n := float64(usualNumber)
	if item.Max != nil {
		n = min(n, *item.Max)
	}
	if item.Min != nil {
		n = max(n, *item.Min)
	}
	if item.Max != nil && n > *item.Max {
		e.impossible = append(e.impossible, fmt.Sprintf("%s must be at least %v and at most %v", f.Name, *item.Min, *item.Max))
		return nil
	}
	return strconv.AppendFloat(nil, n, 'f', -1, 64)
}

// exampleChoice is the first option that is more than the empty text.
func exampleChoice(c *plan.Choice) json.RawMessage {
	for _, o := range c.Options {
		if o.Value != "" {
			return quoted(o.Value)
		}
	}
	return json.RawMessage(`"example"`)
}

// list has one element.
func (e *example) list(f *plan.ConfigField, item plan.ConfigItem) json.RawMessage {
	switch item.Type {
	case plan.KeyValuesConfig, plan.SecretKeyValuesConfig:
		value := json.RawMessage(`"example"`)
		if e.isSecret(f) {
			value = json.RawMessage(secretExample)
		}
		pair, _ := json.Marshal([]map[string]json.RawMessage{{item.PairKey: json.RawMessage(`"example"`), item.PairVal: value}}) // texts always marshal
		return pair
	case plan.CardsConfig:
		return slices.Concat([]byte{'['}, e.scope(f.Card), []byte{']'})
	}
	return json.RawMessage(`["example"]`)
}

// A newAccount is what the tests of a project create an account from, as Go.
type newAccount struct {
	Identity   bool     // the input's own identity, since there are no attributes
	Attributes []string // fields of a literal: "Login: name,"
	Name       bool     // they use the variable name, a text that no other account has
	Number     bool     // they use the variable number, likewise
}

// exampleAccount returns what an account can be created from: the attributes that are
// required, or else those that name an account, or else the first.
func exampleAccount(p *plan.Package) newAccount {
	var a newAccount
	for _, f := range exampleFields(p) {
		a.Attributes = append(a.Attributes, fmt.Sprintf("%s: %s,", f.GoName, a.value(f, f.Name == p.Account.Identity.Name)))
	}
	if len(a.Attributes) == 0 {
		a.Identity, a.Name = true, true
	}
	return a
}

// value returns a field's value.
func (a *newAccount) value(f *plan.Field, identity bool) string {
	switch f.Type {
	case plan.SecretField:
		a.Name = true
		return "sdk.NewSecret(name)"
	case plan.BoolField:
		return "sdk.Ptr(true)"
	case plan.IntField:
		if !identity {
			return "sdk.Ptr[int64](1)"
		}
		a.Number = true
		return "sdk.Ptr(number)"
	case plan.BoolsField:
		return "[]bool{true}"
	case plan.IntsField:
		if !identity {
			return "[]int64{1}"
		}
		a.Number = true
		return "[]int64{number}"
	}
	a.Name = true
	text := "name"
	if words := goname.Words(f.Name); len(words) > 0 && slices.Contains([]string{"email", "mail", "upn"}, strings.ToLower(words[len(words)-1])) {
		text = `name + "@example.com"`
	}
	if f.Type == plan.StringsField {
		return "[]string{" + text + "}"
	}
	return text
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
