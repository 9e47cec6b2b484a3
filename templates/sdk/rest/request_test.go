package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/conngen/conngen/templates/sdk"
)

// TestURL: where a request goes, and what the error says where it goes nowhere.
func TestURL(t *testing.T) {
	t.Parallel()
	id := func(value any) []CallOption { return []CallOption{Param("id", value)} }
	for _, tt := range []struct {
		base, path string
		opts       []CallOption
		want       string // a URL, or an error
	}{
		{"https://a.example", "/users", nil, "https://a.example/users"},
		{"https://a.example/", "users", nil, "https://a.example/users"},
		{"https://a.example/v1/", "/users", nil, "https://a.example/v1/users"},
		{"https://a.example/v1", "/users/", nil, "https://a.example/v1/users/"},
		{"https://a.example/graphql", "", nil, "https://a.example/graphql"},
		{"https://a.example/graphql/", "", nil, "https://a.example/graphql"},
		{"https://a.example/graphql", "?a=1", nil, "https://a.example/graphql?a=1"},
		{"https://a.example/v1?", "/users", nil, "https://a.example/v1/users"},
		{"https://a.example/v1#here", "/users", nil, "https://a.example/v1/users"},
		{"https://a.example/v1?tenant=5", "/users", nil, "https://a.example/v1/users?tenant=5"},
		{"https://a.example/v1?tenant=5", "/users?tenant=6", nil, "https://a.example/v1/users?tenant=6"},
		{"https://a.example/v1?tenant=5", "/users?a=1", []CallOption{Query("tenant", 7)}, "https://a.example/v1/users?a=1&tenant=7"},
		{"https://a.example:8443/v1", "/users", nil, "https://a.example:8443/v1/users"},
		{"http://[::1]:8080", "/users", nil, "http://[::1]:8080/users"},
		{"https://[fe80::1]", "/users", nil, "https://[fe80::1]/users"},
		{" https://a.example\n", "/users", nil, "https://a.example/users"},
		{"https://a.example/a%2Fb", "/users", nil, "https://a.example/a%2Fb/users"},
		{"https://a.example", "//evil.example/users", nil, "https://a.example//evil.example/users"},
		{"https://a.example", "@evil.example/users", nil, "https://a.example/@evil.example/users"},
		{"https://a.example", "/proxy/https://evil.example", nil, "https://a.example/proxy/https://evil.example"},
		{"https://a.example", "/users/%zz", nil, "GET /users/%zz: the path is malformed"},
		{"https://a.example", "/users?a=%zz", nil, "GET /users: the query is malformed"},
		{"https://a.example", "/users/5#admin", nil, "GET /users/5#admin: the path contains a #: use rest.Param, which escapes it"},
		{"https://a.example", "/users#", nil, "GET /users#: the path contains a #: use rest.Param, which escapes it"},
		{"https://a.example", "/users?a=b#c", nil, "https://a.example/users?a=b%23c"},

		{"https://a.example", "/users/{id}", id("a/b"), "https://a.example/users/a%2Fb"},
		{"https://a.example", "/users/{id}", id("%2F"), "https://a.example/users/%252F"},
		{"https://a.example", "/users/{id}", id("%2e%2e"), "https://a.example/users/%252e%252e"},
		{"https://a.example", "/users/{id}", id("?#&"), "https://a.example/users/%3F%23&"},
		{"https://a.example", "/users/{id}", id("ü 日"), "https://a.example/users/%C3%BC%20%E6%97%A5"},
		{"https://a.example", "/users/{id}", id("{id}"), "https://a.example/users/%7Bid%7D"},
		{"https://a.example", "/users/{id}", id("a\r\nb"), "https://a.example/users/a%0D%0Ab"},
		{"https://a.example", "/users/{id}", id(`..\admin`), "https://a.example/users/..%5Cadmin"},
		{"https://a.example", "/users/{id}.json", id("..."), "https://a.example/users/....json"},
		{"https://a.example", "/users('{id}')", id("a"), "https://a.example/users('a')"},
		{"https://a.example", "/{id}/x/{id}", id(5), "https://a.example/5/x/5"},
		{"https://a.example", "/{id}", id("https://evil.example"), "https://a.example/https:%2F%2Fevil.example"},
		{"https://a.example", "{id}", id("https://evil.example"), "https://a.example/https:%2F%2Fevil.example"},
		{"https://a.example", "/users/{id}", id("."), "GET /users/{id}: the values of rest.Param would lead to another path"},
		{"https://a.example", "/users/{id}", id(".."), "GET /users/{id}: the values of rest.Param would lead to another path"},
		{"https://a.example", "/users/{id}{id}", id("."), "GET /users/{id}{id}: the values of rest.Param would lead to another path"},
		{"https://a.example", "/users/.{id}", id("."), "GET /users/.{id}: the values of rest.Param would lead to another path"},
		{"https://a.example", "/users/{id}", id(""), "GET /users/{id}: {id} in the path is empty, which would lead to another path"},
		{"https://a.example", "/users/{id}", id(sdk.Secret{}), "GET /users/{id}: {id} in the path is empty, which would lead to another path"},
		{"https://a.example", "/users/{id}", id((*string)(nil)), "GET /users/{id}: {id} in the path is empty, which would lead to another path"},
		{"https://a.example", "/users/{id}?a=secret", nil, `GET /users/{id}: {id} in the path has no value: add rest.Param("id", …)`},
		{"https://a.example", "/users/{user}", id(5), `GET /users/{user}: {user} in the path has no value, and the path has no {id} for rest.Param`},
		{"https://a.example", "/users/{id}/{group}", id(5), `GET /users/{id}/{group}: {group} in the path has no value: add rest.Param("group", …)`},
		{"https://a.example", "/users/{id?a=secret", id(5), "GET /users/{id: the path has a { without a }"},
		{"https://a.example", "/users", id(5), "GET /users: the path has no {id}"},

		{"https://a.example/v1", "https://a.example/other?b=2&a=1", nil, "https://a.example/other?b=2&a=1"},
		{"https://a.example/v1", "https://A.example:443/other?a=%zz", nil, "https://A.example:443/other?a=%zz"},
		{"https://a.example/v1", "https://a.example/other?b=2", []CallOption{Query("a", 1)}, "https://a.example/other?a=1&b=2"},
		{"https://a.example/v1", "https://a.example/users/{id}", id("a/b"), "https://a.example/users/a%2Fb"},
		{"https://a.example/v1", "https://u:p@a.example/other?#x", nil, "https://a.example/other"},
		{"http://a.example", "https://a.example/x", nil, "https://a.example/x"},
		{"https://a.example", "http://a.example/x", nil, "GET /x: http://a.example is not encrypted, but the base URL is"},
		{"https://a.example", "https://a.example:8443/x", nil, "GET /x: https://a.example:8443 is not the API's own host: see WithHosts"},
		{"https://a.example", "https://a.example.evil.example/x?a=secret", nil, "GET /x: https://a.example.evil.example is not the API's own host: see WithHosts"},
		{"https://a.example", "https://a.example@evil.example/x", nil, "GET /x: https://evil.example is not the API's own host: see WithHosts"},
		{"https://a.example", "ftp://a.example/x", nil, "GET /x: ftp://a.example is not the API's own host: see WithHosts"},
		{"https://a.example", "https://u:p4ss@a.example:port/x?a=secret", nil, "GET /x: the URL is malformed"},
		{"https://a.example", "https://u:p4ss/word@a.example/x", nil, "GET /x: the URL is malformed"},
		{"https://a.example/v1/", "https://a.example/v1/users/5#x", nil, "https://a.example/v1/users/5"},
		{"https://a.example", "https://u:p4ss@a.example/{id", nil, "GET /{id: the path has a { without a }"},

		{"", "/x", nil, "GET /x: the base URL is empty"},
		{" ", "/x", nil, "GET /x: the base URL is empty"},
		{"a.example", "/x", nil, `GET /x: the base URL "a.example" does not begin with https:// and a host`},
		{"https:a.example", "/x", nil, `GET /x: the base URL "https:a.example" does not begin with https:// and a host`},
		{"https://:443", "/x", nil, `GET /x: the base URL "https://:443" does not begin with https:// and a host`},
		{"ftp://u:p4ss@a.example", "/x", nil, `GET /x: the base URL "ftp://[redacted]@a.example" does not begin with https:// and a host`},
		{"https://u:p4ss@a.example:port?key=p4ss", "/x", nil, `GET /x: the base URL "https://[redacted]@a.example:port" is malformed`},
		{"https://u:p4?ss@a.example", "/x", nil, `GET /x: the base URL "https://[redacted]@a.example" is malformed`},
		{"https://u:p4#ss@a.example", "/x", nil, `GET /x: the base URL "https://[redacted]@a.example" is malformed`},
		{"u:p4ss@a.example", "/x", nil, `GET /x: the base URL "[redacted]@a.example" does not begin with https:// and a host`},
		{"https://a.example?a=%zz&key=p4ss", "/x", nil, `GET /x: the query of the base URL "https://a.example" is malformed`},
	} {
		a := always(http.StatusOK, "{}")
		_, err := get(t, New(tt.base, WithTransport(a)), tt.path, tt.opts...)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = a.requests[0].URL.String()
		}
		if got != tt.want {
			t.Errorf("%q and %q:\n got %s\nwant %s", tt.base, tt.path, got, tt.want)
		}
		if text := got; strings.Contains(text, "p4") || strings.Contains(text, "secret") {
			t.Errorf("%q and %q: %s shows too much", tt.base, tt.path, text)
		}
	}
}

