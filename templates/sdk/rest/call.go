package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/conngen/conngen/templates/sdk"
)

// Get reads the JSON at a path below the base URL. The path may have a query. It may also be
// a complete URL on the API's own hosts, or "" for the base URL itself. An answer without a
// body gives a zero T. As T, [json.RawMessage] keeps any JSON unchanged, and [sdk.None]
// ignores the answer. Numbers in an any are [json.Number].
func Get[T any](ctx context.Context, c *Client, path string, opts ...CallOption) (T, error) {
	return Do[T](ctx, c, http.MethodGet, path, nil, opts...)
}

// Post sends a body as JSON, or as a form if it is [url.Values], and reads the answer as [Get]
// does. See [Body].
func Post[T any](ctx context.Context, c *Client, path string, body any, opts ...CallOption) (T, error) {
	return Do[T](ctx, c, http.MethodPost, path, body, opts...)
}

// Put is [Post] with the method PUT.
func Put[T any](ctx context.Context, c *Client, path string, body any, opts ...CallOption) (T, error) {
	return Do[T](ctx, c, http.MethodPut, path, body, opts...)
}

// Patch is [Post] with the method PATCH. [Header] can set another Content-Type.
func Patch[T any](ctx context.Context, c *Client, path string, body any, opts ...CallOption) (T, error) {
	return Do[T](ctx, c, http.MethodPatch, path, body, opts...)
}

// Delete deletes the object at a path. It ignores the body of a successful answer.
func Delete(ctx context.Context, c *Client, path string, opts ...CallOption) error {
	_, err := c.call(ctx, http.MethodDelete, path, nil, opts, nil)
	return err
}

// Do makes a call with any method. A nil body sends none.
func Do[T any](ctx context.Context, c *Client, method, path string, body any, opts ...CallOption) (T, error) {
	var answer T
	into := any(&answer)
	if _, none := into.(*sdk.None); none {
		into = nil
	}
	if ok, err := c.call(ctx, method, path, body, opts, into); !ok {
		return *new(T), err // answer may be incomplete
	}
	return answer, nil
}

// A CallOption adds to the request of a call, or to each request of [Pages].
type CallOption func(*request)

// Param replaces {name} in the path by a value, escaped as a single segment. A value that
// would lead to another path, such as "" or "..", is an error.
//
// A value is formatted as by [fmt.Sprint], with these exceptions: pointers are followed, a
// time is written as in JSON, a float has no exponent, and a [sdk.Secret] is sent as its text,
// which no log or error shows.
func Param(name string, value any) CallOption {
	return func(r *request) {
		text, secret := textOf(value)
		r.setParam(name, text, secret)
	}
}

// Query sets one or more query values of a name, and replaces earlier ones. Values are
// formatted as in [Param]. A slice adds each of its elements, and nil adds nothing.
func Query(name string, values ...any) CallOption {
	return func(r *request) {
		r.query.Del(name)
		for _, value := range flat(values) {
			text, secret := textOf(value)
			r.query.Add(name, text)
			r.hide(text, secret)
		}
	}
}

// Header sets a header of the request. The value is formatted as in [Param]. If the API
// redirects the request to another host, that host does not get the header.
func Header(name string, value any) CallOption {
	return func(r *request) {
		text, secret := textOf(value)
		r.header.Set(name, text)
		for _, part := range headerSecrets(name, text) {
			r.hide(part, secret || isAuthorization(name))
		}
		r.exchange.private = append(r.exchange.private, name)
	}
}

// Body sets the body of a request. [url.Values] are sent as a form, everything else as JSON.
// With it, [Pages] sends POST requests, which it treats as [Repeatable]. A [sdk.Secret]
// anywhere in the body is an error, since it would arrive as "[redacted]": use the result of
// its Reveal method instead.
func Body(value any) CallOption { return func(r *request) { r.body = value } }

// AnswerHeader stores the header of the answer in *h if the call succeeds. After a create,
// Location may name the new object.
func AnswerHeader(h *http.Header) CallOption { return func(r *request) { r.answered = h } }

// Repeatable allows retries after failures that leave open whether the API received the
// request. Use it for a POST that only reads, or that has the same effect when sent twice.
func Repeatable() CallOption { return func(r *request) { r.exchange.repeatable = true } }

// call sends a request and reads the answer into what answer points to, unless it is nil.
// It reports whether the call succeeded. If not, the error is the one that [WithErrors]
// returns, which may be nil.
func (c *Client) call(ctx context.Context, method, path string, body any, opts []CallOption, answer any) (ok bool, err error) {
	r := newRequest(method, path, body, opts)
	_, _, failure := c.send(ctx, r, answer)
	if failure == nil {
		return true, nil
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx) // says nothing about the API
	}
	return false, c.mapped(failure)
}

// send sends a request and reads the answer into what into points to, unless it is nil.
func (c *Client) send(ctx context.Context, r *request, into any) (*http.Response, []byte, *Error) {
	failed := func(err error) (*http.Response, []byte, *Error) { return nil, nil, c.failed(r, err) }
	req, err := r.build(ctx, c)
	if err != nil {
		return failed(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return failed(err)
	}
	body, err := io.ReadAll(resp.Body) // from memory
	_ = resp.Body.Close()
	switch {
	case err != nil:
		return failed(err)
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return nil, nil, c.refused(r, resp, body, nil)
	}
	if r.answered != nil {
		*r.answered = resp.Header
	}
	if into == nil || len(bytes.TrimSpace(body)) == 0 {
		return resp, body, nil
	}
	if err := readJSON(body, into); err != nil {
		return nil, nil, c.refused(r, resp, body, unreadable(resp, body, err))
	}
	return resp, body, nil
}

// readJSON reads one JSON value.
func readJSON(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("unexpected data after the value")
	}
	return nil
}

// unreadable returns the error of an answer that cannot be read as JSON.
func unreadable(resp *http.Response, body []byte, err error) error {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind != "" && !strings.Contains(kind, "json") && !json.Valid(body) {
		return fmt.Errorf("the answer with status %d is %s, not JSON", resp.StatusCode, kind)
	}
	return fmt.Errorf("the answer with status %d cannot be decoded: %w", resp.StatusCode, err)
}

// form reports whether a body is a form.
func form(body any) (url.Values, bool) {
	values, ok := body.(url.Values)
	return values, ok
}
