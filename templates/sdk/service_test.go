package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestMaxCommands: a command beyond the limit is refused before its body is read, and one
// that ends makes room.
func TestMaxCommands(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	s := newService(newTester([]Handler[nothing]{
		raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			_ = out.Send(1)
			<-goOn
			return nil
		}),
	}), 2)
	server := startService(context.Background(), t, s)
	var running []*http.Response
	for range 2 {
		res, err := http.Post(server.URL, "application/json", strings.NewReader(`{"type":"a"}`))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		running = append(running, res)
	}
	unread := &unreadBody{}
	req := httptest.NewRequest(http.MethodPost, "/", unread)
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "as many commands are running as --max-commands allows (2)") || unread.read {
		t.Errorf("status %d, %v, %s, the body was read: %v", w.Code, w.Header(), w.Body, unread.read)
	}
	if res, err := http.Get(server.URL + healthPath); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%s: %v, %v", healthPath, res, err)
	} else {
		_ = res.Body.Close()
	}
	close(goOn)
	for _, res := range running {
		if _, err := io.ReadAll(res.Body); err != nil {
			t.Error(err)
		}
	}
	waitUntil(t, func() bool { return s.commands.inUse() == 0 })
	if status, text := post(t, server.URL, `{"type":"a"}`); status != http.StatusOK {
		t.Errorf("afterwards: status %d, %s", status, text)
	}
}

// TestHalfBodies: requests whose bodies are still coming take no command's place. One of them is
// refused if there is no room when it is whole.
func TestHalfBodies(t *testing.T) {
	t.Parallel()
	s := newService(newTester([]Handler[nothing]{action("a", func(nothing, context.Context, json.RawMessage) error { return nil })}), 1)
	server := startService(context.Background(), t, s)
	const text = `{"type":"a"}`
	conns := []net.Conn{send(t, server, text, 5), send(t, server, text, 5), send(t, server, text, 5)}
	waitUntil(t, func() bool { return s.bodies.inUse() == 15 })
	if status, answer := post(t, server.URL, text); status != http.StatusOK {
		t.Errorf("beside half bodies: status %d, %s", status, answer)
	}
	finish := func(conn net.Conn, want int) {
		t.Helper()
		if _, err := io.WriteString(conn, text[5:]); err != nil {
			t.Fatal(err)
		}
		if res, answer := answerOf(t, conn); res.StatusCode != want {
			t.Errorf("once it is whole: status %d, %s, want %d", res.StatusCode, answer, want)
		}
	}
	waitUntil(t, func() bool { return s.commands.take(1) })
	finish(conns[0], http.StatusServiceUnavailable)
	s.commands.free(1)
	finish(conns[1], http.StatusOK)
}

// unreadBody notes when it is read.
type unreadBody struct{ read bool }

func (b *unreadBody) Read([]byte) (int, error) {
	b.read = true
	return 0, io.EOF
}

// TestBytesInFlight: bodies count as they come in, decompressed, until their command ends.
func TestBytesInFlight(t *testing.T) {
	t.Parallel()
	var held []int64
	var s *service
	s = newService(newTester([]Handler[nothing]{
		action("a", func(nothing, context.Context, json.RawMessage) error {
			held = append(held, s.bodies.inUse())
			return nil
		}),
	}), 0)
	s.bodies.most = 100_000
	call := func(size int, encoding string) *httptest.ResponseRecorder {
		const start, end = `{"type":"a","input":"`, `"}`
		text := start + strings.Repeat("x", size-len(start)-len(end)) + end
		req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(compress(t, encoding, text)))
		req.Header = http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {encoding}}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		return w
	}
	for _, encoding := range []string{"", "gzip", "deflate"} {
		held = nil
		for _, size := range []int{60_000, 100} {
			if w := call(size, encoding); w.Code != http.StatusOK {
				t.Errorf("%s: status %d, %s", encoding, w.Code, w.Body)
			}
		}
		if len(held) != 2 || held[0] != 60_000 || held[1] != 100 {
			t.Errorf("%s: the commands held %d bytes", encoding, held)
		}
		w := call(150_000, encoding)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "its limit of 100000 bytes") {
			t.Errorf("%s: status %d, %s", encoding, w.Code, w.Body)
		}
		s.bodies.take(99_950)
		if w := call(100, encoding); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: while others hold nearly all: status %d, %s", encoding, w.Code, w.Body)
		}
		s.bodies.free(99_950)
	}
	if left := s.bodies.inUse(); left != 0 {
		t.Errorf("%d bytes are held by nobody", left)
	}
}

