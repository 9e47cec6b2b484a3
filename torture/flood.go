//go:build linux

package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// settling is how long a server may collect garbage before its memory is measured.
const settling = 5 * time.Second

// callers is how many connections flood a server at once.
const callers = 32

// flood sends a million requests, and compares the server's memory after them with its memory after
// the first ten thousand.
func (t *torture) flood(ctx context.Context) error {
	s, err := t.serve(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	few, many := t.rounds(10_000), t.rounds(1_000_000)
	if err := s.pour(ctx, few, t.random.Uint64()); err != nil {
		return err
	}
	early, err := s.settled(ctx)
	if err != nil {
		return err
	}
	started := time.Now()
	if err := s.pour(ctx, many-few, t.random.Uint64()); err != nil {
		return err
	}
	took := time.Since(started)
	late, err := s.settled(ctx)
	if err != nil {
		return err
	}
	t.figure("flood.requests", many)
	t.figure("flood.requests-per-second", int(float64(many-few)/took.Seconds()))
	t.figure("flood.resident-early-kib", early.resident)
	t.figure("flood.resident-late-kib", late.resident)
	t.atMost("flood.growth-kib", late.resident-early.resident, slack)
	t.atMost("flood.connections-left", late.descriptors-early.descriptors, 2)
	t.atMost("flood.goroutines-left", late.goroutines-early.goroutines, 5)
	t.atMost("flood.log-bytes-per-request", s.log.size()/many, 500)
	return nil
}

// A holding is what a server keeps in use.
type holding struct{ resident, descriptors, goroutines int }

// settled returns what a server keeps in use after a quiet period.
func (s *server) settled(ctx context.Context) (holding, error) {
	select {
	case <-time.After(settling):
	case <-ctx.Done():
		return holding{}, ctx.Err()
	}
	var h holding
	now, err := s.status(ctx)
	if err != nil {
		return h, err
	}
	h.goroutines = now.Goroutines
	time.Sleep(100 * time.Millisecond) // until the connection of the status request is closed
	if h.descriptors, err = s.descriptors(); err != nil {
		return h, err
	}
	h.resident, err = s.resident()
	return h, err
}

// pour sends a mix of all kinds of requests over keep-alive connections.
func (s *server) pour(ctx context.Context, requests int, seed uint64) error {
	kinds := s.kinds()
	var left atomic.Int64
	left.Store(int64(requests))
	errs := make(chan error, callers)
	var group sync.WaitGroup
	for i := range callers {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		group.Go(func() {
			for left.Load() > 0 && ctx.Err() == nil {
				if err := s.call(ctx, kinds, random, &left); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	group.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return ctx.Err()
	}
}

// A kind is a request of the flood.
type kind struct {
	name   string
	raw    []byte
	share  int  // percentage of all requests
	status int  // of the answer
	cut    bool // sent only in part, before the connection is closed
}

func (s *server) kinds() []kind {
	read, list := s.request(s.read("quick")), s.request(s.body("std:entitlement:list", `{"type":"license"}`))
	wrongToken := bytes.Replace(read, []byte(token), []byte(strings.Repeat("x", len(token))), 1)
	return []kind{
		{"a read", read, 55, 200, false},
		{"a list", list, 25, 200, false},
		{"a read of nobody", s.request(s.read("nobody")), 4, 200, false},
		{"invalid JSON", s.request([]byte(`{"type":"std:account:read","input":`)), 4, 400, false},
		{"an unknown command", s.request(s.body("acme:unknown", "{}")), 4, 200, false},
		{"a wrong token", wrongToken, 4, 401, false},
		{"a GET", []byte("GET / HTTP/1.1\r\nHost: " + s.address + "\r\nAuthorization: Bearer " + token + "\r\n\r\n"), 2, 404, false},
		{"a read cut off", read, 2, 0, true},
	}
}

// call sends requests on one connection until none are left or one is cut off.
func (s *server) call(ctx context.Context, kinds []kind, random *rand.Rand, left *atomic.Int64) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	in := bufio.NewReader(conn)
	for left.Add(-1) >= 0 {
		k, at := kinds[0], random.IntN(100)
		for _, k = range kinds {
			if at -= k.share; at < 0 {
				break
			}
		}
		if k.cut {
			_, _ = conn.Write(k.raw[:random.IntN(len(k.raw))])
			return nil
		}
		if _, err := conn.Write(k.raw); err != nil {
			return err
		}
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			return fmt.Errorf("%s gets no answer: %w", k.name, err)
		}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			return fmt.Errorf("the answer to %s breaks off: %w", k.name, err)
		}
		if response.StatusCode != k.status {
			return fmt.Errorf("%s is answered with %d, not %d: %.200s", k.name, response.StatusCode, k.status, text)
		}
		if response.Close {
			return nil
		}
	}
	return nil
}

// maxEcho is how many bytes the answer to an odd request may have.
const maxEcho = 64 << 10

// bodies sends extremely large and odd bodies.
func (t *torture) bodies(ctx context.Context) error {
	s, err := t.serve(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	requests, err := s.oddRequests()
	if err != nil {
		return err
	}
	rounds, most, largest := t.rounds(20), 0, 0
	watching, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() {
		for watching.Err() == nil {
			if now, err := s.resident(); err == nil {
				most = max(most, now)
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	for range rounds {
		for i, answer := range s.atOnce(ctx, requests) {
			if largest = max(largest, len(answer.text)); len(answer.text) > maxEcho {
				t.detail("bodies.largest-answer-bytes", "request %d, status %d: %.100s", i, answer.status, answer.text)
			}
		}
	}
	stop()
	group.Wait()
	if _, err := s.status(ctx); err != nil {
		return err
	}
	sent := rounds * len(requests)
	t.figure("bodies.count", sent)
	t.atMost("bodies.resident-most-kib", most, 1<<20)
	t.atMost("bodies.largest-answer-bytes", largest, maxEcho)
	t.atMost("bodies.log-bytes-per-request", s.log.size()/sent, maxEcho/4)
	return ctx.Err()
}

// atOnce sends requests simultaneously and returns their answers.
func (s *server) atOnce(ctx context.Context, requests [][]byte) []answer {
	answers := make([]answer, len(requests))
	var group sync.WaitGroup
	for i, raw := range requests {
		group.Go(func() { answers[i] = s.send(ctx, raw) })
	}
	group.Wait()
	return answers
}

// oddRequests returns requests just under the server's limit of 10 MiB, and far over it.
func (s *server) oddRequests() ([][]byte, error) {
	const size = 9 << 20
	long := strings.Repeat("x", size)
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	if _, err := io.CopyN(zip, zeros{}, 1<<30); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	var keys strings.Builder
	for i := range 300_000 {
		fmt.Fprintf(&keys, `"key number %d":%d,`, i, i)
	}
	config := strings.Replace(string(s.config), "{", "{"+keys.String(), 1)
	return [][]byte{
		s.request(s.body(long, "{}")),
		s.request(s.read(long)),
		s.request(s.body("std:account:read", `{"identity":"quick","`+long+`":1}`)),
		s.request(s.body("std:entitlement:list", `{"type":"`+long+`"}`)),
		s.request(s.body("std:entitlement:list", `{"type":"license","filter":"`+long+`"}`)),
		s.request(bytes.Replace(s.read("quick"), s.config, []byte(config), 1)),
		s.request([]byte(strings.Repeat("[", size))),
		s.request([]byte(strings.Repeat(`{"a":`, size/5))),
		s.request(bytes.Repeat([]byte{0xFF}, size)),
		s.request(bomb.Bytes(), "Content-Encoding: gzip"),
		s.request(nil, "X-Long: "+long),
	}, nil
}

// zeros is an endless reader of zeros.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
