//go:build !js

package sdk

import (
	"net/http"
	"sync"
	"time"
)

// A helper runs code that may end its goroutine, or never return, and so must not run in the
// goroutine of a request. The next request of the connection gets the same helper, whose goroutine
// has the stack that commands need.
type helper struct {
	jobs   chan func()
	logged chan struct{} // gets an element when a job that logs is through
	timer  *time.Timer
}

func newHelper() *helper {
	h := &helper{jobs: make(chan func(), 1), logged: make(chan struct{}, 1), timer: time.NewTimer(time.Hour)}
	h.timer.Stop()
	go h.run()
	return h
}

func (h *helper) run() {
	through := false
	defer func() {
		if !through { // a job has ended the goroutine
			go h.run()
		}
	}()
	for job := range h.jobs {
		job()
	}
	through = true
}

// start starts a job. The one before must end by itself.
func (h *helper) start(job func()) { h.jobs <- job }

// stop ends the helper when its job has ended.
func (h *helper) stop() { close(h.jobs) }

// A spare keeps the helper of a connection between requests.
type spare struct {
	mu     sync.Mutex
	helper *helper
	closed bool
}

// take returns a helper to give back or to stop.
func (s *spare) take() *helper {
	s.mu.Lock()
	h := s.helper
	s.helper = nil
	s.mu.Unlock()
	if h == nil {
		h = newHelper()
	}
	return h
}

// give gives back a helper that has nothing to do.
func (s *spare) give(h *helper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.helper != nil {
		h.stop()
		return
	}
	s.helper = h
}

// close stops the helper when the connection closes.
func (s *spare) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.helper != nil {
		s.helper.stop()
		s.helper = nil
	}
}

// spareOf returns where the helper for a request is kept.
func spareOf(req *http.Request) *spare {
	if conn := connOf(req); conn != nil {
		return &conn.spare
	}
	return &spare{closed: true} // the connection is not ours
}
