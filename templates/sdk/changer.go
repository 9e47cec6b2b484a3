package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A changer is a [Change] or a [ListChange] without its type.
type changer interface {
	Changed() bool

	// take takes in one more change, which counts after settle. f is a field of the
	// attribute's type, for reading.
	take(op ChangeOp, value json.RawMessage, f field) error
	settle()

	// carryOut makes the change in the field of an account.
	carryOut(f field) error

	// handledBy reports whether pointers to what a client handles cover the change.
	handledBy(pointers map[any]bool) bool

	// onWire returns changes that come to the same.
	onWire(attribute string) ([]AttributeChange, error)
}

// changerOf returns the changer of a field of a struct of changes, to which p points.
func changerOf(p any) (changer, bool) {
	switch p := p.(type) {
	case *Change[string]:
		return single[string]{p}, true
	case *Change[Secret]:
		return single[Secret]{p}, true
	case *Change[bool]:
		return single[bool]{p}, true
	case *Change[int64]:
		return single[int64]{p}, true
	case *ListChange[string]:
		return several[string]{p, new(taken[string])}, true
	case *ListChange[bool]:
		return several[bool]{p, new(taken[bool])}, true
	case *ListChange[int64]:
		return several[int64]{p, new(taken[int64])}, true
	}
	return nil, false
}

// A single is the changer of an attribute of one value.
type single[T any] struct{ *Change[T] }

// A several is the changer of a list.
type several[T comparable] struct {
	*ListChange[T]
	taken *taken[T]
}

// A taken is a [ListChange] that changes are taken into.
type taken[T comparable] struct {
	set            *gathered[T, T] // nil if the list is not replaced
	added, removed *gathered[T, T] // nil before the first change
}

func (c several[T]) replaces() bool { return c.Set != nil || c.Cleared }

var errUnknownOp = errors.New(`unknown operation; ISC knows "` + string(ChangeSet) + `", "` + string(ChangeAdd) + `" and "` + string(ChangeRemove) + `"`)

var errNoList = errors.New("must be one value, not a list")

func (c single[T]) take(op ChangeOp, raw json.RawMessage, f field) error {
	switch {
	case op == ChangeRemove || op == ChangeSet && jsontext.IsNull(raw):
		*c.Change = Change[T]{Cleared: true}
		return nil
	case jsontext.IsNull(raw):
		return nil
	case jsontext.KindOf(raw) == "a list":
		return errNoList
	}
	if err := f.set(raw); err != nil {
		return err
	}
	*c.Change = Change[T]{Cleared: true}
	if !f.absent() {
		value, _ := valueOf(f).(T)
		*c.Change = Change[T]{Set: &value}
	}
	return nil
}

func (c single[T]) settle() {}

// valueOf returns a field's value, a secret too.
func valueOf(f field) any {
	if secret, ok := f.(secretField); ok {
		return *secret.p
	}
	return f.value()
}

func (c single[T]) carryOut(f field) error {
	if _, ok := f.(secretField); ok || !c.Changed() {
		return nil
	}
	raw, err := appendValue(nil, plain(c.Set))
	if err != nil {
		return err
	}
	return f.set(raw)
}

func (c single[T]) onWire(attribute string) ([]AttributeChange, error) {
	if !c.Changed() {
		return nil, nil
	}
	raw, err := appendValue(nil, plain(c.Set))
	return []AttributeChange{{Op: ChangeSet, Attribute: attribute, Value: NewSecretJSON(raw)}}, err
}

func (c single[T]) handledBy(pointers map[any]bool) bool { return pointers[c.Change] }

func (c several[T]) handledBy(pointers map[any]bool) bool {
	handles := func(p *[]T, wanted bool) bool { return !wanted || pointers[p] }
	return pointers[c.ListChange] ||
		handles(&c.Set, c.replaces()) && handles(&c.Added, len(c.Added) > 0) && handles(&c.Removed, len(c.Removed) > 0)
}

