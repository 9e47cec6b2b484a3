// Command rest is a connector that calls an API as the commands' inputs say, with sdk/rest and with
// plain net/http.
package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/rest"
)

// A call describes a request.
type call struct {
	Base    string
	Method  string
	Path    string
	Body    any
	Header  string // the value of X-Mine
	Limit   int64
	Timeout time.Duration
	Token   string
}

func (c call) client() *rest.Client {
	return rest.New(c.Base, rest.WithAuth(rest.Bearer(sdk.NewSecret(c.Token))), rest.WithHeader("X-Client", "client"),
		rest.WithRetries(rest.Retries{Attempts: 3, Wait: time.Millisecond}), rest.WithBodyLimit(c.Limit), rest.WithTimeout(c.Timeout))
}

type page struct {
	Items []int
	Next  string
}

func main() {
	decode := func(json.RawMessage) (struct{}, error) { return struct{}{}, nil }
	open := func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil }
	sdk.New(sdk.Spec{Name: "rest", JSON: `{"name":"rest"}`}, decode, open, []sdk.Handler[struct{}]{
		handler("call", once),
		handler("first", func(ctx context.Context, in call, out *sdk.Stream[any]) error {
			if err := out.Send("calling"); err != nil {
				return err
			}
			return once(ctx, in, out)
		}),
		handler("plain", func(ctx context.Context, in call, out *sdk.Stream[any]) error {
			req, err := http.NewRequestWithContext(ctx, in.Method, in.Base+in.Path, nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			_, err = io.ReadAll(resp.Body)
			return err
		}),
		handler("list", func(ctx context.Context, in call, out *sdk.Stream[any]) error {
			pages := rest.Pages(ctx, in.client(), in.Path, rest.Cursor("cursor", func(p page) ([]int, string) { return p.Items, p.Next }))
			return out.SendAll(sdk.MapAll(pages, func(n int) any { return n }))
		}),
	}, sdk.WithKeepAlive(20*time.Millisecond)).Main()
}

// handler makes a handler of a method.
func handler(command sdk.Command, method func(context.Context, call, *sdk.Stream[any]) error) sdk.Handler[struct{}] {
	return sdk.Streaming(sdk.NewMethod[call, any](command), func(_ struct{}, ctx context.Context, in call, out *sdk.Stream[any]) error {
		return method(ctx, in, out)
	})
}

// once makes one call, and sends the answer. For a call with a header, it sends the header of the
// answer.
func once(ctx context.Context, in call, out *sdk.Stream[any]) error {
	var header http.Header
	opts := []rest.CallOption{rest.Query("q", sdk.NewSecret("a ü&")), rest.AnswerHeader(&header)}
	if in.Header != "" {
		opts = append(opts, rest.Header("X-Mine", in.Header))
	}
	answer, err := rest.Do[json.RawMessage](ctx, in.client(), in.Method, in.Path, in.Body, opts...)
	switch {
	case err != nil:
		return err
	case in.Header != "":
		return out.Send(header.Get("X-Answer"))
	}
	return out.Send(answer)
}
