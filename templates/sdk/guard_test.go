package sdk

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testToken is long enough to be one.
const testToken = "hush-hush-hush-hush"

func TestGuarded(t *testing.T) {
	t.Parallel()
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for _, tt := range []struct {
		token, method, path, authorization string
		status                             int
	}{
		{"", "POST", "/", "", http.StatusTeapot},
		{"hush", "POST", "/", "Bearer hush", http.StatusTeapot},
		{"hush", "POST", "/", "bearer  hush", http.StatusTeapot},
		{"hush", "POST", "/", "", http.StatusUnauthorized},
		{"hush", "POST", "/", "Bearer", http.StatusUnauthorized},
		{"hush", "POST", "/", "Bearer hushh", http.StatusUnauthorized},
		{"hush", "POST", "/", "Basic hush", http.StatusUnauthorized},
		{"hush", "POST", healthPath, "", http.StatusUnauthorized},
		{"hush", "GET", healthPath, "", http.StatusOK},
		{"", "GET", healthPath, "", http.StatusOK},
		{"hush", "HEAD", healthPath, "", http.StatusOK},
		{"", "HEAD", healthPath, "", http.StatusOK},
		{"hush", "HEAD", "/", "", http.StatusUnauthorized},
	} {
		req := httptest.NewRequest(tt.method, tt.path, nil)
		if tt.authorization != "" {
			req.Header.Set("Authorization", tt.authorization)
		}
		if tt.token == "" && tt.path != healthPath {
			req.Host = "localhost:3000"
		}
		w := httptest.NewRecorder()
		guarded(next, tt.token, nil).ServeHTTP(w, req)
		if w.Code != tt.status {
			t.Errorf("%+v: status %d", tt, w.Code)
		}
		if challenge := w.Header().Get("WWW-Authenticate"); (w.Code == http.StatusUnauthorized) != (challenge == "Bearer") {
			t.Errorf("%+v: challenge %q", tt, challenge)
		}
		if health := w.Header().Get("Content-Length") == "3"; health != (w.Code == http.StatusOK) {
			t.Errorf("%+v: headers %v", tt, w.Header())
		}
		if strings.Contains(w.Body.String(), "hush") {
			t.Errorf("%+v: the answer has the token", tt)
		}
	}
}

// TestGuardedHost: without a token only requests to this machine's names are answered, from
// pages of such names.
func TestGuardedHost(t *testing.T) {
	t.Parallel()
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	const yes, no = http.StatusTeapot, http.StatusForbidden
	for _, tt := range []struct {
		allowed, host string
		origin        []string
		status        int
	}{
		{"", "localhost:3000", nil, yes},
		{"", "LocalHost.", nil, yes},
		{"", "app.localhost", nil, yes},
		{"", "127.0.0.2:3000", nil, yes},
		{"", "[::1]:3000", nil, yes},
		{"", "rebound.example.com:3000", nil, no},
		{"", "localhost.example.com", nil, no},
		{"", "", nil, no},
		{"", "192.168.0.7:3000", nil, no},
		{"", "localhost:3000", []string{"http://localhost:5173"}, yes},
		{"", "localhost:3000", []string{"https://[::1]"}, yes},
		{"", "localhost:3000", []string{"https://example.com"}, no},
		{"", "localhost:3000", []string{"http://localhost", "https://example.com"}, no},
		{"", "localhost:3000", []string{"http://localhost@example.com"}, no},
		{"", "localhost:3000", []string{"null"}, no},
		{"", "localhost:3000", []string{""}, no},
		{"", "localhost:3000", []string{"http://[::1"}, no},
		{"Connector, [FD00::5]", "connector.:3000", nil, yes},
		{"Connector, [FD00::5]", "[fd00::5]:3000", []string{"https://connector"}, yes},
		{"Connector, [FD00::5]", "other", nil, no},
		{"Connector, [FD00::5]", "connector", []string{"https://other"}, no},
		{"Connector, [FD00::5]", "connector", []string{"null"}, no},
		{"Connector, [FD00::5]", "127.0.0.1", nil, yes},
		{"2001:DB8:0:0::1", "[2001:db8::1]:3000", nil, yes},
		{"2001:db8::1", "[2001:DB8:0::1]", nil, yes},
		{"::ffff:10.0.0.1", "10.0.0.1", nil, yes},
		{"10.0.0.1", "[::ffff:a00:1]:80", nil, yes},
		{"xn--bcher-kva.de, my_host-1", "XN--bcher-kva.de", nil, yes},
		{"*", "any", []string{"https://other", "null"}, yes},
	} {
		var allowed allowedHosts
		if tt.allowed != "" {
			if err := allowed.Set(tt.allowed); err != nil {
				t.Fatal(err)
			}
		}
		for _, method := range []string{http.MethodPost, http.MethodOptions, http.MethodGet} {
			req := httptest.NewRequest(method, "/", nil)
			req.Host, req.Header["Origin"] = tt.host, tt.origin
			w := httptest.NewRecorder()
			guarded(next, "", allowed).ServeHTTP(w, req)
			if w.Code != tt.status || w.Code == no && !strings.Contains(w.Body.String(), "--allow-host") {
				t.Errorf("%s %+v: status %d, %s", method, tt, w.Code, w.Body.String())
			}
			req.Header.Set("Authorization", "Bearer "+testToken)
			w = httptest.NewRecorder()
			if guarded(next, testToken, nil).ServeHTTP(w, req); w.Code != yes {
				t.Errorf("with a token, %s %+v: status %d", method, tt, w.Code)
			}
		}
		health := httptest.NewRequest(http.MethodGet, healthPath, nil)
		health.Host, health.Header["Origin"] = tt.host, tt.origin
		w := httptest.NewRecorder()
		if guarded(next, "", nil).ServeHTTP(w, health); w.Code != http.StatusOK {
			t.Errorf("GET %s of %+v: status %d", healthPath, tt, w.Code)
		}
	}
}

