package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates/sdk"
)

const testSecret = "hush-hush-hush-hush"

// forwarder starts the stand-in with a forwarding bundle, whose times in milliseconds are replaced.
func forwarder(t *testing.T, replace ...string) *runtime {
	t.Helper()
	nodeOrSkip(t)
	index, _, err := Service(Info{Name: "test", Version: "1"}, parsedSpec(t, `{"name":"N","commands":["std:test-connection"],"sourceConfig":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	text := string(index)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the bundle has no %s", replace[i])
		}
		text = strings.ReplaceAll(text, replace[i], replace[i+1])
	}
	return load(t, text)
}

func parsedSpec(t *testing.T, text string) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse("connector-spec.json", []byte(text))
	if spec == nil || found.HasErrors() {
		t.Fatalf("the spec is wrong: %v", found)
	}
	return spec
}

// commands are a connector's handlers: functions that get the raw config and input.
type commands map[sdk.Command]func(ctx context.Context, config, input json.RawMessage, out *sdk.Writer) error

// service starts a connector's service that requires a secret.
func service(t *testing.T, all commands) *httptest.Server {
	t.Helper()
	decode := func(raw json.RawMessage) (json.RawMessage, error) { return raw, nil }
	open := func(_ context.Context, config json.RawMessage) (json.RawMessage, error) { return config, nil }
	var handlers []sdk.Handler[json.RawMessage]
	for command, run := range all {
		m := sdk.NewMethod[json.RawMessage, any](command)
		handlers = append(handlers, sdk.Streaming(m, func(config json.RawMessage, ctx context.Context, input json.RawMessage, out *sdk.Stream[any]) error {
			return run(ctx, config, input, out.Writer)
		}))
	}
	c := sdk.New(sdk.Spec{JSON: "{}"}, decode, open, handlers, sdk.WithLogger(slog.New(slog.DiscardHandler)))
	return serve(t, func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer "+testSecret {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		c.ServeHTTP(w, req)
	})
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// forward runs a command with a config that names a service.
func (r *runtime) forward(url, command string, more ...any) reply {
	return r.wait(r.start(forwarded(url, command, more...)))
}

func forwarded(url, command string, more ...any) call {
	config := map[string]any{"other": "kept", "connectorServiceUrl": url, "connectorServiceSecret": testSecret}
	for i := 0; i < len(more); i += 2 {
		config[more[i].(string)] = more[i+1]
	}
	return call{Request: map[string]any{"type": command, "input": "in", "config": config}, Context: map[string]any{"version": 7, "requestId": "r-1"}}
}

func TestForward(t *testing.T) {
	t.Parallel()
	server := service(t, commands{
		"echo": func(ctx context.Context, config, input json.RawMessage, out *sdk.Writer) error {
			info := sdk.Info(ctx)
			return out.Send(map[string]any{"input": input, "config": config, "version": info.Version, "id": info.RequestID})
		},
		"lines": func(_ context.Context, _, _ json.RawMessage, out *sdk.Writer) error {
			return errors.Join(out.SaveState(map[string]int{"n": 1}), out.Send("é\u2028\n"), out.KeepAlive(), out.PatchConfig(), out.Send(nil))
		},
		"missing": func(_ context.Context, _, _ json.RawMessage, out *sdk.Writer) error {
			return errors.Join(out.Send(1), sdk.NotFound("not\nthere"))
		},
		"plain": func(context.Context, json.RawMessage, json.RawMessage, *sdk.Writer) error { return errors.New("plain") },
		"large": func(_ context.Context, _, _ json.RawMessage, out *sdk.Writer) error {
			return out.Send(map[string]any{"identity": "5", "attributes": map[string]any{"serial": int64(1<<53 + 1)}})
		},
	})
	r := forwarder(t)
	for _, tt := range []struct {
		command, want string
		err           failure
	}{
		{"echo", `{"data":{"config":{"other":"kept"},"id":"r-1","input":"in","version":7},"type":"output"}`, failure{}},
		{"lines", "{\"data\":\"é\u2028\\n\",\"type\":\"output\"}\n{\"data\":[],\"type\":\"config\"}\n" + `{"data":null,"type":"output"}` + "\n" + `{"data":{"n":1},"type":"state"}`, failure{}},
		{"missing", `{"data":1,"type":"output"}`, failure{"ConnectorError", "notFound", "not\nthere"}},
		{"plain", "", failure{"Error", "", "plain"}},
		{"large", "", failure{"ConnectorError", "generic", `large: the output "5": attribute "serial" exceeds ±9007199254740991, so a bundle would round it; declare it as a string in the spec`}},
		{"none", "", failure{"Error", "", "unsupported command: none"}},
	} {
		if got := r.forward(server.URL, tt.command); got.outputs() != tt.want || got.err != tt.err {
			t.Errorf("%s: got %s, %+v", tt.command, got.outputs(), got.err)
		}
	}
}

// TestForwardStreams: lines arrive while the command runs, a slow reader slows the service down,
// and nothing is lost. The service learns that its reader is gone.
func TestForwardStreams(t *testing.T) {
	t.Parallel()
	next, gone := make(chan struct{}), make(chan struct{})
	server := service(t, commands{
		"steps": func(ctx context.Context, _, _ json.RawMessage, out *sdk.Writer) error {
			for range 3 {
				if err := out.Send("step"); err != nil {
					return err
				}
				select {
				case <-next:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		},
		"list": func(_ context.Context, _, _ json.RawMessage, out *sdk.Writer) error {
			for range 100_000 {
				if err := out.Send(map[string]string{"text": strings.Repeat("x", 200)}); err != nil {
					return err
				}
			}
			return nil
		},
		"wait": func(ctx context.Context, _, _ json.RawMessage, out *sdk.Writer) error {
			err := out.Send("waiting")
			<-ctx.Done()
			close(gone)
			return err
		},
	})
	r := forwarder(t)
	messages := r.start(forwarded(server.URL, "steps"))
	for range 3 {
		if m := <-messages; string(m.Line) != `{"data":"step","type":"output"}` {
			t.Fatalf("got %+v", m)
		}
		next <- struct{}{}
	}
	if got := r.wait(messages); got.err != (failure{}) {
		t.Errorf("got %+v", got)
	}
	many := forwarded(server.URL, "list")
	many.Reader = "counting"
	if got := r.wait(r.start(many)); got.count != 100_000 || got.memory > MemoryLimit/2 || got.err != (failure{}) {
		t.Errorf("%d lines, %d bytes of memory, %+v", got.count, got.memory, got.err)
	}
	leaving := forwarded(server.URL, "wait")
	leaving.Reader = "leaving"
	if got := r.wait(r.start(leaving)); got.err == (failure{}) {
		t.Errorf("got %+v", got)
	}
	<-gone
}

// TestForwardAtOnce runs many commands at once.
func TestForwardAtOnce(t *testing.T) {
	t.Parallel()
	server := service(t, commands{
		"std:account:read": func(_ context.Context, _, input json.RawMessage, out *sdk.Writer) error { return out.Send(input) },
	})
	r := forwarder(t)
	var running []<-chan message
	for i := range 50 {
		c := forwarded(server.URL, "std:account:read")
		c.Request["input"] = i
		running = append(running, r.start(c))
	}
	for i, messages := range running {
		if got := r.wait(messages); got.outputs() != fmt.Sprintf(`{"data":%d,"type":"output"}`, i) || got.err != (failure{}) {
			t.Errorf("command %d: %s %+v", i, got.outputs(), got.err)
		}
	}
}

// TestForwardBrokenOff: an incomplete answer never counts as complete.
func TestForwardBrokenOff(t *testing.T) {
	t.Parallel()
	line := `{"data":1,"type":"output"}` + "\n"
	server := serve(t, func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != "/plain" {
			w.Header().Set("Connector-Closing-Line", "true")
		}
		switch req.URL.Path {
		case "/end": // like a proxy whose service dies
			_, _ = io.WriteString(w, line)
		case "/half":
			_, _ = io.WriteString(w, line+`{"data":{},"type":"e`)
		case "/die":
			_, _ = io.WriteString(w, line+line)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		case "/nonsense":
			_, _ = io.WriteString(w, "<html>"+testSecret+"\n")
		case "/after":
			_, _ = io.WriteString(w, line+`{"data":{},"type":"end"}`+"\n"+line)
		case "/later":
			_, _ = io.WriteString(w, line+`{"data":{"message":"no"},"type":"error"}`+"\n")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Millisecond) // usually another chunk; the answer is the same if not
			_, _ = io.WriteString(w, testSecret)
		case "/long":
			_, _ = io.WriteString(w, strings.Repeat("x", 5000))
		}
	})
	r := forwarder(t, `"lineLimit": 16777216`, `"lineLimit": 1000`)
	for path, want := range map[string]string{
		"/end":      "broke off its answer to std:account:list after 1 lines: it did not say that it was done",
		"/half":     "broke off its answer to std:account:list after 1 lines: it did not say that it was done",
		"/die":      "broke off its answer to std:account:list after 2 lines: aborted",
		"/nonsense": "sent something that is not a line of the protocol",
		"/after":    "continued after its closing line",
		"/later":    "continued after its closing line",
		"/long":     "sent a line of more than 1000 bytes",
		"/plain":    "is not a conngen connector, or one of another version",
	} {
		got := r.forward(server.URL+path, "std:account:list")
		if want = "the connector's service at " + server.URL + " " + want; got.err != (failure{"Error", "", want}) {
			t.Errorf("%s: got %+v, want %s", path, got.err, want)
		}
	}
}

