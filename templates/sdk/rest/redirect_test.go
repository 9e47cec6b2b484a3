package rest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/templates/sdk"
)

// to is an API that redirects each first request of a path, and answers where that leads to.
func to(status int, location string) *api {
	return &api{answer: func(_ int, r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/v1/x" {
			return reply(status, "moved", "Location", location), nil
		}
		return reply(http.StatusOK, `{"there":true}`), nil
	}}
}

// TestRedirects: where calls follow, and with what.
func TestRedirects(t *testing.T) {
	t.Parallel()
	const own, other = "https://api.example.com/there", "https://b.example/there"
	for _, tt := range []struct {
		method   string
		status   int
		location string
		want     string // the second request, or "" if there is none
	}{
		{"GET", 301, own, "GET " + own},
		{"GET", 302, "/there", "GET " + own},
		{"GET", 307, "http://api.example.com/there", "GET http://api.example.com/there"},
		{"GET", 302, other, "GET " + other},
		{"HEAD", 308, other, "HEAD " + other},
		{"GET", 302, other + "?echo=hush-hush", ""},
		{"GET", 302, other + "?echo=hush%252Dhush", ""},
		{"GET", 302, own + "?echo=hush-hush", "GET " + own + "?echo=hush-hush"},
		{"POST", 307, own, "POST " + own + " 1"},
		{"PUT", 308, own, "PUT " + own + " 1"},
		{"PATCH", 307, "https://files.example.com/there", "PATCH https://files.example.com/there 1"},
		{"DELETE", 307, own, "DELETE " + own},
		{"POST", 307, other, ""},
		{"POST", 308, "http://api.example.com/there", ""},
		{"DELETE", 307, other, ""},
		{"POST", 303, own, "GET " + own},
		{"POST", 303, other, "GET " + other},
		{"POST", 301, own, ""}, // the GET's success would be taken for the POST's
		{"POST", 302, own, ""},
		{"PUT", 302, own, ""},
		{"DELETE", 301, own, ""},
		{"DELETE", 302, "/login", ""},
	} {
		a := to(tt.status, tt.location)
		c := a.client(WithAuth(Bearer(hush)), WithHeader("X-Tenant", "tenant"), WithHosts("files.example.com"))
		var body any
		if strings.HasPrefix(tt.method, "P") {
			body = 1
		}
		opts := []CallOption{Query("secret", sdk.NewSecret("query-value")), Header("X-Mine", "header"), Header("Authorization-2", hush)}
		_, err := Do[any](t.Context(), c, tt.method, "/x", body, opts...)
		if sent := a.sent()[1:]; strings.Join(sent, ", ") != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s, %d to %s: %s, error %v", tt.method, tt.status, tt.location, sent, err)
		}
		for _, r := range a.requests[1:] {
			trusted := r.URL.Scheme == "https" && r.URL.Host != "b.example"
			for _, name := range []string{"Authorization", "X-Tenant", "X-Mine", "Authorization-2"} {
				if (r.Header.Get(name) != "") != trusted {
					t.Errorf("%s, %d to %s: %s is %q", tt.method, tt.status, tt.location, name, r.Header.Get(name))
				}
			}
			if r.Header.Get("Referer") != "" {
				t.Errorf("%s learns that it comes from %s", r.URL, r.Header.Get("Referer"))
			}
		}
	}
}

// TestDeleteRedirected: what leads to a login page has deleted nothing.
func TestDeleteRedirected(t *testing.T) {
	t.Parallel()
	err := Delete(t.Context(), to(http.StatusFound, "/login").client(), "/x")
	if err == nil || err.Error() != "DELETE /x: 302 Found: moved" {
		t.Errorf("error %v", err)
	}
}

// TestRedirectLoop: redirects end.
func TestRedirectLoop(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"/v1/x":    "GET /x: more than 10 redirects",
		"ht tp://": "GET /x: the API redirects to a malformed URL",
	} {
		a := to(http.StatusFound, location)
		_, err := get(t, a.client(), "/x")
		if err == nil || err.Error() != want || len(a.requests) > 10 {
			t.Errorf("to %s: %d requests, error %v", location, len(a.requests), err)
		}
	}
}

// TestRedirectKey: a key in the query is added again for the API, and for nobody else.
func TestRedirectKey(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"/there?a=1":            "https://api.example.com/there?a=1&key=hush-hush",
		"https://b.example?a=1": "https://b.example?a=1",
	} {
		a := to(http.StatusFound, location)
		if _, err := get(t, a.client(WithAuth(QueryKey("key", hush))), "/x"); err != nil || a.requests[1].URL.String() != want {
			t.Errorf("%s, error %v", a.sent(), err)
		}
	}
}

