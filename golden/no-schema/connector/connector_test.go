package connector

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var sourceConfig = map[string]any{"directoryUrl": "https://d.example", "clientId": "c", "clientSecret": "hush", "objectClass": "person"}

// connector returns a connector with its own sample data.
func connector() *sdk.Connector {
	client := NewMemory()
	return New(func(context.Context, Config) (Client, error) { return client, nil })
}

// TestRound: without an account schema all attributes are extra ones.
func TestRound(t *testing.T) {
	t.Parallel()
	h := connector()
	accounts := call.Objects(t, h, "std:account:list", nil, sourceConfig)
	if len(accounts) != 10 {
		t.Fatalf("%d accounts, want 10", len(accounts))
	}
	read := call.One(t, h, "std:account:read", map[string]any{"key": accounts[3].Key}, sourceConfig)
	if diff := cmp.Diff(accounts[3], read); diff != "" {
		t.Errorf("list and read differ: %s", diff)
	}
	attributes := map[string]any{"id": "77", "anything": map[string]any{"deep": []any{1.0, nil}}, "password": "hush"}
	created := call.One(t, h, "std:account:create", map[string]any{"attributes": attributes}, sourceConfig)
	delete(attributes, "password")
	if diff := cmp.Diff(attributes, created.Attributes); diff != "" {
		t.Errorf("created: %s", diff)
	}
	changes := []map[string]any{{"op": "Set", "attribute": "anything", "value": "else"}, {"op": "Add", "attribute": "list", "value": "a"}}
	updated := call.One(t, h, "std:account:update", map[string]any{"key": created.Key, "changes": changes}, sourceConfig)
	want := map[string]any{"id": "77", "anything": "else", "list": []any{"a"}}
	if diff := cmp.Diff(want, updated.Attributes); diff != "" {
		t.Errorf("updated: %s", diff)
	}
}

func TestDiscoverSchema(t *testing.T) {
	t.Parallel()
	answer := call.Run(t, connector(), "std:account:discover-schema", nil, sourceConfig)
	if len(answer.Outputs) != 1 {
		t.Fatalf("answered %+v", answer)
	}
	var schema sdk.AccountSchema
	if err := json.Unmarshal(answer.Outputs[0], &schema); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(spec.AccountSchema(), schema); diff != "" || schema.IdentityAttribute != "id" {
		t.Errorf("discovered %+v: %s", schema, diff)
	}
}