// TestForwardRetries: commands that read are retried until the service is available, others never
// are.
func TestForwardRetries(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	server := serve(t, func(w http.ResponseWriter, req *http.Request) {
		n := calls.Add(1)
		switch {
		case req.URL.Path == "/down" || n == 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case n == 2:
			panic(http.ErrAbortHandler) // the connection breaks before the first byte
		default:
			w.Header().Set("Connector-Closing-Line", "true")
			_, _ = io.WriteString(w, `{"data":{},"type":"end"}`+"\n")
		}
	})
	r := forwarder(t, "250,", "1,", "1000\n", "2\n")
	for _, tt := range []struct {
		path, command, want string
		calls               int64
	}{
		{"/", "std:account:list", "", 3},
		{"/", "std:account:create", "is not ready: status 503", 1},
		{"/", "custom:list", "is not ready: status 503", 1},
		{"/down", "std:entitlement:read", "is not ready: status 503", 3},
	} {
		calls.Store(0)
		got := r.forward(server.URL+tt.path, tt.command)
		if !strings.HasSuffix(got.err.Message, tt.want) || tt.want == "" && got.err != (failure{}) || calls.Load() != tt.calls {
			t.Errorf("%s: %d calls, %+v", tt.command, calls.Load(), got.err)
		}
	}
	server.Close()
	if got := r.forward(server.URL, "std:account:list"); !strings.Contains(got.err.Message, "cannot be reached: ") {
		t.Errorf("got %+v", got.err)
	}
}

