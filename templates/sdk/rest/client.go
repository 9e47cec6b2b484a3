package rest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// A Client calls one API. It is cheap to make, so each command can have its own: tokens,
// limits and connections are the process's, and clients with the same settings share them.
// It is safe for concurrent use.
type Client struct {
	base     *url.URL // without user info; nil if err is not
	err      error    // why the base URL cannot be used
	settings settings
	secrets  []string // never to be printed
	http     *http.Client
}

// settings are what options set.
type settings struct {
	auth        Auth // nil without credentials
	errors      func(*Error) error
	requests    int // in each period; 0 means any number
	period      time.Duration
	concurrency int // requests at once; 0 means any number
	retries     Retries
	timeout     time.Duration
	bodyLimit   int64
	header      http.Header
	hosts       []string
	transport   http.RoundTripper // nil for that of the process
	secrets     []string          // in headers
}

// An Option sets how a [Client] calls its API.
type Option func(*settings)

// WithAuth sets how requests show who sends them. Credentials go to the host of the base
// URL alone, and to those of [WithHosts]. Without it the user info of the base URL counts,
// if there is any.
func WithAuth(a Auth) Option { return func(s *settings) { s.auth = a } }

// WithErrors sets the one place that says what a failed call means: f gets the failure and
// returns the error of the call, which may be the failure itself. nil makes the call succeed
// with a zero result, but not that for a page. Without it, and for what f does not change,
// the error is the [Error]: generic to Identity Security Cloud, also for status 404.
func WithErrors(f func(*Error) error) Option { return func(s *settings) { s.errors = f } }

// WithLimit sets how many requests there may be in any period of a length; more wait. All
// commands of the process that call the same base URL with the same credentials share the
// limit. Requests for tokens do not count.
func WithLimit(requests int, period time.Duration) Option {
	return func(s *settings) { s.requests, s.period = requests, period }
}

// WithConcurrency sets how many requests there may be at once; more wait. It is shared as
// that of [WithLimit] is.
func WithConcurrency(requests int) Option { return func(s *settings) { s.concurrency = requests } }

// WithRetries sets how often and how late a request is sent again.
func WithRetries(r Retries) Option { return func(s *settings) { s.retries = r.withDefaults() } }

// WithTimeout sets how long one attempt may take, the answer's body included; the default is
// one minute, also for 0. For a request of [Client.HTTP] the time ends with the answer's header.
func WithTimeout(d time.Duration) Option {
	return func(s *settings) { s.timeout = cmp.Or(max(d, 0), defaultTimeout) }
}

// WithBodyLimit sets how large the body of an answer may be; the default is 32 MiB, also for
// 0. A larger one is an error.
func WithBodyLimit(bytes int64) Option {
	return func(s *settings) { s.bodyLimit = cmp.Or(max(bytes, 0), defaultBodyLimit) }
}

// WithHeader sets a header of every request. The value of a [sdk.Secret] is its text.
func WithHeader(name string, value any) Option {
	return func(s *settings) {
		text, secret := textOf(value)
		s.header.Set(name, text)
		if secret {
			s.secrets = append(s.secrets, text)
		}
	}
}

// WithHosts names further hosts of the API, with their ports if they have any. They get the
// credentials too, and pages may link to them.
func WithHosts(hosts ...string) Option {
	return func(s *settings) { s.hosts = append(s.hosts, hosts...) }
}

// WithTransport sets what sends the requests, in place of the process's own connections.
func WithTransport(t http.RoundTripper) Option { return func(s *settings) { s.transport = t } }

const (
	defaultTimeout   = time.Minute
	defaultBodyLimit = 32 << 20
)

// New returns a client of the API below a base URL. A base URL that cannot be used is the
// error of each call.
func New(baseURL string, opts ...Option) *Client {
	c := &Client{settings: settings{
		retries: Retries{}.withDefaults(), timeout: defaultTimeout, bodyLimit: defaultBodyLimit, header: make(http.Header),
	}}
	for _, option := range opts {
		option(&c.settings)
	}
	if c.base, c.err = parseBase(baseURL); c.err == nil && c.base.User != nil {
		if password, _ := c.base.User.Password(); c.settings.auth == nil {
			c.settings.auth = Basic(c.base.User.Username(), sdk.NewSecret(password))
		}
		c.base.User = nil
	}
	c.secrets = c.settings.secrets
	if c.settings.auth != nil {
		c.secrets = append(slices.Clip(c.secrets), c.settings.auth.secrets()...)
	}
	c.http = &http.Client{Transport: transport{c}, CheckRedirect: c.checkRedirect}
	return c
}

// HTTP returns the HTTP client underneath, for libraries that take one. Its requests have
// the same credentials, retries, limits and log lines. They are not bounded in size, and
// their answers are not errors, whatever the status.
func (c *Client) HTTP() *http.Client { return c.http }

// parseBase reads a base URL.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	shown := redact.URL(text) // a password may have a ? or #
	if i := strings.IndexAny(shown, "?#"); i >= 0 {
		shown = shown[:i]
	}
	switch {
	case err != nil: // whose text may have a password
		return nil, fmt.Errorf("the base URL %q is malformed", shown)
	case strings.TrimSpace(text) == "":
		return nil, errors.New("the base URL is empty")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, fmt.Errorf("the base URL %q does not begin with https:// and a host", shown)
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil {
		return nil, fmt.Errorf("the query of the base URL %q is malformed", shown)
	}
	u.Fragment, u.Path, u.RawPath = "", strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// trusts reports whether a URL is one of the API's, which gets the credentials. Encryption
// may come, but not go.
func (c *Client) trusts(u *url.URL) bool {
	if c.base == nil || u.Scheme != c.base.Scheme && u.Scheme != "https" {
		return false
	}
	is := func(host string) bool { return strings.EqualFold(withPort(u.Scheme, host), withPort(u.Scheme, u.Host)) }
	return is(c.base.Host) || slices.ContainsFunc(c.settings.hosts, is)
}

// withPort adds the port that a scheme implies to a host without one.
func withPort(scheme, host string) string {
	if u := (&url.URL{Host: host}); u.Port() != "" {
		return host
	}
	return strings.TrimSuffix(host, ":") + map[string]string{"http": ":80", "https": ":443"}[scheme]
}
