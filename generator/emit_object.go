package generator

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/schema"
)

func (e emitter) accountFile() []jen.Code {
	var code []jen.Code
	if e.Account != nil {
		code = append(code, e.object(e.Account)...)
	}
	if e.Create != nil {
		code = append(code, e.createInput(), e.createInputBind())
		if e.Create.Own {
			code = append(code, e.attributes(e.Create.Attributes)...)
		}
	}
	return code
}

func (e emitter) entitlementsFile() []jen.Code {
	var code []jen.Code
	for _, o := range e.Entitlements {
		code = append(code, e.object(o)...)
	}
	return code
}

// object emits an account or entitlement and its attributes.
func (e emitter) object(o *Object) []jen.Code {
	code := []jen.Code{e.objectStruct(o), e.objectID(o), e.objectBind(o)}
	code = append(code, e.jsonMethods(o.GoName, receiver(o))...)
	code = append(code, e.attributes(o.Attributes)...)
	return append(code, e.applyMethod(o.Attributes))
}

func receiver(o *Object) string {
	if o.Account {
		return "a"
	}
	return "e"
}

// keyed reports whether the spec's keyType leaves the key alone to identify
// objects.
func (o *Object) keyed() bool { return o.KeyType != schema.NoKeyType }

func (e emitter) objectStruct(o *Object) jen.Code {
	return documented(o.Doc, jen.Type().Id(o.GoName).StructFunc(func(g *jen.Group) {
		if o.keyed() {
			g.Id("Key").Add(e.sdk("Key")).Comment(keyComments[o.KeyType])
		} else {
			g.Id("Identity").String().Comment("native identity")
			g.Id("UUID").String().Comment("ID that never changes; \"\" is absent")
			g.Id("Key").Add(e.sdk("Key")).Comment("may stand in for Identity and UUID")
		}
		if o.Open {
			g.Id("Type").String()
		}
		if o.Account {
			g.Id("Disabled").Op("*").Bool().Comment("nil is absent")
			g.Id("Locked").Op("*").Bool().Comment("nil is absent")
		}
		g.Id("Deleted").Bool().Comment("stateful aggregation: it is gone since the last run")
		g.Id("Attributes").Id(o.Attributes.GoName)
		if o.Account {
			g.Id("Incomplete").Bool()
			g.Id("FinalUpdate").Bool()
		}
		g.Id("Permissions").Index().Add(e.sdk("Permission"))
		if o.Account {
			g.Id("Results").Index().Add(e.sdk("Result")).Comment("attributes that a create or update could not set")
		}
	}))
}

var keyComments = map[schema.KeyType]string{
	schema.SimpleKeyType:   "made with SimpleKey",
	schema.CompoundKeyType: "made with CompoundKey",
}

func (e emitter) objectID(o *Object) jen.Code {
	r := receiver(o)
	body := []jen.Code{jen.Return(jen.Id(r).Dot("Key").Dot("ID").Call())}
	if !o.keyed() {
		body = []jen.Code{
			jen.If(jen.Id(r).Dot("Identity").Op("!=").Lit("")).Block(jen.Return(jen.Id(r).Dot("Identity"))),
			body[0],
		}
	}
	return documented("ID returns the native identity.",
		jen.Func().Params(jen.Id(r).Id(o.GoName)).Id("ID").Params().String().Block(body...))
}

func (e emitter) objectBind(o *Object) jen.Code {
	r := receiver(o)
	bind := func(method string, args ...jen.Code) jen.Code { return jen.Id("b").Dot(method).Call(args...) }
	field := func(method, name, goName string) jen.Code {
		return bind(method, jen.Lit(name), jen.Op("&").Id(r).Dot(goName))
	}
	return documented("Bind ties the fields to the members on the wire.",
		e.bindFunc(r, o.GoName, "Bind").BlockFunc(func(g *jen.Group) {
			if !o.keyed() {
				g.Add(field("String", "identity", "Identity"))
				g.Add(field("String", "uuid", "UUID"))
			}
			g.Add(bind("Key", jen.Lit("key"), e.keyType(o), jen.Op("&").Id(r).Dot("Key")))
			switch {
			case o.Open:
				g.Add(field("String", "type", "Type"))
			case !o.Account:
				g.Add(bind("Constant", jen.Lit("type"), jen.Lit(o.Type)))
			default:
				g.Add(field("Bool", "disabled", "Disabled"))
				g.Add(field("Bool", "locked", "Locked"))
			}
			g.Add(field("Flag", "deleted", "Deleted"))
			g.Add(field("Object", "attributes", "Attributes"))
			if o.Account {
				g.Add(field("Flag", "incomplete", "Incomplete"))
				g.Add(field("Flag", "finalUpdate", "FinalUpdate"))
			}
			g.Add(field("Permissions", "permissions", "Permissions"))
			if o.Account {
				g.Add(field("Results", "results", "Results"))
			}
		}))
}

// bindFunc begins a Bind method.
func (e emitter) bindFunc(receiver, typeName, name string) *jen.Statement {
	return jen.Func().Params(jen.Id(receiver).Op("*").Id(typeName)).Id(name).Params(jen.Id("b").Op("*").Add(e.sdk("Binder")))
}

func (e emitter) keyType(o *Object) jen.Code { return e.sdk(keyTypes[o.KeyType]) }

var keyTypes = map[schema.KeyType]string{
	schema.NoKeyType:       "KeyTypeNone",
	schema.SimpleKeyType:   "KeyTypeSimple",
	schema.CompoundKeyType: "KeyTypeCompound",
}

