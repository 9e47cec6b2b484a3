package console

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/conngen/conngen/console/calls"
	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/console/mask"
	"github.com/google/go-cmp/cmp"
)

const testSpec = `{
	"name": "Test", "keyType": "simple", "supportsStatefulCommands": true,
	"commands": ["std:test-connection", "std:account:list", "std:account:create", "std:entitlement:list", "acme:sync", "std:account:list"],
	"sourceConfig": [{"type": "section", "sectionTitle": "s", "items": [
		{"key": "url", "label": "u", "type": "url", "required": true},
		{"key": "token", "label": "t", "type": "secret"},
		{"key": "headers", "label": "h", "type": "keyValue", "keyValueKey": {"key": "name", "label": "n", "type": "text"}, "keyValueValue": {"key": "text", "label": "v", "type": "secret"}},
		{"key": "cards", "label": "c", "type": "cardList", "titleKey": "title", "subtitleKey": "title", "subMenus": [{"label": "m", "items": [
			{"key": "title", "label": "t", "type": "text"}, {"key": "pin", "label": "p", "type": "secret"}
		]}]}
	]}],
	"sourceConfigInitialValues": {"token": "initial-secret", "url": "https://a.example"},
	"accountSchema": {"displayAttribute": "mail", "identityAttribute": "id", "attributes": [
		{"name": "id", "type": "string"}, {"name": "mail", "type": "string"}, {"name": "password", "type": "string"}
	]},
	"entitlementSchemas": [{"type": "group", "displayAttribute": "id", "identityAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}]
}`

const testConfig = `{"url": "https://a.example", "token": "config-secret", "headers": [{"name": "X-A", "text": "header-secret"}],
	"cards": [{"title": "one", "pin": "first-pin"}, {"title": "two", "pin": 2222333}], "refresh_token": "unknown-secret", "proxy": "http://me:proxy-secret@p.example"}`

// A fakeLoop is a loop whose events a test controls.
type fakeLoop struct {
	url      string
	program  string
	problems []loop.Group
	events   chan loop.Event
	rebuilt  chan bool
}

func (l *fakeLoop) Snapshot() loop.Snapshot {
	return loop.Snapshot{Phase: loop.PhaseReady, Steps: []loop.Step{{Name: loop.StepBuild, State: loop.StateDone, Text: "built with config-secret"}}, Connector: loop.Connector{Running: true, Build: 2}}
}
func (l *fakeLoop) Target() (string, int)  { return l.url, 2 }
func (l *fakeLoop) Problems() []loop.Group { return l.problems }
func (l *fakeLoop) Subscribe(ctx context.Context) <-chan loop.Event {
	events := make(chan loop.Event)
	go func() {
		defer close(events)
		for {
			select {
			case e := <-l.events:
				events <- e
			case <-ctx.Done():
				return
			}
		}
	}()
	return events
}
func (l *fakeLoop) Rebuild()        { l.rebuilt <- true }
func (l *fakeLoop) Program() string { return l.program }

// A bench is a server with its environment.
type bench struct {
	*Server
	loop *fakeLoop
	dir  string
}

func newBench(t testing.TB, change ...func(*Options, *fakeLoop)) *bench {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"connector-spec.json": testSpec, "config.json": testConfig} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	connector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		var got struct{ Type string }
		_ = json.Unmarshal(body, &got)
		w.Header().Set("Content-Type", "application/x-ndjson")
		switch got.Type {
		case "acme:wait":
			w.(http.Flusher).Flush()
			<-req.Context().Done()
		case "acme:echo":
			shown, _ := json.Marshal(string(body) + strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "))
			fmt.Fprintf(w, `{"data":{"identity":"1","attributes":{"id":"1","mail":%s}},"type":"output"}`+"\n", shown)
		default:
			_, _ = io.WriteString(w, `{"data":{"identity":"1","attributes":{"id":"1","mail":"m"}},"type":"output"}`+"\n"+`{"data":{"identity":"2","attributes":{"id":"2","mail":"=m"}},"type":"output"}`+"\n")
		}
	}))
	t.Cleanup(connector.Close)
	l := &fakeLoop{url: connector.URL, events: make(chan loop.Event), rebuilt: make(chan bool, 1)}
	opts := Options{
		Name: "Test", Dir: dir, Spec: "connector-spec.json", Config: "config.json", Addr: "127.0.0.1:7070", Version: "v1", Loop: l,
		Pages:   fstest.MapFS{"index.html": {Data: []byte("<p>page")}, "app.js": {Data: []byte("1")}, "pages.go": {Data: []byte("package pages")}},
		Environ: func(string) string { return "" },
	}
	for _, c := range change {
		c(&opts, l)
	}
	s, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{s, l, opts.Dir}
}

// do sends a request of the page.
func (b *bench) do(method, path, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "http://127.0.0.1:7070"+path, strings.NewReader(body))
	req.Header.Set(tokenHeader, b.token)
	req.Header.Set("Origin", "http://127.0.0.1:7070")
	for _, c := range change {
		c(req)
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, req)
	return w
}

// get reads the JSON of an answer.
func (b *bench) get(t testing.TB, method, path, body string, status int) map[string]any {
	t.Helper()
	w := b.do(method, path, body)
	if w.Code != status {
		t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, status, w.Body)
	}
	var v map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
		}
	}
	return v
}

