package sdk

import (
	"context"
	"errors"
	"iter"
)

// Mapped returns a function that takes what a call returns, and returns the same with the
// value mapped. After an error there is no value: f is not called, the result is the zero B,
// and the error stays as it is. So a method that reads one object of the source is one line:
//
//	return sdk.Mapped(toAccount)(c.user(ctx, in.ID()))
func Mapped[A, B any](f func(A) B) func(A, error) (B, error) {
	return func(a A, err error) (B, error) {
		if err != nil {
			var none B
			return none, err
		}
		return f(a), nil
	}
}

// MapAll returns a sequence with its values mapped, each when it is asked for. An error
// comes through with the zero B, and f is not called for it. So a method that lists the
// objects of the source is one line:
//
//	return out.SendAll(sdk.MapAll(c.users(ctx), toAccount))
func MapAll[A, B any](all iter.Seq2[A, error], f func(A) B) iter.Seq2[B, error] {
	mapped := Mapped(f)
	return func(yield func(B, error) bool) {
		for a, err := range all {
			if !yield(mapped(a, err)) {
				return
			}
		}
	}
}

// MapCalls is MapAll for what takes a call for each value, such as the groups of each user. Up
// to n values are mapped at once; the results come in the order of the values. The first
// error, of the sequence or of f, comes as the last pair. It ends the context that f is
// called with, as breaking out of the loop does, and no call of f outlives the loop.
//
//	return out.SendAll(sdk.MapCalls(ctx, c.users(ctx), 8, c.withGroups))
func MapCalls[A, B any](ctx context.Context, all iter.Seq2[A, error], n int, f func(context.Context, A) (B, error)) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var running []<-chan mapping[B] // in the order of their values
		defer func() {
			cancel()
			for _, m := range running {
				<-m
			}
		}()
		oldest := func() (more bool) {
			m := <-running[0]
			running = running[1:]
			return yield(m.value, m.err) && m.err == nil
		}
		for a, err := range all {
			if err != nil {
				f := func(context.Context, A) (b B, _ error) { return b, err }
				running = append(running, mapAside(ctx, a, f))
				break
			}
			if len(running) >= max(n, 1) && !oldest() {
				return
			}
			running = append(running, mapAside(ctx, a, f))
		}
		for len(running) > 0 && oldest() {
		}
	}
}

// A mapping is what has become of one value.
type mapping[B any] struct {
	value B
	err   error
}

// errNotMapped is the error of a value whose call ended the goroutine.
var errNotMapped = errors.New("the value was not mapped")

// mapAside calls f in a goroutine of its own, where a panic would end the process.
func mapAside[A, B any](ctx context.Context, a A, f func(context.Context, A) (B, error)) <-chan mapping[B] {
	done := make(chan mapping[B], 1)
	go func() {
		m := mapping[B]{err: errNotMapped}
		defer func() {
			if v := recover(); v != nil {
				m.err = panicked(ctx, v)
			}
			done <- m
		}()
		b, err := f(ctx, a)
		if m.err = err; err == nil {
			m.value = b
		}
	}()
	return done
}
