package browser

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestGuard: requests from elsewhere are refused, as sent on the wire.
func TestGuard(t *testing.T) {
	t.Parallel()
	d := newDev(t).ready()
	own := strings.TrimPrefix(d.origin, "http://")
	_, port, _ := net.SplitHostPort(own)
	token := "X-Conngen-Token: " + d.token
	const list = `{"type":"std:account:list","input":{},"config":{"baseUrl":"https://hr.example.com","apiToken":"token"}}`
	for _, tt := range []struct {
		what, request, host string
		headers             []string
		body                string
		status              int
	}{
		{"the page", "GET /", own, nil, "", 200},
		{"the page by name", "GET /", "localhost:" + port, nil, "", 200},
		{"the API", "GET /api/state", own, []string{token}, "", 200},
		{"the API from the page", "GET /api/state", own, []string{token, "Origin: " + d.origin}, "", 200},
		{"a command", "POST /", own, []string{"Content-Type: application/json"}, list, 200},

		{"a foreign Host, page", "GET /", "rebound.example", nil, "", 403},
		{"a foreign Host with the port", "GET /", "rebound.example:" + port, nil, "", 403},
		{"a foreign Host that ends as ours", "GET /", "127.0.0.1.rebound.example", nil, "", 403},
		{"a foreign Host, API", "GET /api/state", "rebound.example", []string{token}, "", 403},
		{"a foreign Host, events", "GET /api/events", "rebound.example", []string{token}, "", 403},
		{"a foreign Host, command", "POST /", "rebound.example", nil, list, 403},
		{"no Host", "GET /api/state", "", []string{token}, "", 403},

		{"a foreign Origin, page", "GET /", own, []string{"Origin: https://rebound.example"}, "", 403},
		{"a foreign Origin, API", "GET /api/state", own, []string{token, "Origin: https://rebound.example"}, "", 403},
		{"a foreign Origin, command", "POST /", own, []string{"Origin: https://rebound.example", "Content-Type: text/plain"}, list, 403},
		{"the Origin of a file", "POST /", own, []string{"Origin: null"}, list, 403},
		{"another port's Origin", "POST /", own, []string{"Origin: http://127.0.0.1:1"}, list, 403},
		{"two Origins", "POST /", own, []string{"Origin: " + d.origin, "Origin: https://rebound.example"}, list, 403},
		{"a foreign preflight", "OPTIONS /", own, []string{"Origin: https://rebound.example", "Access-Control-Request-Method: POST"}, "", 403},

		{"no token", "GET /api/state", own, nil, "", 401},
		{"no token, events", "GET /api/events", own, nil, "", 401},
		{"no token, config", "GET /api/config", own, nil, "", 401},
		{"no token, a call", "POST /api/calls", own, []string{"Content-Type: application/json"}, `{"command":"std:account:list","input":{}}`, 401},
		{"no token, open", "POST /api/open", own, nil, `{"path":"connector-spec.json"}`, 401},
		{"another token", "GET /api/state", own, []string{"X-Conngen-Token: " + strings.ToLower(d.token)}, "", 401},
		{"an empty token", "GET /api/state", own, []string{"X-Conngen-Token:"}, "", 401},
		{"a part of the token", "GET /api/state", own, []string{token[:len(token)-1]}, "", 401},
		{"the token in the URL", "GET /api/state?token=" + d.token, own, nil, "", 401},
		{"a made-up ticket", "GET /api/download/" + d.token, own, nil, "", 404},
	} {
		res, text := d.raw(tt.request, tt.host, tt.headers, tt.body)
		if tt.host == "" && res.StatusCode == 400 {
			continue // HTTP itself requires a Host
		}
		if res.StatusCode != tt.status {
			t.Errorf("%s: status %d, want %d: %s", tt.what, res.StatusCode, tt.status, text)
		}
		if res.Header.Get("Access-Control-Allow-Origin") != "" || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: the answer has %v", tt.what, res.Header)
		}
		if !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: the answer has no policy", tt.what)
		}
		if tt.status != 200 && (strings.Contains(text, d.token) || strings.Contains(text, `"type":"output"`)) {
			t.Errorf("%s: the answer tells %s", tt.what, text)
		}
	}
	var state struct{ Calls int }
	if d.api("GET", "/api/state", nil, &state); state.Calls != 1 {
		t.Errorf("%d commands have reached the connector, want the one that may", state.Calls)
	}
}

// raw sends a request on its own connection.
func (d *dev) raw(request, host string, headers []string, body string) (*http.Response, string) {
	d.t.Helper()
	c, err := net.DialTimeout("tcp", strings.TrimPrefix(d.origin, "http://"), patience)
	if err != nil {
		d.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	lines := []string{request + " HTTP/1.1", "Connection: close", fmt.Sprintf("Content-Length: %d", len(body))}
	if host != "" {
		lines = append(lines, "Host: "+host)
	}
	lines = append(append(lines, headers...), "", body)
	if _, err := io.WriteString(c, strings.Join(lines, "\r\n")); err != nil {
		d.t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		d.t.Fatalf("%s: %v", request, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return res, string(text)
}

// TestForeignPage: a page of another origin cannot read anything from a run, and its commands are
// refused.
func TestForeignPage(t *testing.T) {
	t.Parallel()
	d := newBench(t, []byte(accountSpec))
	elsewhere := newBench(t, []byte(accountSpec)) // another port is another origin
	p := open(t, elsewhere.address("/overview"))
	p.waitDrawn()
	p.expect("") // the browser reports everything it refuses
	evaluate(p, `fetch(%s, {method: "POST", mode: "no-cors", headers: {"Content-Type": "text/plain"}, body: %s}).catch(() => {})`, d.origin+"/", `{"type":"std:account:list","input":{},"config":{}}`)
	q := open(t, "data:text/html,<p>elsewhere")
	q.expect("")
	evaluate(q, `fetch(%s, {method: "POST", mode: "no-cors", body: %s}).catch(() => {})`, d.origin+"/", `{"type":"std:account:list","input":{},"config":{}}`)
	evaluate(q, `new Promise((done) => { const f = document.createElement("iframe"); f.onload = () => done(1); f.src = %s; document.body.append(f); })`, d.origin+"/")
	if shown := eval[string](q, `(() => { try { return document.querySelector("iframe").contentDocument?.body.innerText ?? ""; } catch { return ""; } })()`); shown != "" {
		t.Errorf("a frame elsewhere shows %q", shown)
	}
	if got := d.commands(); len(got) != 0 {
		t.Errorf("the connector gets %v", got)
	}
}

// evaluate runs a script with texts inserted, and waits for its promise.
func evaluate(p *page, format string, texts ...string) {
	p.t.Helper()
	quotes := make([]any, len(texts))
	for i, text := range texts {
		quotes[i] = quoted(text)
	}
	eval[chromedp.Void](p, fmt.Sprintf(format, quotes...)+`.then(() => {})`)
}
