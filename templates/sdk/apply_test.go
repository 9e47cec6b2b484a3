package sdk

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/internal/choices"
)

// FuzzApply makes up an account and an update, and compares what Apply makes of it with what
// the changes make of a map, one after the other.
func FuzzApply(f *testing.F) {
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := choices.New(data)
		before := memberAttributes{ID: "1", Email: "e", Groups: []string{"a", "b"}, Levels: []int64{1}, Extra: map[string]any{"x": "y"}}
		if r.IntN(2) == 0 {
			before.Title, before.Active, before.Age, before.Flags, before.Groups = "t", Ptr(true), Ptr(int64(7)), []bool{false}, nil
		}
		model := accountModel{"title": values(before.Title), "active": pointed(before.Active), "age": pointed(before.Age)}
		model["groups"], model["flags"], model["levels"] = values(before.Groups...), values(before.Flags...), values(before.Levels...)
		model["x"] = []any{"y"}
		var changes []AttributeChange
		wrong := false
		for range r.IntN(7) {
			attribute := attributeKinds[r.IntN(len(attributeKinds))]
			value := attribute.values[r.IntN(len(attribute.values))]
			op := []ChangeOp{ChangeSet, ChangeAdd, ChangeRemove}[r.IntN(3)]
			if attribute.name == "x" {
				op = ChangeSet // the other two depend on what an attribute without a type has
			}
			changes = append(changes, change(op, attribute.name, value.text))
			wrong = wrong || value.wrong && (op != ChangeRemove || attribute.list)
			model.change(op, attribute.name, attribute.list, value.means)
		}
		after := before
		after.Extra = maps.Clone(before.Extra)
		kept := memberAttributes{Groups: slices.Clone(before.Groups), Levels: slices.Clone(before.Levels), Extra: maps.Clone(before.Extra)}
		in, err := readUpdate[memberChanges](changes)
		if err == nil {
			err = in.Apply(&after)
		}
		what := fmt.Sprintf("%+v by %s", before, showChanges(changes))
		if wrong != (err != nil) {
			t.Fatalf("%s: error %v, want one: %t", what, err, wrong)
		}
		if !slices.Equal(before.Groups, kept.Groups) || !slices.Equal(before.Levels, kept.Levels) || !reflect.DeepEqual(before.Extra, kept.Extra) {
			t.Errorf("%s changed the account in place", what)
		}
		if wrong {
			if !reflect.DeepEqual(after, before) {
				t.Errorf("%s: refused, and carried out in part: %+v", what, after)
			}
			return
		}
		got := accountModel{"title": values(after.Title), "active": pointed(after.Active), "age": pointed(after.Age)}
		got["groups"], got["flags"], got["levels"] = values(after.Groups...), values(after.Flags...), values(after.Levels...)
		got["x"] = inExtra(after.Extra["x"])
		for name := range got {
			if fmt.Sprint(sortedSet(got[name])) != fmt.Sprint(sortedSet(model[name])) {
				t.Errorf("%s: %s is %v, want %v", what, name, got[name], model[name])
			}
		}
		checkChanged(t, what, &in, before.Groups, after.Groups)
	})
}

// checkChanged: what Changed tells about an update is what it does.
func checkChanged(t *testing.T, what string, in *AccountUpdateInput[memberChanges], before, after []string) {
	t.Helper()
	add, remove := in.Changed.Groups.Diff(before)
	byHand := slices.DeleteFunc(slices.Concat(before, add), func(v string) bool { return slices.Contains(remove, v) })
	if fmt.Sprint(sortedSet(values(byHand...))) != fmt.Sprint(sortedSet(values(after...))) {
		t.Errorf("%s: to add %q and to remove %q gives %q, not %q", what, add, remove, byHand, after)
	}
	err := Unhandled(in, &in.Changed.ID, &in.Changed.Email, &in.Changed.Title, &in.Changed.Active, &in.Changed.Age, &in.Changed.Flags, &in.Changed.Levels)
	touchesX := slices.ContainsFunc(in.Changes, func(c AttributeChange) bool { return c.Attribute == "x" })
	if want := in.Changed.Groups.Changed() || touchesX; (err != nil) != want {
		t.Errorf("%s: what is not handled is %v", what, err)
	}
}

// A modelValue is a value of a change, and what it means: nil for null, a list of texts,
// numbers or booleans otherwise.
type modelValue struct {
	text  string
	means []any
	wrong bool
}

var attributeKinds = []struct {
	name   string
	list   bool
	values []modelValue
}{
	{"title", false, []modelValue{{`"b"`, []any{"b"}, false}, {`5`, []any{"5"}, false}, {`null`, nil, false}, {`{}`, nil, true}, {`["b"]`, nil, true}}},
	{"active", false, []modelValue{{`true`, []any{true}, false}, {`"false"`, []any{false}, false}, {`null`, nil, false}, {`"x"`, nil, true}, {`[true]`, nil, true}}},
	{"age", false, []modelValue{{`42`, []any{int64(42)}, false}, {`" 43 "`, []any{int64(43)}, false}, {`null`, nil, false}, {`"x"`, nil, true}, {`1e400`, nil, true}}},
	{"groups", true, []modelValue{{`["a","c"]`, []any{"a", "c"}, false}, {`"b"`, []any{"b"}, false}, {`[null,7]`, []any{"7"}, false}, {`[]`, []any{}, false}, {`null`, nil, false}, {`[{}]`, nil, true}}},
	{"flags", true, []modelValue{{`[true,"false"]`, []any{true, false}, false}, {`false`, []any{false}, false}, {`null`, nil, false}, {`["x"]`, nil, true}}},
	{"levels", true, []modelValue{{`[1,"2"]`, []any{int64(1), int64(2)}, false}, {`9223372036854775807`, []any{int64(9223372036854775807)}, false}, {`null`, nil, false}, {`[1.5]`, nil, true}}},
	{"x", false, []modelValue{{`"z"`, []any{"z"}, false}, {`null`, nil, false}}},
}

// An accountModel has the values of attributes; those of one value have one, or none.
type accountModel map[string][]any

func (m accountModel) change(op ChangeOp, name string, list bool, value []any) {
	switch {
	case !list && op == ChangeRemove, op == ChangeSet, list && op == ChangeRemove && value == nil:
		m[name] = nil
		if op == ChangeSet {
			m[name] = value
		}
	case value == nil: // to add nothing
	case !list:
		m[name] = value
	case op == ChangeAdd:
		m[name] = slices.Concat(m[name], value)
	default:
		m[name] = slices.DeleteFunc(slices.Clone(m[name]), func(v any) bool { return slices.Contains(value, v) })
	}
}

func values[T comparable](list ...T) (all []any) {
	for _, v := range list {
		if any(v) != any("") {
			all = append(all, v)
		}
	}
	return all
}

func pointed[T any](p *T) []any {
	if p == nil {
		return nil
	}
	return []any{*p}
}

func inExtra(v any) []any {
	if list, ok := v.([]any); ok || v == nil {
		return list
	}
	return []any{v}
}

func sortedSet(list []any) []string {
	var all []string
	for _, v := range list {
		all = append(all, fmt.Sprintf("%T %v", v, v))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func showChanges(changes []AttributeChange) string {
	var all []string
	for _, c := range changes {
		all = append(all, fmt.Sprintf("%s %s %s", c.Op, c.Attribute, c.Value.Reveal()))
	}
	return strings.Join(all, "; ")
}