// TestForwardSilence: keep-alives are sent while the service is silent, until the bundle gives up.
func TestForwardSilence(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		<-req.Context().Done()
	})
	r := forwarder(t, `"keepAlive": 60000`, `"keepAlive": 20`)
	got := r.forward(server.URL, "std:account:list", "connectorServiceTimeout", 0.3)
	if len(got.lines) < 2 || got.outputs() != "" || !strings.HasSuffix(got.err.Message, " was silent for 0.3 s") {
		t.Errorf("%d lines, %+v", len(got.lines), got.err)
	}
}

func TestForwardRefused(t *testing.T) {
	t.Parallel()
	server := service(t, nil)
	odd := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset="+testSecret)
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, "<html><title>"+testSecret+"</title><p>token="+testSecret+"</html>")
	})
	strange := serve(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "constructor")
		status, _ := strconv.Atoi(req.URL.Path[1:])
		w.WriteHeader(status)
		_, _ = io.WriteString(w, testSecret)
	})
	moved := serve(t, func(w http.ResponseWriter, req *http.Request) { http.Redirect(w, req, server.URL, http.StatusFound) })
	upgraded := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "upgrade")
		w.Header().Set("Upgrade", testSecret)
		w.WriteHeader(http.StatusSwitchingProtocols)
	})
	r := forwarder(t)
	for _, tt := range []struct {
		url, secret any
		want        string
	}{
		{nil, testSecret, "the source's config lacks connectorServiceUrl, the address of the connector's service"},
		{"  ", testSecret, "the source's config lacks connectorServiceUrl, the address of the connector's service"},
		{"connector", testSecret, "connectorServiceUrl is not a URL, such as https://connector.example.com"},
		{"http://connector.example.com", testSecret, "connectorServiceUrl must begin with https://, since the commands carry secrets"},
		{"ftp://localhost", testSecret, "connectorServiceUrl must begin with https://, since the commands carry secrets"},
		{server.URL, "wrong", "the connector's service at " + server.URL + " refused the secret: connectorServiceSecret must be the token that it was started with"},
		{server.URL, nil, "the connector's service at " + server.URL + " refused the secret: connectorServiceSecret must be the token that it was started with"},
		{odd.URL, testSecret, "the connector's service at " + odd.URL + " answered with status 409 and a web page"},
		{strange.URL + "/410", testSecret, "the connector's service at " + strange.URL + " answered with status 410"},
		{strange.URL + "/413", testSecret, "the connector's service at " + strange.URL + " answered with status 413: the command is too large for it"},
		{strange.URL + "/403", testSecret, "the connector's service at " + strange.URL + " answered with status 403"},
		{strange.URL + "/403", " ", "the connector's service at " + strange.URL + " answered with status 403: without a token it must be started with --allow-host 127.0.0.1"},
		{server.URL, "a\nb", "connectorServiceSecret must be a single line of ASCII characters"},
		{moved.URL, testSecret, "the connector's service at " + moved.URL + " answered with status 302"},
		{upgraded.URL, testSecret, "the connector's service at " + upgraded.URL + " answered with status 101"},
	} {
		got := r.forward("", "std:account:create", "connectorServiceUrl", tt.url, "connectorServiceSecret", tt.secret)
		if got.err.Message != tt.want || got.err.Name != "Error" {
			t.Errorf("%v: got %+v", tt.url, got.err)
		}
	}
}

