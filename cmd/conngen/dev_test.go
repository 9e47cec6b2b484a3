package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/internal/printable"
)

// A screenBuffer is what a command prints while it runs.
type screenBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *screenBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

func (b *screenBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// testApp returns an app that prints into a buffer, as Main makes it.
func testApp() (app, *screenBuffer) {
	out := new(screenBuffer)
	a := app{stdin: strings.NewReader(""), settings: newSettingsLoader()}
	a.screen = newScreen(out, out, 0)
	a.screen.color = "never"
	a.stdout, a.stderr = printable.Lines(out), printable.Lines(out)
	return a, out
}

// devHere are the options of a dev without flags.
func devHere() devOptions {
	return devOptions{addr: "127.0.0.1:0", config: "config.json", goPackage: ".", noOpen: true, given: func(flag string) bool { return flag == "addr" }}
}

// A devFolder is a project of init.
type devFolder struct {
	t   *testing.T
	dir string
}

func newDevFolder(t *testing.T) devFolder {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "hr")
	a := app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
	if code := a.Main([]string{"init", "hr", "--dir", dir}); code != exitOK {
		t.Fatalf("init exits with %d", code)
	}
	return devFolder{t, dir}
}

func (f devFolder) read(name string) string {
	f.t.Helper()
	text, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(text)
}

func (f devFolder) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// replace changes a file, and returns what it was.
func (f devFolder) replace(name, old, new string) (before string) {
	f.t.Helper()
	before = f.read(name)
	if !strings.Contains(before, old) {
		f.t.Fatalf("%s lacks %q", name, old)
	}
	f.write(name, strings.Replace(before, old, new, 1))
	return before
}

func (f devFolder) project() *devProject {
	f.t.Helper()
	a, _ := testApp()
	p, err := a.newDevProject([]string{f.dir}, devHere())
	if err != nil {
		f.t.Fatal(err)
	}
	return p
}

// problemsIn are the problems of a group in a few words.
func problemsIn(groups []loop.Group, name loop.GroupName) string {
	var lines []string
	for _, g := range groups {
		if g.Name == name {
			lines = append(lines, string(g.State)+g.Text)
			for _, p := range g.Found {
				lines = append(lines, fmt.Sprintf("%s:%d:%d %s %s: %s", p.Path, p.Line, p.Column, p.Severity, p.Rule, p.Message))
			}
		}
	}
	return strings.Join(lines, "\n")
}

func expectMatch(t *testing.T, what, got, pattern string) {
	t.Helper()
	if !regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(got) {
		t.Errorf("%s:\n%s, want\n%s", what, got, pattern)
	}
}

// TestDevProject: each step says what it found, and where.
func TestDevProject(t *testing.T) {
	t.Parallel()
	f := newDevFolder(t)
	p := f.project()
	ctx := t.Context()
	steps := func() (validate, generate, stub loop.Outcome) {
		validate = p.Validate(ctx)
		if !validate.Failed {
			generate, stub = p.Generate(ctx), p.Stub(ctx)
		}
		return validate, generate, stub
	}
	validate, generate, stub := steps()
	if validate.Failed || generate.Failed || generate.Wrote || generate.Text != "up to date" || stub.Text != "no method is missing" {
		t.Errorf("a new project gives %+v, %+v, %+v", validate, generate, stub)
	}
	if want := filepath.Join(f.dir, "connector"); !slices.Contains(generate.Dirs, want) {
		t.Errorf("the code is in %q, want %q", generate.Dirs, want)
	}

	account := f.replace("connector/account.go", "package connector", "package connector // by hand")
	if _, generate, _ := steps(); !generate.Wrote || generate.Text != "1 file written, 0 removed" || f.read("connector/account.go") != account {
		t.Errorf("an edited package gives %+v", generate)
	}

	spec := f.replace(specName, `"std:account:read"`, `"std:account:read", "custom:x", "custom:y"`)
	_, generate, stub = steps()
	if !generate.Wrote {
		t.Errorf("a new command gives %+v", generate)
	}
	expectMatch(t, "the client", problemsIn(stub.Groups, loop.GroupStub), `found\nclient\.go:\d+:\d+ error stub-method-missing: Client lacks the method CustomX\n.*lacks the method CustomY`)
	expectMatch(t, "the step", stub.Text, "2 methods missing: CustomX, CustomY")
	f.write(specName, spec)

	f.replace(specName, `"std:account:read"`, `"std:account:read",,`)
	validate, _, _ = steps()
	if !validate.Failed {
		t.Errorf("a broken spec gives %+v", validate)
	}
	expectMatch(t, "the spec", problemsIn(validate.Groups, loop.GroupValidate), `found\nconnector-spec\.json:\d+:\d+ error json-syntax: .*`)
	f.write(specName, spec)

	f.write(".conngen.json", `{"rules": {"nope": "off"}}`)
	validate, _, _ = steps()
	if !validate.Failed {
		t.Errorf("broken settings give %+v", validate)
	}
	expectMatch(t, "the settings", problemsIn(validate.Groups, loop.GroupValidate), `found\n\.conngen\.json:1:12 error \S+: .*nope.*`)
	f.write(".conngen.json", "{}")

	if err := os.RemoveAll(filepath.Join(f.dir, "connector")); err != nil {
		t.Fatal(err)
	}
	f.write("connector", "not a folder")
	_, generate, _ = steps()
	if !generate.Failed {
		t.Errorf("a file in the place of the package gives %+v", generate)
	}
	expectMatch(t, "the package", problemsIn(generate.Groups, loop.GroupDrift), `found\n:0:0 error : .*connector.*`)
}

