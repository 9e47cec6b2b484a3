package diff

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/conngen/conngen/schema"
)

const discoverSchema = "std:account:discover-schema"

func (c *comparison) accountSchema() {
	old, current := c.old.AccountSchema, c.current.AccountSchema
	const at = "/accountSchema"
	switch {
	case old == nil && current == nil:
	case old == nil:
		c.add("account-schema-added", "", places{current: at}, "the account schema is new").about("account", "create")
	case current == nil:
		change := c.add("account-schema-removed", "", places{old: at}, "the account schema is gone").about("account", "create")
		if c.old.HasCommand(discoverSchema) && c.current.HasCommand(discoverSchema) {
			change.Source = SourceReview // the attributes came from discovery before, and still do
		}
	default:
		newSchemaComparison(c, "account", "", old, current).compare()
	}
}

func (c *comparison) entitlementSchemas() {
	old, current := schemasByType(c.old), schemasByType(c.current)
	for _, s := range c.old.EntitlementSchemas {
		if old[s.Type] == s && current[s.Type] == nil {
			c.add("entitlement-type-removed", s.Type, places{old: s.Pointer}, "entitlement type %q is gone", s.Type).about(key("entitlement", s.Type))
		}
	}
	for _, s := range c.current.EntitlementSchemas {
		switch before := old[s.Type]; {
		case current[s.Type] != s:
		case before == nil:
			c.add("entitlement-type-added", s.Type, places{current: s.Pointer}, "entitlement type %q is new", s.Type).about(key("entitlement", s.Type))
		default:
			newSchemaComparison(c, "entitlement", s.Type, before, s).compare()
		}
	}
}

// schemasByType returns the first schema of each entitlement type.
func schemasByType(s *schema.Spec) map[string]*schema.ObjectSchema {
	byType := make(map[string]*schema.ObjectSchema)
	for _, e := range s.EntitlementSchemas {
		if byType[e.Type] == nil {
			byType[e.Type] = e
		}
	}
	return byType
}

// A schemaComparison compares the schemas of accounts, or of one entitlement type.
type schemaComparison struct {
	*comparison
	prefix       string // by kind of change
	objectType   string // "" for accounts
	old, current attributes
}

// attributes are those of one schema by name, the first of each.
type attributes struct {
	*schema.ObjectSchema
	nameList
	byName map[string]schema.Attribute
}

func newSchemaComparison(c *comparison, prefix, objectType string, old, current *schema.ObjectSchema) *schemaComparison {
	return &schemaComparison{comparison: c, prefix: prefix, objectType: objectType, old: attributesOf(old), current: attributesOf(current)}
}

func attributesOf(s *schema.ObjectSchema) attributes {
	list := attributes{ObjectSchema: s, byName: make(map[string]schema.Attribute, len(s.Attributes))}
	for _, a := range s.Attributes {
		list.add(a.Name, a.Pointer.Member("name"))
		if _, ok := list.byName[a.Name]; !ok {
			list.byName[a.Name] = a
		}
	}
	return list
}

func (s *schemaComparison) compare() {
	s.roles()
	s.addedAndRemoved()
	for _, name := range shared(s.current.names, s.old.names) {
		s.attribute(s.old.byName[name], s.current.byName[name])
	}
	if reordered(s.old.names, s.current.names) {
		s.add(s.prefix+"-attribute-order-changed", s.objectType, s.member("attributes"), "the attributes of %s are in a different order", s.title())
	}
}

// title names the objects in messages.
func (s *schemaComparison) title() string {
	if s.objectType == "" {
		return "accounts"
	}
	return fmt.Sprintf("entitlement type %q", s.objectType)
}

// label names an attribute in messages.
func (s *schemaComparison) label(name string) string {
	if s.objectType == "" {
		return fmt.Sprintf("account attribute %q", name)
	}
	return fmt.Sprintf("attribute %q of entitlement type %q", name, s.objectType)
}

// member locates a change at a member of both schemas.
func (s *schemaComparison) member(name string) places {
	return places{s.old.Pointer.Member(name), s.current.Pointer.Member(name)}
}

// roles compares which attributes have a meaning to ISC.
func (s *schemaComparison) roles() {
	for _, r := range []struct{ id, member, old, current string }{
		{"-identity-attribute-changed", "identityAttribute", s.old.IdentityAttribute, s.current.IdentityAttribute},
		{"-display-attribute-changed", "displayAttribute", s.old.DisplayAttribute, s.current.DisplayAttribute},
		{"-group-attribute-changed", "groupAttribute", s.old.GroupAttribute, s.current.GroupAttribute},
		{"-hierarchy-attribute-changed", "hierarchyAttribute", s.old.HierarchyAttribute, s.current.HierarchyAttribute},
	} {
		if _, ok := Find(s.prefix + r.id); !ok || r.old == r.current {
			continue
		}
		s.add(s.prefix+r.id, s.roleSubject(r.old, r.current), s.member(r.member), "the %s of %s changed from %s to %s",
			r.member, s.title(), nameOrNone(r.old), nameOrNone(r.current))
	}
	if s.prefix == "entitlement" && s.old.IncludePermissions != s.current.IncludePermissions {
		s.add("entitlement-permissions-changed", s.objectType, s.member("includePermissions"), "includePermissions became %v", s.current.IncludePermissions)
	}
}

