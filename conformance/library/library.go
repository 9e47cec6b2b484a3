// Package library has the connectors that make conformance compares with index.js.
package library

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/conngen/conngen/conformance/compound"
	"github.com/conngen/conngen/conformance/simple"
	"github.com/conngen/conngen/templates/sdk"
)

// sameData is the data that index.js serves, too.
//
//go:embed data.json
var sameData []byte

// Folders are the folders of the specs.
var Folders = []string{"compound", "simple"}

// New returns the connector generated from the spec in a folder.
func New(folder string, opts ...sdk.Option) *sdk.Connector {
	if folder == "simple" {
		return simple.New(func(_ context.Context, config simple.Config) (simple.Client, error) {
			c := &simpleClient{token: config.Token.Reveal()}
			return c, readData(folder, &c.data)
		}, opts...)
	}
	return compound.New(func(_ context.Context, config compound.Config) (compound.Client, error) {
		c := &compoundClient{token: config.Token.Reveal()}
		return c, readData(folder, &c.data)
	}, opts...)
}

// readData reads the data of a key type anew, since commands change it and the original forgets
// those changes, too.
func readData(keyType string, data any) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(sameData, &all); err != nil {
		return err
	}
	return json.Unmarshal(all[keyType], data)
}

func testConnection(token string) error {
	if token == "wrong" {
		return sdk.Errorf("the token is wrong")
	}
	return nil
}

func checkPassword(password sdk.Secret) error {
	if password.Reveal() != "right" {
		return sdk.Errorf("the password is wrong")
	}
	return nil
}

// An object is an account or entitlement.
type object interface{ ID() string }

// find returns the row with a key, which must have the spec's key type.
func find[T object](rows []T, want sdk.KeyType, key sdk.Key) (row T, err error) {
	if key.Type != want {
		return row, fmt.Errorf("expected %s key type", want)
	}
	for _, r := range rows {
		if r.ID() == key.ID() {
			return r, nil
		}
	}
	return row, sdk.NotFound("%q is not in the source", key.ID())
}

// create checks that there is an ID, and that it is new.
func create[T object](rows []T, id string) error {
	if id == "" {
		return sdk.Errorf("an object must have an ID")
	}
	for _, r := range rows {
		if r.ID() == id {
			return sdk.Errorf("%q already exists", id)
		}
	}
	return nil
}

// list sends all rows, or those changed since the state.
func list[T any](stateful bool, raw json.RawMessage, rows, changed []T, out *sdk.Stream[T]) error {
	var last, next struct {
		Cursor string `json:"cursor"`
		After  string `json:"after"`
	}
	if stateful && raw != nil && string(raw) != "null" {
		rows = changed
		if err := json.Unmarshal(raw, &last); err != nil {
			return err
		}
	}
	for _, row := range rows {
		if err := out.Send(row); err != nil {
			return err
		}
	}
	if !stateful {
		return nil
	}
	next.Cursor, next.After = "next", last.Cursor
	return out.SaveState(next)
}

// A simpleClient answers the commands of simple/connector-spec.json.
type simpleClient struct {
	simple.UnimplementedClient
	token string
	data  struct {
		Accounts, Unlisted, Changed []simple.Account
		Entitlements                struct {
			Group []simple.Group
			Card  []simple.Card
		}
		Schema             sdk.AccountSchema
		SourceData         []sdk.SourceDataItem
		Options            map[string]any
		Applications       []sdk.Application
		FurtherApplication sdk.Application
	}
}

func (c *simpleClient) TestConnection(context.Context, sdk.TestConnectionInput) error {
	return testConnection(c.token)
}

func (c *simpleClient) account(key sdk.Key) (simple.Account, error) {
	return find(append(c.data.Accounts, c.data.Unlisted...), sdk.KeyTypeSimple, key)
}

func (c *simpleClient) AccountList(_ context.Context, in sdk.AccountListInput, out *sdk.Stream[simple.Account]) error {
	return list(in.Stateful, in.State, c.data.Accounts, c.data.Changed, out)
}

func (c *simpleClient) AccountRead(_ context.Context, in sdk.AccountReadInput) (simple.Account, error) {
	return c.account(in.Key)
}