// TestErrorPath: an error has the path below the base URL, whether a call names that or the
// whole URL.
func TestErrorPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/users/5?a=1":                       "GET /users/5: 404 Not Found",
		base + "/users/a%2Fb?a=1":            "GET /users/a%2Fb: 404 Not Found",
		"https://api.example.com:443/v1/x":   "GET /v1/x: 404 Not Found",
		"https://api.example.com/v1":         "GET /v1: 404 Not Found",
		"https://api.example.com/v12/x":      "GET /v12/x: 404 Not Found",
		"https://files.example.com/v1/users": "GET /v1/users: 404 Not Found",
	} {
		_, err := get(t, always(http.StatusNotFound, "").client(WithHosts("files.example.com")), path)
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}

// TestHosts: which hosts get credentials and headers of the client.
func TestHosts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		base, url string
		hosts     []string
		want      bool
	}{
		{"https://a.example", "https://a.example", nil, true},
		{"https://a.example", "https://A.EXAMPLE:443", nil, true},
		{"https://a.example:443", "https://a.example", nil, true},
		{"https://a.example", "https://a.example.", nil, false},
		{"https://a.example", "https://b.a.example", nil, false},
		{"https://a.example", "https://a.example:444", nil, false},
		{"https://a.example", "http://a.example", nil, false},
		{"https://a.example", "http://a.example:443", nil, false},
		{"http://a.example", "http://a.example:80", nil, true},
		{"http://a.example", "https://a.example", nil, true},
		{"http://a.example:8080", "https://a.example", nil, false},
		{"https://a.example", "https://b.example", []string{"b.example"}, true},
		{"https://a.example", "https://b.example:8443", []string{"b.example"}, false},
		{"https://a.example", "https://b.example:8443", []string{"c.example", "b.example:8443"}, true},
		{"https://a.example", "http://b.example", []string{"b.example"}, false},
		{"http://a.example", "http://b.example", []string{"b.example"}, true},
		{"http://a.example", "https://b.example", []string{"b.example"}, true},
		{"http://[::1]", "http://[::1]:80", nil, true},
		{"http://[::1]:8080", "http://[::1]:80", nil, false},
	} {
		a := always(http.StatusOK, "{}")
		c := New(tt.base, WithTransport(a), WithHosts(tt.hosts...), WithAuth(Bearer(hush)), WithHeader("X-Tenant", "5"))
		resp, err := c.HTTP().Get(tt.url + "/x")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		h := a.requests[0].Header
		if h.Get("Authorization") != "" != tt.want || h.Get("X-Tenant") != "" != tt.want {
			t.Errorf("%s of the API %s got %v", tt.url, tt.base, h)
		}
		if _, err := get(t, c, tt.url+"/x"); (err == nil) != tt.want {
			t.Errorf("%s of the API %s: error %v", tt.url, tt.base, err)
		}
	}
}

