// Package fakeapi is the API of the invented directory that the example connector reads and
// changes: OAuth 2.0 client credentials, lists in pages, a limit that every client meets, and
// failures now and then. The same requests in the same order get the same answers.
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

// Options say how large the directory is, and how it treats its clients. The zero Options are
// those of an empty directory without any trouble.
type Options struct {
	Users  int // how many people there are at first
	Groups int // 0 means 40

	TokenLife time.Duration // how long a token is good for; 0 means an hour

	// ThrottleEvery has every request of this number answered with 429, as if it were one too
	// many; 0 means none.
	ThrottleEvery int

	// BurstEvery has every read of this number, and those after it, answered with the statuses
	// of Burst, one each; 0 means none.
	BurstEvery int
	Burst      []int

	RetryAfter int           // the Retry-After of 429 and 503, in seconds
	Latency    time.Duration // how long every answer takes
}

// Troubled are the options of a directory that shows what it can do: it throttles every seventh
// request, answers slowly, and has every fiftieth read and the two after it fail.
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

// Impatient are the options of a directory that is in as much trouble, and lets its clients try
// again at once: for tests that cannot wait.
func Impatient(users int) Options {
	o := Troubled(users)
	o.Burst = slices.Repeat([]int{http.StatusServiceUnavailable}, len(o.Burst))
	o.RetryAfter, o.Latency = 0, 0
	return o
}

// Counts are what an API has seen so far.
type Counts struct {
	Tokens    int // tokens that it has issued
	Requests  int // requests with a good token, whatever became of them
	Throttled int // answers of 429
	Failed    int // answers of a burst
	Users     int // different people that it has listed
}

// An API is the directory. It is an http.Handler, safe for concurrent use.
type API struct {
	options Options
	routes  http.Handler

	mu     sync.Mutex
	counts Counts
	reads  int
	burst  []int // statuses that are still to be sent
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

// Counts returns what the API has seen so far.
func (a *API) Counts() Counts {
	a.mu.Lock()
	defer a.mu.Unlock()
	counts := a.counts
	counts.Users = a.listed.count
	return counts
}

// ServeHTTP answers a request, late, and with a failure where it is the turn of one.
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

// trouble counts a request and returns the status that it fails with, 0 for none.
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

// marks are numbers that have been seen.
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