// call runs a command to its end.
func (b *bench) call(t testing.TB, command, input string) int {
	t.Helper()
	body, _ := json.Marshal(map[string]any{"command": command, "input": json.RawMessage(input)})
	id := int(b.get(t, http.MethodPost, "/api/calls", string(body), http.StatusAccepted)["id"].(float64))
	for range 10_000 {
		if b.get(t, http.MethodGet, fmt.Sprintf("/api/calls/%d", id), "", http.StatusOK)["state"] != "running" {
			return id
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the call does not end")
	return 0
}

func TestSecurity(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	header := func(name, value string) func(*http.Request) {
		return func(req *http.Request) { req.Header.Set(name, value) }
	}
	host := func(host string) func(*http.Request) {
		return func(req *http.Request) {
			req.Host = host
			req.Header.Del("Origin")
		}
	}
	none := func(name string) func(*http.Request) { return func(req *http.Request) { req.Header.Del(name) } }
	for name, tt := range map[string]struct {
		method, path string
		change       func(*http.Request)
		status       int
	}{
		"page":                  {"GET", "/api/state", header("X", ""), 200},
		"program":               {"GET", "/api/state", none("Origin"), 200},
		"localhost":             {"GET", "/api/state", host("localhost:7070"), 200},
		"sub-localhost":         {"GET", "/api/state", host("a.localhost"), 200},
		"IPv6":                  {"GET", "/api/state", host("[::1]:7070"), 200},
		"no token":              {"GET", "/api/state", none(tokenHeader), 401},
		"wrong token":           {"GET", "/api/state", header(tokenHeader, b.token+"x"), 401},
		"token in the address":  {"GET", "/api/state?token=" + b.token, none(tokenHeader), 401},
		"foreign host":          {"GET", "/api/state", host("evil.example"), 403},
		"foreign host, page":    {"GET", "/", host("evil.example:7070"), 403},
		"foreign host, command": {"POST", "/", host("127.0.0.1.evil.example"), 403},
		"no host":               {"GET", "/", host(""), 403},
		"unspecified host":      {"GET", "/", host("0.0.0.0:7070"), 403},
		"foreign origin":        {"GET", "/api/state", header("Origin", "http://evil.example"), 403},
		"other port":            {"GET", "/api/state", header("Origin", "http://127.0.0.1:8080"), 403},
		"null origin":           {"POST", "/", header("Origin", "null"), 403},
		"foreign command":       {"POST", "/", header("Origin", "https://evil.example"), 403},
		"cross-site":            {"POST", "/", header("Sec-Fetch-Site", "cross-site"), 403},
		"link to the page": {"GET", "/", func(req *http.Request) {
			req.Header = http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}}
		}, 200},
		"image of a page": {"GET", "/", func(req *http.Request) {
			req.Header = http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"no-cors"}}
		}, 403},
		"unknown site":       {"GET", "/api/state", header("Sec-Fetch-Site", "elsewhere"), 403},
		"typed address":      {"GET", "/", header("Sec-Fetch-Site", "none"), 200},
		"own page":           {"GET", "/api/state", header("Sec-Fetch-Site", "same-origin"), 200},
		"HEAD of the API":    {"HEAD", "/api/state", none(""), 405},
		"page without token": {"GET", "/", none(tokenHeader), 200},
		"client's command":   {"POST", "/REF/invoke", func(req *http.Request) { req.Header = http.Header{} }, 200},
		"wrong method":       {"POST", "/api/state", none(""), 405},
		"wrong method, page": {"PUT", "/x", none(""), 405},
		"delete the list":    {"DELETE", "/api/calls", none(""), 405},
		"unknown path":       {"GET", "/api/none", none(""), 404},
		"unknown call":       {"GET", "/api/calls/99", none(""), 404},
		"no call":            {"GET", "/api/calls/x", none(""), 404},
		"not a number":       {"GET", "/api/calls/1/lines?from=x", none(""), 400},
		"code":               {"GET", "/pages.go", none(""), 404},
		"no page":            {"GET", "/none.js", none(""), 404},
		"up":                 {"GET", "/../../etc/passwd", none(""), 404},
		"no JSON":            {"POST", "/api/calls", none(""), 400},
		"expired ticket":     {"GET", "/api/download/x", none(tokenHeader), 404},
	} {
		w := b.do(tt.method, tt.path, "", tt.change)
		if w.Code != tt.status {
			t.Errorf("%s: status %d, want %d: %s", name, w.Code, tt.status, w.Body)
		}
		if tt.status >= 400 && !strings.HasPrefix(w.Body.String(), `{"error":"`) {
			t.Errorf("%s: %s", name, w.Body)
		}
		h := w.Header()
		if h.Get("Content-Security-Policy") != policy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
			strings.HasPrefix(tt.path, "/api/") && tt.status != 403 && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", name, h)
		}
	}
	if allow := b.do("POST", "/api/config", "{}").Header().Get("Allow"); allow != "GET, PUT" {
		t.Errorf("Allow: %s", allow)
	}
	if w := b.do("PUT", "/api/config", `{"values":{"a":"`+strings.Repeat("x", maxBody)+`"}}`); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge body: status %d, %s", w.Code, w.Body)
	}
	if len(b.token) < 26 {
		t.Errorf("the token %q can be guessed", b.token)
	}
}

func TestHostOfAddr(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options, _ *fakeLoop) { o.Addr = "Dev.example:80" })
	for host, status := range map[string]int{"dev.example": 200, "dev.example:8080": 200, "127.0.0.1": 200, "x.dev.example": 403} {
		w := b.do("GET", "/", "", func(req *http.Request) {
			req.Host = host
			req.Header.Del("Origin")
		})
		if w.Code != status {
			t.Errorf("%s: status %d", host, w.Code)
		}
	}
}

