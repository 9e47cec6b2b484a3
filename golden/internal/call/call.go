// Package call sends commands to the connectors of the golden packages.
package call

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// An Object is an output that is an account or entitlement.
type Object struct {
	Identity   string          `json:"identity"`
	UUID       string          `json:"uuid"`
	Key        json.RawMessage `json:"key"`
	Type       string          `json:"type"`
	Disabled   *bool           `json:"disabled"`
	Attributes map[string]any  `json:"attributes"`
}

// An Answer is the answer to a command.
type Answer struct {
	Status  int
	Body    string
	Outputs []json.RawMessage
}

// Run sends a command. It only reads the outputs of an answer with status 200.
func Run(t *testing.T, h http.Handler, command string, input, config any) Answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"type": command, "input": input, "config": config})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request)
	answer := Answer{Status: w.Code, Body: w.Body.String()}
	if w.Code != http.StatusOK {
		return answer
	}
	for line := range strings.Lines(answer.Body) {
		var l struct {
			Data json.RawMessage `json:"data"`
			Type string          `json:"type"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v in %s", command, err, line)
		}
		if l.Type == "output" {
			answer.Outputs = append(answer.Outputs, l.Data)
		}
	}
	return answer
}

// Objects sends a command that must succeed, and returns its outputs.
func Objects(t *testing.T, h http.Handler, command string, input, config any) []Object {
	t.Helper()
	answer := Run(t, h, command, input, config)
	if answer.Status != http.StatusOK {
		t.Fatalf("%s: status %d: %s", command, answer.Status, answer.Body)
	}
	objects := make([]Object, len(answer.Outputs))
	for i, raw := range answer.Outputs {
		if err := json.Unmarshal(raw, &objects[i]); err != nil {
			t.Fatalf("%s: %v in %s", command, err, raw)
		}
	}
	return objects
}

// One sends a command that must have one output, and returns it.
func One(t *testing.T, h http.Handler, command string, input, config any) Object {
	t.Helper()
	objects := Objects(t, h, command, input, config)
	if len(objects) != 1 {
		t.Fatalf("%s: %d outputs, want 1", command, len(objects))
	}
	return objects[0]
}

// Fails sends a command that must fail with a text in its error.
func Fails(t *testing.T, h http.Handler, command string, input, config any, want string) {
	t.Helper()
	answer := Run(t, h, command, input, config)
	if answer.Status != http.StatusInternalServerError || !strings.Contains(answer.Body, want) {
		t.Errorf("%s: status %d, %s; want 500 and %q", command, answer.Status, answer.Body, want)
	}
}
