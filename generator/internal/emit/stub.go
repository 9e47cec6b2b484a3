package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/plan"
)

// A Client emits parts of an author's client, outside the generated package.
type Client struct{ emitter }

// NewClient returns an emitter for clients of a package with an import path and an SDK with
// another.
func NewClient(p *plan.Package, importPath, sdk string) Client {
	return Client{emitter{Package: p, sdkPath: sdk, from: importPath}}
}

// Imports returns the packages that the code may need, and their names.
func (c Client) Imports() map[string]string {
	return map[string]string{"context": "context", "encoding/json": "json", c.from: c.Name, c.sdkPath: sdkName}
}

// Type declares the client's type.
func (c Client) Type(name string, methods bool) jen.Code {
	doc := name + " answers the connector's commands. Give it what it needs to talk to the source, and create it in the function passed to New or Main."
	if !methods {
		doc = name + " is the client of a connector without commands of its own."
	}
	return documented(doc, jen.Type().Id(name).Struct())
}

// MethodNames are the names of a method's receiver, parameters and variable.
type MethodNames struct{ Receiver, Context, Input, Output, None string }

// Method declares a method on a receiver type; its body reports that it is not implemented.
func (c Client) Method(m *plan.Method, receiverType string, n MethodNames) jen.Code {
	return documented(m.GoName+" "+m.Doc,
		jen.Func().Params(jen.Id(n.Receiver).Id(receiverType)).Id(m.GoName).Add(c.signature(m, n.Context, n.Input, n.Output)).Block(c.notImplemented(m, n.None)...))
}