// handles returns the handles in a config by a path.
func handleAt(t *testing.T, v any, path ...any) string {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			v = v.(map[string]any)[p]
		case int:
			v = v.([]any)[p]
		}
	}
	h, ok := handleOf(v)
	if !ok {
		t.Fatalf("%v: %v is not a handle", path, v)
	}
	return h
}

func TestConfig(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	answer := b.get(t, "GET", "/api/config", "", 200)
	values := answer["values"].(map[string]any)
	shown, _ := json.Marshal(answer)
	for _, secret := range []string{"config-secret", "header-secret", "first-pin", "2222333", "unknown-secret", "proxy-secret"} {
		if bytes.Contains(shown, []byte(secret)) {
			t.Errorf("the page gets %s: %s", secret, shown)
		}
	}
	if answer["file"] != "config.json" || answer["changed"] != false {
		t.Errorf("%s", shown)
	}
	first, second := values["cards"].([]any)[0], values["cards"].([]any)[1]
	// The cards are moved, one is copied, and the token is new.
	values["cards"] = []any{second, first, map[string]any{"title": "copy", "pin": first.(map[string]any)["pin"]}}
	values["token"] = "new-secret"
	text, _ := json.Marshal(map[string]any{"values": values})
	if put := b.get(t, "PUT", "/api/config", string(text), 200); put["changed"] != true || handleAt(t, put, "values", "token") == handleAt(t, answer, "values", "cards", 0, "pin") {
		t.Errorf("%v", put)
	}
	var got map[string]any
	if err := json.Unmarshal(b.config.JSON(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{
		"url": "https://a.example", "token": "new-secret", "headers": []any{map[string]any{"name": "X-A", "text": "header-secret"}},
		"cards":         []any{map[string]any{"title": "two", "pin": 2222333.0}, map[string]any{"title": "one", "pin": "first-pin"}, map[string]any{"title": "copy", "pin": "first-pin"}},
		"refresh_token": "unknown-secret", "proxy": "http://me:proxy-secret@p.example",
	}, got); diff != "" {
		t.Error(diff)
	}
	if b.masker.Text("config-secret new-secret") != mask.Text+" "+mask.Text {
		t.Error("the masker forgets earlier secrets")
	}
}

// TestHandlesShowNothing: a handle in a visible field is refused.
func TestHandlesShowNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	answer := b.get(t, "GET", "/api/config", "", 200)
	h, pin := handleAt(t, answer, "values", "token"), handleAt(t, answer, "values", "cards", 0, "pin")
	for _, values := range []string{
		`{"url":{"$secret":"` + h + `"}}`, `{"cards":[{"title":{"$secret":"` + h + `"}}]}`, `{"headers":[{"name":{"$secret":"` + h + `"}}]}`,
		`{"other":{"$secret":"` + h + `"}}`, `{"other":{"deep":{"$secret":"` + h + `"}}}`, `{"token":{"$secret":"none"}}`,
		`{"pin":{"$secret":"` + pin + `"}}`, `{"other":[{"pin":{"$secret":"` + pin + `"}}]}`, // with the same key, but not in the spec
	} {
		b.get(t, "PUT", "/api/config", `{"values":`+values+`}`, 400)
		b.get(t, "POST", "/api/config/check", `{"values":`+values+`}`, 400)
	}
	b.get(t, "PUT", "/api/config", `{"values":{"cards":[{"pin":{"$secret":"`+h+`"}}]}}`, 200) // another secret field
	b.get(t, "PUT", "/api/config", `{}`, 400)
}

