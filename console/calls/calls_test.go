package calls

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/conngen/conngen/console/mask"
	"github.com/conngen/conngen/schema"
	"github.com/google/go-cmp/cmp"
)

const specText = `{
	"name": "Test", "commands": ["std:account:list", "std:entitlement:list"],
	"sourceConfig": [{"type": "section", "sectionTitle": "s", "items": [{"key": "token", "label": "t", "type": "secret"}]}],
	"accountSchema": {"displayAttribute": "mail", "identityAttribute": "id", "groupAttribute": "groups", "attributes": [
		{"name": "id", "type": "string"}, {"name": "mail", "type": "string"}, {"name": "age", "type": "int"},
		{"name": "groups", "type": "string", "multi": true, "entitlement": true}, {"name": "active", "type": "boolean"},
		{"name": "password", "type": "string"}
	]},
	"entitlementSchemas": [{"type": "group", "displayAttribute": "id", "identityAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}]
}`

func testSpec(t testing.TB) *schema.Spec {
	spec, problems := schema.Parse("connector-spec.json", []byte(specText))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return spec
}

// A connector answers commands of a test; answer writes the answer.
type connector struct {
	*Recorder
	server   *httptest.Server
	requests chan string
	changed  chan Call
}

func start(t testing.TB, answer http.HandlerFunc, options ...func(*Options)) *connector {
	c := &connector{requests: make(chan string, 100), changed: make(chan Call, 10_000)}
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		select {
		case c.requests <- string(body):
		default:
		}
		w.Header().Set("Content-Type", "application/x-ndjson")
		answer(w, req)
	}))
	t.Cleanup(c.server.Close)
	spec := testSpec(t)
	opts := Options{
		Target: func() Target { return Target{c.server.URL, 3} },
		Spec:   func() *schema.Spec { return spec },
		Secrets: func(config json.RawMessage) []string {
			var members map[string]string
			_ = json.Unmarshal(config, &members)
			return []string{members["token"]}
		},
		Masker: mask.New(),
		Changed: func(call Call) {
			select {
			case c.changed <- call:
			default:
			}
		},
	}
	for _, o := range options {
		o(&opts)
	}
	recorder, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := recorder.Close(); err != nil {
			t.Error(err)
		}
	})
	c.Recorder = recorder
	return c
}

