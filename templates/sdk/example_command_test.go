package sdk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/conngen/conngen/golden/minimal/connector"
	"github.com/conngen/conngen/templates/sdk"
)

// Each line names its command. Debug lines appear where the config of the source asks for
// them, which this one does not.
func ExampleLogger() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	list := func(_ connector.Client, ctx context.Context, _ sdk.AccountListInput, _ *sdk.Stream[connector.Account]) error {
		sdk.Logger(ctx).DebugContext(ctx, "page", "number", 1)
		sdk.Logger(ctx).WarnContext(ctx, "left out a holder without a name", "number", "23")
		return nil
	}

	c := connector.New(open, sdk.WithLogger(logger), sdk.WithHandler(sdk.Streaming(connector.AccountList, list)))
	_, err := sdk.Call(context.Background(), c, connector.AccountList, sdk.AccountListInput{}, config)
	fmt.Println(err)
	// Output:
	// level=WARN msg="left out a holder without a name" commandType=std:account:list number=23
	// <nil>
}

// The ID of the source's connector tells sources apart, in a cache for instance.
func ExampleInfo() {
	list := func(_ connector.Client, ctx context.Context, _ sdk.AccountListInput, _ *sdk.Stream[connector.Account]) error {
		info := sdk.Info(ctx)
		fmt.Println(info.Command, info.Source.ConnectorInstanceID, info.Source.ProvisioningTimeout)
		return nil
	}

	c := connector.New(open, sdk.WithHandler(sdk.Streaming(connector.AccountList, list)))
	source := map[string]any{"site": "berlin-mitte", "apiKey": "hush", "spConnectorInstanceId": "2c91", "provisioningTimeout": 120}
	_, err := sdk.Call(context.Background(), c, connector.AccountList, sdk.AccountListInput{}, source)
	fmt.Println(err)
	// Output:
	// std:account:list 2c91 2m0s
	// <nil>
}

// A secret prints as [redacted]. Reveal returns the text.
func ExampleSecret() {
	config, err := connector.DecodeConfig(json.RawMessage(`{"site": "berlin-mitte", "apiKey": "hush"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("key:", config.APIKey)

	header := http.Header{}
	header.Set("Authorization", "Bearer "+config.APIKey.Reveal())
	fmt.Println(header.Get("Authorization"))
	// Output:
	// key: [redacted]
	// Bearer hush
}

// Extra has what the connector wrote into the config with PatchConfig.
func ExampleSecretJSON() {
	config, err := connector.DecodeConfig(json.RawMessage(`{"site": "berlin-mitte", "apiKey": "hush", "lastRun": {"page": 3}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	var run struct{ Page int }
	if err := config.Extra["lastRun"].Decode(&run); err != nil {
		fmt.Println("lastRun", err)
	}
	fmt.Println(run.Page)

	if err := config.Extra["other"].Decode(&run); err != nil {
		fmt.Println("other", err)
	}
	// Output:
	// 3
	// other is not set
}

// A source replaces the refresh token with each use, so the next command needs the new one in
// its config.
func ExamplePatchConfig() {
	renewed := func(ctx context.Context, token sdk.Secret) error {
		return sdk.PatchConfig(ctx, sdk.ConfigPatch{Op: "add", Path: "/refreshToken", Value: token})
	}
	test := func(_ connector.Client, ctx context.Context, _ sdk.TestConnectionInput) error {
		return renewed(ctx, sdk.NewSecret("second"))
	}

	c := connector.New(open, sdk.WithHandler(sdk.Action(connector.TestConnection, test)))
	result, err := sdk.Call(context.Background(), c, connector.TestConnection, sdk.TestConnectionInput{}, config)
	fmt.Println(result.Patches, err)
	// Output: [{add /refreshToken second}] <nil>
}

// The spec's keyType says which kind of key a connector has.
func ExampleKey() {
	fmt.Println(sdk.SimpleKey("17").ID())
	fmt.Println(sdk.CompoundKey("CN=Ada", "5f0c").ID())
	// Output:
	// 17
	// CN=Ada
}
