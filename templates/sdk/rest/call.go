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

// Get reads what is at a path below the base URL, or at a URL of the API's own; "" is the
// base URL itself. An answer without a body gives a zero T. json.RawMessage takes any JSON as
// it is, and [sdk.None] says that the answer does not matter: it is not read. Numbers in an
// any are [json.Number].
func Get[T any](ctx context.Context, c *Client, path string, opts ...CallOption) (T, error) {
	return Do[T](ctx, c, http.MethodGet, path, nil, opts...)
}

// Post sends a body as JSON, see [Body], and reads the answer as [Get] does.
func Post[T any](ctx context.Context, c *Client, path string, body any, opts ...CallOption) (T, error) {
	return Do[T](ctx, c, http.MethodPost, path, body, opts...)
}

// Put is [Post] with another method.
func Put[T any](ctx context.Context, c *Client, path string, body any, opts ...CallOption) (T, error) {
	return Do[T](ctx, c, http.MethodPut, path, body, opts...)
}

// Patch is [Post] with another method.
func Patch[T any](ctx context.Context, c *Client, path string, body any, opts ...CallOption) (T, error) {
	return Do[T](ctx, c, http.MethodPatch, path, body, opts...)
}

// Delete deletes what is at a path. It does not read the answer.
func Delete(ctx context.Context, c *Client, path string, opts ...CallOption) error {
	_, err := c.call(ctx, http.MethodDelete, path, nil, opts, nil)
	return err
}

// Do calls any method. A nil body is none.
func Do[T any](ctx context.Context, c *Client, method, path string, body any, opts ...CallOption) (T, error) {
	var answer T
	into := any(&answer)
	if _, none := into.(*sdk.None); none {
		into = nil
	}
	if ok, err := c.call(ctx, method, path, body, opts, into); !ok {
		return *new(T), err // what could be read of the answer may be a part
	}
	return answer, nil
}

// A CallOption adds to the request of a call.
type CallOption func(*request)

// Param fills {name} in the path, escaped. A value that would name another path, such as "",
// is an error. The text of a value is what [fmt.Sprint] makes of it, but a time is as in
// JSON, a float has no exponent, and a pointer stands for what it points to. That of a
// [sdk.Secret] is its own, which no log or error shows.
func Param(name string, value any) CallOption {
	return func(r *request) {
		text, secret := textOf(value)
		r.setParam(name, text, secret)
	}
}

// Query sets a value of the query, or several of one name, each as text in the way of
// [Param]. A list stands for its elements, and nil for none. Without a value there is none
// of that name.
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

// Header sets a header to a value, as text in the way of [Param]. Another host to which the
// API redirects a call does not get it.
func Header(name string, value any) CallOption {
	return func(r *request) {
		text, secret := textOf(value)
		r.header.Set(name, text)
		r.hide(text, secret)
		r.exchange.private = append(r.exchange.private, name)
	}
}

// Body sets the body: a form of [url.Values], else JSON. [Pages] then sends it by POST. A
// [sdk.Secret] in it is an error, since it would arrive redacted: Reveal gives its text.
func Body(value any) CallOption { return func(r *request) { r.body = value } }

// AnswerHeader has a call that succeeds put the header of its answer where h points to, such
// as the Location of what it created.
func AnswerHeader(h *http.Header) CallOption { return func(r *request) { r.answered = h } }

// Repeatable says that the request may be sent again after a failure that leaves open
// whether the API has got it: it only reads, or twice is as good as once.
func Repeatable() CallOption { return func(r *request) { r.exchange.repeatable = true } }

// call sends a request and reads the answer into what answer points to, unless it is nil.
// It reports whether the call has succeeded. If not, the error is what the author makes of
// it, which may be nil.
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
		return errors.New("there is more after the value")
	}
	return nil
}

// unreadable says what is wrong with an answer that was to be JSON.
func unreadable(resp *http.Response, body []byte, err error) error {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind != "" && !strings.Contains(kind, "json") && !json.Valid(body) {
		return fmt.Errorf("the answer with status %d is %s, not JSON", resp.StatusCode, kind)
	}
	return fmt.Errorf("the answer with status %d does not fit: %w", resp.StatusCode, err)
}

// form reports whether a body is a form.
func form(body any) (url.Values, bool) {
	values, ok := body.(url.Values)
	return values, ok
}
