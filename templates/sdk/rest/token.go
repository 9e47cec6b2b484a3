package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/cache"
	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// A Token is sent with requests until it expires or the API refuses it. It is also an [Auth]
// with a fixed token, such as Token{Scheme: "SSWS", Text: config.APIToken}.
type Token struct {
	Text   sdk.Secret
	Good   time.Duration // how long it is valid from now; 0 means until it is refused
	Scheme string        // the word before the text; "" means Bearer
	Header string        // a header for the text without a scheme; "" means Authorization
}

func (t Token) set(r *http.Request) {
	switch {
	case t.Header != "":
		r.Header.Set(t.Header, t.Text.Reveal())
	case t.Scheme == "" || strings.EqualFold(t.Scheme, "bearer"):
		r.Header.Set("Authorization", "Bearer "+t.Text.Reveal())
	default:
		r.Header.Set("Authorization", t.Scheme+" "+t.Text.Reveal())
	}
}

func (t Token) identity(context.Context) string {
	return hashed("token", t.Scheme, t.Header, t.Text.Reveal())
}

func (t Token) secrets() []string {
	if t.Header == "" {
		return []string{t.Text.Reveal()}
	}
	return headerSecrets(t.Header, t.Text.Reveal())
}

func (t Token) authorize(_ *Client, r *http.Request) (Token, error) {
	t.set(r)
	return Token{}, nil
}

func (Token) renew(context.Context, *Client, Token) bool { return false }

// kept is how long the token is used. It is renewed before it expires, so requests on
// their way arrive in time.
func (t Token) kept() time.Duration {
	if t.Good <= 0 {
		return cache.Forever
	}
	return t.Good - min(t.Good/10, time.Minute)
}

// tokens are shared by the process. Their keys identify the credentials.
var tokens cache.Cache[string, Token]

// A fetched is an Auth whose tokens come from a call.
type fetched struct {
	key    string // of the token
	hidden []string
	fetch  func(ctx context.Context, c *Client) (Token, error)
}

func (f fetched) identity(context.Context) string { return f.key }
func (f fetched) secrets() []string               { return f.hidden }

func (f fetched) authorize(c *Client, r *http.Request) (Token, error) {
	key := f.cacheKey(c)
	if r.Context().Value(fetching(key)) != nil {
		return Token{}, errors.New("the call that fetches the token needs that token itself: use a client without this Auth")
	}
	token, err := tokens.Get(r.Context(), key, func(ctx context.Context) (token Token, good time.Duration, err error) {
		defer func() {
			if v := recover(); v != nil {
				sdk.Logger(ctx).ErrorContext(ctx, "panic", "stack", string(debug.Stack()))
				err = fmt.Errorf("panic: %v", v)
			}
		}()
		token, err = f.fetch(context.WithValue(ctx, fetching(key), true), c)
		if err == nil && !token.Text.IsSet() {
			err = errors.New("it is empty")
		}
		return token, token.kept(), err
	})
	if sdk.IsNotFound(err) {
		err = errors.New(err.Error()) // a missing login does not mean a missing account
	}
	if err != nil {
		return Token{}, fmt.Errorf("no token: %w", err)
	}
	token.set(r)
	return token, nil
}

// fetching is the context key of a call that fetches a token. It has the key of the token.
type fetching string

func (f fetched) renew(ctx context.Context, c *Client, refused Token) bool {
	// This compares the secrets, not their texts: another call may have fetched the same text.
	tokens.Forget(ctx, f.cacheKey(c), func(t Token) bool { return t.Text == refused.Text })
	return true
}

// cacheKey includes the base URL, since a relative TokenURL depends on it.
func (f fetched) cacheKey(c *Client) string { return hashed(c.base.String(), f.key) }

// TokenFunc gets tokens in the API's own way, such as a login with a user name and password.
// fetch is called when there is no token, when the token is about to expire, and once after
// status 401. Commands that need a token at the same time share one call. fetch must use a
// client without this Auth.
//
// Clients with the same key share tokens, so the key must contain everything that a token
// depends on, such as the user name and the password. It is never printed.
func TokenFunc(key string, fetch func(ctx context.Context) (Token, error)) Auth {
	return fetched{hashed("func", key), nil, func(ctx context.Context, _ *Client) (Token, error) { return fetch(ctx) }}
}

