package lint

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/schema"
)

// setEntitlement makes an attribute hold entitlements.
const setEntitlement = `set "entitlement": true`

// title names a schema in messages.
func (s objectSchema) title() string {
	if s.account {
		return "accountSchema"
	}
	return fmt.Sprintf("the schema of entitlement type %q", s.Type)
}

// dangling reports the member of a schema that names a missing attribute.
func (p *pass) dangling(s objectSchema, member, name string) {
	if _, ok := s.attributes[name]; ok || name == "" {
		return
	}
	at, near := s.Pointer.Member(member), p.near(name, s.names)
	p.at(at, didYouMean(near, "its attributes are "+quotedList(s.names)),
		"%s names %q, which %s does not have", member, name, s.title()).Fix = p.write(at, near)
}

func displayAttributeMissing(p *pass) {
	for _, s := range p.schemas {
		if !s.account || !p.dynamic {
			p.dangling(s, "displayAttribute", s.DisplayAttribute)
		}
	}
}

func groupAttributeMissing(p *pass) {
	for _, s := range p.schemas {
		if !s.account || !p.dynamic {
			p.dangling(s, "groupAttribute", s.GroupAttribute)
		}
	}
}

func hierarchyAttributeMissing(p *pass) {
	for _, s := range p.entitlementSchemas() {
		p.dangling(s, "hierarchyAttribute", s.HierarchyAttribute)
	}
}

func entitlementIdentityAttributeMissing(p *pass) {
	for _, s := range p.entitlementSchemas() {
		p.dangling(s, "identityAttribute", s.IdentityAttribute)
	}
}

// discovered reports the member of accountSchema that names an attribute which can only
// come from discovery.
func (p *pass) discovered(member string, name func(objectSchema) string) {
	for _, s := range p.schemas {
		if _, ok := s.attributes[name(s)]; s.account && p.dynamic && name(s) != "" && !ok {
			p.at(s.Pointer.Member(member), "", "%s names %q, which the spec does not have: discovery must return it", member, name(s))
		}
	}
}

func identityAttributeDynamic(p *pass) {
	p.discovered("identityAttribute", func(s objectSchema) string { return s.IdentityAttribute })
}

func displayAttributeDynamic(p *pass) {
	p.discovered("displayAttribute", func(s objectSchema) string { return s.DisplayAttribute })
}

func groupAttributeDynamic(p *pass) {
	p.discovered("groupAttribute", func(s objectSchema) string { return s.GroupAttribute })
}

func groupAttributeNotEntitlement(p *pass) {
	for _, s := range p.schemas {
		if a, ok := s.attributes[s.GroupAttribute]; s.account && ok && !a.Entitlement {
			d := p.conflict(s.Pointer.Member("groupAttribute"), a.Pointer.Member("name"), setEntitlement+" on the attribute",
				"groupAttribute names %q, which holds no entitlements", a.Name)
			d.Fix = p.withEntitlement(*a)
		}
	}
}

// withEntitlement is a fix that makes an attribute hold entitlements.
func (p *pass) withEntitlement(a schema.Attribute) *schema.Fix {
	after := a.Pointer.Member("multi")
	if !p.File.Has(after) {
		after = a.Pointer.Member("type")
	}
	return p.unsafely(setEntitlement+" on the attribute", p.setAfter(after, "entitlement", "true"))
}

func identityAttributeMulti(p *pass) {
	for _, s := range p.schemas {
		if a, ok := s.attributes[s.IdentityAttribute]; ok && a.Multi {
			p.conflict(s.Pointer.Member("identityAttribute"), a.Pointer.Member("multi"), "name an attribute of one value",
				"identityAttribute names %q, which has several values: an ID has one", a.Name)
		}
	}
}