// TestDevFolderGone: while the project's folder is gone, dev says that it waits for it.
func TestDevFolderGone(t *testing.T) {
	t.Parallel()
	f := newDevFolder(t)
	p := f.project()
	if err := os.Rename(f.dir, f.dir+"-away"); err != nil {
		t.Fatal(err)
	}
	const want = "the project's folder is gone; dev continues once it is back"
	if o := p.Validate(t.Context()); !o.Failed || o.Text != want || o.Groups[0].Found[0].Message != want {
		t.Errorf("without the folder, validate gives %+v", o)
	}
	if err := os.Rename(f.dir+"-away", f.dir); err != nil {
		t.Fatal(err)
	}
	if o := p.Validate(t.Context()); o.Failed {
		t.Errorf("with the folder, validate gives %+v", o)
	}
}

// TestDevCompare: what a change of the spec does is found by comparison with the last commit.
func TestDevCompare(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	f := newDevFolder(t)
	p := f.project()
	expectMatch(t, "without a repository", problemsIn(p.Compare(t.Context()), loop.GroupDiff), "unknown.*this folder is not in a git repository")
	inWorkspace(t, f.dir, "git init -q", "git add client.go", "git commit -q -m first")
	expectMatch(t, "a new spec", problemsIn(p.Compare(t.Context()), loop.GroupDiff), "okthe spec is new since HEAD")
	inWorkspace(t, f.dir, "git add .", "git commit -q -m second")
	expectMatch(t, "the same spec", problemsIn(p.Compare(t.Context()), loop.GroupDiff), "ok")
	f.replace(specName, `"std:account:read"`, `"std:account:enable"`)
	expectMatch(t, "another spec", problemsIn(p.Compare(t.Context()), loop.GroupDiff), `found\n(connector-spec\.json:\d+:\d+ (error|warning|info) \S+: .*\n?)+`)
}

// TestDevScope: the files that matter are those of the spec, its settings, its config and its module.
func TestDevScope(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	f := newDevFolder(t)
	outer := filepath.Dir(f.dir)
	inWorkspace(t, outer, "git init -q")
	s := f.project().scope()
	if s.Spec != filepath.Join(f.dir, specName) || s.Config != filepath.Join(f.dir, "config.json") || !slices.Equal(s.Modules, []string{f.dir}) ||
		!slices.Equal(s.Settings, []string{filepath.Join(f.dir, ".conngen.json"), filepath.Join(outer, ".conngen.json")}) {
		t.Errorf("the scope is %+v", s)
	}
	paths := []string{filepath.Join(f.dir, "config.json"), filepath.Join(f.dir, "main.go"), filepath.Join(f.dir, "dist", "x.go"), filepath.Join(filepath.Dir(outer), "elsewhere.go")}
	if got := s.Ignored(paths); !slices.Equal(slices.Sorted(slices.Values(got)), []string{paths[0], paths[2]}) {
		t.Errorf("git ignores %q", got)
	}
	o := devHere()
	o.connector = "http://localhost:3000/"
	a, _ := testApp()
	p, err := a.newDevProject([]string{outer}, o) // which has no spec
	if err != nil {
		t.Fatal(err)
	}
	if s := p.scope(); s.Spec != "" || len(s.Modules) > 0 || p.connector != "http://localhost:3000" {
		t.Errorf("for a connector elsewhere the scope is %+v", s)
	}
	if _, err := a.newDevProject([]string{outer}, devHere()); err == nil {
		t.Error("without a spec and a connector there is no error")
	}
}

