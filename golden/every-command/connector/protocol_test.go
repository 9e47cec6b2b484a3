package connector

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/templates/sdk"
)

// protocol is the folder of the protocol's own tables, which are not part of the module.
var protocol = filepath.Join("..", "..", "..", "..", "shared", "protocol")

// A memberSpec is a member of an input, an output or a type in the tables.
type memberSpec struct{ Name, Type string }

// A commandSpec is a command in the tables.
type commandSpec struct {
	Type          string
	Input, Output []memberSpec
	HandlerInput  []memberSpec
	OutputIsArray bool
	Hooks         bool
}

// method returns the name of the client's method. Entitlement commands have one
// for each type.
func (c commandSpec) method() string {
	name := ""
	for _, word := range strings.FieldsFunc(strings.TrimPrefix(c.Type, "std:"), func(r rune) bool { return r == ':' || r == '-' }) {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Replace(strings.Replace(name, "Entitlement", "Group", 1), "Ssf", "SSF", 1)
}

func readTable(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(protocol, name))
	if os.IsNotExist(err) {
		t.Skipf("%s is not in %s", name, protocol)
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestProtocol: every documented member of the protocol survives a round trip through the Go types
// of the command's method, and each command known to customizers has a variable for hooks.
func TestProtocol(t *testing.T) {
	t.Parallel()
	var commands []commandSpec
	types := make(sampleTypes)
	readTable(t, "commands.json", &commands)
	readTable(t, "types.json", &types)
	methods, err := os.ReadFile("commands.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commands {
		if c.Type == "std:spec:read" {
			continue
		}
		method, ok := reflect.TypeFor[Client]().MethodByName(c.method())
		if !ok {
			t.Errorf("%s: there is no method %s", c.Type, c.method())
			continue
		}
		input := c.Input
		if c.HandlerInput != nil {
			input = c.HandlerInput
		}
		trip(t, c.Type+" input", method.Type.In(1), types.object(input))
		if output := outputType(method.Type); output != nil {
			object := types.object(c.Output)
			if _, typed := reflect.New(output).Interface().(sdk.Wired); typed {
				delete(object, "identity") // the spec's keyType only allows key
				delete(object, "uuid")
			}
			var sample any = object
			if c.OutputIsArray {
				sample = []any{object}
			}
			trip(t, c.Type+" output", output, sample)
		}
		if c.Hooks && !strings.Contains(string(methods), "\nvar "+c.method()+" = sdk.New") {
			t.Errorf("%s has no method for hooks", c.Type)
		}
	}
}

// TestWholeInput: commands whose method gets part of the input read all of it.
func TestWholeInput(t *testing.T) {
	t.Parallel()
	var commands []commandSpec
	types := make(sampleTypes)
	readTable(t, "commands.json", &commands)
	readTable(t, "types.json", &types)
	for _, c := range commands {
		if c.Type == "std:application-discovery:list" {
			trip(t, c.Type, reflect.TypeFor[sdk.ApplicationDiscoveryListInput](), types.object(c.Input))
		}
	}
}

// outputType returns what a method sends or returns, nil for actions.
func outputType(method reflect.Type) reflect.Type {
	if method.NumOut() == 2 {
		return method.Out(0)
	}
	if method.NumIn() < 3 {
		return nil
	}
	send, _ := method.In(2).MethodByName("Send")
	return send.Type.In(1)
}

// trip decodes a sample into a Go type and encodes it again.
func trip(t *testing.T, what string, in reflect.Type, sample any) {
	t.Helper()
	text, err := json.Marshal(sample)
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.New(in).Interface()
	read, write := json.Unmarshal, json.Marshal
	if wired, ok := v.(sdk.Wired); ok { // some of these are not from encoding/json
		read = func(text []byte, _ any) error { return sdk.Unmarshal(text, wired) }
		write = func(any) ([]byte, error) { return sdk.Marshal(wired) }
	}
	if err := read(text, v); err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	back, err := write(v)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if diff := cmp.Diff(hidden(value(t, text)), value(t, back)); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// hidden returns a sample with possible passwords redacted: values of changes, and of attributes
// with metadata.
func hidden(v any) any {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			hidden(element)
		}
	case map[string]any:
		if _, ok := v["attribute"]; ok && v["value"] != nil {
			v["value"] = "[redacted]"
		}
		for _, member := range v {
			hidden(member)
		}
	}
	return v
}

func value(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// sampleTypes are the protocol's types by name.
type sampleTypes map[string]json.RawMessage

func (s sampleTypes) object(members []memberSpec) map[string]any {
	object := make(map[string]any)
	for _, m := range members {
		object[m.Name] = s.member(m)
	}
	return object
}

// member returns a value for a member. Some members have specific values.
func (s sampleTypes) member(m memberSpec) any {
	switch {
	case m.Name == "password":
		return sdk.NewSecret("").String() // the only text that a secret writes
	case m.Name == "attributes" && (m.Type == "any" || m.Type == "Attributes"):
		return map[string]any{"id": "1", "login": "ada", "name": "Ada", "extra": []any{"b"}}
	case m.Name == "type" && m.Type == "string":
		return "group"
	}
	return s.value(m.Type)
}

func (s sampleTypes) value(name string) any {
	if element, ok := strings.CutSuffix(name, "[]"); ok {
		return []any{s.value(element)}
	}
	if _, element, ok := strings.Cut(strings.TrimSuffix(name, ">"), "map<string,"); ok {
		return map[string]any{"name": s.value(element)}
	}
	first, _, _ := strings.Cut(name, "|")
	switch {
	case first == "string":
		return "text"
	case first == "boolean":
		return true
	case first == "number":
		return 3
	case first == "object", first == "any":
		return map[string]any{"member": []any{1}}
	case first == "Key":
		return map[string]any{"simple": map[string]any{"id": "1"}}
	case first == "ConfigOptions":
		return map[string]any{"a": "b", "c": []any{"d"}, "e": []any{map[string]any{"f": "g"}}}
	case strings.HasPrefix(first, `"`):
		return strings.Trim(first, `"`)
	}
	var members []memberSpec
	if err := json.Unmarshal(s[name], &members); err != nil {
		panic("the protocol has no type " + name)
	}
	return s.object(members)
}
