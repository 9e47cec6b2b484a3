package minimal

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var config = map[string]any{"site": "s", "apiKey": "hush"}

// connector returns a connector on sample data of its own.
func connector() *sdk.Registry[Client] {
	memory := NewMemory()
	return New(func(context.Context, Config) (Client, error) { return memory, nil })
}

func TestRead(t *testing.T) {
	t.Parallel()
	h := connector()
	call.One(t, h, "std:test-connection", nil, config)
	for _, a := range call.Objects(t, h, "std:account:list", nil, config) {
		read := call.One(t, h, "std:account:read", map[string]any{"key": a.Key}, config)
		if diff := cmp.Diff(a, read); diff != "" {
			t.Errorf("list and read differ: %s", diff)
		}
	}
	call.Fails(t, h, "std:test-connection", nil, map[string]any{}, "config: site is required; apiKey is required")
}
