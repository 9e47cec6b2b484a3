package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// A Binding is a type that ties its fields to names on the wire. Generated
// types have a Bind method with one call per field; encoding, decoding,
// attribute changes and sample data all go by it.
type Binding interface {
	Bind(b *Binder)
}

// A Binder visits the fields of a [Binding]: it writes them as members of a
// JSON object, or hands each to whoever reads or changes them.
//
// The fields of one object are bound in the order in which they are to be sent.
type Binder struct {
	visit    func(name string, required bool, f field) // nil while encoding
	rest     func(extra *map[string]any)               // visits the members that no field has
	required bool                                      // the next field is required

	buf    []byte
	object Binding // being written
	depth  int     // of the object being written in others
	member bool    // the object being written has a member
	filled bool    // the object being written has a member that is not a required empty one
	errs   problems
}

// Required marks the next field: it is always sent, and its absence is an error
// where a value must be given.
func (b *Binder) Required() *Binder {
	b.required = true
	return b
}

// take returns whether the field being bound is required, and clears the mark.
func (b *Binder) take() bool {
	r := b.required
	b.required = false
	return r
}

// name writes the separator and the name of a member.
func (b *Binder) name(name string) {
	if b.member {
		b.buf = append(b.buf, ',')
	}
	b.member = true
	b.buf = append(appendString(b.buf, name), ':')
}

// String binds a text. "" is absent, and is sent only where required.
func (b *Binder) String(name string, p *string) {
	required := b.take()
	if b.visit != nil {
		b.visit(name, required, textField{p})
		return
	}
	if *p == "" && !required {
		return
	}
	b.name(name)
	b.filled = b.filled || *p != ""
	b.buf = appendString(b.buf, *p)
}

// Bool binds a boolean. nil is absent, false is sent.
func (b *Binder) Bool(name string, p **bool) {
	required := b.take()
	if b.visit != nil {
		b.visit(name, required, scalarField[bool]{p, readBool})
		return
	}
	if *p == nil {
		return
	}
	b.name(name)
	b.filled = true
	b.buf = strconv.AppendBool(b.buf, **p)
}

// Int binds a whole number. nil is absent, 0 is sent.
func (b *Binder) Int(name string, p **int64) {
	required := b.take()
	if b.visit != nil {
		b.visit(name, required, scalarField[int64]{p, readInt})
		return
	}
	if *p == nil {
		return
	}
	b.name(name)
	b.filled = true
	b.buf = strconv.AppendInt(b.buf, **p, 10)
}

// Strings binds a list of texts. nil is absent, an empty list is sent.
func (b *Binder) Strings(name string, p *[]string) {
	bindList(b, name, p, readText, appendString)
}

// Bools binds a list of booleans. nil is absent, an empty list is sent.
func (b *Binder) Bools(name string, p *[]bool) {
	bindList(b, name, p, readBool, strconv.AppendBool)
}

