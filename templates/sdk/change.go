package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/nearest"
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

// Apply carries out the update on the attributes of the account, to which attributes
// points: all of it, or nothing and an error that names each attribute that could not be
// changed. Lists are never changed in place.
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

// WireFields ties the fields to the members on the wire.
func (in *AccountUpdateInput[C]) WireFields(w *Fields) {
	w.String("identity", &in.Identity)
	w.anyKey("key", &in.Key)
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

// MarshalJSON writes what is sent on the wire, but for the values of changes.
func (in AccountUpdateInput[C]) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON reads what comes on the wire.
func (in *AccountUpdateInput[C]) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// Changes is for generated code. It is a struct of what an update can change, with a
// [Change] or a [ListChange] for each attribute.
type Changes interface {
	// WireTypes returns pointers to the types whose fields are changed. Field n of the
	// struct is for field n of the first type; those after are for the fields of the next
	// type whose names no type before it has, and so on.
	WireTypes() []Wired
}

// A Change is what an update does to an attribute of one value. The zero Change is none.
type Change[T any] struct {
	Set     *T   // the new value
	Cleared bool // the attribute loses its value
}

// Changed reports whether the attribute is set or cleared.
func (c Change[T]) Changed() bool { return c.Set != nil || c.Cleared }

// Put puts the change into the body of a request: the new value under a name, nil for a
// value that is cleared, and nothing where there is no change. A [Secret] goes in as its
// text.
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

// A ListChange is what an update does to a list: it replaces the list, or adds values to it
// and takes others out. The zero ListChange is none.
type ListChange[T comparable] struct {
	Set     []T  // the whole new list, empty where it is cleared; nil where it is not replaced
	Cleared bool // the list loses all its values

	// Added and Removed are values to add to the list and to take out of it. No value is
	// in both, and there are none where the list is replaced.
	Added, Removed []T
}

// Changed reports whether there is any change.
func (c ListChange[T]) Changed() bool {
	return c.Set != nil || c.Cleared || len(c.Added) > 0 || len(c.Removed) > 0
}

// Apply returns what the change makes of a list. A value that is added to a list that has it
// stays where it is.
func (c ListChange[T]) Apply(list []T) []T {
	switch {
	case c.Set != nil || c.Cleared:
		list = c.Set
	case list == nil && len(c.Added) == 0:
		return nil // taking values out of no list gives no list
	}
	next := make([]T, 0, len(list)+len(c.Added))
	for _, v := range list {
		if !slices.Contains(c.Removed, v) {
			next = append(next, v)
		}
	}
	for _, v := range c.Added {
		if !slices.Contains(next, v) {
			next = append(next, v)
		}
	}
	return next
}

// Diff returns what there is to add to a list and to take out of it, for a source that takes
// values one by one. It covers every change, a list that is replaced too.
func (c ListChange[T]) Diff(list []T) (add, remove []T) {
	next := c.Apply(list)
	return missing(next, list), missing(list, next)
}

// missing returns the values of a list that another one does not have, once each.
func missing[T comparable](list, other []T) []T {
	var found []T
	for _, v := range list {
		if !slices.Contains(other, v) && !slices.Contains(found, v) {
			found = append(found, v)
		}
	}
	return found
}

// Unhandled returns an error that names the attributes that an update changes and a client
// does not handle, nil where there are none. of points to the input of the update, or to
// what it has in Changed, and handled to the fields of Changed that the client handles. A
// client that adds and removes values of a list, and cannot replace it, points to Added and
// Removed. Attributes that have no field, which only the input shows, are handled by their
// names.
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
	var names []string
	for _, c := range changersOf(changed) {
		if c.Changed() && !c.handledBy(handled) {
			names = append(names, strconv.Quote(c.name))
		}
		handled = append(handled, c.name)
	}
	for _, c := range raw {
		if !slices.Contains(handled, any(c.Attribute)) {
			names = append(names, strconv.Quote(c.Attribute))
			handled = append(handled, c.Attribute)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return Errorf("this connector cannot change %s", joinAnd(names))
}

// A changedInput is an [AccountUpdateInput] without its type.
type changedInput interface {
	changes() (Changes, []AttributeChange, error)
}

func anyChanged(changed Changes) bool {
	return slices.ContainsFunc(changersOf(changed), func(c namedChange) bool { return c.Changed() })
}

// A ChangeOp says what an [AttributeChange] does.
type ChangeOp string

// The operations that ISC sends.
const (
	ChangeSet    ChangeOp = "Set"    // overwrites, a whole list too
	ChangeAdd    ChangeOp = "Add"    // adds to a list, without duplicates; sets a single value
	ChangeRemove ChangeOp = "Remove" // takes out of a list; clears a single value, whatever it is
)

// An AttributeChange is one change of an account update as ISC sends it.
type AttributeChange struct {
	Op        ChangeOp
	Attribute string
	Value     SecretJSON // one value or a list; may be missing with Remove, and may be a password
	Metadata  map[string]any
}

// WireFields ties the fields to the members on the wire.
func (c *AttributeChange) WireFields(w *Fields) {
	w.Required().String("op", (*string)(&c.Op))
	w.Required().String("attribute", &c.Attribute)
	w.secretJSON("value", &c.Value)
	w.advisory().values("metadata", &c.Metadata)
}

// MarshalJSON writes what is sent on the wire, but for the value.
func (c AttributeChange) MarshalJSON() ([]byte, error) { return Marshal(&c) }

// UnmarshalJSON reads what comes on the wire.
func (c *AttributeChange) UnmarshalJSON(data []byte) error { return Unmarshal(data, c) }

// A changer is a [Change] or a [ListChange] without its type.
type changer interface {
	Changed() bool

	// take takes in one more change. f is a field of the attribute's type, for reading.
	take(op ChangeOp, value json.RawMessage, f field) error

	// carryOut makes the change in the field of an account.
	carryOut(f field) error

	// handledBy reports whether pointers to what a client handles cover the change.
	handledBy(pointers []any) bool

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
		return several[string]{p}, true
	case *ListChange[bool]:
		return several[bool]{p}, true
	case *ListChange[int64]:
		return several[int64]{p}, true
	}
	return nil, false
}

// A single is the changer of an attribute of one value.
type single[T any] struct{ *Change[T] }

// A several is the changer of a list.
type several[T comparable] struct{ *ListChange[T] }

func (c several[T]) replaces() bool { return c.Set != nil || c.Cleared }

var errUnknownOp = fmt.Errorf("unknown operation; ISC knows %q, %q and %q", ChangeSet, ChangeAdd, ChangeRemove)

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

func (c single[T]) handledBy(pointers []any) bool { return slices.Contains(pointers, any(c.Change)) }

func (c several[T]) handledBy(pointers []any) bool {
	handles := func(p *[]T, wanted bool) bool { return !wanted || slices.Contains(pointers, any(p)) }
	return slices.Contains(pointers, any(c.ListChange)) ||
		handles(&c.Set, c.replaces()) && handles(&c.Added, len(c.Added) > 0) && handles(&c.Removed, len(c.Removed) > 0)
}

func (c several[T]) take(op ChangeOp, raw json.RawMessage, f field) error {
	switch {
	case jsontext.IsNull(raw) && op == ChangeAdd:
		return nil
	case jsontext.IsNull(raw):
		*c.ListChange = ListChange[T]{Set: []T{}, Cleared: true}
		return nil
	}
	if err := f.set(raw); err != nil {
		return err
	}
	values, _ := f.value().([]T)
	if op == ChangeSet {
		*c.ListChange = ListChange[T]{Set: append([]T{}, values...), Cleared: len(values) == 0}
		return nil
	}
	into, outOf := &c.Added, &c.Removed
	if op == ChangeRemove {
		into, outOf = outOf, into
	}
	if c.replaces() {
		next := ListChange[T]{}
		if op == ChangeAdd {
			next.Added = values
		} else {
			next.Removed = values
		}
		c.Set = append([]T{}, next.Apply(c.Set)...)
		c.Cleared = len(c.Set) == 0
		return nil
	}
	for _, v := range values {
		*outOf = slices.DeleteFunc(*outOf, func(o T) bool { return o == v })
		if !slices.Contains(*into, v) {
			*into = append(*into, v)
		}
	}
	return nil
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
	if c.Set != nil || c.Cleared {
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
	var open bool
	seen := make(map[string]bool)
	for _, t := range changed.WireTypes() {
		w := &Fields{visit: func(name string, _ bool, f field) {
			if !seen[name] {
				seen[name] = true
				all = append(all, namedChange{name: name, reader: f})
			}
		}}
		t.WireFields(w)
		open = open || w.open
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

// isOpen reports whether the attributes that are changed are left to discovery, or to
// custom schemas.
func isOpen(changed Changes) bool {
	for _, t := range changed.WireTypes() {
		w := &Fields{visit: func(string, bool, field) {}}
		if t.WireFields(w); w.open {
			return true
		}
	}
	return false
}

// changes ties what an update changes to its name.
func (w *Fields) changes(name string, f changesField) {
	w.take()
	if w.visit != nil {
		w.visit(name, false, f)
		return
	}
	list := slices.Clone(*f.raw)
	for _, c := range changersOf(f.changed) {
		if slices.ContainsFunc(*f.raw, func(r AttributeChange) bool { return r.Attribute == c.name }) {
			continue // ISC has said it in its own words
		}
		more, err := c.onWire(c.name)
		if err != nil {
			w.errs.add(name, err)
			return
		}
		list = append(list, more...)
	}
	if list != nil {
		w.value(name, pointers(list))
	}
}

// A changesField reads the changes of an update twice: as they are, and by attribute.
type changesField struct {
	changed Changes
	raw     *[]AttributeChange
	isRead  *bool
}

func (f changesField) set(raw json.RawMessage) error { return f.read(raw, new(reading)) }

func (f changesField) read(raw json.RawMessage, r *reading) error {
	elements, err := jsontext.Elements(raw)
	if err != nil {
		return err
	}
	var errs problems
	*f.raw, *f.isRead = nil, true
	reflect.ValueOf(f.changed).Elem().SetZero()
	for i, element := range elements {
		change, err := readChange(element, r)
		if err != nil {
			errs = append(errs, fmt.Sprintf("change %d %v", i+1, err))
			continue
		}
		*f.raw = append(*f.raw, change)
	}
	errs = append(errs, takeChanges(f.changed, *f.raw)...)
	if len(errs) == 0 {
		return nil
	}
	return errors.New(errs.Error())
}

// takeChanges fills the fields of changes from the raw ones.
func takeChanges(changed Changes, raw []AttributeChange) (errs problems) {
	byName := make(map[string]namedChange)
	for _, c := range changersOf(changed) {
		byName[c.name] = c
	}
	for _, change := range raw {
		if err := change.takeInto(byName); err != nil {
			errs.add(fmt.Sprintf("%s %q", change.Op, change.Attribute), err)
		}
	}
	return errs
}

// inStep runs a hook that may change an update. Where it changes the raw changes of an
// attribute alone, as customizers that were written for JavaScript do, the field follows.
func inStep(input changedInput, hook func() error) error {
	changed, raw, err := input.changes()
	if err != nil {
		return err
	}
	before := cloneFields(reflect.ValueOf(changed).Elem())
	rawBefore := byAttribute(raw)
	if err := hook(); err != nil {
		return err
	}
	changed, raw, err = input.changes()
	if err != nil {
		return err
	}
	rawNow := byAttribute(raw)
	fields := reflect.ValueOf(changed).Elem()
	var errs problems
	for i, c := range changersOf(changed) {
		if reflect.DeepEqual(rawBefore[c.name], rawNow[c.name]) || !reflect.DeepEqual(before[i], fields.Field(i).Interface()) {
			continue
		}
		fields.Field(i).SetZero()
		errs = append(errs, takeChanges(changed, rawNow[c.name])...)
	}
	return errs.err()
}

// byAttribute returns changes by their attributes.
func byAttribute(changes []AttributeChange) map[string][]AttributeChange {
	all := make(map[string][]AttributeChange)
	for _, c := range changes {
		all[c.Attribute] = append(all[c.Attribute], c)
	}
	return all
}

// cloneFields returns copies of the fields of a struct of changes, which share nothing.
func cloneFields(changes reflect.Value) []any {
	clones := make([]any, changes.NumField())
	for i := range clones {
		clone := reflect.New(changes.Field(i).Type()).Elem()
		clone.Set(changes.Field(i))
		for j := range clone.NumField() {
			switch member := clone.Field(j); {
			case member.Kind() == reflect.Pointer && !member.IsNil():
				value := reflect.New(member.Type().Elem())
				value.Elem().Set(member.Elem())
				member.Set(value)
			case member.Kind() == reflect.Slice && !member.IsNil():
				member.Set(reflect.AppendSlice(reflect.MakeSlice(member.Type(), 0, member.Len()), member))
			}
		}
		clones[i] = clone.Interface()
	}
	return clones
}

// takeInto adds the change to those of its attribute, if that has a field.
func (c AttributeChange) takeInto(byName map[string]namedChange) error {
	switch c.Op {
	case ChangeSet, ChangeAdd, ChangeRemove:
	default:
		return errUnknownOp
	}
	known, ok := byName[c.Attribute]
	if !ok {
		return nil
	}
	return known.take(c.Op, c.Value.Reveal(), known.reader)
}

func readChange(raw json.RawMessage, r *reading) (AttributeChange, error) {
	var c AttributeChange
	if err := unmarshal(raw, &c, r); err != nil {
		return c, err
	}
	if c.Attribute == "" {
		return c, errors.New("names no attribute")
	}
	if c.Op == "" {
		return c, fmt.Errorf("of %q lacks an op; use %q, %q or %q", c.Attribute, ChangeSet, ChangeAdd, ChangeRemove)
	}
	return c, nil
}

func (f changesField) absent() bool  { return false }
func (f changesField) value() any    { return nil }
func (f changesField) object() Wired { return new(AttributeChange) }

// warn logs the changes of attributes that the connector does not know: no client sees
// them in what it looks at.
func (f changesField) warn(ctx context.Context) {
	if isOpen(f.changed) {
		return
	}
	var names []string
	known := make(map[string]bool)
	for _, c := range changersOf(f.changed) {
		names = append(names, c.name)
		known[c.name] = true
	}
	for _, c := range *f.raw {
		if known[c.Attribute] {
			continue
		}
		args := []any{"attribute", c.Attribute}
		if near := nearest.Name(c.Attribute, names); near != "" {
			args = append(args, "didYouMean", near)
		}
		Logger(ctx).WarnContext(ctx, "change of an attribute that is not in the spec", args...)
		known[c.Attribute] = true // once is enough
	}
}

// applyChanges carries out changes on attributes, see [AccountUpdateInput.Apply].
func applyChanges(changed Changes, raw []AttributeChange, attributes Wired) error {
	p := reflect.ValueOf(attributes)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return Errorf("changes need a pointer to attributes, not %T", attributes)
	}
	next := reflect.New(p.Type().Elem())
	next.Elem().Set(p.Elem())
	waiting := make(map[string]changer)
	for _, c := range changersOf(changed) {
		waiting[c.name] = c.changer
	}
	known := maps.Clone(waiting)
	var errs problems
	w := &Fields{visit: func(name string, _ bool, f field) {
		if c, ok := waiting[name]; ok {
			delete(waiting, name)
			if err := c.carryOut(f); err != nil {
				errs.add(strconv.Quote(name), err)
			}
		}
	}}
	w.rest = func(extra *map[string]any) {
		if w.open {
			*extra = maps.Clone(*extra) // the only part of the object that would change in place
			for _, c := range openChanges(waiting, known, raw) {
				_, isList := known[c.Attribute].(interface{ replaces() bool })
				if err := c.apply(extraField{extra, c.Attribute, isList}); err != nil {
					errs.add(fmt.Sprintf("%s %q", c.Op, c.Attribute), err)
				}
			}
		}
	}
	next.Interface().(Wired).WireFields(w)
	if err := errs.err(); err != nil {
		return Errorf("%w", err)
	}
	p.Elem().Set(next.Elem())
	return nil
}

// openChanges returns the changes of attributes that no field has, without passwords:
// those of the template's other fields, and those that are known by the request alone.
func openChanges(waiting, known map[string]changer, raw []AttributeChange) []AttributeChange {
	var changes []AttributeChange
	for _, name := range jsontext.SortedKeys(waiting) {
		if _, secret := waiting[name].(single[Secret]); secret {
			continue
		}
		more, _ := waiting[name].onWire(name) // values that have been read can be written
		changes = append(changes, more...)
	}
	for _, c := range raw {
		if _, typed := known[c.Attribute]; !typed && !namesPassword(c.Attribute) {
			changes = append(changes, c)
		}
	}
	return changes
}

func (c AttributeChange) apply(f extraField) error {
	switch c.Op {
	case ChangeSet:
		if jsontext.IsNull(c.Value.Reveal()) {
			return f.remove(nil)
		}
		return setExtra(f.extra, f.name, c.Value.Reveal())
	case ChangeAdd:
		return f.add(c.Value.Reveal())
	case ChangeRemove:
		return f.remove(c.Value.Reveal())
	}
	return errUnknownOp
}

// An extraField is a member that no field has: a list once values have been
// added to it, else what it was set to.
type extraField struct {
	extra  *map[string]any
	name   string
	isList bool // the template says so, if it holds one value
}

func (f extraField) list() []any {
	switch v := (*f.extra)[f.name].(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

func (f extraField) store(list []any) {
	if *f.extra == nil {
		*f.extra = make(map[string]any)
	}
	(*f.extra)[f.name] = list
}

func (f extraField) add(raw json.RawMessage) error {
	values, err := extraValues(raw)
	if err != nil || len(values) == 0 {
		return err
	}
	next := append([]any{}, f.list()...)
	for _, v := range values {
		if !containsValue(next, v) {
			next = append(next, v)
		}
	}
	f.store(next)
	return nil
}

// remove takes values out of a list and clears anything else.
func (f extraField) remove(raw json.RawMessage) error {
	list, isList := (*f.extra)[f.name].([]any)
	if _, ok := (*f.extra)[f.name]; ok && f.isList && !isList {
		list, isList = f.list(), true
	}
	if !isList || jsontext.IsNull(raw) {
		delete(*f.extra, f.name)
		return nil
	}
	values, err := extraValues(raw)
	if err != nil {
		return err
	}
	next := []any{}
	for _, v := range list {
		if !containsValue(values, v) {
			next = append(next, v)
		}
	}
	f.store(next)
	return nil
}

func extraValues(raw json.RawMessage) ([]any, error) {
	raws, err := jsontext.Elements(raw)
	if err != nil {
		return nil, err
	}
	values := make([]any, 0, len(raws))
	for _, raw := range raws {
		v, err := jsontext.ReadValue(raw)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// containsValue compares as JSON text, since values may be lists and objects.
func containsValue(list []any, v any) bool {
	text, err := appendValue(nil, v)
	if err != nil {
		return false
	}
	for _, other := range list {
		if o, err := appendValue(nil, other); err == nil && string(o) == string(text) {
			return true
		}
	}
	return false
}
