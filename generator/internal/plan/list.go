package plan

import (
	"slices"
	"strings"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// API lists the API of the package, one line for each exported declaration, with its wire names. To
// code that uses them, two packages with the same lines are the same.
func (p *Package) API() []Line {
	l := &lister{Package: p}
	for _, o := range slices.Concat(l.accounts(), p.Entitlements) {
		l.object(o)
	}
	l.createInput()
	l.updateInput()
	l.config(p.Config)
	for _, c := range p.Cards {
		l.config(c)
	}
	for _, c := range p.Choices {
		l.choice(c)
	}
	l.client()
	for _, m := range p.Methods() {
		l.method(m)
	}
	return l.lines
}

// A lister collects the lines of a package.
type lister struct {
	*Package
	lines []Line
}

// add adds a line with its position in the spec and its wire names.
func (l *lister) add(at schema.Pointer, keys []string, line Line) {
	line.At, line.Keys = at, keys
	l.lines = append(l.lines, line)
}

func (l *lister) accounts() []*Object {
	if l.Account == nil {
		return nil
	}
	return []*Object{l.Account}
}

// keyTypeKey is the wire name of the member that decides the kind of keys.
const keyTypeKey = "keyType"

func (l *lister) object(o *Object) {
	keys := []string{o.Key}
	if o.Open || o.Account && l.Spec.AccountSchema == nil {
		keys = l.commandsOf(o) // no schema defines the type
	}
	l.add(o.At, keys, NewLine("type", o.GoName, "struct"))
	for _, m := range o.Members {
		if m.GoName == "" {
			continue
		}
		wire, own := []string{m.Name}, keys
		if m.Carrier == "Key" {
			wire = append(wire, string(o.KeyType))
		}
		if slices.Contains([]string{"Key", "Identity", "UUID"}, m.GoName) {
			own = append([]string{keyTypeKey}, keys...)
		}
		l.add(o.At, own, NewLine("field", o.GoName+"."+m.GoName, m.Type.String(), wire...))
	}
	l.add(o.At, keys, NewLine("method", o.GoName+".ID", "func() string"))
	l.carried(o.GoName, o.At, keys)
	l.attributes(o.Attributes, o.At, keys)
}

// commandsOf are the wire names of the commands for a kind of object.
func (l *lister) commandsOf(o *Object) []string {
	kind := protocol.Entitlements
	if o.Account {
		kind = protocol.Accounts
	}
	var keys []string
	for _, c := range l.Commands {
		if s, ok := protocol.Find(c.Name); ok && s.Object == kind {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// carried lists the methods of types that are sent and received.
func (l *lister) carried(typeName string, at schema.Pointer, keys []string) {
	l.add(at, keys, NewLine("method", typeName+"."+FieldsMethod, "func(*sdk.Fields)"))
	if typeName != l.inputName() {
		l.add(at, keys, NewLine("method", typeName+"."+MarshalMethod, "func() ([]byte, error)"))
		l.add(at, keys, NewLine("method", typeName+"."+UnmarshalMethod, "func([]byte) error"))
	}
}

func (l *lister) inputName() string {
	if l.Create == nil {
		return ""
	}
	return l.Create.GoName
}

func (l *lister) attributes(a *Attributes, at schema.Pointer, keys []string) {
	l.add(at, keys, NewLine("type", a.GoName, "struct"))
	for _, f := range a.Fields {
		l.add(f.At, append([]string{f.Key}, keys...), NewLine("field", a.GoName+"."+f.GoName, f.Type.Go().String(), f.Name))
	}
	l.add(at, keys, NewLine("field", a.GoName+"."+ExtraField, "map[string]any"))
	l.carried(a.GoName, at, keys)
}

func (l *lister) createInput() {
	c := l.Create
	if c == nil {
		return
	}
	keys := []string{schema.WireCreate, schema.WireName(schema.WireCommand, createCommand)}
	l.add("", keys, NewLine("type", c.GoName, "struct"))
	for _, m := range c.Members {
		l.add("", keys, NewLine("field", c.GoName+"."+m.GoName, m.Type.String(), m.Name))
	}
	l.carried(c.GoName, "", keys)
	l.attributes(c.Attributes, "", keys)
}

func (l *lister) updateInput() {
	u := l.Update
	if u == nil {
		return
	}
	keys := []string{schema.WireName(schema.WireCommand, updateCommand)}
	l.add("", keys, NewLine("type", u.GoName, "= sdk."+u.GoName+"["+u.Changes+"]"))
	l.add("", keys, NewLine("type", u.Changes, "struct"))
	comparable := true
	for _, f := range u.Fields {
		l.add(f.At, append([]string{f.Key}, keys...), NewLine("field", u.Changes+"."+f.GoName, f.Type.Change().String(), f.Name))
		comparable = comparable && !f.Type.IsList()
	}
	l.add("", keys, NewLine("method", u.Changes+"."+TypesMethod, "func() []sdk.Wired"))
	if comparable {
		l.add("", keys, comparableLine(u.Changes))
	}
}

func (l *lister) config(s *ConfigStruct) {
	var keys []string
	if s.Key != schema.WireConfig {
		keys = []string{s.Key}
	}
	l.add(s.At, keys, NewLine("type", s.GoName, "struct"))
	for _, f := range s.Fields {
		l.add(f.At, []string{f.Key}, NewLine("field", s.GoName+"."+f.GoName, f.Go().String(), f.Name))
	}
	l.add(s.At, keys, NewLine("field", s.GoName+"."+ExtraField, "map[string]"+ExtraConfig.String()))
	l.add(s.At, keys, NewLine("method", s.GoName+"."+ItemsMethod, "func(*config.Items)"))
	l.add(s.At, keys, NewLine("method", s.GoName+"."+FormatMethod, "func(fmt.State, rune)"))
	l.add(s.At, keys, NewLine("method", s.GoName+"."+MarshalMethod, "func() ([]byte, error)"))
}

func (l *lister) choice(c *Choice) {
	keys := []string{c.Key}
	l.add(c.At, keys, NewLine("type", c.GoName, "string"))
	l.add(c.At, keys, NewLine("method", c.GoName+".Valid", "func() bool"))
	for _, o := range c.Options {
		l.add(o.At, []string{o.Key, c.Key}, NewLine("const", o.GoName, c.GoName, o.Value))
	}
}

// client lists what every package has.
func (l *lister) client() {
	const open = "func(func(context.Context, Config) (Client, error), ...sdk.Option)"
	for _, line := range []Line{
		NewLine("func", "DecodeConfig", "func(json.RawMessage) (Config, error)"),
		NewLine("func", "New", open+" *sdk.Connector"),
		NewLine("func", "Main", open),
		NewLine("func", "NewMemory", "func() *Memory"),
		NewLine("type", "Client", "interface"),
		NewLine("type", "UnimplementedClient", "struct"),
		NewLine("type", "Memory", "struct"),
		NewLine("field", "Memory.UnimplementedClient", "UnimplementedClient"),
		comparableLine("UnimplementedClient"),
		comparableLine("Memory"),
	} {
		l.add("", nil, line)
	}
}

func (l *lister) method(m *Method) {
	keys, wire := []string{m.Command.Key}, []string{m.Command.Name}
	if t := m.EntitlementType(); t != "" {
		keys, wire = append(keys, m.Object.Key), append(wire, t)
	}
	output := m.Output.String()
	if m.Command.Shape == protocol.Action {
		output = "sdk.None"
	}
	l.add(m.Command.At, keys, NewLine("var", m.Var, "sdk.Method["+m.Input.String()+", "+output+"]", wire...))
	for _, owner := range clientNames {
		l.add(m.Command.At, keys, NewLine("method", owner+"."+m.GoName, signature(m), wire...))
	}
}

// signature returns a method's type as generated code writes it.
func signature(m *Method) string {
	params, results := m.Signature(qualifiers)
	text := "func(" + strings.Join(params, ", ") + ") "
	if len(results) == 1 {
		return text + results[0]
	}
	return text + "(" + strings.Join(results, ", ") + ")"
}
