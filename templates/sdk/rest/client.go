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

// A Client calls one API. It costs little, so each command can make its own: tokens, limits
// and connections belong to the process, and clients with the same settings share them. It is
// safe for concurrent use.
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
	transport   http.RoundTripper // nil means the process's own
	secrets     []string          // in headers
}

// An Option sets how a [Client] calls its API.
type Option func(*settings)

// WithAuth sets the credentials. They go only to the host of the base URL and to those of
// [WithHosts]. Without it, a user name and password in the base URL are the credentials.
func WithAuth(a Auth) Option { return func(s *settings) { s.auth = a } }

// WithErrors sets a function that interprets failed calls. f is called once for each failed
// call, and returns the error of the call: the same error, or a better one, such as
// [sdk.NotFound]. If f returns nil, the call succeeds with a zero result. The failure of a
// page stays an error, since the list would look complete without it. f is not called once the
// command's context has ended.
//
// An unmapped [Error] is generic to Identity Security Cloud, even with status 404, which a
// wrong base URL gives too. If an update fails with [sdk.NotFound], Identity Security Cloud
// creates the account, so f must not return it for a missing group. The API's error code or
// the Path of the Error tells the two apart.
func WithErrors(f func(*Error) error) Option { return func(s *settings) { s.errors = f } }

// WithLimit limits the requests in any period of the given length. Further requests wait. All
// commands of the process that call the same base URL with the same credentials share the
// limit. Requests for tokens do not count.
func WithLimit(requests int, period time.Duration) Option {
	return func(s *settings) { s.requests, s.period = requests, period }
}

// WithConcurrency limits concurrent requests. Further requests wait. Commands share the limit
// as with [WithLimit].
func WithConcurrency(requests int) Option { return func(s *settings) { s.concurrency = requests } }

// WithRetries sets how often a request is retried, and how long it waits in between.
func WithRetries(r Retries) Option { return func(s *settings) { s.retries = r.withDefaults() } }

// WithTimeout sets how long one attempt may take, including the body of its answer. 0 means
// the default, one minute. For requests of [Client.HTTP] it covers the time until the answer's
// header.
func WithTimeout(d time.Duration) Option {
	return func(s *settings) { s.timeout = cmp.Or(max(d, 0), defaultTimeout) }
}

// WithBodyLimit sets the maximum size of an answer's body. A larger body is an error. 0 means
// the default, 32 MiB.
func WithBodyLimit(bytes int64) Option {
	return func(s *settings) { s.bodyLimit = cmp.Or(max(bytes, 0), defaultBodyLimit) }
}

// WithHeader sets a header of every request to the API. The value is formatted as in [Param].
func WithHeader(name string, value any) Option {
	return func(s *settings) {
		text, secret := textOf(value)
		s.header.Set(name, text)
		if secret || isAuthorization(name) {
			s.secrets = append(s.secrets, headerSecrets(name, text)...)
		}
	}
}

// WithHosts names further hosts of the API, such as "files.example.com" or
// "eu.example.com:8443". They get the credentials too, and calls and pages may use their URLs.
func WithHosts(hosts ...string) Option {
	return func(s *settings) { s.hosts = append(s.hosts, hosts...) }
}

// WithTransport sets the transport that sends the requests, in place of the one that the
// process shares.
func WithTransport(t http.RoundTripper) Option { return func(s *settings) { s.transport = t } }

const (
	defaultTimeout   = time.Minute
	defaultBodyLimit = 32 << 20
)

// New returns a client of the API at a base URL. It never fails: with an invalid base URL,
// each call fails. The query of the base URL is added to each request.
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
	if c.err == nil {
		c.err = checkHosts(c.settings.hosts)
	}
	c.secrets = c.settings.secrets
	if c.settings.auth != nil {
		c.secrets = append(slices.Clip(c.secrets), c.settings.auth.secrets()...)
	}
	c.http = &http.Client{Transport: transport{c}, CheckRedirect: c.checkRedirect}
	return c
}

// HTTP returns the underlying HTTP client, for libraries that take one, and for uploads,
// downloads and answers that are not JSON. Its requests get the same credentials, retries,
// limits and log lines. It returns answers of any status and size. Close the body of each
// answer: until then the request counts for [WithConcurrency].
func (c *Client) HTTP() *http.Client { return c.http }

// parseBase reads a base URL.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	shown := redact.URL(text) // a password may have a ? or #
	if i := strings.IndexAny(shown, "?#"); i >= 0 {
		shown = shown[:i]
	}
	switch {
	case err != nil: // its text may have a password
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

// checkHosts returns an error if a name cannot be the host of a URL.
func checkHosts(hosts []string) error {
	for _, host := range hosts {
		if u, err := url.Parse("https://" + host); err != nil || u.Host != host {
			shown, _, _ := strings.Cut(redact.URL(host), "?")
			return fmt.Errorf("WithHosts: %q is not a host, such as files.example.com or eu.example.com:8443", shown)
		}
	}
	return nil
}

// trusts reports whether a URL is on one of the API's hosts, which get the credentials. It may
// go from http to https, but not back.
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
