package plan

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/manual"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/config"
)

var update = flag.Bool("update", false, "rewrite the page of the types")

// TestTypesPage: the manual says which Go types the plan assigns, and what the SDK does with their
// values. The page holds real results for a spec with each kind of attribute, field and item.
func TestTypesPage(t *testing.T) {
	t.Parallel()
	w := &typesWriter{T: t}
	page := strings.Join([]string{typesIntro, w.attributes(), w.fields(), w.sent(), w.accepted(), w.config(), w.configAccepted(), w.identity()}, "\n")
	manual.In(filepath.Join("..", "..", ".."), *update).Pages(t, map[string]string{homepage.Types: page})
}

var typesIntro = `# Types

` + "`conngen generate`" + ` gives attributes and config items the Go types on this page. [The generated package](../generated-package.md) shows how to use them. [Commands of the protocol](` + path.Base(homepage.SpecCommands) + `) lists the methods and their inputs.
`

// A typesWriter writes the page of the types, one section per method.
type typesWriter struct{ *testing.T }

// plan plans a spec with some members added to the required ones.
func (w *typesWriter) plan(members ...string) *Package {
	return planText(w.T, `{"name": "Example", `+strings.Join(members, ", ")+`}`)
}

// span formats a text as code in a cell.
func span(text string) string { return manual.Cell("`" + text + "`") }

// A described is JSON of a spec, with words for what a reader cannot see in it.
type described struct{ json, words string }

func (d described) cell() string {
	if d.words == "" {
		return span(d.json)
	}
	return span(d.json) + ", " + d.words
}

// attributes shows the fields of attributes.
func (w *typesWriter) attributes() string {
	var kinds []described
	for _, t := range schema.AttributeTypes() {
		kinds = append(kinds, described{fmt.Sprintf(`"type": %q`, t), ""}, described{fmt.Sprintf(`"type": %q, "multi": true`, t), ""})
		if t == schema.TypeString {
			kinds = append(kinds,
				described{fmt.Sprintf(`"type": %q, "required": true`, t), ""},
				described{fmt.Sprintf(`"type": %q, "entitlement": true`, t), ""},
				described{fmt.Sprintf(`"type": %q, "multi": true, "entitlement": true`, t), ""},
				described{fmt.Sprintf(`"type": %q`, t), "with the name of a password"})
		}
	}
	attributes := []string{`{"name": "id", "type": "string"}`}
	for i, k := range kinds {
		name := fmt.Sprintf("a%d", i)
		if k.words != "" {
			name = "initialPassword"
		}
		attributes = append(attributes, fmt.Sprintf(`{"name": %q, %s}`, name, k.json))
	}
	object := `"identityAttribute": "id", "displayAttribute": "id", "attributes": [` + strings.Join(attributes, ", ") + `]}`
	p := w.plan(`"commands": ["std:account:list", "std:account:update", "std:entitlement:list"]`, `"sourceConfig": []`,
		`"accountSchema": {`+object, `"entitlementSchemas": [{"type": "group", `+object+`]`)
	rows := [][]string{{"attribute in the spec", "field of accounts", "field of entitlements", "field of `" + p.Update.Changes + "`"}}
	for i, k := range kinds {
		rows = append(rows, []string{
			k.cell(), span(p.Account.Attributes.Fields[i+1].Type.Go().String()),
			span(p.Entitlements[0].Attributes.Fields[i+1].Type.Go().String()), span(p.Update.Fields[i+1].Type.Change().String()),
		})
	}
	return "## Attributes\n\n`" + p.Account.Attributes.GoName + "` has a field for each attribute of accounts. Each entitlement type has such a struct too. " +
		"`" + p.Update.Changes + "` has the changes of an update.\n\n" + manual.Table(rows) +
		"\nA name is that of a password if its last word is one of " + wordList(passwordWords) + ". " +
		"The identity attribute, the display attribute and entitlements are never passwords. " +
		"Attributes that the spec does not list are in `" + ExtraField + "`, a `map[string]any`.\n"
}

// wordList formats words as code in a sentence.
func wordList(words []string) string {
	return "`" + strings.Join(words, "`, `") + "`"
}

