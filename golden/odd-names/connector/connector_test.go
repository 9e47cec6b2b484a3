package connector

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var sourceConfig = map[string]any{"base.url": "https://b.example", "apiKey": "hush", "type": "1.0"}

// connector returns a connector with its own sample data.
func connector() *sdk.Connector {
	client := NewMemory()
	return New(func(context.Context, Config) (Client, error) { return client, nil })
}

// TestNames: every attribute keeps its name on the wire. Sample accounts have all attributes except
// passwords.
func TestNames(t *testing.T) {
	t.Parallel()
	h := connector()
	known := make(map[string]bool)
	for _, a := range spec.AccountSchema().Attributes {
		known[a.Name] = true
	}
	for _, name := range spec.Passwords {
		delete(known, name)
	}
	for _, a := range call.Objects(t, h, "std:account:list", nil, sourceConfig) {
		if len(a.Attributes) != len(known) {
			t.Errorf("%d attributes, want %d", len(a.Attributes), len(known))
		}
		for name := range a.Attributes {
			if !known[name] {
				t.Errorf("%q is a password, or the spec does not list it", name)
			}
		}
		read := call.One(t, h, "std:account:read", map[string]any{"key": a.Key}, sourceConfig)
		if diff := cmp.Diff(a, read); diff != "" {
			t.Errorf("list and read differ: %s", diff)
		}
	}
}

// TestEntitlementTypes: every entitlement type is listed, whatever its name.
func TestEntitlementTypes(t *testing.T) {
	t.Parallel()
	h := connector()
	for _, e := range spec.Entitlements {
		for _, object := range call.Objects(t, h, "std:entitlement:list", map[string]any{"type": e.Type}, sourceConfig) {
			if object.Type != e.Type {
				t.Errorf("type %q, want %q", object.Type, e.Type)
			}
		}
	}
}

// TestSpecRead: the spec is returned as written.
func TestSpecRead(t *testing.T) {
	t.Parallel()
	answer := call.Run(t, connector(), "std:spec:read", nil, nil)
	var got struct{ Specification any }
	var want any
	if err := json.Unmarshal(answer.Outputs[0], &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(specJSON), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Specification); diff != "" {
		t.Error(diff)
	}
}
