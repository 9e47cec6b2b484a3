package console

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/conngen/conngen/console/calls"
)

// downloads is the path for tickets.
const downloads = "/api/download/"

// ticketLife is how long a ticket is valid.
const ticketLife = time.Minute

// maxTickets is how many tickets are valid at once.
const maxTickets = 100

// A ticket allows one download: the browser sends no token with it.
type ticket struct {
	call   int
	view   string
	format calls.Format
	until  time.Time
}

// tickets are the unused tickets.
type tickets struct {
	mu   sync.Mutex
	good map[string]ticket
}

func (t *tickets) add(one ticket) (name string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, old := range t.good {
		if time.Now().After(old.until) {
			delete(t.good, name)
		}
	}
	if len(t.good) >= maxTickets {
		return "", fail(http.StatusTooManyRequests, "too many downloads have not begun yet")
	}
	if t.good == nil {
		t.good = make(map[string]ticket)
	}
	name = rand.Text()
	t.good[name] = one
	return name, nil
}

// use returns a valid ticket, and invalidates it.
func (t *tickets) use(name string) (ticket, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, ok := t.good[name]
	delete(t.good, name)
	return one, ok && time.Now().Before(one.until)
}

// download answers with the rows of a ticket.
func (s *Server) download(w http.ResponseWriter, req *http.Request) {
	one, ok := s.tickets.use(req.PathValue("ticket"))
	if !ok {
		refuse(w, http.StatusNotFound, "the download has expired: ask for it again")
		return
	}
	d, err := s.recorder.Call(one.call)
	if err != nil {
		refuse(w, http.StatusNotFound, err.Error())
		return
	}
	kind := "text/csv; charset=utf-8; header=present"
	if one.format == calls.NDJSON {
		kind = "application/x-ndjson"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%d.%s"`, fileName(d.Command), d.ID, one.format))
	out := &downloadWriter{ResponseWriter: w}
	err = s.recorder.Export(req.Context(), one.call, one.view, one.format, out)
	switch {
	case err == nil:
	case out.begun:
		panic(http.ErrAbortHandler) // the browser must see that the download is incomplete
	default:
		w.Header().Del("Content-Disposition")
		refuse(w, http.StatusNotFound, err.Error())
	}
}

type downloadWriter struct {
	http.ResponseWriter
	begun bool
}

func (d *downloadWriter) Write(b []byte) (int, error) {
	d.begun = true
	return d.ResponseWriter.Write(b)
}

// fileName turns the name of a command into a file name.
func fileName(command string) string {
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, strings.TrimPrefix(command, "std:"))
	if name = strings.Trim(name, "-"); name == "" {
		return "call"
	}
	return name[:min(len(name), 64)]
}
