package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var sourceConfig = map[string]any{
	"workspaceUrl": "https://lighthouse.example.com",
	"tenantId":     "t-1",
	"region":       "eu-central-1",
	"authType":     "apiToken",
	"credential":   "hush",
	"pageSize":     "100",
}

// connector returns a connector with its own sample data.
func connector() *sdk.Connector {
	client := NewMemory()
	return New(func(context.Context, Config) (Client, error) { return client, nil })
}

func TestAttributesRoundTrip(t *testing.T) {
	t.Parallel()
	const wire = `{"id":"1","userName":"ada","privateData.secondaryEmail":"a@b.example","phoneNumbers":[],"mfaEnabled":false,` +
		`"failedLogins":0,"storageBytes":9007199254740993,"sessionTimes":[1,2],"groups":["a"],"zeta":1,"other":{"b":[true,null]}}`
	var a AccountAttributes
	if err := json.Unmarshal([]byte(wire), &a); err != nil {
		t.Fatal(err)
	}
	if a.PrivateDataSecondaryEmail != "a@b.example" || *a.StorageBytes != 9007199254740993 || a.PhoneNumbers == nil || a.Title != "" {
		t.Errorf("read %+v", a)
	}
	text, err := sdk.Marshal(&a)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"1","userName":"ada","privateData.secondaryEmail":"a@b.example","phoneNumbers":[],"mfaEnabled":false,` +
		`"failedLogins":0,"storageBytes":9007199254740993,"sessionTimes":[1,2],"groups":["a"],"other":{"b":[true,null]},"zeta":1}`
	if string(text) != want {
		t.Errorf("wrote\n%s\nwant\n%s", text, want)
	}
}

func TestAttributesReadLooseValues(t *testing.T) {
	t.Parallel()
	var a AccountAttributes
	err := json.Unmarshal([]byte(`{"id":7,"mfaEnabled":"true","failedLogins":"42","groups":"one","costCenters":["1",2],"title":null}`), &a)
	if err != nil {
		t.Fatal(err)
	}
	want := AccountAttributes{ID: "7", MFAEnabled: sdk.Ptr(true), FailedLogins: sdk.Ptr(int64(42)), Groups: []string{"one"}, CostCenters: []int64{1, 2}}
	if diff := cmp.Diff(want, a, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	err = json.Unmarshal([]byte(`{"mfaEnabled":"maybe","failedLogins":1.5,"groups":[{}]}`), &a)
	if err == nil {
		t.Fatal("values of the wrong type were read")
	}
	for _, name := range []string{"mfaEnabled", "failedLogins", "groups"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	before := AccountAttributes{ID: "1", Title: "Keeper", Groups: []string{"a", "b"}}
	after := before
	update := func(changes string, a *AccountAttributes) error {
		var in AccountUpdateInput
		if err := sdk.Unmarshal([]byte(`{"changes":[`+changes+`]}`), &in); err != nil {
			return err
		}
		return in.Apply(a)
	}
	err := update(`{"op":"Set","attribute":"title","value":"Warden"},{"op":"Add","attribute":"groups","value":["b","c"]},
		{"op":"Remove","attribute":"groups","value":"a"},{"op":"Set","attribute":"failedLogins","value":"3"},
		{"op":"Set","attribute":"nickname","value":"Ada"},{"op":"Set","attribute":"password","value":"hush"}`, &after)
	if err != nil {
		t.Fatal(err)
	}
	want := AccountAttributes{ID: "1", Title: "Warden", Groups: []string{"b", "c"}, FailedLogins: sdk.Ptr(int64(3)), Extra: map[string]any{"nickname": "Ada"}}
	if diff := cmp.Diff(want, after); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, before.Groups); diff != "" {
		t.Errorf("the list that was copied has changed: %s", diff)
	}
	unchanged := after
	err = update(`{"op":"Set","attribute":"title","value":"X"},{"op":"Set","attribute":"mfaEnabled","value":[1,2]}`, &after)
	if err == nil || !strings.Contains(err.Error(), "mfaEnabled") {
		t.Errorf("a change of the wrong type gave %v", err)
	}
	if diff := cmp.Diff(unchanged, after); diff != "" {
		t.Errorf("a change that failed has left something: %s", diff)
	}
}

func TestDecodeConfig(t *testing.T) {
	t.Parallel()
	c, err := DecodeConfig(json.RawMessage(`{"workspaceUrl":"https://x.example","tenantId":"t","credential":"hush","licenseRules":[{"ruleName":"r"}],"unknown":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Region != ConfigRegionEuCentral1 || !c.Region.Valid() || c.PageSize != 200 || c.Credential.Reveal() != "hush" {
		t.Errorf("read %+v", c)
	}
	if len(c.LicenseRules) != 1 || c.LicenseRules[0].License != ConfigLicenseRuleLicenseViewer || !c.LicenseRules[0].RuleEnabled {
		t.Errorf("read the cards %+v", c.LicenseRules)
	}
	if name, ok := c.RequestHeaders.Get("X-Requested-By"); !ok || name != "governance" {
		t.Errorf("read the pairs %+v", c.RequestHeaders)
	}
	_, err = DecodeConfig(json.RawMessage(`{"workspaceUrl":"nowhere","credential":"hush","pageSize":501,"licenseRules":[{}],"region":"gone"}`))
	if err == nil {
		t.Fatal("a wrong config was read")
	}
	for _, want := range []string{"workspaceUrl", "tenantId is required", "pageSize must be at most 500", "licenseRules[0].ruleName is required"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "nowhere") || strings.Contains(err.Error(), "region") {
		t.Errorf("%q says too much", err)
	}
}

