package generator

import (
	"fmt"
	"strings"

	"github.com/conngen/conngen/schema/goname"
)

// planCommands decides about the commands: their constants and the client's
// methods. A command that is listed twice is one.
func (p *planner) planCommands() {
	seen := newScope(specRead)
	for i, c := range p.spec.Commands {
		if seen[c.Name] {
			continue
		}
		seen[c.Name] = true
		command := &Command{Name: c.Name, Const: p.takeCommand(memberName(c.Name, "Command", i))}
		if s, ok := standard(c.Name); ok {
			p.standardMethods(command, s)
		} else {
			p.customMethod(command, i)
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
	c.Shape = streaming
	c.Methods = []*Method{{
		GoName:  p.methods.take(memberName(c.Name, "Command", i)),
		Command: c,
		Doc:     fmt.Sprintf("answers %s, a command of this connector's own.", c.Name),
		Input:   Type{Where: rawJSON, Name: "RawMessage"},
		Output:  Type{Where: anyType, Name: "any"},
	}}
}

func (p *planner) standardMethods(c *Command, s standardCommand) {
	c.Shape = s.shape
	base := goname.Name(strings.TrimPrefix(s.name, "std:"), "")
	input := Type{Where: inSDK, Name: s.input}
	switch {
	case s.input == "":
		input.Name = base + "Input"
	case s.input == "AccountCreateInput":
		input.Where = inPackage
	}
	m := &Method{GoName: base, Command: c, Doc: s.doc, Input: input, Memory: s.memory}
	switch s.output {
	case accountOutput:
		m.Object = p.pkg.Account
		m.Output = Type{Name: m.Object.GoName}
	case entitlementOutput:
		p.entitlementMethods(c, s, input)
		return
	default:
		name, list := strings.CutPrefix(s.output, "[]")
		m.Output = Type{Where: inSDK, Name: name, List: list}
		m.Object = p.pkg.Account // delete and change-password work on it too
	}
	m.GoName = p.methods.take(m.GoName)
	c.Methods = []*Method{m}
}

// entitlementMethods decides about a method per entitlement type: GroupList for
// std:entitlement:list and type group.
func (p *planner) entitlementMethods(c *Command, s standardCommand, input Type) {
	verb := goname.Name(s.name[strings.LastIndexByte(s.name, ':')+1:], "")
	for _, e := range p.pkg.Entitlements {
		objectType := "any type"
		if !e.Open {
			c.ByType = true
			objectType = fmt.Sprintf("type %q", e.Type)
		}
		c.Methods = append(c.Methods, &Method{
			GoName:  p.methods.take(e.GoName + verb),
			Command: c,
			Doc:     fmt.Sprintf(s.doc, objectType),
			Input:   input,
			Output:  Type{Name: e.GoName},
			Object:  e,
			Memory:  s.memory,
		})
	}
}
