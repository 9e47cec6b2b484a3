package sdk

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"testing"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// FuzzUnmarshal reads anything: what can be read can be written, and reads back
// as the same.
func FuzzUnmarshal(f *testing.F) {
	for _, text := range []string{
		`null`, `{}`, `[]`, `"`, `{"key":{"simple":{"id":"1"}},"disabled":false,"deleted":"true","attributes":{"id":"1","groups":"a"}}`,
		`{"key":{"compound":{"lookupId":"a","uniqueId":"b"}}}`, `{"key":{}}`, `{"attributes":{"id":"\ud800\u0000","age":"42","x":{"b":[1.0,null],"a":-0}}}`,
		`{"attributes":{"groups":[null,1,true,"a"],"levels":[],"flags":"","active":""}}`, `{"permissions":[{"target":"t"}],"results":[]}`,
		`{"attributes":{"age":1e400,"x":1e400}}`, "{\"attributes\":{\"\xff\":\"\xff\"}}", `{"attributes":null}`, `{"a":1}{`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second member
		if err := Unmarshal(data, &first); err != nil {
			return
		}
		text, err := Marshal(&first)
		if first.Key.problem(KeyTypeSimple) != "" && first.Key != (Key{}) {
			if err == nil {
				t.Fatalf("a wrong key was written: %s", text)
			}
			return
		}
		if err != nil || !json.Valid(text) {
			t.Fatalf("%q, read as %+v, gives %q, %v", data, first, text, err)
		}
		if err := Unmarshal(text, &second); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		again, err := Marshal(&second)
		if err != nil || string(again) != string(text) {
			t.Errorf("%q, then %q, %v", text, again, err)
		}
		if !reflect.DeepEqual(first, second) {
			t.Errorf("%+v, then %+v", first, second)
		}
		if normal := jsontext.AppendNormal(nil, data); json.Valid(data) && !json.Valid(normal) {
			t.Errorf("%q in its normal form is %q", data, normal)
		}
	})
}

// FuzzParseRequest reads anything: it is refused with a status, fails as a command
// would, or has parts that are JSON.
func FuzzParseRequest(f *testing.F) {
	for _, text := range []string{
		``, ` `, `{}`, `[]`, `null`, `5`, `{"type":"std:account:list","input":{},"config":{"a":1},"version":7}`, `{"type":5}`, `{"type":null}`,
		`{"type":{}}`, `{"type":"a","type":"b"}`, `{"type":"\ud800"}`, `{"version":"x"}`, `{"type":"a"} x`, `[`, "\uFEFF{}", "\xff",
	} {
		f.Add([]byte(text), "utf-8")
		f.Add([]byte(text), "utf-16")
	}
	f.Fuzz(func(t *testing.T, data []byte, charset string) {
		req, err := parseRequest(toUTF8(data, charset))
		var status *statusError
		if errors.As(err, &status) {
			if status.code != http.StatusBadRequest || status.message == "" {
				t.Errorf("%q is refused with %d %q", data, status.code, status.message)
			}
			return
		}
		for _, part := range []json.RawMessage{req.Input, req.Config} {
			if part != nil && !json.Valid(part) {
				t.Errorf("%q has the part %q", data, part)
			}
		}
		if err == nil && req.Type == "" && len(data) == 0 {
			t.Errorf("%q is a command", data)
		}
	})
}
