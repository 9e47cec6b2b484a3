package export

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

// A setting is a variable that the user fills in: something unknown about a server or its source.
type setting struct {
	name   string
	value  string // "" for none, as of all secrets
	about  string // one line
	secret bool
}

// The kinds of config values: how the text of a variable is read.
const (
	textKind    = "text"
	numberKind  = "number"
	booleanKind = "boolean"
	jsonKind    = "json" // lists, pairs and cards
)

// A configItem is an item of the config and the variable that holds its value.
type configItem struct {
	Key      string `json:"key"`
	Variable string `json:"variable"`
	Kind     string `json:"kind"`
	Blank    bool   `json:"blank,omitempty"` // without a value it is sent empty; otherwise its initial value would apply

	secret bool
	value  json.RawMessage // the sample's, with references to secrets in cards; nil for none
	about  string
}

// A configuration is the config of a source as variables.
type configuration struct {
	items  []configItem
	nested []setting // secrets in cards and pairs
}

// secretMark surrounds the name of a variable in a sample of the plan. No text of the spec looks
// like it.
const secretMark = `\u0001`

func newConfiguration(p *plan.Package) configuration {
	var c configuration
	taken := make(names)
	own, nested := make(map[*plan.ConfigField]string), make(map[*plan.ConfigField]string)
	for _, f := range p.Config.Fields {
		own[f] = taken.add("config", f.Name)
	}
	sample := p.SampleConfig(func(f *plan.ConfigField) json.RawMessage {
		name := nested[f]
		if name == "" {
			name = taken.add("config", nestedName(f))
			nested[f] = name
			if own[f] == "" || f.Type.IsPairs() {
				c.nested = append(c.nested, setting{name: name, about: itemAbout(f), secret: true})
			}
		}
		return json.RawMessage(`"` + secretMark + name + secretMark + `"`)
	})
	for _, f := range p.Config.Fields {
		value := sample.Values[f.Name]
		item := configItem{
			Key: f.Name, Variable: own[f], Kind: kindOf(f), about: itemAbout(f), value: value,
			Blank: value != nil && slices.ContainsFunc(f.Items, func(i plan.ConfigItem) bool { return i.Initial != "" }),
		}
		item.secret = item.Kind == textKind && p.HoldsSecret(f)
		if item.secret || string(value) == `""` {
			item.value = nil
		}
		c.items = append(c.items, item)
	}
	return c
}

// nestedName names a secret in a card, or in the values of pairs, by its position.
func nestedName(f *plan.ConfigField) string {
	name := strings.TrimPrefix(f.Key, schema.WireConfig+"/")
	if f.Type.IsPairs() {
		name += "/" + f.Items[0].PairVal
	}
	return name
}

// settings are the variables of the items, in the order of the form.
func (c configuration) settings() []setting {
	var all []setting
	for _, item := range c.items {
		all = append(all, setting{name: item.Variable, value: item.text(), about: item.about, secret: item.secret})
	}
	return append(all, c.nested...)
}

// text is the item's value as the text of a variable.
func (i configItem) text() string {
	var t string
	switch {
	case i.value == nil:
		return ""
	case json.Unmarshal(i.value, &t) == nil && i.Kind != jsonKind:
		return t
	}
	return revealed(compact(i.value))
}

// revealed puts references in place of marked variables.
func revealed(sample string) string {
	var b strings.Builder
	for i, part := range strings.Split(sample, secretMark) {
		if i%2 == 1 {
			part = reference(part)
		}
		b.WriteString(part)
	}
	return b.String()
}

func compact(text json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, text) != nil {
		return string(text)
	}
	return b.String()
}

func kindOf(f *plan.ConfigField) string {
	switch {
	case f.Type == plan.CheckboxConfig:
		return booleanKind
	case f.Type.IsNumber():
		return numberKind
	case f.Type == plan.ListConfig || f.Type.IsPairs() || f.Type == plan.CardsConfig:
		return jsonKind
	}
	return textKind
}

// itemAbout describes an item in one line.
func itemAbout(f *plan.ConfigField) string {
	about := []string{fmt.Sprintf("Config item %s.", strconv.Quote(f.Name))}
	if doc := plan.OneLine(f.Doc); doc != "" {
		about = append(about, doc)
	}
	if f.Choice != nil {
		var values []string
		for _, o := range f.Choice.Options {
			values = append(values, strconv.Quote(o.Value))
		}
		about = append(about, "One of "+strings.Join(values, ", ")+".")
	}
	if kindOf(f) == jsonKind {
		about = append(about, "As JSON.")
	}
	return strings.Join(about, " ")
}

// names holds the names of variables in lower case, each with the number for the next variable that
// would have the same name.
type names map[string]int

// add returns a new variable name for something in the spec: letters, digits and underscores, which
// every client accepts.
func (n names) add(prefix, from string) string {
	words := strings.FieldsFunc(from, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	})
	base := prefix + "_" + cmp.Or(strings.Join(words, "_"), "unnamed")
	name := base
	for n[strings.ToLower(name)] > 0 {
		n[strings.ToLower(base)]++
		name = base + "_" + strconv.Itoa(n[strings.ToLower(base)])
	}
	n[strings.ToLower(name)] = 1
	return name
}
