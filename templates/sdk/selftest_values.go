package sdk

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// fields are what an account is created from: the fields of the template, or
// those that name an account where there is no template. All of them when only
// required ones are asked for and none is.
func (t *selfTrial) fields(required bool) []selfField {
	fields := t.templateFields()
	some := slices.DeleteFunc(slices.Clone(fields), func(f selfField) bool { return !bool(f.Required) })
	if required && len(some) > 0 {
		return some
	}
	return fields
}

func (t *selfTrial) templateFields() []selfField {
	if t.facts.Template != nil {
		return t.facts.Template.Fields
	}
	schema, ok := t.accountSchema()
	if !ok {
		return nil
	}
	var fields []selfField
	for _, a := range schema.Attributes {
		if a.Required || a.Name == schema.IdentityAttribute || a.Name == schema.DisplayAttribute {
			fields = append(fields, selfField{Key: a.Name, Type: a.Type, Required: true})
		}
	}
	return fields
}

// createInput makes up the input of a create request. ok is false where the spec
// does not say what an account is made of.
func (t *selfTrial) createInput(required bool) (input map[string]any, ok bool) {
	fields := t.fields(required)
	if len(fields) == 0 {
		t.skip("the spec does not say what an account is created from")
		return nil, false
	}
	attributes := make(map[string]any)
	for _, f := range fields {
		if value := t.fieldValue(f); value != nil {
			attributes[f.Key] = value
		}
	}
	input = map[string]any{"identity": nil, "attributes": attributes}
	if id, ok := attributes[t.spec.AccountSchema().IdentityAttribute].(string); ok {
		input["identity"] = id
	}
	return input, true
}

// fieldValue makes up a value of a field; nil is none.
func (t *selfTrial) fieldValue(f selfField) any {
	if value, ok := f.static(); ok {
		return value
	}
	a, known := t.attribute(f.Key)
	if known && a.Entitlement {
		if value := t.anEntitlement(a); value != nil || !bool(f.Required) {
			return value
		}
	}
	if f.Type != "array" {
		return t.madeUp(f)
	}
	f.Type = a.Type // of the list's elements
	return []any{t.madeUp(f)}
}

// static returns a static value that fits the field's type and is no expression.
// The empty text is none for a required field.
func (f selfField) static() (any, bool) {
	raw := f.Initial.Attributes.Value
	if f.Initial.Type != "static" || isNull(raw) {
		return nil, false
	}
	var err error
	switch f.Type {
	case "boolean":
		_, err = readBool(raw)
	case "int", "long":
		_, err = readInt(raw)
	}
	value, readErr := readValue(raw)
	text, isText := value.(string)
	if isText && (strings.HasPrefix(text, "$") || text == "" && bool(f.Required)) {
		return nil, false
	}
	return value, err == nil && readErr == nil
}

// anEntitlement returns an entitlement that an account can have.
func (t *selfTrial) anEntitlement(a SchemaAttribute) any {
	if !t.has(cmdEntitlementList) {
		return nil
	}
	var value any
	objectType := entitlementType(a)
	_, _ = t.each(cmdEntitlementList, map[string]any{"type": objectType}, func(data json.RawMessage) bool {
		var o selfObject
		if json.Unmarshal(data, &o) == nil && o.id() != "" {
			value = o.id()
		}
		return value == nil
	})
	return value
}

// madeUp returns a value that no other account has, where its type allows.
func (t *selfTrial) madeUp(f selfField) any {
	name := strings.ToLower(f.Key + " " + f.Initial.Attributes.Name)
	switch {
	case f.Type == "boolean":
		return true
	case f.Type == "int" || f.Type == "long":
		return selfNumber()
	case f.Initial.Attributes.Name == "Create Password", strings.Contains(name, "password"):
		password := "aA1!" + rand.Text()
		t.secrets = longestFirst(append(t.secrets, password))
		return password
	case f.Initial.Attributes.Template != "":
		return f.fromTemplate()
	case strings.Contains(name, "mail"), strings.Contains(name, "upn"):
		return "selftest." + selfWord() + "@example.com"
	}
	return "selftest-" + selfWord()
}

var selfPlaceholder = regexp.MustCompile(`\$\([^)]*\)`)

// fromTemplate fills in the template of a unique account ID. Where it is too long
// its end stays, which is where templates have their counter.
func (f selfField) fromTemplate() string {
	text := selfPlaceholder.ReplaceAllStringFunc(f.Initial.Attributes.Template, func(string) string { return selfWord() })
	if text == f.Initial.Attributes.Template {
		text += selfWord()
	}
	size, err := readInt(f.Initial.Attributes.MaxSize)
	runes := []rune(text)
	if err == nil && size > 0 && int64(len(runes)) > size {
		runes = runes[int64(len(runes))-size:]
	}
	return string(runes)
}

// selfWord returns eight lower-case letters and digits that make a text unique.
func selfWord() string { return strings.ToLower(rand.Text()[:8]) }

// selfNumber returns a number that makes a value unique; it fits into 32 bits.
func selfNumber() int64 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return 100_000_000 + int64(binary.BigEndian.Uint32(b[:])%900_000_000)
}

// arrived fails the check where an attribute that was sent has come back in an
// answer as something else.
func (t *selfTrial) arrived(command Command, o selfObject, sent map[string]any) {
	for _, name := range sortedKeys(sent) {
		got, ok := o.Attributes[name]
		if ok && !slices.Equal(selfTexts(got), selfTexts(sent[name])) {
			t.fail(command, o.label(), "attribute %q is %s, want %s, as it was sent", name, selfValue(got), selfValue(sent[name]))
		}
	}
}

// selfTexts returns the values of an attribute as texts, those of a list one by
// one: what was sent as a text may come back as a number, and one value as a
// list of one. Empty texts are none.
func selfTexts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	texts := []string{}
	for _, v := range list {
		text, isText := v.(string)
		if !isText && v != nil {
			text = selfJSON(v)
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
