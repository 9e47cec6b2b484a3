package rest

import (
	"errors"
	"net/http"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
)

// hush is a secret of the tests.
var hush = sdk.NewSecret("hush-hush")

func TestAuth(t *testing.T) {
	t.Parallel()
	signed := AuthFunc(func(r *http.Request) error {
		r.Header.Set("Authorization", "Signature of "+r.Method+" "+r.URL.Path)
		return nil
	})
	for name, tt := range map[string]struct {
		auth          Auth
		header, value string
		query         string
	}{
		"none":      {nil, "Authorization", "", ""},
		"bearer":    {Bearer(hush), "Authorization", "Bearer hush-hush", ""},
		"basic":     {Basic("me", hush), "Authorization", "Basic bWU6aHVzaC1odXNo", ""},
		"a header":  {APIKey("X-Api-Key", hush), "X-Api-Key", "hush-hush", ""},
		"a scheme":  {Token{Scheme: "SSWS", Text: hush}, "Authorization", "SSWS hush-hush", ""},
		"a token":   {Token{Text: hush}, "Authorization", "Bearer hush-hush", ""},
		"a query":   {QueryKey("key", hush), "Authorization", "", "key=hush-hush"},
		"signature": {signed, "Authorization", "Signature of GET /v1/x", ""},
	} {
		a := always(http.StatusOK, "{}")
		if _, err := get(t, a.client(WithAuth(tt.auth)), "/x"); err != nil {
			t.Fatal(err)
		}
		if got := a.requests[0]; got.Header.Get(tt.header) != tt.value || got.URL.RawQuery != tt.query {
			t.Errorf("%s: header %q, query %q", name, got.Header.Get(tt.header), got.URL.RawQuery)
		}
	}
}

// TestAuthQuery: a key joins the values that a request has.
func TestAuthQuery(t *testing.T) {
	t.Parallel()
	a := always(http.StatusOK, "{}")
	if _, err := get(t, a.client(WithAuth(QueryKey("key", hush))), "/x?a=1", Query("b", "ü")); err != nil {
		t.Fatal(err)
	}
	if got := a.requests[0].URL.RawQuery; got != "a=1&b=%C3%BC&key=hush-hush" {
		t.Errorf("query %q", got)
	}
}

// TestAuthFails: what cannot be signed is not sent, and not tried again.
func TestAuthFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("no key")
	a := always(http.StatusOK, "{}")
	_, err := get(t, a.client(WithAuth(AuthFunc(func(*http.Request) error { return broken }))), "/x")
	if !errors.Is(err, broken) || len(a.requests) != 0 || err.Error() != "GET /x: no key" {
		t.Errorf("%d requests, error %v", len(a.requests), err)
	}
}

// TestFixedRefused: other credentials than these there are not.
func TestFixedRefused(t *testing.T) {
	t.Parallel()
	for _, auth := range []Auth{nil, Bearer(hush), Token{Scheme: "SSWS", Text: hush}, Basic("me", hush), AuthFunc(func(*http.Request) error { return nil })} {
		a := always(http.StatusUnauthorized, "")
		_, err := get(t, a.client(WithAuth(auth)), "/x")
		if err == nil || err.Error() != "GET /x: 401 Unauthorized" || len(a.requests) != 1 {
			t.Errorf("%d requests, error %v", len(a.requests), err)
		}
	}
}