// warnings counts the findings of the rules in a spec.
func warnings(spec *schema.Spec) int {
	return generator.Lint(spec, generator.Options{}).Count(schema.Warning)
}

// TestServiceSpec: the packed spec has the service's items once, and everything else as its author
// wrote it.
func TestServiceSpec(t *testing.T) {
	t.Parallel()
	specs, err := filepath.Glob(filepath.Join("..", "golden", "*", "connector-spec.json"))
	nested, _ := filepath.Glob(filepath.Join("..", "golden", "*", "*", "connector-spec.json")) // the pattern is the same kind
	specs = append(specs, nested...)
	if err != nil || len(specs) == 0 {
		t.Fatalf("%d golden specs, %v", len(specs), err)
	}
	for _, path := range specs {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spec := parsedSpec(t, string(text))
		_, packed, err := Service(Info{}, spec)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		again := parsedSpec(t, string(packed))
		if before, after := warnings(spec), warnings(again); after > before {
			t.Errorf("%s: %d warnings, %d before", path, after, before)
		}
		if len(ownKeys(again)) != 3 {
			t.Errorf("%s: the packed spec has %v", path, ownKeys(again))
		}
		_, twice, err := Service(Info{}, again)
		if err != nil || string(twice) != string(packed) {
			t.Errorf("%s: packed twice it is another spec: %v", path, err)
		}
	}
}

func TestServiceSpecPlaces(t *testing.T) {
	t.Parallel()
	const url = `{"key":"connectorServiceUrl","label":"L","type":"url"}`
	for _, tt := range []struct{ config, begins string }{
		{`"sourceConfig":[]`, `{"name":"N","commands":["a:b"],"sourceConfig":[{"type":"menu",`},
		{`"sourceConfig" : [ {"type":"section","sectionTitle":"S","items":[]} ] `, `{"name":"N","commands":["a:b"],"sourceConfig" : [ {"type":"section","sectionTitle":"S","items":[]},{"type":"section","sectionTitle":"Connector service"`},
		{`"sourceConfig":[{"type":"menu","label":"M","items":[` + url + `]}]`, `{"name":"N","commands":["a:b"],"sourceConfig":[{"type":"menu","label":"M","items":[` + url + `]},{"type":"menu","label":"Connector service"`},
	} {
		_, packed, err := Service(Info{}, parsedSpec(t, `{"name":"N","commands":["a:b"],`+tt.config+`}`))
		if err != nil || !strings.HasPrefix(string(packed), tt.begins) {
			t.Errorf("%s: %v\n%s", tt.config, err, packed)
		}
		if n := strings.Count(string(packed), "connectorServiceUrl"); n != 1 {
			t.Errorf("%s: %d URLs", tt.config, n)
		}
	}
	_, packed, err := Service(Info{}, parsedSpec(t, "\uFEFF"+`{"$schema":"./s.json","name":"N","commands":["a:b"],"sourceConfig":[]}`))
	if err != nil || !strings.HasPrefix(string(packed), `{"name":"N","commands":["a:b"],"sourceConfig":[{"type":"menu",`) {
		t.Errorf("with $schema and a byte order mark: %v\n%s", err, packed)
	}
}

// TestForwardOwnItems: items of the author's own spec stay in the service's config, except the
// value of the secret.
func TestForwardOwnItems(t *testing.T) {
	t.Parallel()
	nodeOrSkip(t)
	server := service(t, commands{
		"config": func(_ context.Context, config, _ json.RawMessage, out *sdk.Writer) error { return out.Send(config) },
	})
	index, _, err := Service(Info{}, parsedSpec(t, `{"name":"N","commands":["config"],"sourceConfig":[
		{"key":"connectorServiceUrl","label":"L","type":"url"},{"key":"connectorServiceSecret","label":"L","type":"secret"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := load(t, string(index)).forward(server.URL, "config", "connectorServiceTimeout", 9)
	want := map[string]any{"type": "output", "data": map[string]any{
		"other": "kept", "connectorServiceUrl": server.URL, "connectorServiceSecret": "[redacted]",
	}}
	var line any
	if err := json.Unmarshal([]byte(got.outputs()), &line); err != nil || !reflect.DeepEqual(line, any(want)) {
		t.Errorf("got %s, %+v, want %v", got.outputs(), got.err, want)
	}
}
