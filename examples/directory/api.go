package main

import (
	"context"
	"iter"
	"time"

	"github.com/conngen/conngen/examples/directory/connector"
	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/rest"
)

// newAPI signs in to the directory, and stays within its limits.
func newAPI(config connector.Config) *rest.Client {
	return rest.New(config.BaseURL,
		rest.WithAuth(rest.ClientCredentials{TokenURL: "/oauth/token", ClientID: config.ClientID, ClientSecret: config.ClientSecret}),
		rest.WithLimit(int(config.RequestsPerSecond), time.Second),
		rest.WithConcurrency(4),
		rest.WithErrors(explain))
}

// explain translates an error of the API for Identity Security Cloud.
func explain(e *rest.Error) error {
	var p problem
	if e.Decode(&p) == nil && p.Error.Code == "not_found" {
		return sdk.NotFound("%s", p.Error.Message)
	}
	return e
}

// list reads the changes since a time, or everything if it is "", and advances the time.
func list[T any](ctx context.Context, c *Client, path string, since *string) iter.Seq2[T, error] {
	by := rest.Cursor("cursor", func(p page[T]) ([]T, string) {
		*since = p.AsOf
		return p.Items, p.Next
	})
	return rest.Pages(ctx, c.api, path, by, rest.Query("limit", c.pageSize), rest.Query("updated_since", *since))
}
