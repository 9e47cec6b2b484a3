package sdk

import (
	"context"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/cache"
)

// A Cache keeps what outlives a command: each command gets a client of its own, so what
// is to be there for the next one is in a variable of the package. The zero Cache is empty
// and ready for use; it is safe for concurrent use. Its values live as long as the process
// does, which Identity Security Cloud may end between any two commands.
//
// A process can serve several sources. Have the key name the source too, unless a value is
// the same for all of them.
//
// The package sdk/rest keeps tokens, limits and connections in the same way by itself.
type Cache[K comparable, V any] struct{ values cache.Cache[K, V] }

// Get returns the value of a key. Where there is none, or it has expired, fetch gets it, and
// says how long it is good for. Commands that ask for a key at the same time wait for one
// call, whose context lives as long as one of them does. An error reaches all of them and
// is not kept.
func (c *Cache[K, V]) Get(ctx context.Context, key K, fetch func(context.Context) (value V, good time.Duration, err error)) (V, error) {
	return c.values.Get(ctx, key, func(ctx context.Context) (value V, good time.Duration, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = panicked(ctx, v)
			}
		}()
		return fetch(ctx)
	})
}

// Forget drops the value of a key, if there is one.
func (c *Cache[K, V]) Forget(ctx context.Context, key K) {
	c.values.Forget(ctx, key, func(V) bool { return true })
}
