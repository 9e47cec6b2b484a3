package generator

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/schema/protocol"
)

func (e emitter) hooksFile() []jen.Code {
	var code []jen.Code
	for _, m := range e.clientMethods() {
		code = append(code, e.beforeHook(m), e.afterHook(m))
	}
	return code
}

// beforeHook is the option for a hook before a method.
func (e emitter) beforeHook(m *Method) jen.Code {
	in := e.typ(m.Input)
	return documented(fmt.Sprintf("%s has hook replace the input of %s.", m.Before, m.GoName),
		jen.Func().Id(m.Before).Params(hook(in, in)).Add(e.sdk("Option")).Block(
			jen.Return(e.sdk("Before").Call(jen.Id(m.Command.Const), objectType(m), jen.Id("hook"))),
		))
}

// afterHook is the option for a hook behind a method.
func (e emitter) afterHook(m *Method) jen.Code {
	if m.Command.Shape == protocol.Action {
		return documented(fmt.Sprintf("%s has hook run when %s has worked.", m.After, m.GoName),
			jen.Func().Id(m.After).Params(jen.Id("hook").Func().Params(jen.Qual("context", "Context")).Error()).Add(e.sdk("Option")).Block(
				jen.Return(e.sdk("AfterAction").Call(jen.Id(m.Command.Const), jen.Id("hook"))),
			))
	}
	out := e.typ(m.Output)
	return documented(fmt.Sprintf("%s has hook replace each output of %s.", m.After, m.GoName),
		jen.Func().Id(m.After).Params(hook(out, out)).Add(e.sdk("Option")).Block(
			jen.Return(e.sdk("After").Call(jen.Id(m.Command.Const), objectType(m), jen.Id("hook"))),
		))
}

// hook is the parameter for a function that replaces a value.
func hook(takes, gives jen.Code) jen.Code {
	return jen.Id("hook").Func().Params(jen.Qual("context", "Context"), takes).Params(gives, jen.Error())
}

// objectType is the entitlement type that a method is for, "" for most.
func objectType(m *Method) jen.Code {
	if m.Command.ByType {
		return jen.Lit(m.Object.Type)
	}
	return jen.Lit("")
}
