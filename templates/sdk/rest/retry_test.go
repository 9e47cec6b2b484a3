package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/templates/sdk"
)

var errBroken = errors.New("connection reset by peer")

// TestRetries: which failures are sent again, for requests that only read and for others.
func TestRetries(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer func() (*http.Response, error)
		reads  int // requests, where the first failure is followed by a success
		writes int
	}{
		"400":                 {says(400, ""), 1, 1},
		"404":                 {says(404, ""), 1, 1},
		"409":                 {says(409, ""), 1, 1},
		"429":                 {says(429, ""), 2, 2},
		"429 with a time":     {says(429, "", "Retry-After", "3"), 2, 2},
		"500":                 {says(500, ""), 2, 1},
		"500 with a time":     {says(500, "", "Retry-After", "3"), 2, 1},
		"501":                 {says(501, ""), 1, 1},
		"502":                 {says(502, ""), 2, 1},
		"503":                 {says(503, ""), 2, 1},
		"503 with a time":     {says(503, "", "Retry-After", "3"), 2, 2},
		"504":                 {says(504, ""), 2, 1},
		"broken":              {breaks(errBroken), 2, 1},
		"broken in the body":  {brokenBody, 2, 1},
		"no such host":        {breaks(&net.DNSError{Err: "no such host", Name: "api", IsNotFound: true}), 1, 1},
		"DNS is down":         {breaks(&net.DNSError{Err: "timeout", Name: "api", IsTimeout: true}), 2, 1},
		"unknown certificate": {breaks(&tls.CertificateVerificationError{Err: errBroken}), 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for method, want := range map[string]int{
				"GET": tt.reads, "HEAD": tt.reads, "POST": tt.writes, "PUT": tt.writes, "PATCH": tt.writes, "DELETE": tt.writes, "repeatable POST": tt.reads,
			} {
				synctest.Test(t, func(t *testing.T) {
					a := script(tt.answer)
					var opts []CallOption
					verb, repeatable := strings.CutPrefix(method, "repeatable ")
					if repeatable {
						opts = append(opts, Repeatable())
					}
					var body any
					if verb != "GET" && verb != "HEAD" {
						body = map[string]int{"a": 1}
					}
					_, err := Do[any](t.Context(), a.client(), verb, "/x", body, opts...)
					if len(a.requests) != want || (err == nil) != (want == 2) {
						t.Errorf("%s: %d requests, want %d; error %v", method, len(a.requests), want, err)
					}
					for _, r := range a.requests {
						if body != nil && r.body != `{"a":1}` {
							t.Errorf("%s was sent with the body %q", method, r.body)
						}
					}
				})
			}
		})
	}
}

