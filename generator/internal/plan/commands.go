package plan

import (
	"fmt"
	"strings"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// commands plans the commands: the client's methods and their descriptors. A command that
// is listed twice is one.
func (p *planner) commands() {
	seen := map[string]bool{protocol.SpecRead: true}
	var standard, entitlements, custom []claim
	for _, c := range p.spec.Commands {
		if seen[c.Name] || c.Name == "" {
			continue
		}
		seen[c.Name] = true
		command := &Command{Name: c.Name, Key: schema.WireName(schema.WireCommand, c.Name), At: c.Pointer}
		s, ok := protocol.Find(c.Name)
		switch {
		case !ok:
			custom = append(custom, p.customMethod(command))
		case s.Object == protocol.Entitlements:
			entitlements = append(entitlements, p.entitlementMethods(command, s)...)
		default:
			standard = append(standard, p.standardMethod(command, s))
		}
		p.pkg.Commands = append(p.pkg.Commands, command)
	}
	methods := newScope(0, clientNames...)
	p.settle(methods, "", standard)
	p.settle(methods, "", entitlements)
	p.settle(methods, "Command", custom)
	p.descriptors()
}

// descriptors names the variables that describe the methods. They are named after the
// methods, unless a type or function of the package has the name.
func (p *planner) descriptors() {
	var claims []claim
	for _, m := range p.pkg.Methods() {
		c := claim{
			key: m.Command.Key, wire: m.Command.Name, at: m.Command.At, want: m.GoName,
			set: func(name string) { m.Var = name }, derived: true,
		}
		if t := m.EntitlementType(); t != "" {
			c.key, c.wire, c.at = schema.WireName(m.Command.Key, t), t, m.Object.At
		}
		claims = append(claims, c)
	}
	p.settle(p.names, "Method", claims)
}

// customMethod plans a command that the protocol does not know: JSON comes in and any
// values go out.
func (p *planner) customMethod(c *Command) claim {
	c.Shape = protocol.Streaming
	m := &Method{
		Command: c,
		Doc:     fmt.Sprintf("answers %s, a custom command of this connector.", c.Name),
		Input:   Type{Name: "RawMessage", Where: JSON},
		Output:  Type{Name: "any", Where: Builtin},
	}
	c.Methods = []*Method{m}
	claim := p.methodClaim(m, p.namer.Name(c.Name, "Command"))
	claim.text = c.Name
	return claim
}

func (p *planner) methodClaim(m *Method, want string) claim {
	return claim{
		key: m.Command.Key, wire: m.Command.Name, at: m.Command.At, want: want, kind: "Command",
		set: func(name string) { m.GoName = name },
	}
}

// standardName is the name of something in the protocol, which no setting changes.
func (p *planner) standardName(command string) string {
	return p.standard.Name(strings.TrimPrefix(command, protocol.Prefix), "")
}

func (p *planner) standardMethod(c *Command, s protocol.Command) claim {
	c.Shape = s.Shape
	name := p.standardName(s.Name)
	m := &Method{Command: c, Doc: s.Doc, Input: p.input(s), Memory: s.Memory, Default: s.Default}
	if s.Object == protocol.Accounts {
		m.Object = p.pkg.Account
	}
	switch {
	case s.Output != "":
		m.Output = Type{Name: s.Output, Where: SDK, List: s.List}
	case s.Shape != protocol.Action:
		m.Output = Type{Name: m.Object.GoName}
	}
	c.Methods = []*Method{m}
	return p.methodClaim(m, name)
}

func (p *planner) input(s protocol.Command) Type {
	switch {
	case s.GeneratedInput:
		return Type{Name: p.standardName(s.Name) + "Input"}
	case s.Input != "":
		return Type{Name: s.Input, Where: SDK}
	}
	return Type{Name: p.standardName(s.Name) + "Input", Where: SDK}
}

// entitlementMethods plans a method per entitlement type: GroupList for
// std:entitlement:list and type group.
func (p *planner) entitlementMethods(c *Command, s protocol.Command) []claim {
	c.Shape = s.Shape
	verb := p.standardName(s.Name[strings.LastIndexByte(s.Name, ':')+1:])
	var claims []claim
	for _, e := range p.pkg.Entitlements {
		m := &Method{Command: c, Input: p.input(s), Output: Type{Name: e.GoName}, Object: e, Memory: s.Memory}
		objectType := fmt.Sprintf("type %q", e.Type)
		if e.Open {
			objectType, m.Memory = "any type", withoutObjects[s.Memory]
		}
		m.Doc = fmt.Sprintf(s.Doc, objectType)
		c.Methods = append(c.Methods, m)
		claim := p.methodClaim(m, e.GoName+verb)
		claim.key, claim.derived = schema.WireName(c.Key, e.Type), true
		claims = append(claims, claim)
	}
	return claims
}

// withoutObjects are Memory's answers about entitlements of a spec that names no types:
// nothing is known from which to make any up.
var withoutObjects = map[protocol.Answer]protocol.Answer{
	protocol.ListAll: protocol.SendNone,
	protocol.ReadOne: protocol.FindNone,
}
