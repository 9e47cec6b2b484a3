//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"
)

// serveRounds is how often each server runs.
const serveRounds = 5

// served are the figures of one run of a server.
type served struct {
	accounts  float64 // listed per second
	first     float64 // seconds until the first byte
	peak      float64 // bytes, while it lists
	tests     float64 // calls of test-connection per second
	perTest   float64 // processor seconds for one of them
	listedCPU float64 // processor seconds for a long list
}

// serve compares servers over HTTP: lists of accounts, and test-connection.
func (c *comparison) serve(ctx context.Context) error {
	connectors := c.connectors()
	if err := sameAnswers(ctx, connectors); err != nil {
		return err
	}
	all := make([][]served, len(connectors))
	for round := range min(c.rounds, serveRounds) {
		for i, k := range connectors {
			progress("serve, %s, round %d", k.peer, round+1)
			s, err := k.measure(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", k.peer, err)
			}
			all[i] = append(all[i], s)
		}
	}
	for _, f := range []struct {
		what   string
		kind   kind
		figure func(served) float64
	}{
		{"account:list, accounts", rate, func(s served) float64 { return s.accounts }},
		{"account:list, first byte", wall, func(s served) float64 { return s.first }},
		{"account:list, 1,000,000 accounts", cpu, func(s served) float64 { return s.listedCPU }},
		{"account:list, 1,000,000 accounts", memory, func(s served) float64 { return s.peak }},
		{"test-connection, 8 clients", rate, func(s served) float64 { return s.tests }},
		{"test-connection", cpu, func(s served) float64 { return s.perTest }},
	} {
		for i, k := range connectors[1:] {
			c.compare(f.what, f.kind, medianOf(all[0], f.figure), k.peer, medianOf(all[i+1], f.figure))
		}
	}
	return nil
}

// measure measures a connector in several lives of its server, since the resource usage is only
// known once the process has ended. One life only warms up.
func (k connector) measure(ctx context.Context) (served, error) {
	var m served
	idle, err := k.life(ctx, func(*server) error { return nil })
	if err != nil {
		return m, err
	}
	listed, err := k.life(ctx, func(s *server) error {
		l, err := s.list(ctx, k.listed)
		m.accounts = float64(k.listed) / l.all
		return err
	})
	if err != nil {
		return m, err
	}
	m.peak, m.listedCPU = listed.Peak, listed.cpu()-idle.cpu()
	_, err = k.life(ctx, func(s *server) error {
		m.first, err = s.firstByte(ctx)
		return err
	})
	if err != nil {
		return m, err
	}
	calls := 0
	tested, err := k.life(ctx, func(s *server) error {
		m.tests, calls, err = s.test(ctx, 2*time.Second)
		return err
	})
	m.perTest = (tested.cpu() - idle.cpu()) / float64(calls)
	return m, err
}

// life starts a connector, warms it up, calls a function, and ends it.
func (k connector) life(ctx context.Context, do func(*server) error) (usage, error) {
	s, err := k.start(ctx)
	if err != nil {
		return usage{}, err
	}
	if err = s.warmUp(ctx); err == nil {
		err = do(s)
	}
	u, stopErr := s.stop()
	return u, errors.Join(err, stopErr)
}

// warmUp sends the same load to a server in each of its lives.
func (s *server) warmUp(ctx context.Context) error {
	for range 200 {
		if _, err := s.list(ctx, 10); err != nil {
			return err
		}
	}
	return nil
}

// firstByte returns the median time to the first byte of lists of 10,000 accounts.
func (s *server) firstByte(ctx context.Context) (float64, error) {
	var lists []listing
	for range 21 {
		l, err := s.list(ctx, 10_000)
		if err != nil {
			return 0, err
		}
		lists = append(lists, l)
	}
	return medianOf(lists, func(l listing) float64 { return l.first }), nil
}

// sameAnswers checks that the servers send the same accounts. It compares ours with the handwritten
// program's byte for byte, and with those of the original SDK as JSON.
func sameAnswers(ctx context.Context, connectors []connector) error {
	var first []byte
	for i, k := range connectors {
		s, err := k.start(ctx)
		if err != nil {
			return err
		}
		text, err := s.text(ctx)
		if _, stopErr := s.stop(); err != nil || stopErr != nil {
			return errors.Join(err, stopErr)
		}
		switch {
		case i == 0:
			first = text
		case k.peer == handwritten && !bytes.Equal(text, first), !sameJSON(text, first):
			return fmt.Errorf("%s sends other accounts than %s", k.peer, connectors[0].peer)
		}
	}
	return nil
}

// text returns the answer to a list of a few accounts.
func (s *server) text(ctx context.Context) ([]byte, error) {
	body, err := s.ask(ctx, "std:account:list", 12)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

// sameJSON reports whether two texts hold the same lines of JSON.
func sameJSON(a, b []byte) bool {
	x, errX := lines(a)
	y, errY := lines(b)
	return errX == nil && errY == nil && len(x) > 0 && reflect.DeepEqual(x, y)
}

// lines decodes lines of JSON.
func lines(text []byte) (all []any, err error) {
	for line := range bytes.Lines(text) {
		var v any
		if err := json.Unmarshal(line, &v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}
