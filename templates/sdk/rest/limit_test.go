package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// slow is an API that takes a second for each answer.
func slow() *api {
	return &api{answer: func(_ int, r *http.Request) (*http.Response, error) {
		return reply(http.StatusOK, "{}"), scope.Sleep(r.Context(), time.Second)
	}}
}

// TestLimit: in no period there are more requests than there may be, whatever client sends them.
func TestLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const requests, period = 5, 10 * time.Second
		a, ctx := slow(), isolated(t)
		var wait sync.WaitGroup
		for range 23 {
			wait.Go(func() {
				if _, err := Get[any](ctx, a.client(WithLimit(requests, period)), "/x"); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(700 * time.Millisecond)
		}
		wait.Wait()
		times := a.times()
		for i := requests; i < len(times); i++ {
			if times[i]-times[i-requests] < period {
				t.Errorf("requests %d to %d came within %v", i-requests+1, i+1, times[i]-times[i-requests])
			}
		}
		if last := times[len(times)-1]; last > 4*period+period/2 {
			t.Errorf("the last request came only after %v", last)
		}
	})
}

func TestConcurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, ctx := slow(), isolated(t)
		var wait sync.WaitGroup
		for range 10 {
			wait.Go(func() {
				if _, err := Get[any](ctx, a.client(WithConcurrency(3)), "/x"); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if last := a.times()[9]; a.most != 3 || last != 3*time.Second {
			t.Errorf("%d requests at once, the last after %v", a.most, last)
		}
	})
}

// TestLimitsApart: sources do not hold one another back.
func TestLimitsApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, ctx := slow(), isolated(t)
		clients := []*Client{
			a.client(WithConcurrency(1)),
			a.client(WithConcurrency(1), WithAuth(Bearer(hush))),
			a.client(WithConcurrency(1), WithAuth(Bearer(sdk.NewSecret("another")))),
			New("https://other.example.com", WithTransport(a), WithConcurrency(1)),
			a.client(),
		}
		var wait sync.WaitGroup
		for _, c := range clients {
			wait.Go(func() {
				if _, err := Get[any](ctx, c, "/x"); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if a.most != len(clients) {
			t.Errorf("%d requests at once", a.most)
		}
	})
}

// TestLimitLeft: one that gives up waiting takes nobody's place.
func TestLimitLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, ctx := slow(), isolated(t)
		c := a.client(WithLimit(1, time.Minute), WithConcurrency(2))
		if _, err := Get[any](ctx, c, "/x"); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range 5 {
			short, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			wait.Go(func() {
				if _, err := Post[any](short, c, "/x", nil); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v", err)
				}
			})
		}
		wait.Wait()
		if _, err := Get[any](ctx, c, "/x"); err != nil || a.times()[1] != time.Minute {
			t.Errorf("error %v, the requests came at %v", err, a.times())
		}
	})
}

// TestWaitsOutside: a request that waits for another attempt lets others pass.
func TestWaitsOutside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, ctx := script(says(429, "", "Retry-After", "100")), isolated(t)
		c := a.client(WithConcurrency(1))
		go func() { _, _ = Get[any](ctx, c, "/first") }()
		synctest.Wait()
		if _, err := Get[any](ctx, c, "/second"); err != nil || a.times()[1] != 0 {
			t.Errorf("error %v, the requests came at %v", err, a.times())
		}
		time.Sleep(2 * time.Minute)
	})
}

// TestBodyHoldsPlace: an answer that a library reads counts until it has been read or closed.
func TestBodyHoldsPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, ctx := always(http.StatusOK, "text"), isolated(t)
		c := a.client(WithConcurrency(1))
		for name, end := range map[string]func(io.ReadCloser) error{
			"closed": io.ReadCloser.Close,
			"read":   func(r io.ReadCloser) error { _, err := io.ReadAll(r); return err },
		} {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, base, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := c.HTTP().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			done := false
			go func() {
				_, _ = Get[any](ctx, c, "/x")
				done = true
			}()
			synctest.Wait()
			if done {
				t.Errorf("%s: another request passed", name)
			}
			if err := end(resp.Body); err != nil {
				t.Error(err)
			}
			synctest.Wait()
			if !done {
				t.Errorf("%s: the other request still waits", name)
			}
			if err := resp.Body.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestTokensPass: a request that holds the only place can get its token.
func TestTokensPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		if token, err := used(isolated(t), s.client(WithAuth(credentials), WithConcurrency(1), WithLimit(1, time.Hour))); token != "token-1" || err != nil {
			t.Errorf("token %q, error %v", token, err)
		}
	})
}

// TestBubbles: tests in several bubbles share the limits of the process.
func TestBubbles(t *testing.T) {
	t.Parallel()
	url := "https://bubbles.example.com"
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			a := slow()
			var wait sync.WaitGroup
			for range 3 {
				wait.Go(func() {
					if _, err := Get[any](t.Context(), New(url, WithTransport(a), WithConcurrency(1), WithLimit(100, time.Second)), "/x"); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
		})
	}
}

// TestGivesUpLate: one whose context ends while it gets room passes the room on.
func TestGivesUpLate(t *testing.T) {
	t.Parallel()
	g := &gate{free: 1}
	for range 100 {
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan struct{})
		go func() {
			defer close(left)
			if g.enter(ctx) == nil {
				g.leave()
			}
		}()
		go cancel()
		g.leave()
		<-left
	}
	if g.free != 1 || len(g.waiting) != 0 {
		t.Errorf("%d places are free, %d wait", g.free, len(g.waiting))
	}
}

// TestIdleLimits: what belongs to sources that are gone does not gather.
func TestIdleLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var set limiterSet
		a, b := New("https://a.example.com", WithConcurrency(1)), New("https://b.example.com", WithConcurrency(1))
		first := set.of(t.Context(), a)
		time.Sleep(23 * time.Hour)
		if set.of(t.Context(), a) != first {
			t.Error("a limiter in use was dropped")
		}
		time.Sleep(25 * time.Hour)
		set.of(t.Context(), b)
		if len(set.all) != 1 {
			t.Errorf("%d limiters", len(set.all))
		}
	})
}
