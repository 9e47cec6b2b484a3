package generator

import (
	"fmt"
	"strings"

	"github.com/conngen/conngen/schema/goname"

	"github.com/conngen/conngen/schema/protocol"
)

// planCommands decides about the commands: their constants and the client's
// methods. A command that is listed twice is one.
func (p *planner) planCommands() {
	seen := newScope(protocol.SpecRead)
	for i, c := range p.spec.Commands {
		if seen[c.Name] {
			continue
		}
		seen[c.Name] = true
		command := &Command{Name: c.Name, Const: p.takeCommand(memberName(c.Name, "Command", i))}
		if s, ok := protocol.Find(c.Name); ok {
			p.standardMethods(command, s)
		} else {
			p.customMethod(command, i)
		}
		for _, m := range command.Methods {
			m.Before, m.After = p.names.take("Before"+m.GoName), p.names.take("After"+m.GoName)
		}
		p.pkg.Commands = append(p.pkg.Commands, command)
	}
}

// takeCommand names a command's constant. One that is called as something else
// in the package gets Command behind its name, which says more than a number.
func (p *planner) takeCommand(name string) string {
	if p.names[name] && !p.isCommand(name) {
		name += "Command"
	}
	return p.names.take(name)
}

func (p *planner) isCommand(name string) bool {
	for _, c := range p.pkg.Commands {
		if c.Const == name {
			return true
		}
	}
	return false
}

// customMethod decides about a command that the protocol does not know: JSON
// comes in and any values go out.
func (p *planner) customMethod(c *Command, i int) {
	c.Shape = protocol.Streaming
	c.Methods = []*Method{{
		GoName:  p.methods.take(memberName(c.Name, "Command", i)),
		Command: c,
		Doc:     fmt.Sprintf("answers %s, a command of this connector's own.", c.Name),
		Input:   Type{Where: rawJSON, Name: "RawMessage"},
		Output:  Type{Where: anyType, Name: "any"},
	}}
}

func (p *planner) standardMethods(c *Command, s protocol.Command) {
	c.Shape = s.Shape
	base := goname.Name(strings.TrimPrefix(s.Name, "std:"), "")
	input := Type{Where: inSDK, Name: s.Input}
	if s.Input == "" {
		input.Name = base + "Input"
	}
	if s.GeneratedInput {
		input.Where = inPackage
	}
	m := &Method{GoName: base, Command: c, Doc: s.Doc, Input: input, Memory: s.Memory, Default: s.Default}
	switch s.Object {
	case protocol.Entitlements:
		p.entitlementMethods(c, s, input)
		return
	case protocol.Accounts:
		m.Object = p.pkg.Account
	}
	switch {
	case s.Output != "":
		m.Output = Type{Where: inSDK, Name: s.Output, List: s.List}
	case s.Shape != protocol.Action:
		m.Output = Type{Name: m.Object.GoName}
	}
	m.GoName = p.methods.take(m.GoName)
	c.Methods = []*Method{m}
}

// entitlementMethods decides about a method per entitlement type: GroupList for
// std:entitlement:list and type group.
func (p *planner) entitlementMethods(c *Command, s protocol.Command, input Type) {
	verb := goname.Name(s.Name[strings.LastIndexByte(s.Name, ':')+1:], "")
	for _, e := range p.pkg.Entitlements {
		objectType := "any type"
		if !e.Open {
			c.ByType = true
			objectType = fmt.Sprintf("type %q", e.Type)
		}
		c.Methods = append(c.Methods, &Method{
			GoName:  p.methods.take(e.GoName + verb),
			Command: c,
			Doc:     fmt.Sprintf(s.Doc, objectType),
			Input:   input,
			Output:  Type{Name: e.GoName},
			Object:  e,
			Memory:  s.Memory,
		})
	}
}