// brokenBody is an answer that breaks off.
func brokenBody() (*http.Response, error) {
	resp := reply(http.StatusOK, "")
	resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"a":`), brokenReader{}))
	return resp, nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestWaits: how long it takes to the next attempt.
func TestWaits(t *testing.T) {
	t.Parallel()
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of a bubble
	epoch := func(after int64) string { return strconv.FormatInt(start.Unix()+after, 10) }
	for name, tt := range map[string]struct {
		answer  func() (*http.Response, error)
		retries Retries
		min     time.Duration
		max     time.Duration
	}{
		"seconds":           {says(429, "", "Retry-After", "7"), Retries{}, 7 * time.Second, 7700 * time.Millisecond},
		"a minute":          {says(429, "", "Retry-After", "60"), Retries{}, time.Minute, 61 * time.Second},
		"a part of one":     {says(429, "", "Retry-After", "0.5"), Retries{}, 500 * time.Millisecond, 550 * time.Millisecond},
		"at once":           {says(429, "", "Retry-After", "0"), Retries{}, 0, 0},
		"a date":            {says(429, "", "Retry-After", start.Add(9*time.Second).Format(http.TimeFormat)), Retries{}, 9 * time.Second, 9900 * time.Millisecond},
		"a date gone by":    {says(429, "", "Retry-After", start.Add(-time.Hour).Format(http.TimeFormat)), Retries{}, 0, 0},
		"another clock":     {says(429, "", "Retry-After", start.Add(time.Hour+5*time.Second).Format(http.TimeFormat), "Date", start.Add(time.Hour).Format(http.TimeFormat)), Retries{}, 5 * time.Second, 5500 * time.Millisecond},
		"nonsense":          {says(429, "", "Retry-After", "soon"), Retries{}, 250 * time.Millisecond, 500 * time.Millisecond},
		"negative":          {says(429, "", "Retry-After", "-5"), Retries{}, 250 * time.Millisecond, 500 * time.Millisecond},
		"not a number":      {says(429, "", "Retry-After", "NaN"), Retries{}, 250 * time.Millisecond, 500 * time.Millisecond},
		"no time":           {says(429, ""), Retries{}, 250 * time.Millisecond, 500 * time.Millisecond},
		"a longer wait":     {says(429, ""), Retries{Wait: 4 * time.Second}, 2 * time.Second, 4 * time.Second},
		"a long wait":       {says(429, ""), Retries{Wait: time.Hour}, 15 * time.Second, 30 * time.Second},
		"reset in":          {says(429, "", "Reset", "20"), Retries{ResetHeader: "Reset"}, 20 * time.Second, 21 * time.Second},
		"reset at":          {says(429, "", "Reset", epoch(20)), Retries{ResetHeader: "reset"}, 20 * time.Second, 21 * time.Second},
		"reset at in ms":    {says(429, "", "Reset", epoch(20)+"500"), Retries{ResetHeader: "Reset"}, 20500 * time.Millisecond, 21500 * time.Millisecond},
		"reset by a date":   {says(429, "", "Reset", start.Add(20*time.Second).UTC().Format(http.TimeFormat)), Retries{ResetHeader: "Reset"}, 20 * time.Second, 21 * time.Second},
		"reset by ISO":      {says(429, "", "Reset", start.Add(20*time.Second).Format(time.RFC3339)), Retries{ResetHeader: "Reset"}, 20 * time.Second, 21 * time.Second},
		"reset, its clock":  {says(429, "", "Reset", epoch(3620), "Date", start.Add(time.Hour).Format(http.TimeFormat)), Retries{ResetHeader: "Reset"}, 20 * time.Second, 21 * time.Second},
		"reset gone by":     {says(429, "", "Reset", epoch(-20)), Retries{ResetHeader: "Reset"}, 250 * time.Millisecond, 500 * time.Millisecond},
		"reset now":         {says(429, "", "Reset", "0"), Retries{ResetHeader: "Reset"}, 250 * time.Millisecond, 500 * time.Millisecond},
		"reset nonsense":    {says(429, "", "Reset", "soon"), Retries{ResetHeader: "Reset"}, 250 * time.Millisecond, 500 * time.Millisecond},
		"reset NaN":         {says(429, "", "Reset", "NaN"), Retries{ResetHeader: "Reset"}, 250 * time.Millisecond, 500 * time.Millisecond},
		"reset missing":     {says(429, ""), Retries{ResetHeader: "Reset"}, 250 * time.Millisecond, 500 * time.Millisecond},
		"reset of 500":      {says(500, "", "Reset", "20"), Retries{ResetHeader: "Reset"}, 250 * time.Millisecond, 500 * time.Millisecond},
		"reset, After too":  {says(429, "", "Reset", "20"), Retries{ResetHeader: "X", After: func(*http.Response) time.Duration { return time.Second }}, time.Second, time.Second},
		"Retry-After first": {says(429, "", "Reset", "20", "Retry-After", "1"), Retries{ResetHeader: "Reset"}, time.Second, 1100 * time.Millisecond},
		"its own way":       {says(429, "", "Reset", "12s"), Retries{After: reset}, 12 * time.Second, 12 * time.Second},
		"its own way not":   {says(429, ""), Retries{After: reset}, 250 * time.Millisecond, 500 * time.Millisecond},
		"both ways":         {says(429, "", "Reset", "12s", "Retry-After", "1"), Retries{After: reset}, time.Second, 1100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := script(tt.answer)
				if _, err := get(t, a.client(WithRetries(tt.retries)), "/x"); err != nil {
					t.Fatal(err)
				}
				if waited := a.times()[1]; waited < tt.min || waited > tt.max {
					t.Errorf("waited %v, want between %v and %v", waited, tt.min, tt.max)
				}
			})
		})
	}
}

// reset reads the time that an API has in a header of its own.
func reset(resp *http.Response) time.Duration {
	d, _ := time.ParseDuration(resp.Header.Get("Reset"))
	return d
}

// TestBackoff: waits double, are bounded, and are not all the same.
func TestBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		different := make(map[time.Duration]bool)
		for range 20 {
			a := always(http.StatusBadGateway, "")
			_, err := get(t, a.client(WithRetries(Retries{Attempts: 9})), "/x")
			var failure *Error
			if !errors.As(err, &failure) || failure.Status != http.StatusBadGateway || len(a.requests) != 9 {
				t.Fatalf("%d requests, error %v", len(a.requests), err)
			}
			times := a.times()
			for i := 1; i < len(times); i++ {
				full := min(500*time.Millisecond<<(i-1), maxBackoff)
				if wait := times[i] - times[i-1]; wait < full/2 || wait > full {
					t.Errorf("the wait before attempt %d was %v, want between %v and %v", i+1, wait, full/2, full)
				}
			}
			different[times[1]] = true
		}
		if len(different) < 2 {
			t.Error("all waits are the same")
		}
	})
}

// TestBounds: where waiting makes no sense the failure counts at once.
func TestBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		patient, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for name, tt := range map[string]struct {
			ctx     context.Context
			answer  *api
			retries Retries
			want    int
		}{
			"longer than MaxWait":     {t.Context(), always(429, "", "Retry-After", "301"), Retries{}, 1},
			"longer than given":       {t.Context(), always(429, "", "Retry-After", "3"), Retries{MaxWait: 2 * time.Second}, 1},
			"longer than the context": {patient, always(429, "", "Retry-After", "60"), Retries{}, 1},
			"a single attempt":        {t.Context(), always(429, "", "Retry-After", "0"), Retries{Throttled: 1}, 1},
			"the default":             {t.Context(), always(429, "", "Retry-After", "0"), Retries{}, 10},
			"huge":                    {t.Context(), always(429, "", "Retry-After", "99999999999999999999"), Retries{}, 1},
		} {
			start := time.Now()
			_, err := Get[any](tt.ctx, tt.answer.client(WithRetries(tt.retries)), "/x")
			var failure *Error
			if !errors.As(err, &failure) || failure.Status != 429 || len(tt.answer.requests) != tt.want || time.Since(start) != 0 {
				t.Errorf("%s: %d requests in %v, error %v", name, len(tt.answer.requests), time.Since(start), err)
			}
		}
	})
}

// TestBothBounds: what the API turns away does not count as a failure, nor the reverse.
func TestBothBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turned, failed := says(429, "", "Retry-After", "0"), says(502, "")
		for name, tt := range map[string]struct {
			answers []func() (*http.Response, error)
			status  int
		}{
			"both, within their bounds": {slices.Concat(slices.Repeat([]func() (*http.Response, error){turned, failed}, 4), slices.Repeat([]func() (*http.Response, error){turned}, 5)), 0},
			"too many failures":         {slices.Repeat([]func() (*http.Response, error){turned, failed}, 5), 502},
			"turned away too often":     {append(slices.Repeat([]func() (*http.Response, error){turned}, 9), failed, turned), 429},
		} {
			a := script(tt.answers...)
			_, err := get(t, a.client(), "/x")
			var failure *Error
			if errors.As(err, &failure); (tt.status == 0) != (err == nil) || failure != nil && failure.Status != tt.status || err != nil && len(a.requests) != len(tt.answers) {
				t.Errorf("%s: %d of %d requests, error %v", name, len(a.requests), len(tt.answers), err)
			}
		}
	})
}

// TestWaitEnds: a context that ends while there is a wait gives its cause, which says nothing
// about the API.
func TestWaitEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("the reader is gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(gone) })
		a := always(429, "", "Retry-After", "100")
		mapped := false
		_, err := Get[any](ctx, a.client(WithErrors(func(e *Error) error { mapped = true; return e })), "/x")
		if !errors.Is(err, gone) || mapped || len(a.requests) != 1 {
			t.Errorf("%d requests, mapped %t, error %v", len(a.requests), mapped, err)
		}
	})
}

// TestTimeout: an attempt that takes too long is a failure like a broken connection.
func TestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(n int, r *http.Request) (*http.Response, error) {
			if n > 1 {
				return reply(200, "{}"), nil
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		a := &api{answer: slow}
		if _, err := get(t, a.client(WithTimeout(5*time.Second)), "/x"); err != nil || len(a.requests) != 2 {
			t.Errorf("reading: %d requests, error %v", len(a.requests), err)
		}
		a = &api{answer: slow}
		_, err := Post[any](t.Context(), a.client(WithTimeout(5*time.Second)), "/x", nil)
		if err == nil || err.Error() != "POST /x: no answer within 5s" || len(a.requests) != 1 {
			t.Errorf("writing: %d requests, error %v", len(a.requests), err)
		}
	})
}

// TestLibrary: a library's requests are sent again as calls are, where their bodies can be.
func TestLibrary(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, tt := range map[string]struct {
			body io.Reader
			want int
		}{
			"no body":            {nil, 2},
			"a text":             {strings.NewReader("text"), 2},
			"what is read once ": {io.MultiReader(strings.NewReader("text")), 1},
		} {
			a := script(says(429, "wait", "Retry-After", "1"))
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/x?secret=1", tt.body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := a.client(WithAuth(QueryKey("key", sdk.NewSecret("hush-hush")))).HTTP().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.Body.Close() != nil || len(a.requests) != tt.want || (string(body) == "{}") != (tt.want == 2) {
				t.Errorf("%s: %d requests, %s, error %v", name, len(a.requests), body, err)
			}
			if resp.Request.URL.String() != base+"/x?secret=1" {
				t.Errorf("%s: the answer's request is %s", name, resp.Request.URL)
			}
		}
	})
}

// TestKeepAlives: Identity Security Cloud hears of a command that waits for its API.
func TestKeepAlives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := script(says(429, "", "Retry-After", "150"))
		list := sdk.NewMethod[struct{}, sdk.None]("test")
		c := sdk.New(sdk.Spec{}, decodeNothing,
			func(context.Context, struct{}) (*Client, error) { return a.client(), nil },
			[]sdk.Handler[*Client]{sdk.Action(list, func(c *Client, ctx context.Context, _ struct{}) error {
				_, err := Get[any](ctx, c, "/x")
				return err
			})})
		result, err := sdk.Call(t.Context(), c, list, struct{}{}, nil)
		if err != nil || result.KeepAlives != 2 {
			t.Errorf("%d keep-alives, error %v", result.KeepAlives, err)
		}
	})
}

func ExampleRetries() {
	// An API that says in a header of its own when its limit is reset.
	api := New("https://api.example.com", WithRetries(Retries{Attempts: 8, ResetHeader: "X-RateLimit-Reset"}))
	fmt.Println(api.settings.retries.Attempts, api.settings.retries.Wait)
	// Output: 8 500ms
}

// TestAttempts: an error says how often it was tried, and what the API asks for.
func TestAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for want, a := range map[string]*api{
			"GET /x: 502 Bad Gateway (5 attempts): oh":                   always(502, "oh"),
			"GET /x: 429 Too Many Requests, Retry-After 1 (10 attempts)": always(429, "", "Retry-After", "1"),
			"GET /x: 429 Too Many Requests, Retry-After 999":             always(429, "", "Retry-After", "999"),
			"GET /x: connection reset by peer (5 attempts)":              {answer: func(int, *http.Request) (*http.Response, error) { return nil, errBroken }},
		} {
			if _, err := get(t, a.client(), "/x"); err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
		}
	})
}

func TestAnswerHeader(t *testing.T) {
	t.Parallel()
	var header http.Header
	a := always(http.StatusCreated, "", "Location", "/users/7")
	if _, err := Post[sdk.None](t.Context(), a.client(), "/users", nil, AnswerHeader(&header)); err != nil || header.Get("Location") != "/users/7" {
		t.Errorf("header %v, error %v", header, err)
	}
}
