package connector

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var sourceConfig = map[string]any{"gatehouseUrl": "https://g.example", "apiToken": "hush"}

// TestAttributes: settings and numbers only change Go names.
func TestAttributes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		object sdk.Wired
		want   string
	}{
		{
			&AccountAttributes{BadgeNumber: "1", Holder: "Ada", RFIDTag: "a", RFIDTag2: "b", ERPRefs: []string{"c"}, Hash: sdk.Ptr(int64(2)), Remarks: "d", Extra2: sdk.Ptr(false)},
			`{"badgeId":"1","holder":"Ada","rfidTag":"a","rfid_tag":"b","erpRefs":["c"],"#":2,"~":"d","extra":false}`,
		},
		{&AccountCreateAttributes{HolderName: "Ada", FirstPIN: sdk.NewSecret("0"), BadgeNumber: "1"}, `{"holder":"Ada","pin":"[redacted]","badgeId":"1"}`},
		{&CrewAttributes{Number: "1", Title: "Porters", WireFields2: sdk.Ptr(int64(3))}, `{"id":"1","title":"Porters","wire-fields":3}`},
		{&ActionAttributes{Verb: "open", At: "north"}, `{"do":"open","@":"north"}`},
		{&Crew{Attributes: CrewAttributes{Number: "1"}}, `{"type":"group","attributes":{"id":"1","title":""}}`},
		{&CrewEntitlement{Attributes: CrewEntitlementAttributes{ID: "1"}}, `{"type":"crew","attributes":{"id":"1","name":""}}`},
	} {
		text, err := sdk.Marshal(tt.object)
		if err != nil || string(text) != tt.want {
			t.Errorf("wrote %s, %v; want %s", text, err, tt.want)
		}
	}
}

func TestDecodeConfig(t *testing.T) {
	t.Parallel()
	c, err := DecodeConfig(json.RawMessage(`{"gatehouseUrl":"https://g.example","apiToken":"hush","page-size":1,"page_size":2,"match":"","?":"112",
		"sites":[{"name":"North","locks":"e"},{"name":"South","locks":"+"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if *c.PageSize != 1 || *c.PageSize2 != 2 || c.Compare != ConfigCompareNever || c.Question != "112" {
		t.Errorf("read %+v", c)
	}
	want := []ConfigLocation{{Title: "North", Locks: ConfigLocationLocksElectric}, {Title: "South", Locks: ConfigLocationLocksPlus}}
	if diff := cmp.Diff(want, c.Locations, cmp.AllowUnexported(sdk.Secret{})); diff != "" {
		t.Error(diff)
	}
	for value, choice := range map[string]ConfigCompare{
		"==": ConfigCompareSame, "!=": ConfigCompareNotEqual, "<=": ConfigCompareLessOrEqual, "~": ConfigCompareTilde, "": ConfigCompareNever,
	} {
		if string(choice) != value || !choice.Valid() {
			t.Errorf("option %q is %q", value, choice)
		}
	}
}

// named answers its own commands with the name of their method.
type named struct{ *Memory }

func (named) ActionListCommand(context.Context, json.RawMessage, *sdk.Stream[any]) error {
	return errors.New("ActionListCommand")
}

func (named) ToggleDoor(context.Context, json.RawMessage, *sdk.Stream[any]) error {
	return errors.New("ToggleDoor")
}

func (named) GatehouseRFIDExport(context.Context, json.RawMessage, *sdk.Stream[any]) error {
	return errors.New("GatehouseRFIDExport")
}

// TestCommands: each command reaches its method, and each entitlement type its own.
func TestCommands(t *testing.T) {
	t.Parallel()
	client := named{NewMemory()}
	h := New(func(context.Context, Config) (Client, error) { return client, nil }, sdk.WithLogger(slog.New(slog.DiscardHandler)))
	for command, method := range map[string]string{
		"action:list": "ActionListCommand", "gatehouse:open/close": "ToggleDoor", "gatehouse:rfid_export": "GatehouseRFIDExport",
		"gatehouse:sync-badges": "gatehouse:sync-badges is not implemented",
	} {
		call.Fails(t, h, command, nil, sourceConfig, method)
	}
	for _, e := range spec.Entitlements {
		list := call.Objects(t, h, "std:entitlement:list", map[string]any{"type": e.Type}, sourceConfig)
		if len(list) == 0 {
			t.Errorf("no entitlements of type %q", e.Type)
		}
		for _, object := range list {
			if object.Type != e.Type {
				t.Errorf("type %q, want %q", object.Type, e.Type)
			}
		}
	}
	list, err := sdk.Call(t.Context(), h, ActionList, sdk.EntitlementListInput{}, sourceConfig)
	if err != nil || len(list.Outputs) == 0 || list.Outputs[0].Attributes.Verb == "" {
		t.Fatalf("listed %+v, %v", list.Outputs, err)
	}
	read, err := sdk.Call(t.Context(), h, ActionRead, sdk.EntitlementReadInput{Identity: list.Outputs[0].ID()}, sourceConfig)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list.Outputs[:1], read.Outputs); diff != "" {
		t.Errorf("read another action than was listed:\n%s", diff)
	}
	read, err = sdk.Call(t.Context(), h, ActionRead, sdk.EntitlementReadInput{Identity: "1"}, sourceConfig)
	var problem *sdk.Error
	if !errors.As(err, &problem) || problem.Type != sdk.NotFoundError {
		t.Errorf("read an action that is not there: %+v, %v", read.Outputs, err)
	}
}