// TestReadRemoteSpec: a spec comes in the form of any SDK.
func TestReadRemoteSpec(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status     int
		body, want string
	}{
		{200, `{"type":"keepAlive","data":{}}` + "\n" + `{"type":"output","data":{"specification":{"name":"x"}}}` + "\n", "{\n  \"name\": \"x\"\n}\n"},
		{200, `{"specification":{"name":"x"}}`, "{\n  \"name\": \"x\"\n}\n"},
		{200, `{"type":"output","data":{}}`, "URL answers std:spec:read without a specification; name the folder of its spec: conngen dev PATH --connector URL"},
		{200, `not JSON`, "URL answers std:spec:read without a specification; name the folder of its spec: conngen dev PATH --connector URL"},
		{500, `wrong`, "URL answers std:spec:read with status 500; name the folder of its spec: conngen dev PATH --connector URL"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			text, _ := io.ReadAll(r.Body)
			if r.Method != http.MethodPost || !strings.Contains(string(text), `"std:spec:read"`) {
				t.Errorf("the request is %s %s", r.Method, text)
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))
		text, err := newRemoteConnector(server.URL).readSpec(t.Context())
		got := string(text)
		if err != nil {
			got = strings.ReplaceAll(err.Error(), server.URL, "URL")
		}
		if got != c.want {
			t.Errorf("%s gives %q, want %q", c.body, got, c.want)
		}
		server.Close()
		if _, err := newRemoteConnector(server.URL).readSpec(t.Context()); err == nil {
			t.Error("a server that is gone gives no error")
		}
	}
}

// TestRemoteRefusals: what keeps commands from a connector is told with what would help.
func TestRemoteRefusals(t *testing.T) {
	t.Parallel()
	status := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	post := func(get, post http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				post(w, r)
				return
			}
			get(w, r)
		}
	}
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<p>{}")
	}
	redirect := http.RedirectHandler("https://u:s3cret@example.com/x?token=s3cret", http.StatusFound).ServeHTTP
	const token, basic = "Bearer x", "user:s3cret@"
	for _, c := range []struct {
		handler      http.HandlerFunc
		header, user string
		answers      string // "" for yes
		spec         string
	}{
		{status(401), "", "", "it requires a token; set CONNECTOR_AUTH_TOKEN", "URL does not say what its spec is: it requires a token; set CONNECTOR_AUTH_TOKEN"},
		{status(401), token, "", "it refuses the token of CONNECTOR_AUTH_TOKEN with status 401", "URL does not say what its spec is: it refuses the token of CONNECTOR_AUTH_TOKEN with status 401"},
		{status(401), "", basic, "it refuses the user and password of the URL with status 401; for a token, set CONNECTOR_AUTH_TOKEN", "URL does not say what its spec is: it refuses the user and password of the URL with status 401; for a token, set CONNECTOR_AUTH_TOKEN"},
		{status(403), "", "", "it refuses commands with status 403; if it requires a token, set CONNECTOR_AUTH_TOKEN", "URL does not say what its spec is: it refuses commands with status 403; if it requires a token, set CONNECTOR_AUTH_TOKEN"},
		{post(status(403), status(500)), "", "", "", "URL answers std:spec:read with status 500; name the folder of its spec: conngen dev PATH --connector URL"},
		{redirect, "", "", "it redirects to https://example.com/x; if the connector is there, give that URL to --connector", "URL does not say what its spec is: it redirects to https://example.com/x; if the connector is there, give that URL to --connector"},
		{status(302), "", "", "it redirects with status 302", "URL does not say what its spec is: it redirects with status 302"},
		{page, "", "", "", "URL answers with a web page, unlike a connector; check the URL"},
		{status(502), "", "", "it answers with status 502, like a gateway whose server is down", "URL answers std:spec:read with status 502; name the folder of its spec: conngen dev PATH --connector URL"},
		{status(404), "", "", "", "URL answers std:spec:read with status 404; name the folder of its spec: conngen dev PATH --connector URL"},
		{status(400), "", "", "", "URL answers std:spec:read with status 400; name the folder of its spec: conngen dev PATH --connector URL"},
	} {
		server := httptest.NewServer(c.handler)
		address := strings.Replace(server.URL, "//", "//"+c.user, 1) + "/path"
		r := newRemoteConnector(address)
		if r.header = (http.Header{}); c.header != "" {
			r.header.Set("Authorization", c.header)
		}
		if err := r.answers(t.Context(), address); c.answers != fmt.Sprint(cmp.Or(err, errors.New(""))) {
			t.Errorf("got %v, want %s", err, c.answers)
		}
		if _, err := r.readSpec(t.Context()); err == nil || strings.Replace(err.Error(), server.URL+"/path", "URL", 1) != c.spec {
			t.Errorf("got %v, want\n%s", err, c.spec)
		}
		server.Close()
	}
}

