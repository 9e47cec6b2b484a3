package selftest

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// fields are what an account is created from: the fields of the template, or
// those that name an account where there is no template. All of them when only
// required ones are asked for and none is.
func (t *trial) fields(required bool) []field {
	fields := t.templateFields()
	some := slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return !bool(f.Required) })
	if required && len(some) > 0 {
		return some
	}
	return fields
}

func (t *trial) templateFields() []field {
	if t.facts.Template != nil {
		return t.facts.Template.Fields
	}
	schema, ok := t.accountSchema()
	if !ok {
		return nil
	}
	var fields []field
	for _, a := range schema.Attributes {
		if a.Required || a.Name == schema.IdentityAttribute || a.Name == schema.DisplayAttribute {
			fields = append(fields, field{Key: a.Name, Type: a.Type, Required: true})
		}
	}
	return fields
}

// createInput makes up the input of a create request. ok is false where the spec
// does not say what an account is made of.
func (t *trial) createInput(required bool) (input map[string]any, ok bool) {
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
	if id, ok := attributes[t.facts.AccountSchema.IdentityAttribute].(string); ok {
		input["identity"] = id
	}
	return input, true
}

// fieldValue makes up a value of a field; nil is none.
func (t *trial) fieldValue(f field) any {
	a, known := t.attribute(f.Key)
	if known && f.Type != "array" {
		f.Type = a.Type // which counts where the template has another one
	}
	if value, ok := f.static(); ok {
		return value
	}
	if known && bool(a.Entitlement) {
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

// static returns a static value that fits the field's type, unless it is an expression.
// A required field needs more than the empty text.
func (f field) static() (any, bool) {
	raw := f.Initial.Attributes.Value
	if f.Initial.Type != "static" || jsontext.IsNull(raw) {
		return nil, false
	}
	var err error
	switch f.Type {
	case "boolean":
		_, err = jsontext.ReadBool(raw)
	case "int", "long":
		_, err = jsontext.ReadInt(raw)
	}
	value, readErr := jsontext.ReadValue(raw)
	text, isText := value.(string)
	if isText && (strings.HasPrefix(text, "$") || text == "" && bool(f.Required)) {
		return nil, false
	}
	return value, err == nil && readErr == nil
}

// anEntitlement returns an entitlement that an account can have.
func (t *trial) anEntitlement(a attribute) any {
	if !t.has(cmdEntitlementList) {
		return nil
	}
	var value any
	objectType := a.entitlementType()
	_, _ = t.each(cmdEntitlementList, map[string]any{"type": objectType}, func(data json.RawMessage) bool {
		var o record
		if json.Unmarshal(data, &o) == nil && o.id() != "" {
			value = o.id()
		}
		return value == nil
	})
	return value
}

// madeUp returns a value that no other account has, where its type allows.
func (t *trial) madeUp(f field) any {
	name := strings.ToLower(f.Key + " " + f.Initial.Attributes.Name)
	switch {
	case f.Type == "boolean":
		return true
	case f.Type == "int" || f.Type == "long":
		return number()
	case slices.Contains(t.facts.passwords, f.Key):
		password := "aA1!" + rand.Text()
		t.secrets = longestFirst(append(t.secrets, password))
		return password
	case f.Initial.Attributes.Template != "":
		return f.fromTemplate()
	case strings.Contains(name, "mail"), strings.Contains(name, "upn"):
		return "selftest." + word() + "@example.com"
	}
	return "selftest-" + word()
}

var placeholder = regexp.MustCompile(`\$\([^)]*\)`)

// fromTemplate fills in the template of a unique account ID. Where it is too long
// its end stays, which is where templates have their counter.
func (f field) fromTemplate() string {
	text := placeholder.ReplaceAllStringFunc(f.Initial.Attributes.Template, func(string) string { return word() })
	if text == f.Initial.Attributes.Template {
		text += word()
	}
	size, err := jsontext.ReadInt(f.Initial.Attributes.MaxSize)
	runes := []rune(text)
	if err == nil && size > 0 && int64(len(runes)) > size {
		runes = runes[int64(len(runes))-size:]
	}
	return string(runes)
}

// word returns eight lower-case letters and digits that make a text unique.
func word() string { return strings.ToLower(rand.Text()[:8]) }

// number returns a number that makes a value unique; it fits into 32 bits.
func number() int64 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return 100_000_000 + int64(binary.BigEndian.Uint32(b[:])%900_000_000)
}

// arrived fails the check where an attribute that was sent has come back in an
// answer as something else.
func (t *trial) arrived(command string, o record, sent map[string]any) {
	for _, name := range jsontext.SortedKeys(sent) {
		got, ok := o.Attributes[name]
		if ok && !slices.Equal(textsOf(got), textsOf(sent[name])) {
			t.fail(command, o.label(), "attribute %q is %s, want %s, as it was sent", name, shown(got), shown(sent[name]))
		}
	}
}

// textsOf returns the values of an attribute as texts, those of a list one by
// one: what was sent as a text may come back as a number, and one value as a
// list of one. Empty texts are none.
func textsOf(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	texts := []string{}
	for _, v := range list {
		text, isText := v.(string)
		if !isText && v != nil {
			text = jsonOf(v)
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
