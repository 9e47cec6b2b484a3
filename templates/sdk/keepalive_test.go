package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	aliveLine = `{"data":{},"type":"keepAlive"}` + "\n"
	oneLine   = `{"data":1,"type":"output"}` + "\n"
	minute    = time.Minute
)

// pace is a handler that sleeps before each of its outputs and before its end.
func pace(pauses ...time.Duration) Handler[nothing] {
	return raw("a", func(ctx context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
		for _, pause := range pauses[:len(pauses)-1] {
			time.Sleep(pause)
			if err := out.Send(1); err != nil {
				return err
			}
		}
		time.Sleep(pauses[len(pauses)-1])
		return ctx.Err()
	})
}

// A timed line is one with the time at which it came.
type timed struct {
	at   time.Duration
	line string
}

// runTimed runs a command and returns its lines. The bubble that it runs in fails
// when the command leaves a goroutine.
func runTimed(t *testing.T, h Handler[nothing], opts ...Option) []timed {
	t.Helper()
	var got []timed
	start := time.Now()
	err := newTester([]Handler[nothing]{h}, opts...).Run(t.Context(), Request{Type: "a"}, func(b []byte) error {
		for line := range strings.Lines(string(b)) {
			got = append(got, timed{time.Since(start), line})
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return got
}

func TestKeepAlive(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opts   []Option
		pauses []time.Duration
		want   []timed
	}{
		"quick":  {nil, []time.Duration{time.Second, minute - 1, minute - 1}, []timed{{time.Second, oneLine}, {time.Second + minute - 1, oneLine}}},
		"silent": {nil, []time.Duration{3*minute + 30*time.Second}, []timed{{minute, aliveLine}, {2 * minute, aliveLine}, {3 * minute, aliveLine}}},
		"counted from the last line": {
			nil,
			[]time.Duration{90 * time.Second, 50 * time.Second, 80 * time.Second},
			[]timed{{minute, aliveLine}, {90 * time.Second, oneLine}, {140 * time.Second, oneLine}, {200 * time.Second, aliveLine}},
		},
		"shorter": {
			[]Option{WithKeepAlive(10 * time.Second)},
			[]time.Duration{25 * time.Second, time.Second},
			[]timed{{10 * time.Second, aliveLine}, {20 * time.Second, aliveLine}, {25 * time.Second, oneLine}},
		},
		"off":      {[]Option{WithKeepAlive(0)}, []time.Duration{time.Hour, time.Hour}, []timed{{time.Hour, oneLine}}},
		"negative": {[]Option{WithKeepAlive(-1)}, []time.Duration{time.Hour, time.Hour}, []timed{{time.Hour, oneLine}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := runTimed(t, pace(tt.pauses...), tt.opts...)
				if len(got) != len(tt.want) {
					t.Fatalf("%v, want %v", got, tt.want)
				}
				for i, want := range tt.want {
					if got[i] != want {
						t.Errorf("line %d is %v, want %v", i+1, got[i], want)
					}
				}
			})
		})
	}
}

// TestKeepAliveOfSlowReader: lines that the reader has not taken yet are no
// silence, and keep-alives do not queue up behind them.
func TestKeepAliveOfSlowReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		r := newTester([]Handler[nothing]{pace(0, 0, time.Hour+30*time.Second)})
		err := r.Run(t.Context(), Request{Type: "a"}, func(b []byte) error {
			if out.Len() == 0 {
				time.Sleep(time.Hour)
			}
			out.Write(b)
			return nil
		})
		if got, want := out.String(), oneLine+oneLine; err != nil || got != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	})
}

// slowCloser is a client that takes its time to close.
type slowCloser struct{}

func (slowCloser) Close() error { time.Sleep(10 * minute); return nil }

func TestNoKeepAliveAfterTheHandler(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]Handler[slowCloser]{
		"returns": unary("a", func(slowCloser, context.Context, json.RawMessage) (int, error) { return 1, nil }),
		"fails": raw("a", func(_ context.Context, _ slowCloser, _ json.RawMessage, out *Writer) error {
			return errors.Join(out.Send(1), errors.New("broke"))
		}),
		"panics": raw("a", func(_ context.Context, _ slowCloser, _ json.RawMessage, out *Writer) error {
			panic(out.Send(1))
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				open := func(context.Context, json.RawMessage) (slowCloser, error) { return slowCloser{}, nil }
				r := New(testSpec, rawConfig, open, []Handler[slowCloser]{handler}, silent())
				got, err := run(t.Context(), r, "a", "")
				if (err == nil) != (name == "returns") || got != oneLine {
					t.Errorf("%q, %v", got, err)
				}
			})
		})
	}
}

// TestKeepAliveEndsWithTheContext: nothing is sent to a client that has gone, however
// long the handler continues.
func TestKeepAliveEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		got, err := run(ctx, newTester([]Handler[nothing]{pace(time.Hour)}), "a", "")
		if !errors.Is(err, context.DeadlineExceeded) || got != aliveLine {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// TestKeepAliveStatus: an early error has its status, also of a source that is
// slow to open, and one after a keep-alive has status 200.
func TestKeepAliveStatus(t *testing.T) {
	t.Parallel()
	for pause, want := range map[time.Duration]struct {
		status int
		body   string
	}{
		minute - 1: {http.StatusInternalServerError, "generic error: "},
		minute + 1: {http.StatusOK, aliveLine + "generic error: "},
	} {
		synctest.Test(t, func(t *testing.T) {
			open := func(context.Context, json.RawMessage) (nothing, error) {
				time.Sleep(pause)
				return nothing{}, Errorf("no such host")
			}
			r := New(testSpec, rawConfig, open, []Handler[nothing]{pace(0)}, silent())
			req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"type":"a"}`))
			req.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			r.ServeHTTP(w, req)
			if w.Code != want.status || !strings.HasPrefix(w.Body.String(), want.body) || !strings.Contains(w.Body.String(), "no such host") {
				t.Errorf("after %v: status %d, %s", pause, w.Code, w.Body)
			}
		})
	}
}

func TestKeepAliveOfInvoke(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var stdout, stderr strings.Builder
		r := newTester([]Handler[nothing]{pace(2*minute+time.Second, 0)})
		code := r.Execute(t.Context(), []string{"app", "invoke", "a"}, &stdout, &stderr)
		if got, want := stdout.String(), aliveLine+aliveLine+oneLine; code != 0 || got != want {
			t.Errorf("exit %d, %q, want %q, %s", code, got, want, &stderr)
		}
	})
}
