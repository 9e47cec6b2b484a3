// Command figures is a connector that lists as many accounts as the source's token
// says, to be measured beside original.js, which does the same.
package main

import (
	"context"
	"strconv"

	"github.com/conngen/conngen/conformance/simple"
	"github.com/conngen/conngen/templates/sdk"
)

type client struct {
	simple.UnimplementedClient
	accounts int
}

func main() {
	simple.Main(func(_ context.Context, config simple.Config) (simple.Client, error) {
		n, err := strconv.Atoi(config.Token.Reveal())
		return client{accounts: n}, err
	})
}

func (client) TestConnection(context.Context, sdk.TestConnectionInput) error { return nil }

func (c client) AccountList(_ context.Context, _ sdk.AccountListInput, out *sdk.Stream[simple.Account]) error {
	for i := range c.accounts {
		id := strconv.Itoa(i)
		err := out.Send(simple.Account{
			Key:      sdk.SimpleKey(id),
			Disabled: sdk.Ptr(false),
			Attributes: simple.AccountAttributes{
				ID: id, Login: "ada.lovelace", NameGiven: "Ada", Mail: "ada.lovelace@library.example", Resident: sdk.Ptr(true),
				Loans: sdk.Ptr(int64(3)), Joined: sdk.Ptr(int64(1_700_000_000_000)), Phones: []string{"+44 20 7946 0958"},
				Answers: []bool{true, false}, Fines: []int64{250}, Visits: []int64{1_710_000_000_000, 1_720_000_000_000},
				Groups: []string{"readers", "writers"}, Card: "gold",
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
