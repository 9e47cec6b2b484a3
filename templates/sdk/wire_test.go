package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestMarshal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		v    Wired
		want string
	}{
		{"absent", &memberAttributes{}, `{"id":"","email":""}`},
		{"empty is sent", &memberAttributes{
			ID: "1", Active: Ptr(false), Age: Ptr(int64(0)), Groups: []string{}, Flags: []bool{}, Levels: []int64{},
		}, `{"id":"1","email":"","active":false,"age":0,"groups":[],"flags":[],"levels":[]}`},
		{"full", &memberAttributes{
			ID: "1", Email: "a@b", Title: "<T>", Active: Ptr(true), Age: Ptr(int64(-1)),
			Groups: []string{"a", "b\n"}, Flags: []bool{true, false}, Levels: []int64{1, 2},
			Extra: map[string]any{"z": nil, "a": json.Number("1.0"), "m": map[string]any{"y": []any{true}, "x": 1}},
		}, `{"id":"1","email":"a@b","title":"<T>","active":true,"age":-1,"groups":["a","b\n"],"flags":[true,false],"levels":[1,2],` +
			`"a":1.0,"m":{"x":1,"y":[true]},"z":null}`},
		{"nothing changed", &member{}, `{}`},
		{"a flag alone", &member{Deleted: true}, `{"deleted":true,"attributes":{"id":"","email":""}}`},
		{"key without attributes", &member{Key: SimpleKey("1")}, `{"key":{"simple":{"id":"1"}},"attributes":{"id":"","email":""}}`},
		{"attributes alone", &member{Attributes: memberAttributes{Groups: []string{}}}, `{"attributes":{"id":"","email":"","groups":[]}}`},
		{"extra alone", &member{Attributes: memberAttributes{Extra: map[string]any{"x": nil}}}, `{"attributes":{"id":"","email":"","x":null}}`},
		{
			"results alone",
			&member{Results: []Result{{Attribute: "a", Status: "error", Messages: []ResultMessage{{"ERROR", "no <such>"}}}}},
			`{"results":[{"attribute":"a","status":"error","messages":[{"level":"ERROR","message":"no <such>"}]}]}`,
		},
		{
			"no permissions", &member{Key: SimpleKey("1"), Attributes: memberAttributes{ID: "1"}, Permissions: []Permission{}},
			`{"key":{"simple":{"id":"1"}},"attributes":{"id":"1","email":""},"permissions":[]}`,
		},
		{"constant", &team{}, `{"type":"group"}`},
		{
			"entitlement", &team{Key: CompoundKey("n", "u"), Attributes: teamAttributes{ID: "n"}},
			`{"key":{"compound":{"lookupId":"n","uniqueId":"u"}},"type":"group","attributes":{"id":"n"}}`,
		},
		{
			"identity", &createInput{Identity: "x", Metadata: []AttributeMetadata{{Attribute: "a", Value: NewSecretJSON(json.RawMessage(`[1, 2]`))}}},
			`{"identity":"x","attributes":{},"attributesWithMetadata":[{"attribute":"a","value":"[redacted]"}]}`,
		},
		{
			"schema", &createInput{Schema: &AccountSchema{IdentityAttribute: "id"}},
			`{"schema":{"displayAttribute":"","identityAttribute":"id","groupAttribute":"","attributes":[]}}`,
		},
	} {
		if got := marshal(t, tt.v); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestMarshalRefuses(t *testing.T) {
	t.Parallel()
	_, err := Marshal(&member{Key: CompoundKey("a", "b"), Attributes: memberAttributes{ID: "1"}})
	mentions(t, err, "the object has a compound key, and the spec's keyType is simple: use sdk.SimpleKey to make Key")
	_, err = Marshal(&team{Key: SimpleKey("a")})
	mentions(t, err, "the object has a simple key, and the spec's keyType is compound: use sdk.CompoundKey to make Key")
	_, err = Marshal(&memberAttributes{Extra: map[string]any{"f": func() {}}})
	mentions(t, err, "f: ")
}

func TestUnmarshal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       memberAttributes
	}{
		{"nothing", `{}`, memberAttributes{}},
		{"null", `null`, memberAttributes{}},
		{"null members", `{"id":null,"active":null,"age":null,"groups":null,"flags":null}`, memberAttributes{}},
		{"empty texts", `{"id":"","active":"","age":"","groups":"","levels":""}`, memberAttributes{Groups: []string{}, Levels: []int64{}}},
		{"empty values", `{"active":false,"age":0,"groups":[],"flags":[]}`, memberAttributes{
			Active: Ptr(false), Age: Ptr(int64(0)), Groups: []string{}, Flags: []bool{},
		}},
		{"loose values", `{"id":42,"title":true,"active":"true","age":"42","groups":"one","flags":"false","levels":["1",2,3.0]}`, memberAttributes{
			ID: "42", Title: "true", Active: Ptr(true), Age: Ptr(int64(42)), Groups: []string{"one"}, Flags: []bool{false}, Levels: []int64{1, 2, 3},
		}},
		{"numbers for texts", `{"id":12345678901234567890,"title":1.7e12,"groups":[-0,1.0,1e21,1e-7]}`, memberAttributes{
			ID: "12345678901234567890", Title: "1700000000000", Groups: []string{"0", "1", "1e+21", "1e-7"},
		}},
		{"null in lists", `{"groups":["a",null],"levels":[null,1]}`, memberAttributes{Groups: []string{"a"}, Levels: []int64{1}}},
		{"mixed list", `{"groups":["a",1,true]}`, memberAttributes{Groups: []string{"a", "1", "true"}}},
		{"extra", `{"id":"1","b":9007199254740993,"a":{"x":[1,null]},"c":null,"ID":"2"}`, memberAttributes{ID: "1", Extra: map[string]any{
			"a": map[string]any{"x": []any{json.Number("1"), nil}}, "b": json.Number("9007199254740993"), "c": nil, "ID": "2",
		}}},
		{"last of two", `{"id":"1","id":"2"}`, memberAttributes{ID: "2"}},
		{"escapes", `{"id":"\u00e9\ud83d\ude00"}`, memberAttributes{ID: "é😀"}},
	} {
		var got memberAttributes
		if err := Unmarshal([]byte(tt.text), &got); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want []string
	}{
		{`[]`, []string{"must be an object, not a list"}},
		{`"hush"`, []string{"must be an object, not a string"}},
		{`{"id":`, []string{"is not JSON"}},
		{`{"id":["hush"]}`, []string{"id: must be a string, not a list"}},
		{`{"id":{"a":"hush"}}`, []string{"id: must be a string, not an object"}},
		{`{"active":"hush"}`, []string{"active: must be true or false, not another text"}},
		{`{"active":1}`, []string{"active: must be true or false, not a number"}},
		{`{"age":"hush"}`, []string{"age: must be a whole number, not another text"}},
		{`{"age":1.5}`, []string{"age: must be a whole number, not a fraction"}},
		{`{"age":true}`, []string{"age: must be a whole number, not a boolean"}},
		{`{"levels":[1,"hush"]}`, []string{"levels: value 2 must be a whole number"}},
		{`{"groups":[["hush"]]}`, []string{"groups: value 1 must be a string, not a list"}},
		{`{"age":"hush","active":[],"groups":{}}`, []string{"age: ", "active: ", "groups: "}},
	} {
		err := Unmarshal([]byte(tt.text), new(memberAttributes))
		mentions(t, err, tt.want...)
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("error %q shows the value", err)
		}
	}
	err := Unmarshal([]byte(`{"key":{"simple":{"id":[]}},"attributes":{"age":"x","active":"y"},"permissions":1}`), new(member))
	mentions(t, err, "key: a key is ", "attributes.age: must be", "attributes.active: must be", "permissions: ")
	err = Unmarshal([]byte(`{"attributes":[]}`), new(member))
	mentions(t, err, "attributes: must be an object, not a list")
}

