package loop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// rolePrefix begins the names under which the test program is a connector; the rest is its
// behaviour.
const rolePrefix = "role-"

func TestMain(m *testing.M) {
	role, ok := strings.CutPrefix(filepath.Base(os.Args[0]), rolePrefix)
	if !ok {
		os.Exit(m.Run())
	}
	os.Exit(connector(role))
}

// connector does what a generated program does, as far as the loop knows.
func connector(role string) int {
	if want := []string{"serve", "--addr", "127.0.0.1:0"}; !slices.Equal(os.Args[1:], want) || os.Getenv("CONNECTOR_AUTH_TOKEN") != "" {
		fmt.Fprintf(os.Stderr, "the arguments are %q\n", os.Args)
		return 3
	}
	switch role {
	case "ends":
		fmt.Fprintln(os.Stderr, "config.go: no such database")
		return 1
	case "panics":
		panic("wrong")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 2
	}
	stop := make(chan os.Signal, 1)
	if role == "stays" {
		signal.Ignore(syscall.SIGTERM)
	} else {
		signal.Notify(stop, syscall.SIGTERM)
	}
	fmt.Fprintf(os.Stderr, "{\"level\":\"INFO\"}\nthe test answers on http://%s\n", listener.Addr())
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/end" {
				fmt.Print("last words")
				os.Exit(4)
			}
		}))
	}()
	<-stop
	fmt.Fprintln(os.Stderr, "stopping")
	return 0
}

// A heard is the output of a program.
type heard struct {
	mu    sync.Mutex
	lines []string
}

func (h *heard) line(text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines = append(h.lines, text)
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.lines, "|")
}

// startRole starts the test program in a role.
func startRole(t *testing.T, role string) (*GoRunner, Process, *heard, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), rolePrefix+role)
	if err := os.Symlink(self, program); err != nil {
		t.Skip(err)
	}
	h, runner := new(heard), &GoRunner{Dir: filepath.Dir(program)}
	p, err := runner.Start(t.Context(), program, h.line)
	return runner, p, h, err
}

// TestRunner: a program is ready once it prints its address, and ends on request.
func TestRunner(t *testing.T) {
	t.Parallel()
	_, p, h, err := startRole(t, "serves")
	if err != nil {
		t.Fatal(err)
	}
	if err := Healthy(t.Context(), p.URL()); err != nil {
		t.Error(err)
	}
	p.Stop(nil)
	<-p.Done()
	if got := h.text(); got != `{"level":"INFO"}|stopping` {
		t.Errorf("the lines are %s", got)
	}
	if err := Healthy(t.Context(), p.URL()); err == nil || err.Error() != "nothing listens there" {
		t.Errorf("after the end the error is %v", err)
	}
	p.Stop(nil) // again
}

// TestRunnerEnding: the last lines of a program say why it ended.
func TestRunnerEnding(t *testing.T) {
	t.Parallel()
	_, _, _, err := startRole(t, "ends")
	var ending *Ending
	if !errors.As(err, &ending) || ending.Text != "the connector exited with code 1" ||
		ending.Problem.Message != "the connector exited with code 1, config.go: no such database" || !slices.Equal(ending.Tail, []string{"config.go: no such database"}) {
		t.Errorf("the error is %+v", err)
	}
	_, _, _, err = startRole(t, "panics")
	if !errors.As(err, &ending) || !strings.Contains(ending.Problem.Message, "with code 2, panic: wrong") {
		t.Errorf("the error is %+v", err)
	}
	_, p, h, err := startRole(t, "serves")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := AskHealth(t.Context(), p.URL()+"/x?y", nil); err != nil {
		t.Error(err)
	}
	response, err := http.Get(p.URL() + "/end")
	if err == nil {
		response.Body.Close()
	}
	<-p.Done()
	if got := p.Ending(); got.Text != "the connector exited with code 4" || h.text() != `{"level":"INFO"}|last words` {
		t.Errorf("the ending is %+v, after %s", got, h.text())
	}
}

// TestRunnerKill: a program that does not end on request is killed, and no other starts then.
func TestRunnerKill(t *testing.T) {
	t.Parallel()
	runner, p, h, err := startRole(t, "stays")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan bool)
	go func() {
		p.Stop(nil)
		close(stopped)
	}()
	runner.Kill()
	<-stopped
	if got := p.Ending().Text; got != "the connector was killed" {
		t.Errorf("the ending is %s", got)
	}
	if _, err := runner.Start(t.Context(), os.Args[0], h.line); !errors.Is(err, context.Canceled) {
		t.Errorf("afterwards, the error of a start is %v", err)
	}
	runner.Kill() // again
}

