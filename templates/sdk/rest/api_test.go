package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// base is the base URL of the tests.
const base = "https://api.example.com/v1"

// An api is an API in memory, which needs no network and so runs in a bubble of
// testing/synctest.
type api struct {
	answer func(n int, r *http.Request) (*http.Response, error) // to the n-th request, from 1 on

	mu       sync.Mutex
	started  time.Time
	requests []seen
	running  int
	most     int // requests at once
}

// A seen is a request that an API has got.
type seen struct {
	*http.Request
	body string
	at   time.Duration // since the first one
}

// String is the request's method and URL, and its body if it has one.
func (s seen) String() string {
	return strings.TrimSpace(fmt.Sprint(s.Method, " ", s.URL, " ", s.body))
}

func (a *api) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		_ = r.Body.Close()
	}
	a.mu.Lock()
	if a.started.IsZero() {
		a.started = time.Now()
	}
	a.requests = append(a.requests, seen{r.Clone(r.Context()), string(body), time.Since(a.started)})
	n := len(a.requests)
	a.running++
	a.most = max(a.most, a.running)
	a.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := a.answer(n, r)
	a.mu.Lock()
	a.running--
	a.mu.Unlock()
	if resp != nil {
		resp.Request = r
	}
	return resp, err
}

// client returns a client of the API.
func (a *api) client(opts ...Option) *Client {
	return New(base, append([]Option{WithTransport(a)}, opts...)...)
}

// sent are the requests as text.
func (a *api) sent() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make([]string, len(a.requests))
	for i, r := range a.requests {
		all[i] = r.String()
	}
	return all
}

// times are when the requests came.
func (a *api) times() []time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make([]time.Duration, len(a.requests))
	for i, r := range a.requests {
		all[i] = r.at
	}
	return all
}

// reply returns an answer. Headers are name and value in turn.
func reply(status int, body string, headers ...string) *http.Response {
	h := make(http.Header)
	for i := 0; i < len(headers); i += 2 {
		h.Add(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
}

// always is an API that answers each request alike.
func always(status int, body string, headers ...string) *api {
	return &api{answer: func(int, *http.Request) (*http.Response, error) { return reply(status, body, headers...), nil }}
}

// script is an API with an answer for each request, and 200 {} after them.
func script(answers ...func() (*http.Response, error)) *api {
	return &api{answer: func(n int, _ *http.Request) (*http.Response, error) {
		if n > len(answers) {
			return reply(http.StatusOK, "{}"), nil
		}
		return answers[n-1]()
	}}
}

// says is an answer of a script.
func says(status int, body string, headers ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return reply(status, body, headers...), nil }
}

// breaks is a connection that fails.
func breaks(err error) func() (*http.Response, error) {
	return func() (*http.Response, error) { return nil, err }
}

// get reads an object.
func get(t *testing.T, c *Client, path string, opts ...CallOption) (map[string]any, error) {
	t.Helper()
	return Get[map[string]any](t.Context(), c, path, opts...)
}

// decodeNothing is for connectors without config.
func decodeNothing(json.RawMessage) (struct{}, error) { return struct{}{}, nil }