// TestNoHosts: what is not a host would never be one of a request.
func TestNoHosts(t *testing.T) {
	t.Parallel()
	for host, shown := range map[string]string{
		"https://b.example":             "https://b.example",
		"b.example/files":               "b.example/files",
		"u:p4ss@b.example":              "[redacted]@b.example",
		"https://u:p4ss@b.example/x?y=": "https://[redacted]@b.example/x",
		"b.example:port":                "b.example:port",
		"b example":                     "b example",
	} {
		a := always(http.StatusOK, "{}")
		_, err := get(t, a.client(WithHosts("", "c.example", host)), "/x")
		want := fmt.Sprintf("GET /x: WithHosts: %q is not a host, such as files.example.com or eu.example.com:8443", shown)
		if err == nil || err.Error() != want || len(a.requests) != 0 {
			t.Errorf("%d requests, error %v\nwant %s", len(a.requests), err, want)
		}
	}
}

type named string

// TestValues: what stands for a value in a URL.
func TestValues(t *testing.T) {
	t.Parallel()
	yes, text := true, "a b"
	for want, values := range map[string][]any{
		"":                           {nil, (*bool)(nil), []string{}},
		"x=":                         {""},
		"x=a+b":                      {&text},
		"x=%26%3D%3F%23%2F%2B":       {"&=?#/+"},
		"x=true":                     {&yes},
		"x=5":                        {int64(5)},
		"x=1000000":                  {1e6},
		"x=0.25":                     {float32(0.25)},
		"x=n":                        {named("n")},
		"x=1.50":                     {json.Number("1.50")},
		"x=2000-01-02T03%3A04%3A05Z": {time.Date(2000, 1, 2, 3, 4, 5, 0, time.UTC)},
		"x=1m0s":                     {time.Minute},
		"x=12345678901234567890":     {new(big.Int).SetUint64(12345678901234567890)},
		"x=https%3A%2F%2Fa.example":  {&url.URL{Scheme: "https", Host: "a.example"}},
		"x=a&x=b&x=c":                {[]string{"a", "b"}, "c"},
		"x=1&x=2":                    {[]any{1, nil, &[]int{2}}},
		"x=raw":                      {json.RawMessage("raw")},
		"x=hush-hush":                {&hush},
		"x=%7B%7D":                   {sdk.NewSecretJSON(json.RawMessage("{}"))},
	} {
		a := always(http.StatusOK, "{}")
		if _, err := get(t, a.client(), "/x", Query("x", "replaced"), Query("x", values...)); err != nil {
			t.Fatal(err)
		}
		if got := a.requests[0].URL.RawQuery; got != want {
			t.Errorf("%#v: %s, want %s", values, got, want)
		}
	}
}

