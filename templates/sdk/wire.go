package sdk

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
	"github.com/conngen/conngen/templates/sdk/internal/words"
)

// Wired is for generated code. A wired type ties its fields to their names on the wire,
// with one call per field, in the order in which they are sent. Encoding, decoding,
// attribute changes, filters and sample data all go by it.
type Wired interface {
	WireFields(w *Fields)
}

// Fields is for generated code. It visits the fields of a [Wired] type: it writes them
// as members of a JSON object, or hands each one over to be read or changed.
type Fields struct {
	visit  func(name string, required bool, f field) // nil while encoding
	rest   func(extra *map[string]any)               // visits the members that no field has
	marks  marks                                     // of the next field
	open   bool                                      // members that no field has are attributes too
	advice bool                                      // the next field is advisory

	secrets secrecy
	depth   int // of the object being written in others
	writing
	extras extraNames
}

// writing is what belongs to one object while it is written.
type writing struct {
	buf    []byte // each member ends with a comma, of which the last becomes the end of the object
	object Wired  // the innermost object
	filled bool   // the innermost object has a member that is not a required empty one
	errs   problems

	identified bool    // the object has a native identity
	keyless    KeyType // the kind of key that the object lacks
	lacksKey   bool
	badKey     keyProblem
}

// marks say what is special about a field.
type marks uint8

const (
	required marks = 1 << iota // it must have a value
	escaped                    // its name is not written as it is
)

// has reports whether a mark is among those of a field.
func (m marks) has(one marks) bool { return m&one != 0 }

// A secrecy says what becomes of secrets that are written.
type secrecy int

const (
	hideSecrets  secrecy = iota // people may read it: a secret is "[redacted]"
	secretFields                // an output: a secret field is sent, secrets among the extra members are not
	allSecrets                  // an input: the command needs its secrets
)

// Required marks the next field: it is always sent, and its absence is an error
// where a value must be given.
func (w *Fields) Required() *Fields {
	w.marks |= required
	return w
}

// Escape marks the next field: its name has characters that JSON escapes. All other names are
// written as they are.
func (w *Fields) Escape() *Fields {
	w.marks |= escaped
	return w
}

// advisory marks the next field: a value that does not fit is ignored, since the command
// can do without.
func (w *Fields) advisory() *Fields {
	w.advice = true
	return w
}

// take returns the marks of the next field, and clears them.
func (w *Fields) take() marks {
	m := w.marks
	w.marks = 0
	return m
}

// name returns what is written with the name of a member, which its value follows.
func (w *Fields) name(name string, m marks) []byte {
	if m.has(escaped) {
		return append(jsontext.AppendString(w.buf, name), ':')
	}
	b := append(w.buf, '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

// String ties a text to its name. "" is absent, and is sent only where required. A number
// that arrives becomes the text that JavaScript prints, but an integer keeps all its digits.
func (w *Fields) String(name string, p *string) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, m.has(required), textField{p})
		return
	}
	text := *p
	if text != "" {
		w.filled = true
	} else if !m.has(required) {
		return
	}
	w.text(name, m, text)
}

// text writes a member that is a text.
func (w *Fields) text(name string, m marks, text string) {
	w.buf = append(jsontext.AppendString(w.name(name, m), text), ',')
}

// Identity ties an object's native identity to its name, as [Fields.String] does. An
// object that has one needs no key.
func (w *Fields) Identity(name string, p *string) {
	w.identified = *p != ""
	w.String(name, p)
}

// Secret ties a password to its name. One that is not set is absent. It is sent in plain
// text where the client sets it, and "[redacted]" wherever else the object is written.
func (w *Fields) Secret(name string, p *Secret) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, m.has(required), secretField{p})
		return
	}
	if !p.IsSet() {
		return
	}
	text := redact.Text
	if w.secrets != hideSecrets {
		text = p.Reveal()
	}
	w.filled = true
	w.text(name, m, text)
}

// Bool ties a boolean to its name. nil is absent, false is sent.
func (w *Fields) Bool(name string, p **bool) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, m.has(required), scalarField[bool]{p, jsontext.ReadBool})
		return
	}
	if *p == nil {
		return
	}
	w.filled = true
	w.buf = append(strconv.AppendBool(w.name(name, m), **p), ',')
}

// Int ties a whole number to its name. nil is absent, 0 is sent.
func (w *Fields) Int(name string, p **int64) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, m.has(required), scalarField[int64]{p, jsontext.ReadInt})
		return
	}
	if *p == nil {
		return
	}
	w.filled = true
	w.buf = append(appendInt(w.name(name, m), **p), ',')
}

