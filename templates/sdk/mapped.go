package sdk

import (
	"context"
	"errors"
	"iter"
)

// Mapped returns a function that maps the results of a call with f. If the call fails, f is not
// called, and the results are the zero B and the same error. A method that reads one object of
// the source is then one line:
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

// MapAll returns a sequence that maps each value with f as it is read. f is not called for an
// error, which comes with the zero B. A method that lists objects of the source is then one
// line:
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

// MapCalls is MapAll with a call for each value, such as one for each user's groups. It maps up
// to n values at once, and yields the results in the order of the values. The first error of
// the sequence or of f is the last pair. An error, or breaking out of the loop, cancels the
// context of f, and the loop ends only after all calls of f have returned.
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

// A mapping is the result for one value.
type mapping[B any] struct {
	value B
	err   error
}

// errNotMapped is the error of a value whose call ended the goroutine.
var errNotMapped = errors.New("the value was not mapped")

// mapAside calls f in its own goroutine, and turns a panic, which would end the process, into
// an error.
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
