package choices_test

import (
	"slices"
	"testing"

	"github.com/conngen/conngen/internal/choices"
)

// TestNew: a byte changes one choice, every choice can occur, and choices continue after the last
// byte.
func TestNew(t *testing.T) {
	t.Parallel()
	take := func(data ...byte) []int {
		r := choices.New(data)
		return []int{r.IntN(8), r.IntN(10), r.IntN(256), r.IntN(1 << 30), r.IntN(1 << 30)}
	}
	a, b := take(1, 2, 3), take(1, 200, 3)
	if a[0] != b[0] || a[1] == b[1] || a[2] != b[2] || a[3] == b[3] || !slices.Equal(a, take(1, 2, 3)) {
		t.Errorf("%v and %v", a, b)
	}
	for _, n := range []int{2, 3, 8, 10, 100, 256} {
		seen := make(map[int]bool)
		for i := range 256 {
			seen[choices.New([]byte{byte(i)}).IntN(n)] = true
		}
		if len(seen) != n {
			t.Errorf("%d of %d", len(seen), n)
		}
	}
}
