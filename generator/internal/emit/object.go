package emit

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

func (e emitter) accountFile(yield func(jen.Code) bool) {
	if e.Account != nil && !all(yield, e.object(e.Account)...) {
		return
	}
	if c := e.Create; c != nil && (!all(yield, e.createInput(c), e.createInputFields(c)) || !all(yield, e.attributes(c.Attributes)...)) {
		return
	}
	if u := e.Update; u != nil {
		all(yield, e.updateInput(u), e.changes(u), e.changesTypes(u))
	}
}

func (e emitter) entitlementsFile(yield func(jen.Code) bool) {
	for _, o := range e.Entitlements {
		if !all(yield, e.object(o)...) {
			return
		}
	}
}

// object emits an account or entitlement and its attributes.
func (e emitter) object(o *plan.Object) []jen.Code {
	code := []jen.Code{e.objectStruct(o), e.objectID(o), e.objectFields(o)}
	code = append(code, e.jsonMethods(o.GoName, o.Receiver)...)
	return append(code, e.attributes(o.Attributes)...)
}

func (e emitter) objectStruct(o *plan.Object) jen.Code {
	return documented(o.Doc, jen.Type().Id(o.GoName).Struct(e.members(o.Members)...))
}

// members are the fields of a struct that the protocol defines.
func (e emitter) members(members []plan.Member) []jen.Code {
	var fields []jen.Code
	for _, m := range members {
		if m.GoName == "" {
			continue
		}
		field := jen.Id(m.GoName).Add(e.typ(m.Type))
		if m.Comment != "" {
			field.Comment(m.Comment)
		}
		fields = append(fields, field)
	}
	return fields
}

func (e emitter) objectID(o *plan.Object) jen.Code {
	body := []jen.Code{jen.Return(jen.Id(o.Receiver).Dot("Key").Dot("ID").Call())}
	if !o.Keyed() {
		body = []jen.Code{
			jen.If(jen.Id(o.Receiver).Dot("Identity").Op("!=").Lit("")).Block(jen.Return(jen.Id(o.Receiver).Dot("Identity"))),
			body[0],
		}
	}
	return documented("ID returns the native identity.",
		jen.Func().Params(jen.Id(o.Receiver).Id(o.GoName)).Id("ID").Params().String().Block(body...))
}

const memberFieldsDoc = plan.FieldsMethod + " maps the fields to their JSON members."

func (e emitter) objectFields(o *plan.Object) jen.Code {
	return documented(memberFieldsDoc, e.fieldsFunc(o.Receiver, o.GoName, plan.FieldsMethod).Block(
		e.memberFields(o.Receiver, o.KeyType, o.Members)...))
}

// memberFields are the lines that tie members to the wire.
func (e emitter) memberFields(receiver string, keyType schema.KeyType, members []plan.Member) []jen.Code {
	return each(members, func(m plan.Member) jen.Code {
		args := []jen.Code{jen.Lit(m.Name)}
		if m.GoName == "" {
			args = append(args, jen.Lit(m.Text))
		} else {
			if m.Carrier == "Key" {
				args = append(args, e.sdk(keyTypes[keyType]))
			}
			args = append(args, jen.Op("&").Id(receiver).Dot(m.GoName))
		}
		return jen.Id(wire).Dot(m.Carrier).Call(args...)
	})
}

var keyTypes = map[schema.KeyType]string{
	schema.NoKeyType:       "KeyTypeNone",
	schema.SimpleKeyType:   "KeyTypeSimple",
	schema.CompoundKeyType: "KeyTypeCompound",
}

// wire is the parameter of the method that ties fields to the wire.
const wire = "w"

// fieldsFunc begins a method that ties fields to the wire.
func (e emitter) fieldsFunc(receiver, typeName, name string) *jen.Statement {
	return jen.Func().Params(jen.Id(receiver).Op("*").Id(typeName)).Id(name).Params(jen.Id(wire).Op("*").Add(e.sdk("Fields")))
}

// jsonMethods let encoding/json encode and decode the type, for example in tests and logs.
func (e emitter) jsonMethods(typeName, r string) []jen.Code {
	return []jen.Code{
		documented(plan.MarshalMethod+" encodes the wire form.",
			jen.Func().Params(jen.Id(r).Id(typeName)).Id(plan.MarshalMethod).Params().Params(jen.Index().Byte(), jen.Error()).Block(
				jen.Return(e.sdk("Marshal").Call(jen.Op("&").Id(r))),
			)),
		documented(plan.UnmarshalMethod+" decodes the wire form.",
			jen.Func().Params(jen.Id(r).Op("*").Id(typeName)).Id(plan.UnmarshalMethod).Params(jen.Id("data").Index().Byte()).Error().Block(
				jen.Return(e.sdk("Unmarshal").Call(jen.Id("data"), jen.Id(r))),
			)),
	}
}

// attributes emits a struct of attributes with its wire methods.
func (e emitter) attributes(a *plan.Attributes) []jen.Code {
	code := append([]jen.Code{e.attributesStruct(a)}, e.attributesFields(a)...)
	return append(code, e.jsonMethods(a.GoName, a.Receiver)...)
}

