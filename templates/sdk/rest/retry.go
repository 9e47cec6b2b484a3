package rest

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Retries limit how often a request is retried, and how long it waits in between. A zero field
// means its default.
//
// Every request is retried after status 429, and after 503 with a Retry-After header: the API
// has not acted on it. After 503 without that header, 500, 502, 504 and broken connections,
// only GET, HEAD, OPTIONS and [Repeatable] requests are retried. The API may already have
// carried out any other request.
//
// The wait before a retry comes from Retry-After, else from ResetHeader or After. Without any
// of these it doubles with each attempt, with a random part. If the wait would exceed MaxWait
// or the context's deadline, the call fails at once.
type Retries struct {
	Attempts  int           // the most attempts that fail, including the last; default 5
	Throttled int           // the most that the API rejects with 429 or 503, including the last; default 10
	Wait      time.Duration // before the second attempt; default 500 ms
	MaxWait   time.Duration // the longest wait; default 5 minutes

	// ResetHeader names a header with the time when requests are allowed again, such as
	// "X-RateLimit-Reset": in seconds from now or since 1970, or as a date. It applies to
	// status 429 without Retry-After.
	ResetHeader string

	// After returns the wait after an answer without Retry-After, for APIs that announce it in
	// another way. 0 means that the answer does not say.
	After func(*http.Response) time.Duration
}

// maxBackoff is the longest wait that the API did not ask for.
const maxBackoff = 30 * time.Second

func (r Retries) withDefaults() Retries {
	r.Attempts = cmp.Or(r.Attempts, 5)
	r.Throttled = cmp.Or(r.Throttled, 10)
	r.Wait = cmp.Or(r.Wait, 500*time.Millisecond)
	r.MaxWait = cmp.Or(r.MaxWait, 5*time.Minute)
	return r
}

// A tally counts the unsuccessful attempts of a request.
type tally struct{ failed, throttled int }

// next reports whether a request is retried after an attempt, and after which wait.
func (t *tally) next(ctx context.Context, r Retries, repeatable bool, resp *http.Response, err error) (time.Duration, bool) {
	count, most := &t.failed, r.Attempts
	turnedAway := resp != nil && isTurnedAway(resp)
	if turnedAway {
		count, most = &t.throttled, r.Throttled
	}
	*count++
	if *count >= most || ctx.Err() != nil || !turnedAway && (!repeatable || !isPassing(resp, err)) {
		return 0, false
	}
	wait := r.wait(*count, resp)
	if deadline, ok := ctx.Deadline(); ok && wait >= time.Until(deadline) {
		return 0, false
	}
	return wait, wait <= r.MaxWait
}

// isTurnedAway reports whether the API rejected a request without acting on it.
func isTurnedAway(resp *http.Response) bool {
	return resp.StatusCode == http.StatusTooManyRequests ||
		resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != ""
}

// isPassing reports whether another attempt may succeed.
func isPassing(resp *http.Response, err error) bool {
	if err != nil {
		return !permanent(err)
	}
	switch resp.StatusCode {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// permanent reports whether another attempt fails in the same way.
func permanent(err error) bool {
	var certificate *tls.CertificateVerificationError
	var name *net.DNSError
	var final finalError
	return errors.As(err, &certificate) || errors.As(err, &name) && name.IsNotFound || errors.As(err, &final)
}

// A finalError is an error of this package that no retry can fix.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

// wait returns how long to wait after an attempt.
func (r Retries) wait(attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		asked, ok := retryAfter(resp.Header)
		if !ok && resp.StatusCode == http.StatusTooManyRequests {
			asked, ok = resetIn(resp.Header, r.ResetHeader)
		}
		if ok {
			return asked + jitter(min(asked/10, time.Second)) // spread concurrent requests
		}
		if r.After != nil {
			if asked := r.After(resp); asked > 0 {
				return asked
			}
		}
	}
	backoff := min(maxBackoff, r.MaxWait)
	if doubled := float64(r.Wait) * math.Pow(2, float64(attempt-1)); doubled < float64(backoff) {
		backoff = time.Duration(doubled)
	}
	return backoff/2 + jitter(backoff/2)
}

// retryAfter returns the wait of a Retry-After header, which is in seconds or a date. A date is
// compared with the API's own clock if the answer has it.
func retryAfter(h http.Header) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, math.MaxInt32) * float64(time.Second)), true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	return max(0, at.Sub(clock(h))), true
}

// clock returns the time of the API's clock if the answer has it, else of ours.
func clock(h http.Header) time.Time {
	if now, err := http.ParseTime(h.Get("Date")); err == nil {
		return now
	}
	return time.Now()
}

// The smallest numbers that are times in seconds, and in milliseconds, since 1970. As a wait
// in seconds, the first would be three years; as seconds since 1970, the second would be the
// year 5138.
const (
	minSeconds = 1e8
	minMillis  = 1e11
)

// resetIn returns the time until the date in a header, if it has one in the future.
func resetIn(h http.Header, name string) (time.Duration, bool) {
	text := h.Get(name)
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		switch {
		case number >= minMillis:
			number = number/1000 - seconds(clock(h))
		case number >= minSeconds:
			number -= seconds(clock(h))
		}
		return time.Duration(min(number, math.MaxInt32) * float64(time.Second)), number > 0
	}
	at, err := http.ParseTime(text)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	wait := at.Sub(clock(h))
	return wait, err == nil && wait > 0
}

// seconds returns the seconds since 1970.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// jitter returns a random time below d.
func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}
