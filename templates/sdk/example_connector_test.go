package sdk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/conngen/conngen/golden/minimal/connector"
	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

// The examples share clients on sample data, as conngen init makes them, and the config of a
// source.
var (
	memory = connector.NewMemory()
	config = map[string]any{"site": "berlin-mitte", "apiKey": "hush"}
)

func open(context.Context, connector.Config) (connector.Client, error) { return memory, nil }

// A connector is an HTTP handler, so it can be one among others of a server.
func ExampleConnector() {
	mux := http.NewServeMux()
	mux.Handle("/lockers", connector.New(open))
	server := httptest.NewServer(mux)
	defer server.Close()

	command := `{"type": "std:account:read", "input": {"identity": "7"}, "config": {"site": "berlin-mitte", "apiKey": "hush"}}`
	answer, err := http.Post(server.URL+"/lockers", "application/json", strings.NewReader(command))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"data":{"key":{"simple":{"id":"7"}},"disabled":false,"locked":false,"attributes":{"id":"7","name":"Donald Knuth","lockers":7}},"type":"output"}
}

// A middleware sees all commands and knows no types.
func ExampleConnector_Use() {
	c := connector.New(open)
	c.Use(func(next sdk.Func) sdk.Func {
		return func(ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
			err := next(ctx, input, out)
			fmt.Printf("%s: %v\n", sdk.Info(ctx).Command, err)
			return err
		}
	})

	_, _ = sdk.Call(context.Background(), c, connector.TestConnection, sdk.TestConnectionInput{}, config)
	_, _ = sdk.Call(context.Background(), c, connector.AccountRead, sdk.AccountReadInput{Identity: "99"}, config)
	// Output:
	// std:test-connection: <nil>
	// std:account:read: "99" is not in the source
}

// A test would end with: if report.Failed() { t.Error(report) }.
func ExampleConnector_SelfTest() {
	report, err := connector.New(open).SelfTest(context.Background(), selftest.Options{
		Config: json.RawMessage(`{"site": "berlin-mitte", "apiKey": "hush"}`),
		Checks: []string{"test-connection-success", "account-list-and-read", "account-not-found"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(report)
	// Output:
	// test-connection-success      PASS
	// account-list-and-read        PASS
	// account-not-found            PASS
	//
	// 3 passed, 0 with warnings, 0 failed, 0 skipped
}

// A test calls a command with the types of its method.
func ExampleCall() {
	c := connector.New(open)

	result, err := sdk.Call(context.Background(), c, connector.AccountRead, sdk.AccountReadInput{Identity: "7"}, config)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Outputs[0].Attributes.Name)

	_, err = sdk.Call(context.Background(), c, connector.AccountRead, sdk.AccountReadInput{Identity: "99"}, config)
	fmt.Println(err, sdk.IsNotFound(err))
	// Output:
	// Donald Knuth
	// "99" is not in the source true
}

// A test can look at a list of any length, and leave it early.
func ExampleOutputs() {
	c := connector.New(open)
	for account, err := range sdk.Outputs(context.Background(), c, connector.AccountList, sdk.AccountListInput{}, config) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(account.Attributes.Name)
		if account.ID() == "3" {
			break
		}
	}
	// Output:
	// Ada Lovelace
	// Grace Hopper
	// Alan Turing
}

// A hook before a method changes what it gets.
func ExampleBefore() {
	c := connector.New(open,
		sdk.Before(connector.AccountRead, func(_ context.Context, in sdk.AccountReadInput) (sdk.AccountReadInput, error) {
			in.Key = sdk.SimpleKey(strings.TrimPrefix(in.ID(), "holder-")) // as older sources have it
			return in, nil
		}))

	result, err := sdk.Call(context.Background(), c, connector.AccountRead, sdk.AccountReadInput{Identity: "holder-7"}, config)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Outputs[0].Attributes.Name)
	// Output: Donald Knuth
}

// A hook after a method changes what it sends.
func ExampleAfter() {
	c := connector.New(open,
		sdk.After(connector.AccountRead, func(_ context.Context, a connector.Account) (connector.Account, error) {
			a.Attributes.Name = strings.ToUpper(a.Attributes.Name)
			return a, nil
		}))

	result, err := sdk.Call(context.Background(), c, connector.AccountRead, sdk.AccountReadInput{Identity: "7"}, config)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Outputs[0].Attributes.Name)
	// Output: DONALD KNUTH
}

// A command of the connector's own has its own types.
func ExampleWithHandler() {
	type input struct{ Locker int }
	type output struct{ Opened bool }
	openLocker := sdk.NewMethod[input, output]("lockers:open")

	c := connector.New(open, sdk.WithHandler(sdk.Unary(openLocker,
		func(_ connector.Client, _ context.Context, in input) (output, error) {
			if in.Locker < 1 {
				return output{}, sdk.Errorf("locker %d does not exist", in.Locker)
			}
			return output{Opened: true}, nil
		})))

	result, err := sdk.Call(context.Background(), c, openLocker, input{Locker: 12}, config)
	fmt.Println(result.Outputs, err)
	// Output: [{true}] <nil>
}

// A source that is older than the API key in the spec keeps working.
func ExampleLenient() {
	old := map[string]any{"site": "berlin-mitte"}

	_, err := sdk.Call(context.Background(), connector.New(open), connector.TestConnection, sdk.TestConnectionInput{}, old)
	fmt.Println("strict:", err)

	_, err = sdk.Call(context.Background(), connector.New(open, sdk.Lenient()), connector.TestConnection, sdk.TestConnectionInput{}, old)
	fmt.Println("lenient:", err)
	// Output:
	// strict: config: apiKey is required
	// lenient: <nil>
}