// TestRound lists, reads, creates, changes and deletes accounts of the sample data.
func TestRound(t *testing.T) {
	t.Parallel()
	h := connector()
	accounts := call.Objects(t, h, "std:account:list", map[string]any{}, sourceConfig)
	if len(accounts) != sampleAccounts {
		t.Fatalf("%d accounts, want %d", len(accounts), sampleAccounts)
	}
	for _, a := range accounts {
		read := call.One(t, h, "std:account:read", map[string]any{"key": a.Key}, sourceConfig)
		if diff := cmp.Diff(a, read); diff != "" {
			t.Errorf("list and read differ: %s", diff)
		}
	}
	attributes := map[string]any{"userName": "new", "email": "new@example.com", "password": "hush", "mfaEnabled": true, "phoneNumbers": "1"}
	created := call.One(t, h, "std:account:create", map[string]any{"attributes": attributes}, sourceConfig)
	read := call.One(t, h, "std:account:read", map[string]any{"key": created.Key}, sourceConfig)
	if diff := cmp.Diff(created, read); diff != "" {
		t.Errorf("create and read differ: %s", diff)
	}
	if _, ok := created.Attributes["password"]; ok {
		t.Error("the password came back")
	}
	if !reflect.DeepEqual(created.Attributes["groups"], []any{}) || !reflect.DeepEqual(created.Attributes["phoneNumbers"], []any{"1"}) {
		t.Errorf("created %v", created.Attributes)
	}
	changes := []map[string]any{{"op": "Add", "attribute": "groups", "value": "1"}, {"op": "Remove", "attribute": "email"}}
	updated := call.One(t, h, "std:account:update", map[string]any{"key": created.Key, "changes": changes}, sourceConfig)
	if _, ok := updated.Attributes["email"]; ok || !reflect.DeepEqual(updated.Attributes["groups"], []any{"1"}) {
		t.Errorf("updated %v", updated.Attributes)
	}
	if disabled := call.One(t, h, "std:account:disable", map[string]any{"key": created.Key}, sourceConfig); !*disabled.Disabled {
		t.Error("the account is not disabled")
	}
	call.Run(t, h, "std:account:delete", map[string]any{"key": created.Key}, sourceConfig)
	call.Fails(t, h, "std:account:read", map[string]any{"key": created.Key}, sourceConfig, "notFound error: \n + ConnectorError: ")
	call.Fails(t, h, "std:account:create", map[string]any{"attributes": map[string]any{"email": "x"}}, sourceConfig, `"userName", "password" and "mfaEnabled"`)
	call.Fails(t, h, "std:account:list", map[string]any{}, map[string]any{}, "workspaceUrl is required")
}

