package bundle

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// An apiServer is an HTTP API that reports the requests it received.
type apiServer struct {
	*httptest.Server
	other *httptest.Server // another host

	mu       sync.Mutex
	requests []string      // method, path, body, Authorization, X-Client, X-Mine and Referer
	ended    chan struct{} // receives an element for each finished request to /hangs
}

func newAPIServer(t *testing.T) *apiServer {
	s := &apiServer{ended: make(chan struct{}, 10)}
	s.Server, s.other = httptest.NewServer(s), httptest.NewServer(s)
	t.Cleanup(s.Close)
	t.Cleanup(s.other.Close)
	return s
}

// since returns the requests since the last time.
func (s *apiServer) since() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.requests
	s.requests = nil
	return all
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	words := []string{r.Method, r.URL.RequestURI(), string(body)}
	for _, name := range []string{"Authorization", "X-Client", "X-Mine", "Referer"} {
		words = append(words, r.Header.Get(name))
	}
	text := strings.Join(words, "|")
	s.requests = append(s.requests, text)
	n := len(s.requests)
	s.mu.Unlock()
	w.Header().Set("X-Answer", r.Header.Get("X-Mine"))
	switch r.URL.Path {
	case "/busy":
		if n < 3 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	case "/breaks":
		if n < 2 {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `"the beg`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	case "/refuses":
		if n < 2 {
			panic(http.ErrAbortHandler)
		}
	case "/away":
		http.Redirect(w, r, s.other.URL+"/there", http.StatusTemporaryRedirect)
		return
	case "/moved":
		http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
		return
	case "/login":
		http.Redirect(w, r, "/there", http.StatusFound)
		return
	case "/hangs":
		if r.URL.Query().Has("begin") {
			_, _ = io.WriteString(w, `"the beg`)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
		s.ended <- struct{}{}
		return
	case "/large":
		_, _ = io.WriteString(w, `"`+strings.Repeat("x", 1<<20)+`"`)
		return
	case "/zipped":
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `"unpacked"`)
		_ = z.Close()
		return
	case "/none":
		w.WriteHeader(http.StatusNoContent)
		return
	case "/secret":
		http.Error(w, "you sent "+r.Header.Get("Authorization"), http.StatusForbidden)
		return
	case "/list":
		var start int
		_, _ = fmt.Sscan(r.URL.Query().Get("cursor"), &start)
		next := ""
		if start < 8 {
			next = fmt.Sprint(start + 2)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"items": []int{start, start + 1}, "next": next})
		return
	}
	_, _ = io.WriteString(w, "1")
}

