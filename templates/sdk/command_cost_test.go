package sdk_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/conngen/conngen/golden/minimal/connector"
	"github.com/conngen/conngen/templates/sdk"
)

// testRequest is a request as ISC sends it.
const testRequest = `{"type":"std:test-connection","input":{},"config":{"site":"berlin-mitte","apiKey":"hush","spConnectorInstanceId":"1"}}`

// A lockers is a client that answers at once.
type lockers struct {
	connector.UnimplementedClient
	config connector.Config
}

func (l lockers) TestConnection(context.Context, sdk.TestConnectionInput) error {
	if l.config.APIKey.Reveal() != "hush" {
		return sdk.Errorf("the API key is wrong")
	}
	return nil
}

// newLockers returns a connector whose log lines are written, and lost.
func newLockers() *sdk.Connector {
	open := func(_ context.Context, config connector.Config) (connector.Client, error) {
		return lockers{config: config}, nil
	}
	return connector.New(open, sdk.WithLogger(sdk.NewLogger(io.Discard)))
}

// A plainWriter is the least that a handler can answer to.
type plainWriter struct {
	header http.Header
	status int
	body   []byte
}

func (w *plainWriter) Header() http.Header             { return w.header }
func (w *plainWriter) WriteHeader(status int)          { w.status = status }
func (w *plainWriter) Flush()                          {}
func (w *plainWriter) SetReadDeadline(time.Time) error { return nil }
func (w *plainWriter) Write(b []byte) (int, error)     { w.body = append(w.body, b...); return len(b), nil }

// handleOne returns a function that has a connector's handler answer one command.
func handleOne(t testing.TB) func() {
	lockers := newLockers()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.ContentLength = int64(len(testRequest))
	w := &plainWriter{header: make(http.Header)}
	var body strings.Reader
	return func() {
		clear(w.header)
		w.status, w.body = 0, w.body[:0]
		body.Reset(testRequest)
		req.Body = io.NopCloser(&body)
		lockers.ServeHTTP(w, req)
		if w.status != http.StatusOK || string(w.body) != `{"data":{},"type":"output"}`+"\n" {
			t.Fatalf("status %d, %s", w.status, w.body)
		}
	}
}

// serveLockers serves a connector as its program does, and returns the address.
func serveLockers(t testing.TB) string {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	announced, announcement := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- newLockers().Execute(ctx, []string{"lockers", "serve", "--addr", "127.0.0.1:0"}, io.Discard, announcement)
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != 0 {
			t.Errorf("the server ends with code %d", code)
		}
	})
	line := make([]byte, 200)
	n, err := announced.Read(line)
	_, addr, ok := strings.Cut(strings.TrimSpace(string(line[:n])), "http://")
	if err != nil || !ok {
		t.Fatalf("the server says %q, %v", line[:n], err)
	}
	return addr
}

// A rawClient sends commands over one connection. It costs less than net/http's client, which would
// cost more than the server.
type rawClient struct {
	conn    net.Conn
	request []byte
	answer  [1 << 10]byte
}

func newRawClient(t testing.TB, addr string) *rawClient {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &rawClient{conn: conn, request: fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", addr, len(testRequest), testRequest)}
}

// call sends one command and waits for its whole answer.
func (c *rawClient) call() error {
	if _, err := c.conn.Write(c.request); err != nil {
		return err
	}
	for n := 0; ; {
		more, err := c.conn.Read(c.answer[n:])
		if err != nil {
			return fmt.Errorf("%w after %q", err, c.answer[:n])
		}
		n += more
		if answer := c.answer[:n]; bytes.HasSuffix(answer, []byte("\r\n0\r\n\r\n")) {
			if !bytes.HasPrefix(answer, []byte("HTTP/1.1 200 OK\r\n")) {
				return fmt.Errorf("the answer is %q", answer)
			}
			return nil
		}
	}
}

// TestCommandAllocations: a command allocates no more than it did, in the handler and, with what
// net/http allocates, in the server. It is not parallel, since it counts what the whole program
// allocates.
func TestCommandAllocations(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector allocates too")
	}
	handler := testing.AllocsPerRun(200, handleOne(t))
	client := newRawClient(t, serveLockers(t))
	server := testing.AllocsPerRun(200, func() {
		if err := client.call(); err != nil {
			t.Fatal(err)
		}
	})
	if handler > 78 || server > 92 {
		t.Errorf("a command allocates %v times in the handler, and %v times in the server", handler, server)
	}
}

func BenchmarkTestConnection(b *testing.B) {
	b.Run("handler", func(b *testing.B) {
		b.ReportAllocs()
		one := handleOne(b)
		for b.Loop() {
			one()
		}
	})
	b.Run("loopback", func(b *testing.B) {
		b.ReportAllocs()
		addr := serveLockers(b)
		b.ResetTimer()
		b.SetParallelism(4)
		b.RunParallel(func(pb *testing.PB) {
			client := newRawClient(b, addr)
			for pb.Next() {
				if err := client.call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}