func TestEntitlements(t *testing.T) {
	t.Parallel()
	h := connector()
	for _, objectType := range []string{"group", "license"} {
		list := call.Objects(t, h, "std:entitlement:list", map[string]any{"type": objectType}, sourceConfig)
		if len(list) == 0 {
			t.Errorf("no entitlements of type %s", objectType)
		}
		for _, e := range list {
			if e.Type != objectType {
				t.Errorf("type is %q, want %q", e.Type, objectType)
			}
			read := call.One(t, h, "std:entitlement:read", map[string]any{"type": objectType, "key": e.Key}, sourceConfig)
			if diff := cmp.Diff(e, read); diff != "" {
				t.Errorf("list and read differ: %s", diff)
			}
		}
	}
	call.Fails(t, h, "std:entitlement:list", map[string]any{"type": "crew"}, sourceConfig, `unknown entitlement type "crew"; the connector has "group" and "license"`)
}

// TestUnimplemented: a command that Memory leaves to the author says so.
func TestUnimplemented(t *testing.T) {
	t.Parallel()
	call.Fails(t, connector(), "lighthouse:archive-mailbox", map[string]any{}, sourceConfig, "lighthouse:archive-mailbox is not implemented")
}

// sampleAccounts is how many accounts Memory begins with.
const sampleAccounts = 10

// TestCreateRequired: attributes required by the create template are set when the method is called.
// Otherwise the command fails and lists all missing ones, unless hooks fill them in or the
// connector is lenient.
func TestCreateRequired(t *testing.T) {
	t.Parallel()
	config := map[string]any{"workspaceUrl": "https://x.example", "tenantId": "t", "credential": "hush"}
	const missing = `std:account:create: the request lacks attributes that the create template requires: "userName", "email", "password" and "mfaEnabled"`
	fill := sdk.Before(AccountCreate, func(_ context.Context, in AccountCreateInput) (AccountCreateInput, error) {
		a := &in.Attributes
		a.UserName, a.Email, a.Password, a.MFAEnabled = "ada", "ada@x.example", sdk.NewSecret("hush"), sdk.Ptr(false)
		return in, nil
	})
	for _, tt := range []struct {
		name   string
		opts   []sdk.Option
		fails  string
		logged string
	}{
		{"strict", nil, missing, ""},
		{"with a hook", []sdk.Option{fill}, "", ""},
		{"lenient", []sdk.Option{sdk.Lenient()}, "", missing},
	} {
		var log bytes.Buffer
		var got *AccountCreateAttributes
		client := &creator{Memory: NewMemory(), created: func(a AccountCreateAttributes) { got = &a }}
		c := New(func(context.Context, Config) (Client, error) { return client, nil },
			append(tt.opts, sdk.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))...)
		in := AccountCreateInput{Attributes: AccountCreateAttributes{ID: "new", Groups: []string{"1"}}}
		_, err := sdk.Call(t.Context(), c, AccountCreate, in, config)
		if failure := fmt.Sprint(err); tt.fails == "" && err != nil || tt.fails != "" && failure != tt.fails {
			t.Errorf("%s: failed with %s", tt.name, failure)
		}
		if called := got != nil; called != (tt.fails == "") {
			t.Errorf("%s: the method was called: %v", tt.name, called)
		}
		if logged := strings.Contains(log.String(), strconv.Quote(tt.logged)); logged != (tt.logged != "") {
			t.Errorf("%s: logged %s", tt.name, log.String())
		}
	}
}

// TestCreateEntitlements: requested entitlements, which no create template lists, arrive as a list,
// whether one or several.
func TestCreateEntitlements(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][]string{`"1"`: {"1"}, `["1"]`: {"1"}, `["1","2"]`: {"1", "2"}, `[]`: {}, `null`: nil} {
		var in AccountCreateInput
		if err := sdk.Unmarshal([]byte(`{"attributes":{"groups":`+value+`}}`), &in); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, in.Attributes.Groups); diff != "" {
			t.Errorf("%s: %s", value, diff)
		}
	}
}

// creator records what it should create.
type creator struct {
	*Memory
	created func(AccountCreateAttributes)
}

func (c *creator) AccountCreate(ctx context.Context, in AccountCreateInput) (Account, error) {
	c.created(in.Attributes)
	return c.Memory.AccountCreate(ctx, in)
}
