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

// minSecret is how long a secret is at least. A shorter text would be found everywhere.
const minSecret = 4

// A redactor takes secrets out of what is printed.
type redactor []string

// redactor returns what hides the secrets of a client and of one of its requests.
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

// headerSecrets are what must not be printed of a header's value that is secret. An API that
// repeats what follows "Basic " or "SSWS " in an Authorization header shows the credentials
// without that word.
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

// escaped reports whether a text has a secret that was written in another way before it was
// escaped for a URL.
func (r redactor) escaped(text string) bool {
	plain, err := url.QueryUnescape(text)
	return err == nil && r.text(plain) != plain
}

func (r redactor) text(s string) string { return r.hide(s, false) }

// body hides secrets in a body of which there may be more, so that a secret may be cut.
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

// hide replaces secrets in a text. One that the end of the text may have cut is left out.
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

// at returns where the longest secret ends that begins at a place, -1 where none does, and
// whether the text ends within one.
func (r redactor) at(s string, start int) (end int, open bool) {
	end = -1
	for _, secret := range r {
		to, cut := match(s, start, secret)
		open = open || cut
		end = max(end, to)
	}
	return end, open
}

// match returns where a secret ends that begins at a place of a text, in whatever mixture of
// the ways in which JSON, URLs and HTML write characters; -1 where it does not. open says
// that the text ends before it could tell.
func match(s string, start int, secret string) (end int, open bool) {
	at := start
	for len(secret) > 0 && at < len(s) && s[at] < utf8.RuneSelf && !strings.ContainsRune(escapes, rune(s[at])) {
		if lower(s[at]) != lower(secret[0]) {
			return -1, false // most places
		}
		at, secret = at+1, secret[1:]
	}
	ends := []int{at} // where what has been found of the secret may end
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

// escapes are what a character begins with that is not written as it is.
const escapes = `%\&+`

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c |= ' '
	}
	return c
}

// formsOf returns the ways in which a character is written.
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
		forms = append(forms, "+", "%2b", "%252b") // the latter in a URL in another
	case r < ' ':
		forms = append(forms, strings.Trim(strconv.Quote(char), `"`))
	case r < utf8.RuneSelf && !('0' <= r && r <= '9' || 'a' <= r|' ' && r|' ' <= 'z'):
		forms = append(forms, `\`+char, map[rune]string{'"': "&quot;", '\'': "&apos;"}[r])
	}
	slices.Sort(forms)
	return slices.DeleteFunc(slices.Compact(forms), func(form string) bool { return form == "" })
}
