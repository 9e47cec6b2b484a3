package sdk_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/conngen/conngen/golden/minimal/connector"
	"github.com/conngen/conngen/templates/sdk"
)

// The second page cannot be read: the accounts before it are sent, and the command fails.
func ExampleStream_SendAll() {
	pages := func(yield func(connector.Account, error) bool) {
		ada := connector.Account{Key: sdk.SimpleKey("17"), Attributes: connector.AccountAttributes{ID: "17", Name: "Ada Lovelace"}}
		if yield(ada, nil) {
			yield(connector.Account{}, errors.New("page 2: 500 Internal Server Error"))
		}
	}
	list := func(_ connector.Client, _ context.Context, _ sdk.AccountListInput, out *sdk.Stream[connector.Account]) error {
		return out.SendAll(pages)
	}

	c := connector.New(open, sdk.WithHandler(sdk.Streaming(connector.AccountList, list)))
	result, err := sdk.Call(context.Background(), c, connector.AccountList, sdk.AccountListInput{}, config)
	fmt.Println(len(result.Outputs), err)
	// Output: 1 page 2: 500 Internal Server Error
}

func ExampleMapAll() {
	type user struct{ ID, First, Last string }
	users := func(yield func(user, error) bool) {
		_ = yield(user{"17", "Ada", "Lovelace"}, nil) && yield(user{"18", "Grace", "Hopper"}, nil)
	}
	accounts := sdk.MapAll(users, func(u user) connector.Account {
		return connector.Account{
			Key:        sdk.SimpleKey(u.ID),
			Attributes: connector.AccountAttributes{ID: u.ID, Name: u.First + " " + u.Last},
		}
	})

	for account, err := range accounts { // in a connector: return out.SendAll(accounts)
		fmt.Println(account.ID(), account.Attributes.Name, err)
	}
	// Output:
	// 17 Ada Lovelace <nil>
	// 18 Grace Hopper <nil>
}

// A list of IDs alone: each account takes a call of its own. Eight of them are made at once.
func ExampleMapCalls() {
	users := func(yield func(string, error) bool) {
		_ = yield("17", nil) && yield("18", nil)
	}
	read := func(_ context.Context, id string) (connector.Account, error) { // in a connector: with rest.Get
		return connector.Account{Key: sdk.SimpleKey(id), Attributes: connector.AccountAttributes{ID: id, Name: "user " + id}}, nil
	}

	// In a connector: return out.SendAll(sdk.MapCalls(…)).
	for account, err := range sdk.MapCalls(context.Background(), users, 8, read) {
		fmt.Println(account.ID(), account.Attributes.Name, err)
	}
	// Output:
	// 17 user 17 <nil>
	// 18 user 18 <nil>
}

// A method that reads one account is one line. An error stays as it is.
func ExampleMapped() {
	read := func(ctx context.Context, a api, id string) (connector.Account, error) {
		return sdk.Mapped(toAccount)(a.byNumber(ctx, id))
	}

	source := api{[]holder{{"17", "Ada Lovelace", 2, false}}}
	for _, id := range []string{"17", "18"} {
		account, err := read(context.Background(), source, id)
		fmt.Printf("%q %v\n", account.Attributes.Name, err)
	}
	// Output:
	// "Ada Lovelace" <nil>
	// "" holder 18 does not exist
}

// A stateful list begins where the last one has ended.
func ExampleDecodeState() {
	type cursor struct {
		Since string `json:"since"`
	}
	list := func(_ connector.Client, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[connector.Account]) error {
		last, err := sdk.DecodeState[cursor](in.State)
		if err != nil {
			return err
		}
		fmt.Printf("accounts changed since %q\n", last.Since) // send them here
		if !in.Stateful {
			return nil
		}
		return out.SaveState(cursor{Since: "2026-05-01T00:00:00Z"})
	}

	c := connector.New(open, sdk.WithHandler(sdk.Streaming(connector.AccountList, list)))
	in := sdk.AccountListInput{Stateful: true}
	for range 2 {
		result, err := sdk.Call(context.Background(), c, connector.AccountList, in, config)
		if err != nil {
			fmt.Println(err)
			return
		}
		in.State = result.State
	}
	// Output:
	// accounts changed since ""
	// accounts changed since "2026-05-01T00:00:00Z"
}

// The floors of a site are listed three at a time, and all send to one stream.
func ExampleListPartitions() {
	floors := []string{"0", "1", "2", "3", "4"}
	list := func(_ connector.Client, ctx context.Context, _ sdk.AccountListInput, out *sdk.Stream[connector.Account]) error {
		return sdk.ListPartitions(ctx, floors, 3, func(_ context.Context, floor string) error {
			id := floor + "01" // send all accounts of the floor here
			return out.Send(connector.Account{Key: sdk.SimpleKey(id), Attributes: connector.AccountAttributes{ID: id, Name: "Floor " + floor}})
		})
	}

	c := connector.New(open, sdk.WithHandler(sdk.Streaming(connector.AccountList, list)))
	result, err := sdk.Call(context.Background(), c, connector.AccountList, sdk.AccountListInput{}, config)
	fmt.Println(len(result.Outputs), err)
	for _, account := range result.Outputs {
		fmt.Println(account.Attributes.Name)
	}
	// Unordered output:
	// 5 <nil>
	// Floor 0
	// Floor 1
	// Floor 2
	// Floor 3
	// Floor 4
}
