// Package fakeapi is the API of the fictional directory that the example connector reads and
// changes. It has OAuth 2.0 client credentials, lists in pages, rate limiting, and occasional
// failures. The same requests in the same order get the same answers.
package fakeapi

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// The client that the directory knows.
const (
	ClientID     = "example"
	ClientSecret = "replace-me"
)

// Options set the size of the directory and how it treats its clients. The zero Options are
// those of an empty directory without any failures.
type Options struct {
	Users  int // the number of people at the start
	Groups int // 0 means 40

	TokenLife time.Duration // how long a token is valid; 0 means an hour

	// With ThrottleEvery n, every nth request is answered with 429; 0 means none.
	ThrottleEvery int

	// With BurstEvery n, every nth read and those after it are answered with the statuses of
	// Burst, one each; 0 means none.
	BurstEvery int
	Burst      []int

	RetryAfter int           // the Retry-After of 429 and 503, in seconds
	Latency    time.Duration // how long every answer takes
}

// Troubled returns the options of a difficult directory: it throttles every seventh request,
// answers slowly, and fails every fiftieth read and the two after it.
func Troubled(users int) Options {
	return Options{
		Users:         users,
		ThrottleEvery: 7,
		BurstEvery:    50,
		Burst:         []int{http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusServiceUnavailable},
		RetryAfter:    1,
		Latency:       50 * time.Millisecond,
	}
}

// Impatient returns the options of a directory that is as difficult, but allows retries at
// once, for tests that cannot wait.
func Impatient(users int) Options {
	o := Troubled(users)
	o.Burst = slices.Repeat([]int{http.StatusServiceUnavailable}, len(o.Burst))
	o.RetryAfter, o.Latency = 0, 0
	return o
}

// Counts are the counts of an API so far.
type Counts struct {
	Tokens    int // issued tokens
	Requests  int // requests with a valid token, successful or not
	Throttled int // answers with 429
	Failed    int // answers of a burst
	Users     int // distinct people listed
}

// An API is the directory. It is an http.Handler, safe for concurrent use.
type API struct {
	options Options
	routes  http.Handler

	mu     sync.Mutex
	counts Counts
	reads  int
	burst  []int // statuses still to send
	tokens map[string]time.Time
	listed marks
	people people
}

// New returns a directory.
func New(o Options) *API {
	o.Groups = cmp.Or(o.Groups, 40)
	o.TokenLife = cmp.Or(o.TokenLife, time.Hour)
	a := &API{options: o, tokens: make(map[string]time.Time), people: newPeople(o.Users, o.Groups)}
	a.routes = a.newRoutes()
	return a
}

// Counts returns the counts so far.
func (a *API) Counts() Counts {
	a.mu.Lock()
	defer a.mu.Unlock()
	counts := a.counts
	counts.Users = a.listed.count
	return counts
}

// ServeHTTP answers a request after the latency, or fails it when a failure is due.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	timer := time.NewTimer(a.options.Latency)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
		return
	}
	if r.URL.Path == "/oauth/token" {
		a.issueToken(r).send(w)
		return
	}
	if !a.knows(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		failure(http.StatusUnauthorized, "unauthorized", "the token is missing, unknown or too old").send(w)
		return
	}
	if status := a.trouble(r.Method == http.MethodGet); status != 0 {
		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", strconv.Itoa(a.options.RetryAfter))
		}
		failure(status, "try_later", "%s", http.StatusText(status)).send(w)
		return
	}
	a.routes.ServeHTTP(w, r)
}

// trouble counts a request and returns the status that it fails with, or 0.
func (a *API) trouble(reads bool) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.counts.Requests++
	if n := a.options.ThrottleEvery; n > 0 && a.counts.Requests%n == 0 {
		a.counts.Throttled++
		return http.StatusTooManyRequests
	}
	if !reads {
		return 0
	}
	a.reads++
	if n := a.options.BurstEvery; n > 0 && a.reads%n == 0 {
		a.burst = a.options.Burst
	}
	if len(a.burst) == 0 {
		return 0
	}
	status := a.burst[0]
	a.burst = a.burst[1:]
	a.counts.Failed++
	return status
}

// marks are a set of numbers.
type marks struct {
	seen  []bool
	count int
}

func (m *marks) add(i int) {
	if n := i + 1 - len(m.seen); n > 0 {
		m.seen = append(m.seen, make([]bool, n)...)
	}
	if !m.seen[i] {
		m.seen[i] = true
		m.count++
	}
}
