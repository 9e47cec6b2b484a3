package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// A server is an API with a token endpoint. It answers a request with the token that the
// request has.
type server struct {
	*api
	tokens []url.Values // the requests for tokens
	refuse func(token string) bool
	answer func(n int) string // to the n-th request for a token
	slow   time.Duration      // how long a token takes
}

// newServer returns an API whose tokens t1, t2 … are good for an hour.
func newServer() *server {
	s := &server{api: new(api), answer: func(n int) string {
		return fmt.Sprintf(`{"access_token":"token-%d","token_type":"bearer","expires_in":3600}`, n)
	}, refuse: func(string) bool { return false }}
	s.api.answer = s.reply
	return s
}

func (s *server) reply(_ int, r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/v1/token" {
		return s.token(r)
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if s.refuse(token) {
		return reply(http.StatusUnauthorized, ""), nil
	}
	body, err := io.ReadAll(r.Body)
	return reply(http.StatusOK, fmt.Sprintf(`{"token":%q,"body":%q}`, token, body)), err
}

func (s *server) token(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.tokens = append(s.tokens, form)
	n := len(s.tokens)
	s.mu.Unlock()
	if err := scope.Sleep(r.Context(), s.slow); err != nil {
		return nil, err
	}
	status, answer := http.StatusOK, s.answer(n)
	if code, rest, ok := strings.Cut(answer, " "); ok && !strings.HasPrefix(answer, "{") {
		status, _ = strconv.Atoi(code)
		answer = rest
	}
	return reply(status, answer, "Content-Type", "application/json"), nil
}

// isolated returns a context whose tokens no other test has.
func isolated(t *testing.T) context.Context {
	t.Helper()
	return scope.With(t.Context(), new(scope.Scope))
}

// used returns the token that a request was answered with.
func used(ctx context.Context, c *Client) (string, error) {
	answer, err := Get[struct{ Token string }](ctx, c, "/x")
	return answer.Token, err
}

var credentials = ClientCredentials{TokenURL: "/token", ClientID: "me", ClientSecret: hush}

// TestOneToken: many commands at once get one token, each with a client of its own.
func TestOneToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.slow = time.Second
		ctx := isolated(t)
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				if token, err := used(ctx, s.client(WithAuth(credentials))); token != "token-1" || err != nil {
					t.Errorf("token %q, error %v", token, err)
				}
			})
		}
		wait.Wait()
		if len(s.tokens) != 1 || len(s.requests) != 21 {
			t.Errorf("%d tokens, %d requests", len(s.tokens), len(s.requests))
		}
		want := url.Values{"grant_type": {"client_credentials"}, "client_id": {"me"}, "client_secret": {"hush-hush"}}
		if s.tokens[0].Encode() != want.Encode() {
			t.Errorf("asked with %v", s.tokens[0])
		}
	})
}

// TestFirstLeaves: a command that ends does not take the others' token along.
func TestFirstLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.slow = 2 * time.Second
		ctx := isolated(t)
		first, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		var wait sync.WaitGroup
		wait.Go(func() {
			if _, err := used(first, s.client(WithAuth(credentials))); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the first one's error is %v", err)
			}
		})
		synctest.Wait()
		wait.Go(func() {
			if token, err := used(ctx, s.client(WithAuth(credentials))); token != "token-1" || err != nil {
				t.Errorf("token %q, error %v", token, err)
			}
		})
		wait.Wait()
		if len(s.tokens) != 1 {
			t.Errorf("%d tokens", len(s.tokens))
		}
	})
}

