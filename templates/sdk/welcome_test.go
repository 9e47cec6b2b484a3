package sdk

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// browser is what browsers accept.
const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

// newNamed returns a connector whose name and one of whose commands must be escaped.
func newNamed() *Connector {
	spec := testSpec
	spec.Name = `<b>"Acme" & co</b>`
	open := func(context.Context, json.RawMessage) (nothing, error) { return nothing{}, nil }
	none := func(context.Context, nothing, json.RawMessage, *Writer) error { return nil }
	return New(spec, rawConfig, open, []Handler[nothing]{raw("std:test-connection", none), raw("acme:<sync>", none)}, silent())
}

// asked returns what a server answers.
func asked(s serving, method, path, host, accept string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, nil)
	req.Host = host
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	s.handler(newService(newNamed(), 0), "localhost:3000").ServeHTTP(w, req)
	return w
}

// TestWelcome: only who asks for the root as a browser does gets the page. All others get what
// they would get without it.
func TestWelcome(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		token, method, path, host, accept string
		status                            int // 200 is the page
	}{
		{"", "GET", "/", "localhost:3000", browser, 200},
		{"", "HEAD", "/", "localhost:3000", browser, 200},
		{"", "GET", "/?a=b", "[::1]:3000", "Text/HTML", 200},
		{"", "GET", "/", "localhost", "application/json, text/html;q=0.1", 200},
		{"", "GET", "/", "localhost", "text/html;level=1", 200},
		{testToken, "GET", "/", "connector.example.com", browser, 200},
		{testToken, "HEAD", "/", "connector.example.com", browser, 200},

		{"", "GET", "/", "localhost:3000", "", 404},
		{"", "GET", "/", "localhost:3000", "*/*", 404},
		{"", "GET", "/", "localhost:3000", "text/*", 404},
		{"", "GET", "/", "localhost:3000", "application/json", 404},
		{"", "GET", "/", "localhost:3000", "text/html;q=0, */*", 404},
		{"", "HEAD", "/", "localhost:3000", "*/*", 404},
		{"", "GET", "/ref/invoke", "localhost:3000", browser, 404},
		{"", "GET", "/favicon.ico", "localhost:3000", "image/avif,*/*", 404},
		{"", "PUT", "/", "localhost:3000", browser, 404},
		{"", "POST", "/", "localhost:3000", browser, 500}, // without a body
		{"", "GET", "/", "rebound.example.com", browser, 403},
		{testToken, "GET", "/", "localhost:3000", "*/*", 401},
		{testToken, "POST", "/", "localhost:3000", browser, 401},
		{testToken, "GET", "/ref/invoke", "localhost:3000", browser, 401},
	} {
		w := asked(serving{token: tt.token}, tt.method, tt.path, tt.host, tt.accept)
		page := strings.Contains(w.Body.String(), "<h1>")
		if w.Code != tt.status || page != (tt.status == 200) || page == (w.Header().Get("Vary") == "") {
			t.Errorf("%+v: status %d, %v, %s", tt, w.Code, w.Header(), w.Body)
		}
	}
	got := asked(serving{}, "GET", "/", "localhost", "*/*").Body.String()
	if want := "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot GET /</pre>\n</body>\n</html>\n"; got != want {
		t.Errorf("others get %s", got)
	}
}

// TestWelcomePage: the page has the connector's name and commands, shows nothing unescaped, and
// allows nothing but its own style.
func TestWelcomePage(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", testToken} {
		w := asked(serving{token: token}, "GET", "/", "localhost:3000", browser)
		page := w.Body.String()
		for _, want := range []string{
			"<title>&lt;b&gt;&#34;Acme&#34; &amp; co&lt;/b&gt;: connector for Identity Security Cloud</title>", "<li><code>acme:&lt;sync&gt;</code></li>",
			"<li><code>std:spec:read</code></li>", "<li><code>std:test-connection</code></li>", `<a href="healthz">`, "&#39;http://localhost:3000&#39;",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %s: %s", want, page)
			}
		}
		if strings.Contains(page, "Bearer $"+authTokenVariable) != (token != "") || strings.Contains(page, testToken) {
			t.Errorf("with the token %q: %s", token, page)
		}
		if elsewhere := regexp.MustCompile(`(?i)<script|<link|<img|url\(|@import| style=| on[a-z]+=|src=`).FindString(page); elsewhere != "" {
			t.Errorf("the page has %s", elsewhere)
		}
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
		sum := sha256.Sum256([]byte(style[1]))
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"';") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("the policy is %s", policy)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("headers %v", w.Header())
		}
	}
}

// TestWelcomeHost: the page shows only hosts that a shell takes as they are.
func TestWelcomeHost(t *testing.T) {
	t.Parallel()
	for host, shown := range map[string]string{
		"Connector.example.com:8443": "https://Connector.example.com:8443", "[fd00::5]:1": "https://[fd00::5]:1",
		"a'b": "https://localhost:3000", "$(reboot).example.com": "https://localhost:3000", "": "https://localhost:3000", "a:b": "https://localhost:3000",
	} {
		page := welcomePage{connector: newNamed(), scheme: "https", addr: "localhost:3000"}
		w := httptest.NewRecorder()
		page.ServeHTTP(w, &http.Request{Method: http.MethodGet, Host: host})
		if !strings.Contains(w.Body.String(), "&#39;"+shown+"&#39;") {
			t.Errorf("%q: %s", host, w.Body)
		}
	}
}

// TestWelcomeCall runs the calls of the page in a shell. It is not parallel, since it sets the
// environment.
func TestWelcomeCall(t *testing.T) {
	for _, program := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("needs", program)
		}
	}
	t.Setenv(authTokenVariable, testToken)
	t.Setenv("NO_PROXY", "*")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(`{"a": "it's"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"", testToken} {
		s := serving{token: token}
		server := httptest.NewServer(s.handler(newService(newNamed(), 0), "localhost:3000"))
		defer server.Close()
		req, err := http.NewRequest(http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", browser)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		calls := regexp.MustCompile(`(?s)<pre tabindex="0"><code>(.*?)</code></pre>`).FindAllSubmatch(page, -1)
		if len(calls) != 2 {
			t.Fatalf("%d calls: %s", len(calls), page)
		}
		for i, want := range []string{`{"data":{"specification":{"name":"tester"}},"type":"output"}` + "\n", ""} {
			command := exec.Command("sh", "-c", html.UnescapeString(string(calls[i][1]))+" -sSf")
			command.Dir = dir
			if out, err := command.CombinedOutput(); err != nil || string(out) != want {
				t.Errorf("%s: %q, %v", calls[i][1], out, err)
			}
		}
	}
}
