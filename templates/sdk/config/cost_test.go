package config

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// chain is a config whose items show each other, the last one first in the order of keys.
type chain struct {
	texts []string
}

func (c *chain) ConfigItems(items *Items) {
	for i := range c.texts {
		key := func(i int) string { return fmt.Sprintf("item%06d", len(c.texts)-i) }
		if i == 0 {
			items.Text(key(i), &c.texts[i])
		} else {
			items.Text(key(i), &c.texts[i], When(key(i-1), "on"))
		}
	}
}

func readChain(t testing.TB, n int) {
	values := make(map[string]string, n)
	for i := range n {
		values[fmt.Sprintf("item%06d", i+1)] = "on"
	}
	raw, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	c := &chain{make([]string, n)}
	if err := read(raw, c); err != nil || c.texts[n-1] != "on" {
		t.Errorf("the last item is %q, %v", c.texts[n-1], err)
	}
}

// TestLongChain: of items that show each other in a long chain, each is looked at a few
// times. It is not parallel, since it counts what the whole process allocates.
func TestLongChain(t *testing.T) {
	allocated := func(n int) float64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		readChain(t, n)
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	if once, twice := allocated(500), allocated(1000); twice > 2.7*once {
		t.Errorf("500 items take %.0f bytes, and 1,000 take %.0f", once, twice)
	}
}

// wrongCards returns a config of n cards that are numbers.
func wrongCards(n int) json.RawMessage {
	return json.RawMessage(`{"text":"x","cards":[` + strings.TrimSuffix(strings.Repeat(`1,`, n), ",") + `]}`)
}

// TestManyProblems gathers problems that cannot be compared with each other in the time that a
// test has.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	if _, err := Read[settings](wrongCards(100_000)); err == nil {
		t.Error("no error")
	}
}

func BenchmarkCosts(b *testing.B) {
	for _, n := range []int{2_000, 4_000} {
		b.Run(fmt.Sprintf("chain/%d", n), func(b *testing.B) {
			for b.Loop() {
				readChain(b, n)
			}
		})
		b.Run(fmt.Sprintf("problems/%d", 10*n), func(b *testing.B) {
			raw := wrongCards(10 * n)
			for b.Loop() {
				_, _ = Read[settings](raw)
			}
		})
	}
}
