// Package scope separates state between commands. All commands of a process share their state,
// except those that a test runs in a scope of their own.
package scope

import (
	"context"
	"time"
)

// A Scope is a set of commands that share state.
type Scope struct {
	NoWait bool // [Sleep] returns at once, since answers are recorded

	// Around replaces a connector's own transport, an http.RoundTripper; nil keeps it. This
	// package does not import net/http, which is large.
	Around func(transport any) any
}

type scopeKey struct{}

// With returns a context whose commands belong to a scope.
func With(ctx context.Context, s *Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, s)
}

// Of returns the scope of a context; nil is the scope of the process.
func Of(ctx context.Context) *Scope {
	s, _ := ctx.Value(scopeKey{}).(*Scope)
	return s
}

// Sleep waits for a time. If the context ends first, it returns the context's cause.
func Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if s := Of(ctx); d <= 0 || s != nil && s.NoWait {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
