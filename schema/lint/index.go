package lint

import (
	"slices"

	"github.com/conngen/conngen/schema"
)

// An index has the parts of a spec that many rules look up.
type index struct {
	schemas    []objectSchema // the account's first
	scopes     []scope        // of config keys, the top-level one first
	items      []*schema.Entry
	byKey      map[string]*schema.Entry // the first item of each key in any scope
	unreadable bool                     // an entry of the config has no type or a misspelt one, so its contents are unknown
	dynamic    bool                     // the accounts' attributes are discovered at run time
	names      [][]name                 // see [pass.namespaces]
}

// An objectSchema is a schema with its attributes by name, the first of each.
type objectSchema struct {
	*schema.ObjectSchema
	account    bool
	attributes map[string]*schema.Attribute
	names      []string
}

// A scope has the config items among which keys are looked up: those of the config
// itself, or of one kind of card.
type scope struct {
	items []*schema.Entry
	byKey map[string]*schema.Entry // the first of each key
	keys  []string
}

func newIndex(spec *schema.Spec) *index {
	x := &index{
		unreadable: isUnreadable(spec.File, spec.SourceConfig),
		dynamic:    spec.IsDynamic(),
		byKey:      make(map[string]*schema.Entry),
	}
	if spec.AccountSchema != nil {
		x.schemas = append(x.schemas, newObjectSchema(spec.AccountSchema, true))
	}
	for _, s := range spec.EntitlementSchemas {
		x.schemas = append(x.schemas, newObjectSchema(s, false))
	}
	x.addScope(slices.Collect(spec.ConfigItems()))
	return x
}

func newObjectSchema(s *schema.ObjectSchema, account bool) objectSchema {
	o := objectSchema{ObjectSchema: s, account: account, attributes: make(map[string]*schema.Attribute, len(s.Attributes))}
	for i := range s.Attributes {
		a := &s.Attributes[i]
		if _, ok := o.attributes[a.Name]; !ok && a.Name != "" {
			o.attributes[a.Name] = a
			o.names = append(o.names, a.Name)
		}
	}
	return o
}

// attribute returns the first attribute with a name, or the zero one.
func (o objectSchema) attribute(name string) schema.Attribute {
	if a := o.attributes[name]; a != nil {
		return *a
	}
	return schema.Attribute{}
}

func (x *index) addScope(items []*schema.Entry) {
	s := scope{items: items, byKey: make(map[string]*schema.Entry, len(items))}
	for _, e := range items {
		if _, ok := s.byKey[e.Key]; !ok && e.Key != "" {
			s.byKey[e.Key] = e
			s.keys = append(s.keys, e.Key)
			if x.byKey[e.Key] == nil {
				x.byKey[e.Key] = e
			}
		}
	}
	x.scopes = append(x.scopes, s)
	x.items = append(x.items, items...)
	for _, e := range items {
		if len(e.SubMenus) > 0 {
			x.addScope(slices.Collect(e.CardItems()))
		}
	}
}

func isUnreadable(f *schema.File, entries []*schema.Entry) bool {
	return slices.ContainsFunc(entries, func(e *schema.Entry) bool {
		return e.Type == "" || isContainer(f, e) || isUnreadable(f, e.Items)
	})
}

// isContainer reports whether an entry that was read as an item is a menu or section with a
// misspelt type.
func isContainer(f *schema.File, e *schema.Entry) bool {
	return e.IsItem() && e.Key == "" && kindOf(f.Raw(e.Pointer.Member("items"))) == '['
}

// entitlementSchemas returns the schemas except the account's.
func (x *index) entitlementSchemas() []objectSchema {
	if len(x.schemas) > 0 && x.schemas[0].account {
		return x.schemas[1:]
	}
	return x.schemas
}

// entitlementTypes returns the types that have a schema, in file order.
func (x *index) entitlementTypes() []string {
	var types []string
	for _, s := range x.entitlementSchemas() {
		types = append(types, s.Type)
	}
	return types
}

// entitlementAttributes returns the account's attributes that hold entitlements.
func (x *index) entitlementAttributes() []schema.Attribute {
	var entitlements []schema.Attribute
	for _, s := range x.schemas {
		for _, a := range s.Attributes {
			if s.account && a.Entitlement {
				entitlements = append(entitlements, a)
			}
		}
	}
	return entitlements
}