// TestTokensApart: whatever a token depends on tells it apart.
func TestTokensApart(t *testing.T) {
	t.Parallel()
	s := newServer()
	ctx := isolated(t)
	other := credentials
	clients := []*Client{s.client(WithAuth(credentials)), New(base+"/", WithTransport(s), WithAuth(credentials))}
	for _, change := range []func(*ClientCredentials){
		func(c *ClientCredentials) { c.ClientID = "you" },
		func(c *ClientCredentials) { c.ClientSecret = sdk.NewSecret("another") },
		func(c *ClientCredentials) { c.Scopes = []string{"read"} },
		func(c *ClientCredentials) { c.Scopes = []string{"read", "write"} },
		func(c *ClientCredentials) { c.Params = url.Values{"audience": {"a"}} },
		func(c *ClientCredentials) { c.BasicAuth = true },
	} {
		other = credentials
		change(&other)
		clients = append(clients, s.client(WithAuth(other)))
	}
	seen := make(map[string]bool)
	for range 2 {
		for _, c := range clients {
			token, err := used(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			seen[token] = true
		}
	}
	if len(seen) != len(clients)-1 || len(s.tokens) != len(seen) { // the two base URLs are one API
		t.Errorf("%d clients used %d of %d tokens", len(clients), len(seen), len(s.tokens))
	}
	if s.tokens[4].Get("scope") != "read write" || s.tokens[5].Get("audience") != "a" || s.tokens[6].Has("client_secret") {
		t.Errorf("asked with %v", s.tokens)
	}
}

// TestBasicAuth: the ID and the secret are encoded as RFC 6749 says.
func TestBasicAuth(t *testing.T) {
	t.Parallel()
	s := newServer()
	auth := ClientCredentials{TokenURL: base + "/token", ClientID: "a:b", ClientSecret: sdk.NewSecret("c d"), BasicAuth: true}
	if _, err := used(isolated(t), s.client(WithAuth(auth))); err != nil {
		t.Fatal(err)
	}
	user, password, _ := s.requests[0].BasicAuth()
	if user != "a%3Ab" || password != "c+d" {
		t.Errorf("user %q, password %q", user, password)
	}
}

// TestTokenHost: the token endpoint can be elsewhere, and the API's credentials are not for it.
func TestTokenHost(t *testing.T) {
	t.Parallel()
	s := newServer()
	auth := credentials
	auth.TokenURL = "https://login.example.com/v1/token"
	c := s.client(WithAuth(auth), WithHeader("X-Tenant", sdk.NewSecret("tenant")))
	if token, err := used(isolated(t), c); token != "token-1" || err != nil {
		t.Fatalf("token %q, error %v", token, err)
	}
	if got := s.requests[0]; got.URL.Host != "login.example.com" || got.Header.Get("X-Tenant") != "" || got.Header.Get("Authorization") != "" {
		t.Errorf("the token endpoint got %v", got.Header)
	}
	if got := s.requests[1]; got.Header.Get("X-Tenant") != "tenant" {
		t.Errorf("the API got %v", got.Header)
	}
}

// TestRenewal: a token is renewed a while before it expires.
func TestRenewal(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		expiresIn string
		last      time.Duration // how long it is used
	}{
		"an hour":       {`,"expires_in":3600`, 59 * time.Minute},
		"a text":        {`,"expires_in":"3600"`, 59 * time.Minute},
		"half a minute": {`,"expires_in":30`, 27 * time.Second},
		"does not say":  {``, 1000 * time.Hour},
		"null":          {`,"expires_in":null`, 1000 * time.Hour},
		"nonsense":      {`,"expires_in":"soon"`, 1000 * time.Hour},
		"beyond time":   {`,"expires_in":1e300`, 1000 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newServer()
				s.answer = func(n int) string { return fmt.Sprintf(`{"access_token":"token-%d"%s}`, n, tt.expiresIn) }
				ctx := isolated(t)
				for _, step := range []struct {
					wait time.Duration
					want string
				}{{0, "token-1"}, {tt.last - time.Nanosecond, "token-1"}, {time.Nanosecond, "token-2"}} {
					time.Sleep(step.wait)
					if tt.last > 100*time.Hour {
						step.want = "token-1"
					}
					if token, err := used(ctx, s.client(WithAuth(credentials))); token != step.want || err != nil {
						t.Errorf("token %q, want %q, error %v", token, step.want, err)
					}
				}
			})
		})
	}
}

