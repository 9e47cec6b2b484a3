//go:build !js

package sdk

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/loopback"
)

// healthPath answers GET and HEAD without a token and for any host: load balancers and supervisors know
// neither the token nor the name.
const healthPath = "/healthz"

// guarded passes on requests that carry the token as "Authorization: Bearer TOKEN", and refuses
// others. If token is empty, it passes on requests to this machine's own names and to the allowed
// ones. A web page whose name leads to this machine (DNS rebinding) can send anything except the
// token and a Host other than its own.
func guarded(next http.Handler, token string, allowed allowedHosts) http.Handler {
	want := sha256.Sum256([]byte(token)) // hashes are of equal length, whatever the client sends
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if isRead(req) && req.URL.Path == healthPath {
			const ok = "ok\n"
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Content-Length", strconv.Itoa(len(ok))) // HEAD would have none
			_, _ = io.WriteString(w, ok)
			return
		}
		if token == "" {
			if problem := allowed.refusal(req); problem != "" {
				errorPage(w, http.StatusForbidden, problem)
				return
			}
			next.ServeHTTP(w, req)
			return
		}
		scheme, sent, _ := strings.Cut(req.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(strings.TrimSpace(sent)))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			errorPage(w, http.StatusUnauthorized, "the request lacks the token: send it as Authorization: Bearer TOKEN")
			return
		}
		next.ServeHTTP(w, req)
	})
}

// anyHost stands for all names.
const anyHost = "*"

// allowedHosts are the names and addresses, besides this machine's own, that requests without a
// token may be sent to. It is the value of a flag that can be repeated.
type allowedHosts []string

func (a *allowedHosts) String() string { return strings.Join(*a, ",") }

// Set adds names separated by commas.
func (a *allowedHosts) Set(names string) error {
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		host := loopback.Normal(name)
		if problem := hostProblem(host); problem != "" && name != anyHost {
			return fmt.Errorf("--allow-host %q is not a host; %s, or %q for any", name, problem, anyHost)
		}
		*a = append(*a, host)
	}
	return nil
}

// hostProblem says what to give in place of a host that no request can be sent to. It returns ""
// for a name or an address in its normal form.
func hostProblem(host string) string {
	if address, err := netip.ParseAddr(host); err == nil {
		if address.Zone() != "" {
			return "use the address without its zone"
		}
		return ""
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "use the name in ASCII, as xn--…"
	}
	for label := range strings.SplitSeq(host, ".") {
		if strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" || label == "" {
			return "use a name or an address without scheme and port"
		}
	}
	return ""
}

// refusal returns why a request without a token is refused, "" if it is not.
func (a *allowedHosts) refusal(req *http.Request) string {
	if slices.Contains(*a, anyHost) {
		return ""
	}
	const only = "the server requires no token, so it answers only "
	if host := loopback.Host(req.Host); !a.has(host) {
		host = cut.Quote(host)
		return only + "requests to localhost, not to " + host + ": start it with a token, or with --allow-host " + host
	}
	for _, origin := range req.Header.Values("Origin") {
		if u, err := url.Parse(origin); err != nil || !a.has(loopback.Host(u.Host)) {
			return only + "web pages of localhost, not of " + cut.Quote(origin) + ": start it with a token, or with --allow-host and the page's host"
		}
	}
	return ""
}

// has reports whether a host, in its normal form, is this machine or allowed.
func (a *allowedHosts) has(host string) bool { return loopback.Is(host) || slices.Contains(*a, host) }