// TestBodies: what is sent as a body, and what is not.
func TestBodies(t *testing.T) {
	t.Parallel()
	type inner struct {
		Up     *inner `json:"-"`
		Secret any
	}
	ring := &inner{Secret: "[redacted]"}
	ring.Up = ring
	for _, tt := range []struct {
		body              any
		want, contentType string // the body, or an error
	}{
		{nil, "", ""},
		{map[string]any{"a": "<&>ü\u2028"}, `{"a":"<&>ü\u2028"}`, "application/json"},
		{json.RawMessage(`{"b": 1}`), `{"b":1}`, "application/json"},
		{json.RawMessage("null"), "null", "application/json"},
		{"text", `"text"`, "application/json"},
		{[]int(nil), "null", "application/json"},
		{url.Values{"a b": {"ü&"}}, "a+b=%C3%BC%26", "application/x-www-form-urlencoded"},
		{url.Values{}, "", "application/x-www-form-urlencoded"},
		{ring, `{"Secret":"[redacted]"}`, "application/json"},
		{json.RawMessage("{"), "the body: json: error calling MarshalJSON for type json.RawMessage: unexpected end of JSON input", ""},
		{make(chan int), "the body: json: unsupported type: chan int", ""},
		{[]byte("{}"), "the body is a []byte, which JSON writes as base64: make it a json.RawMessage if it is JSON", ""},
		{strings.NewReader("text"), "the body is a *strings.Reader, which cannot be sent as JSON: use Client.HTTP for other bodies", ""},
		{new(bytes.Buffer), "the body is a *bytes.Buffer, which cannot be sent as JSON: use Client.HTTP for other bodies", ""},
		{hush, secretInBody, ""},
		{map[string]any{"a": []any{struct{ B *sdk.Secret }{&hush}}}, secretInBody, ""},
		{map[sdk.Secret]int{hush: 1}, secretInBody, ""},
		{[]inner{{Up: ring, Secret: sdk.Secret{}}}, secretInBody, ""},
		{inner{Secret: sdk.NewSecretJSON(json.RawMessage("1"))}, secretInBody, ""},
		{deep(500), secretInBody, ""},
		{map[string]string{"a": hush.Reveal()}, `{"a":"hush-hush"}`, "application/json"},
	} {
		a := always(http.StatusOK, "{}")
		_, err := Post[any](t.Context(), a.client(), "/x", tt.body)
		if err != nil {
			if got, _ := strings.CutPrefix(err.Error(), "POST /x: "); got != tt.want || len(a.requests) != 0 {
				t.Errorf("%T: %d requests, error %v", tt.body, len(a.requests), err)
			}
			continue
		}
		if got := a.requests[0]; got.body != tt.want || got.Header.Get("Content-Type") != tt.contentType || got.Header.Get("Accept") != "application/json" {
			t.Errorf("%T: sent %q with %v", tt.body, got.body, got.Header)
		}
	}
}

