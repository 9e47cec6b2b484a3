package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

func (e emitter) memoryFile(yield func(jen.Code) bool) {
	if !yield(e.memoryStruct()) || !yield(e.memoryNew()) {
		return
	}
	for _, o := range e.Tables() {
		if !yield(e.newObject(o)) {
			return
		}
	}
	for _, m := range e.Methods() {
		if m.Memory != protocol.NoAnswer && !yield(e.memoryMethod(m, memoryAnswers[m.Memory])) {
			return
		}
	}
}

func (e emitter) memoryStruct() jen.Code {
	return documented("Memory is a working Client that reads and changes sample data in memory. "+
		"Embed it, and replace its methods one by one with calls to the source. It is safe for concurrent use.",
		jen.Type().Id("Memory").StructFunc(func(g *jen.Group) {
			g.Id("UnimplementedClient").Comment("for the commands that Memory does not answer")
			for i, o := range e.Tables() {
				if i == 0 {
					g.Line()
				}
				g.Id(o.Table).Op("*").Add(e.memory("Table").Types(jen.Id(o.GoName)))
			}
		}))
}

func (e emitter) memoryNew() jen.Code {
	tables := each(e.Tables(), func(o *plan.Object) jen.Code {
		samples := e.memory("Samples").Types(jen.Id(o.Attributes.GoName)).Call(jen.Id("spec"), jen.Lit(o.Type))
		return jen.Id(o.Table).Op(":").Add(e.memory("NewTable").Call(jen.Id(o.New), samples))
	})
	literal := jen.Values()
	if len(tables) > 0 {
		literal = lines(tables)
	}
	return documented("NewMemory returns a Memory with sample accounts and entitlements, the same ones every time.",
		jen.Func().Id("NewMemory").Params().Op("*").Id("Memory").Block(
			jen.Return(jen.Op("&").Id("Memory").Add(literal)),
		))
}

// newObject emits the function that makes an object from its attributes.
func (e emitter) newObject(o *plan.Object) jen.Code {
	return jen.Func().Id(o.New).Params(jen.Id("a").Id(o.Attributes.GoName)).Id(o.GoName).BlockFunc(func(g *jen.Group) {
		id := e.identityOf(o, jen.Id("a"))
		if o.KeyType != schema.SimpleKeyType {
			g.Id("id").Op(":=").Add(id)
			id = jen.Id("id")
		}
		g.Return(jen.Id(o.GoName).Add(lines(e.newMembers(o, id))))
	})
}

// identityOf is the native identity among the attributes.
func (e emitter) identityOf(o *plan.Object, attributes *jen.Statement) *jen.Statement {
	if o.Identity.Field != "" {
		return attributes.Clone().Dot(o.Identity.Field)
	}
	return e.memory("Text").Call(jen.Op("&").Add(attributes), jen.Lit(o.Identity.Name))
}

func (e emitter) newMembers(o *plan.Object, id jen.Code) []jen.Code {
	var members []jen.Code
	switch o.KeyType {
	case schema.SimpleKeyType:
		members = append(members, jen.Id("Key").Op(":").Add(e.sdk("SimpleKey").Call(id)))
	case schema.CompoundKeyType:
		members = append(members, jen.Id("Key").Op(":").Add(e.sdk("CompoundKey").Call(id, e.memory("UUID").Call(id))))
	default:
		members = append(members, jen.Id("Identity").Op(":").Add(id), jen.Id("UUID").Op(":").Add(e.memory("UUID").Call(id)))
	}
	if o.Account {
		members = append(members,
			jen.Id("Disabled").Op(":").Add(e.sdk("Ptr").Call(jen.False())),
			jen.Id("Locked").Op(":").Add(e.sdk("Ptr").Call(jen.False())))
	}
	return append(members, jen.Id("Attributes").Op(":").Id("a"))
}

// rekey updates an object's identity from its attributes. Its unique ID stays.
func (e emitter) rekey(o *plan.Object) jen.Code {
	id := e.identityOf(o, jen.Id("a").Dot("Attributes"))
	switch o.KeyType {
	case schema.SimpleKeyType:
		return jen.Id("a").Dot("Key").Op("=").Add(e.sdk("SimpleKey").Call(id))
	case schema.CompoundKeyType:
		return jen.Id("a").Dot("Key").Dot("LookupID").Op("=").Add(id)
	}
	return jen.Id("a").Dot("Identity").Op("=").Add(id)
}

// A memoryAnswer says what Memory does for a command.
type memoryAnswer struct {
	doc   string // after the method's name
	input bool   // the body uses the input
	table bool   // the body uses the table of the method's objects
	body  func(emitter, *plan.Method) []jen.Code
}

// memoryAnswers are Memory's answers.
var memoryAnswers = map[protocol.Answer]memoryAnswer{
	protocol.Succeed:        {"always succeeds.", false, false, emitter.nothingBody},
	protocol.ReturnSchema:   {"returns the schema of the spec.", false, false, emitter.discoverBody},
	protocol.ListAll:        {"sends everything in memory, or what has changed since the last stateful run.", true, true, emitter.listBody},
	protocol.ReadOne:        {"returns the object from memory, or NotFound.", true, true, emitter.readBody},
	protocol.CreateOne:      {"adds an account to memory. Its ID must be new.", true, true, emitter.createBody},
	protocol.UpdateOne:      {"applies the changes in memory. Changing the identity attribute changes the account's ID.", true, true, emitter.updateBody},
	protocol.DeleteOne:      {"removes the account from memory.", true, true, emitter.deleteBody},
	protocol.EnableOne:      {"enables the account in memory.", true, true, emitter.enableBody},
	protocol.DisableOne:     {"disables the account in memory.", true, true, emitter.disableBody},
	protocol.UnlockOne:      {"unlocks the account in memory.", true, true, emitter.unlockBody},
	protocol.AcceptPassword: {"accepts any password for an existing account.", true, true, emitter.passwordBody},

	protocol.FindNone:      {"always returns NotFound.", true, false, emitter.notFoundBody},
	protocol.ReturnOptions: {"returns the options that the spec lists for the config item.", true, false, emitter.optionsBody},
	protocol.ReturnNone:    {"returns an empty list.", false, false, emitter.zeroBody},
	protocol.SendNone:      {"sends nothing.", false, false, emitter.nothingBody},
	protocol.ReturnEmpty:   {"does nothing.", false, false, emitter.zeroBody},
}

