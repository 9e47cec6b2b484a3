// Package cache keeps values that outlive commands, and gets each of them once for all
// who ask for it at the same time.
package cache

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// Forever is how long a value is kept that does not expire.
const Forever time.Duration = 1<<63 - 1

// A Cache keeps values by their keys, apart for each scope. The zero Cache is empty, and
// ready for use. It is safe for concurrent use.
type Cache[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[place[K]]*entry[V]
	sweepAt int // how many entries there may be before the expired ones go
}

// A place is where a value is: its key, in a scope.
type place[K comparable] struct {
	scope *scope.Scope
	key   K
}

// An entry is a value, or the call that gets one.
type entry[V any] struct {
	done    chan struct{} // closed when the call has ended
	cancel  context.CancelFunc
	waiting int // how many wait for the call
	ended   bool
	value   V
	err     error
	forever bool
	until   time.Time // when the value expires, unless it is kept forever
}

// A Fetch gets a value and says how long it is good for.
type Fetch[V any] func(ctx context.Context) (value V, good time.Duration, err error)

// Get returns the value of a key. Where there is none fetch gets it, once for all who
// wait. Its context has the values of the first one's, and ends only when nobody waits any
// more. An error reaches all who wait, and is not kept.
func (c *Cache[K, V]) Get(ctx context.Context, key K, fetch Fetch[V]) (V, error) {
	at := place[K]{scope.Of(ctx), key}
	c.mu.Lock()
	e := c.entries[at]
	if e == nil || e.expired(time.Now()) {
		e = c.start(ctx, at, fetch)
	}
	e.waiting++
	c.mu.Unlock()
	select {
	case <-e.done:
		return e.value, e.err
	case <-ctx.Done():
		c.leave(at, e)
		var none V
		return none, context.Cause(ctx)
	}
}

// Forget drops the value of a key where is reports that it is the one that is meant.
func (c *Cache[K, V]) Forget(ctx context.Context, key K, is func(V) bool) {
	at := place[K]{scope.Of(ctx), key}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[at]; e != nil && e.ended && is(e.value) {
		delete(c.entries, at)
	}
}

// start begins to get a value.
func (c *Cache[K, V]) start(ctx context.Context, at place[K], fetch Fetch[V]) *entry[V] {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e := &entry[V]{done: make(chan struct{}), cancel: cancel}
	c.sweep()
	c.entries[at] = e
	go func() {
		defer cancel()
		value, good, err := e.call(ctx, fetch)
		c.mu.Lock()
		defer c.mu.Unlock()
		e.value, e.err, e.forever, e.until, e.ended = value, err, good == Forever, time.Now().Add(good), true
		if err != nil && c.entries[at] == e {
			delete(c.entries, at)
		}
		close(e.done)
	}()
	return e
}

// call calls fetch. A panic there must not end the program, as it would in a goroutine of
// its own.
func (*entry[V]) call(ctx context.Context, fetch Fetch[V]) (value V, good time.Duration, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return fetch(ctx)
}

// leave has one less wait for an entry. When nobody does the call ends, and whoever comes
// next starts another.
func (c *Cache[K, V]) leave(at place[K], e *entry[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.waiting--
	if e.waiting > 0 || e.ended {
		return
	}
	e.cancel()
	if c.entries[at] == e {
		delete(c.entries, at)
	}
}

// sweep makes room for one more entry.
func (c *Cache[K, V]) sweep() {
	if c.entries == nil {
		c.entries = make(map[place[K]]*entry[V])
	}
	if len(c.entries) < c.sweepAt {
		return
	}
	now := time.Now()
	for at, e := range c.entries {
		if e.expired(now) {
			delete(c.entries, at)
		}
	}
	c.sweepAt = max(64, 2*len(c.entries))
}

func (e *entry[V]) expired(now time.Time) bool {
	return e.ended && !e.forever && !now.Before(e.until)
}
