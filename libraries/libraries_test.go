package libraries

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/bundle"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/libraries/tries"
	"github.com/conngen/conngen/schema"
)

// secret is what the service of the forwarding bundle requires.
const secret = "hush-hush-hush-hush"

const (
	answered = "answered"
	refused  = "onnection refused" // as Go's simulated network in WebAssembly spells it, and all others
)

// TestCalls runs each try as a server does, and in bundles of both modes.
func TestCalls(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed: no library is tried in a bundle")
	}
	api := startAPI(t)
	service := startService(t)
	t.Run("serve", func(t *testing.T) {
		t.Parallel()
		check(t, func(tries.Try) string { return answered }, serve(t, service, api))
	})
	t.Run("forward", func(t *testing.T) {
		t.Parallel()
		config := map[string]string{"connectorServiceUrl": service, "connectorServiceSecret": secret}
		check(t, func(tries.Try) string { return answered }, runBundle(t, forwardBundle(t), api, config))
	})
	t.Run("wasm", func(t *testing.T) {
		t.Parallel()
		want := func(try tries.Try) string {
			if try.Fails {
				return refused
			}
			return answered
		}
		check(t, want, runBundle(t, wasmBundle(t), api, nil))
	})
}

// check compares the outcomes of the tries.
func check(t *testing.T, want func(tries.Try) string, got map[string]string) {
	t.Helper()
	for _, try := range tries.All {
		if !strings.Contains(got[try.Name], want(try)) {
			t.Errorf("%s: got %q, want %q", try.Name, got[try.Name], want(try))
		}
	}
}

// startAPI starts a server that answers the calls of all libraries.
func startAPI(t *testing.T) (url string) {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"ok": true, "access_token": "token", "token_type": "bearer", "expires_in": 3600, "Users": []}`)
	}))
	t.Cleanup(api.Close)
	return api.URL
}

// environment is the test's own, without the variables that AWS's library would read.
func environment(more ...string) []string {
	own := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
	return append(own, more...)
}

var answersOn = regexp.MustCompile(`answers on (http://[^\s"\\]+)`)

// startService starts the connector as a server.
func startService(t *testing.T) (url string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-o", program, "./program").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	command := exec.Command(program, "serve", "--addr", "127.0.0.1:0")
	command.Env = environment("CONNECTOR_AUTH_TOKEN=" + secret)
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if m := answersOn.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, stderr) }() // otherwise the program waits for a reader of its log
			return m[1]
		}
	}
	t.Fatal("the service does not answer")
	return ""
}

// serve runs all tries in the server, and returns the outcome of each.
func serve(t *testing.T, service, api string) map[string]string {
	t.Helper()
	got := make(map[string]string)
	var lock sync.Mutex
	var wait sync.WaitGroup
	for _, try := range tries.All {
		wait.Go(func() {
			text := post(t, service, map[string]any{"type": try.Name, "input": api, "config": map[string]string{}})
			lock.Lock()
			defer lock.Unlock()
			got[try.Name] = text
		})
	}
	wait.Wait()
	return got
}

// post sends a command to the server, and returns the answer.
func post(t *testing.T, service string, command map[string]any) string {
	body, err := json.Marshal(command)
	if err != nil {
		t.Error(err)
		return ""
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, service, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return ""
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+secret)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// wasmBundle returns the index.js that contains the connector.
func wasmBundle(t *testing.T) []byte {
	t.Helper()
	w, err := generator.NewWorkspace(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	build, err := bundle.BuildProgram(t.Context(), ".", "./program", w)
	if err != nil {
		t.Fatal(err)
	}
	index, err := bundle.Program(bundle.Info{Name: "libraries", Version: "1"}, build)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

// forwardBundle returns the index.js that forwards commands to the service.
func forwardBundle(t *testing.T) []byte {
	t.Helper()
	spec, found := schema.Parse("connector-spec.json", []byte(`{"name": "libraries", "commands": ["std:test-connection"], "sourceConfig": []}`))
	if found.HasErrors() {
		t.Fatal(found)
	}
	index, _, err := bundle.Service(bundle.Info{Name: "libraries", Version: "1"}, spec)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

// runBundle runs all tries in a bundle, in package bundle's stand-in for the runtime, and returns
// the outcome of each.
func runBundle(t *testing.T, index []byte, api string, config map[string]string) map[string]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "index.js")
	if err := os.WriteFile(file, index, 0o600); err != nil {
		t.Fatal(err)
	}
	var calls bytes.Buffer
	for i, try := range tries.All {
		request := map[string]any{"type": try.Name, "input": api, "config": config}
		if err := json.NewEncoder(&calls).Encode(map[string]any{"id": i + 1, "request": request}); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("node", filepath.Join("..", "bundle", "testdata", "runtime.js"), file)
	command.Stdin, command.Env = &calls, environment()
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { // it would run on until the timers of all libraries have fired
		_ = command.Process.Kill()
		_ = command.Wait()
	}()
	return endings(t, stdout)
}

// endings reads the stand-in's messages about each try, until all have ended.
func endings(t *testing.T, stdout io.Reader) map[string]string {
	t.Helper()
	got := make(map[string]string)
	ended := 0
	lines := bufio.NewScanner(stdout)
	for ended < len(tries.All) && lines.Scan() {
		var m struct {
			ID    int
			Line  *struct{ Type, Data string }
			Error *struct{ Message string }
		}
		if json.Unmarshal(lines.Bytes(), &m) != nil || m.ID == 0 { // it also logs there
			continue
		}
		name := tries.All[m.ID-1].Name
		switch {
		case m.Line != nil && m.Line.Type == "output":
			got[name] += m.Line.Data
		case m.Line == nil:
			ended++
			if m.Error != nil {
				got[name] += fmt.Sprintf("error: %s", m.Error.Message)
			}
		}
	}
	if ended < len(tries.All) {
		t.Errorf("the bundle has ended: %v", lines.Err())
	}
	return got
}
