package sdk

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"strconv"
	"testing"
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
