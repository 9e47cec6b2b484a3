package calls

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// send sends a request to the recorder as a client does.
func send(t *testing.T, c *connector, body string, header ...string) (status int, text string, err error) {
	t.Helper()
	proxy := httptest.NewServer(c)
	defer proxy.Close() // waits until the call has ended
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, proxy.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	got, err := proxy.Client().Do(req)
	if err != nil {
		return 0, "", err
	}
	defer got.Body.Close()
	all, err := io.ReadAll(got.Body)
	return got.StatusCode, string(all), err
}

// echo answers with the request as a text, like a connector that complains about it.
func echo(c *connector, w http.ResponseWriter, req *http.Request) {
	shown, _ := json.Marshal(<-c.requests + req.Header.Get("Authorization"))
	_, _ = io.WriteString(w, `{"data":{"identity":"1","attributes":{"id":"1","mail":`+string(shown)+`}},"type":"output"}`+"\n")
}

// TestSecretsOfClients: the requests of clients have secrets in places that the protocol does not
// mention.
func TestSecretsOfClients(t *testing.T) {
	t.Parallel()
	var c *connector
	c = start(t, func(w http.ResponseWriter, req *http.Request) { echo(c, w, req) }, func(o *Options) {
		o.LooksSecret = func(name string) bool { return strings.HasSuffix(name, "Key") }
	})
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(z, `{"type":"std:account:list","config":{"token":"zipped-secret"}}`)
	_ = z.Close()
	for _, request := range [][]string{
		{`{"config":{"token":"first-secret"},"config":{"token":"second-secret"},"input":{"password":"third-secret"},"input":{}}`},
		{`{"config":{"password":"fourth-secret","password":"fifth-secret"}}`},
		{`{"type":"acme:rotate","input":{"apiKey":"sixth-secret","list":[{"name":"otherKey","value":"seventh-secret"}]}}`},
		{`{}`, "Authorization", "Bearer eighth-secret"},
		{`{}`, "Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("me:ninth-secret"))},
		{zipped.String(), "Content-Encoding", "gzip"},
	} {
		if status, text, err := send(t, c, request[0], request[1:]...); status != 200 || err != nil || !strings.HasSuffix(text, `"type":"output"}`+"\n") {
			t.Errorf("%q: %d %q %v", request, status, text, err)
		}
	}
	for _, call := range c.Calls() {
		if call.Outputs != 1 {
			t.Errorf("%+v", call)
		}
	}
	assertHidden(t, c, "first-secret", "second-secret", "third-secret", "fourth-secret", "fifth-secret", "sixth-secret", "seventh-secret", "eighth-secret", "ninth-secret", "zipped-secret", base64.RawStdEncoding.EncodeToString([]byte("me:ninth-secret")))
}

// TestUnreadRequest: if conngen cannot read a request, the secrets in its answer are unknown.
func TestUnreadRequest(t *testing.T) {
	t.Parallel()
	var c *connector
	c = start(t, func(w http.ResponseWriter, req *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		echo(c, w, req)
	})
	for _, request := range [][]string{
		{`{"config":{"token":"hidden-secret",}}`},
		{"{\x00\"\x00\"hidden-secret", "Content-Type", "application/json; charset=utf-16"},
		{"hidden-secret", "Content-Encoding", "br"},
		{"hidden-secret", "Content-Encoding", "gzip"},
	} {
		status, text, err := send(t, c, request[0], request[1:]...)
		if status != 400 || err != nil || !strings.Contains(text, "hidden-secret") {
			t.Errorf("%d %q %v", status, text, err)
		}
		if call := c.Calls()[0]; call.State != Failed || call.Bytes != int64(len(text)) || !strings.Contains(call.Error.Message, "only the status of its answer is recorded: 400 Bad Request") {
			t.Errorf("%+v %+v", call, call.Error)
		}
	}
	assertHidden(t, c, "hidden-secret")
}

// TestCancelledClient: a client sees that its call was cancelled, before the answer and during it.
func TestCancelledClient(t *testing.T) {
	t.Parallel()
	for _, begun := range []bool{false, true} {
		c := start(t, func(w http.ResponseWriter, req *http.Request) {
			if begun {
				_, _ = io.WriteString(w, account("1", `"mail":"m"`))
				w.(http.Flusher).Flush()
			}
			<-req.Context().Done()
		})
		go func() {
			call := <-c.changed
			for begun && call.Outputs == 0 {
				call = <-c.changed
			}
			_ = c.Cancel(call.ID)
		}()
		status, text, err := send(t, c, `{"type":"std:account:list"}`)
		if begun && err == nil || !begun && (status != http.StatusBadGateway || !strings.Contains(text, "the call was cancelled")) {
			t.Errorf("%d %q %v", status, text, err)
		}
	}
}

// TestClientThatDoesNotRead: such a client delays neither a cancel nor the end.
func TestClientThatDoesNotRead(t *testing.T) {
	t.Parallel()
	line := account("1", `"mail":"`+strings.Repeat("m", 100_000)+`"`)
	c := start(t, func(w http.ResponseWriter, req *http.Request) {
		for req.Context().Err() == nil {
			if _, err := io.WriteString(w, line); err != nil {
				return
			}
		}
	})
	proxy := httptest.NewServer(c)
	defer proxy.CloseClientConnections()
	conn, err := net.Dial("tcp", proxy.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 27\r\n\r\n"+`{"type":"std:account:list"}`)
	for last := -1; ; time.Sleep(20 * time.Millisecond) { // until nothing more is accepted
		if all := c.Calls(); len(all) > 0 && all[0].Outputs > 0 {
			if all[0].Outputs == last {
				break
			}
			last = all[0].Outputs
		}
	}
	ended := make(chan error)
	go func() { ended <- c.Close() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		conn.Close()
		t.Error("a client that does not read holds up the end")
		<-ended
	}
}

// TestStrangeStatus: a status that HTTP does not define ends the call like any other broken answer.
func TestStrangeStatus(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	answers := make(chan string, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, <-answers)
			_ = conn.Close()
		}
	}()
	c := start(t, nil, func(o *Options) {
		o.Target = func() Target { return Target{URL: "http://" + listener.Addr().String()} }
	})
	for answer, want := range map[string]string{
		"HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n":                                       "the status 0, which HTTP does not have",
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi": "the status 101: it switches to another protocol",
	} {
		answers <- answer
		if status, text, err := send(t, c, "{}"); err != nil || status != http.StatusBadGateway || !strings.Contains(text, want) {
			t.Errorf("%d %q %v", status, text, err)
		}
		if call := c.Calls()[0]; call.State != Failed {
			t.Errorf("%+v", call)
		}
	}
}

