package filter

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// long are texts of half a megabyte.
var long = map[string]string{
	"brackets":  strings.Repeat("(", 1<<19),
	"not":       strings.Repeat("!", 1<<19) + "a",
	"and":       strings.Repeat("a && ", 1<<19/5) + "a",
	"or":        strings.Repeat(`a == "b" || `, 1<<19/12) + "a",
	"row":       strings.Repeat("a ", 1<<18),
	"members":   strings.Repeat("a.", 1<<18) + "a",
	"calls":     "a" + strings.Repeat("()", 1<<18),
	"lists":     strings.Repeat("[", 1<<19),
	"index":     "a" + strings.Repeat("[a", 1<<18),
	"ternaries": strings.Repeat("a?", 1<<18) + "a",
	"minus":     "a" + strings.Repeat(" - a", 1<<17),
	"power":     "a" + strings.Repeat(" ** a", 1<<17),
	"arguments": "a.containsAll(" + strings.Repeat("1,", 1<<18) + "1)",
	"invisible": strings.Repeat("\u200b==1&&", 1<<16) + "a == 1",
	"text":      `a == "` + strings.Repeat("b", 1<<19),
	"name":      strings.Repeat("a", 1<<19) + " == 1",
}

// TestLongFilters: no text exhausts the stack, which would end the program, or takes minutes, as
// when columns are counted from the beginning.
func TestLongFilters(t *testing.T) {
	t.Parallel()
	for name, text := range long {
		f, err := Parse(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "filter, column ") || len(err.Error()) > 300 {
				t.Errorf("%s: %.300s", name, err)
			}
			continue
		}
		if _, err := f.Matches(func(string) (any, bool) { return "x", true }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// nested returns a list in a list, n times.
func nested(n int) any {
	var v any = "a"
	for range n {
		v = []any{v, "a"}
	}
	return v
}

// TestNestedLists: the text of lists in lists is copied once. It is not parallel, since
// it counts what the whole process allocates.
func TestNestedLists(t *testing.T) {
	f, err := Parse(`a == "b"`)
	if err != nil {
		t.Fatal(err)
	}
	allocated := func(n int) float64 {
		value := nested(n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := f.Matches(func(string) (any, bool) { return value, true }); err != nil {
			t.Error(err)
		}
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	if once, twice := allocated(2_500), allocated(5_000); twice > 2.7*once {
		t.Errorf("2,500 levels take %.0f bytes, and 5,000 take %.0f", once, twice)
	}
}

func BenchmarkCosts(b *testing.B) {
	for name, text := range long {
		for _, part := range []string{text[:len(text)/2], text} {
			b.Run(fmt.Sprintf("%s/%d", name, len(part)), func(b *testing.B) {
				for b.Loop() {
					_, _ = Parse(part)
				}
			})
		}
	}
}
