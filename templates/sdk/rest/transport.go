package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// An exchange is what this package knows about a request besides its HTTP parts. It is
// in the request's context.
type exchange struct {
	path       string // as it is printed; "" is that of the request
	repeatable bool
	whole      bool     // the answer's body is read as a part of the attempt
	anonymous  bool     // the request asks for a token: no credentials, no limits
	private    []string // headers that other hosts do not get
	attempts   int      // so far
	cut        bool     // the last answer's body has more than is kept

	mu      sync.Mutex
	secrets []string // of this request, besides the client's
}

type exchangeKey struct{}

// exchangeOf returns what is known about a request, which is little where a library made
// it.
func exchangeOf(req *http.Request) *exchange {
	if e, ok := req.Context().Value(exchangeKey{}).(*exchange); ok {
		return e
	}
	return new(exchange)
}

// hide adds a secret of the request.
func (e *exchange) hide(secret string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.secrets = append(e.secrets, secret)
}

// A transport sends requests with the credentials, retries and limits of a client.
type transport struct{ client *Client }

// RoundTrip sends a request until it has an answer that counts.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	c, e, ctx := t.client, exchangeOf(req), req.Context()
	if c.err != nil {
		closeBody(req)
		return nil, finalError{c.err}
	}
	repeatable := e.repeatable || reads(req.Method)
	renewed := false
	var counts tally
	for sent := 1; ; sent++ {
		a := attemptOf(c, e, req, sent)
		resp, err := a.send()
		e.attempts = sent
		again, wait := false, time.Duration(0)
		if err == nil && resp.StatusCode == http.StatusUnauthorized && !renewed && a.authorized {
			renewed = true
			again = c.settings.auth.renew(ctx, c, a.token)
		} else {
			wait, again = counts.next(ctx, c.settings.retries, repeatable, resp, err)
		}
		again = again && (req.Body == nil || req.Body == http.NoBody || req.GetBody != nil)
		a.log(resp, err, wait)
		if !again {
			return resp, c.unanswered(e, err)
		}
		drop(resp)
		if err := scope.Sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// An attempt is one sending of a request.
type attempt struct {
	client     *Client
	exchange   *exchange
	request    *http.Request // the original
	number     int
	token      Token
	authorized bool // the request had credentials
	started    time.Time
}

func attemptOf(c *Client, e *exchange, req *http.Request, number int) *attempt {
	return &attempt{client: c, exchange: e, request: req, number: number, started: time.Now()}
}

// send waits until the request may be sent, and sends it.
func (a *attempt) send() (*http.Response, error) {
	ctx, c := a.request.Context(), a.client
	if ctx.Err() != nil {
		closeBody(a.request)
		return nil, context.Cause(ctx)
	}
	var limits *limiter
	if !a.exchange.anonymous {
		limits = limiters.of(ctx, c)
	}
	if limits != nil {
		if err := limits.enter(ctx); err != nil {
			closeBody(a.request)
			return nil, err
		}
	}
	leave := sync.OnceFunc(func() {
		if limits != nil {
			limits.leave()
		}
	})
	a.started = time.Now()
	resp, err := a.exchangeOnce(leave)
	if err != nil {
		leave()
	}
	return resp, err
}

// exchangeOnce sends the request as it is now, and calls ended when its answer has been read.
func (a *attempt) exchangeOnce(ended func()) (*http.Response, error) {
	c, e := a.client, a.exchange
	// The call that gets the request's credentials is an exchange of its own.
	ctx, cancel := context.WithCancelCause(context.WithValue(a.request.Context(), exchangeKey{}, nil))
	timeout := time.AfterFunc(c.settings.timeout, func() {
		cancel(fmt.Errorf("no answer within %v", c.settings.timeout))
	})
	release := func() {
		timeout.Stop()
		cancel(nil)
		ended()
	}
	req, err := a.prepare(ctx)
	if err != nil {
		release()
		return nil, err
	}
	resp, err := c.transport(ctx).RoundTrip(req)
	if err != nil {
		err = because(ctx, err)
		release()
		return nil, err
	}
	resp.Request = a.request // the one that was sent has credentials
	if inBundle {
		fromFetch(ctx, resp)
	}
	if _, err := a.request.URL.Parse(resp.Header.Get("Location")); err != nil && e.whole {
		release()
		_ = resp.Body.Close()
		return nil, finalError{errors.New("the API redirects to a malformed URL")} // net/http quotes parts of it
	}
	if !e.whole {
		timeout.Stop()
		resp.Body = &trackedBody{resp.Body, release}
		return resp, nil
	}
	defer release()
	if e.cut, err = readWhole(resp, c.settings.bodyLimit); err != nil {
		return nil, because(ctx, err)
	}
	return resp, nil
}

// prepare returns the request of an attempt: a transport must not change what it is given.
func (a *attempt) prepare(ctx context.Context) (*http.Request, error) {
	c, req := a.client, a.request.Clone(ctx)
	if a.number > 1 && a.request.GetBody != nil {
		body, err := a.request.GetBody()
		if err != nil {
			return nil, err
		}
		req.Body = body
	}
	trusted := c.trusts(req.URL)
	a.setHeader(req, trusted)
	if c.settings.auth != nil && trusted && !a.exchange.anonymous {
		token, err := c.settings.auth.authorize(c, req)
		if err != nil {
			closeBody(req)
			return nil, finalError{err}
		}
		a.token, a.authorized = token, true
		if token.Text.IsSet() {
			a.exchange.hide(token.Text.Reveal())
		}
	}
	err := checkHeader(req.Header)
	if err == nil && inBundle {
		err = forFetch(req)
	}
	if err != nil {
		closeBody(req)
		return nil, err
	}
	return req, nil
}

// setHeader gives a request what its host may get.
func (a *attempt) setHeader(req *http.Request, trusted bool) {
	for name, values := range a.client.settings.header {
		if _, given := req.Header[name]; trusted && !given {
			req.Header[name] = values
		}
	}
	for _, name := range a.exchange.private {
		if !trusted {
			req.Header.Del(name)
		}
	}
	if req.Response != nil { // the request follows a redirect
		req.Header.Del("Referer") // has the query of the first one
	}
	req.URL.User = nil // net/http has made a header of it
}

// checkHeader returns an error for a header that cannot be sent. It does not show the value,
// as that of fetch does.
func checkHeader(h http.Header) error {
	for name, values := range h {
		for _, value := range values {
			if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == '\x7f' }) {
				return finalError{fmt.Errorf("the header %q has a line break or another control character in its value", name)}
			}
		}
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) }) {
			return finalError{fmt.Errorf("the header %q has a malformed name", name)}
		}
	}
	return nil
}

