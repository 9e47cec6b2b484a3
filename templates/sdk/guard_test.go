package sdk

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
	} {
		req := httptest.NewRequest(tt.method, tt.path, nil)
		if tt.authorization != "" {
			req.Header.Set("Authorization", tt.authorization)
		}
		w := httptest.NewRecorder()
		guarded(next, tt.token).ServeHTTP(w, req)
		if w.Code != tt.status {
			t.Errorf("%+v: status %d", tt, w.Code)
		}
		if challenge := w.Header().Get("WWW-Authenticate"); (w.Code == http.StatusUnauthorized) != (challenge == "Bearer") {
			t.Errorf("%+v: challenge %q", tt, challenge)
		}
		if strings.Contains(w.Body.String(), "hush") {
			t.Errorf("%+v: the answer has the token", tt)
		}
	}
}

// TestServeRefusesStrangers is not parallel: it sets the environment.
func TestServeRefusesStrangers(t *testing.T) {
	dir := t.TempDir()
	token, empty := filepath.Join(dir, "token"), filepath.Join(dir, "empty")
	for path, text := range map[string]string{token: "hush\n", empty: " \n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		args, variable string
		code           int
		says           string
	}{
		{"--addr 127.0.0.1:0", "", exitOK, ""},
		{"--addr localhost:0", "", exitOK, ""},
		{"--addr 0.0.0.0:0", "", exitUsage, "on 0.0.0.0:0 anyone could send commands: set --auth-token-file"},
		{"--addr :0", "", exitUsage, "anyone could send commands"},
		{"--addr 0.0.0.0:0 --insecure-no-auth", "", exitOK, ""},
		{"--addr 0.0.0.0:0 --auth-token-file " + token, "", exitOK, ""},
		{"--addr 0.0.0.0:0", "hush", exitOK, ""},
		{"--auth-token-file " + empty, "", exitUsage, "holds no token"},
		{"--auth-token-file " + token + "x", "", exitUsage, "no such file"},
		{"--tls-cert x", "", exitUsage, "--tls-cert and --tls-key go together"},
		{"--addr nowhere", "", exitUsage, "missing port"},
	} {
		t.Setenv(authTokenVariable, tt.variable)
		var stderr strings.Builder
		args := append([]string{"connector", "serve"}, strings.Fields(tt.args)...)
		if tt.code == exitOK { // it would serve, and ends at once
			args = append(args, "--addr", "127.0.0.1:0")
			if strings.Contains(tt.args, "0.0.0.0") {
				args = args[:len(args)-2]
			}
		}
		code := newTester([]Handler[nothing]{}).Execute(ended, args, &strings.Builder{}, &stderr)
		if listenRefused := strings.Contains(stderr.String(), "canceled"); code != tt.code && !listenRefused || !strings.Contains(stderr.String(), tt.says) {
			t.Errorf("%s: exit code %d, %s", tt.args, code, stderr.String())
		}
	}
}
