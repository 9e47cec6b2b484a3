package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/conngen/conngen/console/calls"
)

// keepAliveEvery is how often a stream of events sends a keep-alive.
const keepAliveEvery = 15 * time.Second

// writePatience is the timeout of one write to a stream.
const writePatience = 30 * time.Second

// maxPending is how many log lines wait for a slow reader. Beyond that, the oldest are dropped.
const maxPending = 1000

// A hub passes events to the streams. A slow reader holds up nobody: it gets only the newest
// states, problems and calls.
type hub struct {
	mu      sync.Mutex
	streams map[*stream]bool
}

// A stream holds the pending events of one reader.
type stream struct {
	wake     chan struct{}
	hasState bool
	hasFound bool
	calls    []calls.Call // one per call, in the order of their first change
	logs     []calls.LogLine
}

func (h *hub) init() { h.streams = make(map[*stream]bool) }

func (h *hub) state()    { h.each(func(s *stream) { s.hasState = true }) }
func (h *hub) problems() { h.each(func(s *stream) { s.hasFound = true }) }

// call announces a call; the number of calls is part of the state.
func (h *hub) call(c calls.Call) {
	h.each(func(s *stream) {
		i := slices.IndexFunc(s.calls, func(old calls.Call) bool { return old.ID == c.ID })
		if i < 0 {
			s.calls = append(s.calls, c)
			s.hasState = true
			return
		}
		s.calls[i] = c
	})
}

func (h *hub) log(l calls.LogLine) {
	h.each(func(s *stream) {
		if len(s.logs) == maxPending {
			s.logs = slices.Delete(s.logs, 0, 1)
		}
		s.logs = append(s.logs, l)
	})
}

func (h *hub) each(do func(*stream)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.streams {
		do(s)
		select {
		case s.wake <- struct{}{}:
		default: // it has not yet woken up from the last one
		}
	}
}

func (h *hub) join() (*stream, func()) {
	s := &stream{wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams[s] = true
	return s, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.streams, s)
	}
}

// take returns and clears the pending events.
func (h *hub) take(s *stream) stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	taken := *s
	*s = stream{wake: s.wake}
	return taken
}

// events answers with the stream of events until the reader disconnects or the server stops.
func (s *Server) events(w http.ResponseWriter, req *http.Request) {
	own, leave := s.hub.join()
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	out := &eventWriter{w: w, control: http.NewResponseController(w)}
	defer func() { _ = out.control.SetWriteDeadline(time.Time{}) }() // for the next request on the connection
	out.event("state", s.state())
	out.flush()
	ticker := time.NewTicker(keepAliveEvery)
	defer ticker.Stop()
	for out.err == nil {
		select {
		case <-req.Context().Done():
			return
		case <-s.ctx.Done():
			return
		case <-ticker.C:
			out.comment()
		case <-own.wake:
			s.writeEvents(out, s.hub.take(own))
		}
		out.flush()
	}
}

func (s *Server) writeEvents(out *eventWriter, happened stream) {
	if happened.hasState {
		out.event("state", s.state())
	}
	if happened.hasFound {
		out.event("problems", s.problems())
	}
	for _, c := range happened.calls {
		out.event("call", c)
	}
	for _, l := range happened.logs {
		out.event("log", l)
	}
}

// An eventWriter writes events until a write fails.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	err     error
}

func (e *eventWriter) event(name string, value any) {
	text, err := json.Marshal(value) // on one line
	if err != nil {
		e.err = err
		return
	}
	e.write(fmt.Sprintf("event: %s\ndata: %s\n\n", name, text))
}

func (e *eventWriter) comment() { e.write(": alive\n\n") }

func (e *eventWriter) write(text string) {
	if e.err == nil {
		_ = e.control.SetWriteDeadline(time.Now().Add(writePatience)) // a test server may have none
		_, e.err = e.w.Write([]byte(text))
	}
}

func (e *eventWriter) flush() {
	if e.err == nil {
		e.err = e.control.Flush()
	}
}