func TestAllowedHosts(t *testing.T) {
	t.Parallel()
	for want, all := range map[string][]string{
		"use a name or an address without": {
			"", "a,,b", "https://connector", "connector:3000", "*.example.com", "a b", "[::1]:80", "u@h", "fd00::zz",
			"a\tb", "a\nb.com", "a.com#x", ".", "..", "a..com", "a.com..", ".a", "*.", "[*]", "a|b",
		},
		"use the name in ASCII, as xn--…":  {"bücher.de"},
		"use the address without its zone": {"fe80::1%eth0"},
	} {
		for _, names := range all {
			var allowed allowedHosts
			if err := allowed.Set(names); err == nil || !strings.Contains(err.Error(), "is not a host; "+want) {
				t.Errorf("%q: %v", names, err)
			}
		}
	}
}

// TestHostOfAddress: a server without a token answers for the host that it listens on. One that
// answers for no host but localhost, on an address that others reach, says so in its log.
func TestHostOfAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		addr, allow string
		answers     string // a host
		warns       bool
	}{
		{"10.0.0.5:3000", "", "10.0.0.5", false},
		{"[FD00::5]:3000", "", "fd00::5", false},
		{"Connector.internal.:3000", "", "connector.internal", false},
		{"0.0.0.0:3000", "", "", true},
		{"[::]:3000", "", "", true},
		{"[::ffff:0.0.0.0]:3000", "", "", true},
		{":3000", "", "", true},
		{":3000", "10.0.0.5", "10.0.0.5", false},
		{"localhost:3000", "", "localhost", false},
	} {
		s := serving{addr: tt.addr, noAuth: true}
		if tt.allow != "" {
			if err := s.allowed.Set(tt.allow); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		s.warn(t.Context(), NewLogger(&log))
		if s.allowed.has("10.9.9.9") || tt.answers != "" && !s.allowed.has(tt.answers) || strings.Contains(log.String(), "--allow-host") != tt.warns {
			t.Errorf("%+v: allowed %q, logged %q", tt, s.allowed, log.String())
		}
	}
}

