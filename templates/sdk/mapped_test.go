package sdk

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A pair is what a sequence yields.
type pair struct {
	value string
	err   error
}

// pairs returns the first n pairs of a sequence.
func pairs(all iter.Seq2[string, error], n int) []pair {
	var found []pair
	for value, err := range all {
		found = append(found, pair{value, err})
		if len(found) == n {
			break
		}
	}
	return found
}

func TestMapped(t *testing.T) {
	t.Parallel()
	called := 0
	text := Mapped(func(n int) string { called++; return strconv.Itoa(n) })
	broken := errors.New("broken")
	if got, err := text(strconv.Atoi("007")); got != "7" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := text(7, broken); got != "" || err != broken || called != 1 {
		t.Errorf("after an error f was called %d times and there is %q, %v", called-1, got, err)
	}
}

// TestMapAll: a value is mapped when it is asked for, errors come through, and a loop that
// breaks off stops the sequence.
func TestMapAll(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	given, mapped := 0, 0
	source := func(yield func(int, error) bool) {
		for n, err := range []error{nil, broken, nil, nil} {
			given++
			if !yield(n, err) {
				return
			}
		}
	}
	texts := MapAll(source, func(n int) string { mapped++; return "#" + strconv.Itoa(n) })
	if given != 0 {
		t.Error("the sequence has begun before it was asked for")
	}
	want := []pair{{"#0", nil}, {"", broken}, {"#2", nil}, {"#3", nil}}
	if got := pairs(texts, 3); !reflect.DeepEqual(got, want[:3]) || given != 3 || mapped != 2 {
		t.Errorf("got %v of %d, %d mapped", got, given, mapped)
	}
	if got := pairs(texts, 9); !reflect.DeepEqual(got, want) {
		t.Errorf("the second time there is %v", got)
	}
}

// TestMapCalls: values are mapped side by side, as many as are allowed, and come in order.
func TestMapCalls(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]time.Duration{-1: 9 * time.Second, 1: 9 * time.Second, 3: 3 * time.Second, 20: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var mu sync.Mutex
			running, most := 0, 0
			texts := MapCalls(t.Context(), numbersTo(9), n, func(_ context.Context, i int) (string, error) {
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				defer func() {
					mu.Lock()
					running--
					mu.Unlock()
				}()
				time.Sleep(time.Second - time.Duration(i)*time.Millisecond) // later ones are faster
				return strconv.Itoa(i), nil
			})
			got := ""
			for text, err := range texts {
				if err != nil {
					t.Error(err)
				}
				got += text
			}
			if got != "012345678" || most != min(max(n, 1), 9) || time.Since(start) > want {
				t.Errorf("%d at once: got %s, %d at once, in %v", n, got, most, time.Since(start))
			}
		})
	}
}

// numbersTo are the numbers from 0 to n-1.
func numbersTo(n int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// TestMapCallsEnds: the first error is the last pair, and nothing continues after the
// loop, which the bubble would wait for.
func TestMapCallsEnds(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		all     iter.Seq2[int, error]
		f       func(i int) error // of those that do not wait for the end
		loop    int               // pairs after which the loop breaks off
		want    int               // pairs without an error
		problem string
	}{
		"a call": {numbersTo(9), func(i int) error { return map[int]error{2: broken}[i] }, 99, 2, "broken"},
		"the list": {func(yield func(int, error) bool) {
			_ = yield(0, nil) && yield(1, nil) && yield(0, broken) && yield(2, nil)
		}, func(int) error { return nil }, 99, 2, "broken"},
		"a panic":    {numbersTo(9), func(i int) error { return []error{nil, nil}[i] }, 99, 2, "panic"},
		"a goexit":   {numbersTo(9), func(i int) error { exitAt(i, 2); return nil }, 99, 2, "not mapped"},
		"the loop":   {numbersTo(9), func(int) error { return nil }, 1, 1, ""},
		"nothing":    {numbersTo(0), nil, 99, 0, ""},
		"everything": {numbersTo(3), func(int) error { return nil }, 99, 3, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			start, seen := time.Now(), 0
			var last error
			for text, err := range MapCalls(t.Context(), tt.all, 5, func(ctx context.Context, i int) (string, error) {
				if i > 2 {
					<-ctx.Done() // until the loop ends
					return "late", context.Cause(ctx)
				}
				return "text", tt.f(i)
			}) {
				if last = err; err != nil {
					if text != "" {
						t.Errorf("%s: %q with an error", name, text)
					}
					continue
				}
				if seen++; seen == tt.loop {
					break
				}
			}
			if tt.problem != "" {
				mentions(t, last, tt.problem)
			} else if last != nil {
				t.Errorf("%s: %v", name, last)
			}
			if seen != tt.want || time.Since(start) != 0 {
				t.Errorf("%s: %d values in %v", name, seen, time.Since(start))
			}
		})
	}
}

func exitAt(i, at int) {
	if i == at {
		runtime.Goexit()
	}
}

func TestSendAll(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		outputs []pair
		opts    []Option
		given   int
		sent    string
		problem string
	}{
		"all":                 {[]pair{{"a", nil}, {"b", nil}}, nil, 2, "ab", ""},
		"none":                {nil, nil, 0, "", ""},
		"an error":            {[]pair{{"a", nil}, {"lost", broken}, {"c", nil}}, nil, 2, "a", "broken"},
		"an output too large": {[]pair{{"a", nil}, {string(make([]byte, 99)), nil}, {"c", nil}}, []Option{WithOutputLimit(99)}, 2, "a", "the limit is 99"},
		"a hook that fails": {
			[]pair{{"a", nil}, {"b", nil}},
			[]Option{After(NewMethod[None, string]("list"), func(context.Context, string) (string, error) { return "", broken })},
			1, "", "broken",
		},
	} {
		given := 0
		source := func(yield func(string, error) bool) {
			for _, p := range tt.outputs {
				given++
				if !yield(p.value, p.err) {
					return
				}
			}
		}
		list := NewMethod[None, string]("list")
		c := newTester([]Handler[nothing]{Streaming(list, func(_ nothing, _ context.Context, _ None, out *Stream[string]) error {
			return out.SendAll(source)
		})}, tt.opts...)
		result, err := Call(t.Context(), c, list, None{}, nil)
		sent := ""
		for _, output := range result.Outputs {
			sent += output
		}
		if sent != tt.sent || given != tt.given {
			t.Errorf("%s: %q was sent of %d", name, sent, given)
		}
		if tt.problem != "" {
			mentions(t, err, tt.problem)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