// Methods that call generic functions are not inlined: those would be compiled anew with each
// generated package that calls the methods.

// Strings ties a list of texts to its name. nil is absent, an empty list is sent.
//
//go:noinline
func (w *Fields) Strings(name string, p *[]string) {
	if b, ok := listOf(w, name, p, jsontext.ReadText); ok {
		w.buf = append(jsontext.AppendStrings(b, *p), ',')
	}
}

// Bools ties a list of booleans to its name. nil is absent, an empty list is sent.
//
//go:noinline
func (w *Fields) Bools(name string, p *[]bool) {
	if b, ok := listOf(w, name, p, jsontext.ReadBool); ok {
		w.buf = append(jsontext.AppendList(b, *p, strconv.AppendBool), ',')
	}
}

// Ints ties a list of whole numbers to its name. nil is absent, an empty list is sent.
//
//go:noinline
func (w *Fields) Ints(name string, p *[]int64) {
	if b, ok := listOf(w, name, p, jsontext.ReadInt); ok {
		w.buf = append(jsontext.AppendList(b, *p, appendInt), ',')
	}
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// listOf returns what is written with the name of a list; ok is false if the list is not to be
// written.
func listOf[T comparable](w *Fields, name string, p *[]T, read func(json.RawMessage) (T, error)) (b []byte, ok bool) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, m.has(required), listField[T]{p, read})
		return nil, false
	}
	if *p == nil {
		return nil, false
	}
	w.filled = true
	return w.name(name, m), true
}

// Extra takes the members that no field has. They are sent after all others, in the
// order of their names; one that has a field's name is not sent, whatever the field
// holds.
func (w *Fields) Extra(p *map[string]any) {
	w.take()
	if w.visit != nil {
		if w.rest != nil {
			w.rest(p)
		}
		return
	}
	if len(*p) == 0 {
		return
	}
	for _, name := range w.extras.sorted(w.object, *p) {
		value := (*p)[name]
		if secret, ok := value.(Secret); ok {
			if w.secrets != allSecrets {
				continue // never send back a password that came in
			}
			value = secret.Reveal()
		}
		w.value(name, escaped, value)
	}
}

// OpenExtra is [Fields.Extra] for attributes that are left to discovery or to custom
// schemas: members that no field has are attributes too, and updates change them.
func (w *Fields) OpenExtra(p *map[string]any) {
	w.open = true
	w.Extra(p)
}

// extraNames finds the extra members that are sent with objects.
type extraNames struct {
	of     any             // the type of the last object; a reflect.Type would be compiled into each package
	fields map[string]bool // the names of its fields
	names  []string
}

// sorted returns the names of the extra members that the fields of their object do not have, in
// their order. They are valid until the next call.
func (e *extraNames) sorted(object Wired, extra map[string]any) []string {
	if t := any(reflect.TypeOf(object)); t != e.of {
		e.of, e.fields = t, make(map[string]bool)
		object.WireFields(&Fields{visit: func(name string, _ bool, _ field) { e.fields[name] = true }})
	}
	e.names = e.names[:0]
	for name := range extra {
		if !e.fields[name] {
			e.names = append(e.names, name)
		}
	}
	slices.Sort(e.names)
	return e.names
}

// Flag ties a boolean whose absence means false to its name.
func (w *Fields) Flag(name string, p *bool) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, false, flagField{p})
		return
	}
	if !*p {
		return
	}
	w.filled = true
	w.buf = append(w.name(name, m), "true,"...)
}

// Constant adds a member that always has the same text.
func (w *Fields) Constant(name, text string) {
	m := w.take()
	if w.visit == nil {
		w.text(name, m, text)
	}
}

// Key ties an object's key to its name. The zero key is absent: sending an object that has
// no native identity either is an error. So is writing a key of another type than want.
func (w *Fields) Key(name string, want KeyType, p *Key) {
	if w.visit == nil {
		if p.isAbsent() {
			w.lacksKey, w.keyless = !w.identified, want
		} else {
			w.badKey = p.problem(want)
		}
	}
	w.anyKey(name, p)
}

// anyKey ties the key in an input to its name, of whatever type it is.
func (w *Fields) anyKey(name string, p *Key) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, false, jsonField[Key]{p: p})
		return
	}
	if p.isAbsent() {
		return
	}
	w.filled = true
	w.buf = append(p.append(w.name(name, m)), ',')
}

// Permissions ties what an object may do to its name. nil is absent.
//
//go:noinline
func (w *Fields) Permissions(name string, p *[]Permission) { jsonOf(w, name, p) }

