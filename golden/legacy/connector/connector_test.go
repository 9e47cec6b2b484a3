package connector

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var sourceConfig = map[string]any{"host": "h", "user": "u", "userPassword": "hush"}

// connector returns a connector with its own sample data.
func connector() *sdk.Connector {
	client := NewMemory()
	return New(func(context.Context, Config) (Client, error) { return client, nil })
}

// TestRound: without a keyType, objects carry identity and uuid; without a create
// template, accounts are created from their own attributes.
func TestRound(t *testing.T) {
	t.Parallel()
	h := connector()
	for _, a := range call.Objects(t, h, "std:account:list", nil, sourceConfig) {
		if a.Identity == "" || a.UUID == "" || a.Key != nil {
			t.Errorf("listed %+v", a)
		}
		read := call.One(t, h, "std:account:read", map[string]any{"identity": a.Identity}, sourceConfig)
		if diff := cmp.Diff(a, read); diff != "" {
			t.Errorf("list and read differ: %s", diff)
		}
	}
	attributes := map[string]any{"card_no": "c-77", "name": "Ada", "shifts": "night"}
	created := call.One(t, h, "std:account:create", map[string]any{"attributes": attributes}, sourceConfig)
	want := map[string]any{"card_no": "c-77", "name": "Ada", "shifts": []any{"night"}}
	if diff := cmp.Diff(want, created.Attributes); created.Identity != "c-77" || diff != "" {
		t.Errorf("created %q: %s", created.Identity, diff)
	}
}

// TestOtherKeys: without a keyType, either kind of key may be sent.
func TestOtherKeys(t *testing.T) {
	t.Parallel()
	for _, key := range []sdk.Key{sdk.SimpleKey("1"), sdk.CompoundKey("1", "2")} {
		if _, err := sdk.Marshal(&Account{Key: key, Attributes: AccountAttributes{CardNo: "1"}}); err != nil {
			t.Errorf("%v: %v", key, err)
		}
	}
}

// TestSpecRead: booleans that the spec writes as strings are booleans in the answer, because the
// official tools read those.
func TestSpecRead(t *testing.T) {
	t.Parallel()
	answer := call.Run(t, connector(), "std:spec:read", nil, nil)
	type attribute struct{ Multi, Entitlement, Managed bool }
	var got struct {
		Specification struct {
			AccountSchema      struct{ Attributes []attribute }
			EntitlementSchemas []struct{ Attributes []attribute }
		}
	}
	if err := json.Unmarshal(answer.Outputs[0], &got); err != nil {
		t.Fatal(err)
	}
	if want := (attribute{true, true, true}); got.Specification.AccountSchema.Attributes[3] != want {
		t.Errorf("shifts is %+v", got.Specification.AccountSchema.Attributes[3])
	}
	if !got.Specification.EntitlementSchemas[0].Attributes[3].Multi {
		t.Error("weekdays has one value")
	}
}