// fields shows the fields of creates.
func (w *typesWriter) fields() string {
	const initial = `"initialValue": {"type": "generator", "attributes": {"name": %q}}`
	var kinds []described
	for _, t := range schema.FieldTypes() {
		kinds = append(kinds, described{fmt.Sprintf(`"type": %q`, t), ""})
		if t != schema.TypeArray {
			kinds = append(kinds, described{fmt.Sprintf(`"type": %q, "isMultiValued": true`, t), ""})
		}
	}
	kinds = append(kinds, described{fmt.Sprintf(`"type": "string", `+initial, schema.CreatePassword), ""})
	template := make([]string, len(kinds))
	for i, k := range kinds {
		template[i] = fmt.Sprintf(`{"key": "f%d", "label": "Field", %s}`, i, k.json)
	}
	template = append(template, `{"key": "nights", "label": "Nights", "type": "string"}`)
	p := w.plan(`"commands": ["std:account:create"]`, `"sourceConfig": []`,
		`"accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}, {"name": "nights", "type": "int"}]}`,
		`"accountCreateTemplate": {"fields": [`+strings.Join(template, ", ")+`]}`)
	kinds = append(kinds, described{`"type": "string"`, "where the account schema has an attribute of that name with `\"type\": \"int\"`"})
	rows := [][]string{{"field of the create template", "field of `" + p.Create.Attributes.GoName + "`"}}
	for i, k := range kinds {
		rows = append(rows, []string{k.cell(), span(p.Create.Attributes.Fields[i].Type.Go().String())})
	}
	members := [][]string{{"field of `" + p.Create.GoName + "`", "Go type", "in the request", ""}}
	for _, m := range p.Create.Members {
		members = append(members, []string{span(m.GoName), span(m.Type.String()), span(m.Name), m.Comment})
	}
	return "## The create template\n\n`" + p.Create.Attributes.GoName + "` has the fields of the template first, then the other attributes of the account schema, " +
		"because Identity Security Cloud (ISC) sends those too. A field with the name of a password is an `" + SecretField.Go().String() + "`, like such an attribute. " +
		"`\"required\": true` does not change the type, but such a field always has a value when your method is called.\n\n" + manual.Table(rows) +
		"\nThe input of a create has these fields.\n\n" + manual.Table(members)
}

// fieldTypes are all types of fields.
var fieldTypes = []FieldType{StringField, SecretField, BoolField, IntField, StringsField, BoolsField, IntsField}

// A wiredField is one field of a type, which the SDK method of the same name carries.
type wiredField struct {
	carrier  FieldType
	required bool
	value    reflect.Value // a pointer to the field
}

const wireName = "a"

func (f wiredField) WireFields(w *sdk.Fields) {
	if f.required {
		w = w.Required()
	}
	reflect.ValueOf(w).MethodByName(string(f.carrier)).Call([]reflect.Value{reflect.ValueOf(wireName), f.value})
}

// newField makes a field of a type for its carrier.
func newField(t FieldType) wiredField {
	method, _ := reflect.TypeFor[*sdk.Fields]().MethodByName(string(t))
	return wiredField{carrier: t, value: reflect.New(method.Type.In(2).Elem())}
}

// literal writes a value as Go does, in a cell.
func literal(v reflect.Value) string {
	if secret, ok := v.Interface().(sdk.Secret); ok {
		if !secret.IsSet() {
			return "not set"
		}
		return span(strconv.Quote(secret.Reveal()))
	}
	return span(goLiteral(v))
}

func goLiteral(v reflect.Value) string {
	switch k := v.Kind(); {
	case (k == reflect.Pointer || k == reflect.Slice) && v.IsNil():
		return "nil"
	case k == reflect.Pointer:
		return goLiteral(v.Elem())
	case k == reflect.Slice:
		elements := make([]string, v.Len())
		for i := range elements {
			elements[i] = goLiteral(v.Index(i))
		}
		return "{" + strings.Join(elements, ", ") + "}"
	}
	return fmt.Sprintf("%#v", v.Interface())
}

// sent shows how values of fields appear on the wire.
func (w *typesWriter) sent() string {
	examples := map[FieldType][]string{
		StringField: {"", "ada"}, SecretField: {"", "s3cret"}, BoolField: {"null", "false"}, IntField: {"null", "0"},
		StringsField: {"null", "[]", `["ada"]`}, BoolsField: {"null", "[]", "[false]"}, IntsField: {"null", "[]", "[0]"},
	}
	rows := [][]string{{"Go type", "value", "sent", "sent where required"}}
	for _, t := range fieldTypes {
		for _, text := range examples[t] {
			f := newField(t)
			switch p := f.value.Interface().(type) {
			case *string:
				*p = text
			case *sdk.Secret:
				if text != "" {
					*p = sdk.NewSecret(text)
				}
			default:
				if err := json.Unmarshal([]byte(text), p); err != nil {
					w.Fatal(err)
				}
			}
			row := []string{span(t.Go().String()), literal(f.value.Elem())}
			for _, f.required = range []bool{false, true} {
				row = append(row, w.output(f))
			}
			rows = append(rows, row)
		}
	}
	return "## What is sent\n\nAttributes that name an account or entitlement are always required. " +
		"An `" + SecretField.Go().String() + "` is `" + fmt.Sprint(sdk.NewSecret("x")) + "` wherever a program prints or encodes it itself. " +
		"Whole numbers keep all their digits; [a bundle](" + path.Base(homepage.Differences) + manual.Anchor("Bundles") + ") sends none that JavaScript would round.\n\n" + manual.Table(rows)
}

