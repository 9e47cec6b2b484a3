package rest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"

	"github.com/conngen/conngen/templates/sdk"
)

// An Auth is the credentials of requests, for [WithAuth]: [Bearer], [Basic], [APIKey],
// [QueryKey], [Token], [ClientCredentials], [RefreshToken], [TokenFunc] or [AuthFunc].
type Auth interface {
	// identity tells what limits and tokens belong to. It shows no secret.
	identity(ctx context.Context) string
	// secrets are what must not be printed.
	secrets() []string
	// authorize adds the credentials to a request, and returns the token that it used, if any.
	authorize(c *Client, r *http.Request) (Token, error)
	// renew drops a token that was refused, and reports whether there can be another one.
	renew(ctx context.Context, c *Client, refused Token) bool
}

// A fixed is an Auth whose credentials do not change.
type fixed struct {
	id     string
	hidden []string
	set    func(*http.Request) error
}

func (f fixed) identity(context.Context) string { return f.id }
func (f fixed) secrets() []string               { return f.hidden }
func (f fixed) authorize(_ *Client, r *http.Request) (Token, error) {
	return Token{}, f.set(r)
}
func (fixed) renew(context.Context, *Client, Token) bool { return false }

// newFixed returns an Auth with a secret.
func newFixed(kind, name string, secret sdk.Secret, set func(*http.Request)) fixed {
	return fixed{hashed(kind, name, secret.Reveal()), []string{secret.Reveal()}, func(r *http.Request) error {
		set(r)
		return nil
	}}
}

// Bearer sends a token that does not change, in the Authorization header.
func Bearer(token sdk.Secret) Auth { return Token{Text: token} }

// Basic sends a user name and a password in the Authorization header.
func Basic(user string, password sdk.Secret) Auth {
	f := newFixed("basic", user, password, func(r *http.Request) { r.SetBasicAuth(user, password.Reveal()) })
	f.hidden = append(f.hidden, base64.StdEncoding.EncodeToString([]byte(user+":"+password.Reveal())))
	return f
}

// APIKey sends a key in a header. For one that follows a word, as in "Authorization: SSWS key",
// there is [Token].
func APIKey(header string, key sdk.Secret) Auth { return Token{Text: key, Header: header} }

// QueryKey sends a key as a value of the query. No log or error shows it, and no redirect takes
// it to another host.
func QueryKey(name string, key sdk.Secret) Auth {
	return newFixed("query", name, key, func(r *http.Request) {
		query := r.URL.Query()
		query.Set(name, key.Reveal())
		r.URL.RawQuery = query.Encode()
	})
}

// AuthFunc calls authorize to add the credentials to each request, such as a signature. The
// context of the request is the command's. What authorize adds is not known to be secret, so
// it is not redacted. All clients with the same base URL and an AuthFunc share their limits.
func AuthFunc(authorize func(*http.Request) error) Auth {
	return fixed{"func", nil, authorize}
}

// hashed is a key that says what is the same without saying what it is.
func hashed(parts ...string) string {
	hash := sha256.New()
	for _, part := range parts {
		sum := sha256.Sum256([]byte(part)) // as long for each part, so that parts do not run together
		hash.Write(sum[:])
	}
	return hex.EncodeToString(hash.Sum(nil))
}
