package sdktest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/conngen/conngen/templates/sdk/internal/loopback"
	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// A dispatcher gets the requests of http.DefaultTransport while tests run. Those of a
// scenario's command go to the scenario, others where they always go.
type dispatcher struct{ next http.RoundTripper }

// init puts the dispatcher in place before any test can send a request.
func init() {
	if t, ok := http.DefaultTransport.(*http.Transport); ok && dispatch(t) {
		return
	}
	http.DefaultTransport = dispatcher{http.DefaultTransport}
}

// dispatch hands the requests of a transport to a dispatcher. The transport stays what it is,
// for code that makes a clone of it, or has it already. It reports whether that is possible:
// not once the transport has sent a request over HTTP/2.
func dispatch(t *http.Transport) (ok bool) {
	defer func() { ok = recover() == nil }()                                    // a scheme has its protocol already
	t.TLSNextProto = make(map[string]func(string, *tls.Conn) http.RoundTripper) // or HTTP/2 takes https
	next := t.Clone()
	next.TLSNextProto = nil
	t.RegisterProtocol("https", dispatcher{next})
	t.RegisterProtocol("http", dispatcher{next})
	guard(t)
	return true
}

// replaying counts the scenarios that are being replayed.
var replaying atomic.Int32

type scenarioKey struct{}

// A source answers the requests of a scenario's command.
type source interface {
	answer(req *http.Request, next http.RoundTripper) (*http.Response, error)
}

// A network is the source of requests that are being recorded.
type network struct{}

func (network) answer(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	return next.RoundTrip(req)
}

// withSource returns a context whose requests go to a source.
func withSource(ctx context.Context, s source) context.Context {
	return context.WithValue(ctx, scenarioKey{}, s)
}

// scoped returns the context of a scenario's command. Where the connector gives connections
// of its own to sdk/rest, for a certificate or a proxy, the source answers in their place.
func scoped(ctx context.Context, s source, noWait bool) context.Context {
	around := func(transport any) any {
		if t, ok := transport.(*http.Transport); ok {
			return dispatcher{t}
		}
		return transport // it leads to others
	}
	return withSource(scope.With(ctx, &scope.Scope{NoWait: noWait, Around: around}), s)
}

func sourceOf(ctx context.Context) source {
	s, _ := ctx.Value(scenarioKey{}).(source)
	return s
}

// RoundTrip sends a request.
func (d dispatcher) RoundTrip(req *http.Request) (*http.Response, error) {
	if s := sourceOf(req.Context()); s != nil {
		return s.answer(req, d.next)
	}
	if err := refusal(req); err != nil {
		if req.Body != nil {
			err = errors.Join(err, req.Body.Close())
		}
		return nil, err
	}
	return d.next.RoundTrip(req)
}

// CloseIdleConnections closes those of the transport below.
func (d dispatcher) CloseIdleConnections() {
	if c, ok := d.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// guard makes the clones of a transport refuse what the dispatcher should have got. A
// transport asks for its proxy before each request, and its clones have the same.
func guard(t *http.Transport) {
	proxy := t.Proxy
	t.Proxy = func(req *http.Request) (*url.URL, error) {
		s := sourceOf(req.Context())
		_, isSent := s.(network)
		if s != nil && !isSent {
			return nil, fmt.Errorf("sdktest: %s bypasses the scenario: its client has a clone of http.DefaultTransport, which only sdk/rest may use, through WithTransport", show(req))
		}
		if err := refusal(req); err != nil && !isSent {
			return nil, err
		}
		if proxy == nil {
			return nil, nil
		}
		return proxy(req)
	}
}

// refusal returns the error of a request that would leave the machine while a scenario is
// replayed.
func refusal(req *http.Request) error {
	if replaying.Load() == 0 || loopback.Is(req.URL.Hostname()) {
		return nil
	}
	return fmt.Errorf("sdktest: %s would leave the machine while a scenario is replayed: it lacks the context of the command", show(req))
}

// show names a request in a message, without its parameters.
func show(req *http.Request) string {
	return req.Method + " " + req.URL.Scheme + "://" + req.URL.Host + req.URL.EscapedPath()
}

// A recorder sends requests to the real source and keeps what comes back.
type recorder struct {
	mu    sync.Mutex
	sent  []*exchange // in the order of the requests; nil for those that are under way
	bytes int
	err   error // why the recording cannot be used
}

// maxRecorded is how long all answers of a scenario may be.
const maxRecorded = 48 << 20

func (r *recorder) answer(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	r.mu.Lock()
	i := len(r.sent)
	r.sent = append(r.sent, nil)
	r.mu.Unlock()
	x := &exchange{request: req.Clone(req.Context())} // the connector may change it, and send it again
	body, err := readBody(req.Body)
	if err != nil {
		return nil, err
	}
	res, err := send(req, body, next)
	if err == nil {
		x.answer, err = readBody(res.Body)
		err = errors.Join(err, x.decode(body, res))
	}
	x.failure = err
	if err := r.keep(i, x); err != nil {
		return nil, err
	}
	copied := *res
	copied.Request, copied.Header, copied.ContentLength, copied.Uncompressed = req, x.header.Clone(), int64(len(x.answer)), true
	copied.Body, copied.TransferEncoding = newBody(string(x.answer)), nil
	return &copied, nil
}

// keep adds an exchange to the recording and returns its failure. What the command has
// given up is left out.
func (r *recorder) keep(i int, x *exchange) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bytes += len(x.answer); r.bytes > maxRecorded {
		r.err = fmt.Errorf("the answers have more than %d bytes: record a command that asks for less", maxRecorded)
		return r.err
	}
	if x.failure == nil || x.request.Context().Err() == nil {
		r.sent[i] = x
	}
	return x.failure
}

// exchanges returns what was sent and answered.
func (r *recorder) exchanges() ([]*exchange, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.sent), func(x *exchange) bool { return x == nil }), r.err
}

// send sends a request to the network. Without Accept-Encoding the transport takes care of
// compression.
func send(req *http.Request, body []byte, next http.RoundTripper) (*http.Response, error) {
	sent := req.Clone(withSource(req.Context(), network{}))
	sent.Header.Del("Accept-Encoding")
	if req.Body != nil {
		sent.Body = newBody(string(body))
		sent.ContentLength = int64(len(body))
		sent.GetBody = nil
	}
	return next.RoundTrip(sent)
}

// decode notes a request's body and an answer, both without compression.
func (x *exchange) decode(body []byte, res *http.Response) error {
	var errs [2]error
	x.status, x.header = res.StatusCode, res.Header.Clone()
	x.body, errs[0] = decoded(body, x.request.Header.Get("Content-Encoding"))
	x.answer, errs[1] = decoded(x.answer, x.header.Get("Content-Encoding"))
	x.header.Del("Content-Encoding")
	x.header.Del("Content-Length")
	return errors.Join(errs[:]...)
}
