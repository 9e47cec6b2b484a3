package unified_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/internal/unified"
)

// TestDiff: each hunk is at the position in its header, in both texts, whatever has changed.
func TestDiff(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		var old, now []string
		for i := range 80 {
			line := fmt.Sprintf("-- %d ++", i)
			switch random.IntN(12) {
			case 0:
				old = append(old, line)
			case 1:
				now = append(now, line, "+++ more")
			default:
				old, now = append(old, line), append(now, line)
			}
		}
		diff := unified.Diff("old", "new", strings.Join(old, "\n")+"\n", strings.Join(now, "\n")+"\n")
		check(t, seed, diff, old, now)
	}
	if diff := unified.Diff("old", "new", "a\n", "a\n"); diff != "" {
		t.Errorf("no difference: %q", diff)
	}
}

func check(t *testing.T, seed uint64, diff string, old, now []string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(diff, "\n"), "\n")
	from, to := 0, 0
	for _, line := range lines[min(2, len(lines)):] {
		if strings.HasPrefix(line, "@@ ") {
			var a, n, b, m int
			if _, err := fmt.Sscanf(line, "@@ -%d,%d +%d,%d @@", &a, &n, &b, &m); err != nil {
				t.Fatal(seed, line, err)
			}
			from, to = a-1, b-1
			continue
		}
		if line[0] != '+' {
			if !slices.Contains(old[from:from+1], line[1:]) {
				t.Errorf("seed %d: line %d of the old text is %q, not %q", seed, from+1, old[from], line[1:])
			}
			from++
		}
		if line[0] != '-' {
			if !slices.Contains(now[to:to+1], line[1:]) {
				t.Errorf("seed %d: line %d of the new text is %q, not %q", seed, to+1, now[to], line[1:])
			}
			to++
		}
	}
}
