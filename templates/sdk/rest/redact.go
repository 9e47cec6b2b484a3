package rest

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// minSecret is the length of the shortest redacted secret. Shorter texts occur everywhere.
const minSecret = 4

// A redactor takes secrets out of what is printed.
type redactor []string

// redactor returns a redactor of the secrets of a client and one of its requests.
func (c *Client) redactor(e *exchange) redactor {
	e.mu.Lock()
	all := slices.Concat(c.secrets, e.secrets)
	e.mu.Unlock()
	var r redactor
	for _, secret := range all {
		if secret = strings.TrimSpace(secret); len(secret) >= minSecret {
			r = append(r, secret)
		}
	}
	slices.Sort(r)
	return slices.Compact(r)
}

// headerSecrets returns the texts of a secret header that must not be printed: its value and,
// for Authorization, the credentials after "Basic " or "SSWS ", which an API may repeat alone.
func headerSecrets(name, value string) []string {
	all := []string{value}
	if _, credentials, found := strings.Cut(strings.TrimSpace(value), " "); found && isAuthorization(name) {
		all = append(all, credentials)
	}
	return all
}

// isAuthorization reports whether a header is secret by its name.
func isAuthorization(name string) bool { return strings.EqualFold(name, "Authorization") }

// inURL reports whether a URL has a secret.
func (r redactor) inURL(u *url.URL) bool {
	text := u.String()
	return r.text(text) != text || r.escaped(text)
}

// escaped reports whether a text has a secret that was encoded before it was escaped for a URL.
func (r redactor) escaped(text string) bool {
	plain, err := url.QueryUnescape(text)
	return err == nil && r.text(plain) != plain
}

func (r redactor) text(s string) string { return r.hide(s, false) }

// body hides secrets in a body. If the body is cut, its end may be a part of a secret.
func (r redactor) body(b []byte, cut bool) []byte { return []byte(r.hide(string(b), cut)) }

// header returns the header of an answer without its secrets.
func (r redactor) header(h http.Header) http.Header {
	h = h.Clone()
	h.Del("Set-Cookie")
	for _, values := range h {
		for i, value := range values {
			if values[i] = r.text(value); r.escaped(values[i]) {
				values[i] = redact.Text
			}
		}
	}
	return h
}

// hide replaces secrets in a text. If the text is cut and may end within a secret, it drops
// that end.
func (r redactor) hide(s string, cut bool) string {
	var b strings.Builder
	kept := 0
	for at := 0; at < len(s); at++ {
		end, open := r.at(s, at)
		if open && cut {
			return b.String() + s[kept:at]
		}
		if end > at {
			b.WriteString(s[kept:at] + redact.Text)
			kept, at = end, end-1
		}
	}
	if kept == 0 {
		return s
	}
	return b.String() + s[kept:]
}

// at returns the end of the longest secret that begins at start, or -1, and whether the text
// ends within a secret.
func (r redactor) at(s string, start int) (end int, open bool) {
	end = -1
	for _, secret := range r {
		to, cut := match(s, start, secret)
		open = open || cut
		end = max(end, to)
	}
	return end, open
}

// match returns the end of a secret that begins at start, or -1. Each character may be escaped
// as in JSON, URLs or HTML. open reports that the text ends before the secret does.
func match(s string, start int, secret string) (end int, open bool) {
	at := start
	for len(secret) > 0 && at < len(s) && s[at] < utf8.RuneSelf && !strings.ContainsRune(escapes, rune(s[at])) {
		if lower(s[at]) != lower(secret[0]) {
			return -1, false // the most frequent case
		}
		at, secret = at+1, secret[1:]
	}
	ends := []int{at} // possible ends of the part found so far
	for len(secret) > 0 {
		_, size := utf8.DecodeRuneInString(secret)
		var next []int
		for _, at := range ends {
			for _, form := range formsOf(secret[:size]) {
				rest := s[at:]
				n := min(len(rest), len(form))
				if !strings.EqualFold(rest[:n], form[:n]) { // hexadecimal digits come in both cases
					continue
				}
				if n < len(form) {
					open = true
				} else if !slices.Contains(next, at+n) {
					next = append(next, at+n)
				}
			}
		}
		if ends = next; len(ends) == 0 {
			return -1, open
		}
		secret = secret[size:]
	}
	return slices.Max(ends), open
}

// escapes are the characters that begin an escaped one.
const escapes = `%\&+`

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c |= ' '
	}
	return c
}

// formsOf returns all spellings of a character.
func formsOf(char string) []string {
	if c := char[0]; c < utf8.RuneSelf {
		return asciiForms()[c]
	}
	return writeForms(char)
}

var asciiForms = sync.OnceValue(func() (all [utf8.RuneSelf][]string) {
	for c := range all {
		all[c] = writeForms(string(rune(c)))
	}
	return all
})

func writeForms(char string) []string {
	r, _ := utf8.DecodeRuneInString(char)
	percent := ""
	for _, b := range []byte(char) {
		percent += fmt.Sprintf("%%%02x", b)
	}
	unicode := ""
	for _, unit := range utf16.Encode([]rune{r}) {
		unicode += fmt.Sprintf(`\u%04x`, unit)
	}
	forms := []string{
		char, percent, strings.ReplaceAll(percent, "%", "%25"), unicode,
		fmt.Sprintf("&#%d;", r), fmt.Sprintf("&#%03d;", r), fmt.Sprintf("&#x%x;", r), html.EscapeString(char),
	}
	switch {
	case r == ' ':
		forms = append(forms, "+", "%2b", "%252b") // the last two in a URL within a URL
	case r < ' ':
		forms = append(forms, strings.Trim(strconv.Quote(char), `"`))
	case r < utf8.RuneSelf && !('0' <= r && r <= '9' || 'a' <= r|' ' && r|' ' <= 'z'):
		forms = append(forms, `\`+char, map[rune]string{'"': "&quot;", '\'': "&apos;"}[r])
	}
	slices.Sort(forms)
	return slices.DeleteFunc(slices.Compact(forms), func(form string) bool { return form == "" })
}