// Results ties the outcome per attribute to its name. nil is absent. An object that holds
// nothing else does not count as filled: an update may send results alone.
//
//go:noinline
func (w *Fields) Results(name string, p *[]Result) {
	filled := w.filled
	jsonOf(w, name, p)
	w.filled = filled
}

// Metadata ties attribute values with their metadata to its name. nil is absent. What
// cannot be read of it is ignored.
//
//go:noinline
func (w *Fields) Metadata(name string, p *[]AttributeMetadata) { objects(w.advisory(), name, p) }

// Schema ties the account schema that a request carries to its name. nil is absent. It
// is advice: what cannot be read of it is ignored.
//
//go:noinline
func (w *Fields) Schema(name string, p **AccountSchema) { optional(w.advisory(), name, p) }

func jsonOf[T any](w *Fields, name string, p *[]T) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, false, jsonField[[]T]{p: p})
		return
	}
	if *p != nil {
		w.value(name, m, *p)
	}
}

// value writes a member of any kind. After a failure it writes no more: nothing is sent
// anyway, and a value that contains itself in many places would take forever.
func (w *Fields) value(name string, m marks, v any) {
	if len(w.errs) > 0 {
		return
	}
	w.filled = true
	b, err := appendNested(w.name(name, m), v, w.depth+1, w.secrets)
	if err != nil {
		w.errs.add(name, err)
	}
	w.buf = append(b, ',')
}

// Object ties a nested object to its name. One that holds nothing is left out if no
// member precedes it: the answer says that nothing changed.
func (w *Fields) Object(name string, p Wired) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, false, objectField{v: p})
		return
	}
	start, filled, outer := len(w.buf), w.filled, w.object
	w.buf = append(w.name(name, m), '{')
	w.filled, w.object = false, p
	p.WireFields(w)
	w.object = outer
	w.buf = append(closed(w.buf), ',')
	if !w.filled && !filled {
		w.buf = w.buf[:start]
	}
	w.filled = w.filled || filled
}

// closed returns an object that has all of its members.
func closed(b []byte) []byte {
	if last := len(b) - 1; b[last] == ',' {
		b[last] = '}'
		return b
	}
	return append(b, '}')
}

// encode appends v to buf as a JSON object, or gives buf back with an error.
// The Fields are reused: encoding allocates nothing of its own.
func (w *Fields) encode(buf []byte, v Wired) ([]byte, error) {
	w.begin(append(buf, '{'), v)
	v.WireFields(w)
	if w.badKey != "" {
		return buf, w.badKey
	}
	if len(w.errs) > 0 {
		return buf, w.errs
	}
	return closed(w.buf), nil
}

// begin prepares the Fields for the members of an object. It sets one field after another, which is
// faster than copying them.
func (w *writing) begin(buf []byte, v Wired) {
	w.buf, w.object, w.filled, w.errs = buf, v, false, nil
	w.identified, w.lacksKey, w.badKey = false, false, ""
}

// Marshal is for generated code. It returns v as JSON.
func Marshal(v Wired) ([]byte, error) {
	var w Fields
	return w.encode(nil, v)
}

// Unmarshal is for generated code. It reads a JSON object into v. Values that arrive loosely
// typed ("42", "true", a bare value for a list) are read as their field's type; what does
// not fit is an error that names the member, all of them at once. null is absent.
func Unmarshal(data []byte, v Wired) error { return unmarshal(data, v, new(reading)) }

// A reading is what goes with an object that is read, and with those in it.
type reading struct {
	request bool     // the object is in a request: passwords among its extra members are secrets
	ignored problems // advice that does not fit
}

// unmarshal is [Unmarshal] as a part of a reading.
func unmarshal(data []byte, v Wired, r *reading) error {
	members, err := jsontext.Members(data)
	if err != nil {
		return err
	}
	var errs problems
	known := make(map[string]bool)
	var w Fields
	w.visit = func(name string, _ bool, f field) {
		found := &errs
		if w.advice {
			found, w.advice = &r.ignored, false
		}
		known[name] = true
		if raw, ok := members[name]; ok {
			if err := r.set(name, f, raw); err != nil {
				found.add(name, err)
			}
		}
	}
	w.rest = func(extra *map[string]any) {
		*extra = nil
		for _, name := range jsontext.SortedKeys(members) {
			if known[name] {
				continue
			}
			if err := r.setExtra(extra, name, members[name]); err != nil {
				errs.add(name, err)
			}
		}
	}
	v.WireFields(&w)
	return errs.err()
}

// set reads a member. What has been ignored inside is led by its name.
func (r *reading) set(name string, f field, raw json.RawMessage) error {
	n, ok := f.(nestedField)
	if !ok {
		return f.set(raw)
	}
	inside := reading{request: r.request}
	err := n.read(raw, &inside)
	if inside.ignored != nil {
		r.ignored.add(name, inside.ignored)
	}
	return err
}

