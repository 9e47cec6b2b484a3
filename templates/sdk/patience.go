//go:build !js

package sdk

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// patience is how long a server waits for a client, and for its log.
type patience struct {
	stall time.Duration // without a byte sent or received
	body  time.Duration // for a whole request, even if its bytes keep coming
	quick time.Duration // for the log line of a command, before what is left of its answer leaves
	log   time.Duration // and before its answer ends
}

// A client's system takes more bytes only when half of its buffer is free, usually some 64 KiB.
// Two minutes are enough for readers of 1 KiB a second.
var defaultPatience = patience{stall: 2 * time.Minute, body: 10 * time.Minute, quick: time.Millisecond, log: time.Second}

// sendBuffer is how many bytes the system buffers for a client. By default, its buffer grows to
// megabytes, which every stuck reader could hold.
const sendBuffer = 128 << 10

// A patientListener accepts connections that disconnect a stuck reader.
type patientListener struct {
	net.Listener
	stall time.Duration
}

func (l patientListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // optional: ignore an error
	}
	return &patientConn{Conn: conn, stall: l.stall}, nil
}

// A patientConn is a connection whose writes fail when no byte leaves for a while. A write to a
// slow reader takes as long as it needs.
type patientConn struct {
	net.Conn
	stall time.Duration
	spare spare

	sending  sync.Mutex // held while bytes are written
	together together

	mu       sync.Mutex
	deadline time.Time    // of writes, set by the connection's user; zero means none
	reading  int          // how many reads are under way
	readEnd  time.Time    // the deadline of reads that the user wants
	readSet  time.Time    // and the one that is set
	body     *patientBody // being read; its deadlines count; nil for none
}

// send writes without gathering.
func (c *patientConn) send(b []byte) (int, error) {
	for written, quiet := 0, 0; ; {
		own, err := c.extend()
		if err != nil {
			return written, err
		}
		n, err := c.Conn.Write(b[written:])
		written += n
		if quiet++; n > 0 {
			quiet = 0
		}
		switch {
		case err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || !own:
			return written, err
		case quiet == stallSteps:
			c.breakOff(true) // drops what the reader has not taken
			return written, stuckError{c.stall}
		}
	}
}

// Read sets the deadline that the user wants when there is something to wait for: the server
// sets ten of them for each request, most of which wait for nothing.
func (c *patientConn) Read(b []byte) (int, error) {
	if err := c.beginRead(); err != nil {
		return 0, err
	}
	defer c.endRead()
	return c.Conn.Read(b)
}

func (c *patientConn) beginRead() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.body != nil {
		c.readEnd = c.body.next()
		c.body.watch(c.SetReadDeadline)
	}
	err := c.setReadEnd()
	if err == nil {
		c.reading++
	}
	return err
}

func (c *patientConn) endRead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading--
}

// setReadEnd sets the deadline of reads, if it is another one than before.
func (c *patientConn) setReadEnd() error {
	if c.readEnd.Equal(c.readSet) {
		return nil
	}
	c.readSet = c.readEnd
	return c.Conn.SetReadDeadline(c.readEnd)
}

func (c *patientConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readEnd = t
	if c.reading == 0 {
		return nil
	}
	return c.setReadEnd()
}

// breakOff sets whether the connection is reset when it is closed, or when the process ends: the
// client sees that it broke off, and what the client has not taken is dropped.
func (c *patientConn) breakOff(yes bool) {
	linger := -1
	if yes {
		linger = 0
	}
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(linger)
	}
}

// withConn is the ConnContext of a server.
func withConn(ctx context.Context, conn net.Conn) context.Context {
	if encrypted, ok := conn.(*tls.Conn); ok {
		conn = encrypted.NetConn()
	}
	return context.WithValue(ctx, connKey{}, conn)
}

// connOf returns the connection of a request; nil if the server is not ours.
func connOf(req *http.Request) *patientConn {
	conn, _ := req.Context().Value(connKey{}).(*patientConn)
	return conn
}

// breakable resets the connection of an HTTP/1.0 answer unless whole is called: such an answer ends
// where its connection does, so a client could not see that it broke off.
func breakable(req *http.Request) (whole func()) {
	conn := connOf(req)
	if conn == nil || req.ProtoAtLeast(1, 1) {
		return func() {}
	}
	conn.breakOff(true)
	return func() { conn.breakOff(false) }
}

