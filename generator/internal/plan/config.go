package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/schema"
)

// config plans the config: one struct, with a struct for each list of cards and a type
// for each choice.
func (p *planner) config() {
	p.pkg.Config = &ConfigStruct{
		GoName: "Config",
		Doc:    "Config is a source's config, as its administrator fills it in.",
		Extra:  "Extra holds the config's other keys: ISC's own, and state that the connector keeps there. The values are never printed.",
		Key:    schema.WireConfig,
		At:     "/sourceConfig",
	}
	p.configScope(p.pkg.Config, p.spec.ConfigItems())
	for _, f := range p.pkg.Config.Fields {
		if slices.ContainsFunc(f.Items, ConfigItem.isDemanded) {
			p.pkg.Required = append(p.pkg.Required, f.Name)
		}
	}
	// Type names of an outer scope are prefixes of those within, and all types come before the
	// constants.
	for level := []*ConfigStruct{p.pkg.Config}; len(level) > 0; {
		level = p.nameTypes(level)
	}
	var claims []claim
	for _, c := range p.pkg.Choices {
		for i := range c.Options {
			o := &c.Options[i]
			claims = append(claims, claim{
				key: o.Key, wire: o.Value, at: o.At, want: p.namer.Name(o.Value, ""), text: o.Value, kind: "Option", prefix: c.GoName,
				set: func(name string) { o.GoName = name },
			})
		}
	}
	p.settle(p.names, "", claims)
}

// configScope plans the items of one scope of keys.
func (p *planner) configScope(s *ConfigStruct, items iter.Seq[*schema.Entry]) {
	var claims []claim
	byName := make(map[string]*ConfigField)
	for e := range items {
		if e.Key == "" {
			continue
		}
		if f := byName[e.Key]; f != nil {
			p.alternative(f, e)
			continue
		}
		f := p.configField(s, e)
		byName[e.Key] = f
		s.Fields = append(s.Fields, f)
		claims = append(claims, claim{
			key: f.Key, wire: f.Name, at: f.At, want: p.namer.Name(f.Name, "Item"), text: f.Name, kind: "Item",
			set: func(name string) { f.GoName = name },
		})
	}
	p.settle(newScope(len(claims), configNames...), "", claims)
	p.collectTypes(s)
}

// collectTypes sets the types of fields, and adds the types of a scope to those of the package. It
// comes last, since an alternative can change a field's type.
func (p *planner) collectTypes(s *ConfigStruct) {
	for _, f := range s.Fields {
		for i := range f.Items {
			if item := &f.Items[i]; f.Type != TextConfig || item.Type != URLConfig {
				item.Type = f.Type
			}
		}
		if f.isZeroWhileHidden() {
			f.Doc = JoinSentences(f.Doc, "0 while hidden.")
		}
		if f.Type != ChoiceConfig {
			f.Choice = nil
		}
		if f.Type != CardsConfig {
			f.Card = nil
		}
		if f.Choice != nil {
			p.pkg.Choices = append(p.pkg.Choices, f.Choice)
		}
		if f.Card != nil {
			p.pkg.Cards = append(p.pkg.Cards, f.Card)
			p.configScope(f.Card, slices.Values(f.Card.items))
		}
	}
}

// isDemanded reports whether an empty config lacks the item: it is required, always shown,
// and has no initial value.
func (i ConfigItem) isDemanded() bool { return i.Required && i.ParentKey == "" && i.Initial == "" }

// isZeroWhileHidden reports whether the field is a required number without an initial value that
// may be hidden.
func (f *ConfigField) isZeroWhileHidden() bool {
	return f.Type.IsNumber() && !f.Type.isOptional() &&
		!slices.ContainsFunc(f.Items, func(item ConfigItem) bool { return item.Initial != "" || item.ParentKey == "" })
}

// nameTypes names the types of the fields of structs, and returns the structs among
// them.
func (p *planner) nameTypes(structs []*ConfigStruct) []*ConfigStruct {
	var claims []claim
	var cards []*ConfigStruct
	for _, s := range structs {
		for _, f := range s.Fields {
			c := claim{key: f.Key, wire: f.Name, at: f.At, want: s.GoName + f.GoName}
			switch {
			case f.Choice != nil:
				c.set = func(name string) {
					f.Choice.GoName = name
					f.Choice.Doc = fmt.Sprintf("%s is a value of %s.", name, f.Name)
				}
			case f.Card != nil:
				cards = append(cards, f.Card)
				c.want = s.GoName + goname.Singular(f.GoName)
				c.set = func(name string) {
					f.Card.GoName = name
					f.Card.Doc = fmt.Sprintf("%s %s is one card of %s.", article(name), name, f.Name)
				}
			default:
				continue
			}
			c.derived = true
			claims = append(claims, c)
		}
	}
	p.settle(p.names, "", claims)
	return cards
}

func (p *planner) configField(s *ConfigStruct, e *schema.Entry) *ConfigField {
	item := p.configItem(e)
	f := &ConfigField{
		Name:  e.Key,
		Type:  item.Type,
		Doc:   configDoc(e),
		Items: []ConfigItem{item},
		Key:   schema.WireName(s.Key, e.Key),
		At:    e.Pointer.Member("key"),
	}
	switch f.Type {
	case ChoiceConfig:
		f.Choice = choice(f, e)
	case CardsConfig:
		f.Card = &ConfigStruct{
			Extra: "Extra holds the card's other keys. The values are never printed.",
			Key:   f.Key,
			At:    f.At,
			items: slices.Collect(e.CardItems()),
		}
	}
	return f
}

