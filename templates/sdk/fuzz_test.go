package sdk

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
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
			if status.code != http.StatusBadRequest || status.message == "" || len(status.message) > 20*cut.Name {
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

// FuzzBody sends a request in every form that a body may have: plain, compressed, in UTF-16.
// The answers are the same, and lines of the protocol or an error; a body beyond the limit is
// refused, whatever it was packed into.
func FuzzBody(f *testing.F) {
	for _, text := range []string{`{"type":"echo","input":"é"}`, `{"type":"echo","input":[1,{"a":"\ud83d\ude00"}]}`, `{"type":"nobody"}`, `[`, ``} {
		f.Add(text)
	}
	c := newTester([]Handler[nothing]{
		unary("echo", func(_ nothing, _ context.Context, in json.RawMessage) (json.RawMessage, error) { return in, nil }),
	})
	const smallBody = 64
	small := newTester(nil, WithBodyLimit(smallBody))
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.TrimPrefix(strings.ToValidUTF8(text, "\ufffd"), "\ufeff")
		wide := func(order binary.AppendByteOrder) string {
			var b []byte
			for _, unit := range utf16.Encode([]rune(text)) {
				b = order.AppendUint16(b, unit)
			}
			return string(b)
		}
		want := postBody(c, "application/json", "", text)
		if want.Code != http.StatusOK && want.Code != http.StatusInternalServerError && want.Code != http.StatusBadRequest {
			t.Errorf("%q: %d", text, want.Code)
		}
		if want.Code != http.StatusOK && want.Body.Len() > 20*cut.Name {
			t.Errorf("%q is answered with %d bytes", text, want.Body.Len())
		}
		for line := range strings.Lines(want.Body.String()) {
			if want.Code == http.StatusOK && !json.Valid([]byte(line)) {
				t.Errorf("%q is answered with %q", text, line)
			}
		}
		for _, other := range []struct{ contentType, encoding, text string }{
			{"application/json", "gzip", text},
			{"application/json", "deflate", text},
			{"application/json; charset=utf-8", "identity", "\ufeff" + text},
			{"application/json; charset=utf-16", "", wide(binary.LittleEndian)},
			{"application/json; charset=utf-16be", "gzip", wide(binary.BigEndian)},
		} {
			body := other.text
			if other.encoding == "gzip" || other.encoding == "deflate" {
				body = string(compress(t, other.encoding, body))
			}
			got := postBody(c, other.contentType, other.encoding, body)
			if got.Code != want.Code || got.Body.String() != want.Body.String() {
				t.Errorf("%q as %s, %s is answered with %d %q, want %d %q", text, other.contentType, other.encoding, got.Code, got.Body, want.Code, want.Body)
			}
			w := postBody(small, other.contentType, other.encoding, body)
			if isTooLarge := max(len(other.text), len(body)) > smallBody; isTooLarge && w.Code != http.StatusRequestEntityTooLarge && w.Code != http.StatusBadRequest {
				t.Errorf("%q as %s, %s is taken", text, other.contentType, other.encoding)
			} else if !isTooLarge && w.Code == http.StatusRequestEntityTooLarge {
				t.Errorf("%q as %s, %s is too large", text, other.contentType, other.encoding)
			}
		}
	})
}

func postBody(h http.Handler, contentType, encoding, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}