func TestUnmarshalNested(t *testing.T) {
	t.Parallel()
	const text = `{"key":{"simple":{"id":"1"}},"disabled":"false","deleted":"true","attributes":{"id":"1","x":1},` +
		`"permissions":[{"target":"T","rights":"read"}],"results":null,"unknown":1}`
	var got member
	if err := Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := member{
		Key: SimpleKey("1"), Disabled: Ptr(false), Deleted: true,
		Attributes:  memberAttributes{ID: "1", Extra: map[string]any{"x": json.Number("1")}},
		Permissions: []Permission{{Target: "T", Rights: "read"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if err := Unmarshal([]byte(`{"deleted":null}`), &got); err != nil || got.Deleted {
		t.Errorf("null leaves deleted at %t, %v", got.Deleted, err)
	}
}

func TestMissingOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a    memberAttributes
		want []string
	}{
		{memberAttributes{ID: "1", Email: "a", Groups: []string{"g"}}, nil},
		{memberAttributes{ID: "1", Email: "a", Groups: []string{}}, nil},
		{memberAttributes{}, []string{`"id"`, `"email"`, `"groups"`}},
		{memberAttributes{ID: "1", Groups: []string{"g"}}, []string{`"email"`}},
	} {
		if got := missingOf(&tt.a); !slices.Equal(got, tt.want) {
			t.Errorf("%+v lacks %q, want %q", tt.a, got, tt.want)
		}
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key      Key
		want     KeyType
		problem  keyProblem
		id, text string
	}{
		{SimpleKey("1"), KeyTypeSimple, "", "1", `{"simple":{"id":"1"}}`},
		{SimpleKey("1"), KeyTypeNone, "", "1", `{"simple":{"id":"1"}}`},
		{SimpleKey("1"), KeyTypeCompound, "has a simple key, and the spec's keyType is compound: use sdk.CompoundKey to make Key", "1", `{"simple":{"id":"1"}}`},
		{SimpleKey(""), KeyTypeSimple, "has a key without an ID", "", `{"simple":{"id":""}}`},
		{SimpleKey(""), KeyTypeNone, "has a key without an ID", "", `{"simple":{"id":""}}`},
		{CompoundKey("n", "u"), KeyTypeCompound, "", "n", `{"compound":{"lookupId":"n","uniqueId":"u"}}`},
		{CompoundKey("n", "u"), KeyTypeNone, "", "n", `{"compound":{"lookupId":"n","uniqueId":"u"}}`},
		{CompoundKey("n", "u"), KeyTypeSimple, "has a compound key, and the spec's keyType is simple: use sdk.SimpleKey to make Key", "n", `{"compound":{"lookupId":"n","uniqueId":"u"}}`},
		{CompoundKey("", "u"), KeyTypeCompound, "has a key without an ID", "", `{"compound":{"lookupId":"","uniqueId":"u"}}`},
		{CompoundKey("n", ""), KeyTypeCompound, "has a key without a unique ID", "n", `{"compound":{"lookupId":"n","uniqueId":""}}`},
		{Key{}, KeyTypeNone, "has a key without an ID", "", `null`},
	} {
		if got := tt.key.problem(tt.want); got != tt.problem {
			t.Errorf("%+v: %q, want %q", tt.key, got, tt.problem)
		}
		if got := tt.key.ID(); got != tt.id {
			t.Errorf("%+v has ID %q, want %q", tt.key, got, tt.id)
		}
		text, err := json.Marshal(tt.key)
		if err != nil || string(text) != tt.text {
			t.Errorf("%+v: %s, %v, want %s", tt.key, text, err, tt.text)
		}
		var back Key
		if err := json.Unmarshal(text, &back); err != nil || back != tt.key {
			t.Errorf("%s: read as %+v, %v", text, back, err)
		}
	}
	if problem := (&Key{SimpleID: "1"}).problem(KeyTypeSimple); problem != "" {
		t.Errorf("a key that SimpleKey has not made %s", problem)
	}
	for text, want := range map[string]Key{
		`{"simple":{"id":5}}`: SimpleKey("5"), `{"compound":{"lookupId":5,"uniqueId":true}}`: CompoundKey("5", "true"),
		`{"simple":null}`: {}, `{"simple":{}}`: SimpleKey(""), `{"compound":{"id":"1"},"more":[]}`: CompoundKey("", ""), `null`: {},
	} {
		var k Key
		if err := json.Unmarshal([]byte(text), &k); err != nil || k != want {
			t.Errorf("%s: %+v, %v, want %+v", text, k, err, want)
		}
	}
	for _, text := range []string{`1`, `"1"`, `[]`, `{"simple":"1"}`, `{"simple":{"id":[1]}}`, `{"compound":{"lookupId":"a","uniqueId":{}}}`} {
		mentions(t, json.Unmarshal([]byte(text), new(Key)), "a key is {")
	}
	if id := nativeIdentity(Key{}, "x"); id != "x" {
		t.Errorf("without a key the identity is %q", id)
	}
	if id := (AccountReadInput{Identity: "x", Key: CompoundKey("n", "u")}).ID(); id != "n" {
		t.Errorf("with a key the identity is %q", id)
	}
}

func TestDecodeInput(t *testing.T) {
	t.Parallel()
	in, err := decoded[createInput](`{"identity":"x","attributes":{"groups":"a"},"attributesWithMetadata":[{"attribute":"groups","value":"a","metadata":{"k":1}}],"schema":null}`)
	if err != nil || in.Identity != "x" || !reflect.DeepEqual(in.Attributes.Groups, []string{"a"}) || len(in.Metadata) != 1 || in.Schema != nil {
		t.Errorf("%+v, %v", in, err)
	}
	for _, raw := range []string{"", "null"} {
		read, err := decoded[AccountReadInput](raw)
		if err != nil || read.ID() != "" {
			t.Errorf("input %q: %+v, %v", raw, read, err)
		}
	}
	raw, err := decoded[json.RawMessage](` [1]`)
	if err != nil || string(raw) != ` [1]` {
		t.Errorf("raw input: %s, %v", raw, err)
	}
	_, err = decoded[createInput](`{"attributes":{"age":"x"}}`)
	mentions(t, err, "std:a: input: attributes.age: must be")
	_, err = decoded[ChangePasswordInput](`{"password":{"text":"hush"}}`)
	mentions(t, err, "input: ")
	if strings.Contains(err.Error(), "hush") {
		t.Errorf("error %q shows the value", err)
	}
	var typed *Error
	if !errors.As(err, &typed) {
		t.Errorf("error %T has no type", err)
	}
}

// TestExtraDoesNotShadow: a name that a field has is sent once, for the field.
func TestExtraDoesNotShadow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   memberAttributes
		want string
	}{
		{memberAttributes{ID: "1", Extra: map[string]any{"id": "2", "x": 1}}, `{"id":"1","email":"","x":1}`},
		{memberAttributes{ID: "1", Extra: map[string]any{"title": "not sent: the field is empty"}}, `{"id":"1","email":""}`},
	} {
		got, err := Marshal(&tt.in)
		if err != nil || string(got) != tt.want {
			t.Errorf("got %s, %v, want %s", got, err, tt.want)
		}
	}
}

