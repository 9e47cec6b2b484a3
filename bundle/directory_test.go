package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/conngen/conngen/examples/directory/fakeapi"
	"github.com/conngen/conngen/templates/sdk"
)

// directoryProgram is the example connector as a bundle.
var directoryProgram = sync.OnceValues(func() (string, error) {
	build, err := BuildProgram(context.Background(), "..", "./examples/directory")
	if err != nil {
		return "", err
	}
	index, err := Program(Info{Name: "Acme Directory", Version: "1"}, build)
	return string(index), err
})

func loadDirectory(t *testing.T) *runtime {
	t.Helper()
	nodeOrSkip(t)
	index, err := directoryProgram()
	if err != nil {
		t.Fatal(err)
	}
	return load(t, index)
}

// TestDirectoryInspected: nothing in the example connector, or in the SDK, fails in a bundle.
func TestDirectoryInspected(t *testing.T) {
	t.Parallel()
	warnings, err := Inspect(t.Context(), "..", "./examples/directory")
	if err != nil || len(warnings) > 0 {
		t.Errorf("%v, error %v", warnings, err)
	}
}

// TestDirectory: the example connector lists all of a directory that throttles it, and answers
// other commands at the same time, with one token.
func TestDirectory(t *testing.T) {
	t.Parallel()
	r := loadDirectory(t)
	api := fakeapi.New(fakeapi.Impatient(5000))
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	start := func(command string, input any, reader string) <-chan message {
		config := map[string]any{"baseUrl": server.URL, "clientId": fakeapi.ClientID, "clientSecret": fakeapi.ClientSecret, "requestsPerSecond": 1_000_000}
		return r.start(call{Request: map[string]any{"type": command, "input": input, "config": config}, Reader: reader})
	}
	commands := []<-chan message{start("std:account:list", nil, "fast"), start("std:account:list", nil, "counting")}
	for range 18 {
		commands = append(commands, start("std:account:read", map[string]any{"identity": "u-0004999"}, "fast"))
	}
	replies := make([]reply, len(commands))
	var all sync.WaitGroup
	for i, messages := range commands {
		all.Go(func() { replies[i] = r.wait(messages) })
	}
	all.Wait()
	for i, got := range replies {
		if got.err != (failure{}) || i > 1 && len(got.lines) != 1 {
			t.Errorf("command %d: %d lines, %+v", i, len(got.lines), got.err)
		}
	}
	if ids := directoryIDs(t, replies[0].lines); len(ids) != 5000 || replies[1].count != 5000+1 { // with the state
		t.Errorf("%d different accounts, %d lines", len(ids), replies[1].count)
	}
	if c := api.Counts(); c.Tokens != 1 || c.Users != 5000 || c.Throttled == 0 || c.Failed == 0 {
		t.Errorf("the directory has counted %+v", c)
	}
}

// directoryIDs are the IDs of the accounts among a command's lines.
func directoryIDs(t *testing.T, lines []string) map[string]bool {
	t.Helper()
	ids := make(map[string]bool)
	for _, text := range lines {
		var line struct {
			Type string
			Data struct{ Key sdk.Key }
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line.Type == "output" {
			ids[line.Data.Key.ID()] = true
		}
	}
	return ids
}

// TestDirectoryScenario: in a bundle the example connector sends the requests of a recorded
// scenario, one of which is throttled, and the same lines.
func TestDirectoryScenario(t *testing.T) {
	t.Parallel()
	r := loadDirectory(t)
	archive, err := txtar.ParseFile("../examples/directory/testdata/scenarios/update.txtar")
	if err != nil {
		t.Fatal(err)
	}
	sections := make(map[string]string)
	for _, f := range archive.Files {
		sections[f.Name] = string(f.Data)
	}
	var config map[string]any
	if err := json.Unmarshal([]byte(sections["config"]), &config); err != nil {
		t.Fatal(err)
	}
	recorded, _ := config["baseUrl"].(string)
	next := 1
	server := serve(t, func(w http.ResponseWriter, req *http.Request) {
		want, answer := sections[fmt.Sprint("request ", next)], sections[fmt.Sprint("answer ", next)]
		next++
		method, url, body := scenarioRequest(want)
		if got := canonicalBody(t, req.Body); req.Method != method || recorded+req.URL.String() != url || got != canonicalBody(t, strings.NewReader(body)) {
			t.Errorf("the connector sends %s %s %s, want\n%s", req.Method, req.URL, got, want)
		}
		head, body, _ := strings.Cut(answer, "\n\n")
		var status int
		if _, err := fmt.Sscan(head, &status); err != nil {
			t.Errorf("%q: %v", answer, err)
		}
		w.Header().Set("Retry-After", "0") // a test need not wait
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
	config["baseUrl"] = server.URL
	command, input, _ := strings.Cut(sections["command"], "\n")
	got := r.wait(r.start(call{Request: map[string]any{"type": command, "input": json.RawMessage(input), "config": config}}))
	if want := strings.TrimSpace(sections["lines"]); got.outputs() != want || got.err != (failure{}) {
		t.Errorf("got %s, %+v, want %s", got.outputs(), got.err, want)
	}
	if _, more := sections[fmt.Sprint("request ", next)]; more || next == 1 {
		t.Errorf("the connector has sent %d requests, and the scenario has more", next-1)
	}
}

// scenarioRequest reads a request of a scenario.
func scenarioRequest(text string) (method, url, body string) {
	head, body, _ := strings.Cut(text, "\n\n")
	first, _, _ := strings.Cut(strings.TrimSpace(head), "\n")
	method, url, _ = strings.Cut(first, " ")
	return method, url, body
}

// canonicalBody returns the body of a request, JSON in one form.
func canonicalBody(t *testing.T, r io.Reader) string {
	text, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	var value any
	if json.Unmarshal(text, &value) == nil {
		text, _ = json.Marshal(value) // has come from JSON
	}
	return string(bytes.TrimSpace(text))
}
