package selftest

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// fields are what an account is created from: the fields of the template. All of them
// when only required ones are asked for and none is.
func (t *trial) fields(required bool) []field {
	fields := t.facts.templateFields()
	some := slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return !bool(f.Required) })
	if required && len(some) > 0 {
		return some
	}
	return fields
}

// createObstacle says why no account can be created, "" where one can be. Without a
// template nothing is known of what a create needs. An identity that is a boolean tells two
// accounts apart at most, so a source may refuse another one.
func (s *tester) createObstacle() string {
	identity, _ := s.attribute(s.facts.identityAttribute())
	switch {
	case identity.Type == "boolean":
		return fmt.Sprintf("the identity attribute %q is a boolean, so a new account may clash with an existing one", identity.Name)
	case len(s.facts.templateFields()) == 0 && len(s.given.create) == 0:
		return "the spec has no create template; list the attributes in a file for --create"
	}
	return ""
}

// createInput makes up the input of a create request: the fields of the template, those
// that the caller gives, and nothing else. ok is false where no account can be created.
func (t *trial) createInput(required bool) (input map[string]any, ok bool) {
	if obstacle := t.createObstacle(); obstacle != "" {
		t.skip(obstacle)
		return nil, false
	}
	attributes := make(map[string]any)
	for _, f := range t.fields(required) {
		if _, isGiven := t.given.create[f.Key]; isGiven {
			continue
		}
		if value := t.fieldValue(f); value != nil {
			attributes[f.Key] = value
		}
	}
	for name, value := range t.given.create {
		if value != nil {
			attributes[name] = filled(value)
		}
	}
	for _, name := range t.facts.passwords {
		t.hide(attributes[name])
	}
	input = map[string]any{"identity": nil, "attributes": attributes}
	if id, ok := attributes[t.facts.identityAttribute()].(string); ok {
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
	if !t.has(cmdEntitlementList) || !t.hasType(a) {
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
	case t.isPassword(f.Key):
		return madeUpPassword()
	case f.Initial.Attributes.Template != "":
		return f.fromTemplate()
	case strings.Contains(name, "mail"), strings.Contains(name, "upn"):
		return "selftest." + word() + "@example.com"
	}
	return "selftest-" + word()
}

// madeUpPassword returns a password with characters of all kinds.
func madeUpPassword() string { return "aA1!" + rand.Text() }

// hide keeps a password out of the report.
func (t *trial) hide(value any) {
	for _, text := range textsOf(value) {
		t.secrets = longestFirst(append(t.secrets, secretForms(text, shortestSecret)...))
	}
}

// cutPlaceholder returns what is before and after the first placeholder of a text, such as
// $(firstname), and whether it has one. A regular expression would do it too, but a bundle
// would carry that package, and set up its tables in every start.
func cutPlaceholder(text string) (before, after string, found bool) {
	before, rest, opened := strings.Cut(text, "$(")
	_, after, closed := strings.Cut(rest, ")")
	return before, after, opened && closed
}

// fillIn replaces the placeholders of a text.
func fillIn(text string) string {
	var b strings.Builder
	for {
		before, after, found := cutPlaceholder(text)
		if !found {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(before)
		b.WriteString(word())
		text = after
	}
}

// fromTemplate fills in the template of a unique account ID. Where it is too long
// its end stays, which is where templates have their counter.
func (f field) fromTemplate() string {
	text := fillIn(f.Initial.Attributes.Template)
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

// arrived looks for attributes that were sent and have come back in an answer as something
// else. A source may make IDs and logins of its own.
func (t *trial) arrived(command string, o record, sent map[string]any) {
	t.passwordsBack(command, o)
	for _, name := range jsontext.SortedKeys(sent) {
		got := o.Attributes[name]
		if got == nil || name == t.facts.identityAttribute() || t.isPassword(name) {
			continue
		}
		report := t.fail
		switch agreement := agreementOf(got, sent[name]); {
		case agreement == agrees:
			continue
		case agreement == agreesLoosely, name == t.facts.AccountSchema.DisplayAttribute:
			report = t.warn
		default:
			t.note("if the source makes its own value, give one that it keeps with --create FILE, or leave the attribute out with null")
		}
		report(command, o.label(), "attribute %q is %s, want %s, as it was sent", name, shown(got), shown(sent[name]))
	}
}

// An agreement says whether an attribute holds what it was given.
type agreement int

const (
	disagrees     agreement = iota
	agreesLoosely           // except for case or blanks, which a source may normalise
	agrees
)

// agreementOf compares what an attribute holds with what it was given. A list may hold
// more: a source may add defaults.
func agreementOf(got, given any) agreement {
	has := textsOf(got)
	result := agrees
	for _, want := range textsOf(given) {
		plain := strings.TrimSpace(want)
		switch {
		case slices.Contains(has, want):
		case slices.ContainsFunc(has, func(text string) bool { return strings.EqualFold(strings.TrimSpace(text), plain) }):
			result = agreesLoosely
		default:
			return disagrees
		}
	}
	return result
}

// canonical returns a value as JSON that is equal for equal values, however their numbers
// are written. Null and missing are. The order of a list counts on request.
func canonical(v any, order bool) string {
	switch v := v.(type) {
	case json.Number:
		return jsontext.NumberText(v.String())
	case []any:
		texts := make([]string, len(v))
		for i, element := range v {
			texts[i] = canonical(element, order)
		}
		if !order {
			slices.Sort(texts)
		}
		return "[" + strings.Join(texts, ",") + "]"
	}
	return jsonOf(v)
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
			text = canonical(v, true)
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