func TestSave(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.get(t, "PUT", "/api/config", `{"values":{"zebra":1.0,"cards":[{"pin":"s","title":"t"}],"url":"<u>","token":"t"}}`, 200)
	name := filepath.Join(b.dir, "config.json")
	if err := os.Chmod(name, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := b.get(t, "POST", "/api/config/save", `{"file":"config.json"}`, 200); got["changed"] != false {
		t.Errorf("%v", got)
	}
	text, err := os.ReadFile(name)
	const want = "{\n  \"url\": \"<u>\",\n  \"token\": \"t\",\n  \"cards\": [\n    {\n      \"title\": \"t\",\n      \"pin\": \"s\"\n    }\n  ],\n  \"zebra\": 1.0\n}\n"
	if err != nil || string(text) != want {
		t.Errorf("%v %s", err, text)
	}
	info, err := os.Stat(name)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	outside := t.TempDir()
	for link, target := range map[string]string{"link.json": filepath.Join(outside, "x.json"), "inside.json": "config.json", "folder": outside} {
		if err := os.Symlink(target, filepath.Join(b.dir, link)); err != nil {
			t.Skip(err)
		}
	}
	for file, status := range map[string]int{
		"link.json": 409, "inside.json": 409, "folder/x.json": 409, "../x.json": 400, filepath.Join(outside, "x.json"): 400, "none/x.json": 409, "main.go": 400, "": 200, "dev.json": 200, "connector-spec.json": 409, ".vscode/settings.json": 400, ".x.json": 400,
	} {
		body, _ := json.Marshal(map[string]string{"file": file})
		b.get(t, "POST", "/api/config/save", string(body), status)
	}
	if files, _ := os.ReadDir(outside); len(files) > 0 {
		t.Errorf("files outside: %v", files)
	}
	if files, _ := filepath.Glob(filepath.Join(b.dir, ".*")); len(files) > 0 {
		t.Errorf("left over: %v", files)
	}
	if b.config.state().File != "dev.json" {
		t.Errorf("%+v", b.config.state())
	}
	if text, err := os.ReadFile(filepath.Join(b.dir, "connector-spec.json")); err != nil || string(text) != testSpec {
		t.Errorf("the spec is replaced: %s %v", text, err)
	}
}

// TestConfigElsewhere: the file of --config may be outside the project.
func TestConfigElsewhere(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "hr")
	b := newBench(t, func(o *Options, _ *fakeLoop) { o.Config = name })
	if got := b.get(t, "GET", "/api/config", "", 200); got["file"] != name || got["changed"] != true || len(got["values"].(map[string]any)) != 0 {
		t.Errorf("%v", got)
	}
	b.get(t, "PUT", "/api/config", `{"values":{"token":"t"}}`, 200)
	body, _ := json.Marshal(map[string]string{"file": name})
	if got := b.get(t, "POST", "/api/config/save", string(body), 200); got["changed"] != false {
		t.Errorf("%v", got)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != "{\n  \"token\": \"t\"\n}\n" {
		t.Errorf("%s, %v", text, err)
	}
	inside := newBench(t, func(o *Options, _ *fakeLoop) { o.Config = filepath.Join(o.Dir, "config.json") })
	if got := inside.get(t, "GET", "/api/config", "", 200); got["file"] != "config.json" {
		t.Errorf("%v", got)
	}
}

func TestSpecOfConnector(t *testing.T) {
	t.Parallel()
	var text []byte
	b := newBench(t, func(o *Options, _ *fakeLoop) {
		o.Spec, o.Connector = "", "https://me:url-secret@c.example/x"
		o.SpecText = func() []byte { return text }
	})
	b.get(t, "GET", "/api/spec", "", 404)
	text = []byte(testSpec)
	if got := b.get(t, "GET", "/api/spec", "", 200); got["path"] != "" || len(got["commands"].([]any)) != 5 {
		t.Errorf("%v", got)
	}
	state := b.get(t, "GET", "/api/state", "", 200)
	if url := state["project"].(map[string]any)["connector"]; url != "https://c.example/x" {
		t.Errorf("%v", url)
	}
	check := b.get(t, "POST", "/api/config/check", `{"values":{}}`, 200)
	if check["decoded"] != false || check["why"] != "somebody else runs this connector, so its decoding cannot be checked" {
		t.Errorf("%v", check)
	}
	b.get(t, "POST", "/api/selftest", "{}", 409)
	b.get(t, "POST", "/api/rebuild", "", 409)
}

// program writes a program that prints a text, and saves its input.
func program(t *testing.T, says string) (name, told string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no shell")
	}
	dir := t.TempDir()
	name, told = filepath.Join(dir, "program"), filepath.Join(dir, "told")
	script := "#!/bin/sh\necho \"$@\" > " + told + "\ncat >> " + told + "\ncat <<'END'\n" + says + "\nEND\n"
	if err := os.WriteFile(name, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return name, told
}

func TestConfigCheck(t *testing.T) {
	t.Parallel()
	name, told := program(t, `{"config":{"URL":"https://a.example","Token":"[redacted]","Other":"config-secret"},"findings":[{"key":"url","message":"is config-secret","severity":"warning"}],"usable":true}`)
	b := newBench(t, func(_ *Options, l *fakeLoop) { l.program = name })
	h := handleAt(t, b.get(t, "GET", "/api/config", "", 200), "values", "token")
	got := b.get(t, "POST", "/api/config/check", `{"values":{"token":{"$secret":"`+h+`"},"url":"u"}}`, 200)
	if diff := cmp.Diff(map[string]any{
		"config":   map[string]any{"URL": "https://a.example", "Token": "[redacted]", "Other": mask.Text},
		"findings": []any{map[string]any{"key": "url", "message": "is " + mask.Text, "severity": "warning"}}, "decoded": true, "why": "",
	}, got); diff != "" {
		t.Error(diff)
	}
	if text, err := os.ReadFile(told); err != nil || string(text) != "config --config - --format json\n"+`{"token":"config-secret","url":"u"}` {
		t.Errorf("the program is told %s, %v", text, err)
	}
	if state := b.config.state(); state.Changed {
		t.Error("a check changes the config")
	}
	b.loop.program = ""
	if got := b.get(t, "POST", "/api/config/check", `{"values":{}}`, 200); got["decoded"] != false || got["why"] != "the connector is not running" {
		t.Errorf("%v", got)
	}
	b.loop.program, _ = program(t, "no JSON")
	if got := b.get(t, "POST", "/api/config/check", `{"values":{}}`, 200); got["decoded"] != false || got["why"] != "the program did not report on the config" {
		t.Errorf("%v", got)
	}
	b.loop.program = filepath.Join(b.dir, "none")
	if got := b.get(t, "POST", "/api/config/check", `{"values":{}}`, 200); got["decoded"] != false || got["why"] != "the program could not be asked" {
		t.Errorf("%v", got)
	}
}

func TestSelfTest(t *testing.T) {
	t.Parallel()
	name, told := program(t, `{"results":[{"check":"a","passes":"it works","status":"PASS","findings":null},{"check":"b","passes":"it is right","status":"FAIL","findings":[{"command":"std:account:list","object":"\"1\"","message":"has config-secret"}]},{"check":"c","status":"WARN","findings":[{"warning":true,"command":"x","message":"odd"}]},{"check":"d","status":"NOT RUN"}]}`)
	b := newBench(t, func(_ *Options, l *fakeLoop) { l.program = name })
	b.get(t, "POST", "/api/selftest", `{"write":true}`, 202)
	var state map[string]any
	for range 10_000 {
		if state = b.get(t, "GET", "/api/state", "", 200)["selftest"].(map[string]any); state["running"] == false {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if diff := cmp.Diff(map[string]any{"running": false, "passed": 2.0, "failed": 1.0, "skipped": 1.0}, state); diff != "" {
		t.Error(diff)
	}
	want := []loop.Problem{
		{Severity: "error", Rule: "b", Message: `std:account:list "1": has ` + mask.Text, Hint: "passes when it is right"},
		{Severity: "warning", Rule: "c", Message: "x: odd", Hint: "passes when "},
	}
	if g := b.selfTest.group(); g.State != loop.GroupFound || !cmp.Equal(want, g.Found) {
		t.Errorf("%+v", g)
	}
	text, err := os.ReadFile(told)
	if want := "selftest --format json --config - --url http://127.0.0.1:7070/selftest --write\n{"; err != nil || !strings.HasPrefix(string(text), want) {
		t.Errorf("the program is told %s, %v", text, err)
	}
	b.do("POST", "/selftest", `{"type":"std:account:list"}`, func(req *http.Request) { req.Header = http.Header{} })
	if all := b.recorder.Calls(); all[0].Origin != calls.FromSelfTest {
		t.Errorf("%+v", all[0])
	}
	b.loop.program, _ = program(t, "no JSON")
	b.selfTest.now.Running = true
	b.get(t, "POST", "/api/selftest", "{}", 409)
	b.selfTest.now.Running = false
	b.runSelfTest(t.Context(), b.loop.program, false)
	if g := b.selfTest.group(); g.State != loop.GroupUnknown || g.Text != "the self test did not run" {
		t.Errorf("%+v", g)
	}
}

// TestEndCalls: at the end, the self test may clean up, running commands are cancelled, and nothing
// new begins.
func TestEndCalls(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.get(t, "POST", "/api/calls", `{"command":"acme:wait"}`, 202)
	interrupted, ended := false, make(chan struct{})
	b.selfTest.now.Running, b.selfTest.ended = true, ended
	b.selfTest.cancel = func() {
		if state := b.recorder.Calls()[0].State; state != calls.Running {
			t.Errorf("while the self test ends, the command is %s", state)
		}
		interrupted = true
		close(ended)
	}
	b.EndCalls()
	if !interrupted {
		t.Error("the self test goes on")
	}
	for range 10_000 {
		if b.recorder.Calls()[0].State != calls.Running {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if state := b.recorder.Calls()[0].State; state != calls.Cancelled {
		t.Errorf("the command is %s", state)
	}
	b.get(t, "POST", "/api/calls", `{"command":"acme:wait"}`, 409)
	b.selfTest.now.Running, b.loop.program = false, os.Args[0]
	b.get(t, "POST", "/api/selftest", "{}", 409)
}

func TestConfigReload(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.loop.problems = []loop.Group{{Name: loop.GroupValidate, State: loop.GroupOK}}
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(b.dir, "config.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b.config.reload()
	}
	write(`{"token":"from the file"}`)
	if got := string(b.config.JSON()); got != `{"token":"from the file"}` {
		t.Error(got)
	}
	write(`{"token":`)
	if got := string(b.config.JSON()); got != `{"token":"from the file"}` {
		t.Error("half a file is taken:", got)
	}
	b.get(t, "POST", "/api/config/save", `{}`, 409)
	write("{\n  \"token\": x}")
	if p := b.problems().Groups[0]; p.State != loop.GroupFound || len(p.Found) != 1 || p.Found[0].Path != "config.json" || p.Found[0].Line != 2 || p.Found[0].Column != 12 {
		t.Errorf("%+v", p)
	}
	write(`{"token":"mended"}`)
	if p := b.problems().Groups[0]; p.State != loop.GroupOK || len(p.Found) != 0 {
		t.Errorf("%+v", p)
	}
	b.get(t, "PUT", "/api/config", `{"values":{"url":"of the page"}}`, 200)
	write(`{"token":"later"}`)
	if got := string(b.config.JSON()); got != `{"url":"of the page"}` {
		t.Error("the changes of the page are lost:", got)
	}
}

// TestEditedFile: a save loses no concurrent edit of the file.
func TestEditedFile(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	name := filepath.Join(b.dir, "config.json")
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	assert := func(edited bool, want string) {
		t.Helper()
		if text, err := os.ReadFile(name); err != nil || string(text) != want {
			t.Errorf("%s, %v", text, err)
		}
		if got := b.get(t, "GET", "/api/config", "", 200); got["edited"] != edited {
			t.Errorf("%v", got)
		}
	}
	b.get(t, "PUT", "/api/config", `{"values":{"url":"of the page"}}`, 200)
	write(`{"token":"by hand"}`)
	if got := b.get(t, "POST", "/api/config/save", `{}`, 409); got["error"] != "config.json was edited since it was read: take its values, or overwrite it" {
		t.Errorf("%v", got)
	}
	assert(true, `{"token":"by hand"}`)
	b.get(t, "POST", "/api/config/load", `{}`, 200)
	assert(false, `{"token":"by hand"}`)
	if got := string(b.config.JSON()); got != `{"token":"by hand"}` {
		t.Error(got)
	}

	b.get(t, "PUT", "/api/config", `{"values":{"url":"of the page"}}`, 200)
	b.get(t, "POST", "/api/config/save", `{}`, 200)
	b.get(t, "PUT", "/api/config", `{"values":{"url":"new"}}`, 200)
	write(`{"url":"by hand"}`)
	b.config.reload() // the page learns about it before it saves
	assert(true, `{"url":"by hand"}`)
	write(`{"url":`)
	b.get(t, "POST", "/api/config/save", `{"overwrite":true}`, 409)
	b.get(t, "POST", "/api/config/load", `{}`, 409)
	write(` {"url": "new"} `)
	b.config.reload()
	assert(false, ` {"url": "new"} `)
	write(`{"url":"by hand"}`)
	b.get(t, "POST", "/api/config/save", `{"overwrite":true}`, 200)
	assert(false, "{\n  \"url\": \"new\"\n}\n")

	b.get(t, "PUT", "/api/config", `{"values":{"url":"newer"}}`, 200)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	b.get(t, "POST", "/api/config/save", `{}`, 200)
	assert(false, "{\n  \"url\": \"newer\"\n}\n")
}

// TestTwoWindows: one window does not overwrite the other's changes.
func TestTwoWindows(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	version := b.get(t, "GET", "/api/config", "", 200)["version"].(float64)
	put := func(version float64, values string, status int) map[string]any {
		t.Helper()
		return b.get(t, "PUT", "/api/config", fmt.Sprintf(`{"version":%v,"values":%s}`, version, values), status)
	}
	first := put(version, `{"url":"first"}`, 200)["version"].(float64)
	if got := put(version, `{"token":"second"}`, 409); got["error"] != "the config changed meanwhile, in another window or in its file" {
		t.Errorf("%v", got)
	}
	if again := put(first, `{"url":"first"}`, 200)["version"]; again != first {
		t.Errorf("the same values have version %v after %v", again, first)
	}
	put(first, `{"url":"first","token":"second"}`, 200)
	if got := string(b.config.JSON()); got != `{"token":"second","url":"first"}` {
		t.Error(got)
	}
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	for want, opts := range map[string]Options{
		"the address of conngen dev must be HOST:PORT": {Addr: "localhost", Loop: &fakeLoop{}},
	} {
		if _, err := New(opts); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestSpec(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	got := b.get(t, "GET", "/api/spec", "", 200)
	initial := got["spec"].(map[string]any)["sourceConfigInitialValues"].(map[string]any)
	if initial["token"] != mask.Text || initial["url"] != "https://a.example" {
		t.Errorf("%v", initial)
	}
	if diff := cmp.Diff(map[string]any{"secretItems": []any{"headers", "pin", "token"}, "passwords": []any{"password"}, "path": "connector-spec.json"},
		map[string]any{"secretItems": got["secretItems"], "passwords": got["passwords"], "path": got["path"]}); diff != "" {
		t.Error(diff)
	}
	var lines []string
	for _, c := range got["commands"].([]any) {
		c := c.(map[string]any)
		var kinds []string
		for _, f := range c["inputs"].([]any) {
			kinds = append(kinds, f.(map[string]any)["kind"].(string))
		}
		lines = append(lines, fmt.Sprintf("%s %s %q %q %q", c["name"], kinds, c["shape"], c["object"], c["capability"]))
	}
	if diff := cmp.Diff([]string{
		`std:test-connection [] "action" "" "Test connection"`,
		`std:account:list [state] "streaming" "account" "Account aggregation, full and delta"`,
		`std:account:create [attributes] "unary" "account" "Create account"`,
		`std:entitlement:list [entitlementType state] "streaming" "entitlement" "Entitlement aggregation, full and delta"`,
		`acme:sync [] "" "" ""`,
	}, lines); diff != "" {
		t.Error(diff)
	}
	// While the spec is broken, the last one counts.
	if err := os.WriteFile(filepath.Join(b.dir, "connector-spec.json"), []byte(`{"name":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if again := b.get(t, "GET", "/api/spec", "", 200); again["spec"].(map[string]any)["name"] != "Test" {
		t.Errorf("%v", again)
	}
}

func TestCalls(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.call(t, "std:account:list", "{}")
	path := fmt.Sprintf("/api/calls/%d", id)
	call := b.get(t, "GET", path, "", 200)
	if call["outputs"] != 2.0 || call["origin"] != "page" || call["build"] != 2.0 || call["request"] == nil {
		t.Errorf("%v", call)
	}
	view := b.get(t, "POST", path+"/views", `{"sort":{"column":"mail"}}`, 200)
	rows := b.get(t, "GET", path+"/rows?view="+view["view"].(string)+"&from=0&count=1", "", 200)
	if row := rows["rows"].([]any)[0].(map[string]any); rows["total"] != 2.0 || rows["complete"] != true || row["n"] != 2.0 {
		t.Errorf("%v", rows)
	}
	if lines := b.get(t, "GET", path+"/lines?from=1", "", 200); len(lines["lines"].([]any)) != 1 {
		t.Errorf("%v", lines)
	}
	if found := b.get(t, "GET", path+"/find?identity=2", "", 200); found["n"] != 2.0 {
		t.Errorf("%v", found)
	}
	if found := b.get(t, "GET", path+"/find?identity=9", "", 200); found["n"] != 0.0 {
		t.Errorf("%v", found)
	}
	if saved := b.get(t, "GET", path+"/state", "", 200); saved["n"] != 0.0 || saved["state"] != nil {
		t.Errorf("%v", saved)
	}
	b.get(t, "GET", path+"/state?line=x", "", 400)
	b.get(t, "GET", path+"/rows?view=99", "", 404)
	b.get(t, "POST", path+"/views", `{"filters":[{"column":"mail","op":"~"}]}`, 400)
	b.get(t, "POST", "/api/calls", `{"input":{}}`, 400)
	if again := b.get(t, "POST", path+"/replay", "", 202); again["origin"] != "replay" {
		t.Errorf("%v", again)
	}
	if all := b.get(t, "GET", "/api/calls", "", 200); len(all["calls"].([]any)) != 2 {
		t.Errorf("%v", all)
	}
	if same := b.get(t, "GET", "/api/compare?a=1&b=1", "", 200); same["same"] != 2.0 {
		t.Errorf("%v", same)
	}
	b.get(t, "GET", "/api/compare?a=1&b=99", "", 404)
	if logs := b.get(t, "GET", path+"/logs", "", 200); len(logs["logs"].([]any)) != 0 {
		t.Errorf("%v", logs)
	}
	waiting := int(b.get(t, "POST", "/api/calls", `{"command":"acme:wait"}`, 202)["id"].(float64))
	b.get(t, "DELETE", fmt.Sprintf("/api/calls/%d", waiting), "", 204)
	b.loop.url = ""
	b.get(t, "POST", "/api/calls", `{"command":"acme:echo"}`, 409)
}

func TestDownload(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.call(t, "std:account:list", "{}")
	path := fmt.Sprintf("/api/calls/%d", id)
	view := b.get(t, "POST", path+"/views", `{}`, 200)["view"].(string)
	b.get(t, "POST", path+"/tickets", `{"view":"`+view+`","format":"xlsx"}`, 400)
	b.get(t, "POST", path+"/tickets", `{"view":"99","format":"csv"}`, 404)
	url := b.get(t, "POST", path+"/tickets", `{"view":"`+view+`","format":"csv"}`, 200)["url"].(string)
	anonymous := func(req *http.Request) { req.Header = http.Header{} }
	if w := b.do("HEAD", url, "", anonymous); w.Code != 405 {
		t.Errorf("HEAD: %d", w.Code)
	}
	w := b.do("GET", url, "", anonymous)
	if w.Code != 200 || !strings.Contains(w.Body.String(), "2,'=m,") || w.Header().Get("Content-Disposition") != `attachment; filename="account-list-1.csv"` {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := b.do("GET", url, "", anonymous); w.Code != 404 {
		t.Errorf("a ticket is good twice: %d", w.Code)
	}
	name, err := b.tickets.add(ticket{call: id, view: view, format: calls.CSV, until: time.Now().Add(-time.Second)})
	if w := b.do("GET", downloads+name, "", anonymous); err != nil || w.Code != 404 {
		t.Errorf("an old ticket is good: %d", w.Code)
	}
}

// TestOrdinaryNames: a secret item whose key is a word of the protocol hides its value, but no IDs.
func TestOrdinaryNames(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	spec := strings.Replace(testSpec, `{"key": "token", "label": "t", "type": "secret"}`, `{"key": "key", "label": "t", "type": "secret"}`, 1)
	for name, text := range map[string]string{"connector-spec.json": spec, "config.json": `{"key":"key-secret"}`} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.loop.events <- loop.Event{Kind: loop.EventConfig}
	b.loop.events <- loop.Event{Kind: loop.EventConfig} // the first one is complete then
	id := b.call(t, "acme:echo", `{"key":{"simple":{"id":"the identity"}}}`)
	got := b.do("GET", fmt.Sprintf("/api/calls/%d", id), "").Body.String() + b.do("GET", fmt.Sprintf("/api/calls/%d/lines", id), "").Body.String()
	if strings.Contains(got, "key-secret") || strings.Count(got, "the identity") != 2 || !strings.Contains(got, mask.Text) {
		t.Error(got)
	}
	if again := b.do("POST", fmt.Sprintf("/api/calls/%d/replay", id), ""); again.Code != http.StatusAccepted {
		t.Error(again.Body)
	}
}

// TestURLOfConnector: the user and secret parameters of --connector are never shown.
func TestURLOfConnector(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options, l *fakeLoop) {
		l.url += "/invoke?access_token=url-secret"
		o.Connector = strings.Replace(l.url, "://", "://me:user-secret@", 1)
	})
	b.call(t, "acme:echo", `"url-secret user-secret"`)
	got := b.do("GET", "/api/state", "").Body.String() + b.do("GET", "/api/calls/1", "").Body.String()
	if strings.Contains(got, "url-secret") || strings.Contains(got, "user-secret") || !strings.Contains(got, `/invoke"`) {
		t.Error(got)
	}
}

// TestTextAfterRequest: a request is one JSON value.
func TestTextAfterRequest(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, body := range []string{`{"values":{}}}`, `{"values":{}}]`, `{"values":{}}{}`} {
		b.get(t, "PUT", "/api/config", body, 400)
	}
}

// TestSecretsStayHidden: no answer contains secrets of the config or passwords of inputs.
func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options, _ *fakeLoop) { o.Header = http.Header{"Authorization": {"Bearer connector-token"}} })
	id := b.call(t, "acme:echo", `{"attributes":{"password":"input-secret","mail":"input-secret","x":"initial-secret"}}`)
	b.loop.problems = []loop.Group{{Name: loop.GroupBuild, State: loop.GroupFound, Text: "config-secret", Found: []loop.Problem{{Message: "header-secret", Hint: "first-pin"}}}}
	view := b.get(t, "POST", fmt.Sprintf("/api/calls/%d/views", id), "{}", 200)["view"].(string)
	var all strings.Builder
	for _, path := range []string{
		"/api/state", "/api/spec", "/api/config", "/api/calls", "/api/calls/1", "/api/calls/1/lines", "/api/calls/1/logs", "/api/calls/1/rows?view=" + view, "/api/problems", "/api/compare?a=1&b=1",
	} {
		all.WriteString(b.do("GET", path, "").Body.String())
	}
	for _, secret := range []string{"config-secret", "header-secret", "first-pin", "2222333", "unknown-secret", "proxy-secret", "input-secret", "initial-secret", "connector-token"} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("%s is shown: %s", secret, all.String())
		}
	}
	b.get(t, "POST", "/api/calls/1/replay", "", 409)
}

func TestEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	server := httptest.NewServer(b)
	defer server.Close()
	req, _ := http.NewRequest("GET", server.URL+"/api/events", nil)
	req.Header.Set(tokenHeader, b.token)
	got, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	lines := bufio.NewScanner(got.Body)
	await := func(want string) string {
		t.Helper()
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok && name == want && lines.Scan() {
				return strings.TrimPrefix(lines.Text(), "data: ")
			}
		}
		t.Fatalf("no event %s: %v", want, lines.Err())
		return ""
	}
	if first := await("state"); !strings.Contains(first, `"text":"built with `+mask.Text+`"`) || !strings.Contains(first, `"config":{"file":"config.json","changed":false,"ready":true}`) {
		t.Error(first)
	}
	b.loop.events <- loop.Event{Kind: loop.EventProblems}
	if found := await("problems"); !strings.Contains(found, `"name":"selftest","title":"Self test","state":"unknown"`) {
		t.Error(found)
	}
	b.loop.events <- loop.Event{Kind: loop.EventLine, Line: loop.Line{At: time.Now(), Text: `{"level":"INFO","message":"with config-secret"}`}}
	if line := await("log"); !strings.Contains(line, `"message":"with `+mask.Text+`"`) || !strings.Contains(line, `"call":0`) {
		t.Error(line)
	}
	b.call(t, "std:account:list", "{}")
	for call := await("call"); !strings.Contains(call, `"state":"done"`); call = await("call") {
	}
}

// TestSlowReader: a slow reader gets the newest events, and delays nobody.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	own, leave := b.hub.join()
	for i := range 5000 {
		b.hub.log(calls.LogLine{Message: fmt.Sprint(i)})
		b.hub.call(calls.Call{ID: i % 3, Outputs: i})
		b.hub.state()
	}
	got := b.hub.take(own)
	if len(got.logs) != maxPending || got.logs[maxPending-1].Message != "4999" || len(got.calls) != 3 || got.calls[0].Outputs < 4990 || !got.hasState || got.hasFound {
		t.Errorf("%d log lines, calls %+v", len(got.logs), got.calls)
	}
	leave()
	if len(b.hub.streams) != 0 {
		t.Error("the stream is still there")
	}
}

