package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// The members of inputs and schemas that attributes do not have. Whatever can be read of a
// value is kept: a partial schema is better than none.

// other ties a member to its name: it is written where it is present.
func (w *Fields) other(name string, f field, present bool, v any) {
	m := w.take()
	if w.visit != nil {
		w.visit(name, m.has(required), f)
		return
	}
	if present {
		w.value(name, m, v)
	}
}

// A wiredPointer is a pointer to a T that is [Wired].
type wiredPointer[T any] interface {
	*T
	Wired
}

// objects ties a list of objects to its name. nil is absent, or empty if required.
func objects[T any, P wiredPointer[T]](w *Fields, name string, p *[]T) {
	w.other(name, objectsField[T, P]{p: p}, *p != nil || w.marks.has(required), pointers[T, P](*p))
}

// pointers returns the objects of a list as what they are written by.
func pointers[T any, P wiredPointer[T]](list []T) []any {
	all := make([]any, len(list))
	for i := range list {
		all[i] = P(&list[i])
	}
	return all
}

type objectsField[T any, P wiredPointer[T]] struct {
	p *[]T
	notAttribute
}

func (f objectsField[T, P]) set(raw json.RawMessage) error { return f.read(raw, new(reading)) }

func (f objectsField[T, P]) read(raw json.RawMessage, r *reading) error {
	*f.p = nil
	if jsontext.IsNull(raw) {
		return nil
	}
	elements, err := jsontext.Elements(raw)
	if err != nil {
		return err
	}
	var found []string
	list := make([]T, 0, len(elements))
	for i, element := range elements {
		var v T
		if err := unmarshal(element, P(&v), r); err != nil {
			found = append(found, fmt.Sprintf("value %d: %v", i+1, err))
			if jsontext.KindOf(element) != "an object" {
				continue
			}
		}
		list = append(list, v)
	}
	*f.p = list
	if found != nil {
		return errors.New(strings.Join(found, "; "))
	}
	return nil
}

func (f objectsField[T, P]) object() Wired { return P(new(T)) }

// optional ties an object that may be missing to its name. nil is absent.
func optional[T any, P wiredPointer[T]](w *Fields, name string, p **T) {
	w.other(name, optionalField[T, P]{p: p}, *p != nil, *p)
}

type optionalField[T any, P wiredPointer[T]] struct {
	p **T
	notAttribute
}

func (f optionalField[T, P]) set(raw json.RawMessage) error { return f.read(raw, new(reading)) }

func (f optionalField[T, P]) read(raw json.RawMessage, r *reading) error {
	*f.p = nil
	if jsontext.IsNull(raw) {
		return nil
	}
	v := new(T)
	err := unmarshal(raw, P(v), r)
	if err == nil || jsontext.KindOf(raw) == "an object" {
		*f.p = v
	}
	return err
}

// byName ties objects by their names to the name of the object that they are in. nil is
// absent.
func byName[T any, P wiredPointer[T]](w *Fields, name string, p *map[string]*T) {
	w.other(name, byNameField[T, P]{p: p}, *p != nil, *p)
}

type byNameField[T any, P wiredPointer[T]] struct {
	p *map[string]*T
	notAttribute
}

func (f byNameField[T, P]) set(raw json.RawMessage) error { return f.read(raw, new(reading)) }

func (f byNameField[T, P]) read(raw json.RawMessage, r *reading) error {
	*f.p = nil
	members, err := jsontext.Members(raw)
	if members == nil {
		return err
	}
	var errs problems
	*f.p = make(map[string]*T, len(members))
	for _, name := range jsontext.SortedKeys(members) {
		var v *T
		if err := (optionalField[T, P]{p: &v}).read(members[name], r); err != nil {
			errs.add(name, err)
		}
		if v != nil {
			(*f.p)[name] = v
		}
	}
	return errs.err()
}

// raw ties JSON text to its name. null is nil, and absent.
func (w *Fields) raw(name string, p *json.RawMessage) {
	w.other(name, rawField{p: p}, *p != nil, *p)
}

type rawField struct {
	p *json.RawMessage
	notAttribute
}

func (f rawField) set(raw json.RawMessage) error {
	*f.p = nil
	if !jsontext.IsNull(raw) {
		*f.p = bytes.Clone(raw) // it outlives the command where the client keeps it, and the input need not
	}
	return nil
}

// secretJSON ties a value of any kind, which may be a secret, to its name. null is absent.
func (w *Fields) secretJSON(name string, p *SecretJSON) {
	var value any = redact.Text
	if w.secrets == allSecrets {
		value = p.Reveal()
	}
	w.other(name, secretJSONField{p: p}, p.IsSet(), value)
}

type secretJSONField struct {
	p *SecretJSON
	notAttribute
}

func (f secretJSONField) set(raw json.RawMessage) error {
	*f.p = SecretJSON{}
	if !jsontext.IsNull(raw) {
		*f.p = NewSecretJSON(raw)
	}
	return nil
}

// values ties values by name to the name of the object that they are in. nil is absent.
func (w *Fields) values(name string, p *map[string]any) {
	w.other(name, valuesField{p: p}, *p != nil, *p)
}

type valuesField struct {
	p *map[string]any
	notAttribute
}

func (f valuesField) set(raw json.RawMessage) error {
	*f.p = nil
	if jsontext.IsNull(raw) {
		return nil
	}
	if json.Unmarshal(raw, f.p) != nil {
		return errors.New("must be an object, not " + jsontext.KindOf(raw))
	}
	return nil
}

// number ties a whole number whose absence means 0 to its name.
func (w *Fields) number(name string, p *int) {
	w.other(name, numberField{p: p}, *p != 0, *p)
}

type numberField struct {
	p *int
	notAttribute
}

func (f numberField) set(raw json.RawMessage) error {
	*f.p = 0
	var n *int64
	if err := (scalarField[int64]{&n, jsontext.ReadInt}).set(raw); err != nil || n == nil {
		return err
	}
	if *n < math.MinInt || *n > math.MaxInt {
		return errors.New("is out of range")
	}
	*f.p = int(*n)
	return nil
}
