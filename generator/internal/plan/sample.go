package plan

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/schema"
)

// secretSample is in the place of a secret.
const secretSample = `"replace-me"`

// noValue is how a config omits the value of an optional item, even its initial one.
const noValue = `""`

// addressSample is in the place of a source's address.
const addressSample = `"https://example.com"`

// textSample is in the place of any text.
const textSample = `"example"`

// usualNumber is the value of a number if the spec's limits allow it: as a page size or a
// timeout in seconds it does no harm.
const usualNumber = 100

// A ConfigSample is a config that a source of the spec could have: the required items, and those
// with values in the spec. If no item is required, it also has the source's secrets and addresses.
// Secrets are never taken from the spec.
type ConfigSample struct {
	JSON      []byte
	Values    map[string]json.RawMessage // the config's members
	Addresses []string                   // keys of the visible items that locate the source

	// Impossible names the required items that no value fits, and says why. If there are any, no
	// config is valid.
	Impossible []string

	// Naming are the fields that name the source where the spec does not say that any item
	// must have a value, so an empty config would be valid.
	Naming []*ConfigField
}

// SampleConfig returns a deterministic sample of the config. secret returns the value of a secret
// field, or the values of secret pairs, as JSON; nil stands for a placeholder text.
func (p *Package) SampleConfig(secret func(*ConfigField) json.RawMessage) ConfigSample {
	if secret == nil {
		secret = func(*ConfigField) json.RawMessage { return json.RawMessage(secretSample) }
	}
	s := configSampler{pkg: p, secret: secret}
	values := s.scope(p.Config)
	if !s.demanded {
		s = configSampler{pkg: p, secret: secret, optional: true}
		values = s.scope(p.Config)
	}
	sample := ConfigSample{JSON: object(p.Config, values), Values: values, Impossible: s.impossible, Naming: s.naming}
	for _, f := range p.Config.Fields {
		if values[f.Name] != nil && isAddress(f) {
			sample.Addresses = append(sample.Addresses, f.Name)
		}
	}
	return sample
}

// A configSampler sets the items of a config.
type configSampler struct {
	pkg    *Package
	secret func(*ConfigField) json.RawMessage

	demanded bool // an item of the config is required, and the spec has no value for it
	optional bool // optional items that identify the source get a value, too

	impossible []string
	naming     []*ConfigField
}

// scope sets the fields of one scope, parents before the items that they make visible. Hidden items
// only have their initial values.
func (s *configSampler) scope(fields *ConfigStruct) map[string]json.RawMessage {
	values := make(map[string]json.RawMessage) // of the visible items; nil for an omitted one
	for progress := true; progress; {
		progress = false
		for _, f := range fields.Fields {
			if _, done := values[f.Name]; done {
				continue
			}
			i := slices.IndexFunc(f.Items, func(item ConfigItem) bool { return isVisible(fields, item, values) })
			if i >= 0 {
				values[f.Name] = s.item(f, f.Items[i])
				progress = true
			}
		}
	}
	for _, f := range fields.Fields {
		if _, visible := values[f.Name]; !visible {
			values[f.Name] = s.hidden(f)
		}
		if values[f.Name] == nil {
			delete(values, f.Name)
		}
	}
	return values
}

