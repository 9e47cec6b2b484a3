package sdk

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

func TestAdapters(t *testing.T) {
	t.Parallel()
	schemas := make(map[string]*DatasetSchema)
	handlers := []Handler[nothing]{
		unary("unary", func(_ nothing, _ context.Context, in AccountReadInput) (member, error) {
			return member{Key: SimpleKey(in.ID())}, nil
		}),
		unary("failing", func(nothing, context.Context, AccountReadInput) (member, error) { return member{}, NotFound("gone") }),
		action("action", func(nothing, context.Context, AccountDeleteInput) error { return nil }),
		action("refused", func(nothing, context.Context, AccountDeleteInput) error { return Errorf("refused") }),
		streaming("streaming", func(_ nothing, _ context.Context, in EntitlementListInput, out *Stream[string]) error {
			return errors.Join(out.Send(in.Type), out.Send("more"))
		}),
		byDataset("dataset", func(_ nothing, _ context.Context, in DatasetInput, out *Stream[DatasetObject]) error {
			schemas[in.DatasetID] = in.Schema
			if in.DatasetID == "bad" {
				return Errorf("bad")
			}
			return out.Send(DatasetObject{Identity: "i"})
		}),
		forType("type", "group", streaming("", func(_ nothing, _ context.Context, in EntitlementListInput, out *Stream[string]) error {
			return errors.Join(out.Send(in.Type), out.Send("more"))
		})),
		forType("type", "role", action("", func(nothing, context.Context, AccountDeleteInput) error { return nil })),
	}
	r := newTester(handlers)
	for _, tt := range []struct {
		command            Command
		input, want, fails string
	}{
		{"unary", `{"key":{"simple":{"id":"1"}}}`, `{"data":{"key":{"simple":{"id":"1"}},"attributes":{"id":"","email":""}},"type":"output"}` + "\n", ""},
		{"unary", `{"identity":1}`, `{"data":{"key":{"simple":{"id":"1"}},"attributes":{"id":"","email":""}},"type":"output"}` + "\n", ""},
		{"unary", `7`, "", "unary: input: must be an object, not a number"},
		{"failing", ``, "", "gone"},
		{"action", ``, `{"data":{},"type":"output"}` + "\n", ""},
		{"refused", `null`, "", "refused"},
		{"streaming", `{"type":"a"}`, "{\"data\":\"a\",\"type\":\"output\"}\n{\"data\":\"more\",\"type\":\"output\"}\n", ""},
		{"streaming", `[]`, "", "input: "},
		{"type", `{"type":"group"}`, "{\"data\":\"group\",\"type\":\"output\"}\n{\"data\":\"more\",\"type\":\"output\"}\n", ""},
		{"type", `{"type":"role"}`, `{"data":{},"type":"output"}` + "\n", ""},
		{"type", `{"type":"Group"}`, "", `unknown entitlement type "Group"; the connector has "group" and "role"`},
		{"type", `{}`, "", `type: the request lacks an entitlement type; the connector has "group" and "role"`},
		{"type", `{"type":1}`, "", `unknown entitlement type "1"; the connector has "group" and "role"`},
		{"type", `{"type":{}}`, "", `type: input: type: must be a string, not an object`},
		{
			"dataset", `{"datasetIds":["a","b"],"datasetSchemas":{"b":{"name":"B"}}}`,
			"{\"data\":{\"identity\":\"i\",\"attributes\":{},\"datasetId\":\"a\"},\"type\":\"output\"}\n{\"data\":{\"identity\":\"i\",\"attributes\":{},\"datasetId\":\"b\"},\"type\":\"output\"}\n", "",
		},
		{"dataset", `{"datasetIds":["c","bad","never"]}`, "{\"data\":{\"identity\":\"i\",\"attributes\":{},\"datasetId\":\"c\"},\"type\":\"output\"}\n", "bad"},
		{"dataset", `{"datasetIds":[]}`, "", ""},
		{"dataset", `{}`, "", "input: datasetIds is missing"},
		{"dataset", `{"datasetIds":"x"}`, "{\"data\":{\"identity\":\"i\",\"attributes\":{},\"datasetId\":\"x\"},\"type\":\"output\"}\n", ""},
		{"dataset", `{"datasetIds":{}}`, "", "dataset: input: datasetIds: "},
		{"unknown", `{}`, "", "unsupported command: unknown"},
		{"Unary", `{}`, "", "unsupported command: Unary"},
		{"std:spec:read", `{}`, `{"data":{"specification":{"name":"tester"}},"type":"output"}` + "\n", ""},
	} {
		got, err := run(t.Context(), r, tt.command, tt.input)
		if tt.fails != "" {
			mentions(t, err, tt.fails)
		} else if err != nil {
			t.Errorf("%s %s: %v", tt.command, tt.input, err)
		}
		if got != tt.want {
			t.Errorf("%s %s: %s\nwant %s", tt.command, tt.input, got, tt.want)
		}
	}
	if schemas["a"] != nil || schemas["b"] == nil || schemas["b"].Name != "B" {
		t.Errorf("datasets got the schemas %v", schemas)
	}
	if _, ok := schemas["never"]; ok {
		t.Error("a dataset after one that failed was asked for")
	}
}

