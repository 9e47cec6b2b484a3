package rest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// A limiter delays requests until the limits allow another.
type limiter struct {
	slots  *gate // for running requests; nil for any number
	period time.Duration
	turn   *gate // for the one request that waits for the period; nil for any number

	recent []time.Time // when requests of the last period passed; owned by the holder of turn
	size   int
}

func newLimiter(s *settings) *limiter {
	l := &limiter{period: s.period, size: s.requests}
	if s.concurrency > 0 {
		l.slots = &gate{free: s.concurrency}
	}
	if s.requests > 0 && s.period > 0 {
		l.turn = &gate{free: 1}
	}
	return l
}

// enter waits until a request may be sent. Call leave when it has its answer.
func (l *limiter) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := l.slots.enter(ctx); err != nil {
		return err
	}
	if err := l.pace(ctx); err != nil {
		l.leave()
		return err
	}
	return nil
}

func (l *limiter) leave() { l.slots.leave() }

// pace waits until the last period has fewer requests than the limit.
func (l *limiter) pace(ctx context.Context) error {
	if l.turn == nil {
		return nil
	}
	if err := l.turn.enter(ctx); err != nil {
		return err
	}
	defer l.turn.leave()
	for len(l.recent) > 0 && time.Since(l.recent[0]) >= l.period {
		l.recent = l.recent[1:]
	}
	if len(l.recent) == l.size {
		if err := scope.Sleep(ctx, time.Until(l.recent[0].Add(l.period))); err != nil {
			return err
		}
		l.recent = l.recent[1:]
	}
	l.recent = append(l.recent, time.Now())
	return nil
}

// A gate admits a number at once, and the others in order of arrival. A nil gate is open. It
// is not a channel: a channel of one testing/synctest bubble does not work in another, and
// tests of a connector share the limits of their process.
type gate struct {
	mu      sync.Mutex
	free    int
	waiting []chan struct{} // closed when there is room
}

// enter waits for room. After it returns nil, call leave.
func (g *gate) enter(ctx context.Context) error {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		return nil
	}
	room := make(chan struct{})
	g.waiting = append(g.waiting, room)
	g.mu.Unlock()
	select {
	case <-room:
		return nil
	case <-ctx.Done():
		g.giveUp(room)
		return context.Cause(ctx)
	}
}

// giveUp stops waiting. If it has got room in the meantime, it leaves.
func (g *gate) giveUp(room chan struct{}) {
	g.mu.Lock()
	i := slices.Index(g.waiting, room)
	if i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 {
		g.leave()
	}
}

func (g *gate) leave() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.free++
		return
	}
	close(g.waiting[0])
	g.waiting = g.waiting[1:]
}

// limiters are shared by the process.
var limiters limiterSet

// A limiterSet has a limiter for each source, in each scope.
type limiterSet struct {
	mu  sync.Mutex
	all map[limiterKey]*limiterUse
}

type limiterKey struct {
	scope  *scope.Scope
	source string
}

// A limiterUse is a limiter and when it was last asked for.
type limiterUse struct {
	*limiter
	at time.Time
}

// of returns the limiter that a client shares, or nil if it has no limits.
func (s *limiterSet) of(ctx context.Context, c *Client) *limiter {
	if c.settings.requests <= 0 && c.settings.concurrency <= 0 {
		return nil
	}
	key := limiterKey{scope.Of(ctx), c.source(ctx)}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	use := s.all[key]
	if use == nil {
		s.dropIdle(now)
		use = &limiterUse{limiter: newLimiter(&c.settings)}
		s.all[key] = use
	}
	use.at = now
	return use.limiter
}

// dropIdle drops limiters that have not been used for a long time: sources come and go.
func (s *limiterSet) dropIdle(now time.Time) {
	if s.all == nil {
		s.all = make(map[limiterKey]*limiterUse)
	}
	for key, use := range s.all {
		if now.Sub(use.at) > max(24*time.Hour, 2*use.period) {
			delete(s.all, key)
		}
	}
}

// source identifies a client's API, credentials and limits.
func (c *Client) source(ctx context.Context) string {
	s, identity := &c.settings, ""
	if s.auth != nil {
		identity = s.auth.identity(ctx)
	}
	return fmt.Sprintln(c.base, identity, s.requests, s.period, s.concurrency)
}