func (c *simpleClient) AccountCreate(_ context.Context, in simple.AccountCreateInput) (simple.Account, error) {
	given := in.Attributes
	if err := create(c.data.Accounts, given.Login); err != nil {
		return simple.Account{}, err
	}
	a := simple.Account{
		Key:      sdk.SimpleKey(given.Login),
		Disabled: sdk.Ptr(false),
		Locked:   sdk.Ptr(false),
		Attributes: simple.AccountAttributes{
			ID:        cmp.Or(given.ID, given.Login),
			Login:     given.Login,
			Mail:      given.Mail,
			NameGiven: given.NameGiven,
			Resident:  given.Resident,
			Loans:     given.Loans,
			Joined:    given.Joined,
			Phones:    given.Phones,
			Answers:   given.Answers,
			Fines:     given.Fines,
			Visits:    given.Visits,
			Groups:    given.Groups,
			Card:      given.Card,
			Extra:     given.Extra,
		},
	}
	if given.Mail == "refused" {
		a.Attributes.Mail = ""
		a.Results = []sdk.Result{{
			Attribute: "mail",
			Status:    "error",
			Messages:  []sdk.ResultMessage{{Level: "ERROR", Message: "the address is refused"}},
		}}
	}
	return a, nil
}

func (c *simpleClient) AccountUpdate(_ context.Context, in simple.AccountUpdateInput) (simple.Account, error) {
	if len(in.Changes) == 0 {
		return simple.Account{}, nil
	}
	a, err := c.account(in.Key)
	if err != nil {
		return a, err
	}
	err = in.Apply(&a.Attributes) // before a is returned: Go does not define that order
	return a, err
}

func (c *simpleClient) AccountDelete(_ context.Context, in sdk.AccountDeleteInput) error {
	_, err := c.account(in.Key)
	return err
}

func (c *simpleClient) AccountEnable(_ context.Context, in sdk.AccountEnableInput) (simple.Account, error) {
	a, err := c.account(in.Key)
	a.Disabled = sdk.Ptr(false)
	return a, err
}

func (c *simpleClient) AccountDisable(_ context.Context, in sdk.AccountDisableInput) (simple.Account, error) {
	a, err := c.account(in.Key)
	a.Disabled = sdk.Ptr(true)
	return a, err
}

func (c *simpleClient) AccountUnlock(_ context.Context, in sdk.AccountUnlockInput) (simple.Account, error) {
	a, err := c.account(in.Key)
	a.Locked = sdk.Ptr(false)
	return a, err
}

func (c *simpleClient) AccountDiscoverSchema(context.Context, sdk.AccountDiscoverSchemaInput) (sdk.AccountSchema, error) {
	return c.data.Schema, nil
}

func (c *simpleClient) GroupList(_ context.Context, in sdk.EntitlementListInput, out *sdk.Stream[simple.Group]) error {
	return list(in.Stateful, in.State, c.data.Entitlements.Group, nil, out)
}

func (c *simpleClient) GroupRead(_ context.Context, in sdk.EntitlementReadInput) (simple.Group, error) {
	return find(c.data.Entitlements.Group, sdk.KeyTypeSimple, in.Key)
}

func (c *simpleClient) CardList(_ context.Context, in sdk.EntitlementListInput, out *sdk.Stream[simple.Card]) error {
	return list(in.Stateful, in.State, c.data.Entitlements.Card, nil, out)
}

func (c *simpleClient) CardRead(_ context.Context, in sdk.EntitlementReadInput) (simple.Card, error) {
	return find(c.data.Entitlements.Card, sdk.KeyTypeSimple, in.Key)
}

func (c *simpleClient) ChangePassword(_ context.Context, in sdk.ChangePasswordInput) error {
	if _, err := c.account(in.Key); err != nil {
		return err
	}
	return checkPassword(in.Password)
}

func (c *simpleClient) Authenticate(_ context.Context, in sdk.AuthenticateInput) (simple.Account, error) {
	a, err := c.account(in.Key)
	if err != nil {
		return a, err
	}
	return a, checkPassword(in.Password)
}

func (c *simpleClient) SourceDataDiscover(_ context.Context, in sdk.SourceDataDiscoverInput) ([]sdk.SourceDataItem, error) {
	if limit := in.QueryInput.Limit; limit > 0 {
		return c.data.SourceData[:limit], nil
	}
	return c.data.SourceData, nil
}

