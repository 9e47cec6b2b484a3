package connector

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var sourceConfig = map[string]any{"terminalUrl": "https://t.example", "operator": "o", "operatorPassword": "hush"}

// connector returns a connector with its own sample data.
func connector() *sdk.Connector {
	client := NewMemory()
	return New(func(context.Context, Config) (Client, error) { return client, nil })
}

// TestRound reads what it lists by the compound key, and creates an account.
func TestRound(t *testing.T) {
	t.Parallel()
	h := connector()
	for _, a := range call.Objects(t, h, "std:account:list", nil, sourceConfig) {
		read := call.One(t, h, "std:account:read", map[string]any{"key": a.Key}, sourceConfig)
		if diff := cmp.Diff(a, read); diff != "" {
			t.Errorf("list and read differ: %s", diff)
		}
	}
	attributes := map[string]any{"holderNumber": "h-77", "holder": "Ada", "berth": "12"}
	created := call.One(t, h, "std:account:create", map[string]any{"identity": "b-77", "attributes": attributes}, sourceConfig)
	if !strings.HasPrefix(string(created.Key), `{"compound":{"lookupId":"b-77","uniqueId":"`) || created.Attributes["berth"] != 12.0 {
		t.Errorf("created %s %v", created.Key, created.Attributes)
	}
}

// TestKeyType: a simple key never reaches the wire.
func TestKeyType(t *testing.T) {
	t.Parallel()
	_, err := sdk.Marshal(&Account{Key: sdk.SimpleKey("1"), Attributes: AccountAttributes{Badge: "1"}})
	if err == nil || !strings.Contains(err.Error(), "keyType is compound") {
		t.Errorf("a simple key gave %v", err)
	}
	text, err := sdk.Marshal(&Account{Key: sdk.CompoundKey("l", "u"), Attributes: AccountAttributes{Badge: "1", HolderNumber: "2"}})
	const want = `{"key":{"compound":{"lookupId":"l","uniqueId":"u"}},"attributes":{"badge":"1","holderNumber":"2","holder":""}}`
	if err != nil || string(text) != want {
		t.Errorf("wrote %s, %v; want %s", text, err, want)
	}
}
