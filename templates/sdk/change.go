package sdk

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A ChangeOp says what an [AttributeChange] does.
type ChangeOp string

// The operations that ISC sends.
const (
	ChangeSet    ChangeOp = "Set"    // overwrites, a whole list too
	ChangeAdd    ChangeOp = "Add"    // adds to a list, without duplicates
	ChangeRemove ChangeOp = "Remove" // takes out of a list; on a single value, clears it
)

// An AttributeChange is one change of an account update.
type AttributeChange struct {
	Op        ChangeOp        `json:"op"`
	Attribute string          `json:"attribute"`
	Value     json.RawMessage `json:"value,omitempty"` // one value or a list; may be missing with Remove
	Metadata  map[string]any  `json:"metadata,omitempty"`
}

// Apply carries out the changes, in their order, on the attributes of the account, to
// which attributes points: all of them, or none and an error that names each attribute
// that could not be changed. Attributes that have no field change in Extra, where the
// type has it.
//
// Add on an attribute that holds one value sets it, and Remove clears it, whatever the
// value. Set to null clears, Add of nothing changes nothing, and Remove without a value
// takes out all. Lists are never changed in place.
func (in AccountUpdateInput) Apply(attributes Wired) error {
	p := reflect.ValueOf(attributes)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return Errorf("changes need a pointer to attributes, not %T", attributes)
	}
	next := reflect.New(p.Type().Elem())
	next.Elem().Set(p.Elem())
	var errs problems
	for i, c := range in.Changes {
		if err := applyOne(next.Interface().(Wired), c, i == 0); err != nil {
			errs.add(fmt.Sprintf("%s %q", c.Op, c.Attribute), err)
		}
	}
	if err := errs.err(); err != nil {
		return Errorf("%w", err)
	}
	p.Elem().Set(next.Elem())
	return nil
}

// applyOne carries out one change. The first one copies the extra members,
// which are the only part of the object that would change in place.
func applyOne(v Wired, c AttributeChange, first bool) error {
	found, err := false, error(nil)
	v.WireFields(&Fields{
		visit: func(name string, _ bool, f field) {
			if name == c.Attribute {
				found, err = true, c.apply(f)
			}
		},
		rest: func(extra *map[string]any) {
			if first {
				*extra = maps.Clone(*extra)
			}
			if !found {
				found, err = true, c.apply(extraField{extra, c.Attribute})
			}
		},
	})
	if !found {
		return errNotAnAttribute
	}
	return err
}

func (c AttributeChange) apply(f field) error {
	switch c.Op {
	case ChangeSet:
		if jsontext.IsNull(c.Value) {
			return f.remove(nil)
		}
		return setChange(f, c.Value)
	case ChangeAdd:
		return f.add(c.Value)
	case ChangeRemove:
		return f.remove(c.Value)
	}
	return fmt.Errorf("the operation is unknown; it is %q, %q or %q", ChangeSet, ChangeAdd, ChangeRemove)
}

// setChange sets a field from one value or a list, as ISC sends either: a field
// that holds one value takes it out of a list of one.
func setChange(f field, raw json.RawMessage) error {
	err := f.set(raw)
	if err == nil || jsontext.KindOf(raw) != "a list" {
		return err
	}
	if list, listErr := jsontext.Elements(raw); listErr == nil && len(list) == 1 {
		return f.set(list[0])
	}
	return err
}

// An extraField is a member that no field has: a list once values have been
// added to it, else what it was set to.
type extraField struct {
	extra *map[string]any
	name  string
}

func (f extraField) set(raw json.RawMessage) error { return setExtra(f.extra, f.name, raw) }

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

func (f extraField) value() any { return (*f.extra)[f.name] }

func (f extraField) absent() bool {
	_, ok := (*f.extra)[f.name]
	return !ok
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
