package rest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// minSecret is how long a secret is at least. A shorter text would be found everywhere.
const minSecret = 4

// A redactor takes secrets out of what is printed.
type redactor struct {
	replacer *strings.Replacer
	longest  int // in bytes, of what is replaced
}

// redactor returns what hides the secrets of a client and of one of its requests.
func (c *Client) redactor(e *exchange) redactor {
	e.mu.Lock()
	secrets := slices.Concat(c.secrets, e.secrets)
	e.mu.Unlock()
	// The longest first, since one may be a part of another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	var r redactor
	var pairs []string
	for _, secret := range secrets {
		if len(secret) < minSecret {
			continue
		}
		for _, form := range formsOf(secret) {
			pairs = append(pairs, form, redact.Text)
			r.longest = max(r.longest, len(form))
		}
	}
	r.replacer = strings.NewReplacer(pairs...)
	return r
}

// formsOf returns a text as it stands in URLs and JSON too.
func formsOf(secret string) []string {
	quoted, _ := json.Marshal(secret) // a text is always JSON
	forms := []string{secret, strings.Trim(string(quoted), `"`), url.QueryEscape(secret), url.PathEscape(secret)}
	slices.Sort(forms)
	return slices.Compact(forms)
}

func (r redactor) text(s string) string { return r.replacer.Replace(s) }

// body hides secrets in a body of which there may be more, so that a secret may be cut.
func (r redactor) body(b []byte, cut bool) []byte {
	text := r.text(string(b))
	if cut {
		text = text[:max(0, len(text)-r.longest)]
	}
	return []byte(text)
}

// header returns the header of an answer without its secrets.
func (r redactor) header(h http.Header) http.Header {
	h = h.Clone()
	h.Del("Set-Cookie")
	for _, values := range h {
		for i, value := range values {
			values[i] = r.text(value)
		}
	}
	return h
}
