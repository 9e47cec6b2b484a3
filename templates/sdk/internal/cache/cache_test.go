package cache

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// counted returns a fetch that takes a second, and counts its calls.
func counted(calls *int, good time.Duration) Fetch[int] {
	return func(ctx context.Context) (int, time.Duration, error) {
		*calls++
		n := *calls
		return n, good, scope.Sleep(ctx, time.Second)
	}
}

func TestGetOnceForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c Cache[string, int]
		var calls int
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				if v, err := c.Get(t.Context(), "k", counted(&calls, Forever)); v != 1 || err != nil {
					t.Errorf("got %d, %v", v, err)
				}
			})
		}
		wait.Wait()
		if calls != 1 {
			t.Errorf("%d calls", calls)
		}
	})
}

func TestExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c Cache[string, int]
		var calls int
		get := func(want int) {
			t.Helper()
			if v, err := c.Get(t.Context(), "k", counted(&calls, time.Minute)); v != want || err != nil {
				t.Errorf("after %d calls got %d, %v", calls, v, err)
			}
		}
		get(1)
		time.Sleep(time.Minute - time.Nanosecond)
		get(1)
		time.Sleep(time.Nanosecond)
		get(2)
		c.Forget(t.Context(), "k", func(v int) bool { return v == 1 })
		get(2)
		c.Forget(t.Context(), "k", func(v int) bool { return v == 2 })
		get(3)
	})
}

// TestLeave: one who goes away does not end the call for the others; the last one does.
func TestLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c Cache[string, int]
		gone := errors.New("gone")
		ended := make(chan error, 1)
		fetch := func(ctx context.Context) (int, time.Duration, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return 0, Forever, ctx.Err()
		}
		var leave []context.CancelCauseFunc
		left := make(chan error)
		for range 2 {
			ctx, cancel := context.WithCancelCause(t.Context())
			leave = append(leave, cancel)
			go func() {
				_, err := c.Get(ctx, "k", fetch)
				left <- err
			}()
			synctest.Wait()
		}
		for i, cancel := range leave {
			cancel(gone)
			if err := <-left; !errors.Is(err, gone) {
				t.Errorf("%d left with %v", i, err)
			}
			synctest.Wait()
			if calls := len(ended); calls != i {
				t.Errorf("after %d had left, %d calls have ended", i+1, calls)
			}
		}
		if v, err := c.Get(t.Context(), "k", func(context.Context) (int, time.Duration, error) { return 7, Forever, nil }); v != 7 || err != nil {
			t.Errorf("the next one got %d, %v", v, err)
		}
	})
}

func TestErrorsAreNotKept(t *testing.T) {
	t.Parallel()
	var c Cache[string, int]
	broken := errors.New("broken")
	if _, err := c.Get(t.Context(), "k", func(context.Context) (int, time.Duration, error) { return 0, Forever, broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if _, err := c.Get(t.Context(), "k", func(context.Context) (int, time.Duration, error) { panic("oh") }); err == nil || err.Error() != "panic: oh" {
		t.Errorf("error %v", err)
	}
	if v, err := c.Get(t.Context(), "k", func(context.Context) (int, time.Duration, error) { return 1, Forever, nil }); v != 1 || err != nil {
		t.Errorf("got %d, %v", v, err)
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	var c Cache[string, int]
	for want, ctx := range []context.Context{
		t.Context(), scope.With(t.Context(), &scope.Scope{NoWait: true}), scope.With(t.Context(), &scope.Scope{}),
	} {
		for range 2 {
			if v, err := c.Get(ctx, "k", func(context.Context) (int, time.Duration, error) { return want, Forever, nil }); v != want || err != nil {
				t.Errorf("scope %d got %d, %v", want, v, err)
			}
		}
	}
}

// TestSweep: expired values do not gather.
func TestSweep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c Cache[string, int]
		for i := range 1000 {
			if _, err := c.Get(t.Context(), strconv.Itoa(i), func(context.Context) (int, time.Duration, error) { return i, time.Second, nil }); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if len(c.entries) > 64 {
			t.Errorf("%d entries are left", len(c.entries))
		}
	})
}
