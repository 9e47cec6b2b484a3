package console

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/conngen/conngen/console/calls"
	"github.com/conngen/conngen/internal/plainnet"
)

// routes are the handlers by path.
func (s *Server) routes() {
	s.api = http.NewServeMux()
	s.api.HandleFunc("GET /api/events", s.events)
	s.api.HandleFunc("GET "+downloads+"{ticket}", s.download)
	for pattern, answer := range map[string]func(*http.Request) (int, any, error){
		"GET /api/state":                 ok(func(*http.Request) (any, error) { return s.state(), nil }),
		"GET /api/problems":              ok(func(*http.Request) (any, error) { return s.problems(), nil }),
		"GET /api/spec":                  ok(func(*http.Request) (any, error) { return s.specAnswer() }),
		"GET /api/config":                ok(func(*http.Request) (any, error) { return s.config.answer(), nil }),
		"PUT /api/config":                ok(s.putConfig),
		"POST /api/config/check":         ok(s.checkConfig),
		"POST /api/config/save":          ok(s.saveConfig),
		"POST /api/config/load":          ok(s.loadConfig),
		"GET /api/calls":                 ok(func(*http.Request) (any, error) { return map[string]any{"calls": s.recorder.Calls()}, nil }),
		"POST /api/calls":                s.startCall,
		"GET /api/calls/{call}":          ok(onCall(func(_ *http.Request, id int) (any, error) { return s.recorder.Call(id) })),
		"DELETE /api/calls/{call}":       s.cancelCall,
		"POST /api/calls/{call}/replay":  s.replay,
		"POST /api/calls/{call}/views":   ok(onCall(s.makeView)),
		"GET /api/calls/{call}/rows":     ok(onCall(s.rows)),
		"GET /api/calls/{call}/lines":    ok(onCall(s.lines)),
		"GET /api/calls/{call}/state":    ok(onCall(s.savedState)),
		"GET /api/calls/{call}/logs":     ok(onCall(s.logs)),
		"GET /api/calls/{call}/find":     ok(onCall(s.find)),
		"POST /api/calls/{call}/tickets": ok(onCall(s.makeTicket)),
		"GET /api/compare":               ok(s.compare),
		"POST /api/selftest":             s.startSelfTest,
		"POST /api/rebuild":              s.rebuild,
		"POST /api/open":                 s.openFile,
	} {
		s.api.HandleFunc(pattern, func(w http.ResponseWriter, req *http.Request) {
			status, value, err := answer(req)
			switch {
			case err != nil && req.Context().Err() != nil: // nobody waits for the result
			case errors.Is(err, calls.ErrUnknownCall), errors.Is(err, calls.ErrUnknownView):
				refuse(w, http.StatusNotFound, err.Error())
			case err != nil:
				answerError(w, err)
			case value == nil:
				w.WriteHeader(status)
			default:
				reply(w, status, value)
			}
		})
	}
}

func ok(answer func(*http.Request) (any, error)) func(*http.Request) (int, any, error) {
	return func(req *http.Request) (int, any, error) {
		value, err := answer(req)
		return http.StatusOK, value, err
	}
}

// onCall reads the number of the call in a path.
func onCall(answer func(req *http.Request, id int) (any, error)) func(*http.Request) (any, error) {
	return func(req *http.Request) (any, error) {
		id, err := callIn(req)
		if err != nil {
			return nil, err
		}
		return answer(req, id)
	}
}

func callIn(req *http.Request) (int, error) {
	id, err := strconv.Atoi(req.PathValue("call"))
	if err != nil || id < 1 {
		return 0, calls.ErrUnknownCall
	}
	return id, nil
}

// number reads a whole number of a query.
func number(values url.Values, name string, otherwise int) (int, error) {
	text := values.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fail(http.StatusBadRequest, name+" must be a whole number")
	}
	return n, nil
}

func (s *Server) putConfig(req *http.Request) (any, error) {
	var body struct {
		Values  map[string]any
		Version *int // the version of the values that these are based on; without it, they replace any
	}
	if err := readBody(req, &body); err != nil {
		return nil, err
	}
	if body.Values == nil {
		return nil, fail(http.StatusBadRequest, "the values of the config are missing")
	}
	if err := s.config.put(body.Values, body.Version); err != nil {
		return nil, err
	}
	s.hub.state()
	return s.config.answer(), nil
}

func (s *Server) saveConfig(req *http.Request) (any, error) {
	var body struct {
		File      string
		Overwrite bool
	}
	if err := readBody(req, &body); err != nil {
		return nil, err
	}
	err := s.config.save(req.Context(), body.File, body.Overwrite)
	s.hub.state() // even a file that someone has edited
	return s.config.answer(), err
}