// TestBodiesInFlight: as many bodies of the largest size as the limit is meant for are held at
// once, and not one more.
func TestBodiesInFlight(t *testing.T) {
	t.Parallel()
	const size = 200_000
	s := newService(newTester(nil, WithBodyLimit(size)), 0)
	text := strings.Repeat("x", size)
	for n := range bodiesInFlight + 1 {
		held := share{of: &s.bodies}
		got, err := readBody(strings.NewReader(text), httptest.NewRequest(http.MethodPost, "/", nil), size, &held)
		if full := n == bodiesInFlight; (err != nil) != full || len(got) != size && !full {
			t.Errorf("of body %d, %d bytes are held, %v", n+1, len(got), err)
		}
	}
}

// TestConvertedBodies: a body in UTF-16 counts for more while it is converted, then as what it
// has become.
func TestConvertedBodies(t *testing.T) {
	t.Parallel()
	const text = `{"type":"a"}`
	for most, want := range map[int64]error{6 * int64(len(text)): nil, 6*int64(len(text)) - 1: &statusError{}} {
		req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(inUTF16(text)))
		req.Header.Set("Content-Type", "application/json; charset=utf-16le")
		held := share{of: &limit{most: most}}
		_, err := readRequest(httptest.NewRecorder(), req, 1000, &held)
		if (err == nil) != (want == nil) || err == nil && held.n != int64(len(text)) {
			t.Errorf("with room for %d bytes: %v, %d are held", most, err, held.n)
		}
	}
}

// inUTF16 returns ASCII in UTF-16, the small byte first.
func inUTF16(text string) []byte {
	var b []byte
	for i := range len(text) {
		b = append(b, text[i], 0)
	}
	return b
}

// TestFromUTF16 compares with the standard library, over all that surrogates can do.
func TestFromUTF16(t *testing.T) {
	t.Parallel()
	some := []uint16{'a', 0xE9, 0x20AC, 0xD83D, 0xDE00, 0xDFFF, 0xD800, 0xFFFD, 0xFEFF}
	for _, a := range some {
		for _, b := range some {
			for _, c := range some {
				units := []uint16{a, b, c}
				var little, big []byte
				for _, u := range units {
					little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
				}
				want := string(utf16.Decode(units))
				if l, b := fromUTF16(append(little, 'x'), false), fromUTF16(big, true); string(l) != want || string(b) != want {
					t.Errorf("%x: %q and %q, want %q", units, l, b, want)
				}
			}
		}
	}
}

// TestBodyLimitOfAnySize: the largest limit there is limits nothing.
func TestBodyLimitOfAnySize(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newTester([]Handler[nothing]{
		raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error { return out.Send(1) }),
	}, WithBodyLimit(math.MaxInt64)))
	defer server.Close()
	if status, text := post(t, server.URL, `{"type":"a"}`); status != http.StatusOK {
		t.Errorf("status %d, %s", status, text)
	}
}

// TestEmbedded: the commands of a connector in another server share one limit.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	c := newTester([]Handler[nothing]{
		raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error { return out.Send(1) }),
	})
	server := httptest.NewServer(c)
	defer server.Close()
	for _, want := range []int{http.StatusOK, http.StatusServiceUnavailable} {
		if status, text := post(t, server.URL, `{"type":"a"}`); status != want {
			t.Errorf("status %d, want %d: %s", status, want, text)
		}
		bodies := &c.embedded.service.(*service).bodies
		waitUntil(t, func() bool { return bodies.inUse() == 0 || want != http.StatusOK })
		bodies.take(bodies.most - 5)
	}
}

// TestServerLog: what net/http reports is JSON, in the connector's log.
func TestServerLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	l := serverLog(NewLogger(&log))
	l.Printf("http: TLS handshake error from %s: %v", "192.0.2.1:5", "EOF")
	l.Printf("http: panic serving %s: %v\n%s", "192.0.2.1:5", "broke", "goroutine 1 [running]:\nmain.main()")
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.HasSuffix(lines[0], `"level":"WARN","message":"http: TLS handshake error from 192.0.2.1:5: EOF"}`) ||
		!strings.HasSuffix(lines[1], `"level":"ERROR","message":"http: panic serving 192.0.2.1:5: broke","stack":"goroutine 1 [running]:\nmain.main()"}`) {
		t.Errorf("logged %s", log.String())
	}
}
