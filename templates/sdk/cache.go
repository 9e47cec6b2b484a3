package sdk

import (
	"context"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/cache"
)

// A Cache keeps values between commands. Each command gets its own client, so declare the Cache
// as a package variable. The zero Cache is empty and ready for use. It is safe for concurrent
// use. Its values are lost with the process, which Identity Security Cloud may end between any
// two commands.
//
// A process can serve several sources. Include the source in the key, unless a value is the
// same for all of them.
//
// The package sdk/rest already keeps tokens, limits and connections in this way.
type Cache[K comparable, V any] struct{ values cache.Cache[K, V] }

// Get returns the value of a key. If there is none, or it has expired, Get calls fetch, which
// returns the value and how long it is valid. Commands that ask for a key at the same time
// share one call, whose context lives until the last of them ends. An error goes to all of
// them, and is not kept.
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
