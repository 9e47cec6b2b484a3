package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// maxErrorBody is how many bytes of an answer an [Error] keeps.
const maxErrorBody = 64 << 10

// An Error is a failed call: the API answered with a status other than success, its answer
// could not be read, or there was none. Secrets are redacted in all of it.
type Error struct {
	Method string
	Path   string // below the base URL, or on another host; escaped, without the query
	Status int    // 0 if there was no answer

	Attempts int         // how often the request was sent; 0 if it never was
	Header   http.Header // of the answer, without cookies
	Body     []byte      // the beginning of the answer's body, up to 64 KiB
	Err      error       // why there is no answer, or what is wrong with it; nil if only the status is
}

// maxQuoted is how many bytes of a body a message quotes.
const maxQuoted = 300

// Error returns the call and its failure, with the beginning of the body on one line.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	switch {
	case e.Err != nil:
		b.WriteString(e.Err.Error())
	default:
		fmt.Fprint(&b, e.Status)
		if text := http.StatusText(e.Status); text != "" {
			b.WriteString(" " + text)
		}
		if after := e.Header.Get("Retry-After"); after != "" {
			fmt.Fprintf(&b, ", Retry-After %.40s", after)
		}
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (%d attempts)", e.Attempts)
	}
	if quoted := quote(e.Body); quoted != "" {
		b.WriteString(": " + quoted)
	}
	return b.String()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Decode reads the body as JSON into v, to get the API's own error code and message.
func (e *Error) Decode(v any) error { return json.Unmarshal(e.Body, v) }

// quote is the beginning of a body on one line.
func quote(body []byte) string {
	text := strings.ToValidUTF8(string(body[:min(len(body), 4*maxQuoted)]), "")
	line := strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(line) <= maxQuoted {
		return line
	}
	cut := maxQuoted
	for !utf8.RuneStart(line[cut]) {
		cut--
	}
	return line[:cut] + "…"
}

// failed returns the error of a call that has no answer.
func (c *Client) failed(r *request, err error) *Error {
	return &Error{
		Method: r.method, Path: c.redactor(r.exchange).text(r.exchange.path), Attempts: r.exchange.attempts, Err: c.unanswered(r.exchange, err),
	}
}

// unanswered returns the error of a request without an answer. It is never a not-found error,
// since the API has not looked for anything.
func (c *Client) unanswered(e *exchange, err error) error {
	if err = c.clean(e, err); sdk.IsNotFound(err) {
		return errors.New(err.Error())
	}
	return err
}

// clean returns an error without secrets and query values.
func (c *Client) clean(e *exchange, err error) error {
	err = bare(err)
	if err == nil {
		return nil
	}
	if text := c.redactor(e).text(withoutQuery(err)); text != err.Error() {
		return errors.New(text) // what err wraps would show the secret
	}
	return err
}

// bare removes the wrappers of net/http and this package.
func bare(err error) error {
	for {
		switch wrapped := err.(type) {
		case *url.Error: // repeats method and URL
			err = wrapped.Err
		case finalError:
			err = wrapped.error
		default:
			return err
		}
	}
}

// withoutQuery returns the text of an error. If another request caused it, the values of that
// request's query are left out.
func withoutQuery(err error) string {
	var cause *url.Error
	if !errors.As(err, &cause) {
		return err.Error()
	}
	path, _, _ := strings.Cut(redact.URL(cause.URL), "?")
	return strings.ReplaceAll(err.Error(), cause.URL, path)
}

// refused returns the error of an answer that has a failure status or is not JSON.
func (c *Client) refused(r *request, resp *http.Response, body []byte, problem error) *Error {
	hide := c.redactor(r.exchange)
	kept := body[:min(len(body), maxErrorBody)]
	cut := r.exchange.cut || len(kept) < len(body)
	return &Error{
		Method: r.method, Path: hide.text(r.exchange.path), Status: resp.StatusCode, Attempts: r.exchange.attempts, Header: hide.header(resp.Header),
		Body: bytes.TrimSpace(hide.body(kept, cut)), Err: c.clean(r.exchange, problem),
	}
}

// mapped returns the author's error for a failure.
func (c *Client) mapped(e *Error) error {
	if c.settings.errors == nil {
		return e
	}
	return c.settings.errors(e)
}