func (c *simpleClient) SourceDataRead(_ context.Context, in sdk.SourceDataReadInput) ([]sdk.SourceDataItem, error) {
	excluded := make(map[string]bool)
	for _, key := range in.QueryInput.ExcludeItems {
		excluded[key] = true
	}
	items := []sdk.SourceDataItem{}
	for _, item := range c.data.SourceData {
		if !excluded[item.Key] {
			items = append(items, sdk.SourceDataItem{Key: in.SourceDataKey + "/" + item.Key, Label: item.Label})
		}
	}
	return items, nil
}

func (c *simpleClient) ConfigOptionsRead(_ context.Context, in sdk.ConfigOptionsReadInput) (sdk.ConfigOptionsReadOutput, error) {
	options := make(map[string]any)
	if value, ok := c.data.Options[in.Key]; ok {
		options[in.Key] = value
	}
	return sdk.ConfigOptionsReadOutput{Options: options}, nil
}

func (c *simpleClient) ApplicationDiscoveryList(_ context.Context, in sdk.ApplicationDiscoveryListInput, out *sdk.Stream[sdk.Application]) error {
	var parameters struct{ Further bool }
	if in.AdditionalParameters != nil {
		if err := json.Unmarshal(in.AdditionalParameters, &parameters); err != nil {
			return err
		}
	}
	rows := c.data.Applications
	if parameters.Further {
		rows = []sdk.Application{c.data.FurtherApplication}
	}
	for _, row := range rows {
		if err := out.Send(row); err != nil {
			return err
		}
	}
	return nil
}

func (c *simpleClient) LibraryEcho(_ context.Context, in json.RawMessage, out *sdk.Stream[any]) error {
	return out.Send(in)
}

func (c *simpleClient) LibraryNothing(context.Context, json.RawMessage, *sdk.Stream[any]) error {
	return nil
}

