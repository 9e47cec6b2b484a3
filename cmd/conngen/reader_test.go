//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A reader follows pages in a shell.
type reader struct {
	t        *testing.T
	at       string // the place in the page, for messages
	home     string // all folders of the reader are in it
	programs string // the folder of all programs
	dir      string // the working folder
	before   string // the working folder before the last block that serves
	env      []string
	ports    map[string]int // by the port that the page says
	servers  map[int]*server
	served   int // how many servers have answered
}

// newReader returns a reader with an empty home on a machine that has Go, make, git, curl, a shell
// and its usual programs alone, and Go's caches, but no C compiler.
func newReader(t *testing.T) *reader {
	t.Helper()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{
		t: t, home: home, programs: filepath.Join(home, "programs"), dir: home,
		ports: make(map[string]int), servers: make(map[int]*server),
	}
	if err := os.Mkdir(r.programs, 0o755); err != nil {
		t.Fatal(err)
	}
	for program := range strings.FieldsSeq("go make git curl sh cat chmod cp diff grep head ls mkdir mv rm sed sleep sort tail touch wc") {
		path, err := exec.LookPath(program)
		if err != nil {
			t.Skipf("the commands of pages need %s", program)
		}
		if err := os.Symlink(path, filepath.Join(r.programs, program)); err != nil {
			t.Fatal(err)
		}
	}
	r.env = []string{
		"HOME=" + home, "PATH=" + r.programs, "STATE=" + filepath.Join(home, "state"),
		"GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local", "GOFLAGS=-trimpath", "GOWORK=off",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Someone", "GIT_AUTHOR_EMAIL=someone@example.com", "GIT_COMMITTER_NAME=Someone", "GIT_COMMITTER_EMAIL=someone@example.com",
	}
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		value, err := goEnv(name)
		if err != nil {
			t.Fatal(err)
		}
		r.env = append(r.env, name+"="+value)
	}
	t.Cleanup(r.stopServers)
	return r
}

// keep has a shell keep its working folder and exported variables for the next one.
const keep = `pwd >"$STATE/pwd"; export -p >"$STATE/exports"`

