package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/templates/sdk"
)

// TestError: what an error says, and has.
func TestError(t *testing.T) {
	t.Parallel()
	a := always(http.StatusConflict, `{"code": 17,
		"message": "user exists"}`, "X-Request-Id", "r-1", "Set-Cookie", "session=1")
	_, err := Post[any](t.Context(), a.client(), "/users/{id}?notify=yes", nil, Param("id", "a b"), Query("q", "query"))
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("error %v", err)
	}
	if want := `POST /users/a%20b: 409 Conflict: {"code": 17, "message": "user exists"}`; err.Error() != want {
		t.Errorf("got %s\nwant %s", err, want)
	}
	var problem struct{ Code int }
	if err := failure.Decode(&problem); err != nil || problem.Code != 17 {
		t.Errorf("decoded %+v, error %v", problem, err)
	}
	if failure.Header.Get("X-Request-Id") != "r-1" || len(failure.Header["Set-Cookie"]) != 0 || failure.Attempts != 1 || failure.Err != nil {
		t.Errorf("got %+v", *failure)
	}
	if sdk.IsNotFound(err) {
		t.Error("it is notFound")
	}
}

// TestErrorQuote: a message is one line of text, whatever the body is.
func TestErrorQuote(t *testing.T) {
	t.Parallel()
	_, err := get(t, always(999, "a\x1b[31m\n \tb\x00\xff").client(), "/x")
	if err == nil || err.Error() != "GET /x: 999: a [31m b" {
		t.Errorf("error %q", err)
	}
}

// TestErrorUnwrap: the cause of an error can be found.
func TestErrorUnwrap(t *testing.T) {
	t.Parallel()
	a := &api{answer: func(int, *http.Request) (*http.Response, error) { return nil, fmt.Errorf("dial: %w", errBroken) }}
	_, err := Post[any](t.Context(), a.client(), "/x", nil)
	if !errors.Is(err, errBroken) || err.Error() != "POST /x: dial: connection reset by peer" {
		t.Errorf("error %v", err)
	}
	_, err = get(t, always(200, `{"a":1,`).client(), "/x")
	var failure *Error
	if !errors.As(err, &failure) || failure.Status != 200 || failure.Unwrap() == nil || string(failure.Body) != `{"a":1,` {
		t.Errorf("error %+v", failure)
	}
}

// A picky is an answer whose own error quotes it.
type picky struct{}

func (*picky) UnmarshalJSON(text []byte) error {
	return &url.Error{Op: "Get", URL: "https://a.example?q=private", Err: errors.New(string(text))}
}

// TestErrorOfAnswer: what an answer's own type says about it is printed without secrets, too.
func TestErrorOfAnswer(t *testing.T) {
	t.Parallel()
	_, err := Get[picky](t.Context(), always(200, `"hush-hush"`).client(WithAuth(Bearer(hush))), "/x")
	if want := `GET /x: the answer with status 200 cannot be decoded: Get "https://a.example": "[redacted]": "[redacted]"`; err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
}

// TestErrorBody: an error has the beginning of a body, and quotes less.
func TestErrorBody(t *testing.T) {
	t.Parallel()
	for status, size := range map[int]int{400: 1 << 20, 200: 1 << 20, 409: maxErrorBody, 410: 10} {
		_, err := Post[any](t.Context(), always(status, strings.Repeat("ä", size/2)).client(), "/x", nil)
		var failure *Error
		if !errors.As(err, &failure) || len(failure.Body) != min(size, maxErrorBody) || len(err.Error()) > maxQuoted+200 || strings.ContainsRune(err.Error(), '\ufffd') {
			t.Errorf("status %d: a body of %d bytes, error %.400s", status, len(failure.Body), err)
		}
	}
	// An answer that breaks off still says what went wrong.
	a := script(func() (*http.Response, error) {
		resp, err := brokenBody()
		resp.StatusCode = http.StatusForbidden
		return resp, err
	})
	if _, err := get(t, a.client(), "/x"); err == nil || err.Error() != `GET /x: 403 Forbidden: {"a":` {
		t.Errorf("error %v", err)
	}
}

// TestNotFound: status 404 and causes of other places do not mean that an object is not there.
func TestNotFound(t *testing.T) {
	t.Parallel()
	gone := sdk.NotFound("there is no key")
	broken := &api{answer: func(int, *http.Request) (*http.Response, error) { return nil, gone }}
	for name, c := range map[string]*Client{
		"404":         always(http.StatusNotFound, "").client(),
		"410":         always(http.StatusGone, `{"error":"notFound"}`).client(),
		"credentials": always(http.StatusOK, "{}").client(WithAuth(AuthFunc(func(*http.Request) error { return gone }))),
		"transport":   broken.client(WithRetries(Retries{Attempts: 1})),
	} {
		_, err := get(t, c, "/x")
		if err == nil || sdk.IsNotFound(err) {
			t.Errorf("%s: error %v", name, err)
		}
		for _, err := range Pages(t.Context(), c, "/x", Offset("at", 0, Array[int])) {
			if err == nil || sdk.IsNotFound(err) {
				t.Errorf("%s: the list's error is %v", name, err)
			}
		}
		if name == "404" || name == "410" {
			continue
		}
		resp, err := c.HTTP().Get(base + "/x")
		if err == nil || sdk.IsNotFound(err) || !strings.Contains(err.Error(), "there is no key") {
			t.Errorf("%s: a library's error is %v, answer %v", name, err, resp)
		}
	}
}

