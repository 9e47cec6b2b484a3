package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	update = flag.Bool("update", false, "rewrite the expectations of the scripts")
	manDir = flag.String("man", "", "write the man pages into this folder")
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"conngen": checkedMain, "transcript": transcript})
}

// concurrent are the scripts that -short leaves, for the race detector: their commands work on many
// specs at once, or are interrupted.
var concurrent = []string{"diff-against", "interrupt", "monorepo"}

func TestScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		scripts = nil
		for _, name := range concurrent {
			scripts = append(scripts, filepath.Join("testdata", "script", name+".txtar"))
		}
	}
	cache, err := goEnv("GOCACHE")
	if err != nil {
		t.Fatal(err)
	}
	modules, err := goEnv("GOMODCACHE")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files:         scripts,
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			// Projects are built from the standard library alone, and nothing is fetched.
			env.Setenv("GOCACHE", cache)
			env.Setenv("GOPROXY", "off")
			// Without the paths of temporary folders, the build cache serves the next run too. Without
			// what debuggers read, linking takes two thirds of the time.
			env.Setenv("GOFLAGS", "-mod=mod -trimpath -ldflags=-w")
			env.Setenv("GOWORK", "off")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each conngen waits for a second at its end
			// For scripts whose modules have conngen itself as a dependency.
			env.Setenv("MODCACHE", modules)
			env.Setenv("CONNGEN", root)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":  serve,
			"bundle": runBundle,
			"fill":   fill,
			"append": appendTo,
			"edit":   edit,
			"task":   task,
		},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		RequireExplicitExec: true,
	})
}

func goEnv(name string) (string, error) {
	out, err := exec.Command("go", "env", name).Output()
	return strings.TrimSpace(string(out)), err
}

// edit replaces a text that is once in a file, with \n for a line end: edit FILE OLD NEW.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text, old := ts.ReadFile(args[0]), strings.ReplaceAll(args[1], `\n`, "\n")
	if n := strings.Count(text, old); n != 1 {
		ts.Fatalf("%s has %q %d times", args[0], old, n)
	}
	text = strings.Replace(text, old, strings.ReplaceAll(args[2], `\n`, "\n"), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

var address = regexp.MustCompile(`answers on (http://\S+)`)

// serve runs a connector on a free port, posts a file to it as its body, writes the
// answer to another file, and stops the connector, which must end well:
// serve PROGRAM REQUEST ANSWER.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: serve PROGRAM REQUEST ANSWER")
	}
	command := exec.Command(ts.MkAbs(args[0]), "serve", "--addr", "127.0.0.1:0")
	command.Dir = ts.Getenv("WORK")
	url, stop, err := start(command)
	ts.Check(err)
	answer, err := post(url, ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(stop())
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), answer, 0o644))
}

// start runs a connector until stop interrupts it, and returns where it answers.
func start(command *exec.Cmd) (url string, stop func() error, err error) {
	stderr, err := command.StderrPipe()
	if err != nil {
		return "", nil, err
	}
	if err := command.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, stderr) // what is left, so it can end
		return command.Wait()
	}
	var said strings.Builder
	buffer := make([]byte, 256)
	for {
		n, err := stderr.Read(buffer)
		said.Write(buffer[:n])
		if m := address.FindStringSubmatch(said.String()); m != nil && strings.Contains(said.String(), "\n") {
			return m[1], stop, nil
		}
		if err != nil {
			return "", nil, fmt.Errorf("the connector said %q: %w", said.String(), err)
		}
	}
}

func post(url, body string) ([]byte, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// fill writes a file of a text, repeated: fill FILE TIMES TEXT.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	var times int
	if _, err := fmt.Sscan(args[1], &times); neg || err != nil {
		ts.Fatalf("usage: fill FILE TIMES TEXT")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(args[2], times)), 0o644))
}

// appendTo appends a file to another one: append FILE OTHER.
func appendTo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append FILE OTHER")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+ts.ReadFile(args[1])), 0o644))
}
