//go:build linux

package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// slack is how much resident memory may grow, in KiB, when nothing should be kept.
const slack = 10 << 10

// cutWithin is how long a reader that never reads may stay connected: the server's two minutes after
// the last byte has left, a step of twenty seconds more, and some time for buffers to fill.
const cutWithin = 4 * time.Minute

// readers opens a thousand connections that request an endless list and never read it. When the
// server has cut those, it opens a thousand more.
func (t *torture) readers(ctx context.Context) error {
	count := t.rounds(1000)
	if err := t.limited(ctx); err != nil {
		return err
	}
	s, err := t.serve(ctx, "--max-commands", "4000")
	if err != nil {
		return err
	}
	defer s.stop()
	first, err := t.wave(ctx, s, "readers.first", count)
	if err != nil {
		return err
	}
	second, err := t.wave(ctx, s, "readers.second", count)
	if err != nil {
		return err
	}
	t.atMost("readers.kept-of-second-wave-kib", second-first, slack)
	return nil
}

// wave keeps stuck readers open until the server cuts them. It returns the resident memory that the
// server has in use afterwards. The peaks of two waves say less: they depend on when garbage is
// collected.
func (t *torture) wave(ctx context.Context, s *server, prefix string, count int) (int, error) {
	before, err := s.status(ctx)
	if err != nil {
		return 0, err
	}
	files, err := s.descriptors()
	if err != nil {
		return 0, err
	}
	empty, err := s.resident()
	if err != nil {
		return 0, err
	}
	for range count {
		conn, err := s.stuck(ctx, s.body("std:account:list", "{}"))
		if err != nil {
			return 0, err
		}
		defer conn.Close()
	}
	started := time.Now()
	if err := s.awaitBegun(ctx, before.Begun+count); err != nil {
		return 0, err
	}
	time.Sleep(5 * time.Second) // until the buffers are full
	stuck, err := s.resident()
	if err != nil {
		return 0, err
	}
	most, err := s.untilCut(ctx, files, started)
	if err != nil {
		return 0, err
	}
	after, err := s.settled(ctx)
	if err != nil {
		return 0, err
	}
	kept, err := s.inUse(ctx)
	if err != nil {
		return 0, err
	}
	t.figure(prefix+".count", count)
	t.figure(prefix+".resident-before-kib", empty)
	t.figure(prefix+".resident-stuck-kib", stuck)
	t.atMost(prefix+".growth-while-stuck-kib", most-stuck, slack)
	t.atMost(prefix+".cut-after-seconds", int(time.Since(started).Seconds()), int(cutWithin.Seconds()))
	t.atMost(prefix+".connections-left", after.descriptors-files, 2)
	t.atMost(prefix+".goroutines-left", after.goroutines-before.Goroutines, 5)
	t.figure(prefix+".resident-after-kib", kept)
	return kept, nil
}

// inUse returns the server's resident memory without garbage, in KiB.
func (s *server) inUse(ctx context.Context) (int, error) {
	if _, err := s.statusAfter(ctx, `"free"`); err != nil {
		return 0, err
	}
	return s.resident()
}

// untilCut waits until the server has closed the connections, for at most cutWithin, and returns the
// server's peak memory.
func (s *server) untilCut(ctx context.Context, files int, started time.Time) (int, error) {
	most := 0
	for time.Since(started) < cutWithin {
		now, err := s.resident()
		if err != nil {
			return 0, err
		}
		most = max(most, now)
		if open, err := s.descriptors(); err != nil || open <= files+2 {
			return most, err
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return most, nil
}

// limited sends more commands at once than a server accepts.
func (t *torture) limited(ctx context.Context) error {
	const most, asked = 10, 50
	s, err := t.serve(ctx, "--max-commands", "10")
	if err != nil {
		return err
	}
	defer s.stop()
	commands, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	refused := make(chan bool, asked)
	for range asked {
		group.Go(func() { refused <- s.ask(commands, s.read("polite")).status == http.StatusServiceUnavailable })
	}
	count, late := 0, time.After(10*time.Second)
	for waiting := true; waiting && count < asked-most; {
		select {
		case r := <-refused:
			if r {
				count++
			}
		case <-late: // the accepted commands do not end
			waiting = false
		}
	}
	t.atLeast("readers.refused-over-the-limit", count, asked-most)
	health := s.send(ctx, []byte("GET /healthz HTTP/1.1\r\nHost: "+s.address+"\r\nConnection: close\r\n\r\n"))
	t.atLeast("readers.healthy-at-the-limit", health.status, http.StatusOK)
	cancel()
	group.Wait()
	for range 100 {
		if s.ask(ctx, s.read("quick")).status == http.StatusOK {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("a server that reached its limit of commands does not answer after they have ended")
}

// slow sends headers byte by byte, and bodies that never end.
func (t *torture) slow(ctx context.Context) error {
	s, err := t.serve(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	body := s.request(s.read("quick"))
	head := []byte("POST / HTTP/1.1\r\nHost: " + s.address + "\r\nX-Long: ")
	for len(head) < 200 {
		head = append(head, 'x')
	}
	count := t.rounds(200)
	var group sync.WaitGroup
	longest := make([]time.Duration, 2)
	var mu sync.Mutex
	for i, d := range []drip{{head, 20, time.Second}, {body, len(body) - 10, time.Hour}} {
		for range count {
			group.Go(func() {
				lived := s.drip(ctx, d)
				mu.Lock()
				defer mu.Unlock()
				longest[i] = max(longest[i], lived)
			})
		}
	}
	time.Sleep(2 * time.Second)
	slowest := time.Duration(0)
	for range 20 {
		started := time.Now()
		if a := s.ask(ctx, s.read("quick")); a.status != http.StatusOK {
			return errors.New("the server does not answer other clients")
		}
		slowest = max(slowest, time.Since(started))
	}
	group.Wait()
	t.figure("slow.count", 2*count)
	t.atMost("slow.others-slowest-ms", int(slowest.Milliseconds()), 2000)
	t.atMost("slow.headers-cut-after-seconds", int(longest[0].Seconds()), 15)
	t.atMost("slow.bodies-cut-after-seconds", int(longest[1].Seconds()), 135) // two minutes without a byte
	return ctx.Err()
}

// A drip is a request that is sent slowly.
type drip struct {
	raw   []byte
	whole int           // bytes to send at once
	pause time.Duration // before each further byte
}

// drip sends a request slowly, and returns after how long the server disconnects.
func (s *server) drip(ctx context.Context, d drip) time.Duration {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return 0
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	started := time.Now()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_, _ = io.Copy(io.Discard, conn)
	}()
	_, _ = conn.Write(d.raw[:d.whole])
	for _, b := range d.raw[d.whole:] {
		select {
		case <-closed:
			return time.Since(started)
		case <-time.After(d.pause):
			_, _ = conn.Write([]byte{b})
		}
	}
	conn.Close()
	<-closed
	return time.Since(started)
}
