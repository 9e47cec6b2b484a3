//go:build !js

package sdk

import (
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"net/http"
	"strings"
)

// healthPath answers GET without a token, for load balancers and supervisors.
const healthPath = "/healthz"

// guarded answers those who send the token as "Authorization: Bearer TOKEN", and
// refuses others. An empty token lets anyone in.
func guarded(next http.Handler, token string) http.Handler {
	want := sha256.Sum256([]byte(token)) // of equal length, whatever is sent
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet && req.URL.Path == healthPath {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = io.WriteString(w, "ok\n")
			return
		}
		scheme, sent, _ := strings.Cut(req.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(strings.TrimSpace(sent)))
		if token != "" && (!strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) != 1) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			errorPage(w, http.StatusUnauthorized, "the request lacks the token: send it as Authorization: Bearer TOKEN")
			return
		}
		next.ServeHTTP(w, req)
	})
}
