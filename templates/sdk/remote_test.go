package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRemote: what a runner gets from a server is what it would get from the connector.
func TestRemote(t *testing.T) {
	t.Parallel()
	r := newTester([]Handler[nothing]{
		raw("two", func(_ context.Context, _ nothing, in json.RawMessage, out *Writer) error {
			return errors.Join(out.Send(in), out.Send("{\n"))
		}),
		raw("missing", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			return errors.Join(out.Send(1), NotFound("Error: not\nthere"))
		}),
		raw("plain", func(context.Context, nothing, json.RawMessage, *Writer) error { return errors.New("plain") }),
	})
	server := httptest.NewServer(r)
	defer server.Close()
	run := func(url, command string) (string, error) {
		var got strings.Builder
		err := Remote(url)(t.Context(), Request{Type: Command(command), Input: json.RawMessage(`{"a":1}`)}, func(b []byte) error {
			got.Write(b)
			return nil
		})
		return got.String(), err
	}
	for _, tt := range []struct{ command, lines, kind, message string }{
		{"two", `{"data":{"a":1},"type":"output"}` + "\n" + `{"data":"{\n","type":"output"}` + "\n", "", ""},
		{"missing", `{"data":1,"type":"output"}` + "\n", NotFoundError, "Error: not\nthere"},
		{"plain", "", GenericError, "plain"},
	} {
		lines, err := run(server.URL, tt.command)
		var typed *Error
		if !errors.As(err, &typed) {
			typed = &Error{}
		}
		if lines != tt.lines || typed.Type != tt.kind || typed.Message != tt.message {
			t.Errorf("%s: %q, %#v", tt.command, lines, err)
		}
	}
	odd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != "/page" {
			w.Header().Set("Content-Type", "application/x-ndjson")
		}
		_, _ = w.Write([]byte("{}\n" + strings.TrimPrefix(req.URL.Path, "/")))
	}))
	defer odd.Close()
	for path, want := range map[string]string{
		"/page":     `answered with status 200 and content type "text/plain; charset=utf-8"`,
		"/nonsense": `the answer has a line that is not JSON: "nonsense"`,
		"/{":        "the answer broke off: EOF",
	} {
		if _, err := run(odd.URL+path, "a"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := run("http://127.0.0.1:1", "a"); err == nil {
		t.Error("nobody has answered, and there is no error")
	}
}

// TestRemoteToken is not parallel, since it sets the environment.
func TestRemoteToken(t *testing.T) {
	s := serving{token: testToken}
	server := httptest.NewServer(s.handler(newService(newTester([]Handler[nothing]{
		action("a", func(nothing, context.Context, struct{}) error { return nil }),
	}), 0), "localhost:3000"))
	defer server.Close()
	for token, want := range map[string]string{
		"":              server.URL + " requires a token: set CONNECTOR_AUTH_TOKEN to it",
		testToken + "x": server.URL + " refused the token in CONNECTOR_AUTH_TOKEN",
		testToken:       "",
	} {
		t.Setenv(authTokenVariable, token)
		err := Remote(server.URL)(t.Context(), Request{Type: "a", Input: json.RawMessage("{}")}, func([]byte) error { return nil })
		if (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("with the token %q: %v", token, err)
		}
	}
}