// jsonMethods let encoding/json carry the type, in tests and logs for example.
func (e emitter) jsonMethods(typeName, r string) []jen.Code {
	return []jen.Code{
		documented("MarshalJSON writes what is sent on the wire.",
			jen.Func().Params(jen.Id(r).Id(typeName)).Id("MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).Block(
				jen.Return(e.sdk("Marshal").Call(jen.Op("&").Id(r))),
			)),
		documented("UnmarshalJSON reads what comes on the wire.",
			jen.Func().Params(jen.Id(r).Op("*").Id(typeName)).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().Block(
				jen.Return(e.sdk("Unmarshal").Call(jen.Id("data"), jen.Id(r))),
			)),
	}
}

// attributes emits a struct of attributes with what carries it.
func (e emitter) attributes(a *Attributes) []jen.Code {
	code := append([]jen.Code{e.attributesStruct(a)}, e.attributesBind(a)...)
	return append(code, e.jsonMethods(a.GoName, a.Receiver)...)
}

func (e emitter) attributesStruct(a *Attributes) jen.Code {
	return documented(a.Doc, jen.Type().Id(a.GoName).StructFunc(func(g *jen.Group) {
		for _, f := range a.Fields {
			g.Add(documented(f.Doc, jen.Id(f.GoName).Add(goType(f.Type))))
		}
		if len(a.Fields) > 0 {
			g.Line()
		}
		g.Add(documented("Extra holds the attributes that the spec does not list, by name.",
			jen.Id("Extra").Map(jen.String()).Any()))
	}))
}

// goType is the Go type of an attribute's field.
func goType(t FieldType) *jen.Statement {
	switch t {
	case BoolField:
		return jen.Op("*").Bool()
	case IntField:
		return jen.Op("*").Int64()
	case StringsField:
		return jen.Index().String()
	case BoolsField:
		return jen.Index().Bool()
	case IntsField:
		return jen.Index().Int64()
	}
	return jen.String()
}

// maxBinds is how many attributes one function binds: the compiler takes more
// than proportionally long for long functions.
const maxBinds = 100

// attributesBind emits Bind, in parts where there are many attributes.
func (e emitter) attributesBind(a *Attributes) []jen.Code {
	extra := jen.Id("b").Dot("Extra").Call(jen.Op("&").Id(a.Receiver).Dot("Extra"))
	doc := "Bind ties the fields to the attributes' names."
	if len(a.Fields) <= maxBinds {
		body := append(e.binds(a.Receiver, a.Fields), extra)
		return []jen.Code{documented(doc, e.bindFunc(a.Receiver, a.GoName, "Bind").Block(body...))}
	}
	var calls, parts []jen.Code
	for start := 0; start < len(a.Fields); start += maxBinds {
		name := "bind" + strconv.Itoa(len(parts)+1)
		part := a.Fields[start:min(start+maxBinds, len(a.Fields))]
		calls = append(calls, jen.Id(a.Receiver).Dot(name).Call(jen.Id("b")))
		parts = append(parts, e.bindFunc(a.Receiver, a.GoName, name).Block(e.binds(a.Receiver, part)...))
	}
	bind := documented(doc, e.bindFunc(a.Receiver, a.GoName, "Bind").Block(append(calls, extra)...))
	return append([]jen.Code{bind}, parts...)
}

func (e emitter) binds(receiver string, fields []*Field) []jen.Code {
	return each(fields, func(f *Field) jen.Code {
		b := jen.Id("b")
		if f.Required {
			b = b.Dot("Required").Call()
		}
		return b.Dot(string(f.Type)).Call(jen.Lit(f.Name), jen.Op("&").Id(receiver).Dot(f.GoName))
	})
}

func (e emitter) applyMethod(a *Attributes) jen.Code {
	return documented("Apply carries out changes in their order: all of them, or none and an error that names the attributes.",
		jen.Func().Params(jen.Id(a.Receiver).Op("*").Id(a.GoName)).Id("Apply").
			Params(jen.Id("changes").Index().Add(e.sdk("AttributeChange"))).Error().Block(
			jen.Return(e.sdk("Apply").Call(jen.Id(a.Receiver), jen.Id("changes"))),
		))
}

func (e emitter) createInput() jen.Code {
	return documented("AccountCreateInput is the input of std:account:create.",
		jen.Type().Id("AccountCreateInput").Struct(
			jen.Id("Identity").String().Comment("may be empty"),
			jen.Id("Attributes").Id(e.Create.Attributes.GoName),
			jen.Id("AttributesWithMetadata").Index().Add(e.sdk("AttributeMetadata")),
			jen.Id("Schema").Op("*").Add(e.sdk("AccountSchema")).Comment("only from sources with custom schemas"),
		))
}

func (e emitter) createInputBind() jen.Code {
	field := func(method, name, goName string) jen.Code {
		return jen.Id("b").Dot(method).Call(jen.Lit(name), jen.Op("&").Id("in").Dot(goName))
	}
	return documented("Bind ties the fields to the members on the wire.",
		e.bindFunc("in", "AccountCreateInput", "Bind").Block(
			field("String", "identity", "Identity"),
			field("Object", "attributes", "Attributes"),
			field("Metadata", "attributesWithMetadata", "AttributesWithMetadata"),
			field("Schema", "schema", "Schema"),
		))
}