// TestExtraAllocatesNothing: the extra members of further objects of a type take no memory but the
// buffer's. It is not parallel, since it counts what the whole program allocates.
func TestExtraAllocatesNothing(t *testing.T) {
	m := benchMember()
	m.Attributes.Extra = map[string]any{"department": "Sales", "floor": int64(3), "tags": []any{"a", true}, "id": "of a field", "z": nil}
	w := Fields{secrets: secretFields}
	var text []byte
	encode := func() {
		var err error
		if text, err = w.encode(text[:0], &m); err != nil {
			t.Fatal(err)
		}
	}
	encode()
	if n := testing.AllocsPerRun(100, encode); n != 0 {
		t.Errorf("an account with extra attributes allocates %v times", n)
	}
	want := `,"department":"Sales","floor":3,"tags":["a",true],"z":null}}`
	if !strings.HasSuffix(string(text), want) {
		t.Errorf("%s\nwant %s at the end", text, want)
	}
}

// oddlyNamed has names that JSON escapes.
type oddlyNamed struct {
	Text, Plain string
	On          bool
	Numbers     []int64
}

func (o *oddlyNamed) WireFields(w *Fields) {
	w.Required().Escape().String("say \"hi\"", &o.Text)
	w.String("plain", &o.Plain)
	w.Escape().Flag("a\\b", &o.On)
	w.Escape().Ints("new\nline", &o.Numbers)
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for text, o := range map[string]oddlyNamed{
		`{"say \"hi\"":"","plain":"p"}`:                                {Plain: "p"},
		`{"say \"hi\"":"x","plain":"p","a\\b":true,"new\nline":[1,2]}`: {"x", "p", true, []int64{1, 2}},
	} {
		if got := marshal(t, &o); got != text {
			t.Errorf("%+v: %s, want %s", o, got, text)
		}
		var back oddlyNamed
		if err := Unmarshal([]byte(text), &back); err != nil || !reflect.DeepEqual(back, o) {
			t.Errorf("%s: %+v, %v", text, back, err)
		}
	}
	if missing := missingOf(new(oddlyNamed)); !slices.Equal(missing, []string{`"say \"hi\""`}) {
		t.Errorf("required: %q", missing)
	}
}

// decoded reads an input into a new In.
func decoded[In any](text string) (In, error) {
	var in In
	err := call{at: point{command: "std:a"}, input: json.RawMessage(text)}.decode(context.Background(), &in)
	return in, err
}
