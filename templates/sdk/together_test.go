//go:build !js

package sdk

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A writtenConn remembers what is written to it.
type writtenConn struct {
	net.Conn
	mu     sync.Mutex
	writes []string
	err    error // of the next writes
}

func (c *writtenConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, c.err
	}
	c.writes = append(c.writes, string(b))
	if c.Conn == nil {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// fail sets the error of the next writes.
func (c *writtenConn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

func (c *writtenConn) SetWriteDeadline(time.Time) error { return nil }

func TestTogether(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", maxTogether)
	for _, c := range []struct {
		name    string
		writes  []string
		before  []string // what has left before the release
		after   []string // and after it
		outside string   // is written afterwards
	}{
		{"nothing", nil, nil, nil, ""},
		{"parts", []string{"5\r\n", "line\n", "\r\n"}, nil, []string{"5\r\nline\n\r\n"}, ""},
		{"at once afterwards", []string{"a"}, nil, []string{"a", "b"}, "b"},
		{"full", []string{"a", large, "b"}, []string{"a", large}, []string{"a", large, "b"}, ""},
		{"larger than the buffer", []string{"a", large + "y", "b"}, []string{"a", large + "y"}, []string{"a", large + "y", "b"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inner := new(writtenConn)
			conn := &patientConn{Conn: inner, stall: time.Minute}
			conn.gather()
			for _, text := range c.writes {
				b := []byte(text)
				if n, err := conn.Write(b); n != len(b) || err != nil {
					t.Fatal(n, err)
				}
				clear(b) // the caller may use its memory again
			}
			if !slices.Equal(inner.writes, c.before) {
				t.Errorf("before the release %.20q has left, want %.20q", inner.writes, c.before)
			}
			if err := conn.release(); err != nil {
				t.Fatal(err)
			}
			if c.outside != "" {
				_, _ = conn.Write([]byte(c.outside))
			}
			if !slices.Equal(inner.writes, c.after) {
				t.Errorf("%.20q has left, want %.20q", inner.writes, c.after)
			}
		})
	}
}

// TestTogetherFails: the error of a write comes with the release, and what was gathered is not sent later.
func TestTogetherFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	inner := &writtenConn{err: broken}
	conn := &patientConn{Conn: inner, stall: time.Minute}
	conn.gather()
	if _, err := conn.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := conn.release(); !errors.Is(err, broken) {
		t.Errorf("release: %v", err)
	}
	inner.err = nil
	if err := conn.release(); err != nil || inner.writes != nil {
		t.Errorf("a second release: %v, writes %q", err, inner.writes)
	}
	if _, err := conn.Write([]byte("b")); !errors.Is(err, broken) || inner.writes != nil {
		t.Errorf("a write after the gap: %v, writes %q", err, inner.writes)
	}
}

// TestNothingAfterGap: a client that lines could not be sent to gets nothing more, even if it takes
// bytes again, and its connection is closed.
func TestNothingAfterGap(t *testing.T) {
	t.Parallel()
	var inner *writtenConn
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		a := newAnswer(w, req)
		if err := errors.Join(a.write([]byte("whole\n")), a.flush(false)); err != nil {
			t.Error(err)
		}
		inner.fail(stuckError{time.Minute})
		if err := errors.Join(a.write([]byte("lost\n")), a.flush(false)); err == nil {
			t.Error("a lost line is no error")
		}
		inner.fail(nil)
		_ = a.end("a", errors.New("too late"))
	}))
	server.Listener = listenerFunc{server.Listener, func(conn net.Conn) net.Conn {
		inner = &writtenConn{Conn: conn}
		return &patientConn{Conn: inner, stall: time.Minute}
	}}
	server.Config.ConnContext = withConn
	server.Start()
	defer server.Close()
	res, err := server.Client().Post(server.URL, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if string(text) != "whole\n" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the client reads %q, %v", text, err)
	}
	_ = res.Body.Close()
}

// TestBatchesLeaveTogether: a batch of lines, with what the server puts around it, is one write.
func TestBatchesLeaveTogether(t *testing.T) {
	t.Parallel()
	var conns []*writtenConn
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		a := newAnswer(w, req)
		for range 3 {
			if err := errors.Join(a.write(bytes.Repeat([]byte("x"), maxPending)), a.flush(false)); err != nil {
				t.Error(err)
			}
		}
	}))
	server.Listener = listenerFunc{server.Listener, func(conn net.Conn) net.Conn {
		c := &writtenConn{Conn: conn}
		conns = append(conns, c)
		return &patientConn{Conn: c, stall: time.Minute}
	}}
	server.Config.ConnContext = withConn
	server.Start()
	defer server.Close()
	res, err := server.Client().Post(server.URL, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	text := new(bytes.Buffer)
	if _, err := text.ReadFrom(res.Body); err != nil || res.Body.Close() != nil || text.Len() != 3*maxPending {
		t.Errorf("%d bytes, %v", text.Len(), err)
	}
	server.Close()
	if len(conns) != 1 || len(conns[0].writes) != 4 { // the last one ends the answer
		t.Errorf("%d connections, %d writes on the first", len(conns), len(conns[0].writes))
	}
}

// A listenerFunc makes something else of the connections of a listener.
type listenerFunc struct {
	net.Listener
	wrap func(net.Conn) net.Conn
}

func (l listenerFunc) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.wrap(conn), nil
}