func (e emitter) attributesStruct(a *plan.Attributes) jen.Code {
	var r rows
	r.grow(len(a.Fields), 80)
	typ := typeTexts(plan.FieldType.Go)
	for _, f := range a.Fields {
		r.doc(f.Doc)
		r.add(f.GoName, " ", typ(f.Type))
	}
	return documented(a.Doc, jen.Type().Id(a.GoName).StructFunc(func(g *jen.Group) {
		if len(a.Fields) > 0 {
			g.Add(r.code()).Line()
		}
		g.Add(documented(plan.ExtraField+" holds the attributes that the spec does not list, by name.",
			jen.Id(plan.ExtraField).Map(jen.String()).Any()))
	}))
}

// typeTexts returns a function that formats types and caches them: there are few.
func typeTexts(of func(plan.FieldType) plan.Type) func(plan.FieldType) string {
	texts := make(map[plan.FieldType]string)
	return func(t plan.FieldType) string {
		text, ok := texts[t]
		if !ok {
			text = of(t).String()
			texts[t] = text
		}
		return text
	}
}

// extraCarriers carry the attributes that the spec does not list: open attributes are attributes,
// too.
var extraCarriers = map[bool]string{false: "Extra", true: "OpenExtra"}

// maxFields is how many attributes one function ties to the wire: compile time grows more than
// linearly with the length of a function.
const maxFields = 100

// attributesFields emits the method that maps the fields to the wire, split into parts if there are
// many.
func (e emitter) attributesFields(a *plan.Attributes) []jen.Code {
	extra := jen.Id(wire).Dot(extraCarriers[a.Open]).Call(jen.Op("&").Id(a.Receiver).Dot(plan.ExtraField))
	doc := plan.FieldsMethod + " maps the fields to the attribute names."
	if len(a.Fields) <= maxFields {
		lines := attributeLines(a.Receiver, a.Fields)
		return []jen.Code{documented(doc, e.fieldsFunc(a.Receiver, a.GoName, plan.FieldsMethod).Block(lines, extra))}
	}
	var calls, parts []jen.Code
	for start := 0; start < len(a.Fields); start += maxFields {
		name := "wireFields" + strconv.Itoa(len(parts)+1)
		part := a.Fields[start:min(start+maxFields, len(a.Fields))]
		calls = append(calls, jen.Id(a.Receiver).Dot(name).Call(jen.Id(wire)))
		parts = append(parts, e.fieldsFunc(a.Receiver, a.GoName, name).Block(attributeLines(a.Receiver, part)))
	}
	whole := documented(doc, e.fieldsFunc(a.Receiver, a.GoName, plan.FieldsMethod).Block(append(calls, extra)...))
	return append([]jen.Code{whole}, parts...)
}

func attributeLines(receiver string, fields []*plan.Field) jen.Code {
	var r rows
	r.grow(len(fields), 60)
	for _, f := range fields {
		r.add(wire)
		if f.Required {
			r.write(".Required()")
		}
		if isEscaped(f.Name) {
			r.write(".Escape()")
		}
		r.write(".", string(f.Type), "(")
		r.quote(f.Name)
		r.write(", &", receiver, ".", f.GoName, ")")
	}
	return r.code()
}

// isEscaped reports whether JSON escapes a name, which the SDK then has to do for each object.
func isEscaped(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
}

func (e emitter) createInput(c *plan.CreateInput) jen.Code {
	return documented(c.GoName+" is the input of std:account:create.", jen.Type().Id(c.GoName).Struct(e.members(c.Members)...))
}

func (e emitter) createInputFields(c *plan.CreateInput) jen.Code {
	return documented(memberFieldsDoc,
		e.fieldsFunc("in", c.GoName, plan.FieldsMethod).Block(e.memberFields("in", schema.NoKeyType, c.Members)...))
}

func (e emitter) updateInput(u *plan.UpdateInput) jen.Code {
	return documented(u.GoName+" is the input of std:account:update.",
		jen.Type().Id(u.GoName).Op("=").Add(e.sdk(u.GoName)).Types(jen.Id(u.Changes)))
}

func (e emitter) changes(u *plan.UpdateInput) jen.Code {
	var r rows
	r.grow(len(u.Fields), 50)
	typ := typeTexts(plan.FieldType.Change)
	for _, f := range u.Fields {
		r.add(f.GoName, " ", typ(f.Type))
	}
	return documented(u.Doc, jen.Type().Id(u.Changes).Struct(r.code()))
}

func (e emitter) changesTypes(u *plan.UpdateInput) jen.Code {
	types := each(u.Types, func(name string) jen.Code { return jen.New(jen.Id(name)) })
	return documented(plan.TypesMethod+" returns the types whose fields are changed, in the order of the changes.",
		jen.Func().Params(jen.Id(u.Changes)).Id(plan.TypesMethod).Params().Index().Add(e.sdk("Wired")).Block(
			jen.Return(jen.Index().Add(e.sdk("Wired")).Values(types...)),
		))
}