// roleSubject names the account attributes, or the entitlement type, whose role changed.
func (s *schemaComparison) roleSubject(old, current string) string {
	if s.objectType != "" {
		return s.objectType
	}
	return cmp.Or(old, "(none)") + "->" + cmp.Or(current, "(none)")
}

func nameOrNone(name string) string {
	if name == "" {
		return "absent"
	}
	return strconv.Quote(name)
}

func (s *schemaComparison) addedAndRemoved() {
	var removed, added []candidate
	for _, name := range s.old.names {
		if _, kept := s.current.byName[name]; !kept {
			removed = append(removed, attributeCandidate(s.old.byName[name]))
		}
	}
	for _, name := range s.current.names {
		if _, known := s.old.byName[name]; !known {
			added = append(added, attributeCandidate(s.current.byName[name]))
		}
	}
	guesses, guessed := renames(removed, added), make(map[string]bool)
	for _, r := range removed {
		name, renamed := guesses[r.name]
		if !renamed {
			s.add(s.prefix+"-attribute-removed", s.path(r.name), places{old: s.old.at[r.name]}, "%s is gone", s.label(r.name)).
				about(s.keys(r.name)...).also(s.keptField(r.name))
			continue
		}
		guessed[name] = true
		s.add(s.prefix+"-attribute-renamed", s.path(r.name)+"->"+s.path(name), places{s.old.at[r.name], s.current.at[name]},
			"%s was probably renamed to %q", s.label(r.name), name).about(s.keys(r.name)...).about(s.keys(name)...).also(s.keptField(r.name))
	}
	for _, a := range added {
		if !guessed[a.name] {
			s.add(s.prefix+"-attribute-added", s.path(a.name), places{current: s.current.at[a.name]}, "%s is new", s.label(a.name)).
				about(s.keys(a.name)...)
		}
	}
}

// keptField says that accounts are still created with an attribute that their schema no longer has,
// or "".
func (s *schemaComparison) keptField(name string) string {
	if _, kept := fieldsOf(s.comparison.current).byKey[name]; s.objectType != "" || !kept {
		return ""
	}
	return fmt.Sprintf("the create template still has the field %q", name)
}

func attributeCandidate(a schema.Attribute) candidate {
	kind := attributeType(a.Type)
	if a.Multi {
		kind = "[]" + kind
	}
	return candidate{a.Name, kind, a.Description}
}

// attributeType groups the types that hold the same values.
func attributeType(name string) string {
	if name == schema.TypeLong {
		return schema.TypeInt
	}
	return name
}

// path names an attribute in subjects.
func (s *schemaComparison) path(name string) string {
	if s.objectType == "" {
		return name
	}
	return s.objectType + "/" + name
}

// keys returns the keys of an attribute. Accounts are created with the attributes of their schema.
func (s *schemaComparison) keys(name string) []string {
	if s.objectType == "" {
		return []string{key("account", name), key("create", name)}
	}
	return []string{key("entitlement", s.objectType, name)}
}

// attribute compares an attribute with the old one.
func (s *schemaComparison) attribute(old, current schema.Attribute) {
	add := func(kind, member, fact string, args ...any) *Change {
		at := places{existing(s.comparison.old, old.Pointer, member), existing(s.comparison.current, current.Pointer, member)}
		return s.add(s.prefix+"-attribute-"+kind, s.path(current.Name), at, "%s "+fact, append([]any{s.label(current.Name)}, args...)...)
	}
	if old.Type != current.Type {
		add("type-changed", "type", "changed from %s to %s", old.Type, current.Type).about(s.keys(current.Name)...)
	}
	if old.Multi != current.Multi {
		add("multi-changed", "multi", "now has %s", map[bool]string{true: "several values", false: "one value"}[current.Multi]).
			about(s.keys(current.Name)...)
	}
	s.flag(add, "entitlement", old.Entitlement, current.Entitlement, "now holds entitlements", "no longer holds entitlements")
	s.flag(add, "managed", old.Managed, current.Managed, "is now managed", "is no longer managed")
	if old.Entitlement && current.Entitlement && old.ObjectType() != current.ObjectType() {
		add("object-type-changed", "schemaObjectType", "now names entitlement type %q instead of %q", current.ObjectType(), old.ObjectType())
	}
	switch {
	case current.Required && !old.Required:
		add("required-changed", "required", "is now required")
	case old.Required && !current.Required:
		add("required-changed", "required", "is no longer required")
	}
	if old.Description != current.Description {
		add("description-changed", "description", "has a different description")
	}
}

func (s *schemaComparison) flag(add func(kind, member, fact string, args ...any) *Change, member string, old, current bool, set, cleared string) {
	switch {
	case current && !old:
		add(member+"-set", member, set)
	case old && !current:
		add(member+"-cleared", member, cleared)
	}
}

// existing returns the pointer to a member, or to its object if it is absent.
func existing(spec *schema.Spec, object schema.Pointer, member string) schema.Pointer {
	if p := object.Member(member); spec.File.Has(p) {
		return p
	}
	return object
}
