// Command figures is a connector that lists as many accounts as the source's token says. It is
// measured against original.js, which does the same.
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

// reader is the part that all accounts have in common. They are made of it, since making accounts is
// not what is measured.
var reader = simple.Account{
	Disabled: sdk.Ptr(false),
	Attributes: simple.AccountAttributes{
		Login: "ada.lovelace", NameGiven: "Ada", Mail: "ada.lovelace@library.example", Resident: sdk.Ptr(true),
		Loans: sdk.Ptr(int64(3)), Joined: sdk.Ptr(int64(1_700_000_000_000)), Phones: []string{"+44 20 7946 0958"},
		Answers: []bool{true, false}, Fines: []int64{250}, Visits: []int64{1_710_000_000_000, 1_720_000_000_000},
		Groups: []string{"readers", "writers"}, Card: "gold",
	},
}

func (c client) AccountList(_ context.Context, _ sdk.AccountListInput, out *sdk.Stream[simple.Account]) error {
	account := reader
	for i := range c.accounts {
		account.Attributes.ID = strconv.Itoa(i)
		account.Key = sdk.SimpleKey(account.Attributes.ID)
		if err := out.Send(account); err != nil {
			return err
		}
	}
	return nil
}
