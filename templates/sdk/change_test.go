package sdk

import (
	"encoding/json"
	"reflect"
	"testing"
)

// change returns a change with a value as JSON, none when empty.
func change(op ChangeOp, attribute, value string) AttributeChange {
	c := AttributeChange{Op: op, Attribute: attribute}
	if value != "" {
		c.Value = json.RawMessage(value)
	}
	return c
}

func apply(attributes Wired, changes []AttributeChange) error {
	return AccountUpdateInput{Changes: changes}.Apply(attributes)
}

func TestApply(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		before, want string // as JSON
		changes      []AttributeChange
	}{
		{"nothing", `{"id":"1"}`, `{"id":"1"}`, nil},

		{"set text", `{"title":"a"}`, `{"title":"b"}`, []AttributeChange{change(ChangeSet, "title", `"b"`)}},
		{"set text loosely", `{}`, `{"title":"5"}`, []AttributeChange{change(ChangeSet, "title", `5`)}},
		{"set text null", `{"title":"a"}`, `{}`, []AttributeChange{change(ChangeSet, "title", `null`)}},
		{"set text absent", `{"title":"a"}`, `{}`, []AttributeChange{change(ChangeSet, "title", ``)}},
		{"add text", `{"title":"a"}`, `{"title":"b"}`, []AttributeChange{change(ChangeAdd, "title", `"b"`)}},
		{"add text in a list", `{}`, `{"title":"b"}`, []AttributeChange{change(ChangeAdd, "title", `["b"]`)}},
		{"add no text", `{"title":"a"}`, `{"title":"a"}`, []AttributeChange{change(ChangeAdd, "title", `null`), change(ChangeAdd, "title", `[]`)}},
		{"remove text", `{"title":"a"}`, `{}`, []AttributeChange{change(ChangeRemove, "title", `"a"`)}},
		{"remove another text", `{"title":"a"}`, `{}`, []AttributeChange{change(ChangeRemove, "title", `"b"`)}},
		{"remove text absent", `{"title":"a"}`, `{}`, []AttributeChange{change(ChangeRemove, "title", ``)}},

		{"set number", `{"age":1}`, `{"age":2}`, []AttributeChange{change(ChangeSet, "age", `"2"`)}},
		{"set number zero", `{}`, `{"age":0}`, []AttributeChange{change(ChangeSet, "age", `0`)}},
		{"set number empty", `{"age":1}`, `{}`, []AttributeChange{change(ChangeSet, "age", `""`)}},
		{"set truth", `{"active":true}`, `{"active":false}`, []AttributeChange{change(ChangeSet, "active", `false`)}},
		{"remove truth", `{"active":true}`, `{}`, []AttributeChange{change(ChangeRemove, "active", `null`)}},

		{"set list", `{"groups":["a"]}`, `{"groups":["b","c"]}`, []AttributeChange{change(ChangeSet, "groups", `["b","c"]`)}},
		{"set list to one", `{"groups":["a"]}`, `{"groups":["b"]}`, []AttributeChange{change(ChangeSet, "groups", `"b"`)}},
		{"set list empty", `{"groups":["a"]}`, `{"groups":[]}`, []AttributeChange{change(ChangeSet, "groups", `[]`)}},
		{"set list null", `{"groups":["a"]}`, `{"groups":[]}`, []AttributeChange{change(ChangeSet, "groups", `null`)}},
		{"add one", `{"groups":["a"]}`, `{"groups":["a","b"]}`, []AttributeChange{change(ChangeAdd, "groups", `"b"`)}},
		{"add to none", `{}`, `{"groups":["b"]}`, []AttributeChange{change(ChangeAdd, "groups", `"b"`)}},
		{"add several", `{"groups":["a"]}`, `{"groups":["a","b","c"]}`, []AttributeChange{change(ChangeAdd, "groups", `["b","a","c","b"]`)}},
		{"add null", `{"groups":["a"]}`, `{"groups":["a"]}`, []AttributeChange{change(ChangeAdd, "groups", `null`)}},
		{"remove one", `{"groups":["a","b","a"]}`, `{"groups":["b"]}`, []AttributeChange{change(ChangeRemove, "groups", `"a"`)}},
		{"remove several", `{"groups":["a","b","c"]}`, `{"groups":["b"]}`, []AttributeChange{change(ChangeRemove, "groups", `["a","c","x"]`)}},
		{"remove none of them", `{"groups":["a"]}`, `{"groups":["a"]}`, []AttributeChange{change(ChangeRemove, "groups", `[]`)}},
		{"remove all", `{"groups":["a","b"]}`, `{"groups":[]}`, []AttributeChange{change(ChangeRemove, "groups", ``)}},
		{"numbers", `{"levels":[1,2]}`, `{"levels":[2,3]}`, []AttributeChange{change(ChangeAdd, "levels", `["3","1"]`), change(ChangeRemove, "levels", `"1"`)}},
		{"truths", `{"flags":[true]}`, `{"flags":[true,false]}`, []AttributeChange{change(ChangeAdd, "flags", `["true",false]`)}},

		{"set extra", `{"x":1}`, `{"x":{"a":[1]},"y":"b"}`, []AttributeChange{change(ChangeSet, "x", `{"a":[1]}`), change(ChangeSet, "y", `"b"`)}},
		{"set extra null", `{"x":1,"y":2}`, `{"y":2}`, []AttributeChange{change(ChangeSet, "x", `null`)}},
		{"add extra", `{}`, `{"x":["a"]}`, []AttributeChange{change(ChangeAdd, "x", `"a"`)}},
		{"add extra null", `{}`, `{}`, []AttributeChange{change(ChangeAdd, "x", `null`)}},
		{"add to extra", `{"x":"a"}`, `{"x":["a","b",{"c":1}]}`, []AttributeChange{change(ChangeAdd, "x", `["b","a",{"c":1},{"c":1}]`)}},
		{"remove extra", `{"x":"a"}`, `{}`, []AttributeChange{change(ChangeRemove, "x", `"b"`)}},
		{"remove from extra", `{"x":["a",1,{"c":1}]}`, `{"x":["a"]}`, []AttributeChange{change(ChangeRemove, "x", `[1,{"c":1}]`)}},
		{"remove extra absent", `{"x":["a"]}`, `{}`, []AttributeChange{change(ChangeRemove, "x", ``)}},
		{"remove unknown", `{}`, `{}`, []AttributeChange{change(ChangeRemove, "x", `"a"`)}},

		{
			"in order", `{"groups":["a"]}`, `{"groups":["c","a"]}`,
			[]AttributeChange{change(ChangeAdd, "groups", `"b"`), change(ChangeSet, "groups", `"c"`), change(ChangeAdd, "groups", `"a"`)},
		},
	} {
		a := readAttributes(t, tt.before)
		if err := apply(a, tt.changes); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got, want := marshal(t, a), marshal(t, readAttributes(t, tt.want)); got != want {
			t.Errorf("%s: %s, want %s", tt.name, got, want)
		}
	}
}