// output returns the output that a connector sends for the field.
func (w *typesWriter) output(f wiredField) string {
	const command = "example:send"
	type none = struct{}
	send := sdk.Unary(sdk.NewMethod[sdk.None, wiredField](command), func(none, context.Context, sdk.None) (wiredField, error) { return f, nil })
	c := sdk.New(sdk.Spec{}, func(json.RawMessage) (none, error) { return none{}, nil },
		func(context.Context, none) (none, error) { return none{}, nil }, []sdk.Handler[none]{send})
	result, err := sdk.Call(w.Context(), c, sdk.NewMethod[sdk.None, map[string]json.RawMessage](command), sdk.None{}, nil)
	if err != nil || len(result.Outputs) != 1 {
		w.Fatalf("%v, %v", result, err)
	}
	if value, ok := result.Outputs[0][wireName]; ok {
		return span(string(value))
	}
	return "not sent"
}

// arriving are values that arrive where some type is expected.
var arriving = []string{`"ada"`, `""`, `"42"`, `42`, `4.5`, `"true"`, `false`, `["ada"]`, `[]`, `{"a": 1}`, `null`}

// accepted shows how incoming values are read.
func (w *typesWriter) accepted() string {
	titles := []string{"JSON"}
	for _, t := range fieldTypes {
		titles = append(titles, span(t.Go().String()))
	}
	rows := [][]string{titles}
	for _, text := range arriving {
		row := []string{span(text)}
		for _, t := range fieldTypes {
			f := newField(t)
			if err := sdk.Unmarshal([]byte(`{"`+wireName+`": `+text+`}`), f); err != nil {
				row = append(row, "error")
			} else {
				row = append(row, literal(f.value.Elem()))
			}
		}
		rows = append(rows, row)
	}
	return "## What is accepted\n\nISC and its forms send loosely typed values. They are converted to the type of the attribute as below. " +
		"One message lists all errors of a request, and names the attributes.\n\n" + manual.Table(rows)
}

// config shows the fields of config items.
func (w *typesWriter) config() string {
	var kinds []described
	for _, t := range append(schema.ItemTypes(), schema.ItemPassword) {
		k := described{json: fmt.Sprintf(`"type": %q`, t)}
		switch t {
		case schema.ItemText, schema.ItemTextArea:
			kinds = append(kinds, k)
			k.words = "with a key that names a secret, such as `apiToken`"
		case schema.ItemNumber:
			kinds = append(kinds, k)
			kinds = append(kinds, described{k.json + `, "max": "0.5"`, ""}, described{k.json + `, "required": true, "max": "0.5"`, ""})
			kinds = append(kinds, described{k.json + `, "required": true`, ""})
			k.words = "with an initial value"
		case schema.ItemKeyValue:
			kinds = append(kinds, k)
			k.words = "whose values have a type or a key that names a secret"
		case schema.ItemRadio, schema.ItemSelect:
			kinds = append(kinds, k)
			k.words = "without options"
		}
		kinds = append(kinds, k)
	}
	items := make([]string, len(kinds))
	for i, k := range kinds {
		key, more := fmt.Sprintf("item%d", i), ""
		switch {
		case strings.Contains(k.words, "initial"):
			key = "pageSize"
		case strings.Contains(k.words, "apiToken"):
			key += "Token"
		case strings.Contains(k.json, schema.ItemKeyValue) && k.words != "":
			more = `, "keyValueKey": {"key": "name", "label": "Name", "type": "text"}, "keyValueValue": {"key": "token", "label": "Token", "type": "secret"}`
		case strings.Contains(k.json, schema.ItemKeyValue):
			more = `, "keyValueKey": {"key": "name", "label": "Name", "type": "text"}, "keyValueValue": {"key": "value", "label": "Value", "type": "text"}`
		case k.words == "" && (strings.Contains(k.json, schema.ItemRadio) || strings.Contains(k.json, schema.ItemSelect)):
			key, more = "region", `, "options": [{"label": "EU", "value": "eu"}]`
			if strings.Contains(k.json, schema.ItemSelect) {
				key = "size"
			}
		case strings.Contains(k.json, schema.ItemCardList):
			key, more = "mirrors", `, "subMenus": [{"type": "menu", "label": "Card", "items": [{"type": "section", "sectionTitle": "Card", "items": [{"key": "name", "label": "Name", "type": "text"}]}]}]`
		}
		items[i] = fmt.Sprintf(`{"key": %q, "label": "Item", %s%s}`, key, k.json, more)
	}
	p := w.plan(`"commands": ["std:test-connection"]`, `"sourceConfig": [`+strings.Join(items, ", ")+`]`, `"sourceConfigInitialValues": {"pageSize": 100}`)
	rows := [][]string{{"item in the spec", "field of `" + p.Config.GoName + "`"}}
	for i, k := range kinds {
		f, note := p.Config.Fields[i], ""
		switch f.Type {
		case ChoiceConfig:
			note = " for the key " + span(f.Name) + ": a string with a constant for each option, and a method `Valid`"
		case CardsConfig:
			note = " for the key " + span(f.Name) + ": a struct for each card"
		}
		rows = append(rows, []string{k.cell(), span(f.Go().String()) + note})
	}
	return "## Config items\n\nA number is whole unless its initial value or one of its limits has a fraction. It is a pointer if it is optional and has no initial value. " +
		"Pairs keep their order. `" + ExtraField + "`, in the config and in each card, holds other keys: a `map[string]" + ExtraConfig.String() + "`.\n\n" +
		"A key names a secret if its last word is one of " + wordList(secretWords) + ", or `key` after one of " + wordList(keyWords) + ". An item of any other type is a `string`.\n\n" + manual.Table(rows)
}