func (c several[T]) take(op ChangeOp, raw json.RawMessage, f field) error {
	switch {
	case jsontext.IsNull(raw) && op == ChangeAdd:
		return nil
	case jsontext.IsNull(raw):
		*c.taken = taken[T]{set: gather[T](nil)}
		return nil
	}
	if err := f.set(raw); err != nil {
		return err
	}
	values, _ := f.value().([]T)
	if op == ChangeSet {
		*c.taken = taken[T]{set: gather(values)}
		return nil
	}
	for _, v := range values {
		c.taken.one(op, v)
	}
	return nil
}

// one adds or removes a value.
func (t *taken[T]) one(op ChangeOp, v T) {
	if t.added == nil {
		t.added, t.removed = gather[T](nil), gather[T](nil)
	}
	into, outOf := t.added, t.removed
	if op == ChangeRemove {
		into, outOf = outOf, into
	}
	switch {
	case t.set == nil:
		outOf.remove(v)
		into.add(v, v)
	case op == ChangeRemove:
		t.set.remove(v)
	default:
		t.set.add(v, v)
	}
}

func (c several[T]) settle() {
	switch t := c.taken; {
	case t.set != nil:
		list := t.set.list()
		*c.ListChange = ListChange[T]{Set: list, Cleared: len(list) == 0}
	case t.added != nil:
		*c.ListChange = ListChange[T]{Added: t.added.list(), Removed: t.removed.list()}
	}
}

func (c several[T]) carryOut(f field) error {
	if !c.Changed() {
		return nil
	}
	list, _ := f.value().([]T)
	next := c.Apply(list)
	if next == nil {
		return nil
	}
	raw, err := appendValue(nil, next)
	if err != nil {
		return err
	}
	return f.set(raw)
}

func (c several[T]) onWire(attribute string) (changes []AttributeChange, err error) {
	add := func(op ChangeOp, list []T) {
		raw, failure := appendValue(nil, list)
		changes = append(changes, AttributeChange{Op: op, Attribute: attribute, Value: NewSecretJSON(raw)})
		err = errors.Join(err, failure)
	}
	if c.replaces() {
		add(ChangeSet, append([]T{}, c.Set...))
	}
	if len(c.Removed) > 0 {
		add(ChangeRemove, c.Removed)
	}
	if len(c.Added) > 0 {
		add(ChangeAdd, c.Added)
	}
	return changes, err
}

// A namedChange is one field of a struct of changes: what it is called on the wire, and a
// field of the attribute's type to read values with.
type namedChange struct {
	name string
	changer
	reader field
}

// changersOf returns the fields of changes, in their order. It panics where the struct
// does not fit its types, which generated code never does.
func changersOf(changed Changes) []namedChange {
	var all []namedChange
	seen := make(map[string]bool)
	for _, t := range changed.WireTypes() {
		t.WireFields(&Fields{visit: func(name string, _ bool, f field) {
			if !seen[name] {
				seen[name] = true
				all = append(all, namedChange{name: name, reader: f})
			}
		}})
	}
	fields := reflect.ValueOf(changed).Elem()
	if fields.NumField() != len(all) {
		panic(fmt.Sprintf("sdk: %T has %d fields, and the types that it changes have %d", changed, fields.NumField(), len(all)))
	}
	for i := range all {
		c, ok := changerOf(fields.Field(i).Addr().Interface())
		if !ok {
			panic(fmt.Sprintf("sdk: %T has a field of type %s, not a Change or ListChange", changed, fields.Field(i).Type()))
		}
		all[i].changer = c
	}
	return all
}

// checkChanges panics where an input has changes that do not fit the types of their
// attributes.
func checkChanges(input reflect.Type) {
	if wired, ok := reflect.New(input).Interface().(Wired); ok {
		wired.WireFields(&Fields{visit: func(_ string, _ bool, f field) {
			if f, ok := f.(changesField); ok {
				changersOf(f.changed)
			}
		}})
	}
}