func (e emitter) memoryMethod(m *plan.Method, answer memoryAnswer) jen.Code {
	in, out := "_", "_"
	if answer.input {
		in = "in"
	}
	if m.Command.Shape == protocol.Streaming && answer.table {
		out = "out"
	}
	return documented(m.GoName+" "+answer.doc,
		jen.Func().Params(jen.Id("m").Op("*").Id("Memory")).Id(m.GoName).Add(e.signature(m, "_", in, out)).Block(answer.body(e, m)...))
}

// table calls a method of the table of a method's objects.
func (e emitter) table(m *plan.Method, method string, args ...jen.Code) *jen.Statement {
	return jen.Id("m").Dot(m.Object.Table).Dot(method).Call(args...)
}

// inputID is the ID of a command's object.
func inputID() jen.Code { return jen.Id("in").Dot("ID").Call() }

func (e emitter) nothingBody(*plan.Method) []jen.Code { return []jen.Code{jen.Return(jen.Nil())} }

// zeroBody returns an empty list or output.
func (e emitter) zeroBody(m *plan.Method) []jen.Code {
	return []jen.Code{jen.Return(e.typ(m.Output).Values(), jen.Nil())}
}

func (e emitter) optionsBody(*plan.Method) []jen.Code {
	return []jen.Code{jen.Return(e.memory("ConfigOptions").Call(jen.Id("spec"), jen.Id("in").Dot("Key")))}
}

func (e emitter) notFoundBody(m *plan.Method) []jen.Code {
	notFound := e.sdk("NotFound").Call(jen.Lit("%q is not in the source"), inputID())
	return []jen.Code{jen.Return(e.typ(m.Output).Values(), notFound)}
}

func (e emitter) discoverBody(*plan.Method) []jen.Code {
	return []jen.Code{jen.Return(jen.Id("spec").Dot("AccountSchema").Call(), jen.Nil())}
}

func (e emitter) listBody(m *plan.Method) []jen.Code {
	return []jen.Code{jen.Return(e.table(m, "List", jen.Id("out"), jen.Id("in").Dot("Stateful"), jen.Id("in").Dot("State")))}
}

func (e emitter) readBody(m *plan.Method) []jen.Code {
	return []jen.Code{jen.Return(e.table(m, "Read", inputID()))}
}

func (e emitter) deleteBody(m *plan.Method) []jen.Code {
	return []jen.Code{jen.Return(e.table(m, "Delete", inputID()))}
}

func (e emitter) createBody(m *plan.Method) []jen.Code {
	object := m.Object
	taken := jen.Id("taken").Func().Params(jen.String()).Bool()
	build := jen.Func().Params(taken).Params(jen.Id(object.GoName), jen.Error()).Block(
		jen.List(jen.Id("attributes"), jen.Err()).Op(":=").Add(e.memory("NewAttributes").Types(jen.Id(object.Attributes.GoName)).Call(
			jen.Id("spec"), jen.Id("in").Dot("Identity"), jen.Op("&").Id("in").Dot("Attributes"), jen.Id("taken"),
		)),
		jen.Return(jen.Id(object.New).Call(jen.Id("attributes")), jen.Err()),
	)
	return []jen.Code{
		jen.Return(e.table(m, "Create", build)),
	}
}

func (e emitter) updateBody(m *plan.Method) []jen.Code {
	apply := jen.Id("in").Dot("Apply").Call(jen.Op("&").Id("a").Dot("Attributes"))
	return e.change(
		m,
		jen.If(jen.Err().Op(":=").Add(apply), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
		e.rekey(m.Object),
		jen.Return(jen.Nil()),
	)
}

func (e emitter) enableBody(m *plan.Method) []jen.Code { return e.set(m, "Disabled", jen.False()) }

func (e emitter) disableBody(m *plan.Method) []jen.Code { return e.set(m, "Disabled", jen.True()) }

func (e emitter) unlockBody(m *plan.Method) []jen.Code { return e.set(m, "Locked", jen.False()) }

// set sets one of the account's flags.
func (e emitter) set(m *plan.Method, field string, value jen.Code) []jen.Code {
	return e.change(m, jen.Id("a").Dot(field).Op("=").Add(e.sdk("Ptr").Call(value)), jen.Return(jen.Nil()))
}

// change changes an account in the table.
func (e emitter) change(m *plan.Method, body ...jen.Code) []jen.Code {
	change := jen.Func().Params(jen.Id("a").Op("*").Id(m.Object.GoName)).Error().Block(body...)
	return []jen.Code{jen.Return(e.table(m, "Update", inputID(), change))}
}

func (e emitter) passwordBody(m *plan.Method) []jen.Code {
	return []jen.Code{
		jen.List(jen.Id("_"), jen.Err()).Op(":=").Add(e.table(m, "Read", inputID())),
		jen.Return(jen.Err()),
	}
}
