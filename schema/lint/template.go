package lint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/schema"
)

// fields returns the fields of the create template.
func (p *pass) fields() []schema.Field {
	if p.AccountCreateTemplate == nil {
		return nil
	}
	return p.AccountCreateTemplate.Fields
}

// valueOf points to a member of the attributes of a field's initial value.
func valueOf(f schema.Field, name string) schema.Pointer {
	return f.InitialValue.Pointer.Member("attributes").Member(name)
}

// keyOf points to the member that holds a field's key.
func (p *pass) keyOf(f schema.Field) schema.Pointer {
	if at := f.Pointer.Member("key"); p.File.Has(at) {
		return at
	}
	return f.Pointer.Member("name")
}

func duplicateTemplateField(p *pass) {
	first := make(map[string]schema.Pointer)
	for _, f := range p.fields() {
		if before, ok := first[f.Key]; ok && f.Key != "" {
			d := p.conflict(p.keyOf(f), before, "remove one of the two", "two fields of the create template have the key %q", f.Key)
			d.Fix = p.withoutCopy(f.Pointer, before.Parent())
			continue
		}
		first[f.Key] = p.keyOf(f)
	}
}

func deprecatedFieldName(p *pass) {
	for _, f := range p.fields() {
		if f.Name != "" && !p.File.Has(f.Pointer.Member("key")) {
			at := f.Pointer.Member("name")
			p.name(at, `rename it to "key"`, "a field is named by \"key\"; \"name\" is deprecated").Fix = p.safely(renameTo("key"), p.File.Rename(at, "key"))
		}
	}
}

func staticValueTypeMismatch(p *pass) {
	for _, f := range p.fields() {
		if v := f.InitialValue; v != nil && v.Type == schema.ValueStatic && v.Value != nil && !fits(v.Value, f.Type) {
			d := p.conflict(valueOf(f, "value"), f.Pointer.Member("type"), "give it a value of that type, or change the type",
				"the static value of field %q is not of type %s", f.Key, f.Type)
			d.Fix = p.fittingType(f)
		}
	}
}

// fits reports whether a static value can be of a field's type: texts count as what they
// can be read as, and expressions as anything. A number that the platform cannot
// represent fits any type; another rule reports it.
func fits(value json.RawMessage, fieldType string) bool {
	kind := kindOf(value)
	if isOutOfRange(value, fieldType) {
		return true
	}
	var text string
	if json.Unmarshal(value, &text) == nil && (text == "" || strings.HasPrefix(text, "$")) {
		return true
	}
	switch fieldType {
	case schema.TypeBoolean:
		return kind == 't' || kind == 'f' || text == "true" || text == "false"
	case schema.TypeInt, schema.TypeLong:
		if kind == '0' {
			text = string(value)
		}
		_, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		return err == nil
	case schema.TypeString:
		return kind == '"' || kind == '0'
	}
	return true
}

func initialValueAttributeMissing(p *pass) {
	for _, f := range p.fields() {
		v := f.InitialValue
		switch {
		case v == nil:
		case v.Type == schema.ValueStatic && v.Value == nil:
			p.at(v.Pointer.Member("type"), `add "value" to the attributes of initialValue`, "the initial value of field %q is static but has no value", f.Key)
		case v.Type == schema.ValueIdentityAttribute && v.Name == "":
			p.at(v.Pointer.Member("type"), `add "name" to the attributes of initialValue`, "the initial value of field %q names no identity attribute", f.Key)
		case v.Type == schema.ValueGenerator && v.Name == "":
			p.at(v.Pointer.Member("type"), `add "name" to the attributes of initialValue`, "the initial value of field %q names no generator", f.Key)
		}
	}
}

// generated calls a function with each field that has a generator.
func (p *pass) generated(each func(schema.Field)) {
	for _, f := range p.fields() {
		if f.InitialValue != nil && f.InitialValue.Type == schema.ValueGenerator {
			each(f)
		}
	}
}

