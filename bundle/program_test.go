package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/generator"
)

// buildProgram builds a program in a workspace of its own.
func buildProgram(dir, pkg string) (Build, error) {
	temporary, err := os.MkdirTemp("", "")
	if err != nil {
		return Build{}, err
	}
	defer os.RemoveAll(temporary)
	w, err := generator.NewWorkspace(temporary)
	if err != nil {
		return Build{}, err
	}
	defer w.Close()
	return BuildProgram(context.Background(), dir, pkg, w)
}

// testBuild is testdata/program, built.
var testBuild = sync.OnceValues(func() (Build, error) { return buildProgram(".", "./testdata/program") })

// testProgram is testdata/program as a bundle.
var testProgram = sync.OnceValues(func() (string, error) {
	build, err := testBuild()
	if err != nil {
		return "", err
	}
	index, err := Program(Info{Name: "Program", Version: "1"}, build)
	return string(index), err
})

// loadProgram starts the runtime stand-in with testdata/program.
func loadProgram(t *testing.T, env ...string) *runtime {
	t.Helper()
	nodeOrSkip(t)
	index, err := testProgram()
	if err != nil {
		t.Fatal(err)
	}
	return load(t, index, env...)
}

func TestProgramLines(t *testing.T) {
	t.Parallel()
	r := loadProgram(t)
	for _, reader := range []string{"fast", "slow", "plain"} {
		got := r.wait(r.start(call{Request: map[string]any{"type": "lines"}, Reader: reader}))
		want := `{"data":"\u2028 é 😀 \n","type":"output"}
{"data":[{"op":"remove","path":"/token"}],"type":"config"}
{"data":{"a":null},"type":"output"}
{"data":{"page":"2"},"type":"state"}`
		if strings.ReplaceAll(got.outputs(), "\u2028", `\u2028`) != want || !slices.Contains(got.lines, keepAlive) || got.err != (failure{}) {
			t.Errorf("%s: got\n%s\n%+v", reader, got.outputs(), got.err)
		}
	}
}

func TestProgramErrors(t *testing.T) {
	t.Parallel()
	r := loadProgram(t)
	for _, tt := range []struct {
		command string
		input   any
		want    failure
		outputs int
	}{
		{"error", "notFound", failure{"ConnectorError", "notFound", `ä" is not there`}, 1},
		{"error", "typed", failure{"ConnectorError", "Timeout", "late"}, 1},
		{"error", "other", failure{"Error", "", "plain"}, 1},
		{"large", nil, failure{"ConnectorError", "generic", `large: the output "5": attribute "serial" exceeds ±9007199254740991, so a bundle would round it; declare it as a string in the spec`}, 0},
		{"panic", nil, failure{"Error", "", "panic: at work"}, 0},
		{"nonsense", nil, failure{"Error", "", "unsupported command: nonsense"}, 0},
	} {
		got := r.run(tt.command, tt.input)
		if got.err != tt.want || len(got.lines) != tt.outputs {
			t.Errorf("%s %v: %d lines, %+v", tt.command, tt.input, len(got.lines), got.err)
		}
	}
	r.run("echo", nil)
	for _, want := range []string{
		`"level":"ERROR","message":"plain","commandType":"error","duration":"`,
		`"level":"INFO","message":"the command succeeded","commandType":"echo","duration":"`,
	} {
		if log := r.log(); !strings.Contains(log, want) {
			t.Errorf("the log lacks %s: %s", want, log)
		}
	}
}

// TestProgramContext checks what the program receives besides the input.
func TestProgramContext(t *testing.T) {
	t.Parallel()
	r := loadProgram(t, "MINE=here", "HUGE="+strings.Repeat("x", 20_000))
	got := r.wait(r.start(call{
		Request: map[string]any{"type": "echo", "input": map[string]any{"b": 1, "a": "é"}, "config": map[string]any{"token": "hush"}},
		Context: map[string]any{"version": 7, "id": "c-1", "requestId": "r-1", "spanId": 5},
	}))
	want := `{"data":{"config":{"token":"hush"},"info":{"id":"c-1","name":"","connectorInstanceId":"","invocationId":"","spanId":"","requestId":"r-1"},"input":{"a":"é","b":1},"version":7},"type":"output"}`
	if got.outputs() != want {
		t.Errorf("got %s, %+v", got.outputs(), got.err)
	}
	for name, want := range map[string]string{"MINE": "here", "HUGE": "", "CONNECTOR_CONFIG": ""} {
		if got := r.run("env", name); got.outputs() != fmt.Sprintf(`{"data":%q,"type":"output"}`, want) {
			t.Errorf("%s is %s", name, got.outputs())
		}
	}
}