// says answers with a status and a text.
func says(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

// run sends a command and waits for its end.
func (c *connector) run(t testing.TB, command, input string) Call {
	t.Helper()
	call, err := c.Start(Request{Command: command, Input: json.RawMessage(input), Config: json.RawMessage(`{"token":"s3cr3t-token"}`), Origin: FromPage})
	if err != nil {
		t.Fatal(err)
	}
	return c.await(t, call.ID)
}

func (c *connector) await(t testing.TB, id int) Call {
	t.Helper()
	for {
		select {
		case call := <-c.changed:
			if call.ID == id && call.State != Running {
				d, err := c.Call(id)
				if err != nil {
					t.Fatal(err)
				}
				return d.Call
			}
		case <-time.After(time.Minute):
			t.Fatal("the call does not end")
		}
	}
}

func (c *connector) kinds(t testing.TB, id int) string {
	t.Helper()
	_, lines, err := c.Lines(id, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, l := range lines {
		kinds = append(kinds, l.Kind.String())
	}
	return strings.Join(kinds, " ")
}

// account returns the line of an account.
func account(id string, attributes string) string {
	return fmt.Sprintf(`{"data":{"identity":%q,"attributes":{"id":%q,%s}},"type":"output"}`+"\n", id, id, attributes)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	const output = `{"data":{"identity":"1","attributes":{"id":"1","mail":"m"}},"type":"output"}` + "\n"
	for name, test := range map[string]struct {
		status  int
		body    string
		state   State
		kinds   string
		outputs int
		failure CallError
	}{
		"nothing":        {200, "", Done, "", 0, CallError{}},
		"each kind":      {200, output + `{"data":{"a":"1"},"type":"state"}` + "\n" + `{"data":{},"type":"keepAlive"}` + "\n" + `{"data":[],"type":"config"}` + "\n", Done, "output state keepAlive config", 1, CallError{}},
		"unknown kind":   {200, `{"data":1,"type":"other"}` + "\n", Done, "text", 0, CallError{}},
		"no last end":    {200, strings.TrimSuffix(output, "\n"), Done, "output", 1, CallError{}},
		"carriage":       {200, strings.ReplaceAll(output, "\n", "\r\n\r\n"), Done, "output", 1, CallError{}},
		"old format":     {200, `{"identity":"1"}` + "\n" + output, Done, "output output", 2, CallError{}},
		"on many lines":  {200, "{\n \"data\": {},\n \"type\": \"output\"\n}\n" + output, Done, "output output", 2, CallError{}},
		"text":           {200, output + "oops\nmore", Failed, "output text", 1, CallError{"", "the answer has a line that is not JSON: oops\nmore"}},
		"error at once":  {500, "generic error: \n + ConnectorError: broke\n    at x {\n  type: 'generic'\n}", Failed, "error", 0, CallError{"generic", "broke"}},
		"error later":    {200, output + "notFound error: \n + MyErr [NotFoundError]: no such\naccount {\n  type: 'notFound'\n}", Failed, "output error", 1, CallError{"notFound", "no such\naccount"}},
		"error text":     {500, "generic error: \n + 'just text'", Failed, "error", 0, CallError{"generic", "just text"}},
		"error no text":  {500, "generic error: \n + ConnectorError\n    at x", Failed, "error", 0, CallError{"generic", "the connector gave no message"}},
		"error object":   {500, "generic error: \n + { code: 'E1' }", Failed, "error", 0, CallError{"generic", "{ code: 'E1' }"}},
		"error a type":   {500, "x error: \n + TypeError: a: b\n    at x", Failed, "error", 0, CallError{"x", "a: b"}},
		"page":           {413, "<!DOCTYPE html>\n<title>Error</title>\n<pre>PayloadTooLargeError: it&#39;s too large<br>    at x</pre>\n", Failed, "text", 0, CallError{"http", "status 413 Request Entity Too Large: PayloadTooLargeError: it's too large"}},
		"JSON error":     {401, `{"error":"who are you?"}`, Failed, "text", 0, CallError{"http", "status 401 Unauthorized: who are you?"}},
		"empty page":     {502, "", Failed, "", 0, CallError{"http", "the server answered with status 502 Bad Gateway"}},
		"secret at cut":  {200, strings.Repeat("x", 195) + "s3cr3t-token", Failed, "text", 0, CallError{"", "the answer has a line that is not JSON: " + strings.Repeat("x", 195) + "•…"}},
		"secret as type": {500, "s3cr3t-token error: \n + Error: x", Failed, "error", 0, CallError{mask.Text, "x"}},
		"secret in text": {500, "generic error: \n + Error: s3cr3t-token is wrong", Failed, "error", 0, CallError{"generic", mask.Text + " is wrong"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, func(w http.ResponseWriter, req *http.Request) {
				if test.status != 200 && !strings.Contains(test.body, " error: ") {
					w.Header().Set("Content-Type", "text/html")
				}
				says(test.status, test.body)(w, req)
			})
			c.options.Masker.Learn("s3cr3t-token")
			call := c.run(t, "std:account:list", "{}")
			var failure CallError
			if call.Error != nil {
				failure = *call.Error
			}
			if call.State != test.state || call.Status != test.status || call.Outputs != test.outputs || failure != test.failure || call.Bytes != int64(len(test.body)) {
				t.Errorf("%+v, error %+v", call, failure)
			}
			if got := c.kinds(t, call.ID); got != test.kinds {
				t.Errorf("kinds %q, want %q", got, test.kinds)
			}
			if call.Build != 3 || (call.FirstByteMs == nil) != (test.body == "") {
				t.Errorf("build %d, first byte %v", call.Build, call.FirstByteMs)
			}
		})
	}
}

func TestRequestOfThePage(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, ""))
	call := c.run(t, "std:account:create", `{"attributes":{"id":"1","password":"p4ssw0rd"}}`)
	var got map[string]any
	if err := json.Unmarshal([]byte(<-c.requests), &got); err != nil {
		t.Fatal(err)
	}
	context, _ := got["context"].(map[string]any)
	id, _ := context["requestId"].(string)
	delete(got, "context")
	want := map[string]any{
		"type": "std:account:create", "input": map[string]any{"attributes": map[string]any{"id": "1", "password": "p4ssw0rd"}},
		"config": map[string]any{"token": "s3cr3t-token"},
	}
	if diff := cmp.Diff(want, got); diff != "" || id == "" {
		t.Errorf("request ID %q\n%s", id, diff)
	}
	d, err := c.Call(call.ID)
	if err != nil || string(d.Request) != `{"attributes":{"id":"1","password":"••••••"}}` || d.Replayable {
		t.Errorf("%s, %+v, %v", d.Request, d.Call, err)
	}
	if _, err := c.Replay(call.ID, nil); err == nil || !strings.Contains(err.Error(), "secrets of its input") {
		t.Errorf("replay: %v", err)
	}
	line := c.Log(time.Now(), `{"level":"WARN","message":"p4ssw0rd refused","requestId":"`+id+`","n":1}`)
	if line.Call != call.ID || line.Message != mask.Text+" refused" || string(line.Fields["n"]) != "1" || line.Level != "WARN" {
		t.Errorf("%+v", line)
	}
	if logs, err := c.Logs(call.ID); err != nil || len(logs) != 1 {
		t.Errorf("%v, %v", logs, err)
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, ""))
	first := c.run(t, "std:account:read", `{"identity":"7"}`)
	<-c.requests
	again, err := c.Replay(first.ID, json.RawMessage(`{"token":"a new token"}`))
	if err != nil || again.Origin != FromReplay {
		t.Fatal(again, err)
	}
	c.await(t, again.ID)
	if got := <-c.requests; !strings.Contains(got, `"input":{"identity":"7"},"config":{"token":"a new token"}`) {
		t.Error(got)
	}
	if _, err := c.Replay(99, nil); err != ErrUnknownCall {
		t.Error(err)
	}
	if all := c.Calls(); len(all) != 2 || all[0].ID != again.ID {
		t.Errorf("%+v", all)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	c := start(t, func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.WriteString(w, account("1", `"mail":"m"`))
		w.(http.Flusher).Flush()
		<-req.Context().Done()
		close(ended)
	})
	call, err := c.Start(Request{Command: "std:account:list", Origin: FromPage})
	if err != nil {
		t.Fatal(err)
	}
	for running := call; running.Outputs == 0; {
		running = <-c.changed
	}
	if err := c.Cancel(call.ID); err != nil {
		t.Fatal(err)
	}
	<-ended
	if got := c.await(t, call.ID); got.State != Cancelled || got.Error != nil || got.Outputs != 1 {
		t.Errorf("%+v", got)
	}
	if err := c.Cancel(call.ID); err != nil {
		t.Error(err)
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	next := make(chan string)
	c := start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Other", "kept")
		for text := range next {
			_, _ = io.WriteString(w, text)
			w.(http.Flusher).Flush()
		}
	})
	proxy := httptest.NewServer(c)
	defer proxy.Close()
	const body = `{ "type" : "std:account:list", "input":{"password":"in the input"},"config":{"token":"t0ken-of-client"}, "n": 1.0}`
	req, _ := http.NewRequest(http.MethodPost, proxy.URL+"/x/invoke", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	answers := make(chan *http.Response)
	go func() {
		got, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
		}
		answers <- got
	}()
	first := account("1", `"mail":"t0ken-of-client"`)
	next <- first
	got := <-answers
	defer got.Body.Close()
	text := make([]byte, len(first))
	if _, err := io.ReadFull(got.Body, text); err != nil || string(text) != first {
		t.Errorf("%q, %v", text, err)
	}
	line := c.Log(time.Now(), "plain: in the input")
	if line.Call == 0 || line.Text != "plain: "+mask.Text {
		t.Errorf("%+v", line)
	}
	close(next)
	if rest, err := io.ReadAll(got.Body); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
	if sent := <-c.requests; sent != body {
		t.Errorf("the connector got %s", sent)
	}
	call := c.await(t, line.Call)
	if got.Header.Get("X-Other") != "kept" || call.Origin != FromClient || call.Command != "std:account:list" || call.State != Done {
		t.Errorf("%v, %+v", got.Header, call)
	}
	assertHidden(t, c, "t0ken-of-client", "in the input")
}