// TestWithErrors: one function says what failures mean, and is asked once for each.
func TestWithErrors(t *testing.T) {
	t.Parallel()
	type answer struct{ A, B int }
	asked := 0
	mapping := func(result error) Option {
		return WithErrors(func(e *Error) error {
			asked++
			if e.Path != "/x" || e.Method == "" {
				t.Errorf("asked about %+v", *e)
			}
			return result
		})
	}
	mine := errors.New("mine")
	for name, a := range map[string]*api{
		"404":         always(http.StatusNotFound, ""),
		"not JSON":    always(http.StatusOK, `{"a":1,"b":"x"}`),
		"broken":      {answer: func(int, *http.Request) (*http.Response, error) { return nil, errBroken }},
		"no redirect": always(http.StatusFound, "", "Location", "ftp://a.example"),
	} {
		ctx := t.Context()
		for _, result := range []error{mine, nil} {
			c := a.client(mapping(result), WithRetries(Retries{Attempts: 1}))
			asked = 0
			got, err := Post[answer](ctx, c, "/x", nil)
			if err != result || got != (answer{}) || asked != 1 { // the error itself, not one that wraps it
				t.Errorf("%s: got %+v, error %v, asked %d times", name, got, err, asked)
			}
			asked = 0
			var last error
			for _, err := range Pages(ctx, c, "/x", Cursor("c", func(answer) ([]int, string) { return nil, "" })) {
				last = err
			}
			if last == nil || result != nil && last != result || asked != 1 {
				t.Errorf("%s: the list's error is %v, asked %d times", name, last, asked)
			}
		}
		asked = 0
		if err := Delete(ctx, a.client(mapping(mine), WithRetries(Retries{Attempts: 1})), "/x"); name != "not JSON" && (err != mine || asked != 1) {
			t.Errorf("%s: Delete's error is %v, asked %d times", name, err, asked)
		}
	}
	if err := Delete(t.Context(), New("", mapping(mine)), "/x"); err != mine {
		t.Errorf("without a base URL the error is %v", err)
	}
}

// TestContextEnds: the end of a context says nothing about the API.
func TestContextEnds(t *testing.T) {
	t.Parallel()
	gone := errors.New("the reader is gone")
	never := WithErrors(func(e *Error) error {
		t.Errorf("asked about %v", e)
		return e
	})
	synctest.Test(t, func(t *testing.T) {
		for name, tt := range map[string]struct {
			after time.Duration
			want  int
		}{"before": {0, 0}, "under way": {time.Second, 1}} {
			a := &api{answer: func(_ int, r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, &url.Error{Op: "Get", URL: "https://a.example?q=secret", Err: r.Context().Err()}
			}}
			ctx, cancel := context.WithCancelCause(t.Context())
			if tt.after == 0 {
				cancel(gone)
			} else {
				time.AfterFunc(tt.after, func() { cancel(gone) })
			}
			c := a.client(never)
			_, err := Get[any](ctx, c, "/x")
			if err != gone || len(a.requests) > tt.want {
				t.Errorf("%s: %d requests, error %v", name, len(a.requests), err)
			}
			n := 0
			for _, err := range Pages(ctx, c, "/x", Offset("at", 0, Array[int])) {
				if n++; err != gone {
					t.Errorf("%s: the list's error is %v", name, err)
				}
			}
			if n != 1 {
				t.Errorf("%s: the list has %d errors", name, n)
			}
		}
	})
}

// TestErrorPrinted: no way of printing an error shows more than its text should.
func TestErrorPrinted(t *testing.T) {
	t.Parallel()
	a := &api{answer: func(_ int, r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: r.URL.String(), Err: errBroken})
	}}
	_, err := Post[any](t.Context(), a.client(WithAuth(QueryKey("key", hush))), "/x", nil, Query("q", "private"))
	if err == nil || err.Error() != `POST /x: proxy: Get "https://api.example.com/v1/x": connection reset by peer` {
		t.Errorf("error %v", err)
	}
	asJSON, _ := json.Marshal(err)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %q", err, err, err, err), fmt.Sprintf("%#v", errors.Unwrap(err)), string(asJSON)} {
		if strings.Contains(text, "private") || strings.Contains(text, hush.Reveal()) {
			t.Errorf("printed as %s", text)
		}
	}
}
