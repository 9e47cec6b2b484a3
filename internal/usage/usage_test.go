package usage_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/conngen/conngen/internal/usage"
)

// TestErrorf: the mark survives wrapping, and the cause below it is still found.
func TestErrorf(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("app: %w", usage.Errorf("--out %q: %w", "x", io.EOF))
	if err.Error() != `app: --out "x": EOF` || !errors.As(err, new(usage.Error)) || !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}
