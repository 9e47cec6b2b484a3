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
	// identity is the key of limits and tokens. It shows no secret.
	identity(ctx context.Context) string
	// secrets are the texts that must not be printed.
	secrets() []string
	// authorize adds the credentials to a request, and returns the token that it used, if any.
	authorize(c *Client, r *http.Request) (Token, error)
	// renew drops a refused token, and reports whether another one can be fetched.
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

// APIKey sends a key in a header. If a word precedes the key, as in "Authorization: SSWS key",
// use [Token].
func APIKey(header string, key sdk.Secret) Auth { return Token{Text: key, Header: header} }

// QueryKey sends a key in the query. No log or error shows it, and no redirect sends it to
// another host.
func QueryKey(name string, key sdk.Secret) Auth {
	return newFixed("query", name, key, func(r *http.Request) {
		query := r.URL.Query()
		query.Set(name, key.Reveal())
		r.URL.RawQuery = query.Encode()
	})
}

// AuthFunc calls authorize to add credentials, such as a signature, to each request. The
// context of the request is the command's. The credentials that authorize adds are not
// redacted. All clients with the same base URL and an AuthFunc share their limits.
func AuthFunc(authorize func(*http.Request) error) Auth {
	return fixed{"func", nil, authorize}
}

// hashed returns a key that identifies its parts without revealing them.
func hashed(parts ...string) string {
	hash := sha256.New()
	for _, part := range parts {
		sum := sha256.Sum256([]byte(part)) // of a fixed length, which keeps parts apart
		hash.Write(sum[:])
	}
	return hex.EncodeToString(hash.Sum(nil))
}
