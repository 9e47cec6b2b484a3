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
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// A request is one call before it is sent.
type request struct {
	method   string
	path     string // below the base URL, with {params}; or a complete URL
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
	if isWhole(path) {
		r.exchange.path = afterHost(redact.URL(path))
	}
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

// url returns the URL of the request.
func (r *request) url(c *Client) (*url.URL, error) {
	path, query, _ := strings.Cut(r.path, "?")
	path, shown, err := r.fill(path)
	if err != nil {
		return nil, err
	}
	if isWhole(path) {
		return r.whole(c, path+"?"+query, shown)
	}
	r.exchange.path = shown
	base := *c.base
	base.RawQuery, base.ForceQuery = "", false
	target := base.String()
	if path != "" {
		target += "/" + strings.TrimPrefix(path, "/")
	}
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return nil, errors.New("the path is malformed")
	case u.Fragment != "" || strings.HasSuffix(path, "#"):
		return nil, errors.New("the path contains a #: use rest.Param, which escapes it")
	}
	return u, r.setQuery(u, c.base.RawQuery, query)
}

// whole returns a complete URL. It keeps the API's spelling, unless options add to its query.
func (r *request) whole(c *Client, text, shown string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("the URL is malformed")
	}
	if !r.exchange.anonymous && !c.trusts(u) {
		if u.Scheme == "http" && c.base.Scheme == "https" {
			return nil, fmt.Errorf("http://%s is not encrypted, but the base URL is", u.Host)
		}
		return nil, fmt.Errorf("%s://%s is not the API's own host: see WithHosts", u.Scheme, u.Host)
	}
	r.exchange.path = c.belowBase(u, afterHost(shown))
	u.User, u.Fragment, u.RawFragment, u.ForceQuery = nil, "", "", false
	if len(r.query) == 0 {
		return u, nil
	}
	return u, r.setQuery(u, u.RawQuery)
}

// setQuery sets the query of a URL. Later queries replace the values of earlier ones, and those
// of the options come last.
func (r *request) setQuery(u *url.URL, others ...string) error {
	all := make(url.Values)
	for _, query := range others {
		values, err := url.ParseQuery(query)
		if err != nil {
			return errors.New("the query is malformed")
		}
		maps.Copy(all, values)
	}
	maps.Copy(all, r.query)
	u.RawQuery = all.Encode()
	return nil
}

// belowBase returns the printed path of a URL: without the path of the base URL, as in the
// paths of calls.
func (c *Client) belowBase(u *url.URL, path string) string {
	if u.Scheme != c.base.Scheme || u.Host != c.base.Host {
		return path
	}
	if below, found := strings.CutPrefix(path, c.base.EscapedPath()+"/"); found {
		return "/" + below
	}
	return path
}

// isWhole reports whether a path is a complete URL.
func isWhole(path string) bool {
	before, _, found := strings.Cut(path, "://")
	return found && !strings.Contains(before, "/")
}

// afterHost returns the path of a URL, without its query.
func afterHost(text string) string {
	_, text, _ = strings.Cut(text, "://")
	text, _, _ = strings.Cut(text, "?")
	_, path, _ := strings.Cut(text, "/")
	return "/" + path
}

// fill returns a path with its params filled in, and the form of it that is printed.
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
			return "", "", errors.New("the path has a { without a }")
		case !given:
			return "", "", r.missing(name)
		case value.text == "":
			return "", "", fmt.Errorf("{%s} in the path is empty, which would lead to another path", name)
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
	if climbs(r.path, real.String()) {
		return "", "", errors.New("the values of rest.Param would lead to another path")
	}
	return real.String(), printed.String(), nil
}

// missing returns the error of a path whose {name} has no value. If the path also lacks a
// param that was given, one of the two names is probably misspelt.
func (r *request) missing(name string) error {
	for _, given := range slices.Sorted(maps.Keys(r.params)) {
		if !strings.Contains(r.path, "{"+given+"}") {
			return fmt.Errorf("{%s} in the path has no value, and the path has no {%s} for rest.Param", name, given)
		}
	}
	return fmt.Errorf("{%s} in the path has no value: add rest.Param(%q, …)", name, name)
}

// climbs reports whether params turn a segment of a path into "." or "..".
func climbs(template, path string) bool {
	segments := strings.Split(path, "/")
	for i, segment := range strings.Split(template, "/") {
		if i < len(segments) && strings.Contains(segment, "{") && (segments[i] == "." || segments[i] == "..") {
			return true
		}
	}
	return false
}

// encodeBody returns a body and its content type.
func encodeBody(value any) (body []byte, kind string, err error) {
	if value == nil {
		return nil, "", nil
	}
	if values, ok := form(value); ok {
		return []byte(values.Encode()), "application/x-www-form-urlencoded", nil
	}
	if _, isBytes := value.([]byte); isBytes {
		return nil, "", errors.New("the body is a []byte, which JSON writes as base64: make it a json.RawMessage if it is JSON")
	}
	_, marshals := value.(json.Marshaler)
	if _, reader := value.(io.Reader); reader && !marshals {
		return nil, "", fmt.Errorf("the body is a %T, which cannot be sent as JSON: use Client.HTTP for other bodies", value)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, "", fmt.Errorf("the body: %w", err)
	}
	if bytes.Contains(b.Bytes(), []byte(redact.Text)) && hasSecret(reflect.ValueOf(value), make(map[visit]bool)) {
		return nil, "", errors.New("the body has a Secret, which would arrive as " + redact.Text + ": use its Reveal()")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), "application/json", nil
}

var (
	secretType     = reflect.TypeFor[sdk.Secret]()
	secretJSONType = reflect.TypeFor[sdk.SecretJSON]()
)

// A visit is a place in memory that a search has visited.
type visit struct {
	of  reflect.Type
	at  uintptr
	len int
}

// hasSecret reports whether a value contains a secret. A value of a type with its own
// MarshalJSON may be cyclic, so seen has the visited places.
func hasSecret(v reflect.Value, seen map[visit]bool) bool {
	if !v.IsValid() {
		return false
	}
	if t := v.Type(); t == secretType || t == secretJSONType {
		return true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		here := visit{of: v.Type(), at: v.Pointer()}
		if v.Kind() == reflect.Slice {
			here.len = v.Len()
		}
		if seen[here] {
			return false
		}
		seen[here] = true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return hasSecret(v.Elem(), seen)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			encoded := (field.IsExported() || field.Anonymous) && field.Tag.Get("json") != "-"
			if encoded && hasSecret(v.Field(i), seen) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if hasSecret(v.Index(i), seen) {
				return true
			}
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			if hasSecret(entries.Key(), seen) || hasSecret(entries.Value(), seen) {
				return true
			}
		}
	}
	return false
}