func TestClientOfNoConnector(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, ""))
	c.server.Close()
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}")))
	if w.Code != http.StatusBadGateway || !strings.Contains(w.Body.String(), "nothing listens there") {
		t.Error(w.Code, w.Body)
	}
	large := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
	large.ContentLength = maxBody + 1
	w = httptest.NewRecorder()
	if c.ServeHTTP(w, large); w.Code != http.StatusRequestEntityTooLarge {
		t.Error(w.Code, w.Body)
	}
	c.options.Target = func() Target { return Target{} }
	w = httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}")))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "no connector answers yet") {
		t.Error(w.Code, w.Body)
	}
}

func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	c := start(t, func(w http.ResponseWriter, req *http.Request) {
		w.(http.Flusher).Flush()
		<-req.Context().Done()
		close(ended)
	})
	ctx, cancel := context.WithCancel(t.Context())
	req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"type":"x"}`)).WithContext(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { // like net/http, an answer that has begun breaks off
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				t.Error(v)
			}
		}()
		c.ServeHTTP(httptest.NewRecorder(), req)
	}()
	<-c.requests
	cancel()
	<-ended
	<-done
	if all := c.Calls(); len(all) != 1 || all[0].State != Cancelled {
		t.Errorf("%+v", all)
	}
}

func TestBrokenAnswer(t *testing.T) {
	t.Parallel()
	c := start(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, account("1", `"mail":"m"`)+`{"data":`)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	call := c.run(t, "std:account:list", "{}")
	if call.State != Failed || call.Error.Message != "the answer broke off: it closed the connection" || call.Outputs != 1 {
		t.Errorf("%+v %+v", call, call.Error)
	}
	proxy := httptest.NewServer(c)
	defer proxy.Close()
	got, err := http.Post(proxy.URL, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if text, err := io.ReadAll(got.Body); err == nil {
		t.Errorf("the client does not see that the answer broke off: %s", text)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	line := account("x", `"mail":"`+strings.Repeat("m", 10_000)+`"`)
	c := start(t, says(200, strings.Repeat(line, 250)), func(o *Options) { o.Limit = 4 << 20 })
	first := c.run(t, "std:account:list", "{}")
	second := c.run(t, "std:account:list", "{}")
	if first.Cut || second.Cut || second.Outputs != 250 {
		t.Errorf("%+v, %+v", first, second)
	}
	if _, err := c.Call(first.ID); err != ErrUnknownCall {
		t.Errorf("the oldest recording is still there: %v", err)
	}
	files, _ := filepath.Glob(filepath.Join(c.dir, "*"))
	if len(files) != 1 {
		t.Errorf("files %v", files)
	}
	small := start(t, says(200, strings.Repeat(line, 250)), func(o *Options) { o.Limit = 1 << 20 })
	call := small.run(t, "std:account:list", "{}")
	if !call.Cut || call.Outputs != 250 || call.State != Done || call.Bytes != int64(250*len(line)) {
		t.Errorf("%+v", call)
	}
	if total, _, err := small.Lines(call.ID, 0, 1); err != nil || total == 0 || total >= 250 {
		t.Errorf("%d lines, %v", total, err)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, ""))
	c.run(t, "x", "{}")
	for name, mode := range map[string]os.FileMode{c.dir: 0o700, filepath.Join(c.dir, "1.ndjson"): 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.dir); !os.IsNotExist(err) {
		t.Error("the folder is still there")
	}
	if _, err := c.Start(Request{Command: "x"}); err == nil {
		t.Error("a closed recorder takes calls")
	}
}

// TestOldFiles: older recordings have no open file, but can still be read.
func TestOldFiles(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, account("1", `"mail":"m"`)))
	for range maxOpen + 3 {
		c.run(t, "std:account:list", "{}")
	}
	open := func() (n int) {
		for _, call := range c.calls {
			call.spool.mu.Lock()
			if call.spool.file != nil {
				n++
			}
			call.spool.mu.Unlock()
		}
		return n
	}
	if n := open(); n != maxOpen {
		t.Errorf("%d files are open", n)
	}
	if total, lines, err := c.Lines(1, 0, 10); err != nil || total != 1 || !strings.Contains(lines[0].Text, `"mail":"m"`) {
		t.Errorf("%v, %v", lines, err)
	}
	if _, err := c.View(t.Context(), 2, Query{Search: "m"}); err != nil {
		t.Error(err)
	}
	c.closeOld()
	if n := open(); n != maxOpen {
		t.Errorf("after reads %d files are open", n)
	}
}

func TestLongLine(t *testing.T) {
	t.Parallel()
	a := newAnswer(strings.NewReader("12345\n1234567890\n" + "\n1"))
	a.maxLen = 6
	var got []string
	for {
		line, size, err := a.line(nil)
		got = append(got, fmt.Sprintf("%q %d", line, size))
		if err != nil {
			break
		}
	}
	if want := []string{`"12345\n" 6`, `"123456" 11`, `"\n" 1`, `"1" 1`}; !cmp.Equal(got, want) {
		t.Error(got)
	}
}

// assertHidden searches for secrets in everything that the recorder keeps or shows.
func assertHidden(t *testing.T, c *connector, secrets ...string) {
	t.Helper()
	var shown bytes.Buffer
	for _, call := range c.Calls() {
		v, err := c.View(t.Context(), call.ID, Query{})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := c.Rows(t.Context(), call.ID, v.ID, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		_, lines, _ := c.Lines(call.ID, 0, 1000)
		logs, _ := c.Logs(call.ID)
		detail, _ := c.Call(call.ID)
		e := json.NewEncoder(&shown)
		e.SetEscapeHTML(false)
		if err := e.Encode([]any{v, rows, lines, logs, detail}); err != nil {
			t.Fatal(err)
		}
		for _, format := range []Format{CSV, NDJSON} {
			if err := c.Export(t.Context(), call.ID, v.ID, format, &shown); err != nil {
				t.Fatal(err)
			}
		}
		found, err := c.find(call.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := found.spool.reader(); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(c.dir, "*"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(text)
	}
	for _, secret := range secrets {
		if i := strings.Index(shown.String(), secret); i >= 0 {
			t.Errorf("%q is shown: …%s…", secret, shown.String()[max(0, i-60):min(shown.Len(), i+60)])
		}
	}
}

func FuzzSecrets(f *testing.F) {
	f.Add("hunter2!", `{"data":{"identity":"`, `"},"type":"output"}`, "\n")
	f.Add("1234", `{"data":{"n":`, `},"type":"output"}`, "\nmore")
	f.Add("a\nsecret", "generic error: \n + Error: ", "\n    at x", "")
	f.Add(`q"u\o`, `{"data":{"`, `":1,"attributes":{"`, `":[1]}},"type":"output"}`)
	f.Add("password", `{"password":"`, `"}`, "\n{}")
	f.Add("12345678", `<pre>`, ` is wrong</pre>`, "\x00")
	f.Fuzz(func(t *testing.T, secret, a, b, d string) {
		if len([]rune(secret)) < mask.Shortest || strings.ContainsAny(secret, "•\uFFFD\n\r") || strings.TrimSpace(secret) != secret {
			t.Skip()
		}
		for _, word := range []string{`{"data":`, `,"type":"output"}`, `,"type":"state"}`, `,"type":"config"}`, `,"type":"keepAlive"}`, `,"type":"text"}`, "••••••", "the answer has a line that is not JSON: ", "status 418 I'm a teapot: ", "the connector gave no message"} {
			if strings.Contains(word, secret) {
				t.Skip() // conngen's own message
			}
		}
		m := mask.New()
		m.Learn(secret)
		r := &Recorder{options: Options{Masker: m, Limit: 1 << 30, Changed: func(Call) {}}}
		s, err := newSpool(t.TempDir(), 1)
		if err != nil {
			t.Fatal(err)
		}
		defer s.remove()
		inJSON, _ := json.Marshal(secret)
		for _, form := range []string{secret, string(inJSON[1 : len(inJSON)-1])} {
			for _, status := range []int{200, 418} {
				c := newRecording(Call{ID: 1, Started: time.Now()}, s, func() {}, &shape{})
				text := a + form + b + form + d
				answer := &http.Response{StatusCode: status, Status: "418 I'm a teapot", Header: http.Header{}}
				failure := r.record(t.Context(), c, answer, strings.NewReader(text))
				shown, err := json.Marshal(failure)
				if err != nil {
					t.Fatal(err)
				}
				if failure != nil && strings.Contains(failure.Message, secret) || strings.Contains(string(shown), string(inJSON[1:len(inJSON)-1])) {
					t.Errorf("%q shows %q", text, shown)
				}
				x := c.index()
				for n := range x.ends {
					line, err := c.line(index{ends: x.ends}, n)
					if err != nil {
						t.Fatal(err)
					}
					if strings.Contains(string(line), secret) || strings.Contains(string(line), form) {
						t.Errorf("%q is kept as %q", text, line)
					}
				}
			}
		}
	})
}
