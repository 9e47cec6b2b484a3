// Command program is a connector with a command for each try.
package main

import (
	"context"
	"encoding/json"

	"github.com/conngen/conngen/libraries/tries"
	"github.com/conngen/conngen/templates/sdk"
)

func main() {
	decode := func(json.RawMessage) (sdk.None, error) { return sdk.None{}, nil }
	open := func(context.Context, sdk.None) (sdk.None, error) { return sdk.None{}, nil }
	var handlers []sdk.Handler[sdk.None]
	for _, try := range tries.All {
		method := sdk.NewMethod[string, string](sdk.Command(try.Name))
		handlers = append(handlers, sdk.Streaming(method, func(_ sdk.None, ctx context.Context, url string, out *sdk.Stream[string]) error {
			if err := try.Call(ctx, url); err != nil {
				return err
			}
			return out.Send("answered")
		}))
	}
	sdk.New(sdk.Spec{Name: "libraries", JSON: `{"name":"libraries"}`}, decode, open, handlers).Main()
}
