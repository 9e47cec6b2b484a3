package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// change returns a change with a value as JSON, none when empty.
func change(op ChangeOp, attribute, value string) AttributeChange {
	c := AttributeChange{Op: op, Attribute: attribute}
	if value != "" {
		c.Value = NewSecretJSON(json.RawMessage(value))
	}
	return c
}

// memberChanges are the changes of a member's attributes, as generated code has them.
type memberChanges struct {
	ID     Change[string]
	Email  Change[string]
	Title  Change[string]
	Active Change[bool]
	Age    Change[int64]
	Groups ListChange[string]
	Flags  ListChange[bool]
	Levels ListChange[int64]
}

func (memberChanges) WireTypes() []Wired { return []Wired{new(memberAttributes)} }

// apply reads changes as they come, and carries them out.
func apply(attributes Wired, changes []AttributeChange) error {
	in, err := readUpdate[memberChanges](changes)
	if err != nil {
		return err
	}
	return in.Apply(attributes)
}

func readUpdate[C Changes](changes []AttributeChange) (in AccountUpdateInput[C], err error) {
	w := Fields{secrets: allSecrets}
	text, err := w.encode(nil, &AccountUpdateInput[C]{Identity: "1", Changes: changes})
	if err != nil {
		return in, err
	}
	wired, _ := any(&in).(Wired)
	return in, Unmarshal(text, wired)
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
		{"add no text", `{"title":"a"}`, `{"title":"a"}`, []AttributeChange{change(ChangeAdd, "title", `null`), change(ChangeAdd, "title", ``)}},
		{"remove text", `{"title":"a"}`, `{}`, []AttributeChange{change(ChangeRemove, "title", `"a"`)}},
		{"remove another text", `{"title":"a"}`, `{}`, []AttributeChange{change(ChangeRemove, "title", `"b"`)}},
		{"remove a list of texts", `{"title":"a"}`, `{}`, []AttributeChange{change(ChangeRemove, "title", `["a","b"]`)}},
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
		{"remove from none", `{}`, `{}`, []AttributeChange{change(ChangeRemove, "groups", `"a"`)}},
		{"add and remove", `{"groups":["a"]}`, `{"groups":["a"]}`, []AttributeChange{change(ChangeAdd, "groups", `"b"`), change(ChangeRemove, "groups", `"b"`)}},
		{"remove and add", `{"groups":["a","b"]}`, `{"groups":["a","b"]}`, []AttributeChange{change(ChangeRemove, "groups", `"a"`), change(ChangeAdd, "groups", `"a"`)}},
		{"clear and add", `{"groups":["a"]}`, `{"groups":["b"]}`, []AttributeChange{change(ChangeRemove, "groups", ``), change(ChangeAdd, "groups", `"b"`)}},
		{"set over text", `{"title":"a"}`, `{"title":"c"}`, []AttributeChange{change(ChangeRemove, "title", `"a"`), change(ChangeSet, "title", `"b"`), change(ChangeAdd, "title", `"c"`)}},
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
		{change(ChangeSet, "title", `["a","b"]`), `Set "title": must be one value, not a list`},
		{change(ChangeSet, "title", `["a"]`), `Set "title": must be one value, not a list`},
		{change(ChangeAdd, "title", `[]`), `Add "title": must be one value, not a list`},
		{change(ChangeSet, "title", `{}`), `Set "title": must be a string, not an object`},
		{change(ChangeSet, "age", `"x"`), `Set "age": must be a whole number`},
		{change(ChangeAdd, "age", `1.5`), `Add "age": must be a whole number`},
		{change(ChangeSet, "active", `"maybe"`), `Set "active": must be true or false`},
		{change(ChangeSet, "groups", `["a",{}]`), `Set "groups": value 2 must be a string`},
		{change(ChangeAdd, "groups", `[[]]`), `Add "groups": value 1 must be a string`},
		{change(ChangeRemove, "groups", `{}`), `Remove "groups": value 1 must be a string`},
		{change("set", "title", `"a"`), `set "title": unknown operation; ISC knows "Set", "Add" and "Remove"`},
		{change("Put", "x", `"a"`), `Put "x": unknown operation`},
		{change("", "x", `"a"`), `change 5 of "x" has no op; use "Set", "Add" or "Remove"`},
		{change("Set", "", `"a"`), `change 5 names no attribute`},
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
	var in AccountUpdateInput[memberChanges]
	for text, want := range map[string]string{
		`{"changes":"x"}`: "changes: change 1 must be an object, not a string",
		`{"changes":[{"op":{},"attribute":"x"},7]}`:           "changes: change 1 op: must be a string, not an object; change 2 must be an object, not a number",
		`{"changes":[{"op":"Set","attribute":[],"value":1}]}`: "changes: change 1 attribute: must be a string, not a list",
	} {
		mentions(t, Unmarshal([]byte(text), &in), want)
	}
}