func TestNotImplemented(t *testing.T) {
	t.Parallel()
	mentions(t, NotImplemented("std:account:list"), "std:account:list is not implemented")
}

func TestSpecRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{ \"a\": \"\\u003c\\ud800\", \"n\": 1.0 }\n": "{\"data\":{\"specification\":{\"a\":\"<\\ud800\",\"n\":1.0}},\"type\":\"output\"}\n",
		"":     "{\"data\":{\"specification\":null},\"type\":\"output\"}\n",
		"{\"a": "",
	} {
		r := New(Spec{JSON: text}, rawConfig, openNothing, nil, silent())
		got, err := run(t.Context(), r, "std:spec:read", "")
		if got != want || (err == nil) != (want != "") {
			t.Errorf("spec %q: %q, %v", text, got, err)
		}
	}
	own := newTester([]Handler[nothing]{action("std:spec:read", func(nothing, context.Context, json.RawMessage) error { return nil })})
	if got, err := run(t.Context(), own, "std:spec:read", ""); err != nil || got != "{\"data\":{},\"type\":\"output\"}\n" {
		t.Errorf("a handler of its own answers %q, %v", got, err)
	}
}

// TestConfigIsDecoded: open gets what decode makes of the config, and is not called when
// that fails.
func TestConfigIsDecoded(t *testing.T) {
	t.Parallel()
	decode := func(raw json.RawMessage) (int, error) {
		if raw == nil {
			return 0, Errorf("config: is missing")
		}
		return len(raw), nil
	}
	r := New(testSpec, decode, func(_ context.Context, n int) (int, error) { return n, nil }, []Handler[int]{
		unary("a", func(n int, _ context.Context, _ struct{}) (int, error) { return n, nil }),
	}, silent())
	result, err := Call(t.Context(), r, NewMethod[struct{}, int]("a"), struct{}{}, "four")
	if err != nil || result.Outputs[0] != len(`"four"`) {
		t.Errorf("%v, %v", result.Outputs, err)
	}
	_, err = Call(t.Context(), r, NewMethod[struct{}, int]("a"), struct{}{}, nil)
	mentions(t, err, "config: is missing")
}

func TestPanicsAreErrors(t *testing.T) {
	t.Parallel()
	handlers := []Handler[*closer]{
		raw("handler", func(_ context.Context, _ *closer, _ json.RawMessage, out *Writer) error {
			_ = out.Send(1)
			panic("handler")
		}),
		raw("index", func(_ context.Context, _ *closer, input json.RawMessage, _ *Writer) error {
			return []error{}[len(input)]
		}),
		action("open", func(*closer, context.Context, struct{}) error { return nil }),
	}
	var opened closer
	r := New(testSpec, rawConfig, func(_ context.Context, config json.RawMessage) (*closer, error) {
		if string(config) == `"panic"` {
			panic(errors.New("open"))
		}
		return &opened, nil
	}, handlers, silent())
	got, err := run(t.Context(), r, "handler", "")
	mentions(t, err, "panic: handler")
	if got != "{\"data\":1,\"type\":\"output\"}\n" {
		t.Errorf("before the panic came %q", got)
	}
	_, err = run(t.Context(), r, "index", "")
	mentions(t, err, "panic: runtime error: index out of range")
	err = r.Run(t.Context(), Request{Type: "open", Config: json.RawMessage(`"panic"`)}, nil)
	mentions(t, err, "panic: open")
	if opened.closed != 2 {
		t.Errorf("clients were closed %d times, want 2", opened.closed)
	}
}

