package lint

import (
	"encoding/json"
	"fmt"
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
		if p.isSecretValue(v, e) {
			p.name(v.Pointer, "remove it", "%q is a secret, and everyone who has the spec can read its initial value", v.Key).Fix = p.unsafely("remove it", p.File.Remove(v.Pointer))
		}
	})
}

// firstValues calls each with the initial value of every config item, and the item, nil for
// none: what sourceConfigInitialValues lists, and the items' own values.
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

// isSecretValue reports whether a first value gives a secret away.
func (p *pass) isSecretValue(v schema.InitialValue, e *schema.Entry) bool {
	isItem := e != nil && p.golang.isSecretItem(e)
	switch kindOf(v.Value) {
	case '"', '0':
		return string(v.Value) != `""` && (isItem || p.golang.looksSecret(v.Key))
	case '[':
		var pairs []json.RawMessage
		return isItem && json.Unmarshal(v.Value, &pairs) == nil && len(pairs) > 0
	}
	return false
}

// secretTexts are the places of the texts in a secret's first value: itself, or the values
// of its pairs.
func secretTexts(v schema.InitialValue, e *schema.Entry) []schema.Pointer {
	var pairs []json.RawMessage
	if json.Unmarshal(v.Value, &pairs) != nil || e.KeyValueValue == nil {
		return []schema.Pointer{v.Pointer}
	}
	texts := make([]schema.Pointer, len(pairs))
	for i := range pairs {
		texts[i] = v.Pointer.Member(strconv.Itoa(i)).Member(e.KeyValueValue.Key)
	}
	return texts
}

func staticPassword(p *pass) {
	for _, f := range p.fields() {
		if p.isStaticPassword(f) {
			d := p.name(valueOf(f, "value"), fmt.Sprintf("use the generator %q", schema.CreatePassword),
				"every account gets the same %q, and everyone who has the spec can read it", f.Key)
			d.Fix = p.withGenerator(f)
		}
	}
}

// isStaticPassword reports whether a field gives all accounts one password, which
// no expression makes.
func (p *pass) isStaticPassword(f schema.Field) bool {
	if f.InitialValue == nil || f.InitialValue.Type != schema.ValueStatic || !p.golang.looksPassword(f.Key) {
		return false
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
		if p.isSecretValue(v, e) {
			secrets = append(secrets, secretTexts(v, e)...)
		}
	})
	for _, f := range p.fields() {
		if p.isStaticPassword(f) {
			secrets = append(secrets, valueOf(f, "value"))
		}
	}
	return secrets
}
