package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const enabled = `{"partitionAggregationEnabled":true}`

func TestPartitionAggregation(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]bool{
		``: false, `null`: false, `5`: false, `[]`: false, `{}`: false, `{"partition`: false,
		enabled:                                   true,
		`{"partitionAggregationEnabled":false}`:   false,
		`{"partitionAggregationEnabled":null}`:    false,
		`{"partitionAggregationEnabled":0}`:       false,
		`{"partitionAggregationEnabled":1}`:       true,
		`{"partitionAggregationEnabled":""}`:      false,
		`{"partitionAggregationEnabled":"false"}`: false,
		`{"partitionAggregationEnabled":"False"}`: false,
		`{"partitionAggregationEnabled":"true"}`:  true,
		`{"partitionAggregationEnabled":"yes"}`:   true,
		`{"partitionAggregationEnabled":{}}`:      true,
	} {
		r := newTester([]Handler[nothing]{unary("a", func(_ nothing, ctx context.Context, _ json.RawMessage) (bool, error) {
			return Info(ctx).Source.PartitionAggregation, nil
		})})
		var got strings.Builder
		err := r.Run(t.Context(), Request{Type: "a", Config: json.RawMessage(config)}, func(b []byte) error { got.Write(b); return nil })
		if err != nil || got.String() != fmt.Sprintf(`{"data":%t,"type":"output"}`+"\n", want) {
			t.Errorf("%s: %s, %v", config, &got, err)
		}
	}
}

// shard is a partition of the tests: a name, and how long it takes.
type shard struct {
	name string
	wait time.Duration
}

// shards are partitions p0, p1, … that take 1 s, 2 s, ….
func shards(n int) []shard {
	list := make([]shard, n)
	for i := range list {
		list[i] = shard{fmt.Sprint("p", i), time.Duration(i+1) * time.Second}
	}
	return list
}

// runShards runs a partitioned command and returns its outputs.
func runShards(t *testing.T, config string, found []shard, list func(context.Context, *Stream[string], *shard) error, opts ...Option) ([]string, error) {
	t.Helper()
	handler := partitioned("std:account:list",
		func(nothing, context.Context, AccountListInput) ([]shard, error) { return found, nil },
		func(_ nothing, ctx context.Context, _ AccountListInput, out *Stream[string], p *shard) error {
			return list(ctx, out, p)
		},
	)
	var got []string
	r := newTester([]Handler[nothing]{handler}, opts...)
	err := r.Run(t.Context(), Request{Type: "std:account:list", Config: json.RawMessage(config)}, func(b []byte) error {
		for line := range strings.Lines(string(b)) {
			var l struct{ Data string }
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				return err
			}
			got = append(got, l.Data)
		}
		return nil
	})
	return got, err
}

// sendSlowly sends a partition's name once its time is over.
func sendSlowly(ctx context.Context, out *Stream[string], p *shard) error {
	if p == nil {
		return out.Send("all")
	}
	select {
	case <-time.After(p.wait):
		return out.Send(p.name)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func TestPartitioned(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		config string
		opts   []Option
		found  []shard
		want   []string
		takes  time.Duration
	}{
		"off":              {`{}`, nil, shards(3), []string{"all"}, 0},
		"none found":       {enabled, nil, nil, []string{"all"}, 0},
		"as they come":     {enabled, nil, []shard{{"c", 3}, {"b", 2}, {"a", 1}}, []string{"a", "b", "c"}, 3},
		"more than fit":    {enabled, []Option{WithPartitionLimit(2)}, []shard{{"a", 1}, {"b", 4}, {"c", 1}, {"d", 1}}, []string{"a", "c", "d", "b"}, 4},
		"one by one":       {enabled, []Option{WithPartitionLimit(1)}, []shard{{"b", 2}, {"a", 1}}, []string{"b", "a"}, 3},
		"the default is 8": {enabled, []Option{WithPartitionLimit(0)}, slices.Repeat([]shard{{"a", 1}}, 9), slices.Repeat([]string{"a"}, 9), 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				got, err := runShards(t, tt.config, tt.found, sendSlowly, tt.opts...)
				if err != nil || !slices.Equal(got, tt.want) || time.Since(start) != tt.takes {
					t.Errorf("%v after %v, %v, want %v after %v", got, time.Since(start), err, tt.want, tt.takes)
				}
			})
		})
	}
}

// TestPartitionedFails: the first failure, of whatever kind, is the command's,
// ends the other partitions at once, and leaves no goroutine in the bubble.
func TestPartitionedFails(t *testing.T) {
	t.Parallel()
	broke := errors.New("broke")
	for name, fail := range map[string]func() error{
		"error": func() error { return broke },
		"panic": func() error { panic(broke) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var refused atomic.Int32
				got, err := runShards(t, enabled, shards(20), func(ctx context.Context, out *Stream[string], p *shard) error {
					err := sendSlowly(ctx, out, p)
					if p.name == "p1" {
						return fail()
					}
					if err != nil && out.Send("too late") != nil {
						refused.Add(1)
					}
					return err
				})
				mentions(t, err, "broke")
				if want := []string{"p0", "p1"}; !slices.Equal(got, want) || time.Since(start) != 2*time.Second {
					t.Errorf("%v after %v, want %v", got, time.Since(start), want)
				}
				if n := refused.Load(); n != 7 {
					t.Errorf("%d partitions were ended, want 7", n)
				}
			})
		})
	}
}

func TestPartitionedInputs(t *testing.T) {
	t.Parallel()
	r := newTester([]Handler[nothing]{partitioned("a",
		func(nothing, context.Context, AccountListInput) ([]shard, error) { return nil, NotFound("no shards") },
		func(_ nothing, _ context.Context, in AccountListInput, out *Stream[bool], _ *shard) error {
			return out.Send(in.Stateful)
		},
	)})
	for _, tt := range []struct{ input, config, want, fails string }{
		{`{"stateful":true}`, `{}`, `{"data":true,"type":"output"}` + "\n", ""},
		{`{"stateful":5}`, `{}`, `{"data":false,"type":"output"}` + "\n", ""},
		{`[]`, `{}`, "", "input: "},
		{`{}`, enabled, "", "no shards"},
	} {
		var got strings.Builder
		err := r.Run(t.Context(), Request{Type: "a", Input: json.RawMessage(tt.input), Config: json.RawMessage(tt.config)},
			func(b []byte) error { got.Write(b); return nil })
		if tt.fails != "" {
			mentions(t, err, tt.fails)
		} else if err != nil {
			t.Error(err)
		}
		if got.String() != tt.want {
			t.Errorf("%s: %s", tt.input, &got)
		}
	}
}

// TestListPartitions is about the helper alone, outside a command.
func TestListPartitions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		one := func(ctx context.Context, _ int) error {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			time.Sleep(time.Second)
			return ctx.Err()
		}
		if err := ListPartitions(t.Context(), make([]int, 10), 3, one); err != nil || most.Load() != 3 {
			t.Errorf("%v, %d at the same time", err, most.Load())
		}
		if err := ListPartitions(t.Context(), nil, 0, one); err != nil {
			t.Error(err)
		}
		gone := errors.New("gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(gone)
		if err := ListPartitions(ctx, make([]int, 10), 0, one); !errors.Is(err, gone) {
			t.Errorf("without a context: %v", err)
		}
	})
}