// TestPanicsLeaveTheServer: a panic is one command's failure and a logged stack, without
// secrets, and the server continues.
func TestPanicsLeaveTheServer(t *testing.T) {
	t.Parallel()
	type config struct {
		URL   string
		token Secret
	}
	var out lockedBuffer
	secret := config{"https://x.example", NewSecret(hush)}
	values := []any{secret.token, secret, &secret, fmt.Errorf("bad %v", secret), map[string]any{"config": secret}}
	server := httptest.NewServer(New(testSpec, rawConfig, openNothing, []Handler[nothing]{
		action("panic", func(_ nothing, _ context.Context, in int) error { panic(values[in]) }),
		action("nil", func(_ nothing, _ context.Context, in []int) error { in[len(in)]++; return nil }),
		action("work", func(nothing, context.Context, struct{}) error { return nil }),
	}, WithLogger(NewLogger(&out))))
	defer server.Close()
	bodies := []string{`{"type":"nil"}`}
	for i := range values {
		bodies = append(bodies, fmt.Sprintf(`{"type":"panic","input":%d}`, i))
	}
	for _, body := range bodies {
		status, answer := post(t, server.URL, body)
		if status != http.StatusInternalServerError || !strings.HasPrefix(answer, "generic error: \n + Error: panic: ") || strings.Contains(answer, hush) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
		if status, _ := post(t, server.URL, `{"type":"work"}`); status != http.StatusOK {
			t.Fatalf("after %s the server answers with status %d", body, status)
		}
	}
	if log := out.String(); strings.Contains(log, hush) || strings.Count(log, "connector_test.go") < len(bodies) {
		t.Errorf("logged %s", log)
	}
}

// lockedBuffer takes the log lines of many commands.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// TestManyCommandsAtOnce: commands run side by side, each with a client, a context
// and lines of its own.
func TestManyCommandsAtOnce(t *testing.T) {
	t.Parallel()
	const n = 50
	var started sync.WaitGroup
	started.Add(n)
	open := func(_ context.Context, config json.RawMessage) (json.RawMessage, error) { return config, nil }
	server := httptest.NewServer(New(testSpec, rawConfig, open, []Handler[json.RawMessage]{
		streaming("a", func(client json.RawMessage, ctx context.Context, in int, out *Stream[json.RawMessage]) error {
			started.Done()
			started.Wait() // all of them run
			if version := Info(ctx).Version; version == nil || *version != int64(in) {
				t.Errorf("command %d is of version %v", in, version)
			}
			return out.Send(client)
		}),
	}, silent()))
	defer server.Close()
	var posted sync.WaitGroup
	for i := range n {
		posted.Go(func() {
			res, err := http.Post(server.URL, "application/json", strings.NewReader(fmt.Sprintf(`{"type":"a","input":%d,"config":%[1]d,"version":%[1]d}`, i)))
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if want := fmt.Sprintf("{\"data\":%d,\"type\":\"output\"}\n", i); err != nil || string(body) != want {
				t.Errorf("%q, %v, want %q", body, err, want)
			}
		})
	}
	posted.Wait()
}

// TestNilSlices: a list without elements is a list.
func TestNilSlices(t *testing.T) {
	t.Parallel()
	r := newTester([]Handler[nothing]{
		unary("items", func(nothing, context.Context, SourceDataReadInput) ([]SourceDataItem, error) { return nil, nil }),
		unary("raw", func(nothing, context.Context, struct{}) (json.RawMessage, error) { return nil, nil }),
	})
	for command, want := range map[Command]string{"items": "[]", "raw": "null"} {
		if got, err := run(t.Context(), r, command, ``); err != nil || got != `{"data":`+want+`,"type":"output"}`+"\n" {
			t.Errorf("%s: %q, %v", command, got, err)
		}
	}
}

func TestClientsAreClosed(t *testing.T) {
	t.Parallel()
	failed, closing := errors.New("failed"), errors.New("closing")
	for _, tt := range []struct {
		handler, close, want error
	}{
		{nil, nil, nil},
		{failed, nil, failed},
		{nil, closing, nil}, // what the command did is done
		{failed, closing, failed},
	} {
		client := &closer{err: tt.close}
		r := New(testSpec, rawConfig, func(context.Context, json.RawMessage) (*closer, error) { return client, nil }, []Handler[*closer]{
			raw("a", func(_ context.Context, c *closer, _ json.RawMessage, _ *Writer) error {
				if c.closed > 0 {
					t.Error("the client is closed before its command")
				}
				return tt.handler
			}),
		}, silent())
		if _, err := run(t.Context(), r, "a", ""); !errors.Is(err, tt.want) {
			t.Errorf("%v, want %v", err, tt.want)
		}
		if client.closed != 1 {
			t.Errorf("the client was closed %d times", client.closed)
		}
	}
}

