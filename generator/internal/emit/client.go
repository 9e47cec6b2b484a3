package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema/protocol"
)

func (e emitter) clientFile(yield func(jen.Code) bool) {
	if !all(yield, e.clientInterface(), e.unimplementedType()) {
		return
	}
	for _, m := range e.Methods() {
		if !yield(e.unimplementedMethod(m)) {
			return
		}
	}
}

func (e emitter) clientInterface() jen.Code {
	return documented("A Client answers the connector's commands. Each command gets its own Client, created with the source's config.",
		jen.Type().Id("Client").InterfaceFunc(func(g *jen.Group) {
			for i, m := range e.Methods() {
				if i > 0 {
					g.Line()
				}
				g.Add(documented(m.GoName+" "+m.Doc, jen.Id(m.GoName).Add(e.signature(m, "ctx", "in", "out"))))
			}
		}))
}

// signature returns a method's parameters, named as its body uses them, and its results.
func (e emitter) signature(m *plan.Method, ctx, in, out string) *jen.Statement {
	params := []jen.Code{jen.Id(ctx).Qual("context", "Context"), jen.Id(in).Add(e.typ(m.Input))}
	switch {
	case m.Command.Shape == protocol.Action:
		return jen.Params(params...).Error()
	case m.Command.Shape.Streams():
		stream := jen.Id(out).Op("*").Add(e.sdk("Stream").Types(e.typ(m.Output)))
		return jen.Params(append(params, stream)...).Error()
	}
	return jen.Params(params...).Params(e.typ(m.Output), jen.Error())
}

func (e emitter) unimplementedType() jen.Code {
	return documented("UnimplementedClient reports every command as not implemented, except those that the spec alone can answer. "+
		"A client that embeds it still compiles when a command is added to the spec.",
		jen.Type().Id("UnimplementedClient").Struct())
}

func (e emitter) unimplementedMethod(m *plan.Method) jen.Code {
	doc, body := m.GoName+" is not implemented.", e.notImplemented(m, "none")
	if answer, ok := defaultAnswers[m.Default]; ok {
		doc, body = m.GoName+" "+answer.doc, answer.body(e, m)
	}
	return documented(doc,
		jen.Func().Params(jen.Id("UnimplementedClient")).Id(m.GoName).Add(e.signature(m, "_", "_", "_")).Block(body...))
}

// defaultAnswers are UnimplementedClient's answers.
var defaultAnswers = map[protocol.Answer]memoryAnswer{
	protocol.Succeed:      {doc: "succeeds: a client exists only once its config has been decoded.", body: emitter.nothingBody},
	protocol.ReturnSchema: {doc: "returns the schema of the spec.", body: emitter.discoverBody},
}

// notImplemented is the body of a method that is not implemented; none is the name of its variable.
func (e emitter) notImplemented(m *plan.Method, none string) []jen.Code {
	err := e.sdk("NotImplemented").Call(e.local(m.Var).Dot("Command").Call())
	if m.Command.Shape == protocol.Unary {
		return []jen.Code{jen.Var().Id(none).Add(e.typ(m.Output)), jen.Return(jen.Id(none), err)}
	}
	return []jen.Code{jen.Return(err)}
}