const secretInBody = "the body has a Secret, which would arrive as [redacted]: use its Reveal()"

// deep is a secret in a list in a list.
func deep(levels int) any {
	if levels == 0 {
		return hush
	}
	return []any{deep(levels - 1)}
}

// TestHeaders: which headers a request has.
func TestHeaders(t *testing.T) {
	t.Parallel()
	a := always(http.StatusOK, "{}")
	c := a.client(WithHeader("Accept", "application/scim+json"), WithHeader("x-tenant", sdk.NewSecret("tenant")), WithHeader("X-Mode", 1))
	_, err := Post[any](t.Context(), c, "/x", 1, Header("Content-Type", "application/scim+json"), Header("x-mode", &hush))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Accept": "application/scim+json", "X-Tenant": "tenant", "X-Mode": "hush-hush", "Content-Type": "application/scim+json"} {
		if got := a.requests[0].Header.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestAnswers: what a call makes of an answer.
func TestAnswers(t *testing.T) {
	t.Parallel()
	type user struct {
		ID   string
		Tags []string
	}
	html := []string{"Content-Type", "text/html; charset=utf-8"}
	for _, tt := range []struct {
		status  int
		body    string
		headers []string
		want    any    // of a user
		err     string // its beginning
	}{
		{200, `{"id":"5"}`, nil, user{ID: "5"}, ""},
		{201, "\ufeff {\"id\":\"5\"}\r\n", html, user{ID: "5"}, ""},
		{204, "", nil, user{}, ""},
		{200, " \n", nil, user{}, ""},
		{200, "null", nil, user{}, ""},
		{200, "<html>Sign in</html>", html, user{}, "the answer with status 200 is text/html, not JSON: <html>Sign in</html>"},
		{200, `[]`, html, user{}, "the answer with status 200 cannot be decoded: json: cannot unmarshal array"},
		{200, "OK", nil, user{}, "the answer with status 200 cannot be decoded: invalid character 'O' looking for beginning of value: OK"},
		{200, `{"id":"5"}{"id":"6"}`, nil, user{}, `the answer with status 200 cannot be decoded: unexpected data after the value: {"id":"5"}{"id":"6"}`},
		{200, `{"id":"5"`, nil, user{}, `the answer with status 200 cannot be decoded: unexpected EOF: {"id":"5"`},
		{200, `{"id":"5","tags":[1]}`, nil, user{}, `the answer with status 200 cannot be decoded: json: cannot unmarshal number`},
		{200, `[]`, nil, user{}, `the answer with status 200 cannot be decoded: json: cannot unmarshal array`},
		{304, "", nil, user{}, "304 Not Modified"},
		{302, "", nil, user{}, "302 Found"},
		{199, "", nil, user{}, "199"},
		{404, "", nil, user{}, "404 Not Found"},
	} {
		got, err := Put[user](t.Context(), always(tt.status, tt.body, tt.headers...).client(), "/x", nil)
		text := ""
		if err != nil {
			text, _ = strings.CutPrefix(err.Error(), "PUT /x: ")
		}
		if got.ID != tt.want.(user).ID || got.Tags != nil || (text == "") != (tt.err == "") || !strings.HasPrefix(text, tt.err) {
			t.Errorf("%d %q:\n got %+v, error %q\nwant %+v, error %q", tt.status, tt.body, got, text, tt.want, tt.err)
		}
		ok := tt.status >= 200 && tt.status <= 299
		if err := Delete(t.Context(), always(tt.status, tt.body).client(), "/x"); (err == nil) != ok {
			t.Errorf("Delete with %d %q: error %v", tt.status, tt.body, err)
		}
		if _, err := Patch[sdk.None](t.Context(), always(tt.status, tt.body).client(), "/x", 1); (err == nil) != ok {
			t.Errorf("None with %d %q: error %v", tt.status, tt.body, err)
		}
	}
}

// TestNumbers: numbers keep their digits.
func TestNumbers(t *testing.T) {
	t.Parallel()
	a := always(http.StatusOK, ` {"id":12345678901234567890,"f":1.50}`)
	got, err := get(t, a.client(), "/x")
	if err != nil || got["id"] != json.Number("12345678901234567890") || got["f"] != json.Number("1.50") {
		t.Errorf("got %v, error %v", got, err)
	}
	raw, err := Get[json.RawMessage](t.Context(), a.client(), "/x")
	if err != nil || string(raw) != `{"id":12345678901234567890,"f":1.50}` {
		t.Errorf("got %s, error %v", raw, err)
	}
}

// TestNoTimeout: 0 is the default, and not no time at all.
func TestNoTimeout(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{0, -1} {
		if c := New(base, WithTimeout(d)); c.settings.timeout != defaultTimeout {
			t.Errorf("%v gives %v", d, c.settings.timeout)
		}
	}
	var failure *Error
	if _, err := get(t, New(""), "/x"); !errors.As(err, &failure) || failure.Status != 0 || failure.Attempts != 0 {
		t.Errorf("error %+v", failure)
	}
}

// FuzzPath: whatever a value is, it stays one segment of the path, on the API's host.
func FuzzPath(f *testing.F) {
	f.Add("a/b")
	f.Add("..")
	f.Add("%2e%2E%2f")
	f.Add("?a#b")
	f.Add("\x00\xff{id}://")
	f.Fuzz(func(t *testing.T, value string) {
		a := always(http.StatusOK, "")
		_, err := Get[sdk.None](t.Context(), a.client(), "/a/{id}/b", Param("id", value))
		if refused := value == "" || value == "." || value == ".."; refused != (err != nil) {
			t.Errorf("%q: error %v", value, err)
		}
		for _, r := range a.requests {
			segments := strings.Split(r.URL.EscapedPath(), "/")
			if len(segments) != 5 || segments[2] != "a" || segments[4] != "b" || r.URL.Host != "api.example.com" || r.URL.RawQuery != "" || r.URL.Fragment != "" {
				t.Fatalf("%q leads to %s", value, r.URL)
			}
			if got, err := url.PathUnescape(segments[3]); err != nil || got != value {
				t.Errorf("%q arrives as %q, error %v", value, got, err)
			}
		}
	})
}