func unknownGenerator(p *pass) {
	generators := schema.Generators()
	p.generated(func(f schema.Field) {
		if name := f.InitialValue.Name; name != "" && !slices.Contains(generators, name) {
			at, near := valueOf(f, "name"), p.near(name, generators)
			p.at(at, didYouMean(near, "the generators are "+quotedList(generators)), "generator %q is unknown", name).Fix = p.write(at, near)
		}
	})
}

func generatorTemplateMissing(p *pass) {
	p.generated(func(f schema.Field) {
		if v := f.InitialValue; v.Name == schema.CreateUniqueAccountID && v.Template == "" {
			p.at(valueOf(f, "name"), `add "template": "$(firstname).$(lastname)$(uniqueCounter)"`, "the generator of field %q has no template to make IDs from", f.Key)
		}
	})
}

func generatorTemplateSyntax(p *pass) {
	p.generated(func(f schema.Field) {
		if strings.Contains(f.InitialValue.Template, "${") {
			at, hint := valueOf(f, "template"), "write $(…) in place of ${…}"
			p.at(at, hint, "the template of field %q has ${…}, which is sent unchanged", f.Key).Fix = p.safely(hint, p.braces(at))
		}
	})
}

func requiredFieldStaticEmpty(p *pass) {
	for _, f := range p.fields() {
		if v := f.InitialValue; f.Required && v != nil && v.Type == schema.ValueStatic && string(v.Value) == `""` {
			p.at(valueOf(f, "value"), "give it a value, or make the field optional", "field %q is required, and its value is always empty", f.Key)
		}
	}
}

func templateFieldWithoutInitialValue(p *pass) {
	for _, f := range p.fields() {
		if f.InitialValue == nil && f.Key != "" {
			d := p.at(p.keyOf(f), `add "initialValue"`, "field %q has no initial value: administrators must choose one in the create profile", f.Key)
			d.Fix = p.fromOldForm(f)
		}
	}
}

func templateFieldNotInSchema(p *pass) {
	if p.AccountSchema == nil || p.dynamic {
		return
	}
	for _, f := range p.fields() {
		if f.Key == "" || p.isPassword(f.Key) {
			continue
		}
		if s := p.schemas[0]; s.attribute(f.Key).Name == "" {
			at, near := p.keyOf(f), p.near(f.Key, s.names)
			p.at(at, didYouMean(near, ""), "field %q is not an attribute of accountSchema: what it sets cannot be read back", f.Key).Fix = p.write(at, near)
		}
	}
}

func fieldTypeConflict(p *pass) {
	if p.AccountSchema == nil {
		return
	}
	for _, f := range p.fields() {
		a, ok := p.schemas[0].attributes[f.Key]
		if !ok || f.Type == "" || a.Type == "" {
			continue
		}
		at := f.Pointer.Member("type")
		if f.Type != a.Type && f.Type != schema.TypeArray && !(isWhole(f.Type) && isWhole(a.Type)) {
			d := p.conflict(at, a.Pointer.Member("type"), fmt.Sprintf("use %q", a.Type), "field %q is %s, but the attribute is %s; the attribute's type is used", f.Key, f.Type, a.Type)
			d.Fix = p.write(at, a.Type)
		}
		if f.Type != schema.TypeArray {
			at = f.Pointer.Member("isMultiValued")
		}
		switch isList := f.Type == schema.TypeArray || f.IsMultiValued; {
		case !isList || a.Multi:
		case a.Entitlement:
			p.conflict(at, a.Pointer.Member("name"), "make both lists, or neither", "field %q is a list, but the attribute has one value, which is used", f.Key)
		default:
			p.conflict(at, a.Pointer.Member("name"), "make both lists, or neither", "field %q is a list, but the attribute has one value; creates have a list", f.Key)
		}
	}
}

// isWhole reports whether a type is one of those of whole numbers, which differ only for
// the platform.
func isWhole(specType string) bool { return specType == schema.TypeInt || specType == schema.TypeLong }
