//go:build !js

package sdk

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"sync/atomic"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// How many bytes the bodies of all running requests may have: bodiesInFlight times the limit of
// one, but at least leastInFlight, which leaves room for buffers when that limit is small.
const (
	bodiesInFlight = 8
	leastInFlight  = 1 << 20
)

// maxLogging is how many lines may wait for the log at once. With a lower limit, a log that is
// slow for a moment would lose lines.
const maxLogging = 1024

// retryAfter is the number of seconds after which a client may try again.
const retryAfter = "5"

// A service answers the commands of a connector over HTTP, within limits.
type service struct {
	connector *Connector
	patience  patience
	commands  limit        // how many run at once
	bodies    limit        // bytes held by their requests
	logging   limit        // lines that the log has not taken yet
	unlogged  atomic.Int64 // lines that were dropped, and that the log does not know of yet
	newcomers newcomers
}

// newService returns a service that runs at most commands commands at once; 0 means any number.
func newService(c *Connector, commands int) *service {
	bodies := bodiesInFlight * min(c.options.bodyLimit, math.MaxInt64/bodiesInFlight)
	return &service{
		connector: c,
		patience:  defaultPatience,
		commands:  limit{most: int64(commands)},
		bodies:    limit{most: max(bodies, leastInFlight)},
		logging:   limit{most: maxLogging},
	}
}

func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch req.Method {
	case http.MethodPost:
	case http.MethodOptions:
		w.Header().Set("Allow", http.MethodPost)
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, http.MethodPost)
		return
	default:
		errorPage(w, http.StatusNotFound, "Cannot "+cut.To(req.Method, cut.Name)+" "+cut.To(req.URL.Path, cut.Name))
		return
	}
	if s.commands.isUsedUp() { // now, before the body is read; it may be when the command is to run
		s.busy(w)
		return
	}
	s.answer(w, req)
}

func (s *service) busy(w http.ResponseWriter) {
	errorPage(w, http.StatusServiceUnavailable, fmt.Sprintf("the server is busy: as many commands are running as --max-commands allows (%d)", s.commands.most))
}

// answer reads a command and runs it. A request counts as a command once it is whole: clients that
// send half of one would keep others out.
func (s *service) answer(w http.ResponseWriter, req *http.Request) {
	body := share{of: &s.bodies}
	defer body.free()
	command, err := s.read(w, req, &body)
	var status *statusError
	switch {
	case errors.As(err, &status):
		errorPage(w, status.code, status.message)
		return
	case err != nil && errors.Is(err, errStopping):
		errorPage(w, http.StatusServiceUnavailable, errStopping.Error())
		return
	case !s.commands.take(1):
		s.busy(w)
		return
	}
	spare := spareOf(req)
	helper := spare.take()
	answer := newAnswer(w, req)
	idle := false
	defer func() {
		if idle {
			spare.give(helper)
		} else {
			helper.stop()
		}
	}()
	end := s.complete(answer, command, err, helper)
	idle = s.log(answer, command, end, helper)
}

// complete runs a command, unless it is known to be faulty, and writes its whole answer. Only until
// then the command counts: a log that takes nothing keeps no others out.
func (s *service) complete(answer *answer, command Request, err error, helper *helper) ending {
	defer s.commands.free(1)
	whole := breakable(answer.req)
	end := ending{err: err}
	if err == nil {
		end = s.run(answer, command, helper)
	}
	if answer.end(command.Type, end.err) == nil { // fails only if the client is gone
		whole()
	}
	return end
}

// run runs a command for a client.
func (s *service) run(answer *answer, command Request, helper *helper) ending {
	options := s.connector.writerOptions(answer.closing)
	options.flush = answer.flush
	return s.connector.run(answer.req.Context(), command, options, answer.write, helper.start)
}

// log logs how a command ended, and reports whether the log has taken the line. Its answer is whole
// by then, and ends for the client when log returns, so log does not wait long for a stderr that
// nobody reads. It drops the line where many others are waiting; once the log takes lines again, a
// warning says how many were dropped.
func (s *service) log(answer *answer, command Request, end ending, helper *helper) bool {
	if !s.logging.take(1) {
		s.unlogged.Add(1)
		return true
	}
	ctx := answer.req.Context()
	helper.start(func() {
		defer func() { helper.logged <- struct{}{} }()
		defer s.logging.free(1)
		s.connector.logEnding(ctx, command, end)
		if n := s.unlogged.Swap(0); n > 0 {
			s.connector.log(slog.LevelInfo).Warn("the log was too slow: lines of some commands are missing", "count", n)
		}
	})
	defer helper.timer.Stop()
	helper.timer.Reset(s.patience.quick)
	select {
	case <-helper.logged:
		return true
	case <-helper.timer.C:
	}
	_ = answer.flush(false) // the client need not wait for the log
	helper.timer.Reset(s.patience.log)
	select {
	case <-helper.logged:
		return true
	case <-helper.timer.C:
		return false
	}
}

// read reads the command that a request carries. It fails if the client sends nothing for too
// long, or if the server is stopping.
func (s *service) read(w http.ResponseWriter, req *http.Request, held *share) (Request, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return readRequest(w, req, s.connector.options.bodyLimit, held)
	}
	body, done := newPatientBody(w, req, s.patience)
	patient := *req
	patient.Body = body
	command, err := readRequest(w, &patient, s.connector.options.bodyLimit, held)
	done(err == nil)
	return command, err
}
