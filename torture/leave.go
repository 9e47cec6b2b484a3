//go:build linux

package main

import (
	"context"
	"net"
	"strings"
	"sync"
	"time"
)

// grace is the --grace of servers that are told to stop.
const grace = time.Second

// patience is how long to watch a server beyond the time by which it should have stopped.
const patience = 4 * time.Second

// endless are the behaviours of commands that never end by themselves. The commands of obedient end
// when their context does.
var (
	endless  = []string{"deaf", "busy", "lock"}
	obedient = []string{"polite", "polite", "greedy"}
)

// leave stops servers while commands that do not end are running.
func (t *torture) leave(ctx context.Context) error {
	var slowest, unanswered, failed int
	rounds := t.rounds(30)
	for range rounds {
		took, answers, err := t.leaveOnce(ctx, []string{"--grace", grace.String()}, t.within(0, 300*time.Millisecond))
		if err != nil {
			return err
		}
		slowest = max(slowest, int(took.Milliseconds()))
		for behaviour, a := range answers {
			if !a.closed() {
				unanswered++
				t.detail("leave.unanswered", "%s: %d %.200s %v", behaviour, a.status, a.text, a.err)
			}
			if behaviour == "sleep" && !strings.Contains(a.text, `"type":"end"`) {
				failed++
			}
		}
	}
	t.figure("leave.rounds", rounds)
	t.atMost("leave.slowest-ms", slowest, int((grace + time.Second).Milliseconds()))
	t.atMost("leave.unanswered", unanswered, 0)
	t.atMost("leave.failed-within-grace", failed, 0)
	return t.leaveTwice(ctx)
}

// leaveTwice sends a second signal, which no grace period delays.
func (t *torture) leaveTwice(ctx context.Context) error {
	slowest, rounds := 0, t.rounds(10)
	for range rounds {
		took, _, err := t.leaveOnce(ctx, []string{"--grace", "1m"}, 0, t.within(50*time.Millisecond, 500*time.Millisecond))
		if err != nil {
			return err
		}
		slowest = max(slowest, int(took.Milliseconds()))
	}
	t.figure("leave.second-signal.rounds", rounds)
	t.atMost("leave.second-signal.slowest-ms", slowest, 500)
	return nil
}

// leaveOnce starts a server, keeps it busy with all misbehaving commands, and sends it signals after
// pauses. It returns how long the server took to stop, and the answers of the commands that should
// have ended in success or with an error line.
func (t *torture) leaveOnce(ctx context.Context, flags []string, pauses ...time.Duration) (time.Duration, map[string]answer, error) {
	s, err := t.serve(ctx, flags...)
	if err != nil {
		return 0, nil, err
	}
	defer s.stop()
	commands, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	var mu sync.Mutex
	answers := make(map[string]answer)
	for _, behaviour := range endless {
		group.Go(func() { s.ask(commands, s.read(behaviour)) })
	}
	for _, list := range [][]byte{s.body("std:account:list", "{}"), s.body("std:entitlement:list", `{"type":"group"}`)} {
		conn, err := s.stuck(ctx, list)
		if err != nil {
			return 0, nil, err
		}
		defer conn.Close()
	}
	for _, behaviour := range []string{"panic", "vanish"} {
		group.Go(func() { s.ask(commands, s.read(behaviour)) })
	}
	for _, behaviour := range obedient {
		group.Go(func() {
			a := s.ask(commands, s.read(behaviour))
			mu.Lock()
			defer mu.Unlock()
			answers[behaviour] = a
		})
	}
	group.Go(func() {
		a := s.ask(commands, s.read("sleep"))
		mu.Lock()
		defer mu.Unlock()
		answers["sleep"] = a
	})
	if err := s.awaitBegun(ctx, len(endless)+len(obedient)+5); err != nil {
		return 0, nil, err
	}
	limit := grace + patience
	took := s.leaves(limit, pauses...)
	cancel()
	group.Wait()
	return took, answers, ctx.Err()
}

// stuck sends a command on a connection with a small buffer, and never reads from it.
func (s *server) stuck(ctx context.Context, body []byte) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	_ = conn.(*net.TCPConn).SetReadBuffer(4096)
	if _, err := conn.Write(s.request(body)); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}
