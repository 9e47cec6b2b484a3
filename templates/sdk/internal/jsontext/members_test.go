package jsontext

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// membersByLibrary is [Members] as encoding/json reads objects.
func membersByLibrary(raw json.RawMessage) (members map[string]json.RawMessage, err error) {
	err = json.Unmarshal(raw, &members)
	return members, err
}

var objects = []string{
	`{}`, ` { } `, "\r\n\t{\"a\"\t:\n1\r,\"b\" : null }\n", `{"a":{"b":"}"},"c":["]",{"d":[]}],"e":"\"\\"}`,
	`{"a":1,"a":"2","a":[3]}`, `{"":-1.5e3}`, `{"\u0061\n\ud83d\ude00\ud800":true,"é":false}`, "{\"\xff\":\"\xfe\"}",
	`null`, `  null `, ``, ` `, `[]`, `"{}"`, `1`, `{`, `{"a"}`, `{"a":1,}`, `{"a":1}x`, `{a:1}`, `{"a":01}`,
	strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000), strings.Repeat(`{"a":`, 10_001) + "1" + strings.Repeat("}", 10_001),
}

func checkMembers(t *testing.T, raw json.RawMessage) {
	t.Helper()
	want, wantErr := membersByLibrary(raw)
	got, err := Members(raw)
	if IsNull(raw) {
		want, wantErr = nil, nil
	}
	if (err == nil) != (wantErr == nil) || !maps.EqualFunc(got, want, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
		t.Fatalf("%.100q: %.100q, %v, want %.100q, %v", raw, got, err, want, wantErr)
	}
	for name, value := range got {
		if len(value) != cap(value) {
			t.Errorf("%.100q: an append to %q would write over what follows", raw, name)
		}
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	for _, raw := range objects {
		checkMembers(t, json.RawMessage(raw))
	}
}

// TestEachMember visits the members in their order, again where a name is repeated.
func TestEachMember(t *testing.T) {
	t.Parallel()
	var got []string
	if err := EachMember(json.RawMessage(`{"b":1,"a":[],"b":{}}`), func(name []byte, value json.RawMessage) {
		got = append(got, string(name)+"="+string(value))
	}); err != nil || !slices.Equal(got, []string{"b=1", "a=[]", "b={}"}) {
		t.Errorf("%q, %v", got, err)
	}
	for raw, want := range map[string]string{"null": "must be an object, not null", "": "must be an object, not nothing", `{"a"`: "is not JSON"} {
		if err := EachMember(json.RawMessage(raw), func([]byte, json.RawMessage) { t.Errorf("%s has a member", raw) }); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", raw, err, want)
		}
	}
}

// FuzzMembers: objects have the members that encoding/json finds, and texts say what it reads.
func FuzzMembers(f *testing.F) {
	for _, raw := range objects[:len(objects)-2] {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkMembers(t, raw)
		var want string
		wantErr := json.Unmarshal(bytes.TrimSpace(raw), &want)
		if got, err := ReadText(raw); KindOf(raw) == "a string" && ((err == nil) != (wantErr == nil) || got != want) {
			t.Errorf("%q: %q, %v, want %q, %v", raw, got, err, want, wantErr)
		}
	})
}