// TestProgramAtOnce runs concurrent commands, and a list too long for memory.
func TestProgramAtOnce(t *testing.T) {
	t.Parallel()
	r := loadProgram(t)
	long := r.start(call{Request: map[string]any{"type": "list", "input": 100_000}, Reader: "counting"})
	var running []<-chan message
	for i := range 50 {
		running = append(running, r.start(call{Request: map[string]any{"type": "echo", "input": i}}))
	}
	for i, messages := range running {
		if got := r.wait(messages); !strings.Contains(got.outputs(), fmt.Sprintf(`"input":%d,`, i)) {
			t.Errorf("command %d: %s %+v", i, got.outputs(), got.err)
		}
	}
	got := r.wait(long)
	if got.count != 100_000 || got.memory > MemoryLimit/2 {
		t.Errorf("%d accounts, %d bytes of memory, %+v", got.count, got.memory, got.err)
	}
}

// TestProgramWithoutHost runs the program with Go's own support alone.
func TestProgramWithoutHost(t *testing.T) {
	t.Parallel()
	node := nodeOrSkip(t)
	build, err := testBuild()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	wasm, script := filepath.Join(dir, "program.wasm"), filepath.Join(dir, "run.js")
	const run = `
globalThis.fs = require('fs')
const go = new Go()
go.exit = process.exit
WebAssembly.instantiate(fs.readFileSync(process.argv[2]), go.importObject).then(({ instance }) => go.run(instance))
`
	if err := errors.Join(os.WriteFile(wasm, build.WASM, 0o600), os.WriteFile(script, slices.Concat(build.Runtime, []byte(run)), 0o600)); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	command := exec.Command(node, "--liftoff-only", script, wasm)
	command.Stderr = &stderr
	var exit *exec.ExitError
	if err := command.Run(); !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(stderr.String(), "build it for this machine") {
		t.Errorf("%v: %s", err, &stderr)
	}
}

// TestProgramBatches: lines that are ready together are handed over and parsed together.
func TestProgramBatches(t *testing.T) {
	t.Parallel()
	r := loadProgram(t)
	const lines = 10_000
	got := r.wait(r.start(call{Request: map[string]any{"type": "list", "input": lines}, Reader: "counting"}))
	t.Logf("%d lines in %d crossings and %d calls of JSON.parse", got.count, got.crossings, got.parses)
	if got.count != lines || got.parses == 0 || got.parses > lines/100 || got.crossings == 0 || got.crossings > lines/4 {
		t.Errorf("%d lines took %d crossings and %d calls of JSON.parse", got.count, got.crossings, got.parses)
	}
}

// TestProgramReaderGone: a command learns that its reader is gone.
func TestProgramReaderGone(t *testing.T) {
	t.Parallel()
	r := loadProgram(t)
	for _, command := range []string{"wait", "list"} {
		for reader, most := range map[string]int{"leaving": 1, "away": 0} {
			got := r.wait(r.start(call{Request: map[string]any{"type": command, "input": 100_000}, Reader: reader}))
			if !strings.Contains(got.err.Message, "gone") || len(got.lines) > most {
				t.Errorf("%s with a reader %s: %d lines, %+v", command, reader, len(got.lines), got.err)
			}
		}
	}
	if got := r.run("left", nil); got.outputs() != `{"data":1,"type":"output"}` {
		t.Errorf("got %s", got.outputs())
	}
}

// TestProgramRestarts ends the program in all ways while another command runs.
func TestProgramRestarts(t *testing.T) {
	t.Parallel()
	r := loadProgram(t)
	for command, reason := range map[string]string{
		"exit":      "the connector's program exited with code 3",
		"stray":     "the connector's program exited with code 2",
		"recursion": "", // depends on which stack ends first
	} {
		waiting := r.start(call{Request: map[string]any{"type": "wait"}})
		if m := <-waiting; m.Line == nil {
			t.Fatalf("%+v", m)
		}
		for _, got := range []reply{r.run(command, nil), r.wait(waiting)} {
			if got.err.Name == "" || reason != "" && got.err.Message != reason {
				t.Errorf("%s: %+v", command, got.err)
			}
		}
		if got := r.run("echo", 1); got.err != (failure{}) {
			t.Errorf("after %s: %+v", command, got.err)
		}
	}
	if log := r.log(); !strings.Contains(log, "panic: astray") {
		t.Errorf("the log is %s", log)
	}
}