// TestHeaderOfAnswer: a connector cannot control how a browser treats the console.
func TestHeaderOfAnswer(t *testing.T) {
	t.Parallel()
	c := start(t, func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range []string{"Set-Cookie", "Clear-Site-Data", "Access-Control-Allow-Origin", "Content-Security-Policy", "X-Content-Type-Options", "Retry-After"} {
			w.Header().Set(name, "of the connector")
		}
	})
	w := httptest.NewRecorder()
	w.Header().Set("Content-Security-Policy", "own")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	c.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/", strings.NewReader("{}")))
	for name, want := range map[string]string{
		"Set-Cookie": "", "Clear-Site-Data": "", "Access-Control-Allow-Origin": "",
		"Content-Security-Policy": "own", "X-Content-Type-Options": "nosniff", "Retry-After": "of the connector",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestCompressedAnswer: some servers compress without being asked. The client gets the answer
// unchanged.
func TestCompressedAnswer(t *testing.T) {
	t.Parallel()
	encoding := make(chan string, 1)
	c := start(t, func(w http.ResponseWriter, _ *http.Request) {
		name := <-encoding
		w.Header().Set("Content-Encoding", name)
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, account("1", `"mail":"zipped-secret"`))
		_ = z.Close()
	})
	encoding <- "gzip"
	status, text, err := send(t, c, `{"type":"std:account:list","config":{"token":"zipped-secret"}}`, "Accept-Encoding", "identity")
	if err != nil || status != 200 {
		t.Fatal(status, err)
	}
	if z, err := gzip.NewReader(strings.NewReader(text)); err != nil {
		t.Error(err)
	} else if plain, err := io.ReadAll(z); err != nil || string(plain) != account("1", `"mail":"zipped-secret"`) {
		t.Errorf("%s %v", plain, err)
	}
	if call := c.Calls()[0]; call.State != Done || call.Outputs != 1 {
		t.Errorf("%+v %+v", call, call.Error)
	}
	encoding <- "zstd"
	if call := c.run(t, "std:account:list", "{}"); call.State != Failed || call.Error.Message != "the answer is compressed in a way that conngen does not know: zstd" || call.Bytes == 0 {
		t.Errorf("%+v %+v", call, call.Error)
	}
	assertHidden(t, c, "zipped-secret")
}

