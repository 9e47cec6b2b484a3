package sdk_test

import (
	"context"
	"fmt"
	"iter"

	"github.com/conngen/conngen/golden/minimal/connector"
	"github.com/conngen/conngen/templates/sdk"
)

// A holder is an account as the source has it.
type holder struct {
	Number, Name string
	Lockers      int64
	Suspended    bool
}

// An api calls the source. Package sdk/rest makes sequences and calls like these of HTTP.
type api struct{ holders []holder }

func (a api) all(context.Context) iter.Seq2[holder, error] {
	return func(yield func(holder, error) bool) {
		for _, h := range a.holders {
			if !yield(h, nil) {
				return
			}
		}
	}
}

func (a api) byNumber(_ context.Context, number string) (holder, error) {
	for _, h := range a.holders {
		if h.Number == number {
			return h, nil
		}
	}
	return holder{}, sdk.NotFound("holder %s does not exist", number)
}

// toAccount is the one place that knows both sides.
func toAccount(h holder) connector.Account {
	return connector.Account{
		Key:        sdk.SimpleKey(h.Number),
		Disabled:   sdk.Ptr(h.Suspended),
		Attributes: connector.AccountAttributes{ID: h.Number, Name: h.Name, Lockers: &h.Lockers},
	}
}

// A lockerClient answers the commands for one source.
type lockerClient struct {
	connector.UnimplementedClient
	api api
}

func (c lockerClient) AccountList(ctx context.Context, _ sdk.AccountListInput, out *sdk.Stream[connector.Account]) error {
	return out.SendAll(sdk.MapAll(c.api.all(ctx), toAccount))
}

func (c lockerClient) AccountRead(ctx context.Context, in sdk.AccountReadInput) (connector.Account, error) {
	return sdk.Mapped(toAccount)(c.api.byNumber(ctx, in.ID()))
}

// A client of the package connector, which is generated from a spec. The program is then
// connector.Main(open).
func Example() {
	open := func(_ context.Context, config connector.Config) (connector.Client, error) {
		return lockerClient{api: api{[]holder{
			{"17", "Ada Lovelace", 2, false},
			{"18", "Grace Hopper", 1, true},
		}}}, nil
	}
	c := connector.New(open)

	ctx, config := context.Background(), map[string]string{"site": "berlin-mitte", "apiKey": "hush"}
	for account, err := range sdk.Outputs(ctx, c, connector.AccountList, sdk.AccountListInput{}, config) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(account.ID(), account.Attributes.Name, *account.Disabled)
	}
	_, err := sdk.Call(ctx, c, connector.AccountRead, sdk.AccountReadInput{Identity: "19"}, config)
	fmt.Println(err)
	// Output:
	// 17 Ada Lovelace false
	// 18 Grace Hopper true
	// holder 19 does not exist
}