// Ints binds a list of whole numbers. nil is absent, an empty list is sent.
func (b *Binder) Ints(name string, p *[]int64) {
	bindList(b, name, p, readInt, appendInt)
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

func bindList[T comparable](b *Binder, name string, p *[]T, read func(json.RawMessage) (T, error), write func([]byte, T) []byte) {
	required := b.take()
	if b.visit != nil {
		b.visit(name, required, listField[T]{p, read})
		return
	}
	if *p == nil {
		return
	}
	b.name(name)
	b.filled = true
	b.buf = appendList(b.buf, *p, write)
}

// Extra binds the members that no field has. They are sent behind all others,
// in the order of their names; one that has a field's name is not sent, whatever
// the field holds.
func (b *Binder) Extra(p *map[string]any) {
	b.take()
	if b.visit != nil {
		if b.rest != nil {
			b.rest(p)
		}
		return
	}
	if len(*p) == 0 {
		return
	}
	taken := b.taken(*p)
	for _, name := range sortedKeys(*p) {
		if !slices.Contains(taken, name) {
			b.value(name, (*p)[name])
		}
	}
}

// taken returns which names of extra members the object's fields have.
func (b *Binder) taken(extra map[string]any) []string {
	var names []string
	b.object.Bind(&Binder{visit: func(name string, _ bool, _ field) {
		if _, ok := extra[name]; ok {
			names = append(names, name)
		}
	}})
	return names
}

// Flag binds a boolean whose absence means false.
func (b *Binder) Flag(name string, p *bool) {
	b.take()
	if b.visit != nil {
		b.visit(name, false, flagField{p})
		return
	}
	if !*p {
		return
	}
	b.name(name)
	b.filled = true
	b.buf = append(b.buf, "true"...)
}

// Constant binds a member that always has the same text.
func (b *Binder) Constant(name, text string) {
	b.take()
	if b.visit != nil {
		return
	}
	b.name(name)
	b.buf = appendString(b.buf, text)
}

// Key binds an object's key. The zero key is absent; one of another type than
// want is an error, so that it never reaches the wire.
func (b *Binder) Key(name string, want KeyType, p *Key) {
	b.take()
	if b.visit != nil {
		b.visit(name, false, jsonField[Key]{p})
		return
	}
	if *p == (Key{}) {
		return
	}
	if err := p.check(want); err != nil {
		b.errs.add(name, err)
		return
	}
	b.name(name)
	b.filled = true
	b.buf = p.append(b.buf)
}

// Permissions binds what an object may do. nil is absent.
func (b *Binder) Permissions(name string, p *[]Permission) { bindJSON(b, name, p) }

// Results binds the outcome per attribute. nil is absent.
func (b *Binder) Results(name string, p *[]Result) { bindJSON(b, name, p) }

// Metadata binds attribute values with their metadata. nil is absent.
func (b *Binder) Metadata(name string, p *[]AttributeMetadata) { bindJSON(b, name, p) }

// Schema binds the account schema that a request carries. nil is absent.
func (b *Binder) Schema(name string, p **AccountSchema) {
	b.take()
	if b.visit != nil {
		b.visit(name, false, jsonField[*AccountSchema]{p})
		return
	}
	if *p != nil {
		b.value(name, *p)
	}
}

func bindJSON[T any](b *Binder, name string, p *[]T) {
	b.take()
	if b.visit != nil {
		b.visit(name, false, jsonField[[]T]{p})
		return
	}
	if *p != nil {
		b.value(name, *p)
	}
}

// value writes a member of any kind. Behind a failure it writes no more: nothing
// is sent, and a value that contains itself in many places would take forever.
func (b *Binder) value(name string, v any) {
	if len(b.errs) > 0 {
		return
	}
	b.name(name)
	b.filled = true
	var err error
	if b.buf, err = appendNested(b.buf, v, b.depth+1); err != nil {
		b.errs.add(name, err)
	}
}

// Object binds a nested object. One that holds nothing is left out where nothing
// stands before it either: the answer says that nothing changed.
func (b *Binder) Object(name string, p Binding) {
	b.take()
	if b.visit != nil {
		b.visit(name, false, objectField{p})
		return
	}
	start, member, filled, outer := len(b.buf), b.member, b.filled, b.object
	b.name(name)
	b.buf = append(b.buf, '{')
	b.member, b.filled, b.object = false, false, p
	p.Bind(b)
	b.buf = append(b.buf, '}')
	b.member, b.object = true, outer
	if !b.filled && !filled {
		b.buf, b.member = b.buf[:start], member
	}
	b.filled = b.filled || filled
}

// encode appends v to buf as a JSON object, or gives buf back with an error.
// The Binder is reused, so that encoding allocates nothing of its own.
func (b *Binder) encode(buf []byte, v Binding) ([]byte, error) {
	*b = Binder{buf: append(buf, '{'), object: v, depth: b.depth}
	v.Bind(b)
	if len(b.errs) > 0 {
		return buf, b.errs
	}
	return append(b.buf, '}'), nil
}

// Marshal returns v as JSON.
func Marshal(v Binding) ([]byte, error) {
	var b Binder
	return b.encode(nil, v)
}

// Unmarshal reads a JSON object into v. Values that arrive loosely typed ("42",
// "true", a bare value for a list) are read as their field's type; what does not
// fit is an error that names the member, all of them at once. null is absent.
func Unmarshal(data []byte, v Binding) error {
	members, err := object(data)
	if err != nil {
		return err
	}
	var errs problems
	bound := make(map[string]bool)
	b := Binder{
		visit: func(name string, _ bool, f field) {
			bound[name] = true
			if raw, ok := members[name]; ok {
				if err := f.set(raw); err != nil {
					errs.add(name, err)
				}
			}
		},
		rest: func(extra *map[string]any) {
			*extra = nil
			for _, name := range sortedKeys(members) {
				if bound[name] {
					continue
				}
				if err := setExtra(extra, name, members[name]); err != nil {
					errs.add(name, err)
				}
			}
		},
	}
	v.Bind(&b)
	return errs.err()
}

func setExtra(extra *map[string]any, name string, raw json.RawMessage) error {
	v, err := readValue(raw)
	if err != nil {
		return err
	}
	if *extra == nil {
		*extra = make(map[string]any)
	}
	(*extra)[name] = v
	return nil
}

// Missing reports the required members that v lacks, all of them in one error.
func Missing(v Binding) error {
	var names []string
	v.Bind(&Binder{visit: func(name string, required bool, f field) {
		if required && f.absent() {
			names = append(names, strconv.Quote(name))
		}
	}})
	if len(names) == 0 {
		return nil
	}
	return Errorf("required attributes are missing: %s", joinAnd(names))
}

// A field is one field of a Binding, behind its type. Values come as JSON.
type field interface {
	set(raw json.RawMessage) error    // null clears
	add(raw json.RawMessage) error    // to a list, without duplicates; else as set
	remove(raw json.RawMessage) error // from a list, all of it when there is no value; else clears
	absent() bool
	value() any // nil where there is none, and for members that are no attributes
}

// setOne sets a field that holds one value from a value or a list of one. No
// value changes nothing.
func setOne(set func(json.RawMessage) error, raw json.RawMessage) error {
	list, err := elements(raw)
	if err != nil {
		return err
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return set(list[0])
	}
	return fmt.Errorf("holds one value, not %d", len(list))
}

type textField struct{ p *string }

func (f textField) set(raw json.RawMessage) (err error) {
	text, err := readText(raw)
	if err == nil {
		*f.p = text
	}
	return err
}

func (f textField) add(raw json.RawMessage) error { return setOne(f.set, raw) }
func (f textField) remove(json.RawMessage) error  { *f.p = ""; return nil }
func (f textField) absent() bool                  { return *f.p == "" }
func (f textField) value() any                    { return *f.p }

// A scalarField holds a value that may be absent. The empty text, which forms
// send for a field that is not filled in, is absent too.
type scalarField[T any] struct {
	p    **T
	read func(json.RawMessage) (T, error)
}

func (f scalarField[T]) set(raw json.RawMessage) error {
	if isNull(raw) || isEmptyText(raw) {
		*f.p = nil
		return nil
	}
	v, err := f.read(raw)
	if err == nil {
		*f.p = &v
	}
	return err
}

func (f scalarField[T]) add(raw json.RawMessage) error { return setOne(f.set, raw) }
func (f scalarField[T]) remove(json.RawMessage) error  { *f.p = nil; return nil }
func (f scalarField[T]) absent() bool                  { return *f.p == nil }

func (f scalarField[T]) value() any {
	if *f.p == nil {
		return nil
	}
	return **f.p
}

// A listField never changes a list in place: copies of the object share it.
type listField[T comparable] struct {
	p    *[]T
	read func(json.RawMessage) (T, error)
}

// values reads a list, or a bare value as a list of one. The empty text, which
// forms send for a list that is not filled in, is an empty one, and null in a
// list is no value.
func (f listField[T]) values(raw json.RawMessage) ([]T, error) {
	if isEmptyText(raw) {
		return []T{}, nil
	}
	raws, err := elements(raw)
	if err != nil {
		return nil, err
	}
	list := make([]T, 0, len(raws))
	for i, raw := range raws {
		if isNull(raw) {
			continue
		}
		v, err := f.read(raw)
		if err != nil {
			return nil, fmt.Errorf("value %d %w", i+1, err)
		}
		list = append(list, v)
	}
	return list, nil
}

func (f listField[T]) set(raw json.RawMessage) error {
	if isNull(raw) {
		*f.p = nil
		return nil
	}
	list, err := f.values(raw)
	if err == nil {
		*f.p = list
	}
	return err
}

func (f listField[T]) add(raw json.RawMessage) error {
	list, err := f.values(raw)
	if err != nil {
		return err
	}
	next := slices.Clip(slices.Clone(*f.p))
	for _, v := range list {
		if !slices.Contains(next, v) {
			next = append(next, v)
		}
	}
	*f.p = next
	return nil
}

func (f listField[T]) remove(raw json.RawMessage) error {
	list, err := f.values(raw)
	if err != nil {
		return err
	}
	next := make([]T, 0, len(*f.p))
	for _, v := range *f.p {
		if !isNull(raw) && !slices.Contains(list, v) {
			next = append(next, v)
		}
	}
	*f.p = next
	return nil
}

func (f listField[T]) absent() bool { return len(*f.p) == 0 }

func (f listField[T]) value() any {
	if *f.p == nil {
		return nil
	}
	return *f.p
}

// errNotAnAttribute refuses changes of members that are no attributes.
var errNotAnAttribute = errors.New("is no attribute")

type flagField struct{ p *bool }

func (f flagField) set(raw json.RawMessage) error {
	if isNull(raw) {
		*f.p = false
		return nil
	}
	v, err := readBool(raw)
	*f.p = v
	return err
}

func (f flagField) add(json.RawMessage) error    { return errNotAnAttribute }
func (f flagField) remove(json.RawMessage) error { return errNotAnAttribute }
func (f flagField) absent() bool                 { return !*f.p }
func (f flagField) value() any                   { return *f.p }

type jsonField[T any] struct{ p *T }

func (f jsonField[T]) set(raw json.RawMessage) error {
	var v T
	if !isNull(raw) {
		if err := json.Unmarshal(raw, &v); err != nil {
			return err
		}
	}
	*f.p = v
	return nil
}

func (f jsonField[T]) add(json.RawMessage) error    { return errNotAnAttribute }
func (f jsonField[T]) remove(json.RawMessage) error { return errNotAnAttribute }
func (f jsonField[T]) absent() bool                 { return false }
func (f jsonField[T]) value() any                   { return nil }

type objectField struct{ v Binding }

func (f objectField) set(raw json.RawMessage) error { return Unmarshal(raw, f.v) }
func (f objectField) add(json.RawMessage) error     { return errNotAnAttribute }
func (f objectField) remove(json.RawMessage) error  { return errNotAnAttribute }
func (f objectField) absent() bool                  { return false }
func (f objectField) value() any                    { return nil }