// A hasty client disconnects once it has an answer.
type hasty struct {
	*httptest.ResponseRecorder
	leave func()
}

func (h hasty) Write(b []byte) (int, error) {
	defer h.leave()
	return h.ResponseRecorder.Write(b)
}

// TestHastyClient: a call with a complete answer is not cancelled when its client then disconnects.
func TestHastyClient(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, account("1", `"mail":"m"`)))
	ctx, cancel := context.WithCancel(t.Context())
	w := hasty{httptest.NewRecorder(), cancel}
	c.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(`{"type":"std:account:list"}`)))
	if call := c.Calls()[0]; call.State != Done || call.Outputs != 1 {
		t.Errorf("%+v %+v", call, call.Error)
	}
}

// TestOldFormatThroughout: after an output without an envelope, readers treat all lines as outputs.
func TestOldFormatThroughout(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, `{"identity":"1"}`+"\n"+account("1", `"mail":"m"`)))
	call := c.run(t, "std:account:list", "{}")
	v, err := c.View(t.Context(), call.ID, Query{Filters: []Filter{{"/type", "=", "output"}}})
	if err != nil || v.Total != 1 || call.Marks[Duplicate] > 0 {
		t.Errorf("%+v %v %v", v, call.Marks, err)
	}
}

// TestBeginnings: a window of lines has the beginnings of long ones, and their lengths.
func TestBeginnings(t *testing.T) {
	t.Parallel()
	long := account("1", `"mail":"`+strings.Repeat("ä", maxShown)+`"`)
	c := start(t, says(200, long+account("2", `"mail":"m"`)))
	call := c.run(t, "std:account:list", "{}")
	_, lines, err := c.Lines(call.ID, 0, 10)
	if err != nil || len(lines) != 2 || lines[0].Bytes != len(long)-1 || !strings.HasSuffix(lines[0].Text, "ä…") || len(lines[0].Text) > maxShown+len("…") ||
		lines[1].Text+"\n" != account("2", `"mail":"m"`) {
		t.Errorf("%+v, %v", lines, err)
	}
}

// TestOddOutputs: duplicate members, and empty lists with a space in them.
func TestOddOutputs(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, `{"data":{"identity":"1","attributes":{"id":"1","id":"1","groups":[ ]}},"type":"output"}`+"\n"))
	call := c.run(t, "std:account:list", "{}")
	v, err := c.View(t.Context(), call.ID, Query{Filters: []Filter{{"groups", "empty", ""}}})
	if err != nil || v.Total != 1 || call.Marks[Missing] != 1 {
		t.Errorf("%+v %v %v", v, call.Marks, err)
	}
}