// command is a shell that goes on where the last one was, in a process group of its own.
func (r *reader) command(ctx context.Context, options, script string) *exec.Cmd {
	r.t.Helper()
	state := filepath.Join(r.home, "state")
	if _, err := os.Stat(state); err != nil {
		r.write(filepath.Join(state, "exports"), "")
	}
	cmd := exec.CommandContext(ctx, "sh", options, ". \"$STATE/exports\"\n"+r.withModule(script))
	cmd.Dir, cmd.Env = r.dir, r.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

// finished reads where a shell was at its end, and stops what it started.
func (r *reader) finished(cmd *exec.Cmd) {
	r.t.Helper()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what went on in the background
	r.readState()
}

func (r *reader) readState() {
	r.t.Helper()
	dir, err := os.ReadFile(filepath.Join(r.home, "state", "pwd"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.dir = strings.TrimSuffix(string(dir), "\n")
}

// try runs a script, and returns all that it printed.
func (r *reader) try(script string) (string, error) {
	r.t.Helper()
	return r.output("-c", script)
}

// run runs a script that must succeed: it ends with its first command that fails.
func (r *reader) run(script string) string {
	r.t.Helper()
	out, err := r.output("-ec", script)
	if err != nil {
		r.t.Fatalf("%s: %v:\n%s\n%s", r.at, err, script, r.there(out))
	}
	return out
}

// output runs a script. What it prints goes to a file, since a program in the background may keep it
// open.
func (r *reader) output(options, script string) (string, error) {
	r.t.Helper()
	printed, err := os.CreateTemp(r.home, "printed")
	if err != nil {
		r.t.Fatal(err)
	}
	defer printed.Close()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	cmd := r.command(ctx, options, "trap '"+keep+"' EXIT\n"+script)
	cmd.Stdout, cmd.Stderr = printed, printed
	failed := cmd.Run()
	if ctx.Err() != nil {
		failed = fmt.Errorf("it did not end within %v", patience)
	} else {
		r.finished(cmd)
	}
	text, err := os.ReadFile(printed.Name())
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text), failed
}

// shell runs a shell block, which may serve.
func (r *reader) shell(b *block) (printed string) {
	r.t.Helper()
	script := r.local(strings.TrimSuffix(b.text, "\n"))
	if into := firstCd.FindStringSubmatch(script); into != nil && !hasFolder(r.dir, into[1]) && hasFolder(r.before, into[1]) {
		r.dir = r.before // in another terminal
	}
	if s := r.serverOf(script, r.local(b.arg)); s != nil {
		return r.serve(s, nil)
	}
	return r.run(script)
}

var firstCd = regexp.MustCompile(`^cd ([\w./-]+)`)

func hasFolder(dir, name string) bool {
	stat, err := os.Stat(filepath.Join(dir, name))
	return dir != "" && err == nil && stat.IsDir()
}

// A server is the last line of a block, which serves.
type server struct {
	script string // the block
	port   int
	isDev  bool
	stop   func() // nil before it has started
}

var (
	serveLine = regexp.MustCompile(`(?:\w+=\S+ +)*(?:go run \S+|\./[\w-]+) serve(?: [^&|;\n]*)?$`)
	devLine   = regexp.MustCompile(`(?:\w+=\S+ +)*(?:go tool )?conngen dev(?: [^&|;\n]*)?$`)
	lastLine  = regexp.MustCompile(`[^&\n]+$`)
	addrFlag  = regexp.MustCompile(` --addr[ =](\S+)`)
	pagePort  = regexp.MustCompile(`(\blocalhost|\b127\.0\.0\.1|\b0\.0\.0\.0|\[::1\]):(\d{4,5})\b`)
	portAtEnd = regexp.MustCompile(`:(\d+)$`)
)

// patience is how long a block may take, on a busy machine, and briefly how long a server that answers may
// take to print what the page says.
const (
	patience = 2 * time.Minute
	briefly  = 10 * time.Second
)

// Where serve and dev listen.
const (
	usualServe = "localhost:3000"
	usualDev   = "127.0.0.1:7070"
)

// serverOf returns the server that a block is, or nil. Its address is the one that is given, that of
// --addr, or the usual one.
func (r *reader) serverOf(script, address string) *server {
	s := new(server)
	flags := ""
	line := devLine.FindStringIndex(script)
	s.isDev = line != nil
	switch {
	case s.isDev:
		flags = " --no-open --addr " + r.local(usualDev)
	case serveLine.MatchString(script):
		line = serveLine.FindStringIndex(script)
		flags = " --addr " + r.local(usualServe)
	case address != "":
		line = lastLine.FindStringIndex(script)
	default:
		return nil
	}
	if given := addrFlag.FindStringSubmatch(script[line[0]:]); given != nil {
		flags, address = strings.TrimSuffix(flags, addrFlag.FindString(flags)), given[1]
	} else if address == "" {
		address = addrFlag.FindStringSubmatch(flags)[1]
	}
	port := portAtEnd.FindStringSubmatch(address)
	if port == nil {
		r.t.Fatalf("%s: %q has no port", r.at, address)
	}
	s.port, _ = strconv.Atoi(port[1])
	s.script = script[:line[0]] + "{ " + keep + "; } &&" + " " + strings.TrimSpace(script[line[0]:]) + flags
	return s
}

// serve starts a server, and returns once it answers, with what it printed. If done is given, it has also
// printed what done accepts by then, or has ended.
func (r *reader) serve(s *server, done func(printed string) bool) string {
	r.t.Helper()
	if old := r.servers[s.port]; old != nil {
		old.stop()
	}
	printed, err := os.CreateTemp(r.home, "printed")
	if err != nil {
		r.t.Fatal(err)
	}
	r.before = r.dir
	cmd := r.command(context.Background(), "-ec", s.script)
	cmd.Stdout, cmd.Stderr = printed, printed
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	s.stop = func() {
		if s.isDev { // which has programs of its own to stop
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
			select {
			case <-ended:
			case <-time.After(briefly):
			}
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the shell, go run and the connector
		<-ended
		_ = printed.Close()
	}
	r.servers[s.port] = s
	read := func() string {
		text, err := os.ReadFile(printed.Name())
		if err != nil {
			r.t.Fatal(err)
		}
		return string(text)
	}
	deadline, answered := time.Now().Add(patience), false
	for ; ; time.Sleep(20 * time.Millisecond) {
		select {
		case <-ended:
			if done != nil {
				return read() // a console block may show why
			}
			r.t.Fatalf("%s: it ended before it answered:\n%s\n%s", r.at, s.script, r.there(read()))
		default:
		}
		text, isLate := read(), time.Now().After(deadline)
		switch {
		case !answered && s.answers(text):
			answered = true
			deadline = time.Now().Add(briefly)
			r.served++
			r.readState()
		case !answered && isLate:
			r.t.Fatalf("%s: it did not answer within %v:\n%s\n%s", r.at, patience, s.script, r.there(text))
		}
		if answered && (isLate || done == nil || done(text)) {
			return text
		}
	}
}

// answers reports whether a server does, or dev when its connector does.
func (s *server) answers(printed string) bool {
	if s.isDev {
		for line := range strings.Lines(printed) {
			if settled.MatchString(line) {
				return true
			}
		}
		return false
	}
	resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", s.port))
	if err == nil {
		resp.Body.Close()
	}
	return err == nil
}

func (r *reader) stopServers() {
	for port, s := range r.servers {
		s.stop()
		delete(r.servers, port)
	}
}

// local replaces the ports of addresses on this machine by ports of this reader, since pages are
// followed at the same time.
func (r *reader) local(text string) string {
	return pagePort.ReplaceAllStringFunc(text, func(address string) string {
		match := pagePort.FindStringSubmatch(address)
		port, ok := r.ports[match[2]]
		if !ok {
			port = freePort(r.t)
			r.ports[match[2]] = port
		}
		return fmt.Sprintf("%s:%d", match[1], port)
	})
}

// there replaces the ports of this reader by those of the page.
func (r *reader) there(text string) string {
	for port, mine := range r.ports {
		text = regexp.MustCompile(fmt.Sprintf(`\b%d\b`, mine)).ReplaceAllLiteralString(text, port)
	}
	return text
}

var (
	portsMu  sync.Mutex
	nextPort = 20_000 + os.Getpid()%100*100
)

// freePort returns a port that no other reader has. It is none of those that systems give to outgoing
// connections, which could take it before the server does.
func freePort(t *testing.T) int {
	t.Helper()
	portsMu.Lock()
	defer portsMu.Unlock()
	for range 1000 {
		port := nextPort
		nextPort++
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			listener.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

var toolLine = regexp.MustCompile(`(?m)^(.*)\bgo get -tool github\.com/conngen/conngen/`)

// withModule has a script that adds conngen to a module as a tool take it from the clone.
func (r *reader) withModule(script string) string {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		r.t.Fatal(err)
	}
	return toolLine.ReplaceAllStringFunc(script, func(line string) string {
		before := toolLine.FindStringSubmatch(line)[1]
		return before + "go mod edit -replace github.com/conngen/conngen=" + root + " && " + strings.TrimPrefix(line, before)
	})
}
