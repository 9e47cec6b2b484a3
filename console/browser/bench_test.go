package browser

import (
	"bytes"
	"context"
	"encoding/json"
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
	"time"

	"github.com/conngen/conngen/console"
	"github.com/conngen/conngen/console/loop"
)

// A command is what a connector receives.
type command struct {
	Type   string          `json:"type"`
	Input  json.RawMessage `json:"input"`
	Config json.RawMessage `json:"config"`
}

// A bench serves the pages without the loop: a console in this process, with a spec that a test can
// change, and a connector that answers as a test wants.
type bench struct {
	t       testing.TB
	console *console.Server
	server  *httptest.Server
	loop    *fakeLoop
	dir     string
	origin  string

	mu     sync.Mutex
	got    []command
	env    map[string]string
	answer func(w http.ResponseWriter, req *http.Request, c command)
}

func newBench(t testing.TB, spec []byte) *bench {
	t.Helper()
	b := &bench{t: t, loop: newFakeLoop(), dir: t.TempDir(), env: make(map[string]string), answer: func(w http.ResponseWriter, _ *http.Request, _ command) {
		_, _ = io.WriteString(w, `{"type":"output","data":{}}`+"\n")
	}}
	b.writeSpec(spec)
	connector := httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(connector.Close)
	b.loop.url = connector.URL
	server := httptest.NewUnstartedServer(nil)
	b.server = server
	var err error
	b.console, err = console.New(console.Options{
		Dir: b.dir, Spec: "connector-spec.json", Config: "config.json", Addr: server.Listener.Addr().String(), Version: "test",
		Loop: b.loop, Environ: b.environ,
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = b.console
	server.Start()
	b.origin = server.URL
	t.Cleanup(func() {
		if err := b.console.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return b
}

// address returns the address of a page, with the token.
func (b *bench) address(fragment string) string {
	return b.origin + "/#token=" + b.console.Token() + "&to=" + fragment
}

func (b *bench) writeSpec(spec []byte) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, "connector-spec.json"), spec, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// serve answers as a connector.
func (b *bench) serve(w http.ResponseWriter, req *http.Request) {
	var c command
	if err := json.NewDecoder(req.Body).Decode(&c); err != nil {
		http.Error(w, "no command", http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.got = append(b.got, c)
	answer := b.answer
	b.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-ndjson")
	answer(w, req, c)
}

func (b *bench) environ(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.env[name]
}

// setEnviron sets an environment variable for the console.
func (b *bench) setEnviron(name, value string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.env[name] = value
}

// setAnswer changes how the connector answers.
func (b *bench) setAnswer(answer func(w http.ResponseWriter, req *http.Request, c command)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = answer
}

// commands returns the commands that the connector has received.
func (b *bench) commands() []command {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

// api sends a request as the page does, and decodes the answer into v.
func (b *bench) api(method, path string, body, v any) {
	b.t.Helper()
	sendAPI(b.t, b.origin, b.console.Token(), method, path, body, v)
}

func sendAPI(t testing.TB, origin, token, method, path string, body, v any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(method, origin+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Conngen-Token", token)
	res, answer := send(t, req)
	if res.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s", method, path, res.Status, answer)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal([]byte(answer), v); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, answer)
	}
}

// A fakeLoop is a loop whose connector always runs.
type fakeLoop struct {
	url string

	mu       sync.Mutex
	snapshot loop.Snapshot
	problems []loop.Group
	streams  []chan loop.Event
}

func newFakeLoop() *fakeLoop {
	l := &fakeLoop{snapshot: loop.Snapshot{Phase: loop.PhaseReady, Round: 1, Connector: loop.Connector{Running: true, Build: 1, Since: time.Now()}}}
	for _, name := range loop.StepNames {
		l.snapshot.Steps = append(l.snapshot.Steps, loop.Step{Name: name, State: loop.StateDone, Ms: 12})
	}
	return l
}

func (l *fakeLoop) Snapshot() loop.Snapshot {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.snapshot
	s.Steps = slices.Clone(s.Steps)
	return s
}

func (l *fakeLoop) Target() (string, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.url, l.snapshot.Connector.Build
}

func (l *fakeLoop) Rebuild()        {}
func (l *fakeLoop) Program() string { return "" }

// setURL changes the connector's URL; without one, none runs.
func (l *fakeLoop) setURL(url string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.url = url
}

func (l *fakeLoop) Problems() []loop.Group {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.problems)
}

func (l *fakeLoop) Subscribe(ctx context.Context) <-chan loop.Event {
	events := make(chan loop.Event, 100)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.streams = append(l.streams, events)
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.streams = slices.DeleteFunc(l.streams, func(s chan loop.Event) bool { return s == events })
		close(events)
	})
	return events
}

// change changes the state of the loop, and announces it.
func (l *fakeLoop) change(do func(*loop.Snapshot)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	do(&l.snapshot)
	for _, s := range l.streams {
		s <- loop.Event{Kind: loop.EventState, Snapshot: l.snapshot}
	}
}

// find sets the problems, and announces them.
func (l *fakeLoop) find(groups []loop.Group) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.problems = groups
	for _, s := range l.streams {
		s <- loop.Event{Kind: loop.EventProblems, Problems: groups}
	}
}

// A dev is conngen dev itself, on a project from conngen init.
type dev struct {
	t      testing.TB
	dir    string
	origin string
	token  string
	cache  string // folder of programs and recordings
	said   *notes
	args   []string // additional arguments
	end    func()   // ends this run
}

var devAddress = regexp.MustCompile(`(http://127\.0\.0\.1:\d+)/#token=(\S+)`)

// newDev starts dev on a project that a function prepares.
func newDev(t testing.TB, change ...func(*dev)) *dev {
	t.Helper()
	conngen, err := program()
	if err != nil {
		t.Fatal(err)
	}
	d := &dev{t: t, dir: filepath.Join(t.TempDir(), "hr"), cache: filepath.Join(t.TempDir(), "cache"), said: newNotes(devAddress)}
	if out, err := exec.Command(conngen, "init", "hr", "--dir", d.dir).CombinedOutput(); err != nil {
		t.Fatalf("init: %v\n%s", err, out)
	}
	for _, c := range change {
		c(d)
	}
	d.start("127.0.0.1:0")
	return d
}

// again starts dev again at the same address.
func (d *dev) again() {
	d.t.Helper()
	d.said = newNotes(devAddress)
	d.start(strings.TrimPrefix(d.origin, "http://"))
}

// start runs dev until the test ends.
func (d *dev) start(addr string) {
	d.t.Helper()
	conngen, err := program()
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, conngen, append([]string{"dev", d.dir, "--no-open", "--addr", addr}, d.args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+d.cache, "GOCACHE="+goCache(d.t))
	cmd.Stdout, cmd.Stderr = d.said, d.said
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.end = sync.OnceFunc(func() {
		stop()
		_ = cmd.Wait() // it was interrupted
	})
	end := d.end
	d.t.Cleanup(func() {
		if d.t.Failed() {
			d.show()
		}
		end()
	})
	select {
	case found := <-d.said.found:
		d.origin, d.token = found[1], found[2]
	case <-time.After(patience):
		d.t.Fatalf("conngen dev does not say where it is:\n%s", d.said)
	}
}

// show describes dev's state, for diagnosing a failure.
func (d *dev) show() {
	d.t.Logf("conngen dev says:\n%s", d.said)
	if d.origin == "" {
		return
	}
	req, err := http.NewRequest(http.MethodGet, d.origin+"/api/state", nil)
	if err != nil {
		d.t.Error(err)
		return
	}
	req.Header.Set("X-Conngen-Token", d.token)
	client := http.Client{Timeout: patience}
	res, err := client.Do(req)
	if err != nil {
		d.t.Logf("dev does not tell its state: %v", err)
		return
	}
	defer res.Body.Close()
	state, err := io.ReadAll(res.Body)
	d.t.Logf("the state of dev is %s (%v)", state, err)
}

// goCache is the folder of Go's build cache, whatever XDG_CACHE_HOME is.
func goCache(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(out))
}

// address returns the address of a page, with the token.
func (d *dev) address(fragment string) string {
	return d.origin + "/#token=" + d.token + "&to=" + fragment
}

// api sends a request as the page does, and decodes the answer into v.
func (d *dev) api(method, path string, body, v any) {
	d.t.Helper()
	sendAPI(d.t, d.origin, d.token, method, path, body, v)
}

// replace changes a file of the project, and returns its old content.
func (d *dev) replace(name, old, new string) (before []byte) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	before, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	if !bytes.Contains(before, []byte(old)) {
		d.t.Fatalf("%s lacks %q", name, old)
	}
	d.write(name, bytes.Replace(before, []byte(old), []byte(new), 1))
	return before
}

// write writes a file of the project.
func (d *dev) write(name string, text []byte) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), text, 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// notes keep a program's output, and report the first match of a pattern.
type notes struct {
	mu      sync.Mutex
	text    bytes.Buffer
	pattern *regexp.Regexp
	isFound bool
	found   chan []string
}

func newNotes(pattern *regexp.Regexp) *notes {
	return &notes{pattern: pattern, found: make(chan []string, 1)}
}

func (n *notes) Write(text []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.text.Write(text)
	if match := n.pattern.FindStringSubmatch(n.text.String()); match != nil && !n.isFound {
		n.isFound = true
		n.found <- match
	}
	return len(text), nil
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}