// LibraryFail sends outputs and then fails.
func (c *simpleClient) LibraryFail(_ context.Context, raw json.RawMessage, out *sdk.Stream[any]) error {
	var in struct {
		Outputs          int
		State, KeepAlive bool
		Plain            bool
		Message, Type    string
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	var failed error
	for i := range in.Outputs {
		failed = errors.Join(failed, out.Send(map[string]any{"i": i}))
	}
	if in.State {
		failed = errors.Join(failed, out.SaveState(map[string]string{"a": "1"}))
	}
	if in.KeepAlive {
		failed = errors.Join(failed, out.KeepAlive())
	}
	switch {
	case failed != nil:
		return failed
	case in.Plain:
		return errors.New(in.Message)
	}
	return &sdk.Error{Type: in.Type, Message: in.Message}
}

func (c *simpleClient) LibraryRepeat(_ context.Context, raw json.RawMessage, out *sdk.Stream[any]) error {
	var in struct{ Times int }
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	for i := range in.Times {
		id := strconv.Itoa(i)
		err := out.Send(simple.Group{Key: sdk.SimpleKey(id), Attributes: simple.GroupAttributes{ID: id, Name: "n"}})
		if err != nil {
			return err
		}
	}
	return nil
}

// LibraryLines sends all kinds of lines and values.
func (c *simpleClient) LibraryLines(_ context.Context, raw json.RawMessage, out *sdk.Stream[any]) error {
	var in struct{ Infinite bool }
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	values := struct {
		Text    string `json:"text"`
		Numbers []any  `json:"numbers"`
		Others  []any  `json:"others"`
	}{
		"\x00\x1f\x7f\u2028\u2029 <b>&'\"\\/\b\f\n\r\t é 日本 🚢",
		[]any{
			0, 1.5, 0.1, 1e20, 1e21, 1.5e300, 1e-6, 1e-7, math.SmallestNonzeroFloat64,
			-123456789, int64(9007199254740991),
		},
		[]any{nil, true, false, []any{}, map[string]any{}, ""},
	}
	if in.Infinite {
		values.Numbers = append(values.Numbers, math.NaN(), math.Inf(1))
	}
	state := struct {
		Cursor string   `json:"cursor"`
		Empty  struct{} `json:"empty"`
	}{Cursor: "1"}
	sent := errors.Join(
		out.KeepAlive(),
		out.Send(values),
		out.SaveState(state),
		out.PatchConfig(
			sdk.ConfigPatch{Op: "add", Path: "/a", Value: "x<y"},
			sdk.ConfigPatch{Op: "add", Path: "/b", Value: json.RawMessage("null")},
			sdk.ConfigPatch{Op: "replace", Path: "/c", Value: []any{1, false}},
			sdk.ConfigPatch{Op: "remove", Path: "/d"},
		),
		out.PatchConfig(),
		out.KeepAlive(),
	)
	for _, v := range []any{"text", "", 42, 0.5, true, nil, []any{}, []any{1, "a", nil}, map[string]any{}} {
		sent = errors.Join(sent, out.Send(v))
	}
	return errors.Join(sent, out.SaveState(struct{}{}))
}

// A compoundClient answers the commands of compound/connector-spec.json.
type compoundClient struct {
	compound.UnimplementedClient
	token string
	data  struct {
		Accounts, Unlisted, Changed []compound.Account
		Entitlements                struct{ Group []compound.Group }
	}
}

func (c *compoundClient) TestConnection(context.Context, sdk.TestConnectionInput) error {
	return testConnection(c.token)
}

func (c *compoundClient) account(key sdk.Key) (compound.Account, error) {
	return find(append(c.data.Accounts, c.data.Unlisted...), sdk.KeyTypeCompound, key)
}

func (c *compoundClient) AccountList(_ context.Context, in sdk.AccountListInput, out *sdk.Stream[compound.Account]) error {
	return list(in.Stateful, in.State, c.data.Accounts, c.data.Changed, out)
}

func (c *compoundClient) AccountRead(_ context.Context, in sdk.AccountReadInput) (compound.Account, error) {
	return c.account(in.Key)
}

func (c *compoundClient) AccountCreate(_ context.Context, in compound.AccountCreateInput) (compound.Account, error) {
	given := in.Attributes
	return compound.Account{
		Key:      sdk.CompoundKey(in.Identity, given.Holder),
		Disabled: sdk.Ptr(false),
		Locked:   sdk.Ptr(false),
		Attributes: compound.AccountAttributes{
			Card:   cmp.Or(given.Card, in.Identity),
			Holder: given.Holder,
			Login:  given.Login,
			Loans:  given.Loans,
			Groups: given.Groups,
			Extra:  given.Extra,
		},
	}, create(c.data.Accounts, in.Identity)
}

func (c *compoundClient) AccountUpdate(_ context.Context, in compound.AccountUpdateInput) (compound.Account, error) {
	if len(in.Changes) == 0 {
		return compound.Account{}, nil
	}
	a, err := c.account(in.Key)
	if err != nil {
		return a, err
	}
	err = in.Apply(&a.Attributes) // before a is returned: Go does not define that order
	return a, err
}

func (c *compoundClient) AccountDelete(_ context.Context, in sdk.AccountDeleteInput) error {
	_, err := c.account(in.Key)
	return err
}

func (c *compoundClient) AccountEnable(_ context.Context, in sdk.AccountEnableInput) (compound.Account, error) {
	a, err := c.account(in.Key)
	a.Disabled = sdk.Ptr(false)
	return a, err
}

func (c *compoundClient) AccountDisable(_ context.Context, in sdk.AccountDisableInput) (compound.Account, error) {
	a, err := c.account(in.Key)
	a.Disabled = sdk.Ptr(true)
	return a, err
}

func (c *compoundClient) AccountUnlock(_ context.Context, in sdk.AccountUnlockInput) (compound.Account, error) {
	a, err := c.account(in.Key)
	a.Locked = sdk.Ptr(false)
	return a, err
}

func (c *compoundClient) GroupList(_ context.Context, in sdk.EntitlementListInput, out *sdk.Stream[compound.Group]) error {
	return list(in.Stateful, in.State, c.data.Entitlements.Group, nil, out)
}

func (c *compoundClient) GroupRead(_ context.Context, in sdk.EntitlementReadInput) (compound.Group, error) {
	return find(c.data.Entitlements.Group, sdk.KeyTypeCompound, in.Key)
}

func (c *compoundClient) ChangePassword(_ context.Context, in sdk.ChangePasswordInput) error {
	if _, err := c.account(in.Key); err != nil {
		return err
	}
	return checkPassword(in.Password)
}

func (c *compoundClient) Authenticate(_ context.Context, in sdk.AuthenticateInput) (compound.Account, error) {
	a, err := c.account(in.Key)
	if err != nil {
		return a, err
	}
	return a, checkPassword(in.Password)
}