// object returns the values of one scope as JSON, in field order.
func object(fields *ConfigStruct, values map[string]json.RawMessage) []byte {
	b := []byte{'{'}
	for _, f := range fields.Fields {
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

// isVisible reports whether an item's parent, if it has one, is visible and has its value.
func isVisible(s *ConfigStruct, item ConfigItem, values map[string]json.RawMessage) bool {
	if item.ParentKey == "" {
		return true
	}
	raw, visible := values[item.ParentKey]
	isParent := func(f *ConfigField) bool { return f.Name == item.ParentKey }
	if !visible && slices.ContainsFunc(s.Fields, isParent) {
		return false
	}
	text, ok := scalar(raw)
	if raw == nil {
		ok = true // an item without a value is an empty text, or not checked
	}
	return ok && (text == item.ParentValue || text == "" && item.ParentValue == "false")
}

// hidden returns the value of a field without visible items.
func (s *configSampler) hidden(f *ConfigField) json.RawMessage {
	for _, item := range f.Items {
		if initial := s.initial(f, item); initial != nil {
			return initial
		}
	}
	return nil
}

// initial returns an item's initial value if the connector accepts it.
func (s *configSampler) initial(f *ConfigField, item ConfigItem) json.RawMessage {
	initial := json.RawMessage(item.Initial)
	if s.pkg.HoldsSecret(f) || !fits(item, initial) {
		return nil
	}
	return initial
}

// isAddress reports whether a field locates the source, at least in part.
func isAddress(f *ConfigField) bool {
	if f.Type != TextConfig {
		return f.Type == URLConfig
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

// item returns a value of an item; nil for an optional one without a value, and for a required one
// that no value fits.
func (s *configSampler) item(f *ConfigField, item ConfigItem) json.RawMessage {
	if initial := s.initial(f, item); initial != nil {
		return initial
	}
	names := item.Type == SecretConfig || isAddress(f)
	switch {
	case item.Required:
		s.demanded = true
	case names && s.optional:
		s.naming = append(s.naming, f)
	case item.Type == SecretConfig && item.Initial != "":
	default:
		return absent(item)
	}
	switch item.Type {
	case SecretConfig:
		return s.secret(f)
	case IntConfig, OptionalIntConfig, FloatConfig, OptionalFloatConfig:
		return s.number(f, item)
	case ChoiceConfig:
		return sampleChoice(f.Choice)
	case ListConfig, KeyValuesConfig, SecretKeyValuesConfig, CardsConfig:
		return s.list(f, item)
	}
	if isAddress(f) {
		return json.RawMessage(addressSample)
	}
	return json.RawMessage(textSample)
}

// absent is the value of an item without one. An item with an initial value must say so.
func absent(item ConfigItem) json.RawMessage {
	if item.Initial != "" {
		return json.RawMessage(noValue)
	}
	return nil
}

// fits reports whether the connector accepts an item's initial value. It never accepts cards and
// pairs with secrets.
func fits(item ConfigItem, initial json.RawMessage) bool {
	text, isScalar := scalar(initial)
	switch item.Type {
	case URLConfig:
		u, err := url.Parse(text)
		return err == nil && u.Scheme != "" && u.Host != ""
	case CheckboxConfig:
		return text == "true" || text == "false"
	case IntConfig, OptionalIntConfig, FloatConfig, OptionalFloatConfig:
		n, err := schema.ParseNumber(text)
		return err == nil && (item.Min == nil || n >= *item.Min) && (item.Max == nil || n <= *item.Max)
	case ChoiceConfig:
		return isScalar
	case ListConfig:
		return isScalar || isList(item, initial, func(element json.RawMessage) bool {
			_, ok := scalar(element)
			return ok
		})
	case KeyValuesConfig:
		return isList(item, initial, func(element json.RawMessage) bool {
			var pair map[string]json.RawMessage
			return json.Unmarshal(element, &pair) == nil
		})
	case SecretKeyValuesConfig, CardsConfig:
		return false
	}
	return len(initial) > 0
}

// isList reports whether a value is a list of fitting elements, and not empty if the item is
// required.
func isList(item ConfigItem, raw json.RawMessage, fits func(json.RawMessage) bool) bool {
	var elements []json.RawMessage
	if json.Unmarshal(raw, &elements) != nil || elements == nil || len(elements) == 0 && item.Required {
		return false
	}
	return !slices.ContainsFunc(elements, func(element json.RawMessage) bool { return !fits(element) })
}

// number returns a number within the limits.
func (s *configSampler) number(f *ConfigField, item ConfigItem) json.RawMessage {
	n := float64(usualNumber)
	if item.Max != nil {
		n = min(n, *item.Max)
	}
	if item.Min != nil {
		n = max(n, *item.Min)
	}
	if item.Max != nil && n > *item.Max {
		s.impossible = append(s.impossible, fmt.Sprintf("%s must be at least %v and at most %v", f.Name, *item.Min, *item.Max))
		return nil
	}
	return strconv.AppendFloat(nil, n, 'f', -1, 64)
}

// sampleChoice is the first non-empty option.
func sampleChoice(c *Choice) json.RawMessage {
	for _, o := range c.Options {
		if o.Value != "" {
			return quoted(o.Value)
		}
	}
	return json.RawMessage(textSample)
}

// list returns a list of one element.
func (s *configSampler) list(f *ConfigField, item ConfigItem) json.RawMessage {
	switch item.Type {
	case KeyValuesConfig, SecretKeyValuesConfig:
		value := json.RawMessage(textSample)
		if s.pkg.HoldsSecret(f) {
			value = s.secret(f)
		}
		pair, _ := json.Marshal([]map[string]json.RawMessage{{item.PairKey: json.RawMessage(textSample), item.PairVal: value}}) // texts always marshal
		return pair
	case CardsConfig:
		return slices.Concat([]byte{'['}, object(f.Card, s.scope(f.Card)), []byte{']'})
	}
	return json.RawMessage(`["example"]`)
}
