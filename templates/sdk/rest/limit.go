package rest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// A limiter holds requests back until there may be one more.
type limiter struct {
	slots  chan struct{} // has an element for each request that runs; nil for any number
	period time.Duration
	turn   chan struct{} // has an element while a request waits for its time; nil for any number

	recent []time.Time // when requests were let through in the last period; for whose turn it is
	size   int
}

func newLimiter(s *settings) *limiter {
	l := &limiter{period: s.period, size: s.requests}
	if s.concurrency > 0 {
		l.slots = make(chan struct{}, s.concurrency)
	}
	if s.requests > 0 && s.period > 0 {
		l.turn = make(chan struct{}, 1)
	}
	return l
}

// enter waits until a request may be sent. It must leave when it has its answer.
func (l *limiter) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := push(ctx, l.slots); err != nil {
		return err
	}
	if err := l.pace(ctx); err != nil {
		l.leave()
		return err
	}
	return nil
}

func (l *limiter) leave() {
	if l.slots != nil {
		<-l.slots
	}
}

// pace waits until the period in which there were as many requests as there may be is over.
func (l *limiter) pace(ctx context.Context) error {
	if l.turn == nil {
		return nil
	}
	if err := push(ctx, l.turn); err != nil {
		return err
	}
	defer func() { <-l.turn }()
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

// push adds an element to a channel, unless that is nil.
func push(ctx context.Context, to chan struct{}) error {
	if to == nil {
		return nil
	}
	select {
	case to <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// limiters are those of the process.
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

// of returns the limiter that a client shares; nil where it has no limits.
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

// dropIdle drops what nobody has asked for in a long time: sources come and go.
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

// source says which API a client calls, as whom and within which limits.
func (c *Client) source(ctx context.Context) string {
	s, identity := &c.settings, ""
	if s.auth != nil {
		identity = s.auth.identity(ctx)
	}
	return fmt.Sprintln(c.base, identity, s.requests, s.period, s.concurrency)
}