func identityAttributeType(p *pass) {
	for _, s := range p.schemas {
		isBoolean := func(name string) bool { return s.account && s.attribute(name).Type == schema.TypeBoolean }
		if isBoolean(s.IdentityAttribute) {
			p.conflict(s.Pointer.Member("identityAttribute"), s.attribute(s.IdentityAttribute).Pointer.Member("type"), "name an attribute that differs from account to account",
				"identityAttribute names %q, a boolean: it can distinguish only two accounts", s.IdentityAttribute)
		}
		if isBoolean(s.DisplayAttribute) {
			p.conflict(s.Pointer.Member("displayAttribute"), s.attribute(s.DisplayAttribute).Pointer.Member("type"), "name an attribute that people know accounts by",
				"displayAttribute names %q, a boolean: every account would be called true or false", s.DisplayAttribute)
		}
	}
}

func passwordAttribute(p *pass) {
	p.accountAttributes(func(a schema.Attribute) {
		if p.isPassword(a.Name) {
			p.at(a.Pointer.Member("name"), `keep it in "accountCreateTemplate" only`, "attribute %q looks like a password, which ISC would read and store with each account", a.Name)
		}
	})
}

func duplicateAttribute(p *pass) {
	for _, s := range p.schemas {
		for _, a := range s.Attributes {
			first := s.attribute(a.Name)
			if a.Name != "" && a.Pointer != first.Pointer && a.Type == first.Type && a.Multi == first.Multi && p.sameName(a, first) {
				d := p.conflict(a.Pointer.Member("name"), first.Pointer.Member("name"), "remove one of the two", "attribute %q is listed twice", a.Name)
				d.Fix = p.withoutCopy(a.Pointer, first.Pointer)
			}
		}
	}
}

// sameName reports whether names that read the same are also written the same, if they have
// unreadable characters: those are already errors, and not one name.
func (p *pass) sameName(a, b schema.Attribute) bool {
	return !strings.ContainsRune(a.Name, utf8.RuneError) ||
		bytes.Equal(p.File.Raw(a.Pointer.Member("name")), p.File.Raw(b.Pointer.Member("name")))
}

func entitlementAttributeWithoutSchema(p *pass) {
	types := p.entitlementTypes()
	if len(types) == 0 && (p.dynamic || p.SupportsCustomSchemas) {
		return
	}
	known := make(map[string]bool)
	for _, t := range types {
		known[t] = true
	}
	for _, a := range p.entitlementAttributes() {
		if known[a.ObjectType()] {
			continue
		}
		hint := `add a schema of that type to "entitlementSchemas"`
		near := p.near(a.Name, types)
		if near != "" {
			hint = fmt.Sprintf(`set "schemaObjectType": %q`, near)
		} else if len(types) > 0 {
			hint = `set "schemaObjectType" to one of ` + quotedList(types)
		}
		fix := p.setObjectType(a, near)
		if a.SchemaObjectType == "" {
			p.at(a.Pointer.Member("name"), hint, "attribute %q names no entitlement type, which means \"group\", and that type has no schema", a.Name).Fix = fix
		} else {
			p.at(a.Pointer.Member("schemaObjectType"), hint, "attribute %q holds entitlements of type %q, which has no schema", a.Name, a.SchemaObjectType).Fix = fix
		}
	}
}

// setObjectType is a fix that says which entitlements an attribute holds; nil if that is unknown.
func (p *pass) setObjectType(a schema.Attribute, objectType string) *schema.Fix {
	if objectType == "" {
		return nil
	}
	return p.unsafely(fmt.Sprintf(`set "schemaObjectType": %q`, objectType), p.setAfter(a.Pointer.Member("entitlement"), "schemaObjectType", literal(objectType)))
}

func entitlementTypeAmbiguous(p *pass) {
	types := p.entitlementTypes()
	hasGroup := false
	for _, t := range types {
		hasGroup = hasGroup || t == "group"
	}
	if len(types) < 2 || !hasGroup {
		return
	}
	for _, a := range p.entitlementAttributes() {
		if a.SchemaObjectType == "" {
			p.at(a.Pointer.Member("name"), `set "schemaObjectType" to one of `+quotedList(types),
				"attribute %q does not say which entitlements it holds, so it means \"group\"", a.Name).Fix = p.setObjectType(a, p.near(a.Name, types))
		}
	}
}