func TestRebuildAndOpen(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.get(t, "POST", "/api/rebuild", "", 202)
	<-b.loop.rebuilt
	var started [][]string
	b.start = func(name string, args ...string) error {
		started = append(started, append([]string{name}, args...))
		return nil
	}
	b.loop.problems = []loop.Group{{Name: loop.GroupBuild, Found: []loop.Problem{{Path: "client.go", Line: 3}}}}
	b.get(t, "POST", "/api/open", `{"path":"client.go","line":3,"column":7}`, 204)
	b.get(t, "POST", "/api/open", `{"path":"connector-spec.json"}`, 204)
	for _, path := range []string{"config.json", "/etc/passwd", "", "../client.go", "./client.go"} {
		b.get(t, "POST", "/api/open", `{"path":"`+path+`"}`, 403)
	}
	want := [][]string{{"code", "--goto", filepath.Join(b.dir, "client.go") + ":3:7"}, {"code", "--goto", filepath.Join(b.dir, "connector-spec.json") + ":1:1"}}
	if diff := cmp.Diff(want, started); diff != "" {
		t.Error(diff)
	}
	b.start = func(string, ...string) error { return os.ErrNotExist }
	if got := b.get(t, "POST", "/api/open", `{"path":"client.go"}`, 409); got["error"] != "code cannot be started: set CONNGEN_EDITOR to your editor" {
		t.Errorf("%v", got)
	}
}

func TestEditorCommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "code --goto /a b.go:3:7",
		"/usr/bin/cursor -n":           "/usr/bin/cursor -n --goto /a b.go:3:7",
		"subl":                         "subl /a b.go:3:7",
		"goland":                       "goland --line 3 --column 7 /a b.go",
		"gvim":                         "gvim +3 /a b.go",
		"other":                        "other /a b.go",
		"xterm -e vim +{line} {path}":  "xterm -e vim +3 /a b.go",
		"other {path};rm {line}$(ls) ": "other /a b.go;rm 3$(ls)",
		"vim":                          "",
	} {
		got, err := editorCommand(func(name string) string { return map[string]string{"VISUAL": text}[name] }, "/a b.go", 3, 7)
		if strings.Join(got, " ") != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
}