func TestProgramFetch(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		w.Header().Set("X-Answer", req.Header.Get("X-Test"))
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s", req.Method, body)
	}))
	defer server.Close()
	r := loadProgram(t)
	want := `{"data":{"header":"yes","status":418,"text":"PUT body"},"type":"output"}`
	if got := r.run("fetch", server.URL); got.outputs() != want {
		t.Errorf("got %s, %+v", got.outputs(), got.err)
	}
	server.Close()
	if got := r.run("fetch", server.URL); got.err.Name != "Error" {
		t.Errorf("got %+v", got)
	}
}

func TestProgramKeepAlive(t *testing.T) {
	t.Parallel()
	r := loadProgram(t)
	got := r.run("slow", nil)
	if n := len(got.lines); n < 2 || got.lines[0] != keepAlive || got.lines[n-1] != `{"data":"done","type":"output"}` {
		t.Errorf("got %v", got.lines)
	}
}

func TestCustomizer(t *testing.T) {
	t.Parallel()
	r := loadProgram(t)
	run := func(command string, hooks map[string][2]any) reply {
		return r.wait(r.start(call{Request: map[string]any{"type": command, "input": 1}, Customizer: hooks, Reader: "slow"}))
	}
	got := run("echo", map[string][2]any{"before:echo": {"setInput", 2}, "after:echo": {"tag", "x"}, "after:list": {"fail", "not mine"}})
	if !strings.Contains(got.outputs(), `"input":2`) || !strings.Contains(got.outputs(), `"tag":"x"`) {
		t.Errorf("got %s, %+v", got.outputs(), got.err)
	}
	got = run("lines", map[string][2]any{"after:lines": {"tag", "x"}})
	if n := strings.Count(got.outputs(), `"tag":"x"`); n != 2 || len(got.lines) < 5 {
		t.Errorf("got %s, %+v", got.outputs(), got.err)
	}
	for _, when := range []string{"before", "after"} {
		got = run("wait", map[string][2]any{when + ":wait": {"fail", "no"}})
		if got.err.Message != "no" || len(got.lines) > 0 {
			t.Errorf("%s: %s, %+v", when, got.outputs(), got.err)
		}
	}
	if got := r.run("left", nil); got.outputs() != `{"data":1,"type":"output"}` { // the one that has begun
		t.Errorf("got %s", got.outputs())
	}
}

// TestBuildProgramFails: the user sees the compiler's messages.
func TestBuildProgramFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "-- go.mod --\nmodule example.com/app\n-- main.go --\npackage main\n\nfunc main() { undefined() }\n-- lib/lib.go --\npackage lib\n"+
		"-- here/main.go --\npackage main\n\nfunc main() { here() }\n-- here/here.go --\n//go:build !js\n\npackage main\n\nfunc here() {}\n")
	for pkg, want := range map[string]string{
		".":      "undefined: undefined",
		"./lib":  "lib is not a main package: name the folder of the main package",
		"./none": "directory not found",
		"./here": "undefined: here",
	} {
		_, err := buildProgram(dir, pkg)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", pkg, err)
		}
		if got := errors.As(err, new(*PlatformError)); got != (pkg == "./here") {
			t.Errorf("%s: blames the platform: %v", pkg, got)
		}
	}
}

// TestBuildProgramAnywhere: the same sources produce the same bundle in any folder.
func TestBuildProgramAnywhere(t *testing.T) {
	t.Parallel()
	var first []byte
	for range 2 {
		dir := t.TempDir()
		write(t, dir, "-- go.mod --\nmodule example.com/app\n-- main.go --\npackage main\n\nfunc main() { println(1) }\n")
		build, err := buildProgram(dir, ".")
		if err != nil {
			t.Fatal(err)
		}
		index, err := Program(Info{Name: "app", Version: "1"}, build)
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(index, first) {
			t.Error("the bundle depends on the folder")
		}
		first = index
	}
}
