package generator

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

// apiLines lists the API of the package that a spec gives.
func apiLines(spec *schema.Spec, opts Options) ([]plan.Line, error) {
	opts.SDK = "" // the SDK is the same, wherever it is
	p, err := planPackage(spec, opts)
	if err != nil {
		return nil, err
	}
	l := &lister{emitter: emitter{Package: p}, at: wirePlaces(spec)}
	l.objects()
	l.config(p.Config, nil)
	l.commands()
	return l.lines, nil
}

// A lister lists what depends on the spec.
type lister struct {
	emitter
	at    map[string]schema.Pointer // by key
	lines []plan.Line
}

// add adds a line that comes from wire names.
func (l *lister) add(line plan.Line, keys ...string) {
	line.Keys = keys
	for _, k := range keys {
		if at, ok := l.at[k]; ok {
			line.At = at
			break
		}
	}
	l.lines = append(l.lines, line)
}

// goText is code as text.
func goText(code jen.Code) string {
	return strings.TrimPrefix(fmt.Sprintf("%#v", jen.Var().Id("_").Add(code)), "var _ ")
}

func wireKey(root string, names ...string) string {
	p := schema.Pointer(root)
	for _, n := range names {
		p = p.Member(n)
	}
	return string(p)
}

func (l *lister) objects() {
	if o := l.Account; o != nil {
		keys := []string{"account"}
		if l.Spec.AccountSchema == nil {
			keys = l.commandKeys("")
		}
		l.object(o, keys, "account")
	}
	for _, o := range l.Entitlements {
		if o.Open {
			l.object(o, l.commandKeys("std:entitlement:"), "entitlement")
			continue
		}
		l.object(o, []string{wireKey("entitlement", o.Type)}, "entitlement", o.Type)
	}
	if c := l.Create; c != nil {
		keys := []string{"create", wireKey("command", "std:account:create")}
		l.add(plan.NewLine("type", "AccountCreateInput", "struct"), keys...)
		l.add(plan.NewLine("field", "AccountCreateInput.Attributes", c.Attributes.GoName), keys...)
		if c.Own {
			l.attributes(c.Attributes, keys, "create")
		}
	}
}

// commandKeys are the keys of the commands with a prefix.
func (l *lister) commandKeys(prefix string) []string {
	var keys []string
	for _, c := range l.Commands {
		if strings.HasPrefix(c.Name, prefix) {
			keys = append(keys, wireKey("command", c.Name))
		}
	}
	return keys
}

func (l *lister) object(o *Object, keys []string, root string, names ...string) {
	l.add(plan.NewLine("type", o.GoName, "struct"), keys...)
	l.add(plan.NewLine("field", o.GoName+".Key", "Key"), keys...)
	if !o.keyed() {
		l.add(plan.NewLine("field", o.GoName+".Identity", "string"), append([]string{"keyType"}, keys...)...)
		l.add(plan.NewLine("field", o.GoName+".UUID", "string"), append([]string{"keyType"}, keys...)...)
	}
	l.attributes(o.Attributes, keys, root, names...)
}

func (l *lister) attributes(a *Attributes, keys []string, root string, names ...string) {
	l.add(plan.NewLine("type", a.GoName, "struct"), keys...)
	for _, f := range a.Fields {
		own := append([]string{wireKey(wireKey(root, names...), f.Name)}, keys...)
		l.add(plan.NewLine("field", a.GoName+"."+f.GoName, goText(goType(f.Type)), f.Name), own...)
	}
	l.add(plan.NewLine("field", a.GoName+".Extra", "map[string]any"), keys...)
}

func (l *lister) config(s *ConfigStruct, names []string) {
	if names == nil {
		l.add(plan.NewLine("type", s.GoName, "struct"))
	} else {
		l.add(plan.NewLine("type", s.GoName, "struct"), wireKey("config", names...))
	}
	for _, f := range s.Fields {
		path := append(names[:len(names):len(names)], f.Key)
		key := wireKey("config", path...)
		l.add(plan.NewLine("field", s.GoName+"."+f.GoName, goText(l.configGoType(f)), f.Key), key)
		for _, c := range l.ConfigTypes {
			if c.GoName == f.Named {
				l.config(c, path)
			}
		}
		for _, c := range l.Choices {
			if c.GoName == f.Named {
				l.choice(c, path)
			}
		}
	}
}

func (l *lister) choice(c *Choice, path []string) {
	l.add(plan.NewLine("type", c.GoName, "string"), wireKey("config", path...))
	for _, o := range c.Options {
		l.add(plan.NewLine("const", o.GoName, c.GoName, o.Value), wireKey(wireKey("option", path...), o.Value))
	}
}

func (l *lister) commands() {
	for _, c := range l.Commands {
		key := wireKey("command", c.Name)
		l.add(plan.NewLine("const", c.Const, "", c.Name), key)
		for _, m := range c.Methods {
			keys, wire := []string{key}, []string{c.Name}
			if c.ByType {
				keys, wire = append(keys, wireKey("entitlement", m.Object.Type)), append(wire, m.Object.Type)
			}
			signature := goText(jen.Func().Add(l.signature(m, "ctx", "in", "out")))
			l.add(plan.NewLine("method", "Client."+m.GoName, signature, wire...), keys...)
			l.add(plan.NewLine("func", m.Before, "", wire...), keys...)
			l.add(plan.NewLine("func", m.After, "", wire...), keys...)
		}
	}
}

// wirePlaces says where a spec has its wire names, by key; the first place of each.
func wirePlaces(spec *schema.Spec) map[string]schema.Pointer {
	places := make(map[string]schema.Pointer)
	add := func(at schema.Pointer, key string) {
		if _, ok := places[key]; !ok {
			places[key] = at
		}
	}
	object := func(s *schema.ObjectSchema, key string) {
		add(s.Pointer, key)
		for _, a := range s.Attributes {
			add(a.Pointer.Member("name"), wireKey(key, a.Name))
		}
	}
	if spec.AccountSchema != nil {
		object(spec.AccountSchema, "account")
	}
	for _, s := range spec.EntitlementSchemas {
		object(s, wireKey("entitlement", s.Type))
	}
	if t := spec.AccountCreateTemplate; t != nil {
		add("/accountCreateTemplate", "create")
		for _, f := range t.Fields {
			add(f.Pointer, wireKey("create", f.Key))
		}
	}
	for _, c := range spec.Commands {
		add(c.Pointer, wireKey("command", c.Name))
	}
	var items func(entries []*schema.Entry, names []string)
	items = func(entries []*schema.Entry, names []string) {
		for _, e := range entries {
			path := names
			if e.IsItem() {
				path = append(names[:len(names):len(names)], e.Key)
				add(e.Pointer.Member("key"), wireKey("config", path...))
				for _, o := range e.Options {
					add(o.Pointer, wireKey(wireKey("option", path...), o.Value))
				}
			}
			items(e.Items, path)
			for _, m := range e.SubMenus {
				items(m.Items, path)
			}
		}
	}
	items(spec.SourceConfig, nil)
	if spec.File.Has("/keyType") {
		add("/keyType", "keyType")
	}
	return places
}
