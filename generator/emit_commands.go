package generator

import (
	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/schema/protocol"
)

func (e emitter) commandsFile() []jen.Code {
	var code []jen.Code
	if len(e.Commands) > 0 {
		code = append(code, e.commandConstants())
	}
	return append(code, e.newFunc(), e.mainFunc())
}

func (e emitter) commandConstants() jen.Code {
	return documented("The commands of the connector.", jen.Const().DefsFunc(func(g *jen.Group) {
		for _, c := range e.Commands {
			g.Id(c.Const).Add(e.sdk("Command")).Op("=").Lit(c.Name)
		}
	}))
}

// open is the parameter that makes clients.
func (e emitter) open() jen.Code {
	return jen.Id("open").Func().Params(jen.Qual("context", "Context"), jen.Id("Config")).Params(jen.Id("Client"), jen.Error())
}

func (e emitter) newFunc() jen.Code {
	return documented("New returns the connector that answers the spec's commands with the clients that open returns. It is an http.Handler.",
		jen.Func().Id("New").Params(e.open(), jen.Id("opts").Op("...").Add(e.sdk("Option"))).
			Op("*").Add(e.sdk("Registry").Types(jen.Id("Client"))).Block(
			jen.Return(e.sdk("NewRegistry").Call(
				jen.Id("spec"),
				e.sdk("Decoded").Call(jen.Id("DecodeConfig"), jen.Id("open")),
				e.handlers(),
				jen.Id("opts").Op("..."),
			)),
		))
}

// handlers is the table of the commands.
func (e emitter) handlers() jen.Code {
	return e.sdk("Handlers").Types(jen.Id("Client")).Add(lines(each(e.Commands, func(c *Command) jen.Code {
		return jen.Id(c.Const).Op(":").Add(e.handler(c))
	})))
}

func (e emitter) handler(c *Command) jen.Code {
	if !c.ByType {
		return e.adapter(c.Methods[0])
	}
	return e.sdk("ByType").Call(jen.Map(jen.String()).Add(e.sdk("Handler").Types(jen.Id("Client"))).Add(
		lines(each(c.Methods, func(m *Method) jen.Code {
			return jen.Lit(m.Object.Type).Op(":").Add(e.adapter(m))
		}))))
}

func (e emitter) adapter(m *Method) jen.Code {
	return e.sdk(adapters[m.Command.Shape]).Call(jen.Id("Client").Dot(m.GoName))
}

// adapters are the SDK's functions that make handlers of methods.
var adapters = map[protocol.Shape]string{
	protocol.Unary:          "Unary",
	protocol.Action:         "Action",
	protocol.Streaming:      "Streaming",
	protocol.ByDataset:      "ByDataset",
	protocol.ByDatasetOrAll: "ByDatasetOrAll",
}

func (e emitter) mainFunc() jen.Code {
	return documented("Main is the connector as a program: it serves commands over HTTP, runs one from the shell, or answers those of the bundle that it is in. See Registry.Execute.",
		jen.Func().Id("Main").Params(e.open(), jen.Id("opts").Op("...").Add(e.sdk("Option"))).Block(
			jen.Id("New").Call(jen.Id("open"), jen.Id("opts").Op("...")).Dot("Main").Call(),
		))
}