// A nestedField is a field that has objects in it.
type nestedField interface {
	read(raw json.RawMessage, r *reading) error // set, as a part of a reading
}

// setExtra reads an extra member. In a request, what has the name of a password is a
// [Secret], unless it is a boolean or null.
func (r *reading) setExtra(extra *map[string]any, name string, raw json.RawMessage) error {
	if kind := jsontext.KindOf(raw); !r.request || kind == "a boolean" || jsontext.IsNull(raw) || !words.Password(name) {
		return setExtra(extra, name, raw)
	}
	text, err := jsontext.ReadAnyText(raw)
	if err != nil {
		return err
	}
	store(extra, name, NewSecret(text))
	return nil
}

func setExtra(extra *map[string]any, name string, raw json.RawMessage) error {
	v, err := jsontext.ReadValue(raw)
	if err != nil {
		return err
	}
	store(extra, name, v)
	return nil
}

func store(extra *map[string]any, name string, v any) {
	if *extra == nil {
		*extra = make(map[string]any)
	}
	(*extra)[name] = v
}

// missingOf returns the names of the required members that v lacks, quoted.
func missingOf(v Wired) []string {
	var names []string
	v.WireFields(&Fields{visit: func(name string, required bool, f field) {
		if required && f.absent() {
			names = append(names, strconv.Quote(name))
		}
	}})
	return names
}

// A field is one field of a [Wired] type, whatever its Go type. Values come as JSON.
type field interface {
	set(raw json.RawMessage) error // null clears
	absent() bool
	value() any // nil where there is none, for secrets, and for members that are not attributes
}

type textField struct{ p *string }

func (f textField) set(raw json.RawMessage) (err error) {
	text, err := jsontext.ReadText(raw)
	if err == nil {
		*f.p = text
	}
	return err
}

func (f textField) absent() bool { return *f.p == "" }
func (f textField) value() any   { return *f.p }

type secretField struct{ p *Secret }

func (f secretField) set(raw json.RawMessage) error {
	text, err := jsontext.ReadText(raw)
	if err != nil {
		return err
	}
	*f.p = Secret{}
	if text != "" {
		*f.p = NewSecret(text)
	}
	return nil
}

func (f secretField) absent() bool { return !f.p.IsSet() }
func (f secretField) value() any   { return nil }

// A scalarField holds a value that may be absent. The empty text, which forms
// send for a field that is not filled in, is absent too.
type scalarField[T any] struct {
	p    **T
	read func(json.RawMessage) (T, error)
}

func (f scalarField[T]) set(raw json.RawMessage) error {
	if jsontext.IsNull(raw) || jsontext.IsEmptyText(raw) {
		*f.p = nil
		return nil
	}
	v, err := f.read(raw)
	if err == nil {
		*f.p = &v
	}
	return err
}

func (f scalarField[T]) absent() bool { return *f.p == nil }

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

func (f listField[T]) set(raw json.RawMessage) error {
	if jsontext.IsNull(raw) {
		*f.p = nil
		return nil
	}
	list, err := jsontext.ReadList(raw, f.read)
	if err == nil {
		*f.p = list
	}
	return err
}

func (f listField[T]) absent() bool { return *f.p == nil }

func (f listField[T]) value() any {
	if *f.p == nil {
		return nil
	}
	return *f.p
}

type flagField struct{ p *bool }

func (f flagField) set(raw json.RawMessage) error {
	if jsontext.IsNull(raw) {
		*f.p = false
		return nil
	}
	v, err := jsontext.ReadBool(raw)
	*f.p = v
	return err
}

func (f flagField) absent() bool { return !*f.p }
func (f flagField) value() any   { return *f.p }

// A notAttribute is what all fields have in common that hold no attribute.
type notAttribute struct{}

func (notAttribute) absent() bool { return false }
func (notAttribute) value() any   { return nil }

type jsonField[T any] struct {
	p *T
	notAttribute
}

func (f jsonField[T]) set(raw json.RawMessage) error {
	var v T
	if !jsontext.IsNull(raw) {
		if err := json.Unmarshal(raw, &v); err != nil {
			return errors.New(problemOf(raw, err))
		}
	}
	*f.p = v
	return nil
}

type objectField struct {
	v Wired
	notAttribute
}

func (f objectField) set(raw json.RawMessage) error { return f.read(raw, new(reading)) }
func (f objectField) object() Wired                 { return f.v }

func (f objectField) read(raw json.RawMessage, r *reading) error { return unmarshal(raw, f.v, r) }