// TestRemoteHTTPS: HTTP and HTTPS mixed up, and certificates that nobody trusts, are told as such.
func TestRemoteHTTPS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of clients that do not trust it
	server.StartTLS()
	defer server.Close()
	plainServer := httptest.NewServer(http.NotFoundHandler())
	defer plainServer.Close()
	for address, want := range map[string]string{
		server.URL: "this machine does not trust its certificate; .*",
		strings.Replace(server.URL, "https", "http", 1):      "it speaks HTTPS; the URL must begin with https://",
		strings.Replace(plainServer.URL, "http", "https", 1): "it does not speak HTTPS; the URL may have to begin with http://",
	} {
		r := newRemoteConnector(address)
		r.header = http.Header{}
		err := r.answers(t.Context(), address)
		expectMatch(t, address, fmt.Sprint(err), want)
		_, err = r.readSpec(t.Context())
		expectMatch(t, address, fmt.Sprint(err), ".* does not say what its spec is: "+want)
	}
}

// TestTicket: a ticket is good once, and nothing else uses it up.
func TestTicket(t *testing.T) {
	t.Parallel()
	ticket := newTicket()
	handler := ticket.before(http.NotFoundHandler(), "http://127.0.0.1:7070/#token=x")
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"POST", ticket.path(), http.StatusNotFound},
		{"GET", ticket.path() + "x", http.StatusNotFound},
		{"GET", ticket.path(), http.StatusSeeOther},
		{"GET", ticket.path(), http.StatusGone},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status || c.status == http.StatusSeeOther && w.Header().Get("Location") != "http://127.0.0.1:7070/#token=x" {
			t.Errorf("%s %s gives %d, %v", c.method, c.path, w.Code, w.Header())
		}
	}
	late := newTicket()
	late.expiry = time.Now()
	if late.use() {
		t.Error("a ticket is good after its time")
	}
}

// TestDevListen: a default port that is taken gives way, and one that was asked for is an error.
func TestDevListen(t *testing.T) {
	t.Parallel()
	o := devOptions{addr: net.JoinHostPort(defaultDevHost, fmt.Sprint(defaultDevPort)), given: noFlags}
	var taken []string
	for range 2 {
		l, err := o.listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		taken = append(taken, l.Addr().String())
	}
	if taken[0] == taken[1] {
		t.Errorf("both listen on %s", taken[0])
	}
	o = devOptions{addr: taken[1], given: func(string) bool { return true }}
	if _, err := o.listen(t.Context()); err == nil || err.Error() != "another program listens on "+taken[1]+"; choose another address with --addr" {
		t.Errorf("the error is %v", err)
	}
}

