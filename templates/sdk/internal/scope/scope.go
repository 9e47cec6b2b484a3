// Package scope keeps apart what outlives commands. All commands of a process share it,
// but for those that a test runs in a scope of their own.
package scope

import (
	"context"
	"time"
)

// A Scope is a set of commands that share what outlives them.
type Scope struct {
	NoWait bool // [Sleep] returns at once: answers are recorded, and nothing is to be waited for

	// Around takes the place of a transport of a connector's own, an http.RoundTripper; nil
	// keeps it. This package does without net/http, which is large.
	Around func(transport any) any
}

type scopeKey struct{}

// With returns a context whose commands belong to a scope.
func With(ctx context.Context, s *Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, s)
}

// Of returns the scope that a context belongs to, nil for that of the process.
func Of(ctx context.Context) *Scope {
	s, _ := ctx.Value(scopeKey{}).(*Scope)
	return s
}

// Sleep waits until a time has passed, or the context ends, whose cause is then the error.
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
