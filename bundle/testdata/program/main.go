// Command program is a connector whose commands do what bundles have to cope with.
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
	open := func(_ context.Context, config json.RawMessage) (client, error) { return client{config}, nil }
	sdk.NewRegistry(sdk.Spec{Name: "program", JSON: `{"name":"program"}`}, open, sdk.Handlers[client]{
		"echo":  echo,
		"list":  list,
		"lines": lines,
		"error": fail,
		"panic": func(context.Context, client, json.RawMessage, *sdk.Writer) error { panic("at work") },
		"stray": stray,
		"exit":  func(context.Context, client, json.RawMessage, *sdk.Writer) error { os.Exit(3); return nil },
		"wait":  wait,
		"left": func(_ context.Context, _ client, _ json.RawMessage, out *sdk.Writer) error {
			return out.Send(left.Load())
		},
		"fetch":     fetch,
		"env":       env,
		"slow":      slow,
		"recursion": func(context.Context, client, json.RawMessage, *sdk.Writer) error { return deeper(nil) },
	}, sdk.WithKeepAlive(50*time.Millisecond)).Main()
}

// echo sends all that it knows.
func echo(ctx context.Context, c client, input json.RawMessage, out *sdk.Writer) error {
	return out.Send(map[string]any{"input": input, "config": c.config, "info": sdk.Info(ctx).Invocation, "version": sdk.Info(ctx).Version})
}

// list sends as many accounts as the input says.
func list(_ context.Context, _ client, input json.RawMessage, out *sdk.Writer) error {
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
func lines(_ context.Context, _ client, _ json.RawMessage, out *sdk.Writer) error {
	return errors.Join(
		out.SaveState(map[string]string{"page": "2"}),
		out.Send("\u2028 é 😀 \n"),
		out.PatchConfig(sdk.ConfigPatch{Op: "remove", Path: "/token"}),
		out.KeepAlive(),
		out.Send(map[string]any{"a": nil}),
	)
}

// fail sends an output and fails as the input says.
func fail(_ context.Context, _ client, input json.RawMessage, out *sdk.Writer) error {
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

// stray ends the program from a goroutine of its own.
func stray(context.Context, client, json.RawMessage, *sdk.Writer) error {
	go panic("astray")
	select {}
}

// wait waits until nobody reads its answer.
func wait(ctx context.Context, _ client, _ json.RawMessage, out *sdk.Writer) error {
	if err := out.Send("waiting"); err != nil {
		return err
	}
	<-ctx.Done()
	left.Add(1)
	return ctx.Err()
}

// fetch calls the address in the input.
func fetch(ctx context.Context, _ client, input json.RawMessage, out *sdk.Writer) error {
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
func env(_ context.Context, _ client, input json.RawMessage, out *sdk.Writer) error {
	var name string
	if err := json.Unmarshal(input, &name); err != nil {
		return err
	}
	return out.Send(os.Getenv(name))
}

// slow is silent for a while.
func slow(_ context.Context, _ client, _ json.RawMessage, out *sdk.Writer) error {
	time.Sleep(200 * time.Millisecond)
	return out.Send("done")
}

// deeper calls itself until there is no more stack.
func deeper(up *[64]int) error {
	var here [64]int
	if up != nil {
		here[0] = up[0] + 1
	}
	return deeper(&here)
}