// TestDevScreen: a round is a line at its beginning and one at its end, and errors show their lines.
func TestDevScreen(t *testing.T) {
	t.Parallel()
	f := newDevFolder(t)
	a, out := testApp()
	p := f.project()
	var groups []loop.Group
	s := devScreen{app: a, project: p, problems: func() []loop.Group { return groups }, mask: strings.NewReplacer("s3cret", "***").Replace}
	steps := func(name loop.StepName, state loop.StepState) loop.Snapshot {
		return loop.Snapshot{Steps: []loop.Step{{Name: name, State: state}}}
	}
	s.show(loop.Event{Kind: loop.EventBegin})
	s.show(loop.Event{Kind: loop.EventRound, Round: loop.Round{Ms: 812, Snapshot: steps(loop.StepBuild, loop.StateDone)}})
	s.show(loop.Event{Kind: loop.EventBegin, Round: loop.Round{Changed: []string{"/a.go", "/b.go", "/c.go", "/d.go", "/e.go"}}})
	s.show(loop.Event{Kind: loop.EventRound, Round: loop.Round{Superseded: true, Snapshot: steps(loop.StepBuild, loop.StateSkipped)}})
	s.show(loop.Event{Kind: loop.EventBegin, Round: loop.Round{Changed: []string{"/f.go"}}}) // of the same rebase
	groups = []loop.Group{
		{Name: loop.GroupValidate, Found: []loop.Problem{{Path: specName, Line: 1, Column: 1, Severity: "warning", Message: "not shown"}}},
		{Name: loop.GroupDrift, Found: []loop.Problem{{Severity: "error", Message: "of an earlier round"}}},
		{Name: loop.GroupBuild, Found: []loop.Problem{{Path: "main.go", Line: 1, Column: 4, Severity: "error", Message: "wrong"}, {Severity: "error", Message: "import cycle\x1b of s3cret", Hint: "undo it"}}},
		{Name: loop.GroupStub, Found: []loop.Problem{{Path: "client.go", Line: 2, Column: 1, Severity: "error", Rule: "stub-method-missing", Message: "Client lacks X"}}},
	}
	failed := steps(loop.StepBuild, loop.StateFailed)
	failed.Connector = loop.Connector{Running: true, Stale: true, Since: time.Date(2026, 1, 1, 12, 30, 0, 0, time.UTC)}
	s.show(loop.Event{Kind: loop.EventRound, Round: loop.Round{Failed: true, Snapshot: failed}})
	groups[1].Found, groups[2].Found = nil, nil
	s.show(loop.Event{Kind: loop.EventRound, Round: loop.Round{Ms: 90, Snapshot: steps(loop.StepValidate, loop.StateDone)}})
	s.show(loop.Event{Kind: loop.EventLine, Line: loop.Line{Text: "not shown"}})
	broken := loop.Problem{Path: "config.json", Line: 2, Column: 3, Severity: "error", Rule: "config", Message: "the config of s3cret is wrong"}
	f.write("config.json", "{\n  s3cret\n")
	for _, answer := range []struct {
		problem *loop.Problem
		exposed bool
	}{{&broken, false}, {nil, true}, {nil, false}} {
		s.readConfig = func() (*loop.Problem, bool) { return answer.problem, answer.exposed }
		s.show(loop.Event{Kind: loop.EventConfig})
	}
	const want = `built in 0.8 s
changed: /a.go, /b.go, /c.go and 2 more
DIR/main.go:1:4: error: wrong [build]
    1 | // Command hr is the connector "hr" for SailPoint Identity Security Cl…
      |    ^
error: import cycle\x1b of ***
   hint: undo it
DIR/client.go:2:1: error: Client lacks X [stub-method-missing]
build failed; the connector of 12:30:00 keeps running
checked in 0.1 s; 1 finding in the spec, 1 method of the client to look at
changed: DIR/config.json
DIR/config.json:2:3: error: the config of *** is wrong [config]
changed: DIR/config.json
warning: other users of this machine can read the secrets in DIR/config.json; run chmod 600 DIR/config.json
changed: DIR/config.json
`
	if got := strings.ReplaceAll(out.String(), f.dir, "DIR"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A running is a dev that runs.
type running struct {
	t   *testing.T
	out *screenBuffer
	end func() error
}

func startDev(t *testing.T, dir string, o devOptions) *running {
	t.Helper()
	a, out := testApp()
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- a.dev(ctx, []string{dir}, o) }()
	end := sync.OnceValue(func() error {
		cancel()
		return <-over
	})
	t.Cleanup(func() { _ = end() })
	return &running{t, out, end}
}

// await waits until dev has printed something n times, and returns the text of the pattern's group.
func (r *running) await(pattern string, n int) string {
	r.t.Helper()
	expression := regexp.MustCompile(`(?m)` + pattern)
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		found := expression.FindAllStringSubmatch(r.out.String(), -1)
		if len(found) >= n {
			return found[n-1][len(found[n-1])-1]
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("dev does not print %s %d times:\n%s", pattern, n, r.out)
		}
	}
}