// A readConfig has a field of each type that reads one value.
type readConfig struct {
	Text     string
	URL      string
	Secret   sdk.Secret
	Checkbox bool
	Int      int64
	Optional *int64 // as OptionalInt; a key has no place for more
	Float    float64
	List     []string
}

// readTypes are the types of its fields.
var readTypes = []ConfigType{TextConfig, URLConfig, SecretConfig, CheckboxConfig, IntConfig, OptionalIntConfig, FloatConfig, ListConfig}

// ConfigItems reads each field by the method named after its type; the key has that name, too.
func (c *readConfig) ConfigItems(items *config.Items) {
	fields := reflect.ValueOf(c).Elem()
	for i, t := range readTypes {
		reflect.ValueOf(items).MethodByName(string(t)).Call([]reflect.Value{reflect.ValueOf(string(t)), fields.Field(i).Addr()})
	}
}

// configAccepted shows how the values of items are read.
func (w *typesWriter) configAccepted() string {
	titles := []string{"JSON"}
	for _, t := range readTypes {
		f := ConfigField{Type: t}
		title := span(f.Go().String())
		if t == URLConfig {
			title += " of a URL"
		}
		titles = append(titles, title)
	}
	rows := [][]string{titles}
	for _, text := range append([]string{`"https://example.com"`}, arriving...) {
		members := make([]string, len(readTypes))
		for i, t := range readTypes {
			members[i] = fmt.Sprintf("%q: %s", t, text)
		}
		read, err := config.Read[readConfig](json.RawMessage("{" + strings.Join(members, ", ") + "}"))
		problems := make(map[string]string)
		if found := (*sdk.ConfigError)(nil); errors.As(err, &found) {
			for _, p := range found.Problems {
				problems[p.Item] = "error"
				if p.Tolerable {
					problems[p.Item] = "error¹"
				}
			}
		} else if err != nil {
			w.Fatal(err)
		}
		row := []string{span(text)}
		for i, t := range readTypes {
			cell := problems[string(t)]
			if cell == "" {
				cell = literal(reflect.ValueOf(read).Field(i))
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return "## What is accepted in a config\n\n`DecodeConfig` reads what ISC sends, and " +
		"[checks visible items](../generated-package.md#the-config). " +
		"The value of a `radio` or `select` item is read as a string.\n\n" + manual.Table(rows) +
		"\n¹ With `sdk.Lenient()` this is a warning, and the number is rounded.\n"
}

// identity shows what identifies objects.
func (w *typesWriter) identity() string {
	rows := [][]string{{"`keyType`", "field", "Go type", "sent as", ""}}
	for _, k := range []struct {
		json string
		key  schema.KeyType
	}{{`"simple"`, schema.SimpleKeyType}, {`"compound"`, schema.CompoundKeyType}, {"none", schema.NoKeyType}} {
		p := w.plan(`"commands": ["std:account:list"]`, `"sourceConfig": []`, fmt.Sprintf(`"keyType": %q`, k.key))
		for _, m := range p.Account.Members[:len(keyMembers(k.key))] {
			rows = append(rows, []string{span(k.json), span(m.GoName), span(m.Type.String()), span(m.Name), m.Comment})
		}
	}
	p := w.plan(`"commands": ["std:account:list"]`, `"sourceConfig": []`, `"keyType": "simple"`)
	members := [][]string{{"field of accounts", "Go type", "sent as", ""}}
	for _, m := range p.Account.Members[len(keyMembers(schema.SimpleKeyType)):] {
		members = append(members, []string{span(m.GoName), span(m.Type.String()), span(m.Name), m.Comment})
	}
	return "## Accounts and entitlements\n\n`keyType` decides what identifies an account or an entitlement.\n\n" + manual.Table(rows) +
		"\nAn account also has these fields. Zero values are not sent.\n\n" + manual.Table(members)
}