func managedWithoutEntitlement(p *pass) {
	p.withoutEntitlement("managed", "is managed", func(a schema.Attribute) bool { return a.Managed })
}

func schemaObjectTypeWithoutEntitlement(p *pass) {
	p.withoutEntitlement("schemaObjectType", "names an entitlement type", func(a schema.Attribute) bool { return a.SchemaObjectType != "" })
}

// withoutEntitlement reports attributes with a member that only counts for entitlements,
// but without entitlements.
func (p *pass) withoutEntitlement(member, what string, has func(schema.Attribute) bool) {
	types := p.entitlementTypes()
	for _, s := range p.schemas {
		hint := fmt.Sprintf("remove %q", member)
		if s.account {
			hint = setEntitlement + ", or " + hint
		}
		for _, a := range s.Attributes {
			if has(a) && !a.Entitlement {
				d := p.at(a.Pointer.Member(member), hint, "attribute %q %s, but holds no entitlements, so that has no effect", a.Name, what)
				switch {
				case !s.account:
					d.Fix = p.unsafely(hint, p.File.Remove(d.Pointer))
				case slices.Contains(types, a.SchemaObjectType) || a.Name == s.GroupAttribute:
					d.Fix = p.withEntitlement(a)
				}
			}
		}
	}
}

// accountAttributes calls a function with each attribute of the account schema.
func (p *pass) accountAttributes(each func(schema.Attribute)) {
	for _, s := range p.schemas {
		for _, a := range s.Attributes {
			if s.account {
				each(a)
			}
		}
	}
}

func missingDescription(p *pass) {
	for _, s := range p.schemas {
		for _, a := range s.Attributes {
			if strings.TrimSpace(a.Description) == "" && a.Name != "" {
				p.at(a.Pointer.Member("name"), `add "description"`, "attribute %q has no description for administrators to read", a.Name)
			}
		}
	}
}

func entitlementNotMulti(p *pass) {
	for _, a := range p.entitlementAttributes() {
		if !a.Multi {
			p.at(a.Pointer.Member("name"), `set "multi": true if an account can have several`, "attribute %q holds one entitlement at most", a.Name)
		}
	}
}

func entitlementNotString(p *pass) {
	for _, a := range p.entitlementAttributes() {
		if a.Type != schema.TypeString && a.Type != "" {
			at := a.Pointer.Member("type")
			p.at(at, `use "string"`, "attribute %q holds IDs of entitlements, which are texts, as %s", a.Name, a.Type).Fix = p.write(at, schema.TypeString)
		}
	}
}

func entitlementSchemaUnreferenced(p *pass) {
	if p.dynamic || p.AccountSchema == nil {
		return
	}
	referenced := make(map[string]bool)
	for _, a := range p.entitlementAttributes() {
		referenced[a.ObjectType()] = true
	}
	for _, s := range p.entitlementSchemas() {
		if s.Type != "" && !referenced[s.Type] {
			p.at(s.Pointer.Member("type"), "", "no account attribute holds entitlements of type %q", s.Type)
		}
	}
}

func managedEntitlementWithoutUpdate(p *pass) {
	if p.HasCommand("std:account:update") || len(p.Commands) == 0 {
		return
	}
	for _, a := range p.entitlementAttributes() {
		if a.Managed {
			p.at(a.Pointer.Member("managed"), `add the command "std:account:update"`, "entitlements of attribute %q are managed, but no command changes them", a.Name)
			return
		}
	}
}

func entitlementFlagInEntitlementSchema(p *pass) {
	for _, s := range p.entitlementSchemas() {
		for _, a := range s.Attributes {
			if a.Entitlement {
				at := a.Pointer.Member("entitlement")
				p.at(at, "remove it", "attribute %q of an entitlement is marked as an entitlement, which only account attributes are", a.Name).Fix = p.unsafely("remove it", p.File.Remove(at))
			}
		}
	}
}
