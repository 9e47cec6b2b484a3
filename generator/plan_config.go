package generator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/goname"
)

// planConfig decides about the config: one struct, with a struct for each list
// of cards and a type for each choice.
func (p *planner) planConfig() {
	p.pkg.Config = &ConfigStruct{
		GoName: "Config",
		Doc:    "Config is a source's config, as its administrator fills it in. Keys that the spec does not have are left out.",
	}
	p.planScope(p.pkg.Config, p.spec.ConfigItems())
}

// planScope decides about the items of one scope of keys.
func (p *planner) planScope(s *ConfigStruct, items iter.Seq[*schema.Entry]) {
	names := newScope("Bind")
	byKey := make(map[string]*ConfigField)
	number := 0
	for e := range items {
		if e.Key == "" {
			continue
		}
		if f := byKey[e.Key]; f != nil {
			addAlternative(f, p.configItem(e), configType(e))
			continue
		}
		name := names.take(memberName(e.Key, "Item", number))
		number++
		f := p.configField(s, name, e)
		byKey[e.Key] = f
		s.Fields = append(s.Fields, f)
	}
}

func (p *planner) configField(s *ConfigStruct, name string, e *schema.Entry) *ConfigField {
	f := &ConfigField{
		GoName: name,
		Key:    e.Key,
		Type:   configType(e),
		Doc:    configDoc(e),
		Items:  []ConfigItem{p.configItem(e)},
	}
	switch f.Type {
	case KeyValuesConfig:
		f.Name, f.Value = partKey(e.KeyValueKey, "key"), partKey(e.KeyValueValue, "value")
	case ChoiceConfig:
		f.Named = p.names.take(s.GoName + name)
		p.pkg.Choices = append(p.pkg.Choices, p.choice(f, e))
	case CardsConfig:
		f.Named = p.names.take(s.GoName + name)
		card := &ConfigStruct{
			GoName: f.Named,
			Doc:    fmt.Sprintf("%s %s is one card of %s.", article(f.Named), f.Named, e.Key),
		}
		p.pkg.ConfigTypes = append(p.pkg.ConfigTypes, card)
		p.planScope(card, e.CardItems())
	}
	return f
}

// addAlternative adds a second item for a key that one field carries already.
// Where the items differ in type the field is a text, a secret one if either is.
func addAlternative(f *ConfigField, item ConfigItem, t ConfigType) {
	f.Items = append(f.Items, item)
	switch {
	case f.Type == t:
	case f.Type == SecretConfig || t == SecretConfig:
		f.Type = SecretConfig
	case f.Type != CardsConfig && f.Type != ChoiceConfig:
		f.Type = TextConfig
	}
}

// configType is the one place that gives the item types of the spec their fields.
// Types that the documentation does not know are read as text.
func configType(e *schema.Entry) ConfigType {
	switch e.Type {
	case schema.ItemURL:
		return URLConfig
	case schema.ItemSecret, schema.ItemSecretTextArea:
		return SecretConfig
	case schema.ItemCheckbox, schema.ItemToggle:
		return CheckboxConfig
	case schema.ItemNumber:
		return NumberConfig
	case schema.ItemList:
		return ListConfig
	case schema.ItemKeyValue:
		return KeyValuesConfig
	case schema.ItemCardList:
		return CardsConfig
	case schema.ItemRadio, schema.ItemSelect:
		if len(e.Options) > 0 {
			return ChoiceConfig
		}
	}
	return TextConfig
}

func partKey(part *schema.KeyValuePart, otherwise string) string {
	if part == nil || part.Key == "" {
		return otherwise
	}
	return part.Key
}

func (p *planner) configItem(e *schema.Entry) ConfigItem {
	return ConfigItem{
		Required:    e.Required && configType(e) != CheckboxConfig, // a box that is not there is not checked
		Initial:     p.initialValue(e),
		Min:         number(e.Min),
		Max:         number(e.Max),
		ParentKey:   e.ParentKey,
		ParentValue: e.ParentValue,
	}
}

// initialValue returns an item's first value as JSON: the spec's initial value
// for its key, in whatever scope it stands, else the item's own.
func (p *planner) initialValue(e *schema.Entry) string {
	raw := e.Value
	for _, v := range p.spec.InitialValues {
		if v.Key == e.Key {
			raw = v.Value
		}
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil || compact.String() == "null" || compact.String() == `""` {
		return ""
	}
	return strings.ToValidUTF8(compact.String(), "\uFFFD")
}

// number reads a limit; what is no number is no limit.
func number(text string) *float64 {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || n-n != 0 { // infinite or no number
		return nil
	}
	return &n
}

// configDoc is an item's label and help.
func configDoc(e *schema.Entry) string {
	doc := []string{sentence(e.Label)}
	for _, help := range []string{e.HelpKey, e.HelpText, e.HelpMessage} {
		if help != "" && help != e.Label {
			doc = append(doc, sentence(help))
		}
	}
	return joinSentences(doc...)
}

// choice decides about the constants of a radio or select item. Options with the
// same value are one constant.
func (p *planner) choice(f *ConfigField, e *schema.Entry) *Choice {
	c := &Choice{GoName: f.Named, Doc: fmt.Sprintf("%s is a value of %s.", f.Named, e.Key)}
	seen := newScope()
	for i, o := range e.Options {
		if seen[o.Value] {
			continue
		}
		seen[o.Value] = true
		name := goname.Name(o.Value, "")
		if name == "" {
			name = "Option" + strconv.Itoa(i+1)
		}
		c.Options = append(c.Options, Option{
			GoName: p.names.take(f.Named + name),
			Value:  o.Value,
			Doc:    optionDoc(o),
		})
	}
	return c
}

// optionDoc is the label, unless it says what the value says.
func optionDoc(o schema.Option) string {
	if strings.EqualFold(o.Label, o.Value) {
		return ""
	}
	return o.Label
}
