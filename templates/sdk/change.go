package sdk

import (
	"reflect"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// AccountUpdateInput is the input of std:account:update. C is the generated struct of
// what an update can change.
type AccountUpdateInput[C Changes] struct {
	Identity string // native identity; equals the key's ID
	Key      Key

	// Changed holds the net change of each attribute. Apply uses it, so a hook can change
	// the update here.
	Changed C

	// Changes are the changes as ISC sent them, in their order, with their metadata.
	// Changes of unknown attributes appear only here.
	Changes []AttributeChange

	Schema *AccountSchema // only from sources with custom schemas

	read bool // from JSON: Changed is what the update does, if it is nothing
}

// ID returns the native identity of the account to change.
func (in AccountUpdateInput[C]) ID() string { return nativeIdentity(in.Key, in.Identity) }

// Apply applies the update to the attributes of the account, to which attributes points:
// all of it or nothing. The error names each attribute that could not be changed. Lists
// are never changed in place.
//
// Apply skips passwords and attributes outside the account schema: neither is returned to
// ISC. Where the spec leaves attributes to discovery or to custom schemas, those
// that have no field change in Extra.
func (in AccountUpdateInput[C]) Apply(attributes Wired) error {
	changed, raw, err := in.changes()
	if err != nil {
		return Errorf("%w", err)
	}
	return applyChanges(changed, raw, attributes)
}

// WireFields maps the fields to their JSON members.
func (in *AccountUpdateInput[C]) WireFields(w *Fields) {
	w.advisory().String("identity", &in.Identity)
	w.advisory().anyKey("key", &in.Key)
	w.changes("changes", changesField{any(&in.Changed).(Changes), &in.Changes, &in.read})
	w.Schema("schema", &in.Schema)
}

// WireTypes is for generated code, see [Changes].
func (in *AccountUpdateInput[C]) WireTypes() []Wired { return in.Changed.WireTypes() }

// changes returns both forms of the changes. Those of an input that a test has made with raw
// changes alone are read first.
func (in *AccountUpdateInput[C]) changes() (Changes, []AttributeChange, error) {
	changed := any(&in.Changed).(Changes)
	if !in.read && len(in.Changes) > 0 && !anyChanged(changed) {
		if err := takeChanges(changed, in.Changes).err(); err != nil {
			return changed, nil, err
		}
	}
	return changed, in.Changes, nil
}

// MarshalJSON encodes the wire form, without the values of changes.
func (in AccountUpdateInput[C]) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *AccountUpdateInput[C]) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// Changes is for generated code. It is a struct of what an update can change, with a
// [Change] or a [ListChange] for each attribute.
type Changes interface {
	// WireTypes returns pointers to the types whose fields are changed. Field n of the
	// struct is for field n of the first type; those after are for the fields of the next
	// type whose names no type before it has, and so on.
	WireTypes() []Wired
}

// A Change is what an update does to a single-valued attribute. The zero Change changes
// nothing.
type Change[T any] struct {
	Set     *T   // the new value
	Cleared bool // the attribute loses its value
}

// Changed reports whether the attribute is set or cleared.
func (c Change[T]) Changed() bool { return c.Set != nil || c.Cleared }

// Put adds the change to the body of a request: the new value under a name, nil for a
// cleared value, and nothing if there is no change. A [Secret] is added as its text.
func (c Change[T]) Put(body map[string]any, name string) {
	if c.Changed() {
		body[name] = plain(c.Set)
	}
}

// plain returns the value that a pointer to a new one points to, a secret as its text; nil
// for none. It is a function, as all that authors do not call: methods of a generic type are
// compiled anew with each generated package.
func plain(set any) any {
	if p := reflect.ValueOf(set); p.IsNil() {
		return nil
	} else if secret, ok := set.(*Secret); ok {
		return secret.Reveal()
	} else {
		return p.Elem().Interface()
	}
}

