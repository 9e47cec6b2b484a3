package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// counting returns a connector that lists numbers from 1 to n, or without end where n is 0,
// and what it has sent. It ends with an error.
func counting(n int64, failure error) (*Connector, Method[None, int64], *atomic.Int64, *error) {
	var sent atomic.Int64
	ended := new(error)
	list := NewMethod[None, int64]("list")
	c := newTester([]Handler[nothing]{Streaming(list, func(_ nothing, ctx context.Context, _ None, out *Stream[int64]) error {
		for sent.Load() != n || n == 0 {
			if *ended = out.Send(sent.Load() + 1); *ended != nil {
				return *ended
			}
			sent.Add(1)
		}
		return errors.Join(out.KeepAlive(), out.PatchConfig(), out.SaveState(1), failure)
	})})
	return c, list, &sent, ended
}

// TestOutputs: the outputs come in their order and nothing else does, and an error is the
// last pair.
func TestOutputs(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{"well": nil, "failing": NotFound("gone")} {
		c, list, _, _ := counting(1000, failure)
		var n int64
		var last error
		for got, err := range Outputs(t.Context(), c, list, None{}, nil) {
			if last != nil {
				t.Errorf("%s: %v, %v comes after the error", name, got, err)
			}
			if last = err; err == nil {
				n++
			}
			if err == nil && got != n || err != nil && got != 0 {
				t.Errorf("%s: %v, %v after %d outputs", name, got, err, n)
			}
		}
		if n != 1000 || IsNotFound(last) != (failure != nil) {
			t.Errorf("%s: %d outputs, and the error %v", name, n, last)
		}
	}
}

// TestOutputsOfItsOwn: what one output has does not show in the next, and each loop runs the
// command.
func TestOutputsOfItsOwn(t *testing.T) {
	t.Parallel()
	runs := 0
	c := newTester([]Handler[nothing]{Streaming(listAccounts, func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member]) error {
		runs++
		full := member{Key: SimpleKey("1"), Attributes: memberAttributes{ID: "1", Groups: []string{"a"}}}
		return errors.Join(out.Send(full), out.Send(member{Key: SimpleKey("2")}), out.Send(full))
	})})
	all := Outputs(t.Context(), c, listAccounts, AccountListInput{}, nil)
	for run := 1; run <= 2; run++ {
		var found []member
		for m, err := range all {
			if err != nil {
				t.Error(err)
			}
			found = append(found, m)
		}
		if len(found) != 3 || runs != run {
			t.Fatalf("%d outputs of %d runs", len(found), runs)
		}
		found[0].Attributes.Groups[0] = "changed"
		if found[1].Attributes.ID != "" || len(found[1].Attributes.Groups) != 0 || found[2].Attributes.Groups[0] != "a" {
			t.Errorf("%+v", found)
		}
	}
}

// TestOutputsBackPressure: the command does not run ahead of the loop by more than the
// writer's buffer and what it has delivered, and ends when the loop breaks off.
func TestOutputsBackPressure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, list, sent, ended := counting(0, nil)
		size := int64(len(`{"data":1,"type":"output"}` + "\n"))
		for n, err := range Outputs(t.Context(), c, list, None{}, nil) {
			if err != nil {
				t.Error(err)
			}
			synctest.Wait()
			if ahead := (sent.Load() - n) * size; ahead > 3*fewPending {
				t.Fatalf("the command is %d bytes ahead", ahead)
			}
			if n == 10 {
				break
			}
		}
		if !errors.Is(*ended, context.Canceled) {
			t.Errorf("the command ended with %v", *ended)
		}
	})
}

// TestOutputsStopped: however a loop is left, the command has ended then.
func TestOutputsStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, leave := range map[string]func(){
			"panic":  func() { panic("the loop's own") },
			"Goexit": runtime.Goexit,
		} {
			c, list, _, ended := counting(0, nil)
			done := make(chan any)
			go func() {
				defer func() { done <- recover() }()
				for range Outputs(t.Context(), c, list, None{}, nil) {
					leave()
				}
			}()
			if v := <-done; v != nil && v != "the loop's own" || !errors.Is(*ended, context.Canceled) {
				t.Errorf("%s: recovered %v, and the command ended with %v", name, v, *ended)
			}
		}
	})
}

// TestOutputsCancelled: the end of the context ends the command, and its error is the cause.
func TestOutputsCancelled(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	c, list, _, _ := counting(0, nil)
	var last error
	for n, err := range Outputs(ctx, c, list, None{}, nil) {
		if last = err; n == 5 {
			cancel(broken)
		}
	}
	if last != broken {
		t.Errorf("the last error is %v", last)
	}
}

// TestOutputsErrors: what cannot be sent, or read, is the one error.
func TestOutputsErrors(t *testing.T) {
	t.Parallel()
	c := newTester([]Handler[nothing]{
		unary("text", func(nothing, context.Context, any) (string, error) { return "text", nil }),
		unary("panics", func(nothing, context.Context, any) (int, error) { panic("ouch") }),
		unary("exits", func(nothing, context.Context, any) (int, error) { runtime.Goexit(); return 0, nil }),
	})
	for _, tt := range []struct {
		command    Command
		in, config any
		want       string
	}{
		{"text", func() {}, nil, "input: json: unsupported type"},
		{"text", nil, func() {}, "config: json: unsupported type"},
		{"text", nil, nil, `output "text": json: cannot unmarshal string`},
		{"unknown", nil, nil, "unsupported command: unknown"},
		{"panics", nil, nil, "panic: ouch"},
		{"exits", nil, nil, "the command's goroutine exited"},
	} {
		var found []string
		for n, err := range Outputs(t.Context(), c, NewMethod[any, int](tt.command), tt.in, tt.config) {
			if err == nil {
				t.Fatalf("%s: there is an output: %d", tt.command, n)
			}
			found = append(found, err.Error())
		}
		if len(found) != 1 || !strings.Contains(found[0], tt.want) {
			t.Errorf("%s: got %q, want %q", tt.command, found, tt.want)
		}
	}
}

// readAll reads the outputs of an aggregation, and returns how many there are, and the most
// memory that objects took meanwhile, beyond what they did before.
func readAll(tb testing.TB, c *Connector) (outputs int, peak uint64) {
	tb.Helper()
	runtime.GC()
	before := heapInUse()
	list := NewMethod[AccountListInput, member]("std:account:list")
	for _, err := range Outputs(tb.Context(), c, list, AccountListInput{}, json.RawMessage(enabled)) {
		if err != nil {
			tb.Fatal(err)
		}
		if outputs++; outputs%1000 == 0 {
			if now := heapInUse(); now > before {
				peak = max(peak, now-before)
			}
		}
	}
	return outputs, peak
}

// TestOutputsMemory is not parallel, since it measures the whole program: outputs must not
// gather in memory, where they would take a third more than the limit.
func TestOutputsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long with the race detector")
	}
	const accounts, most = 20_000, 8 << 20
	if n, peak := readAll(t, aggregation(accounts, 1)); n != accounts || peak > most {
		t.Errorf("%d outputs took %d bytes of memory, want at most %d", n, peak, most)
	}
}

// BenchmarkOutputs reads a million accounts.
func BenchmarkOutputs(b *testing.B) {
	const accounts = 1_000_000
	var most uint64
	for b.Loop() {
		n, peak := readAll(b, aggregation(accounts, 1))
		if n != accounts {
			b.Fatalf("%d outputs, want %d", n, accounts)
		}
		most = max(most, peak)
	}
	b.ReportMetric(float64(accounts)*float64(b.N)/b.Elapsed().Seconds(), "accounts/s")
	b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
}
