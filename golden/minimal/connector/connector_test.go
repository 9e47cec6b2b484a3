package connector

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var sourceConfig = map[string]any{"site": "s", "apiKey": "hush"}

// connector returns a connector with its own sample data.
func connector() *sdk.Connector {
	client := NewMemory()
	return New(func(context.Context, Config) (Client, error) { return client, nil })
}

func TestRead(t *testing.T) {
	t.Parallel()
	h := connector()
	call.One(t, h, "std:test-connection", nil, sourceConfig)
	for _, a := range call.Objects(t, h, "std:account:list", nil, sourceConfig) {
		read := call.One(t, h, "std:account:read", map[string]any{"key": a.Key}, sourceConfig)
		if diff := cmp.Diff(a, read); diff != "" {
			t.Errorf("list and read differ: %s", diff)
		}
	}
	call.Fails(t, h, "std:test-connection", nil, map[string]any{}, "config: site is required; apiKey is required")
}