// TestRefused: after status 401 a request is sent once more, with another token.
func TestRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		ctx := isolated(t)
		c := s.client(WithAuth(credentials))
		if token, err := used(ctx, c); token != "token-1" || err != nil {
			t.Fatalf("token %q, error %v", token, err)
		}
		s.refuse = func(token string) bool { return token == "token-1" }
		var wait sync.WaitGroup
		for range 5 { // all get a 401, and one token
			wait.Go(func() {
				answer, err := Post[struct{ Token, Body string }](ctx, c, "/x", map[string]int{"a": 1})
				if answer.Token != "token-2" || answer.Body != `{"a":1}` || err != nil {
					t.Errorf("%+v, error %v", answer, err)
				}
			})
		}
		wait.Wait()
		if len(s.tokens) != 2 {
			t.Errorf("%d tokens", len(s.tokens))
		}
		s.refuse = func(string) bool { return true }
		before := len(s.requests)
		_, err := used(ctx, c)
		var failure *Error
		if !errors.As(err, &failure) || failure.Status != http.StatusUnauthorized || len(s.requests)-before != 3 {
			t.Errorf("%d requests, error %v", len(s.requests)-before, err)
		}
	})
}

// TestSameTokenAgain: a server may give the same token as before, and now take it.
func TestSameTokenAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.answer = func(int) string { return `{"access_token":"token"}` }
		ctx := isolated(t)
		if _, err := used(ctx, s.client(WithAuth(credentials))); err != nil {
			t.Fatal(err)
		}
		s.refuse = func(string) bool { // until there has been another request for a token
			s.mu.Lock()
			defer s.mu.Unlock()
			return len(s.tokens) < 2
		}
		var wait sync.WaitGroup
		for i := range 5 {
			wait.Go(func() {
				c := s.client(WithAuth(credentials), WithTransport(late{s, time.Duration(i) * time.Second}))
				if _, err := used(ctx, c); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if len(s.tokens) != 2 {
			t.Errorf("%d tokens", len(s.tokens))
		}
	})
}

// late has an API refuse requests at once, and say so later.
type late struct {
	*server
	by time.Duration
}

func (l late) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.server.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		err = scope.Sleep(r.Context(), l.by)
	}
	return resp, err
}

// TestTokenFails: the error says what the endpoint says, and nothing that may be a token. It
// is not an answer of the API, so it does not look like one to WithErrors.
func TestTokenFails(t *testing.T) {
	t.Parallel()
	const call = "GET /x: no token: POST /token: "
	for answer, want := range map[string]string{
		`400 {"error":"invalid_client","error_description":"unknown client","access_token":"t0ken"}`: `400 Bad Request: {"error":"invalid_client","error_description":"unknown client"}`,
		`401 {"error":{"code":7},"token":"t0ken"}`:                                                   `401 Unauthorized: {"error":{"code":7}}`,
		`404 <html>t0ken</html>`:              `404 Not Found`,
		`403 {"secret":"hush-hush"}`:          `403 Forbidden`,
		`400 {"error":"hush-hush is wrong"}`:  `400 Bad Request: {"error":"[redacted] is wrong"}`,
		`200 t0ken`:                           `the answer with status 200 cannot be decoded: invalid character '0' in literal true (expecting 'r')`,
		`{"access_token":""}`:                 `the answer with status 200 has no access_token`,
		`{"error":"bad_client","id":"t0ken"}`: `the answer with status 200 has no access_token: {"error":"bad_client"}`,
		`{"data":{"access_token":"t0ken"}}`:   `the answer with status 200 has no access_token`,
	} {
		s := newServer()
		s.answer = func(int) string { return answer }
		var got *Error
		_, err := used(isolated(t), s.client(WithAuth(credentials), WithErrors(func(e *Error) error { got = e; return e })))
		want = call + want
		if err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", answer, err, want)
		}
		if got == nil || got.Status != 0 {
			t.Errorf("%s: WithErrors got %+v", answer, got)
		}
	}
}

