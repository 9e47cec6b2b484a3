package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/conngen/conngen/examples/directory/connector"
	"github.com/conngen/conngen/examples/directory/fakeapi"
	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/sdktest"
)

// directoryProgram is the example connector as a bundle.
var directoryProgram = sync.OnceValues(func() (string, error) {
	build, err := buildProgram("..", "./examples/directory")
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

// TestDirectoryInspected: nothing in the example connector or the SDK fails in a bundle.
func TestDirectoryInspected(t *testing.T) {
	t.Parallel()
	warnings, err := Inspect(t.Context(), "..", "./examples/directory", "")
	if err != nil || len(warnings) > 0 {
		t.Errorf("%v, error %v", warnings, err)
	}
}

// TestDirectory: the example connector lists a whole directory that throttles it, and answers other
// commands at the same time, with one token.
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
	r.wait(start("std:test-connection", nil, "fast")) // leaves Go's one-minute timer running
	if !r.leave() {
		t.Error("the process waits for a timer of the program")
	}
}

// directoryIDs returns the IDs of the accounts in a command's lines.
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

// TestDirectoryScenarios: in a bundle, the example connector sends the requests and lines of its
// recorded scenarios.
func TestDirectoryScenarios(t *testing.T) {
	t.Parallel()
	r := loadDirectory(t)
	c := connector.New(func(context.Context, connector.Config) (connector.Client, error) {
		return nil, errors.New("the bundle runs the commands")
	})
	sdktest.Run(t, c, "../examples/directory/testdata/scenarios", sdktest.Through(func(_ context.Context, req sdk.Request, sink func([]byte) error) error {
		got := r.wait(r.start(call{Request: map[string]any{"type": req.Type, "input": req.Input, "config": req.Config}, Reader: "fast"}))
		var failed error
		if got.err != (failure{}) {
			failed = &sdk.Error{Type: got.err.Type, Message: got.err.Message}
		}
		return errors.Join(sink([]byte(got.outputs())), failed)
	}))
}
