package sdk

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/nearest"
)

// A misspelling is a member of an input that the command does not know, and the one that
// it probably stands for.
type misspelling struct{ in, name, meant string }

// misspelt returns the members of a request's input that look misspelt. Those that look
// like no other may be what the connector reads without a type.
func (c *Connector) misspelt(req Request) []misspelling {
	in := c.inputOf(req)
	if in == nil {
		return nil
	}
	return misspeltMembers("the input of "+string(req.Type), req.Input, in)
}

// inputOf returns an input of the type that a request's command reads, nil if the connector reads it
// by itself.
func (c *Connector) inputOf(req Request) Wired {
	all, ok := c.handlers[req.Type]
	if !ok {
		return nil
	}
	h, err := all.pick(&call{input: req.Input})
	if err != nil {
		return nil
	}
	in := reflect.New(typeAt(h.in)).Interface()
	if _, ok := in.(*DatasetInput); ok {
		in = new(datasetsInput)
	}
	wired, _ := in.(Wired)
	return wired
}

// misspeltMembers returns the misspelt members of one object and of those in it.
func misspeltMembers(object string, raw json.RawMessage, v Wired) []misspelling {
	members, err := jsontext.Members(raw)
	if err != nil {
		return nil // the command says what is wrong
	}
	var names []string
	nested := make(map[string]Wired)
	v.WireFields(&Fields{visit: func(name string, _ bool, f field) {
		names = append(names, name)
		if o, ok := f.(interface{ object() Wired }); ok {
			nested[name] = o.object()
		}
	}})
	var found []misspelling
	for _, name := range jsontext.SortedKeys(members) {
		if inner, ok := nested[name]; ok {
			elements, _ := jsontext.Elements(members[name])
			for _, element := range elements {
				found = append(found, misspeltMembers(fmt.Sprintf("%q in %s", name, object), element, inner)...)
			}
		}
		if slices.Contains(names, name) {
			continue
		}
		if meant := nearest.Name(name, names); meant != "" && members[meant] == nil {
			found = append(found, misspelling{object, name, meant})
		}
	}
	return found
}