func TestSinkErrorEndsTheCommand(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	r := newTester([]Handler[nothing]{
		raw("polite", func(ctx context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			_ = out.Send(1)
			<-ctx.Done()
			return nil
		}),
		raw("stubborn", func(ctx context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			for {
				if err := out.Send(1); err != nil {
					return err
				}
			}
		}),
	})
	for _, command := range []Command{"polite", "stubborn"} {
		err := r.Run(t.Context(), Request{Type: command}, func([]byte) error { return gone })
		if !errors.Is(err, gone) {
			t.Errorf("%s: %v", command, err)
		}
	}
}

func TestSendAfterReturn(t *testing.T) {
	t.Parallel()
	var kept *Writer
	r := newTester([]Handler[nothing]{raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
		kept = out
		return out.Send(1)
	})})
	got, err := run(t.Context(), r, "a", "")
	if err != nil || got != "{\"data\":1,\"type\":\"output\"}\n" {
		t.Errorf("%q, %v", got, err)
	}
	if err := kept.Send(2); !errors.Is(err, errEnded) {
		t.Errorf("a send after the command got %v", err)
	}
}

// TestOutputsBeforeAnError sees that all of them are delivered, which the
// original does not do.
func TestOutputsBeforeAnError(t *testing.T) {
	t.Parallel()
	const lines = 2000
	server := httptest.NewServer(newTester([]Handler[nothing]{
		streaming("a", func(_ nothing, _ context.Context, _ struct{}, out *Stream[member]) error {
			for range lines {
				if err := out.Send(benchMember()); err != nil {
					return err
				}
			}
			return Errorf("broke")
		}),
	}))
	defer server.Close()
	status, body := post(t, server.URL, `{"type":"a"}`)
	m := benchMember()
	want := strings.Repeat(`{"data":`+marshal(t, &m)+`,"type":"output"}`+"\n", lines) +
		"generic error: \n + ConnectorError: broke\n    at a {\n  type: 'generic'\n}"
	if status != http.StatusOK || body != want {
		t.Errorf("status %d, %d bytes, want %d: …%s", status, len(body), len(want), body[max(0, len(body)-200):])
	}
}

func post(t *testing.T, url, body string) (status int, answer string) {
	t.Helper()
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// TestFirstLineLeavesAtOnce reads a line from a handler that does not go on until
// the line has been read.
func TestFirstLineLeavesAtOnce(t *testing.T) {
	t.Parallel()
	read := make(chan struct{})
	server := httptest.NewServer(newTester([]Handler[nothing]{
		raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			for i := range 3 {
				if err := out.Send(i); err != nil {
					return err
				}
				<-read
			}
			return nil
		}),
	}))
	defer server.Close()
	res, err := http.Post(server.URL, "application/json", strings.NewReader(`{"type":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for i := range 3 {
		want := fmt.Sprintf(`{"data":%d,"type":"output"}`+"\n", i)
		got := make([]byte, len(want))
		if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
		read <- struct{}{}
	}
}

// TestDisconnectEndsTheCommand is about plain and compressed bodies, since a
// server notices only once it has read all of a body.
func TestDisconnectEndsTheCommand(t *testing.T) {
	t.Parallel()
	started, ended := make(chan struct{}), make(chan error)
	server := httptest.NewServer(newTester([]Handler[nothing]{
		raw("a", func(ctx context.Context, _ nothing, _ json.RawMessage, _ *Writer) error {
			started <- struct{}{}
			<-ctx.Done()
			ended <- ctx.Err()
			return ctx.Err()
		}),
	}))
	defer server.Close()
	for _, encoding := range []string{"", "gzip", "deflate"} {
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, bytes.NewReader(compress(t, encoding, `{"type":"a"}`)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if encoding != "" {
			req.Header.Set("Content-Encoding", encoding)
		}
		go func() {
			<-started
			cancel()
		}()
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			t.Errorf("%s: there is an answer", encoding)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the command ended with %v", encoding, err)
		}
	}
}

func compress(t *testing.T, encoding, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "deflate":
		w = zlib.NewWriter(&out)
	default:
		return []byte(text)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// plainWriter is a response writer that cannot flush.
type plainWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *plainWriter) Header() http.Header         { return w.header }
func (w *plainWriter) WriteHeader(status int)      { w.status = status }
func (w *plainWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

func TestServeWithoutFlush(t *testing.T) {
	t.Parallel()
	r := newTester([]Handler[nothing]{action("a", func(nothing, context.Context, struct{}) error { return nil })})
	w := &plainWriter{header: http.Header{}}
	req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"type":"a"}`))
	req.Header.Set("Content-Type", "application/json")
	r.ServeHTTP(w, req)
	if want := "{\"data\":{},\"type\":\"output\"}\n"; w.status != http.StatusOK || w.body.String() != want {
		t.Errorf("%d %q, want %q", w.status, w.body.String(), want)
	}
	w = &plainWriter{header: http.Header{}}
	req = httptest.NewRequest(http.MethodPost, "/", nil)
	req.Body = nil // as clients make it
	req.Header.Set("Content-Type", "application/json")
	r.ServeHTTP(w, req)
	if w.status != http.StatusInternalServerError {
		t.Errorf("without a body: status %d", w.status)
	}
}

