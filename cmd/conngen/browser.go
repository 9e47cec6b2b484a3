package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// openBrowser opens a URL in the browser of the user.
func openBrowser(url string) error {
	words := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		words = []string{"open"}
	case "windows":
		words = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	command := exec.Command(words[0], append(words[1:], url)...)
	if err := command.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("%s is not on the PATH", words[0])
		}
		return fmt.Errorf("%s cannot be started", words[0])
	}
	go func() { _ = command.Wait() }() // the browser may be the program itself
	return nil
}

// ticketTime is how long a browser may take to open a page.
const ticketTime = time.Minute

// A ticket opens a page in a browser, once. All users of a machine see the arguments of programs, so
// the page's own URL, with its token, must not be one.
type ticket struct {
	name string

	mu     sync.Mutex
	expiry time.Time
}

func newTicket() *ticket { return &ticket{name: rand.Text(), expiry: time.Now().Add(ticketTime)} }

func (t *ticket) path() string { return "/open/" + t.name }

// before returns a handler that takes the ticket, and passes other requests on.
func (t *ticket) before(next http.Handler, page string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != t.path() {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if !t.use() {
			http.Error(w, "This address was good for one use. Open the URL that conngen dev printed.", http.StatusGone)
			return
		}
		http.Redirect(w, r, page, http.StatusSeeOther)
	})
}

// use reports whether the ticket can be used, and uses it.
func (t *ticket) use() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	good := time.Now().Before(t.expiry)
	t.expiry = time.Time{}
	return good
}