// ClientCredentials is OAuth 2.0 with a client's own ID and secret (RFC 6749, section 4.4).
type ClientCredentials struct {
	TokenURL     string // absolute, or a path below the base URL
	ClientID     string
	ClientSecret sdk.Secret
	Scopes       []string
	Params       url.Values // further params that the server requires, such as audience
	BasicAuth    bool       // send ID and secret in the Authorization header, not in the body
}

func (a ClientCredentials) auth() fetched {
	return fetched{hashed(append([]string{"client credentials"}, a.parts()...)...), a.secrets(), func(ctx context.Context, c *Client) (Token, error) {
		// An unused token does no harm, so the request may be retried.
		answer, err := a.ask(ctx, c, url.Values{"grant_type": {"client_credentials"}}, nil, Repeatable())
		return answer.token(), err
	}}
}

// parts are the settings that a token depends on.
func (a ClientCredentials) parts() []string {
	return []string{a.TokenURL, a.ClientID, a.ClientSecret.Reveal(), strings.Join(a.Scopes, " "), a.Params.Encode(), strconv.FormatBool(a.BasicAuth)}
}

func (a ClientCredentials) identity(context.Context) string { return a.auth().key }

func (a ClientCredentials) secrets() []string {
	basic := Basic(url.QueryEscape(a.ClientID), sdk.NewSecret(url.QueryEscape(a.ClientSecret.Reveal())))
	return append([]string{a.ClientSecret.Reveal()}, basic.secrets()...)
}

func (a ClientCredentials) authorize(c *Client, r *http.Request) (Token, error) {
	return a.auth().authorize(c, r)
}

func (a ClientCredentials) renew(ctx context.Context, c *Client, refused Token) bool {
	return a.auth().renew(ctx, c, refused)
}

// A tokenAnswer is what a token endpoint answers with.
type tokenAnswer struct {
	AccessToken  sdk.Secret `json:"access_token"`
	TokenType    string     `json:"token_type"`
	ExpiresIn    any        `json:"expires_in"` // a number; some servers send a text
	RefreshToken sdk.Secret `json:"refresh_token"`
}

func (a tokenAnswer) token() Token {
	seconds, _ := strconv.ParseFloat(fmt.Sprint(a.ExpiresIn), 64)
	return Token{Text: a.AccessToken, Scheme: a.TokenType, Good: time.Duration(seconds * float64(time.Second))}
}

// ask sends the client's ID and secret to the token endpoint, and redacts the given secrets of
// the form.
func (a ClientCredentials) ask(ctx context.Context, c *Client, values url.Values, secrets []string, opts ...CallOption) (tokenAnswer, error) {
	if a.TokenURL == "" {
		return tokenAnswer{}, errors.New("the TokenURL is empty") // the API itself would get the secret
	}
	for name, list := range a.Params {
		values[name] = list
	}
	if len(a.Scopes) > 0 {
		values.Set("scope", strings.Join(a.Scopes, " "))
	}
	r := newRequest(http.MethodPost, a.TokenURL, values, opts)
	r.exchange.anonymous = true
	r.exchange.secrets = secrets
	if a.BasicAuth {
		basic := Basic(url.QueryEscape(a.ClientID), sdk.NewSecret(url.QueryEscape(a.ClientSecret.Reveal()))).(fixed)
		if err := basic.set(&http.Request{Header: r.header}); err != nil {
			return tokenAnswer{}, err
		}
	} else {
		values.Set("client_id", a.ClientID)
		if a.ClientSecret.IsSet() {
			values.Set("client_secret", a.ClientSecret.Reveal())
		}
	}
	var answer tokenAnswer
	resp, body, failure := c.send(ctx, r, &answer)
	if failure == nil && !answer.AccessToken.IsSet() {
		failure = c.refused(r, resp, body, fmt.Errorf("the answer with status %d has no access_token", resp.StatusCode))
	}
	if failure != nil {
		failure.Body = oauthProblem(failure)
		return answer, failure
	}
	return answer, nil
}

// oauthProblem returns the error in a token endpoint's answer. The rest may be a token.
func oauthProblem(failure *Error) []byte {
	var problem struct {
		Error       json.RawMessage `json:"error,omitempty"`
		Description string          `json:"error_description,omitempty"`
	}
	if failure.Decode(&problem) != nil {
		return nil
	}
	body, err := json.Marshal(problem)
	if err != nil || string(body) == "{}" {
		return nil
	}
	return body
}