// alternative adds a second item for a key that one field carries already. Where the items
// differ in type the field is a text, a secret one if either is; a number holds the values
// of each of them; lists of options and cards are united, and pairs are read by the names
// of the item that is visible.
func (p *planner) alternative(f *ConfigField, e *schema.Entry) {
	item := p.configItem(e)
	f.Items = append(f.Items, item)
	switch t := item.Type; {
	case f.Type.IsPairs() && t.IsPairs():
		if t.isSecret() {
			f.Type = t
		}
	case f.Type.isSecret() || t.isSecret():
		f.Type = SecretConfig
	case f.Type.IsNumber() && t.IsNumber():
		f.Type = numberType(f.Type.isFloat() || t.isFloat(), f.Type.isOptional() || t.isOptional())
	case f.Type != t:
		f.Type = TextConfig
	case t == ChoiceConfig:
		f.Choice.addOptions(e)
	case t == CardsConfig:
		f.Card.items = slices.AppendSeq(f.Card.items, e.CardItems())
	}
}

// configType is the only place that maps item types of the spec to fields. Undocumented types are
// read as text.
func (p *planner) configType(e *schema.Entry) ConfigType {
	isSecret := IsSecretItem(e)
	switch e.Type {
	case schema.ItemURL:
		return URLConfig
	case schema.ItemCheckbox, schema.ItemToggle:
		return CheckboxConfig
	case schema.ItemNumber:
		return p.numberType(e)
	case schema.ItemList:
		return ListConfig
	case schema.ItemKeyValue:
		if isSecret {
			return SecretKeyValuesConfig
		}
		return KeyValuesConfig
	case schema.ItemCardList:
		return CardsConfig
	case schema.ItemRadio, schema.ItemSelect:
		if len(e.Options) > 0 {
			return ChoiceConfig
		}
	}
	if isSecret {
		return SecretConfig
	}
	return TextConfig
}

// numberType is the type of a number: whole, unless the spec has a fractional number for it, and
// optional if nothing defines it when absent.
func (p *planner) numberType(e *schema.Entry) ConfigType {
	initial := p.initialValue(e)
	isFloat := slices.ContainsFunc([]string{initial, string(e.Value), e.Min, e.Max}, hasFraction)
	return numberType(isFloat, !e.Required && initial == "")
}

// hasFraction reports whether a text, or JSON text, is a number with a fraction.
func hasFraction(text string) bool {
	n := limit(strings.Trim(text, `"`))
	return n != nil && *n != math.Trunc(*n)
}

func partKey(part *schema.KeyValuePart, otherwise string) string {
	if part == nil || part.Key == "" {
		return otherwise
	}
	return part.Key
}

func (p *planner) configItem(e *schema.Entry) ConfigItem {
	t := p.configType(e)
	item := ConfigItem{
		Type:        t,
		Required:    e.Required && t != CheckboxConfig, // an absent checkbox is not checked
		Initial:     p.initialValue(e),
		Min:         limit(e.Min),
		Max:         limit(e.Max),
		ParentKey:   e.ParentKey,
		ParentValue: e.ParentValue,
	}
	if e.Type == schema.ItemKeyValue {
		item.PairKey, item.PairVal = partKey(e.KeyValueKey, "key"), partKey(e.KeyValueValue, "value")
	}
	return item
}

// initialValue returns an item's first value as JSON: the spec's initial value for its key, in any
// scope, or else the item's own.
func (p *planner) initialValue(e *schema.Entry) string {
	raw := e.Value
	if initial, ok := p.initial[e.Key]; ok {
		raw = initial
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil || compact.String() == "null" || compact.String() == `""` {
		return ""
	}
	return strings.ToValidUTF8(compact.String(), "\uFFFD")
}

// limit reads a limit; a text that is not a number limits nothing.
func limit(text string) *float64 {
	n, err := schema.ParseNumber(text)
	if err != nil {
		return nil
	}
	return &n
}

// choice plans the constants of a radio or select item.
func choice(f *ConfigField, e *schema.Entry) *Choice {
	c := &Choice{Key: f.Key, At: f.At}
	c.addOptions(e)
	return c
}

// addOptions adds the options of an item. Options with the same value share one constant.
func (c *Choice) addOptions(e *schema.Entry) {
	if c.values == nil {
		c.values = make(map[string]bool)
	}
	for _, o := range e.Options {
		if c.values[o.Value] {
			continue
		}
		c.values[o.Value] = true
		key := schema.WireName(schema.WireOption+strings.TrimPrefix(c.Key, schema.WireConfig), o.Value)
		c.Options = append(c.Options, Option{Value: o.Value, Doc: optionDoc(o), Key: key, At: o.Pointer.Member("value")})
	}
}

// optionDoc is the label, unless it repeats the value.
func optionDoc(o schema.Option) string {
	if strings.EqualFold(o.Label, o.Value) {
		return ""
	}
	return o.Label
}