func (s *Server) loadConfig(*http.Request) (any, error) {
	err := s.config.takeFile()
	s.hub.state()
	return s.config.answer(), err
}

func (s *Server) startCall(req *http.Request) (int, any, error) {
	var body struct {
		Command string
		Input   json.RawMessage
	}
	if err := readBody(req, &body); err != nil {
		return 0, nil, err
	}
	if body.Command == "" {
		return 0, nil, fail(http.StatusBadRequest, "the command is missing")
	}
	s.currentSpec() // its secrets must be known first
	call, err := s.recorder.Start(calls.Request{Command: body.Command, Input: body.Input, Config: s.config.JSON(), Origin: calls.FromPage})
	return started(call, err)
}

func started(call calls.Call, err error) (int, any, error) {
	if err != nil && !errors.Is(err, calls.ErrUnknownCall) {
		err = fail(http.StatusConflict, err.Error())
	}
	return http.StatusAccepted, call, err
}

func (s *Server) replay(req *http.Request) (int, any, error) {
	id, err := callIn(req)
	if err != nil {
		return 0, nil, err
	}
	return started(s.recorder.Replay(id, s.config.JSON()))
}

func (s *Server) cancelCall(req *http.Request) (int, any, error) {
	id, err := callIn(req)
	if err == nil {
		err = s.recorder.Cancel(id)
	}
	return http.StatusNoContent, nil, err
}

func (s *Server) makeView(req *http.Request, id int) (any, error) {
	var q calls.Query
	if err := readBody(req, &q); err != nil {
		return nil, err
	}
	return s.recorder.View(req.Context(), id, q)
}

func (s *Server) rows(req *http.Request, id int) (any, error) {
	from, count, err := window(req)
	if err != nil {
		return nil, err
	}
	return s.recorder.Rows(req.Context(), id, req.URL.Query().Get("view"), from, count)
}

func window(req *http.Request) (from, count int, err error) {
	values := req.URL.Query()
	if from, err = number(values, "from", 0); err == nil {
		count, err = number(values, "count", 100)
	}
	return from, count, err
}

func (s *Server) lines(req *http.Request, id int) (any, error) {
	from, count, err := window(req)
	if err != nil {
		return nil, err
	}
	total, lines, err := s.recorder.Lines(id, from, count)
	return map[string]any{"total": total, "lines": lines}, err
}

func (s *Server) savedState(req *http.Request, id int) (any, error) {
	line, err := number(req.URL.Query(), "line", 0)
	if err != nil {
		return nil, err
	}
	return s.recorder.State(id, line)
}

func (s *Server) logs(_ *http.Request, id int) (any, error) {
	logs, err := s.recorder.Logs(id)
	return map[string]any{"logs": logs}, err
}

func (s *Server) find(req *http.Request, id int) (any, error) {
	identity := req.URL.Query().Get("identity")
	line, _, err := s.recorder.Find(id, identity) // 0 for none: pages ask only whether there is one
	return map[string]int{"n": line}, err
}

func (s *Server) makeTicket(req *http.Request, id int) (any, error) {
	var body struct {
		View   string
		Format calls.Format
	}
	if err := readBody(req, &body); err != nil {
		return nil, err
	}
	if err := body.Format.Check(); err != nil {
		return nil, err
	}
	if _, err := s.recorder.Rows(req.Context(), id, body.View, 0, 0); err != nil {
		return nil, err
	}
	name, err := s.tickets.add(ticket{id, body.View, body.Format, time.Now().Add(ticketLife)})
	return map[string]string{"url": downloads + name}, err
}

func (s *Server) compare(req *http.Request) (any, error) {
	values := req.URL.Query()
	a, err := number(values, "a", 0)
	if err != nil {
		return nil, err
	}
	b, err := number(values, "b", 0)
	if err != nil {
		return nil, err
	}
	return s.recorder.Compare(req.Context(), a, b)
}

func (s *Server) rebuild(*http.Request) (int, any, error) {
	if s.options.Connector != "" {
		return 0, nil, fail(http.StatusConflict, "somebody else runs this connector, so conngen dev cannot build it")
	}
	s.options.Loop.Rebuild()
	return http.StatusAccepted, struct{}{}, nil
}

func (s *Server) openFile(req *http.Request) (int, any, error) {
	var body openRequest
	if err := readBody(req, &body); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, s.open(body)
}

// shown returns the URL of a connector without parts that may be secret.
func shown(connector string) string {
	if connector == "" {
		return ""
	}
	return plainnet.ShownURL(connector)
}

// patience is how long the program may take to report on a config.
const patience = 10 * time.Second

// within returns a context for one question to the program.
func (s *Server) within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, d)
	stop := context.AfterFunc(s.ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}
