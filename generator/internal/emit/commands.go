package emit

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema/protocol"
)

func (e emitter) commandsFile(yield func(jen.Code) bool) {
	if !yield(e.versionCheck()) {
		return
	}
	for _, m := range e.Methods() {
		if !yield(e.descriptor(m)) {
			return
		}
	}
	all(yield, e.newFunc(), e.mainFunc())
}

// versionCheck turns an outdated SDK into a compile error that explains itself.
func (e emitter) versionCheck() jen.Code {
	return documented(fmt.Sprintf("This code needs version %d of the conngen SDK, or a newer one. If the next line does not compile, the SDK is too old: "+
		"run conngen generate, which writes both, or update the module that provides the SDK.", e.sdkVersion),
		jen.Const().Id("_").Op("=").Add(e.sdk(fmt.Sprintf("IsAtLeastVersion%d", e.sdkVersion))))
}

// descriptor emits the variable that describes a method of the client.
func (e emitter) descriptor(m *plan.Method) jen.Code {
	output := e.typ(m.Output)
	if m.Command.Shape == protocol.Action {
		output = e.sdk("None")
	}
	constructor, args := "NewMethod", []jen.Code{jen.Lit(m.Command.Name)}
	if t := m.EntitlementType(); t != "" {
		constructor, args = "NewTypeMethod", append(args, jen.Lit(t))
	}
	return documented(m.Var+" "+firstSentence(m.Doc),
		jen.Var().Id(m.Var).Op("=").Add(e.sdk(constructor).Types(e.typ(m.Input), output).Call(args...)))
}

// firstSentence truncates a text after its first sentence.
func firstSentence(text string) string {
	first, _, _ := strings.Cut(text, ". ")
	return plan.Sentence(first)
}

// open is the parameter that makes clients.
func (e emitter) open() jen.Code {
	return jen.Id("open").Func().Params(jen.Qual("context", "Context"), jen.Id("Config")).Params(jen.Id("Client"), jen.Error())
}

func (e emitter) newFunc() jen.Code {
	return documented("New returns the connector that answers the spec's commands with the clients that open returns. It is an http.Handler.",
		jen.Func().Id("New").Params(e.open(), jen.Id("opts").Op("...").Add(e.sdk("Option"))).Op("*").Add(e.sdk("Connector")).Block(
			jen.Return(e.sdk("New").Call(
				jen.Id("spec"), jen.Id("DecodeConfig"), jen.Id("open"),
				jen.Index().Add(e.sdk("Handler").Types(jen.Id("Client"))).Add(lines(each(e.Methods(), e.handler))),
				jen.Id("opts").Op("..."),
			)),
		))
}

// handler is one row of the table of methods.
func (e emitter) handler(m *plan.Method) jen.Code {
	return e.sdk(makers[m.Command.Shape]).Call(jen.Id(m.Var), jen.Id("Client").Dot(m.GoName))
}

// makers are the SDK functions that turn methods into handlers.
var makers = map[protocol.Shape]string{
	protocol.Unary:          "Unary",
	protocol.Action:         "Action",
	protocol.Streaming:      "Streaming",
	protocol.ByDataset:      "ByDataset",
	protocol.ByDatasetOrAll: "ByDatasetOrAll",
}

func (e emitter) mainFunc() jen.Code {
	return documented("Main runs the connector as a program: it serves commands over HTTP, runs a single command from the shell, or answers the commands of the bundle it is packed in. See [sdk.Connector.Execute].",
		jen.Func().Id("Main").Params(e.open(), jen.Id("opts").Op("...").Add(e.sdk("Option"))).Block(
			jen.Id("New").Call(jen.Id("open"), jen.Id("opts").Op("...")).Dot("Main").Call(),
		))
}
