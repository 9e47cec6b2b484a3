package console

import (
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// A command describes one of the spec's commands to the page.
type command struct {
	Name       string  `json:"name"`
	Doc        string  `json:"doc"`
	Shape      string  `json:"shape"`
	Object     string  `json:"object"`
	Inputs     []field `json:"inputs"`
	Capability string  `json:"capability"` // ISC's name
}

// A field is a member of a command's input, with the kind of control that the page draws for it.
type field struct {
	Name     string        `json:"name"`
	Kind     protocol.Kind `json:"kind"`
	Required bool          `json:"required"`
	Help     string        `json:"help"`
}

// shapeNames are the names of shapes.
var shapeNames = map[protocol.Shape]string{
	protocol.NoShape: "none", protocol.Unary: "unary", protocol.Action: "action", protocol.Streaming: "streaming",
	protocol.ByDataset: "by-dataset", protocol.ByDatasetOrAll: "by-dataset",
}

var objectNames = map[protocol.Object]string{protocol.NoObject: "", protocol.Accounts: "account", protocol.Entitlements: "entitlement"}

// commandsOf returns the commands of a spec, in spec order.
func commandsOf(spec *schema.Spec) []command {
	all := []command{}
	for _, name := range spec.DistinctCommands() {
		p, known := protocol.Find(name)
		shape := shapeNames[p.Shape]
		if !known {
			shape = "" // the connector's own command
		}
		all = append(all, command{name, p.Summary(), shape, objectNames[p.Object], fieldsOf(p.InputsFor(spec)), p.CapabilityFor(spec)})
	}
	return all
}

// fieldsOf returns the members of an input that have controls on the page. The control of the state
// also says whether the run is stateful.
func fieldsOf(inputs []protocol.Input) []field {
	all := []field{}
	for _, in := range inputs {
		if !in.Seldom && in.Kind != protocol.Stateful {
			all = append(all, field{in.Name, in.Kind, in.Required, in.Help})
		}
	}
	return all
}
