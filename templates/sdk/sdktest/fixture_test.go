package sdktest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// The real values of the fake source. What consists of them must not be in a scenario.
const (
	clientSecret = `hush/1+2&"3"ü`
	accessToken  = "hush.access.token-0815"
)

// A report is what a scenario tells a test.
type report struct {
	ctx    context.Context
	errors []string
	logs   []string
}

func (r *report) Helper()                      {}
func (r *report) Context() context.Context     { return r.ctx }
func (r *report) Logf(f string, args ...any)   { r.logs = append(r.logs, fmt.Sprintf(f, args...)) }
func (r *report) Errorf(f string, args ...any) { r.errors = append(r.errors, fmt.Sprintf(f, args...)) }
func (r *report) text() string                 { return strings.Join(r.errors, "\n") }

// A client is what the fake connector calls its source with.
type client struct {
	BaseURL      string `json:"baseUrl"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
}

// call sends a request with the context of the command, and reads the answer into v. A
// source that throttles is asked again.
func (c client) call(ctx context.Context, method, address, contentType string, body []byte, authorize func(*http.Request), v any) error {
	for range 3 {
		req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
		if err != nil {
			return err
		}
		if contentType != "" {
			req.Header.Set("Content-Type", contentType)
		}
		authorize(req)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		switch {
		case err != nil:
			return err
		case res.StatusCode == http.StatusTooManyRequests:
			seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
			if err := scope.Sleep(ctx, time.Duration(seconds)*time.Second); err != nil {
				return err
			}
			continue
		case res.StatusCode == http.StatusNotFound:
			return sdk.NotFound("%s %s: not found", method, req.URL.Path)
		case res.StatusCode >= 400:
			return sdk.Errorf("%s %s: %s: %s", method, req.URL.Path, res.Status, text)
		case v == nil:
			return nil
		}
		return json.Unmarshal(text, v)
	}
	return sdk.Errorf("throttled for too long")
}

// token signs the client in.
func (c client) token(ctx context.Context) (func(*http.Request), error) {
	var token struct {
		Text string `json:"access_token"`
	}
	err := c.call(ctx, http.MethodPost, c.BaseURL+"/oauth/token", "application/x-www-form-urlencoded", []byte("grant_type=client_credentials"), func(req *http.Request) {
		req.SetBasicAuth(c.ClientID, c.ClientSecret)
	}, &token)
	return func(req *http.Request) { req.Header.Set("Authorization", "Bearer "+token.Text) }, err
}

type user struct {
	ID       string `json:"id"`
	UserName string `json:"userName"`
	Given    string `json:"givenName"`
	Family   string `json:"familyName"`
	Display  string `json:"displayName"`
	Email    string `json:"email"`
	Phone    string `json:"phone"`
	Address  struct {
		Street string `json:"street"`
		Zip    string `json:"zip"`
		City   string `json:"city"`
	} `json:"address"`
	Manager  string `json:"manager,omitempty"`
	Password string `json:"password,omitempty"`
}

// A handler answers a command.
type handler func(c client, ctx context.Context, input json.RawMessage, out *sdk.Writer) error

// newConnector returns a connector with the commands of the tests. others answer further
// ones.
func newConnector(others map[sdk.Command]handler) *sdk.Connector {
	spec := sdk.Spec{
		Name: "Fake", Secrets: []string{"clientSecret", "headers"}, Passwords: []string{"password"},
		JSON: `{"sourceConfig": [{"type": "section", "items": [{"type": "url", "key": "baseUrl"}, {"type": "text", "key": "clientId"},
			{"type": "secret", "key": "clientSecret"}, {"type": "keyValue", "key": "headers", "keyValueKey": {"key": "name"}, "keyValueValue": {"key": "value"}}]}]}`,
	}
	handlers := []sdk.Handler[client]{
		command("std:account:list", client.list), command("std:account:read", client.read), command("std:account:create", client.create),
	}
	for name, run := range others {
		handlers = append(handlers, command(name, run))
	}
	decode := func(raw json.RawMessage) (client, error) {
		var c client
		if raw == nil {
			return c, itemMissing("baseUrl")
		}
		return c, json.Unmarshal(raw, &c)
	}
	open := func(_ context.Context, c client) (client, error) { return c, nil }
	return sdk.New(spec, decode, open, handlers, sdk.WithLogger(sdk.NewLogger(io.Discard)))
}

// itemMissing is the error of generated code for a config without an item.
func itemMissing(item string) error {
	err := &sdk.ConfigError{Problems: []sdk.ConfigProblem{{Item: item, Problem: "is required", Tolerable: true}}}
	return &sdk.Error{Type: sdk.GenericError, Message: err.Error(), Err: err}
}

func command(name sdk.Command, run func(client, context.Context, json.RawMessage, *sdk.Writer) error) sdk.Handler[client] {
	return sdk.Streaming(sdk.NewMethod[json.RawMessage, json.RawMessage](name), func(c client, ctx context.Context, input json.RawMessage, out *sdk.Stream[json.RawMessage]) error {
		return run(c, ctx, input, out.Writer)
	})
}

type account struct {
	Identity   string `json:"identity"`
	Attributes user   `json:"attributes"`
}

func (c client) list(ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
	authorize, err := c.token(ctx)
	next := c.BaseURL + "/users?limit=2"
	for err == nil && next != "" {
		var page struct {
			Users []user `json:"users"`
			Next  string `json:"next"`
		}
		err = c.call(ctx, http.MethodGet, next, "", nil, authorize, &page)
		next = page.Next
		for _, u := range page.Users {
			if err == nil {
				err = out.Send(account{u.Email, u})
			}
		}
	}
	if err != nil {
		return err
	}
	return out.SaveState(map[string]string{"seen": "all"})
}

func (c client) read(ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
	var in struct{ Identity string }
	if err := json.Unmarshal(input, &in); err != nil {
		return err
	}
	authorize, err := c.token(ctx)
	if err != nil {
		return err
	}
	var u user
	if err := c.call(ctx, http.MethodGet, c.BaseURL+"/users/"+url.PathEscape(in.Identity), "", nil, authorize, &u); err != nil {
		return err
	}
	return out.Send(account{u.Email, u})
}

func (c client) create(ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
	var in struct{ Attributes user }
	if err := json.Unmarshal(input, &in); err != nil {
		return err
	}
	authorize, err := c.token(ctx)
	if err != nil {
		return err
	}
	in.Attributes.UserName = strings.ToLower(in.Attributes.Given[:1] + in.Attributes.Family) // derived
	body, err := json.Marshal(in.Attributes)
	if err != nil {
		return err
	}
	var u user
	if err := c.call(ctx, http.MethodPost, c.BaseURL+"/users", "application/json", body, authorize, &u); err != nil {
		return err
	}
	return out.Send(account{u.Email, u})
}

// A fakeSource is the API of the fake connector's source. Its users are people, or look so.
type fakeSource struct {
	*httptest.Server
	mu        sync.Mutex
	requests  int
	throttled bool
}

const adaJSON = `{"id":"7","userName":"alovelace","givenName":"Ada","familyName":"Lovelace","displayName":"Ada Lovelace","email":"Ada.Lovelace@corp.test.io",` +
	`"phone":"+44 20 7946 0018","address":{"street":"12 St James Square","zip":"SW1Y 4JH","city":"London"},"score":1.50e2}`

const charlesJSON = `{"id":"8","userName":"cbabbage","givenName":"Charles","familyName":"Babbage","displayName":"Babbage, Charles","email":"charles@corp.test.io",` +
	`"phone":"020-7946-0019","address":{"street":"1 Dorset Street","zip":"10115","city":"London"},"manager":"ada.lovelace@corp.test.io"}`

func newFakeSource(t *testing.T) *fakeSource {
	t.Helper()
	s := new(fakeSource)
	api := http.NewServeMux()
	api.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, req *http.Request) {
		if id, secret, _ := req.BasicAuth(); id != "client" || secret != clientSecret {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		http.SetCookie(w, &http.Cookie{Name: "SID", Value: "hush-session-4711", Path: "/", MaxAge: 60})
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, accessToken)
	})
	api.HandleFunc("GET /users", s.signedIn(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Query().Get("after") == "" {
			fmt.Fprintf(w, `{"users":[%s],"next":"%s/users?limit=2&after=ada.lovelace%%40corp.test.io"}`, adaJSON, s.URL)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.throttled {
			s.throttled = true
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		fmt.Fprintf(w, `{"users":[%s],"next":""}`, charlesJSON)
	}))
	api.HandleFunc("GET /users/{id}", s.signedIn(func(w http.ResponseWriter, req *http.Request) {
		if !strings.EqualFold(req.PathValue("id"), "ada.lovelace@corp.test.io") {
			http.NotFound(w, req)
			return
		}
		fmt.Fprint(w, adaJSON)
	}))
	api.HandleFunc("POST /users", s.signedIn(func(w http.ResponseWriter, req *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.Copy(w, req.Body)
	}))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s.mu.Lock()
		s.requests++
		s.mu.Unlock()
		api.ServeHTTP(w, req)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *fakeSource) signedIn(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer "+accessToken {
			http.Error(w, "sign in", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		next(w, req)
	}
}

// config is the real config of the source.
func (s *fakeSource) config() []byte {
	text, _ := json.Marshal(map[string]any{"baseUrl": s.URL, "clientId": "client", "clientSecret": clientSecret})
	return text
}

// newScenario writes a file and returns its name.
func newScenario(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "scenario.txtar")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// runFile runs a scenario; with a config it records it.
func runFile(t *testing.T, c *sdk.Connector, file string, config []byte, opts ...Option) *report {
	t.Helper()
	r, err := newRunner(c, opts)
	if err != nil {
		t.Fatal(err)
	}
	if r.config, r.notes = config, io.Discard; config != nil {
		r.recording = recordAll
	}
	rep := &report{ctx: t.Context()}
	r.run(rep, file)
	return rep
}

// text reads a file.
func text(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
