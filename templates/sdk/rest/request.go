package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// A request is one call before it is sent.
type request struct {
	method   string
	path     string // below the base URL, with {params}; or a URL
	body     any
	params   map[string]param
	query    url.Values
	header   http.Header
	answered *http.Header // gets the header of the answer; may be nil
	exchange *exchange
}

// A param is a value in the path.
type param struct {
	text   string
	secret bool
	used   bool
}

func newRequest(method, path string, body any, opts []CallOption) *request {
	r := &request{
		method: method, path: path, body: body, params: make(map[string]param), query: make(url.Values),
		header: make(http.Header), exchange: &exchange{whole: true},
	}
	r.exchange.path, _, _ = strings.Cut(path, "?")
	for _, option := range opts {
		option(r)
	}
	return r
}

func (r *request) setParam(name, text string, secret bool) {
	r.params[name] = param{text: text, secret: secret}
	r.hide(text, secret)
}

// hide keeps a text from being printed, if it is a secret.
func (r *request) hide(text string, secret bool) {
	if secret {
		r.exchange.hide(text)
	}
}

// build returns the request for net/http.
func (r *request) build(ctx context.Context, c *Client) (*http.Request, error) {
	if c.err != nil {
		return nil, c.err
	}
	u, err := r.url(c)
	if err != nil {
		return nil, err
	}
	body, kind, err := encodeBody(r.body)
	if err != nil {
		return nil, err
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(context.WithValue(ctx, exchangeKey{}, r.exchange), r.method, u.String(), reader)
	if err != nil {
		return nil, err
	}
	set := func(name, value string) {
		if r.header.Get(name) == "" && c.settings.header.Get(name) == "" {
			r.header.Set(name, value)
		}
	}
	set("Accept", "application/json")
	if body != nil {
		set("Content-Type", kind)
	}
	req.Header = r.header
	return req, nil
}

// url returns where the request goes.
func (r *request) url(c *Client) (*url.URL, error) {
	path, query, _ := strings.Cut(r.path, "?")
	path, shown, err := r.fill(path)
	if err != nil {
		return nil, err
	}
	r.exchange.path = shown
	whole := strings.Contains(path, "://")
	if !whole {
		base := *c.base
		base.RawQuery = ""
		path = base.String() + "/" + strings.TrimPrefix(path, "/")
	}
	u, err := url.Parse(path)
	if err != nil {
		return nil, errors.New("the path is malformed")
	}
	if whole {
		r.exchange.path = u.Path
	}
	if !r.exchange.anonymous && !c.trusts(u) {
		return nil, fmt.Errorf("%s://%s is not the API's own host: see WithHosts", u.Scheme, u.Host)
	}
	if u.RawQuery = query; whole && len(r.query) == 0 {
		return u, nil // as the API wrote it
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New("the query of the path is malformed")
	}
	all := make(url.Values)
	if !whole {
		all = c.base.Query()
	}
	for _, more := range []url.Values{values, r.query} {
		maps.Copy(all, more)
	}
	u.RawQuery = all.Encode()
	return u, nil
}

// fill returns a path with its params, and the same as it is printed.
func (r *request) fill(path string) (filled, shown string, err error) {
	var real, printed strings.Builder
	for {
		before, rest, found := strings.Cut(path, "{")
		real.WriteString(before)
		printed.WriteString(before)
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		value, given := r.params[name]
		switch {
		case !closed:
			return "", "", fmt.Errorf("the path %q has a { without a }", r.path)
		case !given:
			return "", "", fmt.Errorf("{%s} in the path has no value: add rest.Param(%q, …)", name, name)
		case value.text == "" || value.text == "." || value.text == "..":
			return "", "", fmt.Errorf("{%s} in the path cannot be %q, which would name another path", name, value.text)
		}
		value.used = true
		r.params[name] = value
		escaped := url.PathEscape(value.text)
		real.WriteString(escaped)
		if value.secret {
			escaped = redact.Text
		}
		printed.WriteString(escaped)
		path = after
	}
	for name, value := range r.params {
		if !value.used {
			return "", "", fmt.Errorf("the path has no {%s}", name)
		}
	}
	return real.String(), printed.String(), nil
}

// encodeBody returns a body and its content type.
func encodeBody(value any) (body []byte, kind string, err error) {
	if value == nil {
		return nil, "", nil
	}
	if values, ok := form(value); ok {
		return []byte(values.Encode()), "application/x-www-form-urlencoded", nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, "", fmt.Errorf("the body: %w", err)
	}
	if bytes.Contains(b.Bytes(), []byte(redact.Text)) && hasSecret(reflect.ValueOf(value), 0) {
		return nil, "", errors.New("the body has a Secret, which would arrive as " + redact.Text + "; put its Reveal() there")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), "application/json", nil
}

// maxDepth is how deep a body is searched for secrets.
const maxDepth = 100

var (
	secretType     = reflect.TypeFor[sdk.Secret]()
	secretJSONType = reflect.TypeFor[sdk.SecretJSON]()
)

// hasSecret reports whether there is a secret in a value.
func hasSecret(v reflect.Value, depth int) bool {
	if !v.IsValid() || depth > maxDepth {
		return false
	}
	if t := v.Type(); t == secretType || t == secretJSONType {
		return true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return hasSecret(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if hasSecret(v.Field(i), depth+1) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if hasSecret(v.Index(i), depth+1) {
				return true
			}
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			if hasSecret(entries.Value(), depth+1) {
				return true
			}
		}
	}
	return false
}
