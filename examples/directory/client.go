package main

import (
	"context"
	"encoding/json"

	"github.com/conngen/conngen/examples/directory/connector"
	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/rest"
)

// Client answers the connector's commands. Each command gets its own, which is cheap: the tokens,
// limits and connections of the API outlive it.
type Client struct {
	api      *rest.Client
	pageSize int64
}

// NewClient returns a client for a source whose config has been checked.
func NewClient(_ context.Context, config connector.Config) (*Client, error) {
	return &Client{api: newAPI(config), pageSize: config.PageSize}, nil
}

// TestConnection checks with the smallest possible list that people can be read.
func (c *Client) TestConnection(ctx context.Context, _ sdk.TestConnectionInput) error {
	_, err := rest.Get[page[user]](ctx, c.api, "/users", rest.Query("limit", 1))
	return err
}

// AccountList sends all people, or those changed since the last stateful run.
func (c *Client) AccountList(ctx context.Context, in sdk.AccountListInput, out *sdk.Stream[connector.Account]) error {
	return send(ctx, c, "/users", in.State, out, toAccount)
}

// AccountRead returns one person.
func (c *Client) AccountRead(ctx context.Context, in sdk.AccountReadInput) (connector.Account, error) {
	return c.account(ctx, in.ID())
}

// AccountCreate creates a person and adds them to the requested groups.
func (c *Client) AccountCreate(ctx context.Context, in connector.AccountCreateInput) (connector.Account, error) {
	a := in.Attributes
	created, err := rest.Post[user](ctx, c.api, "/users", user{Login: a.Login, Email: a.Email, DisplayName: a.DisplayName, Contractor: a.Contractor})
	if err != nil {
		return connector.Account{}, err
	}
	return c.regroup(ctx, created.ID, a.Groups, nil)
}

// AccountUpdate changes a person. It first rejects changes that the API does not support.
func (c *Client) AccountUpdate(ctx context.Context, in connector.AccountUpdateInput) (connector.Account, error) {
	changed := &in.Changed
	if err := sdk.Unhandled(&in, &changed.Email, &changed.DisplayName, &changed.Contractor, &changed.Groups); err != nil {
		return connector.Account{}, err
	}
	body := make(map[string]any)
	changed.Email.Put(body, "email")
	changed.DisplayName.Put(body, "display_name")
	changed.Contractor.Put(body, "contractor")
	u, err := rest.Patch[user](ctx, c.api, "/users/{id}", body, rest.Param("id", in.ID()))
	if err != nil {
		return connector.Account{}, err
	}
	add, remove := changed.Groups.Diff(u.Groups)
	return c.regroup(ctx, u.ID, add, remove)
}

// AccountDelete deletes a person.
func (c *Client) AccountDelete(ctx context.Context, in sdk.AccountDeleteInput) error {
	return rest.Delete(ctx, c.api, "/users/{id}", rest.Param("id", in.ID()))
}

// AccountEnable lets a person sign in.
func (c *Client) AccountEnable(ctx context.Context, in sdk.AccountEnableInput) (connector.Account, error) {
	return sdk.Mapped(toAccount)(rest.Post[user](ctx, c.api, "/users/{id}/enable", nil, rest.Param("id", in.ID())))
}

// AccountDisable keeps a person from signing in.
func (c *Client) AccountDisable(ctx context.Context, in sdk.AccountDisableInput) (connector.Account, error) {
	return sdk.Mapped(toAccount)(rest.Post[user](ctx, c.api, "/users/{id}/disable", nil, rest.Param("id", in.ID())))
}

// GroupList sends all groups, or those changed since the last stateful run.
func (c *Client) GroupList(ctx context.Context, in sdk.EntitlementListInput, out *sdk.Stream[connector.Group]) error {
	return send(ctx, c, "/groups", in.State, out, toGroup)
}

// GroupRead returns one group.
func (c *Client) GroupRead(ctx context.Context, in sdk.EntitlementReadInput) (connector.Group, error) {
	return sdk.Mapped(toGroup)(rest.Get[group](ctx, c.api, "/groups/{id}", rest.Param("id", in.ID())))
}

// A state is saved by a stateful run for the next one.
type state struct {
	Since string `json:"since"`
}

// send sends the changes since the saved state, or everything without one, and saves the next
// state.
func send[T, Out any](ctx context.Context, c *Client, path string, saved json.RawMessage, out *sdk.Stream[Out], f func(T) Out) error {
	state, err := sdk.DecodeState[state](saved)
	if err != nil {
		return err
	}
	if err := out.SendAll(sdk.MapAll(list[T](ctx, c, path, &state.Since), f)); err != nil {
		return err
	}
	return out.SaveState(state)
}

func (c *Client) account(ctx context.Context, id string) (connector.Account, error) {
	return sdk.Mapped(toAccount)(rest.Get[user](ctx, c.api, "/users/{id}", rest.Param("id", id)))
}

// regroup adds a person to groups and removes them from others, one request each, and returns the
// resulting account. A failed request does not undo the create or update: Identity Security Cloud
// gets the account, with the error in its results.
func (c *Client) regroup(ctx context.Context, id string, add, remove []string) (connector.Account, error) {
	const path = "/users/{id}/groups/{group}"
	var failures []sdk.ResultMessage
	for _, group := range add {
		_, err := rest.Put[sdk.None](ctx, c.api, path, nil, rest.Param("id", id), rest.Param("group", group))
		failures = appendFailure(failures, err)
	}
	for _, group := range remove {
		failures = appendFailure(failures, rest.Delete(ctx, c.api, path, rest.Param("id", id), rest.Param("group", group)))
	}
	account, err := c.account(ctx, id)
	if len(failures) > 0 {
		account.Results = []sdk.Result{{Attribute: "groups", Status: "error", Messages: failures}}
	}
	return account, err
}

func appendFailure(failures []sdk.ResultMessage, err error) []sdk.ResultMessage {
	if err == nil {
		return failures
	}
	return append(failures, sdk.ResultMessage{Level: "ERROR", Message: err.Error()})
}