// TestNoTokenURL: without a TokenURL the API itself would get the secret.
func TestNoTokenURL(t *testing.T) {
	t.Parallel()
	for _, auth := range []Auth{ClientCredentials{ClientID: "me", ClientSecret: hush}, RefreshToken{ClientID: "me", Token: hush}} {
		a := always(http.StatusOK, `{"access_token":"x"}`)
		_, err := Get[any](isolated(t), a.client(WithAuth(auth)), "/x")
		if err == nil || err.Error() != "GET /x: no token: the TokenURL is empty" || len(a.requests) != 0 {
			t.Errorf("%T: %d requests, error %v", auth, len(a.requests), err)
		}
	}
}

// TestTokenRetries: client credentials may ask for a token twice; a refresh token works once.
func TestTokenRetries(t *testing.T) {
	t.Parallel()
	refresh := RefreshToken{TokenURL: "/token", ClientID: "me", Token: sdk.NewSecret("refresh-1")}
	for name, tt := range map[string]struct {
		auth   Auth
		answer string
		want   int
	}{
		"credentials, 502": {credentials, "502 ", 2},
		"credentials, 429": {credentials, "429 ", 2},
		"refresh, 502":     {refresh, "502 ", 1},
		"refresh, 429":     {refresh, "429 ", 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer()
			good := s.answer
			s.answer = func(n int) string {
				if n == 1 {
					return tt.answer
				}
				return good(n)
			}
			_, err := used(isolated(t), s.client(WithAuth(tt.auth)))
			if len(s.tokens) != tt.want || (err == nil) != (tt.want == 2) {
				t.Errorf("%s: asked %d times, error %v", name, len(s.tokens), err)
			}
		})
	}
}

// TestRotation: the process continues with the refresh tokens that it gets, also with a
// config that has one of them.
func TestRotation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.answer = func(n int) string {
			return fmt.Sprintf(`{"access_token":"token-%d","refresh_token":"refresh-%d","expires_in":3600}`, n, n+1)
		}
		var saved []string
		auth := RefreshToken{
			TokenURL: "/token", ClientID: "me", ClientSecret: hush, Token: sdk.NewSecret("refresh-1"), Scopes: []string{"all"},
			Renewed: func(_ context.Context, token sdk.Secret) error {
				saved = append(saved, token.Reveal())
				return nil
			},
		}
		ctx := isolated(t)
		use := func(auth RefreshToken, want string) {
			t.Helper()
			if token, err := used(ctx, s.client(WithAuth(auth))); token != want || err != nil {
				t.Errorf("token %q, want %q, error %v", token, want, err)
			}
		}
		use(auth, "token-1")
		later := auth
		later.Token = sdk.NewSecret("refresh-2")
		use(later, "token-1") // the config has the new one, which goes with the token that there is
		time.Sleep(time.Hour)
		use(auth, "token-2") // the old config still works
		use(later, "token-2")
		var asked []string
		for _, form := range s.tokens {
			asked = append(asked, form.Get("refresh_token"))
			if form.Get("grant_type") != "refresh_token" || form.Get("client_secret") != "hush-hush" || form.Get("scope") != "all" {
				t.Errorf("asked with %v", form)
			}
		}
		if want := []string{"refresh-1", "refresh-2"}; !slices.Equal(asked, want) {
			t.Errorf("asked with %q, want %q", asked, want)
		}
		if want := []string{"refresh-2", "refresh-3"}; !slices.Equal(saved, want) {
			t.Errorf("saved %q, want %q", saved, want)
		}
	})
}

// TestNotSaved: that a new refresh token cannot be saved fails nothing, and is in the log.
func TestNotSaved(t *testing.T) {
	t.Parallel()
	s := newServer()
	s.answer = func(int) string { return `{"access_token":"token-1","refresh_token":"refresh-2"}` }
	auth := RefreshToken{
		TokenURL: "/token", Token: sdk.NewSecret("refresh-of-not-saved"),
		Renewed: func(context.Context, sdk.Secret) error { return errors.New("read-only") },
	}
	token, log, err := loggedUse(t, s.client(WithAuth(auth)))
	if token != "token-1" || err != nil || !strings.Contains(log, "the new refresh token was not saved") || !strings.Contains(log, "read-only") {
		t.Errorf("token %q, error %v, log %s", token, err, log)
	}
}