// TestDevRemote: a connector that runs elsewhere is waited for, and says what its spec is.
func TestDevRemote(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.WriteString(w, `{"type":"output","data":{"specification":{"name":"x","commands":["std:test-connection"],"sourceConfig":[],"x":1}}}`)
		}
	}))
	defer server.Close()
	o := devHere()
	o.connector = server.URL
	r := startDev(t, t.TempDir(), o)
	r.await(`^checked in .*; 1 finding in the spec$`, 1)
	base := r.await(`^(http://\S+)/#token=\S+$`, 1)
	response, err := http.Post(base+"/any", "application/json", strings.NewReader(`{"type":"std:spec:read"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, _ := io.ReadAll(response.Body); !strings.Contains(string(text), `"specification"`) {
		t.Errorf("the answer is %s", text)
	}
	if err := r.end(); err != nil {
		t.Error(err)
	}
	silent := httptest.NewServer(nil)
	silent.Close()
	o.connector = silent.URL
	f := newDevFolder(t)
	r = startDev(t, f.dir, o)
	r.await(`^waiting: http://\S+ does not answer: nothing listens there$`, 1)
	if err := r.end(); err != nil {
		t.Error(err)
	}
}

// TestDev: a project is built and answers; broken code is shown while the last good program
// continues; fixed code answers anew.
func TestDev(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds programs")
	}
	f := newDevFolder(t)
	r := startDev(t, f.dir, devHere())
	base := r.await(`^(http://\S+)/#token=\S+$`, 1)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // an open connection would hide that nothing listens
	ask := func() string {
		response, err := client.Post(base, "application/json", strings.NewReader(`{"type":"std:test-connection","input":{},"config":{"baseUrl":"https://hr.example.com","apiToken":"x"}}`))
		if err != nil {
			return err.Error()
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		return string(text)
	}
	r.await(`^built in `, 1)
	if got := ask(); !strings.Contains(got, `"type":"output"`) {
		t.Errorf("the answer is %s", got)
	}
	working := f.replace("client.go", "\nfunc ", "\nvar broken = nothing\n\nfunc ")
	r.await(`^.*client\.go:\d+:14: error: undefined: nothing \[build\]$`, 1)
	r.await(`^build failed; the connector of \d\d:\d\d:\d\d keeps running$`, 1)
	if got := ask(); !strings.Contains(got, `"type":"output"`) {
		t.Errorf("with broken code the answer is %s", got)
	}
	f.write("client.go", working)
	r.await(`^built in `, 2)
	if got := ask(); !strings.Contains(got, `"type":"output"`) {
		t.Errorf("with fixed code the answer is %s", got)
	}
	f.replace(specName, `"std:account:read"`, `"std:account:read",,`)
	r.await(`^.*connector-spec\.json:\d+:\d+: error: .*\[json-syntax\]$`, 1)
	r.await(`^validate failed; the connector of `, 1)
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if got := ask(); !strings.Contains(got, "refused") {
		t.Errorf("after the end the answer is %s", got)
	}
}

// TestDevWords: what generate and stub say about their flags, dev says of settings.
func TestDevWords(t *testing.T) {
	t.Parallel()
	flag := regexp.MustCompile(`--[a-z-]+`)
	for _, dir := range []string{"target", "stub"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "generator", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, text := range stringsIn(t, name) {
				if strings.HasPrefix(text, "--import") {
					continue // about the value of a flag that is given
				}
				if got := devWords.Replace(text); flag.MatchString(got) {
					t.Errorf("%s: dev says %s", name, got)
				}
			}
		}
	}
	for text, want := range map[string]string{
		"in no module: run go mod init, or give the import path with --import":         "in no module: run go mod init",
		`choose another folder with --sdk, or with "sdk" in .conngen.json`:             `choose another folder with "sdk" in .conngen.json`,
		`choose another place with --file, or with "file" under stub in .conngen.json`: `choose another place with "file" under stub in .conngen.json`,
		"name the folder of the main package with --go-package":                        "name the folder of the main package with --go-package",
		"rename the conflicting name, or choose another place with --file or --type":   `rename the conflicting name, or choose another place with "file" or "type" under stub in .conngen.json`,
	} {
		if got := devWords.Replace(text); got != want {
			t.Errorf("%s\nbecomes %s", text, got)
		}
	}
}

// stringsIn returns the strings in a Go file.
func stringsIn(t *testing.T, name string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, _ := strconv.Unquote(literal.Value)
			all = append(all, text)
		}
		return true
	})
	return all
}