// TestTokenRedirect: who asks for a token sends its secrets nowhere else.
func TestTokenRedirect(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"/v1/elsewhere", "https://b.example/token"} {
		for _, status := range []int{302, 303, 307} {
			a := always(status, "", "Location", location)
			_, err := Get[any](isolated(t), a.client(WithAuth(credentials)), "/x")
			if err == nil || len(a.requests) != 1 || a.requests[0].URL.Path != "/v1/token" {
				t.Errorf("%d to %s: %s, error %v", status, location, a.sent(), err)
			}
		}
	}
}

// TestLibraryRedirect: a library's requests are redirected as net/http does it, except
// for credentials and bodies.
func TestLibraryRedirect(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{"/there": "GET https://api.example.com/there", "https://b.example": "GET https://b.example"} {
		a := to(http.StatusFound, location)
		resp, err := a.client(WithAuth(Bearer(hush))).HTTP().Post(base+"/x?a=1", "text/plain", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		last := a.requests[len(a.requests)-1]
		if got := last.String(); got != want || (last.Header.Get("Authorization") != "") != (location == "/there") || last.Header.Get("Referer") != "" {
			t.Errorf("to %s: %s with %v", location, got, last.Header)
		}
	}
	a := to(http.StatusTemporaryRedirect, "https://b.example")
	resp, err := a.client().HTTP().Post(base+"/x", "text/plain", strings.NewReader("body"))
	if err != nil || resp.StatusCode != http.StatusTemporaryRedirect || len(a.requests) != 1 {
		t.Errorf("%s, error %v", a.sent(), err)
	}
	_ = resp.Body.Close()
}

// TestLogins: a login is a call of its own: it does not take over options of the call that
// needs it, such as Repeatable.
func TestLogins(t *testing.T) {
	t.Parallel()
	login := always(http.StatusBadGateway, strings.Repeat("x", 100))
	a := always(http.StatusOK, "{}")
	logins := login.client()
	ask := func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/login", nil)
		if err != nil {
			return err
		}
		resp, err := logins.HTTP().Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusBadGateway || len(body) != 100 {
			t.Errorf("the login was answered with %d, %d bytes", resp.StatusCode, len(body))
		}
		return err
	}
	for name, auth := range map[string]Auth{
		"TokenFunc": TokenFunc("of TestLogins", func(ctx context.Context) (Token, error) { return Token{Text: hush}, ask(ctx) }),
		"AuthFunc":  AuthFunc(func(r *http.Request) error { return ask(r.Context()) }),
	} {
		login.requests = nil
		if _, err := Post[any](isolated(t), a.client(WithAuth(auth), WithBodyLimit(10)), "/x", nil, Repeatable()); err != nil || len(login.requests) != 1 {
			t.Errorf("%s: %d logins, error %v", name, len(login.requests), err)
		}
	}
}

// TestLoginOfItself: a login that needs its own token is an error, and does not wait for itself.
func TestLoginOfItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c *Client
		a := always(http.StatusOK, "{}")
		c = a.client(WithAuth(TokenFunc("me", func(ctx context.Context) (Token, error) {
			_, err := Post[any](ctx, c, "/login", nil)
			return Token{}, err
		})))
		_, err := Get[any](isolated(t), c, "/x")
		const want = "GET /x: no token: POST /login: the call that fetches the token needs that token itself: use a client without this Auth"
		if err == nil || err.Error() != want || len(a.requests) != 0 {
			t.Errorf("%s, error %v", a.sent(), err)
		}
	})
}

// TestLibraryBodies: a library's answer is not bounded, and its slot is free when it has been
// read or closed.
func TestLibraryBodies(t *testing.T) {
	t.Parallel()
	a := always(http.StatusTeapot, strings.Repeat("x", 100))
	c := a.client(WithConcurrency(1), WithBodyLimit(10))
	ctx, cancel := context.WithTimeout(isolated(t), time.Minute)
	defer cancel()
	for i := range 4 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.HTTP().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			if body, err := io.ReadAll(resp.Body); err != nil || len(body) != 100 {
				t.Errorf("%d bytes, error %v", len(body), err)
			}
		}
		if i%2 == 1 || i == 2 {
			_ = resp.Body.Close()
		}
	}
}
