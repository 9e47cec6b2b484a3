package sdktest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"github.com/conngen/conngen/templates/sdk"
)

// Through replays the scenarios in another program: a bundle, or a service in any language.
//
//	sdktest.Run(t, c, "testdata/scenarios", sdktest.Through(sdk.Remote("http://localhost:3000")))
//
// run runs a command, passes its lines to sink, and returns its failure, which is an *sdk.Error
// if it has a type. [Run] uses only the spec of its connector. With SDKTEST_RECORD the test is
// skipped.
//
// Servers on this machine replace the source. Their addresses replace those of the scenario in
// the config that run gets and in the answers. In requests, lines and errors they are replaced
// back. The URLs of the config must therefore contain all hosts of the requests.
//
// Waits in the other program are real, so answers never ask for one: Retry-After becomes 0, and
// is added to 429, 500, 502 and 504, after which clients wait by default. If a request has no
// answer, its connection is cut. The text of the error may then differ, so only its type is
// compared.
func Through(run func(ctx context.Context, req sdk.Request, sink func([]byte) error) error) Option {
	return func(o *options) { o.through = run }
}

// A stage is a set of servers that answer in place of a source.
type stage struct {
	replay           *replay
	servers          []*httptest.Server
	toHere, toSource map[string]string // origins, such as https://api.example.com
}

// newStage starts a server for each origin in a scenario's config.
func newStage(s *scenario, r *replay) (*stage, error) {
	st := &stage{replay: r, toHere: make(map[string]string), toSource: make(map[string]string)}
	for _, match := range originForm.FindAllStringSubmatch(s.config, -1) {
		o := originOf(match)
		if st.toHere[o.key()] != "" {
			continue
		}
		server := httptest.NewUnstartedServer(st.at(o))
		server.Config.SetKeepAlivesEnabled(false) // HTTP clients may retry requests that fail on a reused connection
		server.Start()
		st.servers = append(st.servers, server)
		st.toHere[o.key()], st.toSource[server.URL] = server.URL, o.key()
	}
	for _, p := range s.pairs {
		if o := originOf(originForm.FindStringSubmatch(p.request.head[0])); st.toHere[o.key()] == "" {
			st.close()
			return nil, fmt.Errorf("%s:%d: no URL of the config names the server of request %s, so a connector elsewhere calls the real one: %s",
				s.file, p.line, p.name, clip(p.request.head[0]))
		}
	}
	return st, nil
}

func (st *stage) close() {
	for _, server := range st.servers {
		server.Close()
	}
}

// at answers the requests to an origin.
func (st *stage) at(o origin) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		req.URL.Scheme, req.URL.Host = o.scheme, o.host
		answer, err := st.replay.find(req, func(text string) string { return replaceOrigins(text, st.toSource) })
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest) // is not retried
			return
		}
		answer.body = replaceOrigins(answer.body, st.toHere)
		res, err := response(answer, req)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		header := w.Header()
		header["Content-Type"] = nil // not a guess
		for name, values := range res.Header {
			for _, value := range values {
				header.Add(name, replaceOrigins(value, st.toHere))
			}
		}
		if asksToWait(res) {
			header.Set("Retry-After", "0")
		}
		w.WriteHeader(res.StatusCode)
		_, _ = w.Write([]byte(answer.body)) // the client may have disconnected
	}
}

// asksToWait reports whether a client waits after an answer.
func asksToWait(res *http.Response) bool {
	switch res.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	return res.Header.Get("Retry-After") != ""
}

// run runs a scenario's command on the stage, and returns the lines that it sends.
func (st *stage) run(ctx context.Context, run runFunc, s *scenario, config string) (string, error) {
	sent, err := linesOf(ctx, run, s.request(s.input, replaceOrigins(config, st.toHere)))
	if f := failureOf(err); f != nil {
		err = &sdk.Error{Type: f.kind, Message: replaceOrigins(f.problem, st.toSource), Err: err}
	}
	return replaceOrigins(sent, st.toSource), err
}

// An origin is the scheme and host at the beginning of a URL.
type origin struct{ scheme, host string }

// key returns the origin as text.
func (o origin) key() string { return o.scheme + "://" + o.host }

// originForm finds origins in any text, plain or escaped for a URL or JSON, with or without a
// user and a password.
var originForm = regexp.MustCompile(`(?i)\b(https?)(%3A%2F%2F|:\\*/\\*/)([\w.:-]*@)?([\w-]+(?:\.[\w-]+)*)(?:(:|%3A)(\d+))?`)

// originOf returns the origin that a match of originForm shows.
func originOf(match []string) origin {
	if match == nil {
		return origin{}
	}
	o := origin{match[1], match[4]}
	if match[6] != "" {
		o.host += ":" + match[6]
	}
	return o
}

// replaceOrigins replaces origins in a text.
func replaceOrigins(text string, by map[string]string) string {
	return originForm.ReplaceAllStringFunc(text, func(found string) string {
		match := originForm.FindStringSubmatch(found)
		scheme, host, ok := strings.Cut(by[originOf(match).key()], "://")
		if !ok {
			return found
		}
		if strings.HasPrefix(match[2], "%") {
			host = url.QueryEscape(host)
		}
		return scheme + match[2] + match[3] + host
	})
}
