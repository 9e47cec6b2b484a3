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

	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/nearest"
	"github.com/conngen/conngen/templates/sdk/internal/words"
)

// A changedInput is an [AccountUpdateInput] without its type.
type changedInput interface {
	changes() (Changes, []AttributeChange, error)
}

func anyChanged(changed Changes) bool {
	return slices.ContainsFunc(changersOf(changed), func(c namedChange) bool { return c.Changed() })
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
	m := w.take()
	if w.visit != nil {
		w.visit(name, false, f)
		return
	}
	list := slices.Clone(*f.raw)
	said := byAttribute(*f.raw)
	for _, c := range changersOf(f.changed) {
		if said[c.name] != nil {
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
		w.value(name, m, pointers(list))
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

// takeChanges fills the fields of changes, which have none yet, from the raw ones.
func takeChanges(changed Changes, raw []AttributeChange) (errs problems) {
	all := changersOf(changed)
	byName := make(map[string]namedChange, len(all))
	for _, c := range all {
		byName[c.name] = c
	}
	for _, change := range raw {
		if err := change.takeInto(byName); err != nil {
			errs.add(change.title(), err)
		}
	}
	for _, c := range all {
		c.settle()
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
	var again []AttributeChange
	for i, c := range changersOf(changed) {
		if reflect.DeepEqual(rawBefore[c.name], rawNow[c.name]) || !reflect.DeepEqual(before[i], fields.Field(i).Interface()) {
			continue
		}
		fields.Field(i).SetZero()
		again = append(again, rawNow[c.name]...)
	}
	if errs := takeChanges(changed, again); errs != nil {
		return Errorf("changes: %w", errs)
	}
	return nil
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
		return c, fmt.Errorf("of %s has no op; use %q, %q or %q", cut.Quote(c.Attribute), ChangeSet, ChangeAdd, ChangeRemove)
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
	var unknown []string
	for _, c := range *f.raw {
		if !known[c.Attribute] {
			unknown = append(unknown, c.Attribute)
			known[c.Attribute] = true // warn once
		}
	}
	warnOfEach(ctx, unknown, func(name string) (string, []any) {
		name = cut.To(name, cut.Name)
		args := []any{"attribute", name}
		if near := nearest.Name(name, names); near != "" {
			args = append(args, "didYouMean", near)
		}
		return "change of an attribute that is not in the spec", args
	})
}

// title names a change in messages.
func (c AttributeChange) title() string {
	return cut.To(c.Op, cut.Name) + " " + cut.Quote(c.Attribute)
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
			changed := extras{extra, make(map[string]*extraList)}
			for _, c := range openChanges(waiting, known, raw) {
				_, isList := known[c.Attribute].(interface{ replaces() bool })
				if err := applyExtra(c, extraField{changed, c.Attribute, isList}); err != nil {
					errs.add(c.title(), err)
				}
			}
			changed.settle()
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
		if _, typed := known[c.Attribute]; !typed && !words.Password(c.Attribute) {
			changes = append(changes, c)
		}
	}
	return changes
}
