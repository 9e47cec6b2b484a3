package schema_test

import (
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/conngen/conngen/schema"
)

func TestParseNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"1": 1, " -1.5 ": -1.5, "1e3": 1000, "+2E-1": 0.2, ".5": 0.5, "007": 7} {
		if got, err := schema.ParseNumber(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "1_000", "0x1p4", "Inf", "nan", "1,5", "1 000", "--1", "e", "１"} {
		if got, err := schema.ParseNumber(text); !errors.Is(err, strconv.ErrSyntax) {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	if n, err := schema.ParseNumber("1e400"); !errors.Is(err, strconv.ErrRange) || !math.IsInf(n, 1) {
		t.Errorf("1e400 is %v, %v", n, err)
	}
}