// TestSavedLater: what one command could not save another one does, after a while.
func TestSavedLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.answer = func(int) string { return `{"access_token":"token-1","refresh_token":"refresh-2"}` }
		tries := 0
		auth := RefreshToken{TokenURL: "/token", Token: sdk.NewSecret("refresh-1"), Renewed: func(ctx context.Context, _ sdk.Secret) error {
			if tries++; tries == 1 {
				return errors.New("the command has ended")
			}
			return ctx.Err()
		}}
		ctx := isolated(t)
		for _, want := range []int{1, 1, 2, 2} {
			if _, err := used(ctx, s.client(WithAuth(auth))); err != nil || tries != want {
				t.Errorf("%d tries, want %d, error %v", tries, want, err)
			}
			time.Sleep(saveInterval / 2)
		}
	})
}

// loggedUse uses a token in a command, and returns the command's log.
func loggedUse(t *testing.T, c *Client) (token, log string, err error) {
	t.Helper()
	var lines bytes.Buffer
	method := sdk.NewMethod[struct{}, sdk.None]("test")
	connector := sdk.New(sdk.Spec{}, decodeNothing, func(context.Context, struct{}) (*Client, error) { return c, nil },
		[]sdk.Handler[*Client]{sdk.Action(method, func(c *Client, ctx context.Context, _ struct{}) error {
			token, err = used(ctx, c)
			return nil
		})}, sdk.WithLogger(slog.New(slog.NewTextHandler(&lines, nil))))
	if _, err := sdk.Call(isolated(t), connector, method, struct{}{}, nil); err != nil {
		t.Fatal(err)
	}
	return token, lines.String(), err
}

// TestTokenFunc: an API's own kind of token is kept, renewed and sent as others are.
func TestTokenFunc(t *testing.T) {
	t.Parallel()
	a := always(http.StatusOK, "{}")
	ctx := isolated(t)
	logins := 0
	session := func(key string, token Token) Auth {
		return TokenFunc(key, func(context.Context) (Token, error) {
			logins++
			return token, nil
		})
	}
	for i, tt := range []struct {
		auth          Auth
		header, value string
		logins        int
	}{
		{session("a", Token{Text: hush}), "Authorization", "Bearer hush-hush", 1},
		{session("a", Token{Text: hush}), "Authorization", "Bearer hush-hush", 1},
		{session("b", Token{Text: hush, Scheme: "Session"}), "Authorization", "Session hush-hush", 2},
		{session("c", Token{Text: hush, Header: "X-Session", Scheme: "no"}), "X-Session", "hush-hush", 3},
	} {
		if _, err := Get[any](ctx, a.client(WithAuth(tt.auth)), "/x"); err != nil {
			t.Fatal(err)
		}
		if got := a.requests[i].Header.Get(tt.header); got != tt.value || logins != tt.logins {
			t.Errorf("%d: header %q after %d logins", i, got, logins)
		}
	}
	broken := TokenFunc("d", func(context.Context) (Token, error) { panic("oh") })
	if _, log, err := loggedUse(t, a.client(WithAuth(broken))); err == nil || err.Error() != "GET /x: no token: panic: oh" || !strings.Contains(log, "token_test.go") {
		t.Errorf("a panic gives %v, log %s", err, log)
	}
}

// TestTokenFuncCalls: a login may use a client of its own, with its errors.
func TestTokenFuncCalls(t *testing.T) {
	t.Parallel()
	login := always(http.StatusNotFound, "")
	auth := TokenFunc("me", func(ctx context.Context) (Token, error) {
		answer, err := Post[struct{ Session sdk.Secret }](ctx, login.client(WithErrors(func(e *Error) error { return sdk.NotFound("%w", e) })), "/login", nil)
		return Token{Text: answer.Session}, err
	})
	_, err := Get[any](isolated(t), always(200, "{}").client(WithAuth(auth)), "/x")
	if err == nil || err.Error() != "GET /x: no token: POST /login: 404 Not Found" || sdk.IsNotFound(err) {
		t.Errorf("error %v", err)
	}
}
