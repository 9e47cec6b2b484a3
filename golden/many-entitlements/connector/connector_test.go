package connector

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var sourceConfig = map[string]any{"workspaceUrl": "https://w.example", "accessToken": "hush"}

// connector returns a connector with its own sample data.
func connector() *sdk.Connector {
	client := NewMemory()
	return New(func(context.Context, Config) (Client, error) { return client, nil })
}

// TestReferences: every entitlement of a sample account can be read, with the type that its
// attribute names.
func TestReferences(t *testing.T) {
	t.Parallel()
	h := connector()
	types := map[string]string{
		"permissions": "permission", "primaryRole": "role", "additionalRoles": "role", "teams": "team",
		"homeTeam": "team", "projectIds": "project", "sharedAccounts": "account",
	}
	for _, a := range call.Objects(t, h, "std:account:list", nil, sourceConfig) {
		for attribute, objectType := range types {
			values, ok := a.Attributes[attribute].([]any)
			if !ok {
				values = []any{a.Attributes[attribute]}
			}
			for _, v := range values {
				e := call.One(t, h, "std:entitlement:read", map[string]any{"type": objectType, "identity": fmt.Sprint(v)}, sourceConfig)
				if e.Type != objectType {
					t.Errorf("%s: type %q", attribute, e.Type)
				}
			}
		}
	}
}

// TestTypes: each entitlement type has its own Go type.
func TestTypes(t *testing.T) {
	t.Parallel()
	account := AccountEntitlement{Key: sdk.SimpleKey("1"), Attributes: AccountEntitlementAttributes{ID: "1", Name: "Shared"}}
	text, err := sdk.Marshal(&account)
	const want = `{"key":{"simple":{"id":"1"}},"type":"account","attributes":{"id":"1","name":"Shared"}}`
	if err != nil || string(text) != want {
		t.Errorf("wrote %s, %v; want %s", text, err, want)
	}
	if diff := cmp.Diff("1", account.ID()); diff != "" {
		t.Error(diff)
	}
}
