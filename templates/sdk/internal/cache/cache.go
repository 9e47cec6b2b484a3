// Package cache keeps values between commands. Concurrent calls for a value share one fetch.
package cache

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// Forever is the lifetime of a value that does not expire.
const Forever time.Duration = 1<<63 - 1

// A Cache keeps values by key, separately for each scope. The zero Cache is empty and ready for
// use. It is safe for concurrent use.
type Cache[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[place[K]]*entry[V]
	sweepAt int // the number of entries at which expired ones are dropped
}

// A place is the place of a value: its scope and key.
type place[K comparable] struct {
	scope *scope.Scope
	key   K
}

// An entry is a value, or the call that fetches it.
type entry[V any] struct {
	done    chan struct{} // closed when the call has ended
	cancel  context.CancelFunc
	waiting int // the number of callers that wait
	ended   bool
	value   V
	err     error
	forever bool
	until   time.Time // when the value expires, unless it is kept forever
}

// A Fetch returns a value and how long it is valid.
type Fetch[V any] func(ctx context.Context) (value V, good time.Duration, err error)

// Get returns the value of a key. If there is none, it calls fetch, once for all callers that
// wait. The context of fetch has the values of the first caller's, and ends only when no caller
// waits any more. All waiting callers get its error, which is not kept.
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

// Forget drops the value of a key if is returns true for it.
func (c *Cache[K, V]) Forget(ctx context.Context, key K, is func(V) bool) {
	at := place[K]{scope.Of(ctx), key}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[at]; e != nil && e.ended && is(e.value) {
		delete(c.entries, at)
	}
}

// errNotReturned is the error of a fetch that ends its goroutine.
var errNotReturned = errors.New("the value was not fetched: the goroutine has exited")

// start begins to fetch a value.
func (c *Cache[K, V]) start(ctx context.Context, at place[K], fetch Fetch[V]) *entry[V] {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e := &entry[V]{done: make(chan struct{}), cancel: cancel}
	c.sweep()
	c.entries[at] = e
	go func() {
		defer cancel()
		var value V
		var good time.Duration
		err := errNotReturned
		defer func() { // also where fetch ends the goroutine
			c.mu.Lock()
			defer c.mu.Unlock()
			e.value, e.err, e.forever, e.until, e.ended = value, err, good == Forever, time.Now().Add(good), true
			if err != nil && c.entries[at] == e {
				delete(c.entries, at)
			}
			close(e.done)
		}()
		value, good, err = e.call(ctx, fetch)
	}()
	return e
}

// call calls fetch. It turns a panic, which would end the program, into an error.
func (*entry[V]) call(ctx context.Context, fetch Fetch[V]) (value V, good time.Duration, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return fetch(ctx)
}

// leave removes a waiting caller from an entry. If none is left, it cancels the call, and the
// next caller starts another.
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