func readAttributes(t *testing.T, text string) *memberAttributes {
	t.Helper()
	a := new(memberAttributes)
	if err := Unmarshal([]byte(text), a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestApplyRefuses also sees that a change that fails leaves nothing of those
// before and after it.
func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	const text = `{"id":"1","title":"a","active":true,"age":1,"groups":["a","b"],"x":["c"],"y":"d"}`
	for _, tt := range []struct {
		bad  AttributeChange
		want string
	}{
		{change(ChangeSet, "title", `["a","b"]`), `Set "title": must be a string, not a list`},
		{change(ChangeAdd, "title", `["a","b"]`), `Add "title": holds one value, not 2`},
		{change(ChangeSet, "title", `{}`), `Set "title": must be a string, not an object`},
		{change(ChangeSet, "age", `"x"`), `Set "age": must be a whole number`},
		{change(ChangeAdd, "age", `1.5`), `Add "age": must be a whole number`},
		{change(ChangeSet, "active", `"maybe"`), `Set "active": must be true or false`},
		{change(ChangeSet, "groups", `["a",{}]`), `Set "groups": value 2 must be a string`},
		{change(ChangeAdd, "groups", `[[]]`), `Add "groups": value 1 must be a string`},
		{change(ChangeRemove, "groups", `{}`), `Remove "groups": value 1 must be a string`},
		{change("set", "title", `"a"`), `set "title": the operation is unknown`},
		{change("", "x", `"a"`), ` "x": the operation is unknown`},
	} {
		a := readAttributes(t, text)
		err := apply(a, []AttributeChange{
			change(ChangeSet, "title", `"T"`), change(ChangeAdd, "groups", `"G"`), change(ChangeAdd, "x", `"X"`), change(ChangeRemove, "y", ``),
			tt.bad, change(ChangeSet, "active", `5`),
		})
		mentions(t, err, tt.want, `; Set "active"`)
		if want := readAttributes(t, text); !reflect.DeepEqual(a, want) {
			t.Errorf("%+v has changed to %+v", want, a)
		}
	}
	key := SimpleKey("1")
	m := &member{Key: key}
	err := apply(m, []AttributeChange{change(ChangeAdd, "key", `{}`), change(ChangeAdd, "deleted", `true`), change(ChangeAdd, "attributes", `{}`), change(ChangeSet, "none", `1`)})
	mentions(t, err, `"key": is not an attribute`, `"deleted": is not an attribute`, `"attributes": is not an attribute`, `"none": is not an attribute`)
}

// TestApplySharesNothing sees that copies of an object stay as they were.
func TestApplySharesNothing(t *testing.T) {
	t.Parallel()
	const text = `{"groups":["a","b","c"],"levels":[1],"age":1,"x":["a","b"],"y":"z"}`
	a := readAttributes(t, text)
	a.Groups = a.Groups[:2] // there is room after it
	for _, changes := range [][]AttributeChange{
		{change(ChangeAdd, "groups", `"d"`), change(ChangeAdd, "x", `"d"`), change(ChangeSet, "y", `1`), change(ChangeSet, "age", `2`)},
		{change(ChangeRemove, "groups", `"a"`), change(ChangeRemove, "x", `"a"`), change(ChangeRemove, "y", ``), change(ChangeRemove, "levels", `1`)},
		{change(ChangeSet, "new", `1`)},
	} {
		before := *a
		want := marshal(t, &before)
		if err := apply(a, changes); err != nil {
			t.Fatal(err)
		}
		if got := marshal(t, &before); got != want {
			t.Errorf("the copy has changed from %s to %s", want, got)
		}
		if marshal(t, a) == want {
			t.Error("nothing has changed")
		}
	}
}

// TestApplySetListOfOne: ISC sends one value or a list, also to an attribute that
// holds one value.
func TestApplySetListOfOne(t *testing.T) {
	t.Parallel()
	u := memberAttributes{Title: "before"}
	err := apply(&u, []AttributeChange{{Op: ChangeSet, Attribute: "title", Value: json.RawMessage(`["after"]`)}})
	if err != nil || u.Title != "after" {
		t.Errorf("set to %q, %v", u.Title, err)
	}
	err = apply(&u, []AttributeChange{{Op: ChangeSet, Attribute: "title", Value: json.RawMessage(`["a","b"]`)}})
	if err == nil || u.Title != "after" {
		t.Errorf("two values gave %q, %v", u.Title, err)
	}
}

// nowhere is a wired type whose changes have nowhere to go.
type nowhere struct{}

func (nowhere) WireFields(*Fields) {}

// TestApplyNeedsAPointer: what is not reached through a pointer cannot change.
func TestApplyNeedsAPointer(t *testing.T) {
	t.Parallel()
	mentions(t, apply(nowhere{}, nil), "changes need a pointer to attributes, not sdk.nowhere")
	mentions(t, apply((*memberAttributes)(nil), nil), "changes need a pointer to attributes, not *sdk.memberAttributes")
	mentions(t, apply(nil, nil), "changes need a pointer to attributes, not <nil>")
}