// log writes a line about the attempt. wait is how long it takes to the next one.
func (a *attempt) log(resp *http.Response, err error, wait time.Duration) {
	ctx := a.request.Context()
	logger := sdk.Logger(ctx)
	if !logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	hide := a.client.redactor(a.exchange)
	args := []any{"method", a.request.Method, "path", hide.text(pathOf(a.exchange, a.request)), "attempt", a.number, "took", time.Since(a.started)}
	if resp != nil {
		args = append(args, "status", resp.StatusCode)
	}
	if err != nil {
		args = append(args, "err", a.client.clean(a.exchange, err))
	}
	if wait > 0 {
		args = append(args, "wait", wait)
	}
	logger.DebugContext(ctx, "call", args...)
}

// pathOf is the path of a request as it is printed.
func pathOf(e *exchange, req *http.Request) string {
	if e.path != "" {
		return e.path
	}
	return req.URL.Path
}

// because returns why a context ended, where that is what an error comes from.
func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// readWhole puts the body of an answer into memory, and reports whether there was more. Of
// an answer that reports a failure, the beginning is enough.
func readWhole(resp *http.Response, limit int64) (cut bool, err error) {
	defer resp.Body.Close()
	failed := resp.StatusCode >= http.StatusBadRequest
	if failed {
		limit = min(limit, maxErrorBody)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, min(limit, math.MaxInt64-1)+1))
	cut = err != nil || int64(len(body)) > limit
	switch {
	case err != nil && !failed:
		return cut, err
	case cut && !failed:
		return cut, finalError{fmt.Errorf("the answer has more than %d bytes: ask for less at a time, or see WithBodyLimit", limit)}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body[:min(int64(len(body)), limit)]))
	return cut, nil
}

// A trackedBody calls done when it has been read or closed.
type trackedBody struct {
	io.ReadCloser
	done func()
}

func (b *trackedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.done()
	}
	return n, err
}

func (b *trackedBody) Close() error {
	err := b.ReadCloser.Close()
	b.done()
	return err
}

// drop reads the rest of an answer that does not count, for its connection to be used again.
func drop(resp *http.Response) {
	if resp != nil {
		_, _ = io.CopyN(io.Discard, resp.Body, maxErrorBody)
		_ = resp.Body.Close()
	}
}

// checkRedirect decides whether a redirect is followed. Another host gets only requests that
// read, without credentials and without secrets that the API put into the URL. A call that
// changes something does not follow a redirect that makes it a GET, whose success would be
// taken for its own; but 303 says that the change is done.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	e, before := exchangeOf(req), via[len(via)-1]
	switch {
	case len(via) >= maxRedirects:
		return finalError{fmt.Errorf("more than %d redirects", maxRedirects)}
	case e.anonymous,
		e.whole && req.Method != before.Method && req.Response.StatusCode != http.StatusSeeOther,
		!c.trusts(req.URL) && (!reads(req.Method) || c.redactor(e).inURL(req.URL)):
		return http.ErrUseLastResponse
	}
	return nil
}

// reads reports whether a method only reads.
func reads(method string) bool {
	return method == "" || method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

const maxRedirects = 10

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

// connections belong to the process. They are those of [http.DefaultTransport], with
// more per host: a connector has only one.
var connections = sync.OnceValue(func() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = t.MaxIdleConns
	return t
})

// transport returns what sends the requests of a client.
func (c *Client) transport(ctx context.Context) http.RoundTripper {
	t := c.settings.transport
	switch _, plain := http.DefaultTransport.(*http.Transport); {
	case t != nil:
	case plain:
		t = connections()
	default:
		return http.DefaultTransport // a test's, or one that traces
	}
	if s := scope.Of(ctx); s != nil && s.Around != nil {
		return s.Around(t).(http.RoundTripper)
	}
	return t
}