// RefreshToken is OAuth 2.0 with a refresh token that a person once obtained for the source
// (RFC 6749, section 6).
type RefreshToken struct {
	TokenURL     string // absolute, or a path below the base URL
	ClientID     string
	ClientSecret sdk.Secret
	Token        sdk.Secret // the refresh token
	Scopes       []string
	Params       url.Values // further params that the server requires
	BasicAuth    bool       // send ID and secret in the Authorization header, not in the body

	// Renewed gets each new refresh token that the server sends in place of the old one. Its
	// context is that of a command that uses the token. The process continues with the new
	// token in any case. To keep it beyond the process, write it to the source's config with
	// [sdk.PatchConfig]. An error is logged, and a later request calls Renewed again.
	Renewed func(ctx context.Context, token sdk.Secret) error
}

// A lineage is a refresh token and its replacements.
type lineage struct {
	key string // of the first token

	mu      sync.Mutex
	current string
	saveAt  time.Time // when to pass the current token to Renewed; zero when it is saved
}

// saveInterval is the time between attempts to save a token.
const saveInterval = time.Minute

// lineages are shared by the process. Each of their refresh tokens is a key, so a source whose
// config has the latest one continues with the same tokens.
var lineages sync.Map // of *lineage by lineageKey

type lineageKey struct {
	scope *scope.Scope
	token string // hashed, with its other settings
}

func (a RefreshToken) client() ClientCredentials {
	return ClientCredentials{a.TokenURL, a.ClientID, a.ClientSecret, a.Scopes, a.Params, a.BasicAuth}
}

// keyOf is the key of a refresh token.
func (a RefreshToken) keyOf(ctx context.Context, token string) lineageKey {
	return lineageKey{scope.Of(ctx), hashed(append([]string{"refresh token", token}, a.client().parts()...)...)}
}

func (a RefreshToken) lineage(ctx context.Context) *lineage {
	key := a.keyOf(ctx, a.Token.Reveal())
	found, _ := lineages.LoadOrStore(key, &lineage{key: key.token, current: a.Token.Reveal()})
	return found.(*lineage)
}

func (a RefreshToken) auth(ctx context.Context) fetched {
	l := a.lineage(ctx)
	return fetched{l.key, a.secrets(), func(ctx context.Context, c *Client) (Token, error) { return a.refresh(ctx, c, l) }}
}

// refresh fetches a token. Only one call runs at a time.
func (a RefreshToken) refresh(ctx context.Context, c *Client, l *lineage) (Token, error) {
	l.mu.Lock()
	current := l.current
	l.mu.Unlock()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {current}}
	// Not repeatable: a server that rotates refresh tokens treats a second use as theft.
	answer, err := a.client().ask(ctx, c, form, []string{current})
	if err != nil {
		return Token{}, err
	}
	if next := answer.RefreshToken.Reveal(); next != "" && next != current {
		l.mu.Lock()
		l.current, l.saveAt = next, time.Now()
		l.mu.Unlock()
		lineages.Store(a.keyOf(ctx, next), l)
	}
	return answer.token(), nil
}

// save calls Renewed to save the current refresh token, unless it is saved. It is separate from
// refresh, since the command that began to fetch the token may have ended.
func (a RefreshToken) save(ctx context.Context, l *lineage) {
	l.mu.Lock()
	token, due := l.current, a.Renewed != nil && !l.saveAt.IsZero() && !time.Now().Before(l.saveAt)
	if due {
		l.saveAt = time.Now().Add(saveInterval) // keeps other requests from trying meanwhile
	}
	l.mu.Unlock()
	if !due {
		return
	}
	if err := a.Renewed(ctx, sdk.NewSecret(token)); err != nil {
		sdk.Logger(ctx).WarnContext(ctx, "the new refresh token was not saved", "err", err)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == token {
		l.saveAt = time.Time{}
	}
}

func (a RefreshToken) identity(ctx context.Context) string { return a.lineage(ctx).key }

func (a RefreshToken) secrets() []string {
	return append(slices.Clip(a.client().secrets()), a.Token.Reveal())
}

func (a RefreshToken) authorize(c *Client, r *http.Request) (Token, error) {
	ctx := r.Context()
	token, err := a.auth(ctx).authorize(c, r)
	if err == nil {
		a.save(ctx, a.lineage(ctx))
	}
	return token, err
}

func (a RefreshToken) renew(ctx context.Context, c *Client, refused Token) bool {
	return a.auth(ctx).renew(ctx, c, refused)
}
