package bundle

import (
	"encoding/json"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/conngen/conngen/examples/directory/fakeapi"
	"github.com/conngen/conngen/templates/sdk"
)

// TestDirectory: the example connector lists all of a directory that throttles it, and answers
// other commands at the same time, with one token.
func TestDirectory(t *testing.T) {
	t.Parallel()
	nodeOrSkip(t)
	build, err := BuildProgram(t.Context(), "..", "./examples/directory")
	if err != nil {
		t.Fatal(err)
	}
	index, err := Program(Info{Name: "Acme Directory", Version: "1"}, build)
	if err != nil {
		t.Fatal(err)
	}
	api := fakeapi.New(fakeapi.Impatient(5000))
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	r := load(t, string(index))
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
