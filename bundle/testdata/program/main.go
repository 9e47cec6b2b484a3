// Command program is a connector whose commands do everything that bundles must cope with.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/conngen/conngen/templates/sdk"
)

type client struct {
	config json.RawMessage
}

// left counts commands whose context has ended because their reader was gone.
var left atomic.Int64

func main() {
	decode := func(raw json.RawMessage) (json.RawMessage, error) { return raw, nil }
	open := func(_ context.Context, config json.RawMessage) (client, error) { return client{config}, nil }
	sdk.New(sdk.Spec{Name: "program", JSON: `{"name":"program"}`}, decode, open, []sdk.Handler[client]{
		handler("echo", client.echo),
		handler("list", client.list),
		handler("lines", client.lines),
		handler("error", client.fail),
		handler("large", func(_ client, _ context.Context, _ json.RawMessage, out *sdk.Stream[any]) error {
			return out.Send(map[string]any{"identity": "5", "attributes": map[string]any{"serial": int64(1<<53 + 1)}})
		}),
		handler("panic", func(client, context.Context, json.RawMessage, *sdk.Stream[any]) error { panic("at work") }),
		handler("stray", client.stray),
		handler("exit", func(client, context.Context, json.RawMessage, *sdk.Stream[any]) error { os.Exit(3); return nil }),
		handler("wait", client.wait),
		handler("left", func(_ client, _ context.Context, _ json.RawMessage, out *sdk.Stream[any]) error {
			return out.Send(left.Load())
		}),
		handler("fetch", client.fetch),
		handler("env", client.env),
		handler("slow", client.slow),
		handler("recursion", func(client, context.Context, json.RawMessage, *sdk.Stream[any]) error { return deeper(nil) }),
	}, sdk.WithKeepAlive(50*time.Millisecond)).Main()
}

// handler makes a handler of a method that takes and sends any JSON.
func handler(command sdk.Command, method func(client, context.Context, json.RawMessage, *sdk.Stream[any]) error) sdk.Handler[client] {
	return sdk.Streaming(sdk.NewMethod[json.RawMessage, any](command), method)
}

// echo sends everything that it knows.
func (c client) echo(ctx context.Context, input json.RawMessage, out *sdk.Stream[any]) error {
	return out.Send(map[string]any{"input": input, "config": c.config, "info": sdk.Info(ctx).Invocation, "version": sdk.Info(ctx).Version})
}

// list sends as many accounts as the input says.
func (client) list(_ context.Context, input json.RawMessage, out *sdk.Stream[any]) error {
	var n int
	if err := json.Unmarshal(input, &n); err != nil {
		return err
	}
	for i := range n {
		account := map[string]any{"identity": i, "attributes": map[string]any{"name": "Ada Lovelace", "text": strings.Repeat("x", 150)}}
		if err := out.Send(account); err != nil {
			return err
		}
	}
	return nil
}

// lines sends one line of each kind.
func (client) lines(_ context.Context, _ json.RawMessage, out *sdk.Stream[any]) error {
	return errors.Join(
		out.SaveState(map[string]string{"page": "2"}),
		out.Send("\u2028 é 😀 \n"),
		out.PatchConfig(sdk.ConfigPatch{Op: "remove", Path: "/token"}),
		out.KeepAlive(),
		out.Send(map[string]any{"a": nil}),
	)
}

// fail sends an output and fails as the input says.
func (client) fail(_ context.Context, input json.RawMessage, out *sdk.Stream[any]) error {
	if err := out.Send(1); err != nil {
		return err
	}
	switch string(input) {
	case `"notFound"`:
		return sdk.NotFound("ä%s", `" is not there`)
	case `"typed"`:
		return &sdk.Error{Type: "Timeout", Message: "late"}
	}
	return errors.New("plain")
}

// stray ends the program from its own goroutine.
func (client) stray(context.Context, json.RawMessage, *sdk.Stream[any]) error {
	go panic("astray")
	select {}
}

// wait waits until its reader is gone.
func (client) wait(ctx context.Context, _ json.RawMessage, out *sdk.Stream[any]) error {
	if err := out.Send("waiting"); err != nil {
		return err
	}
	<-ctx.Done()
	left.Add(1)
	return ctx.Err()
}

// fetch calls the address in the input.
func (client) fetch(ctx context.Context, input json.RawMessage, out *sdk.Stream[any]) error {
	var url string
	if err := json.Unmarshal(input, &url); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, strings.NewReader("body"))
	if err != nil {
		return err
	}
	req.Header.Set("X-Test", "yes")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	return out.Send(map[string]any{"status": res.StatusCode, "header": res.Header.Get("X-Answer"), "text": string(text)})
}

// env sends the value of the variable that the input names.
func (client) env(_ context.Context, input json.RawMessage, out *sdk.Stream[any]) error {
	var name string
	if err := json.Unmarshal(input, &name); err != nil {
		return err
	}
	return out.Send(os.Getenv(name))
}

// slow is silent for a while.
func (client) slow(_ context.Context, _ json.RawMessage, out *sdk.Stream[any]) error {
	time.Sleep(200 * time.Millisecond)
	return out.Send("done")
}

// deeper calls itself until the stack overflows.
func deeper(up *[64]int) error {
	var here [64]int
	if up != nil {
		here[0] = up[0] + 1
	}
	return deeper(&here)
}