// A ListChange is what an update does to a list: it replaces the list, or adds and removes
// values. The zero ListChange changes nothing.
type ListChange[T comparable] struct {
	Set     []T  // the whole new list, empty if it is cleared; nil if it is not replaced
	Cleared bool // the list loses all its values

	// Added and Removed are the values to add to the list and to remove from it. No
	// value is in both, and both are empty if the list is replaced.
	Added, Removed []T
}

// Changed reports whether there is any change.
func (c ListChange[T]) Changed() bool {
	return c.Set != nil || c.Cleared || len(c.Added) > 0 || len(c.Removed) > 0
}

// Apply returns the list after the change. A value that the list already has stays where it
// is.
func (c ListChange[T]) Apply(list []T) []T {
	listChangeOf(&c).apply(&list)
	return list
}

// Diff returns the values to add to a list and to remove from it, for a source that takes
// values one by one. It covers every change, including a replaced list.
func (c ListChange[T]) Diff(list []T) (add, remove []T) {
	listChangeOf(&c).diff(&list, &add, &remove)
	return add, remove
}

// Unhandled returns an error that names the changed attributes that a client does not
// handle, or nil if it handles all. of points to the update's input or its Changed, and
// handled to the fields of Changed that the client handles. A client that can add and
// remove values of a list, but not replace it, points to Added and Removed. Attributes
// without a field, which only the input shows, are handled by name.
//
//	sdk.Unhandled(&in, &in.Changed.Login, &in.Changed.Groups.Added, &in.Changed.Groups.Removed)
func Unhandled(of Changes, handled ...any) error {
	if reflect.TypeOf(of).Kind() != reflect.Pointer {
		return Errorf("Unhandled needs a pointer to the changes, not %T", of)
	}
	changed, raw := of, []AttributeChange(nil)
	if input, ok := of.(changedInput); ok {
		var err error
		if changed, raw, err = input.changes(); err != nil {
			return Errorf("%w", err)
		}
	}
	known := make(map[any]bool)
	for _, h := range handled {
		if kind := reflect.ValueOf(h).Kind(); kind == reflect.Pointer || kind == reflect.String { // others cannot be keys
			known[h] = true
		}
	}
	var names []string
	for _, c := range changersOf(changed) {
		if c.Changed() && !c.handledBy(known) {
			names = append(names, cut.Quote(c.name))
		}
		known[c.name] = true
	}
	for _, c := range raw {
		if !known[c.Attribute] {
			names = append(names, cut.Quote(c.Attribute))
			known[c.Attribute] = true
		}
	}
	if len(names) == 0 {
		return nil
	}
	return Errorf("this connector cannot change %s", joinAnd(names))
}

// A ChangeOp says what an [AttributeChange] does.
type ChangeOp string

// The operations that ISC sends.
const (
	ChangeSet    ChangeOp = "Set"    // overwrites, even a whole list
	ChangeAdd    ChangeOp = "Add"    // adds to a list, without duplicates; sets a single value
	ChangeRemove ChangeOp = "Remove" // removes from a list; clears a single value, whatever it is
)

// An AttributeChange is one change of an account update as ISC sends it.
type AttributeChange struct {
	Op        ChangeOp
	Attribute string
	Value     SecretJSON // one value or a list; may be missing with Remove, and may be a password
	Metadata  map[string]any
}

// WireFields maps the fields to their JSON members.
func (c *AttributeChange) WireFields(w *Fields) {
	w.Required().String("op", (*string)(&c.Op))
	w.Required().String("attribute", &c.Attribute)
	w.secretJSON("value", &c.Value)
	w.advisory().values("metadata", &c.Metadata)
}

// MarshalJSON encodes the wire form, without the value.
func (c AttributeChange) MarshalJSON() ([]byte, error) { return Marshal(&c) }

// UnmarshalJSON decodes the wire form.
func (c *AttributeChange) UnmarshalJSON(data []byte) error { return Unmarshal(data, c) }
