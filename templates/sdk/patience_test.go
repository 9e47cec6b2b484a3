package sdk

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestPatientConn: a slow reader gets everything, a stuck one is given up.
func TestPatientConn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe()
		defer client.Close()
		conn := &patientConn{Conn: server, stall: time.Minute}
		defer conn.Close()
		const size = 50
		go func() { // a byte in 59 seconds
			for b := make([]byte, 1); ; {
				time.Sleep(59 * time.Second)
				if _, err := client.Read(b); err != nil || b[0] == '.' {
					return
				}
			}
		}()
		start := time.Now()
		if n, err := conn.Write([]byte(strings.Repeat("x", size-1) + ".")); n != size || err != nil {
			t.Fatalf("the slow reader got %d bytes, %v", n, err)
		}
		if took := time.Since(start); took != size*59*time.Second {
			t.Errorf("it took %v", took)
		}
		start = time.Now()
		n, err := conn.Write([]byte("x"))
		var stuck stuckError
		if n != 0 || !errors.As(err, &stuck) || time.Since(start) != time.Minute {
			t.Errorf("the stuck reader got %d bytes in %v, %v", n, time.Since(start), err)
		}
		mentions(t, err, "the client read nothing for 1m0s")
	})
}

// TestPatientConnDeadline: an earlier deadline of the connection's user holds, a later one
// does not.
func TestPatientConnDeadline(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		deadline, took time.Duration
		stuck          bool
	}{
		{5 * time.Second, 5 * time.Second, false},
		{time.Hour, time.Minute, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			server, client := net.Pipe()
			defer client.Close()
			conn := &patientConn{Conn: server, stall: time.Minute}
			defer conn.Close()
			start := time.Now()
			if err := conn.SetDeadline(start.Add(tt.deadline)); err != nil {
				t.Fatal(err)
			}
			_, err := conn.Write([]byte("x"))
			var stuck stuckError
			if took := time.Since(start); took != tt.took || errors.As(err, &stuck) != tt.stuck || !tt.stuck && !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the write ended after %v with %v", took, err)
			}
		})
	}
}

// startService serves a service as the program does, in a context.
func startService(ctx context.Context, t *testing.T, s *service) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.Listener = patientListener{server.Listener, s.patience.stall}
	server.Config.Handler = bounded(guarded(s, "", nil), s.patience)
	s.newcomers.watch(server.Config)
	server.Config.ConnContext = withConn
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// TestStuckReader: a command whose reader is stuck ends, with that as its reason.
func TestStuckReader(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	ended := make(chan error, 1)
	s := newService(newTester([]Handler[nothing]{
		raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			for {
				if err := out.Send(strings.Repeat("x", 1000)); err != nil {
					ended <- err
					return err
				}
			}
		}),
	}, WithLogger(NewLogger(&log))), 0)
	s.patience.stall = 20 * time.Millisecond
	conn := send(t, startService(context.Background(), t, s), `{"type":"a"}`, -1)
	<-ended
	waitUntil(t, func() bool { return s.commands.inUse() == 0 })
	waitUntil(t, func() bool { return strings.Contains(log.String(), "the client read nothing for 20ms") })
	_ = conn.Close()
}

// send posts the first n bytes of a command, -1 for all, and returns the connection.
func send(t *testing.T, server *httptest.Server, body string, n int) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	head := "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
	text := fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
	if n >= 0 {
		text = text[:len(text)-len(body)+n]
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// answerOf reads an answer.
func answerOf(t *testing.T, conn net.Conn) (*http.Response, string) {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res, string(text)
}

// TestStalledBody: a request that does not come in whole is given up, and so is what is
// left of one that is refused.
func TestStalledBody(t *testing.T) {
	t.Parallel()
	s := newService(newTester(nil), 1)
	s.patience = patience{stall: 20 * time.Millisecond, body: time.Hour}
	server := startService(context.Background(), t, s)
	res, text := answerOf(t, send(t, server, `{"type":"a"}`, 5))
	if res.StatusCode != http.StatusRequestTimeout || !strings.Contains(text, "no byte of the request has arrived for 20ms") {
		t.Errorf("status %d, %s", res.StatusCode, text)
	}
	s.commands.take(1)
	if res, _ = answerOf(t, send(t, server, `{"type":"a"}`, 5)); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("status %d", res.StatusCode)
	}
}

// TestTooLargeBody: a client that sends all of a body that is too large, and then reads, gets the
// answer and its end, not a reset.
func TestTooLargeBody(t *testing.T) {
	t.Parallel()
	server := startService(context.Background(), t, newService(newTester(nil), 0))
	conn := send(t, server, `{"type":"`+strings.Repeat("a", 11<<20), -1)
	text, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 413 ") || !strings.Contains(string(text), "the limit is 10485760 bytes") {
		t.Errorf("%v, the answer is %q", err, text)
	}
}

// TestSlowBody: one whose bytes keep coming may take longer than a stalled one, but not for
// ever.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe()
		go func() {
			for {
				time.Sleep(45 * time.Second)
				if _, err := client.Write([]byte(" ")); err != nil {
					return
				}
			}
		}()
		b := &patientBody{ReadCloser: server, ctx: t.Context(), patience: defaultPatience, until: time.Now().Add(defaultPatience.body), setDeadline: server.SetReadDeadline}
		text, err := io.ReadAll(b)
		if len(text) != 13 {
			t.Errorf("%d bytes came", len(text))
		}
		mentions(t, err, "the request did not arrive within 10m0s")
		_, _ = server.Close(), client.Close()
		time.Sleep(time.Minute) // until the writer has noticed
	})
}

// TestBreakOff: an answer over HTTP/1.0 that is not whole ends with a reset, and a whole one does
// not, whether its command has failed or not.
func TestBreakOff(t *testing.T) {
	t.Parallel()
	s := newService(newTester([]Handler[nothing]{
		raw("ok", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error { return out.Send(1) }),
		raw("fails", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			return errors.Join(out.Send(1), errors.New("gone"))
		}),
		raw("waits", func(ctx context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			_ = out.Send(1)
			<-ctx.Done()
			return nil
		}),
	}), 0)
	server := startService(t.Context(), t, s)
	for command, ends := range map[string]string{"ok": `"}` + "\n", "fails": "gone"} {
		text, err := io.ReadAll(old(t, server, command))
		if err != nil || !strings.Contains(string(text), ends) {
			t.Errorf("%s: %q, %v", command, text, err)
		}
	}
	conn := old(t, server, "waits")
	answer := bufio.NewReader(conn)
	if _, err := answer.ReadString('}'); err != nil {
		t.Fatal(err)
	}
	server.CloseClientConnections() // as the end of the process does
	if _, err := io.ReadAll(answer); !errors.Is(err, syscall.ECONNRESET) && runtime.GOOS != "windows" {
		t.Errorf("the answer ended with %v", err)
	}
}

// old sends a command over HTTP/1.0.
func old(t *testing.T, server *httptest.Server, command string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	body := `{"type":"` + command + `"}`
	if _, err := fmt.Fprintf(conn, "POST / HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		t.Fatal(err)
	}
	return conn
}