// TestChanged: what an update comes to, by attribute, whatever the order of its changes.
func TestChanged(t *testing.T) {
	t.Parallel()
	in, err := readUpdate[memberChanges]([]AttributeChange{
		change(ChangeSet, "email", `"a@b"`), change(ChangeSet, "title", `""`), change(ChangeSet, "age", `"7"`), change(ChangeRemove, "active", `true`),
		change(ChangeAdd, "groups", `["g1","g2"]`), change(ChangeRemove, "groups", `"g1"`),
		change(ChangeAdd, "levels", `3`), change(ChangeSet, "levels", `[1,2]`), change(ChangeRemove, "levels", `1`),
		change(ChangeRemove, "flags", ``), change(ChangeSet, "x", `"y"`),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := memberChanges{
		Email:  Change[string]{Set: Ptr("a@b")},
		Title:  Change[string]{Cleared: true},
		Active: Change[bool]{Cleared: true},
		Age:    Change[int64]{Set: Ptr(int64(7))},
		Groups: ListChange[string]{Added: []string{"g2"}, Removed: []string{"g1"}},
		Flags:  ListChange[bool]{Set: []bool{}, Cleared: true},
		Levels: ListChange[int64]{Set: []int64{2}},
	}
	if !reflect.DeepEqual(in.Changed, want) {
		t.Errorf("changed %+v\nwant %+v", in.Changed, want)
	}
	if len(in.Changes) != 11 || in.Changes[10].Attribute != "x" {
		t.Errorf("the raw changes are %+v", in.Changes)
	}
	c := &in.Changed
	mentions(t, Unhandled(c, &c.Email, &c.Title, &c.Age, &c.Flags), `this connector cannot change "active", "groups" and "levels"`)
	if err := Unhandled(c, &c.Active, &c.Email, &c.Title, &c.Age, &c.Groups, &c.Levels, &c.Flags, &c.ID); err != nil {
		t.Error(err)
	}
	mentions(t, Unhandled(c, &c.Active, &c.Email, &c.Title, &c.Age, &c.Groups.Added, &c.Levels.Added, &c.Levels.Removed, &c.Flags.Set), `cannot change "groups" and "levels"`)
	if err := Unhandled(c, &c.Active, &c.Email, &c.Title, &c.Age, &c.Groups.Added, &c.Groups.Removed, &c.Levels.Set, &c.Flags); err != nil {
		t.Error(err)
	}
	mentions(t, Unhandled(&in, &c.Active, &c.Email, &c.Title, &c.Age, &c.Groups, &c.Levels, &c.Flags), `cannot change "x"`)
	if err := Unhandled(&in, &c.Active, &c.Email, &c.Title, &c.Age, &c.Groups, &c.Levels, &c.Flags, "x"); err != nil {
		t.Error(err)
	}
	mentions(t, Unhandled(in.Changed), "needs a pointer to the changes, not sdk.memberChanges")
	add, remove := c.Groups.Diff([]string{"g0", "g1"})
	if !slices.Equal(add, []string{"g2"}) || !slices.Equal(remove, []string{"g1"}) {
		t.Errorf("adds %q and removes %q", add, remove)
	}
	if add, remove := c.Levels.Diff([]int64{1, 1, 3}); !slices.Equal(add, []int64{2}) || !slices.Equal(remove, []int64{1, 3}) {
		t.Errorf("adds %d and removes %d", add, remove)
	}
	body := map[string]any{}
	c.Email.Put(body, "mail")
	c.Title.Put(body, "title")
	c.ID.Put(body, "id")
	Change[Secret]{Set: Ptr(NewSecret(hush))}.Put(body, "password")
	if want := map[string]any{"mail": "a@b", "title": nil, "password": hush}; !reflect.DeepEqual(body, want) {
		t.Errorf("the body is %v", body)
	}
}

// TestCallWithChanges: a test can give the typed changes alone; they arrive as ISC would
// send them.
func TestCallWithChanges(t *testing.T) {
	t.Parallel()
	changed := memberChanges{
		Email:  Change[string]{Set: Ptr("a@b")},
		Title:  Change[string]{Cleared: true},
		Groups: ListChange[string]{Removed: []string{"g1"}, Added: []string{"g2"}},
		Flags:  ListChange[bool]{Cleared: true},
		Levels: ListChange[int64]{Set: []int64{1}, Added: []int64{2}},
	}
	method := NewMethod[AccountUpdateInput[memberChanges], memberAttributes]("std:account:update")
	type none struct{}
	c := New(Spec{}, func(json.RawMessage) (none, error) { return none{}, nil }, func(context.Context, none) (none, error) { return none{}, nil },
		[]Handler[none]{Unary(method, func(_ none, _ context.Context, in AccountUpdateInput[memberChanges]) (memberAttributes, error) {
			a := memberAttributes{ID: in.ID(), Title: "old", Groups: []string{"g1", "g3"}, Flags: []bool{true}}
			return a, in.Apply(&a)
		})})
	result, err := Call(t.Context(), c, method, AccountUpdateInput[memberChanges]{
		Identity: "1", Changed: changed, Changes: []AttributeChange{change(ChangeSet, "nickname", `"n"`)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := marshal(t, &result.Outputs[0]); got != `{"id":"1","email":"a@b","groups":["g3","g2"],"flags":[],"levels":[1,2],"nickname":"n"}` {
		t.Errorf("updated to %s", got)
	}
}

// TestHooksOfUpdates: what a hook does to the raw changes counts, unless it changes the
// fields as well.
func TestHooksOfUpdates(t *testing.T) {
	t.Parallel()
	type input = AccountUpdateInput[memberChanges]
	for _, tt := range []struct {
		name  string
		hook  func(*input)
		want  string
		fails string
	}{
		{"none", func(*input) {}, `{"id":"1","email":"","title":"T"}`, ""},
		{"a value", func(in *input) { in.Changes[0].Value = NewSecretJSON(json.RawMessage(`"hooked"`)) }, `{"id":"1","email":"","title":"hooked twice"}`, ""},
		{"one more", func(in *input) { in.Changes = append(in.Changes, change(ChangeAdd, "groups", `"g"`)) }, `{"id":"1","email":"","title":"T","groups":["g"]}`, ""},
		{"none left", func(in *input) { in.Changes = nil }, `{"id":"1","email":""}`, ""},
		{"a field", func(in *input) { in.Changed.Title = Change[string]{Set: Ptr("field")} }, `{"id":"1","email":"","title":"field"}`, ""},
		{"both", func(in *input) { in.Changes, in.Changed = nil, memberChanges{Email: Change[string]{Set: Ptr("e")}} }, `{"id":"1","email":"e"}`, ""},
		{"a field in place", func(in *input) {
			*in.Changed.Title.Set = "pointer"
			in.Changes = append(in.Changes, change(ChangeAdd, "groups", `"g"`))
		}, `{"id":"1","email":"","title":"pointer","groups":["g"]}`, ""},
		{"a wrong one", func(in *input) { in.Changes = []AttributeChange{change(ChangeSet, "age", `"x"`)} }, "", `changes: Set "age": must be a whole number`},
	} {
		method := NewMethod[input, memberAttributes]("std:account:update")
		c := newTester([]Handler[nothing]{Unary(method, func(_ nothing, _ context.Context, in input) (memberAttributes, error) {
			a := memberAttributes{ID: in.ID()}
			return a, in.Apply(&a)
		})}, Before(method, func(_ context.Context, in input) (input, error) {
			tt.hook(&in)
			return in, nil
		}), Before(method, func(_ context.Context, in input) (input, error) {
			if title := in.Changed.Title; title.Set != nil && *title.Set == "hooked" {
				in.Changed.Title.Set = Ptr("hooked twice")
			}
			return in, nil
		}))
		result, err := Call(t.Context(), c, method, input{Identity: "1", Changes: []AttributeChange{change(ChangeSet, "title", `"T"`)}}, nil)
		if tt.fails != "" {
			mentions(t, err, tt.fails)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := marshal(t, &result.Outputs[0]); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestRawChangesAlone: a test that calls a method itself can give the changes as ISC sends
// them.
func TestRawChangesAlone(t *testing.T) {
	t.Parallel()
	in := AccountUpdateInput[memberChanges]{Identity: "1", Changes: []AttributeChange{change(ChangeSet, "title", `"T"`), change(ChangeAdd, "groups", `"g"`)}}
	var a memberAttributes
	if err := in.Apply(&a); err != nil || a.Title != "T" || len(a.Groups) != 1 {
		t.Errorf("applied %+v, %v", a, err)
	}
	mentions(t, Unhandled(&in, &in.Changed.Title), `cannot change "groups"`)
	in = AccountUpdateInput[memberChanges]{Changes: []AttributeChange{change(ChangeSet, "age", `"x"`)}}
	mentions(t, in.Apply(&a), `Set "age": must be a whole number`)
	mentions(t, Unhandled(&in), `Set "age": must be a whole number`)

	read, err := readUpdate[memberChanges]([]AttributeChange{change(ChangeSet, "title", `""`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := Unmarshal([]byte(`{"changes":[{"op":"Set","attribute":"email","value":"e"}]}`), &read); err != nil || read.Changed.Title.Changed() || !read.Changed.Email.Changed() {
		t.Errorf("read again: %+v, %v", read.Changed, err)
	}
}

// taggedAttributes are open; the create template has a list besides.
type taggedAttributes struct{ Extra map[string]any }

func (a *taggedAttributes) WireFields(w *Fields) { w.OpenExtra(&a.Extra) }

type taggedCreate struct{ Tags []string }

func (a *taggedCreate) WireFields(w *Fields) { w.Strings("tags", &a.Tags) }

type taggedChanges struct{ Tags ListChange[string] }

func (taggedChanges) WireTypes() []Wired { return []Wired{new(taggedAttributes), new(taggedCreate)} }

// TestListInExtra: what the template calls a list is one in Extra too.
func TestListInExtra(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ before, change, want string }{
		{`{"tags":"one"}`, `{"op":"Remove","attribute":"tags","value":"two"}`, `{"tags":["one"]}`},
		{`{"tags":"one"}`, `{"op":"Remove","attribute":"tags","value":"one"}`, `{"tags":[]}`},
		{`{}`, `{"op":"Remove","attribute":"tags","value":"one"}`, `{}`},
		{`{"tags":["a","b"]}`, `{"op":"Remove","attribute":"tags","value":["b"]}`, `{"tags":["a"]}`},
	} {
		var in AccountUpdateInput[taggedChanges]
		var a taggedAttributes
		if err := errors.Join(Unmarshal([]byte(tt.before), &a), Unmarshal([]byte(`{"changes":[`+tt.change+`]}`), &in)); err != nil {
			t.Fatal(err)
		}
		if err := in.Apply(&a); err != nil || marshal(t, &a) != tt.want {
			t.Errorf("%s, %s: %s, %v; want %s", tt.before, tt.change, marshal(t, &a), err, tt.want)
		}
	}
}

// closedAttributes are those of a static schema.
type closedAttributes struct {
	ID, Pin string
	Code    Secret
	Extra   map[string]any
}

func (a *closedAttributes) WireFields(w *Fields) {
	w.Required().String("id", &a.ID)
	w.Secret("code", &a.Code)
	w.Extra(&a.Extra)
}

// closedCreate are those of its create, with two fields more, one of which was there.
type closedCreate struct {
	ID, Invited string
	Password    Secret
}

func (a *closedCreate) WireFields(w *Fields) {
	w.String("id", &a.ID)
	w.Secret("password", &a.Password)
	w.String("invitedBy", &a.Invited)
}

type closedChanges struct {
	ID       Change[string]
	Code     Change[Secret]
	Password Change[Secret]
	Invited  Change[string]
}

func (closedChanges) WireTypes() []Wired { return []Wired{new(closedAttributes), new(closedCreate)} }

// TestApplyLeavesOut: passwords and what the schema does not have never go back to ISC.
func TestApplyLeavesOut(t *testing.T) {
	t.Parallel()
	in, err := readUpdate[closedChanges]([]AttributeChange{
		change(ChangeSet, "password", `"`+hush+`"`), change(ChangeSet, "code", `"`+hush+`"`), change(ChangeSet, "invitedBy", `"x"`),
		change(ChangeSet, "Id", `"x"`), change(ChangeSet, "user_pin", `"x"`), change(ChangeSet, "id", `"2"`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if in.Changed.Password.Set.Reveal() != hush || in.Changed.Code.Set.Reveal() != hush || *in.Changed.Invited.Set != "x" {
		t.Errorf("the client sees %+v", in.Changed)
	}
	closed := closedAttributes{ID: "1", Extra: map[string]any{"kept": true}}
	if err := in.Apply(&closed); err != nil {
		t.Fatal(err)
	}
	if got := marshal(t, &closed); got != `{"id":"2","kept":true}` {
		t.Errorf("a static schema gives %s", got)
	}
	var open memberAttributes // the same changes where other attributes may be discovered
	if err := in.Apply(&open); err != nil {
		t.Fatal(err)
	}
	if got := marshal(t, &open); got != `{"id":"2","email":"","Id":"x","invitedBy":"x"}` {
		t.Errorf("an open schema gives %s", got)
	}
}

// TestUnknownChanges: a change that nobody will see is in the log, once, with the attribute
// that it may be meant for.
func TestUnknownChanges(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	ctx := context.WithValue(t.Context(), loggerKey{}, slog.New(slog.NewTextHandler(&lines, nil)))
	changes := []AttributeChange{
		change(ChangeSet, "invitedby", `"hidden"`), change(ChangeSet, "color", `"hidden"`), change(ChangeAdd, "color", `"hidden"`), change(ChangeSet, "id", `"2"`),
	}
	closed, err := readUpdate[closedChanges](changes)
	if err != nil {
		t.Fatal(err)
	}
	if err := (call{}).check(ctx, &closed); err != nil {
		t.Error(err)
	}
	got := lines.String()
	if strings.Count(got, "\n") != 2 || !strings.Contains(got, "attribute=invitedby didYouMean=invitedBy") || !strings.Contains(got, "attribute=color\n") || strings.Contains(got, "hidden") {
		t.Errorf("logged %s", got)
	}
	lines.Reset()
	open, err := readUpdate[memberChanges](changes)
	if err != nil {
		t.Fatal(err)
	}
	if err := (call{}).check(ctx, &open); err != nil || lines.Len() > 0 {
		t.Errorf("logged %s, %v", lines.String(), err)
	}
}

// TestChangesMustFit: changes that do not have the fields of their types are found at start.
func TestChangesMustFit(t *testing.T) {
	t.Parallel()
	defer func() {
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), "has 1 fields, and the types that it changes have 4") {
			t.Errorf("panicked with %v", v)
		}
	}()
	type none struct{}
	method := NewMethod[AccountUpdateInput[shortChanges], memberAttributes]("std:account:update")
	New(Spec{}, func(json.RawMessage) (none, error) { return none{}, nil }, func(context.Context, none) (none, error) { return none{}, nil },
		[]Handler[none]{Unary(method, func(none, context.Context, AccountUpdateInput[shortChanges]) (out memberAttributes, err error) {
			return
		})})
}

type shortChanges struct{ ID Change[string] }

func (shortChanges) WireTypes() []Wired { return closedChanges{}.WireTypes() }

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