// TestServe is about what the recordings do not have.
func TestServe(t *testing.T) {
	t.Parallel()
	r := newTester([]Handler[nothing]{
		unary("echo", func(_ nothing, _ context.Context, in json.RawMessage) (json.RawMessage, error) { return in, nil }),
	}, WithBodyLimit(100))
	utf16 := func(s string, bigEndian, mark bool) string {
		var out []byte
		if mark {
			s = "\uFEFF" + s
		}
		for _, r := range s {
			if bigEndian {
				out = append(out, byte(r>>8), byte(r))
			} else {
				out = append(out, byte(r), byte(r>>8))
			}
		}
		return string(out)
	}
	const echo, answer = `{"type":"echo","input":"é"}`, "{\"data\":\"é\",\"type\":\"output\"}\n"
	for _, tt := range []struct {
		name, contentType, encoding, origin, body string
		status                                    int
		want                                      string // what the body has
	}{
		{"form", "application/x-www-form-urlencoded", "", "", echo, 200, answer},
		{"form from a web page", "application/x-www-form-urlencoded", "", "https://evil.example", echo, 500, "Content-Type: application/json"},
		{"a real form", "application/x-www-form-urlencoded", "", "", "type=echo", 500, "Content-Type: application/json"},
		{"UTF-16", "application/json; charset=utf-16", "", "", utf16(echo, false, false), 200, answer},
		{"UTF-16 with a mark", "application/json; charset=UTF-16", "", "", utf16(echo, false, true), 200, answer},
		{"UTF-16, marked big endian", "application/json; charset=utf-16", "", "", utf16(echo, true, true), 200, answer},
		{"UTF-16BE", "application/json; charset=utf-16be", "", "", utf16(echo, true, false), 200, answer},
		{"UTF-7", "application/json; charset=utf-7", "", "", echo, 415, "unsupported charset"},
		{"bad content type", "application/json; charset", "", "", echo, 500, "Content-Type: application/json"},
		{"limit", "application/json", "", "", `{"type":"echo","input":"` + strings.Repeat("x", 74) + `"}`, 200, "x\",\"type\""},
		{"over the limit", "application/json", "", "", `{"type":"echo","input":"` + strings.Repeat("x", 75) + `"}`, 413, "limit is 100 bytes"},
		{"gzip", "application/json", "gzip", "", echo, 200, answer},
		{"deflate", "application/json", "deflate", "", echo, 200, answer},
		{"identity", "application/json", "identity", "", echo, 200, answer},
		{"gzip bomb", "application/json", "gzip", "", strings.Repeat(" ", 1<<20), 413, "limit is 100 bytes"},
		{"type is an object", "application/json", "", "", `{"type":{"a":1}}`, 500, "unsupported command: [object Object]"},
		{"type is a boolean", "application/json", "", "", `{"type":true}`, 500, "unsupported command: true"},
		{"version", "application/json", "", "", `{"type":"echo","version":"x"}`, 200, "null"},
		{"markup", "application/json", "brotli<script>", "", echo, 415, "&lt;script&gt;"},
		{"too deep", "application/json", "", "", strings.Repeat(`[`, 100), 400, "must be a JSON object"},
	} {
		body := []byte(tt.body)
		if tt.encoding == "gzip" || tt.encoding == "deflate" {
			body = compress(t, tt.encoding, tt.body)
		}
		req := httptest.NewRequest(http.MethodPost, "/any/path", bytes.NewReader(body))
		for name, value := range map[string]string{"Content-Type": tt.contentType, "Content-Encoding": tt.encoding, "Origin": tt.origin} {
			if value != "" {
				req.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		if tt.name == "gzip bomb" {
			New(testSpec, rawConfig, openNothing, nil, silent(), WithBodyLimit(2000)).ServeHTTP(w, req)
			tt.want = "limit is 2000 bytes"
		} else {
			r.ServeHTTP(w, req)
		}
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: %d %q, want %d with %q", tt.name, w.Code, w.Body, tt.status, tt.want)
		}
	}
}

// TestUnreadableBodies: an answer says what is wrong with a body, and shows nothing of Go.
func TestUnreadableBodies(t *testing.T) {
	t.Parallel()
	whole, flipped := compress(t, "gzip", `{"type":"a"}`), compress(t, "deflate", `{"type":"a"}`)
	flipped[len(flipped)-1] ^= 1
	for _, tt := range []struct {
		encoding string
		body     io.Reader
		want     string
	}{
		{"gzip", strings.NewReader("not compressed"), "the body does not match its Content-Encoding: gzip"},
		{"Deflate", strings.NewReader("not compressed"), "the body does not match its Content-Encoding: deflate"},
		{"deflate", bytes.NewReader(flipped), "the body does not match its Content-Encoding: deflate"},
		{"gzip", bytes.NewReader(append(whole[:10:10], "\xff\xff\xff\xff\xff"...)), "the body does not match its Content-Encoding: gzip"},
		{"gzip", bytes.NewReader(whole[:len(whole)-3]), "the body ends too early"},
		{"gzip", strings.NewReader(""), "the body ends too early"},
		{"", iotest.ErrReader(errors.New("malformed chunked encoding")), "the body cannot be read"},
	} {
		req := httptest.NewRequest(http.MethodPost, "/", tt.body)
		req.Header = http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {tt.encoding}}
		w := httptest.NewRecorder()
		newTester(nil, silent()).ServeHTTP(w, req)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "<pre>"+tt.want+"</pre>") {
			t.Errorf("%s: status %d, %s", tt.want, w.Code, w.Body)
		}
	}
}

