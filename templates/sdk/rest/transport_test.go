package rest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
)

// TestUserInfo: the user info of a base URL is its credentials, where there are no others.
func TestUserInfo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		opts []Option
		want string
	}{
		{nil, "Basic bWU6cDRzcy93b3Jk"},
		{[]Option{WithAuth(Bearer(hush))}, "Bearer hush-hush"},
	} {
		a := always(http.StatusTeapot, `{"you sent":"p4ss/word, p4ss%2fword and bWU6cDRzcy93b3Jk"}`)
		_, err := get(t, New("https://me:p4ss%2Fword@a.example/v1", append(tt.opts, WithTransport(a))...), "/x")
		if got := a.requests[0]; got.Header.Get("Authorization") != tt.want || got.URL.String() != "https://a.example/v1/x" {
			t.Errorf("%s with %v", got.URL, got.Header)
		}
		if tt.opts == nil && (err == nil || strings.Contains(err.Error(), "p4ss") || strings.Contains(err.Error(), "bWU6")) {
			t.Errorf("error %v", err)
		}
	}
}

// TestMalformedHeaders: they are not sent, tried again or shown.
func TestMalformedHeaders(t *testing.T) {
	t.Parallel()
	const problem = `GET /x: the header %q has a line break or another control character in its value`
	for _, tt := range []struct {
		auth Auth
		opts []CallOption
		want string
	}{
		{Bearer(sdk.NewSecret("hush\nhush")), nil, strings.Replace(problem, "%q", `"Authorization"`, 1)},
		{APIKey("X-Key", sdk.NewSecret("hush-hush\n")), nil, strings.Replace(problem, "%q", `"X-Key"`, 1)},
		{nil, []CallOption{Header("X-Key", "hush-hush\r\nX-Other: 1")}, strings.Replace(problem, "%q", `"X-Key"`, 1)},
		{nil, []CallOption{Header("X Key", "hush-hush")}, `GET /x: the header "X Key" has a malformed name`},
		{nil, []CallOption{Header("", "hush-hush")}, `GET /x: the header "" has a malformed name`},
	} {
		a := always(http.StatusOK, "{}")
		_, err := get(t, a.client(WithAuth(tt.auth)), "/x", tt.opts...)
		if err == nil || err.Error() != tt.want || len(a.requests) != 0 {
			t.Errorf("%d requests, error %v, want %s", len(a.requests), err, tt.want)
		}
	}
	a := always(http.StatusOK, "{}")
	if _, err := get(t, a.client(), "/x", Header("X-Key", "\tü€ ")); err != nil {
		t.Errorf("error %v", err)
	}
}

// TestBodyLimit: an answer that is too large is an error at once, and its rest is not read.
func TestBodyLimit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		limit int64
		size  int
		err   string
	}{
		{10, 10, ""},
		{10, 11, "GET /x: the answer has more than 10 bytes: ask for less at a time, or see WithBodyLimit"},
		{0, 1000, ""},
		{-1, 1000, ""},
		{1<<63 - 1, 1000, ""}, // no limit, not an empty answer
	} {
		rest := &countingReader{Reader: strings.NewReader(strings.Repeat("1", 100_000))}
		a := &api{answer: func(int, *http.Request) (*http.Response, error) {
			resp := reply(http.StatusOK, "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("1", tt.size)), io.LimitReader(rest, int64(100_000*max(0, len(tt.err)-1)))))
			return resp, nil
		}}
		got, err := Get[json.Number](t.Context(), a.client(WithBodyLimit(tt.limit)), "/x")
		switch {
		case tt.err == "" && (err != nil || len(got) != tt.size):
			t.Errorf("limit %d: %d bytes, error %v", tt.limit, len(got), err)
		case tt.err != "" && (err == nil || err.Error() != tt.err || rest.read > 2000 || len(a.requests) != 1):
			t.Errorf("limit %d: read %d bytes more in %d requests, error %v", tt.limit, rest.read, len(a.requests), err)
		}
	}
}

type countingReader struct {
	io.Reader
	read int
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read += n
	return n, err
}

// TestLibraryUserInfo: that of a library's URL becomes a header, as net/http has it, and is
// in no URL that a transport gets, since fetch refuses it.
func TestLibraryUserInfo(t *testing.T) {
	t.Parallel()
	a := always(http.StatusOK, "{}")
	resp, err := a.client().HTTP().Get("https://me:p4ss@api.example.com/x")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	user, password, _ := a.requests[0].BasicAuth()
	if got := a.requests[0].URL.String(); got != "https://api.example.com/x" || user != "me" || password != "p4ss" {
		t.Errorf("%s with %q and %q", got, user, password)
	}
}
