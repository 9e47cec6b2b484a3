package console

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// tokenHeader has the token of the run.
const tokenHeader = "X-Conngen-Token"

// maxBody is the maximum size in bytes of a request to the API.
const maxBody = 16 << 20

// policy only allows a page what conngen serves.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP answers requests to this server's hosts, from its own page or from a program.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	switch isAPI := strings.HasPrefix(req.URL.Path, "/api/"); {
	case !s.isOwnHost(req.Host):
		// A web page can make its own name lead to this machine.
		refuse(w, http.StatusForbidden, "conngen dev accepts requests only for localhost and the host of --addr")
	case !s.isOwnOrigin(req):
		refuse(w, http.StatusForbidden, "conngen dev accepts no requests from other web pages")
	case isAPI:
		h.Set("Cache-Control", "no-store")
		s.serveAPI(w, req)
	case req.Method == http.MethodPost:
		s.recorder.ServeHTTP(w, req)
	case req.Method == http.MethodGet || req.Method == http.MethodHead:
		h.Set("Cache-Control", "no-cache")
		s.page(w, req)
	default:
		h.Set("Allow", "GET, HEAD, POST")
		refuse(w, http.StatusMethodNotAllowed, "POST sends a command to the connector, and GET reads a page")
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, req *http.Request) {
	isDownload := strings.HasPrefix(req.URL.Path, downloads) // a ticket replaces the token
	if !isDownload && subtle.ConstantTimeCompare([]byte(req.Header.Get(tokenHeader)), []byte(s.token)) != 1 {
		refuse(w, http.StatusUnauthorized, "the token of this run is missing: open the URL that conngen dev has printed")
		return
	}
	req.Body = http.MaxBytesReader(w, req.Body, maxBody)
	_, pattern := s.api.Handler(req)
	if pattern == "" || req.Method == http.MethodHead || path.Clean(req.URL.Path) != req.URL.Path { // a HEAD would use up a ticket
		s.refuseRoute(w, req)
		return
	}
	s.api.ServeHTTP(w, req)
}

// refuseRoute answers a request without a route.
func (s *Server) refuseRoute(w http.ResponseWriter, req *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := req.Clone(req.Context())
		other.Method = method
		if _, pattern := s.api.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if allowed == nil {
		refuse(w, http.StatusNotFound, "the API has no such path")
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	refuse(w, http.StatusMethodNotAllowed, "use "+strings.Join(allowed, " or "))
}

// isOwnHost reports whether a request is for this machine itself, or for the host of --addr.
func (s *Server) isOwnHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	return isLoopback(host) || s.hosts[host] && !isUnspecified(host)
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

func isUnspecified(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "" || err == nil && address.Unmap().IsUnspecified()
}

// isOwnOrigin reports whether a request comes from a page of this server, or from a program, which
// does not state its origin.
func (s *Server) isOwnOrigin(req *http.Request) bool {
	switch req.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return req.Method == http.MethodGet && req.Header.Get("Sec-Fetch-Mode") == "navigate" && !strings.HasPrefix(req.URL.Path, "/api/")
	}
	origins, sent := req.Header["Origin"]
	if !sent {
		return true
	}
	if len(origins) != 1 {
		return false
	}
	u, err := url.Parse(origins[0])
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, req.Host)
}

// refuse answers with an error.
func refuse(w http.ResponseWriter, status int, message string) {
	reply(w, status, map[string]string{"error": message})
}

// reply answers with a value.
func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // a disconnected client needs no answer
}

// A failure is an error with its HTTP status.
type failure struct {
	status  int
	message string
}

func (f *failure) Error() string { return f.message }

func fail(status int, message string) error { return &failure{status, message} }

// answerError answers with an error; one without a status is a mistake of the caller.
func answerError(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	var f *failure
	switch {
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, "the request has more than 16 MiB")
	case errors.As(err, &f):
		refuse(w, f.status, f.message)
	default:
		refuse(w, http.StatusBadRequest, err.Error())
	}
}

// readBody reads the JSON of a request.
func readBody(req *http.Request, v any) error {
	d := json.NewDecoder(req.Body)
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return fail(http.StatusBadRequest, "the request is not the expected JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fail(http.StatusBadRequest, "the request has data after its JSON")
	}
	return nil
}
