package lint

import (
	"slices"
	"strings"

	"github.com/conngen/conngen/schema"
)

func missingKeyType(p *pass) {
	if p.KeyType == schema.NoKeyType {
		d := p.at("", `add "keyType": "simple"`, "keyType is missing, which means simple keys")
		switch at := schema.Pointer("/keyType"); {
		case p.File.Has(at):
			d.Fix = p.unsafely("make it simple", p.File.Replace(at, `"simple"`))
		default:
			d.Fix = p.unsafely(`add "keyType": "simple"`, p.File.AddAfter("/name", "keyType", `"simple"`))
		}
	}
}

func templatePlaceholder(p *pass) {
	if strings.Contains(p.Name, "{{") {
		p.at("/name", "write the connector's name", "name is still a placeholder")
	}
}

// undocumentedFields are members of the spec that the platform accepts but the
// documentation does not have.
var undocumentedFields = []string{
	"supportsCustomSchemas", "description", "features", "scriptName", "testConnectionTimeout", "visibility", "topology", "resources",
}

func undocumentedField(p *pass) {
	for _, name := range undocumentedFields {
		if at := schema.Pointer("").Member(name); p.File.Has(at) {
			p.name(at, "", "%q is not documented", name)
		}
	}
}

func booleanAsString(p *pass) {
	for _, at := range p.QuotedFlags {
		d := p.at(at, "remove the quotes", "a boolean is written as a string, which the official tools cannot read")
		d.Fix = p.safely("remove the quotes", p.File.Unquote(at))
	}
}

func unknownField(p *pass) {
	for _, m := range p.unknownMembers() {
		near := p.near(m.Name, m.Known)
		if near == "" && m.Pointer == schema.Pointer("").Member(m.Name) { // perhaps newer than conngen
			p.name(m.Pointer, "check the spelling; ISC may know a field that conngen does not", "unknown field %q", m.Name)
			continue
		}
		d := p.name(m.Pointer, didYouMean(near, "remove it, or correct its name"), "unknown field %q; it has no effect", m.Name)
		if owner := m.Pointer.Parent(); near != "" && !p.File.Has(owner.Member(near)) {
			d.Fix = p.unsafely(renameTo(near), p.File.Rename(m.Pointer, near))
		}
	}
}

// unknownMembers returns the members anywhere in the spec that the format does not know.
func (p *pass) unknownMembers() []schema.Member {
	all := slices.Clone(p.Unknown)
	add := func(members []schema.Member) { all = append(all, members...) }
	p.entries(func(e *schema.Entry, _ string) {
		add(p.unknownOf(e))
		for _, o := range e.Options {
			add(o.Unknown)
		}
		for _, part := range []*schema.KeyValuePart{e.KeyValueKey, e.KeyValueValue} {
			if part != nil {
				add(part.Unknown)
			}
		}
		for _, m := range e.SubMenus {
			add(m.Unknown)
		}
	})
	for _, s := range p.schemas {
		add(s.Unknown)
		for _, a := range s.Attributes {
			add(a.Unknown)
		}
	}
	if t := p.AccountCreateTemplate; t != nil {
		add(t.Unknown)
		for _, f := range t.Fields {
			add(f.Unknown)
			if f.InitialValue != nil {
				add(f.InitialValue.Unknown)
			}
		}
	}
	return all
}

// unknownOf returns the members of an entry that the format does not know, except for
// those that the error about its missing key speaks of.
func (p *pass) unknownOf(e *schema.Entry) []schema.Member {
	switch {
	case !e.IsItem() || e.Key != "":
		return e.Unknown
	case isContainer(p.File, e):
		return nil
	}
	return slices.DeleteFunc(slices.Clone(e.Unknown), func(m schema.Member) bool { return m.Name == "name" })
}