// TestServeRefusesStrangers is not parallel: it sets the environment.
func TestServeRefusesStrangers(t *testing.T) {
	dir := t.TempDir()
	files := make(map[string]string)
	for name, text := range map[string]string{
		"good": testToken + "\n", "blank": " \r\n", "short": testToken[:15] + "\n", "lines": testToken + "\n" + testToken + "\n", "huge": strings.Repeat("x", 1<<20),
	} {
		files[name] = filepath.Join(dir, name)
		if err := os.WriteFile(files[name], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	token := files["good"]
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		args, variable string // not set if "-"
		code           int
		says           string
	}{
		{"--addr 127.0.0.1:0", "-", exitOK, ""},
		{"--addr localhost:0", "-", exitOK, ""},
		{"--addr 0.0.0.0:0", "-", exitUsage, "on 0.0.0.0:0 anyone could send commands; set --auth-token-file"},
		{"--addr :0", "-", exitUsage, "anyone could send commands"},
		{"--addr 0.0.0.0:0 --insecure-no-auth", "-", exitOK, ""},
		{"--addr 0.0.0.0:0 --auth-token-file " + token, "-", exitOK, ""},
		{"--addr 0.0.0.0:0", testToken, exitOK, ""},
		{"--addr 0.0.0.0:0", testToken + "\r\n", exitOK, ""},
		{"", "", exitUsage, "CONNECTOR_AUTH_TOKEN is blank; unset it to require no token, or make one with: openssl rand -hex 32"},
		{"--addr 0.0.0.0:0 --insecure-no-auth", "\n", exitUsage, "CONNECTOR_AUTH_TOKEN is blank"},
		{"", testToken[:15], exitUsage, "the token in CONNECTOR_AUTH_TOKEN has 15 characters, and needs at least 16; make one with: openssl"},
		{"", testToken + "é", exitUsage, "must be a single line of ASCII characters"},
		{"--auth-token-file " + files["blank"], testToken, exitUsage, files["blank"] + " is blank"},
		{"--auth-token-file " + files["short"], "-", exitUsage, "the token in " + files["short"] + " has 15 characters"},
		{"--auth-token-file " + files["lines"], "-", exitUsage, "must be a single line"},
		{"--auth-token-file " + files["huge"], "-", exitUsage, "is longer than 4096 characters"},
		{"--auth-token-file " + token, "", exitOK, ""},
		{"--auth-token-file " + token + "x", "-", exitUsage, "x does not exist"},
		{"--auth-token-file " + dir, "-", exitUsage, " is a folder, not a file"},
		{"--allow-host a,b --allow-host c", "-", exitOK, ""},
		{"--allow-host a:1", "-", exitUsage, "is not a host"},
		{"--tls-cert x", "-", exitUsage, "--tls-cert and --tls-key must be given together"},
		{"--tls-cert " + token + "x --tls-key " + token, "-", exitUsage, "x does not exist"},
		{"--tls-cert " + token + " --tls-key " + token, "-", exitUsage, " holds no certificate in PEM form"},
		{"--addr nowhere", "-", exitUsage, `"nowhere" is not HOST:PORT; did you mean nowhere:3000?`},
		{"--auth-token-file=", testToken, exitUsage, "--auth-token-file \"\" is not the name of a file"},
		{"--tls-cert= --tls-key=", "-", exitUsage, "is not the name of a file"},
	} {
		t.Setenv(authTokenVariable, tt.variable)
		if tt.variable == "-" {
			_ = os.Unsetenv(authTokenVariable)
		}
		var stderr strings.Builder
		args := append([]string{"connector", "serve"}, strings.Fields(tt.args)...)
		if tt.code == exitOK { // it would serve, and ends at once
			args = append(args, "--addr", "127.0.0.1:0")
			if strings.Contains(tt.args, "0.0.0.0") {
				args = args[:len(args)-2]
			}
		}
		code := newTester([]Handler[nothing]{}).Execute(ended, args, &strings.Builder{}, &stderr)
		if listenRefused := strings.Contains(stderr.String(), "canceled"); code != tt.code && !listenRefused || !strings.Contains(stderr.String(), tt.says) || tt.code == exitUsage && strings.Contains(stderr.String(), "answers on") {
			t.Errorf("%s: exit code %d, %s", tt.args, code, stderr.String())
		}
	}
}