// TestRunnerWithout: a program that cannot be started is an error.
func TestRunnerWithout(t *testing.T) {
	t.Parallel()
	if _, err := (&GoRunner{}).Start(t.Context(), filepath.Join(t.TempDir(), "none"), func(string) {}); err == nil || !strings.HasPrefix(err.Error(), "the program cannot be started: ") {
		t.Errorf("the error is %v", err)
	}
}

// TestEndingPlace: a stack trace leads to the first line of the project.
func TestEndingPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	trace := "before\npanic: assignment to entry in nil map\n\ngoroutine 7 [running]:\nmain.(*Client).x(...)\n\t/usr/lib/go/src/maps/x.go:1 +0x1d\nmain.y()\n\t" +
		filepath.ToSlash(dir) + "/client.go:42 +0x1d\nmain.z()\n\t" + filepath.ToSlash(dir) + "/main.go:1"
	got := ending(dir, errors.New("wrong"), strings.Split(trace, "\n")).Problem
	want := Problem{Path: "client.go", Line: 42, Severity: "error", Message: "the connector exited: wrong, panic: assignment to entry in nil map"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestEndingPlaceTrimmed: with -trimpath, a stack trace begins with the path of the module.
func TestEndingPlaceTrimmed(t *testing.T) {
	t.Parallel()
	p := newProject(t, "app/x.go")
	p.write("go.mod", "module example.com/m\n")
	trace := []string{"panic: wrong", "\truntime/panic.go:1 +0x1d", "\texample.com/mother/x.go:2 +0x1d", "\texample.com/m/client.go:3 +0x1d", "\texample.com/m/app/x.go:4 +0x1d"}
	for dir, want := range map[string]Problem{p.dir: {Path: "client.go", Line: 3}, p.path("app"): {Path: "x.go", Line: 4}} {
		if got := ending(dir, nil, trace).Problem; got.Path != want.Path || got.Line != want.Line || got.Message != "the connector exited, panic: wrong" {
			t.Errorf("in %s: %+v", dir, got)
		}
	}
}

// TestLines: lines are complete however they are written, and memory is bounded.
func TestLines(t *testing.T) {
	t.Parallel()
	h := new(heard)
	w := &lineWriter{line: h.line}
	for _, part := range []string{"a", "b\nc", "\r\n\nd\ne"} {
		fmt.Fprint(w, part)
	}
	w.flush()
	w.flush()
	if got := h.text(); got != "ab|c||d|e" {
		t.Errorf("the lines are %q", got)
	}
	for range 3 {
		fmt.Fprint(w, strings.Repeat("x", maxLineSize/2+1))
	}
	fmt.Fprint(w, "\nshort\n")
	if long := h.lines[5]; len(long) != maxLineSize || h.lines[6] != "short" {
		t.Errorf("the long line has %d bytes, and then comes %q", len(long), h.lines[6])
	}
}

// TestBuilder: a program is built; a package that is not a program, or does not build, is
// reported.
func TestBuilder(t *testing.T) {
	t.Parallel()
	p := newProject(t, "lib/lib.go", "cycle/a/a.go")
	p.write("go.mod", "module example.com/x\n\ngo 1.24\n")
	p.write("main.go", "package main\n\nfunc main() {}\n")
	p.write("lib/lib.go", "package lib\n")
	p.write("cycle/a/a.go", "package a\n\nimport _ \"example.com/x/cycle/b\"\n")
	p.write("cycle/b/b.go", "package b\n\nimport _ \"example.com/x/cycle/a\"\n")
	p.write("wrong/main.go", "package main\n\nfunc main() { x() }\n")
	build := func(pkg string) (string, []Problem, error) {
		return (&GoBuilder{Dir: p.dir, Package: pkg, Temp: t.TempDir()}).Build(t.Context())
	}
	program, problems, err := build(".")
	if _, statErr := os.Stat(program); err != nil || len(problems) > 0 || statErr != nil {
		t.Errorf("the build gives %q, %v, %v", program, problems, err)
	}
	if _, _, err := build("lib"); err == nil || err.Error() != "lib is not a main package: name the folder of the main package with --go-package" {
		t.Errorf("a library gives %v", err)
	}
	if _, problems, err := build("wrong"); err != nil || !slices.Equal(problems, []Problem{{Path: "wrong/main.go", Line: 3, Column: 15, Severity: "error", Message: "undefined: x"}}) {
		t.Errorf("wrong code gives %+v, %v", problems, err)
	}
	if _, problems, err := build("cycle/a"); err != nil || len(problems) != 1 || !strings.HasPrefix(problems[0].Message, "import cycle not allowed: ") {
		t.Errorf("a cycle gives %+v, %v", problems, err)
	}
	if _, problems, err := build("none"); err != nil || len(problems) != 1 || problems[0].Message == "" {
		t.Errorf("nothing gives %+v, %v", problems, err)
	}
}
