package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
)

// inBundle reports whether net/http sends requests by the fetch of JavaScript.
const inBundle = runtime.GOOS == "js"

// forFetch prepares a request for fetch.
func forFetch(req *http.Request) error {
	if req.Body != nil && req.Body != http.NoBody && (req.Method == http.MethodGet || req.Method == http.MethodHead) {
		closeBody(req)
		return finalError{errors.New("in a bundle a " + req.Method + " cannot have a body")}
	}
	for name, values := range req.Header {
		bytes := make([]string, len(values))
		for i, value := range values {
			bytes[i] = fromBytes(value)
		}
		req.Header[name] = bytes
	}
	// Otherwise fetch follows redirects by itself, and sends the credentials to other hosts.
	req.Header.Set("js.fetch:redirect", "manual")
	return nil
}

// fromFetch makes an answer of fetch like one of a connection. ctx is the request's.
func fromFetch(ctx context.Context, resp *http.Response) {
	for _, values := range resp.Header {
		for i, value := range values {
			values[i] = toBytes(value)
		}
	}
	body := resp.Body
	resp.Body = &fetchBody{ReadCloser: body, ctx: ctx, stop: context.AfterFunc(ctx, func() { _ = body.Close() })}
}

// fromBytes returns a text with one character per byte, since fetch sends one byte per
// character.
func fromBytes(text string) string {
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

// toBytes is the reverse of fromBytes.
func toBytes(text string) string {
	bytes := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return text
		}
		bytes = append(bytes, byte(r))
	}
	return string(bytes)
}

// A fetchBody is the body of an answer of fetch. On its own, fetch does not end a read when
// the context ends.
type fetchBody struct {
	io.ReadCloser
	ctx  context.Context
	stop func() bool // keeps the context's end from closing the body
}

func (b *fetchBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.ctx.Err() != nil {
		n, err = 0, context.Cause(b.ctx)
	}
	return n, err
}

func (b *fetchBody) Close() error {
	b.stop()
	return b.ReadCloser.Close()
}