// stallSteps is how many deadlines in a row must pass before a reader counts as stuck. With a
// single deadline, bytes sent at its beginning could double the time.
const stallSteps = 6

// extend sets the deadline of a write. own reports whether it is patientConn's own; it is not
// if the user has set an earlier one.
func (c *patientConn) extend() (own bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := time.Now().Add(c.stall / stallSteps)
	if !c.deadline.IsZero() && c.deadline.Before(next) {
		return false, c.Conn.SetWriteDeadline(c.deadline)
	}
	return true, c.Conn.SetWriteDeadline(next)
}

func (c *patientConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	return c.Conn.SetWriteDeadline(t)
}

func (c *patientConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func (c *patientConn) Close() error {
	c.spare.close()
	return c.Conn.Close()
}

// CloseWrite ends what the client reads. The server calls it when it answers before it has read a
// whole request: closing at once would reset the connection, and the client would lose the answer.
func (c *patientConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// A stuckError is the error of a connection whose reader is stuck.
type stuckError struct{ stall time.Duration }

func (e stuckError) Error() string {
	return fmt.Sprintf("the client read nothing for %v", e.stall)
}

// A patientBody is a request's body. Its reads fail when no byte comes for a while, when the
// whole body takes too long, and when the request's context ends.
type patientBody struct {
	io.ReadCloser
	ctx         context.Context
	patience    patience
	until       time.Time
	setDeadline func(time.Time) error // before each read; nil if the connection asks for deadlines
	unwatch     func() bool           // nil before watch
}

// newPatientBody returns the body of a request, and a function to call after the last read; ended
// says whether the body was read to its end.
func newPatientBody(w http.ResponseWriter, req *http.Request, p patience) (body *patientBody, done func(ended bool)) {
	b := &patientBody{ReadCloser: req.Body, ctx: req.Context(), patience: p, until: time.Now().Add(p.body)}
	if conn := connOf(req); conn != nil { // which often has nothing to wait for
		conn.setBody(b)
		return b, func(ended bool) {
			conn.setBody(nil)
			b.done(ended, conn.SetReadDeadline)
		}
	}
	b.setDeadline = http.NewResponseController(w).SetReadDeadline // fails if the server does not support deadlines
	b.watch(b.setDeadline)
	return b, func(ended bool) { b.done(ended, b.setDeadline) }
}

// setBody sets the body that is read from the connection.
func (c *patientConn) setBody(b *patientBody) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.body = b
}

// expired is a deadline that ends a read at once.
var expired = time.Unix(1, 0)

// watch ends reads with the request's context.
func (b *patientBody) watch(setDeadline func(time.Time) error) {
	if b.unwatch == nil {
		b.unwatch = context.AfterFunc(b.ctx, func() { _ = setDeadline(expired) })
	}
}

// done sets the deadline for what the server reads after the body, or of it.
func (b *patientBody) done(ended bool, setDeadline func(time.Time) error) {
	switch {
	case b.unwatch != nil && !b.unwatch():
	case ended:
		_ = setDeadline(time.Time{})
	default:
		_ = setDeadline(time.Now().Add(b.patience.stall)) // the server reads the rest before it answers
	}
}

// next returns the deadline of a read that begins now.
func (b *patientBody) next() time.Time {
	if b.ctx.Err() != nil {
		return expired
	}
	if next := time.Now().Add(b.patience.stall); next.Before(b.until) {
		return next
	}
	return b.until
}

func (b *patientBody) Read(p []byte) (int, error) {
	if b.setDeadline != nil {
		_ = b.setDeadline(b.next())
	}
	if b.ctx.Err() != nil { // checked after setting the deadline, which must not replace the one set when ctx ends
		return 0, context.Cause(b.ctx)
	}
	n, err := b.ReadCloser.Read(p)
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	case errors.Is(context.Cause(b.ctx), errStopping): // net/http ends the context too
		return n, errStopping
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return n, err
	case time.Now().Before(b.until):
		return n, &statusError{http.StatusRequestTimeout, fmt.Sprintf("no byte of the request has arrived for %v", b.patience.stall)}
	}
	return n, &statusError{http.StatusRequestTimeout, fmt.Sprintf("the request did not arrive within %v", b.patience.body)}
}

// bounded sets a deadline for the part of a request's body that next does not read: the server
// reads it before it sends an answer.
func bounded(next http.Handler, p patience) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Body != http.NoBody {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(p.stall))
		}
		next.ServeHTTP(w, req)
	})
}
