package diff

import (
	"bytes"

	"github.com/conngen/conngen/schema"
)

func (c *comparison) createTemplate() {
	old, current := c.old.AccountCreateTemplate, c.current.AccountCreateTemplate
	const at = "/accountCreateTemplate"
	switch {
	case old == nil && current != nil:
		c.add("create-template-added", "", places{current: at}, "the create template is new").about("create")
	case old != nil && current == nil:
		c.add("create-template-removed", "", places{old: at}, "the create template is gone").about("create")
	}
	t := templateComparison{c, fieldsOf(c.old), fieldsOf(c.current)}
	t.addedAndRemoved()
	for _, name := range shared(t.current.names, t.old.names) {
		t.field(t.old.byKey[name], t.current.byKey[name])
	}
}

// fields are those of a create template by key, the first of each.
type fields struct {
	nameList
	byKey map[string]schema.Field
}

func fieldsOf(s *schema.Spec) fields {
	list := fields{byKey: make(map[string]schema.Field)}
	if s.AccountCreateTemplate == nil {
		return list
	}
	for _, f := range s.AccountCreateTemplate.Fields {
		if _, ok := list.byKey[f.Key]; !ok {
			list.byKey[f.Key] = f
			list.add(f.Key, keyOf(s, f))
		}
	}
	return list
}

// keyOf points to the member that holds a field's key.
func keyOf(s *schema.Spec, f schema.Field) schema.Pointer {
	if at := f.Pointer.Member("key"); s.File.Has(at) {
		return at
	}
	return existing(s, f.Pointer, "name")
}

// A templateComparison compares create templates; an absent one has no fields.
type templateComparison struct {
	*comparison
	old, current fields
}

func (t *templateComparison) addedAndRemoved() {
	var removed, added []candidate
	for _, name := range t.old.names {
		if _, kept := t.current.byKey[name]; !kept {
			removed = append(removed, fieldCandidate(t.old.byKey[name]))
		}
	}
	for _, name := range t.current.names {
		if _, known := t.old.byKey[name]; !known {
			added = append(added, fieldCandidate(t.current.byKey[name]))
		}
	}
	guesses, guessed := renames(removed, added), make(map[string]bool)
	for _, r := range removed {
		name, renamed := guesses[r.name]
		if !renamed {
			t.add("create-field-removed", r.name, places{old: t.old.at[r.name]}, "create field %q is gone", r.name).about(key("create", r.name))
			continue
		}
		guessed[name] = true
		t.add("create-field-renamed", r.name+"->"+name, places{t.old.at[r.name], t.current.at[name]}, "create field %q was probably renamed to %q", r.name, name).
			about(key("create", r.name), key("create", name))
	}
	for _, a := range added {
		if guessed[a.name] {
			continue
		}
		id := "create-field-added-optional"
		if t.current.byKey[a.name].Required {
			id = "create-field-added-required"
		}
		t.add(id, a.name, places{current: t.current.at[a.name]}, "create field %q is new", a.name).about(key("create", a.name))
	}
}

func fieldCandidate(f schema.Field) candidate {
	return candidate{f.Key, fieldType(f), f.Label}
}

// fieldType groups the types that hold the same values.
func fieldType(f schema.Field) string {
	if f.IsMultiValued || f.Type == schema.TypeArray {
		return "[]"
	}
	return attributeType(f.Type)
}

// field compares a field with the old one.
func (t *templateComparison) field(old, current schema.Field) {
	add := func(id, member, fact string) *Change {
		at := places{existing(t.comparison.old, old.Pointer, member), existing(t.comparison.current, current.Pointer, member)}
		return t.add("create-field-"+id, current.Key, at, "create field %q "+fact, current.Key)
	}
	if old.Type != current.Type || old.IsMultiValued != current.IsMultiValued {
		add("type-changed", "type", "has another type").about(key("create", current.Key))
	}
	switch {
	case current.Required && !old.Required:
		add("made-required", "required", "is now required")
	case old.Required && !current.Required:
		add("made-optional", "required", "is now optional")
	}
	if !sameValue(t.comparison.old, t.comparison.current, old, current) {
		add("initial-value-changed", "initialValue", "has a different initial value")
	}
	if old.Label != current.Label {
		add("label-changed", "label", "has a different label")
	}
	if wasNamed, isNamed := t.named(t.comparison.old, old), t.named(t.comparison.current, current); wasNamed != isNamed {
		add("name-to-key", "key", "has its key in another member")
	}
}

// named reports whether a field has the deprecated name instead of a key.
func (t *templateComparison) named(s *schema.Spec, f schema.Field) bool {
	return !s.File.Has(f.Pointer.Member("key"))
}

// sameValue reports whether two fields have the same initial value.
func sameValue(oldSpec, currentSpec *schema.Spec, old, current schema.Field) bool {
	if old.IdentityAttribute != current.IdentityAttribute {
		return false
	}
	if old.InitialValue == nil || current.InitialValue == nil {
		return old.InitialValue == current.InitialValue
	}
	return bytes.Equal(canonical(oldSpec.File.Raw(old.InitialValue.Pointer)), canonical(currentSpec.File.Raw(current.InitialValue.Pointer)))
}