// TestProgramRest: sdk/rest works in a bundle as it does elsewhere.
func TestProgramRest(t *testing.T) {
	t.Parallel()
	nodeOrSkip(t)
	build, err := buildProgram(".", "./testdata/rest")
	if err != nil {
		t.Fatal(err)
	}
	index, err := Program(Info{Name: "rest", Version: "1"}, build)
	if err != nil {
		t.Fatal(err)
	}
	r, s := load(t, string(index)), newAPIServer(t)
	const (
		query   = "?q=a+%C3%BC%26"
		from    = "|Bearer hush-hush|client||"
		nothing = "|||||"
	)
	second := int64(time.Second)
	for _, tt := range []struct {
		call     map[string]any
		requests []string
		answer   string // of the program, or
		err      string // part of the error
	}{
		{map[string]any{"method": "GET", "path": "/x"}, []string{"GET|/x" + query + "|" + from}, "1", ""},
		{map[string]any{"method": "POST", "path": "/x", "body": "ü"}, []string{"POST|/x" + query + `|"ü"` + from}, "1", ""},
		{map[string]any{"method": "PATCH", "path": "/moved", "body": 1}, []string{"PATCH|/moved" + query + "|1" + from, "PATCH|/there|1" + from}, "1", ""},
		{map[string]any{"method": "GET", "path": "/away", "header": "mine"}, []string{"GET|/away" + query + "||Bearer hush-hush|client|mine|", "GET|/there" + nothing}, `""`, ""},
		{map[string]any{"method": "POST", "path": "/away", "body": 1}, []string{"POST|/away" + query + "|1" + from}, "", "POST /away: 307 Temporary Redirect"},
		{map[string]any{"method": "DELETE", "path": "/login"}, []string{"DELETE|/login" + query + "|" + from}, "", "DELETE /login: 302 Found"},
		{map[string]any{"method": "POST", "path": "/busy", "body": 1}, slices.Repeat([]string{"POST|/busy" + query + "|1" + from}, 3), "1", ""},
		{map[string]any{"method": "GET", "path": "/breaks"}, slices.Repeat([]string{"GET|/breaks" + query + "|" + from}, 2), "1", ""},
		{map[string]any{"method": "POST", "path": "/breaks"}, []string{"POST|/breaks" + query + "|" + from}, "", "POST /breaks: terminated"},
		{map[string]any{"method": "GET", "path": "/refuses"}, slices.Repeat([]string{"GET|/refuses" + query + "|" + from}, 2), "1", ""},
		{map[string]any{"method": "POST", "path": "/refuses"}, []string{"POST|/refuses" + query + "|" + from}, "", "POST /refuses: net/http: fetch() failed: TypeError: fetch failed"},
		{map[string]any{"method": "GET", "path": "/large", "limit": 1000}, []string{"GET|/large" + query + "|" + from}, "", "GET /large: the answer has more than 1000 bytes"},
		{map[string]any{"method": "GET", "path": "/zipped"}, []string{"GET|/zipped" + query + "|" + from}, `"unpacked"`, ""},
		{map[string]any{"method": "GET", "path": "/none"}, []string{"GET|/none" + query + "|" + from}, "null", ""},
		{map[string]any{"method": "POST", "path": "/x", "header": "ü€"}, []string{"POST|/x" + query + "||Bearer hush-hush|client|ü€|"}, `"ü€"`, ""},
		{map[string]any{"method": "GET", "path": "/secret"}, []string{"GET|/secret" + query + "|" + from}, "", "GET /secret: 403 Forbidden: you sent Bearer [redacted]"},
		{map[string]any{"method": "GET", "path": "/x", "token": "hush\nhush"}, nil, "", `GET /x: the header "Authorization" has a line break`},
		{map[string]any{"method": "GET", "path": "/x", "body": 1}, nil, "", "GET /x: in a bundle a GET cannot have a body"},
		{map[string]any{"method": "POST", "path": "/hangs", "timeout": second / 10}, []string{"POST|/hangs" + query + "|" + from}, "", "POST /hangs: no answer within 100ms"},
		{map[string]any{"method": "POST", "path": "/hangs?begin=1", "timeout": second / 10}, []string{"POST|/hangs?begin=1&" + query[1:] + "|" + from}, "", "POST /hangs: no answer within 100ms"},
		{map[string]any{"method": "POST", "path": "/x", "base": "http://me:p4ss@127.0.0.1:1"}, nil, "", "POST /x: net/http: fetch() failed: TypeError: fetch failed"},
	} {
		if tt.call["base"] == nil {
			tt.call["base"] = s.URL
		}
		if tt.call["token"] == nil {
			tt.call["token"] = "hush-hush"
		}
		got := r.run("call", tt.call)
		if answer := strings.TrimSuffix(strings.TrimPrefix(got.outputs(), `{"data":`), `,"type":"output"}`); answer != tt.answer || (got.err.Name == "") != (tt.err == "") || !strings.Contains(got.err.Message, tt.err) {
			t.Errorf("%v: %s, %+v", tt.call, got.outputs(), got.err)
		}
		if requests := s.since(); !slices.Equal(requests, tt.requests) {
			t.Errorf("%v:\n got %q\nwant %q", tt.call, requests, tt.requests)
		}
		if text := fmt.Sprint(got.err); strings.Contains(text, "hush") || strings.Contains(text, "p4ss") {
			t.Errorf("%v shows a secret: %s", tt.call, text)
		}
	}
	if got := r.run("list", map[string]any{"base": s.URL, "path": "/list"}); strings.Count(got.outputs(), "\n") != 9 || got.err != (failure{}) {
		t.Errorf("the list is %s, %+v", got.outputs(), got.err)
	}
	for range 2 {
		<-s.ended // requests that took too long
	}
	for _, path := range []string{"/hangs", "/hangs?begin=1"} {
		got := r.wait(r.start(call{Request: map[string]any{"type": "first", "input": map[string]any{"base": s.URL, "path": path, "method": "GET"}}, Reader: "leaving"}))
		if !strings.Contains(got.err.Message, "gone") {
			t.Errorf("%s: %+v", path, got.err)
		}
		<-s.ended
	}
	s.since()
	// Libraries without sdk/rest also close an answer that breaks off.
	if got := r.run("plain", map[string]any{"base": s.URL, "path": "/breaks", "method": "GET"}); !strings.Contains(got.err.Message, "terminated") {
		t.Errorf("without rest: %+v", got.err)
	}
	if got := r.run("plain", map[string]any{"base": s.URL, "path": "/x", "method": "GET"}); got.err != (failure{}) {
		t.Errorf("after that: %+v", got.err)
	}
	if log := r.log(); strings.Contains(log, "hush") || strings.Contains(log, "panic") {
		t.Errorf("the log is %s", log)
	}
}
