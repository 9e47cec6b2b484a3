package lint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/schema"
)

// These rules never print a value.

func secretTypedAsText(p *pass) {
	open := []string{schema.ItemText, schema.ItemTextArea, schema.ItemURL, schema.ItemList}
	for _, e := range p.items {
		if !p.golang.looksSecret(e.Key) || !slices.Contains(open, e.Type) {
			continue
		}
		better := schema.ItemSecret
		if e.Type == schema.ItemTextArea {
			better = schema.ItemSecretTextArea
		}
		d := p.at(e.Pointer.Member("type"), fmt.Sprintf("use the type %q", better), "%q looks like a secret, and a %s item shows it to everyone who opens the source", e.Key, e.Type)
		if e.Type != schema.ItemList { // a secret is one text
			d.Fix = p.write(d.Pointer, better)
		}
	}
}

func initialValueForSecret(p *pass) {
	p.firstValues(func(v schema.InitialValue, e *schema.Entry) {
		found := p.secretsIn(v, e)
		if len(found) > 0 && p.isSecretKey(v.Key, e) {
			found = []secretText{{v.Pointer, v.Key, v.Pointer}}
		}
		for _, f := range found {
			p.name(f.member, "remove it", "%q is a secret, and everyone who has the spec can read its initial value", f.name).Fix = p.unsafely("remove it", p.File.Remove(f.member))
		}
	})
}

// firstValues calls each with the initial value of every config item, and the item, or nil: from
// sourceConfigInitialValues, and from the items themselves.
func (p *pass) firstValues(each func(schema.InitialValue, *schema.Entry)) {
	for _, v := range p.InitialValues {
		each(v, p.byKey[v.Key])
	}
	for _, e := range p.items {
		if e.Value != nil {
			each(schema.InitialValue{Pointer: e.Pointer.Member("value"), Key: e.Key, Value: e.Value}, e)
		}
	}
}

// isSecretKey reports whether a key names a secret, by its item or, without one, by its words.
func (p *pass) isSecretKey(key string, e *schema.Entry) bool {
	return e != nil && p.golang.isSecretItem(e) || p.golang.looksSecret(key)
}

// A secretText is a secret text in a first value.
type secretText struct {
	text   schema.Pointer
	name   string         // of the member with this value, or with it in a list
	member schema.Pointer // that member
}

// secretsIn returns the secrets in a first value: all texts and numbers of a secret, except the keys
// of pairs, and, of anything else, such as cards, those of members that are secrets.
func (p *pass) secretsIn(v schema.InitialValue, e *schema.Entry) []secretText {
	var value any
	d := json.NewDecoder(bytes.NewReader(v.Value))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return nil
	}
	s := secretSearch{pass: p, cards: make(map[*schema.Entry]map[string]*schema.Entry)}
	s.member(value, secretText{v.Pointer, v.Key, v.Pointer}, e, p.isSecretKey(v.Key, e))
	return s.found
}

// A secretSearch looks for secrets in the values of items.
type secretSearch struct {
	*pass
	cards map[*schema.Entry]map[string]*schema.Entry // the items of lists of cards, by key
	found []secretText
}

// member searches the value of a member, or an element of it. Its item may be nil.
func (s *secretSearch) member(value any, at secretText, e *schema.Entry, isSecret bool) {
	switch value := value.(type) {
	case string:
		if isSecret && value != "" {
			s.found = append(s.found, at)
		}
	case json.Number:
		if isSecret {
			s.found = append(s.found, at)
		}
	case []any:
		for i, element := range value {
			inside := at
			inside.text = at.text.Member(strconv.Itoa(i))
			s.member(element, inside, e, isSecret)
		}
	case map[string]any:
		items := s.cardItems(e)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if e != nil && e.KeyValueKey != nil && e.KeyValueKey.Key == name {
				continue
			}
			place, item := at.text.Member(name), items[name]
			s.member(value[name], secretText{place, name, place}, item, isSecret || s.isSecretKey(name, item))
		}
	}
}

// cardItems are the items of a list of cards by key, the first of alternatives.
func (s *secretSearch) cardItems(e *schema.Entry) map[string]*schema.Entry {
	if e == nil || s.cards[e] != nil {
		return s.cards[e]
	}
	items := make(map[string]*schema.Entry)
	for item := range e.CardItems() {
		if items[item.Key] == nil {
			items[item.Key] = item
		}
	}
	s.cards[e] = items
	return items
}

func staticPassword(p *pass) {
	for _, f := range p.fields() {
		if p.isStaticPassword(f) {
			d := p.name(valueOf(f, "value"), fmt.Sprintf("use the generator %q", schema.CreatePassword),
				"every account gets the same %q, and everyone who has the spec can read it", f.Key)
			if f.Type == schema.TypeString {
				d.Fix = p.withGenerator(f)
			}
		}
	}
}

// isStaticPassword reports whether a field gives all accounts the same password, not one from an
// expression.
func (p *pass) isStaticPassword(f schema.Field) bool {
	if f.InitialValue == nil || f.InitialValue.Type != schema.ValueStatic || !p.golang.looksPassword(f.Key) {
		return false
	}
	if kindOf(f.InitialValue.Value) == '0' {
		return true
	}
	var text string
	return json.Unmarshal(f.InitialValue.Value, &text) == nil && text != "" && !strings.HasPrefix(text, "$")
}

// Secrets returns the values of a spec that no output may show: passwords in the
// create template, and initial values of secrets.
func Secrets(spec *schema.Spec, golang Go) []schema.Pointer {
	p := &pass{Spec: spec, index: newIndex(spec), golang: golang}
	var secrets []schema.Pointer
	p.firstValues(func(v schema.InitialValue, e *schema.Entry) {
		for _, f := range p.secretsIn(v, e) {
			secrets = append(secrets, f.text)
		}
	})
	for _, f := range p.fields() {
		if p.isStaticPassword(f) {
			secrets = append(secrets, valueOf(f, "value"))
		}
	}
	return secrets
}