func TestParseRequest(t *testing.T) {
	t.Parallel()
	got, err := parseRequest([]byte(`{"type":"a","Type":"b","input":[1],"config":null,"version":"7","tag":"latest"}`))
	want := Request{Type: "a", Input: json.RawMessage(`[1]`), Config: json.RawMessage(`null`), Version: Ptr(int64(7))}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	for bad, why := range map[string]string{
		`null`: ", not null", `5`: ", not a number", `"x"`: ", not a string", " \n5": ", not a number",
		`{"type":"a"`: "; it is not JSON: it ends too early", `[`: "; it is not JSON: it ends too early",
		`{"type":"a"} x`: "; it is not JSON: see line 1, column 14", `{} {}`: "; it is not JSON: see line 1, column 4",
		"{\"a\":\n \"é\x01\"}":            "; it is not JSON: see line 2, column 4",
		"[" + strings.Repeat(`[`, 10_000): "; it is nested more than 10000 levels deep: see line 1, column 10001",
	} {
		_, err := parseRequest([]byte(bad))
		var status *statusError
		if want := "the body must be a JSON object" + why; !errors.As(err, &status) || status.code != http.StatusBadRequest || err.Error() != want {
			t.Errorf("%.40q: %v, want %s", bad, err, want)
		}
	}
}

// TestGoexit: a method that ends its goroutine fails, in HTTP too, where the connection
// continues to the next request, and so does a list with such a partition.
func TestGoexit(t *testing.T) {
	t.Parallel()
	exits := func(context.Context, nothing, json.RawMessage, *Writer) error {
		runtime.Goexit()
		return nil
	}
	c := newTester([]Handler[nothing]{
		raw("exits", exits),
		raw("in a part", func(ctx context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			return ListPartitions(ctx, []int{1, 2}, 0, func(ctx context.Context, _ int) error { return exits(ctx, nothing{}, nil, out) })
		}),
	})
	server := startService(t.Context(), t, newService(c, 1))
	for _, command := range []Command{"exits", "in a part", "exits"} {
		err := c.Run(t.Context(), Request{Type: command}, func([]byte) error { return nil })
		if !errors.Is(err, errNotReturned) {
			t.Errorf("%s: %v", command, err)
		}
		res, err := http.Post(server.URL, "application/json", strings.NewReader(`{"type":"`+string(command)+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusInternalServerError || !strings.Contains(string(text), "the command's goroutine exited") {
			t.Errorf("%s: status %d, %s, %v", command, res.StatusCode, text, err)
		}
	}
}
