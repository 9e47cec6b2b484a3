package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"
)

// TestDroppedErrors: a command that drops an error of Send leaves one warning, with its name, the
// first error and how many there were.
func TestDroppedErrors(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 300<<10)
	for name, tt := range map[string]struct {
		send func(*Writer) error
		says string // "" if there is no warning
	}{
		"nothing failed": {func(out *Writer) error { return out.Send(1) }, ""},
		"too large": {func(out *Writer) error {
			for _, output := range []any{1, large, large, 2} {
				_ = out.Send(output)
			}
			return nil
		}, `"count":2,"err":"std:account:list: an output is 307228 bytes; the limit is 262144"`},
		"returned":    {func(out *Writer) error { return out.Send(large) }, ""},
		"no JSON":     {func(out *Writer) error { _ = out.Send(math.NaN()); return nil }, `"count":1,"err":"`},
		"no state":    {func(out *Writer) error { _ = out.SaveState(math.NaN()); return nil }, `"count":1`},
		"wrong patch": {func(out *Writer) error { _ = out.PatchConfig(ConfigPatch{Value: math.NaN()}); return nil }, `"count":1`},
	} {
		var log bytes.Buffer
		r := newTester([]Handler[nothing]{raw("std:account:list", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			return tt.send(out)
		})}, WithLogger(NewLogger(&log)))
		err := r.Run(t.Context(), Request{Type: "std:account:list", Config: json.RawMessage(`{}`)}, func([]byte) error { return nil })
		if (err != nil) != (name == "returned") {
			t.Errorf("%s: %v", name, err)
		}
		want := 0
		if tt.says != "" {
			want = 1
		}
		if n := strings.Count(log.String(), "the errors of Send"); n != want || !strings.Contains(log.String(), tt.says) || n > 0 && !strings.Contains(log.String(), `"commandType":"std:account:list"`) {
			t.Errorf("%s: the log is %s", name, log.String())
		}
	}
}

// TestDroppedFilterError: so does one that comes from the filter.
func TestDroppedFilterError(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := newTester([]Handler[nothing]{streaming("std:account:list", func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[json.RawMessage]) error {
		_ = out.Send(json.RawMessage(`{"attributes":{"a":1}}`))
		return nil
	})}, WithLogger(NewLogger(&log)))
	err := r.Run(t.Context(), Request{Type: "std:account:list", Config: json.RawMessage(`{"filterString":"a.contains(\"1\")"}`)}, func([]byte) error { return nil })
	if err != nil || !strings.Contains(log.String(), `"count":1,"err":"filter: a.contains works on texts`) {
		t.Errorf("%v, the log is %s", err, log.String())
	}
}

// TestLateSends: what a goroutine sends after its command has ended leaves one warning, unless the
// reader was gone.
func TestLateSends(t *testing.T) {
	t.Parallel()
	errGone := errors.New("gone")
	for name, tt := range map[string]struct {
		cancelled bool
		sink      error
		warnings  int
	}{"read": {false, nil, 1}, "cancelled": {true, nil, 0}, "gone": {false, errGone, 0}} {
		var log bytes.Buffer
		var kept *Writer
		ctx, cancel := context.WithCancel(t.Context())
		r := newTester([]Handler[nothing]{raw("late", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			kept = out
			if tt.cancelled {
				cancel()
				return nil
			}
			return out.Send(1)
		})}, WithLogger(slog.New(slog.NewJSONHandler(&log, nil))))
		_ = r.Run(ctx, Request{Type: "late"}, func([]byte) error { return tt.sink })
		cancel()
		for _, err := range []error{kept.Send(1), kept.KeepAlive(), kept.PatchConfig(), kept.SaveState(struct{}{})} {
			if err == nil {
				t.Errorf("%s: something was sent after the command", name)
			}
		}
		if n := strings.Count(log.String(), "sent after the command ended"); n != tt.warnings || n > 0 && !strings.Contains(log.String(), `"commandType":"late"`) {
			t.Errorf("%s: the log is %s", name, log.String())
		}
	}
}

// TestLogThatSends: a log that sends what it is told does not wait for itself.
func TestLogThatSends(t *testing.T) {
	t.Parallel()
	var kept *Stream[json.RawMessage]
	log := &sendingLog{Handler: slog.DiscardHandler, send: func() { _ = kept.Send(json.RawMessage(`1`)) }}
	r := newTester([]Handler[nothing]{streaming("late", func(_ nothing, _ context.Context, _ json.RawMessage, out *Stream[json.RawMessage]) error {
		kept = out
		_ = out.Send(json.RawMessage(`{`)) // which is dropped, a warning
		return nil
	})}, WithLogger(slog.New(log)))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = r.Run(t.Context(), Request{Type: "late"}, func([]byte) error { return nil })
		_, _ = kept.Send(json.RawMessage(`1`)), kept.SaveState(struct{}{})
	}()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("it waits for itself")
	}
	if log.lines < 2 {
		t.Errorf("%d lines are logged", log.lines)
	}
}

type sendingLog struct {
	slog.Handler
	send  func()
	lines int
}

func (l *sendingLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *sendingLog) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *sendingLog) Handle(context.Context, slog.Record) error {
	l.lines++
	l.send()
	return nil
}

// TestDoneCommandsSucceed: a method that has done its work when its context ends has succeeded,
// and its output leaves.
func TestDoneCommandsSucceed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	r := newTester([]Handler[nothing]{action("create", func(nothing, context.Context, json.RawMessage) error {
		cancel(errStopping)
		return nil
	})})
	if got, err := run(ctx, r, "create", ""); err != nil || got != "{\"data\":{},\"type\":\"output\"}\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestCancelledCommandsFail: a command whose context ends while it sends is never taken for one
// that sent everything, even if it drops the error.
func TestCancelledCommandsFail(t *testing.T) {
	t.Parallel()
	leaving := errors.New("the server is leaving")
	ctx, cancel := context.WithCancelCause(t.Context())
	r := newTester([]Handler[nothing]{raw("list", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
		_ = out.Send(1)
		cancel(leaving)
		_ = out.Send(2)
		return nil
	})})
	if _, err := run(ctx, r, "list", ""); !errors.Is(err, leaving) {
		t.Errorf("got %v", err)
	}
}
