package series_test

import (
	"testing"

	"github.com/conngen/conngen/internal/series"
)

func TestSeries(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		things  []string
		and, or string
	}{
		{nil, "", ""},
		{[]string{"a"}, "a", "a"},
		{[]string{"a", "b"}, "a and b", "a or b"},
		{[]string{"a", "b", "c"}, "a, b and c", "a, b or c"},
	} {
		if and, or := series.And(tt.things), series.Or(tt.things); and != tt.and || or != tt.or {
			t.Errorf("%q: %q and %q, want %q and %q", tt.things, and, or, tt.and, tt.or)
		}
	}
}
