package fakeapi

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// issueToken answers a request for a token. The client's credentials may be in the form or in
// the header.
func (a *API) issueToken(r *http.Request) reply {
	id, secret, inHeader := r.BasicAuth()
	if !inHeader {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	switch {
	case r.Method != http.MethodPost || r.PostFormValue("grant_type") != "client_credentials":
		return reply{http.StatusBadRequest, map[string]string{"error": "unsupported_grant_type"}}
	case id != ClientID || secret != ClientSecret:
		return reply{http.StatusUnauthorized, map[string]string{"error": "invalid_client"}}
	}
	return ok(map[string]any{"access_token": a.newToken(), "token_type": "Bearer", "expires_in": int(a.options.TokenLife.Seconds())})
}

func (a *API) newToken() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.counts.Tokens++
	token := fmt.Sprintf("token-%d", a.counts.Tokens)
	a.tokens[token] = time.Now().Add(a.options.TokenLife)
	return token
}

// knows reports whether a request has a valid token.
func (a *API) knows(r *http.Request) bool {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Now().Before(a.tokens[token])
}
