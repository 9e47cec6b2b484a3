package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/examples/directory/connector"
	"github.com/conngen/conngen/examples/directory/fakeapi"
	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/rest"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

// A fixture is a connector and its directory.
type fixture struct {
	*sdk.Connector
	api    *fakeapi.API
	config map[string]any
}

// newFixture returns the connector, with its own directory. The log is shown if the test fails.
func newFixture(t testing.TB, o fakeapi.Options) fixture {
	t.Helper()
	var log bytes.Buffer
	t.Cleanup(func() {
		if t.Failed() && log.Len() > 0 {
			t.Logf("log of the connector:\n%s", &log)
		}
	})
	f := fixture{connector.New(open, sdk.WithLogger(sdk.NewLogger(&log))), fakeapi.New(o), exampleConfig(t)}
	server := httptest.NewServer(f.api)
	t.Cleanup(server.Close)
	f.config["baseUrl"] = server.URL
	f.config["requestsPerSecond"] = 1_000_000 // to keep the test fast
	return f
}

// exampleConfig is the config of config.example.json.
func exampleConfig(t testing.TB) map[string]any {
	t.Helper()
	var config map[string]any
	if err := json.Unmarshal(readFile(t, "config.example.json"), &config); err != nil {
		t.Fatal(err)
	}
	return config
}

// call sends a command, as Identity Security Cloud does, and returns its outputs and its error.
func call[In, Out any](t *testing.T, f fixture, method sdk.Method[In, Out], in In) ([]Out, error) {
	t.Helper()
	result, err := sdk.Call(t.Context(), f.Connector, method, in, f.config)
	return result.Outputs, err
}

// one sends a command that must succeed with one output.
func one[In, Out any](t *testing.T, f fixture, method sdk.Method[In, Out], in In) Out {
	t.Helper()
	outputs, err := call(t, f, method, in)
	if err != nil || len(outputs) != 1 {
		t.Fatalf("%s: %d outputs, error %v", method.Command(), len(outputs), err)
	}
	return outputs[0]
}

// TestSelf runs the self test, which is also "go run . selftest", on a directory in trouble.
func TestSelf(t *testing.T) {
	t.Parallel()
	f := newFixture(t, fakeapi.Impatient(300))
	config, err := json.Marshal(f.config)
	if err != nil {
		t.Fatal(err)
	}
	report, err := f.SelfTest(t.Context(), selftest.Options{Config: config, Write: true})
	if err != nil {
		t.Fatal(err)
	}
	unlisted := []string{"account-discover-schema", "account-unlock", "account-change-password"} // their commands
	for _, result := range report.Results {
		if result.Status != selftest.Pass && !slices.Contains(unlisted, result.Check) {
			t.Error(report)
			break
		}
	}
}

// TestServe: twenty concurrent lists read a whole directory that throttles them, with one token.
func TestServe(t *testing.T) {
	t.Parallel()
	f := newFixture(t, fakeapi.Impatient(5000))
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	var commands sync.WaitGroup
	for range 20 {
		commands.Go(func() {
			if ids := listServed(t, server.URL, f.config); len(ids) != 5000 {
				t.Errorf("%d different accounts, want 5000", len(ids))
			}
		})
	}
	commands.Wait()
	if c := f.api.Counts(); c.Tokens != 1 || c.Users != 5000 || c.Throttled == 0 || c.Failed == 0 {
		t.Errorf("the directory has counted %+v", c)
	}
}

// listServed lists the accounts through a server, and returns their IDs.
func listServed(t *testing.T, url string, config map[string]any) map[string]bool {
	body, err := json.Marshal(map[string]any{"type": "std:account:list", "input": map[string]any{}, "config": config})
	if err != nil {
		t.Error(err)
		return nil
	}
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
	ids := make(map[string]bool)
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		var line struct {
			Type string
			Data struct{ Key sdk.Key }
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("%s: %v", lines.Bytes(), err)
		} else if line.Type == "output" {
			ids[line.Data.Key.ID()] = true
		}
	}
	return ids
}

// TestPatience lists a directory that is slow, throttles and fails, at the rate limit of the
// config. Time only passes inside the test.
func TestPatience(t *testing.T) {
	api := fakeapi.New(fakeapi.Troubled(5000))
	defer func(old http.RoundTripper) { http.DefaultTransport = old }(http.DefaultTransport)
	http.DefaultTransport = handlerTransport{api}
	synctest.Test(t, func(t *testing.T) {
		f := fixture{connector.New(open), api, exampleConfig(t)}
		f.config["baseUrl"] = "https://" + rand.Text() + ".acme.example" // the limits of a base URL outlive the test
		f.config["pageSize"] = 50
		start := time.Now()
		accounts, err := call(t, f, connector.AccountList, sdk.AccountListInput{})
		if err != nil || len(accounts) != 5000 {
			t.Errorf("%d accounts, error %v", len(accounts), err)
		}
		c := api.Counts()
		least := time.Duration(c.Throttled)*time.Second + time.Duration(c.Requests)*50*time.Millisecond
		if took := time.Since(start); took < least || took > least+time.Minute {
			t.Errorf("%v for %+v, want at least %v", took, c, least)
		}
		if c.Tokens != 1 || c.Throttled == 0 || c.Failed == 0 {
			t.Errorf("the directory has counted %+v", c)
		}
	})
}

// A handlerTransport lets a handler answer requests, without a network.
type handlerTransport struct{ http.Handler }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody // as a handler expects
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), r.Context().Err()
}

// TestLifeCycle creates an account with groups, changes, disables, enables and deletes it.
func TestLifeCycle(t *testing.T) {
	t.Parallel()
	f := newFixture(t, fakeapi.Impatient(300))
	account := one(t, f, connector.AccountCreate, connector.AccountCreateInput{Attributes: connector.AccountCreateAttributes{
		Login: "max.yew", Email: "max@acme.example", DisplayName: "Max Yew", Contractor: sdk.Ptr(true), Groups: []string{"g-03", "g-04"},
	}})
	id := account.ID()
	want := connector.AccountAttributes{ID: id, Login: "max.yew", Email: "max@acme.example", DisplayName: "Max Yew", Contractor: sdk.Ptr(true), Groups: []string{"g-03", "g-04"}}
	check := func(account connector.Account, disabled bool) {
		t.Helper()
		if got, want := jsonOf(t, account.Attributes), jsonOf(t, want); got != want || *account.Disabled != disabled || len(account.Results) > 0 {
			t.Errorf("got %s, want %s and disabled %v", jsonOf(t, account), want, disabled)
		}
	}
	check(account, false)

	update := connector.AccountUpdateInput{Identity: id}
	update.Changed.Email.Set = sdk.Ptr("m.yew@acme.example")
	update.Changed.DisplayName.Cleared = true
	update.Changed.Groups = sdk.ListChange[string]{Added: []string{"g-05", "g-04"}, Removed: []string{"g-03"}}
	want.Email, want.DisplayName, want.Groups = "m.yew@acme.example", "", []string{"g-04", "g-05"}
	check(one(t, f, connector.AccountUpdate, update), false)
	check(one(t, f, connector.AccountDisable, sdk.AccountDisableInput{Identity: id}), true)
	check(one(t, f, connector.AccountEnable, sdk.AccountEnableInput{Identity: id}), false)
	check(one(t, f, connector.AccountRead, sdk.AccountReadInput{Identity: id}), false)

	one(t, f, connector.AccountDelete, sdk.AccountDeleteInput{Identity: id})
	if _, err := call(t, f, connector.AccountRead, sdk.AccountReadInput{Identity: id}); !sdk.IsNotFound(err) {
		t.Errorf("the account still exists: %v", err)
	}
}

// TestStateful: a later stateful run sends the people changed since, including deleted ones.
func TestStateful(t *testing.T) {
	t.Parallel()
	f := newFixture(t, fakeapi.Impatient(300))
	in := sdk.AccountListInput{Stateful: true}
	list := func() (ids []string) {
		t.Helper()
		result, err := sdk.Call(t.Context(), f.Connector, connector.AccountList, in, f.config)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range result.Outputs {
			ids = append(ids, a.ID())
			if a.Deleted {
				ids = append(ids, "deleted")
			}
		}
		in.State = result.State
		return ids
	}
	if ids := list(); len(ids) != 300 {
		t.Errorf("the first run sends %d accounts, want 300", len(ids))
	}
	if ids := list(); len(ids) != 0 {
		t.Errorf("nothing has changed, and the second run sends %v", ids)
	}
	one(t, f, connector.AccountDisable, sdk.AccountDisableInput{Identity: "u-0000017"})
	one(t, f, connector.AccountDelete, sdk.AccountDeleteInput{Identity: "u-0000004"})
	if ids := list(); !slices.Equal(ids, []string{"u-0000004", "deleted", "u-0000017"}) {
		t.Errorf("the third run sends %v", ids)
	}
	if ids := list(); len(ids) != 0 {
		t.Errorf("nothing has changed, and the fourth run sends %v", ids)
	}
}

// TestErrors: failures are reported and change nothing unnecessarily. notFound is only sent if the
// directory says that the person does not exist.
func TestErrors(t *testing.T) {
	t.Parallel()
	f := newFixture(t, fakeapi.Impatient(300))
	_, err := call(t, f, connector.AccountCreate, connector.AccountCreateInput{Attributes: connector.AccountCreateAttributes{Login: "ada.ash0", Email: "a@acme.example"}})
	wantError(t, err, `the login \"ada.ash0\" is taken`)

	var rename connector.AccountUpdateInput
	rename.Identity = "u-0000000"
	rename.Changed.Login.Set = sdk.Ptr("ada")
	_, err = call(t, f, connector.AccountUpdate, rename)
	wantError(t, err, `this connector cannot change "login"`)

	f.config["clientSecret"] = "guessed"
	_, err = call(t, f, connector.TestConnection, sdk.TestConnectionInput{})
	wantError(t, err, "invalid_client")

	proxy := &rest.Error{Method: "GET", Path: "/users/7", Status: http.StatusNotFound, Body: []byte("<h1>Not here</h1>")}
	wantError(t, explain(proxy), "404 Not Found: <h1>Not here")
}

func wantError(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) || sdk.IsNotFound(err) {
		t.Errorf("the error is %v, want one with %s that is not notFound", err, text)
	}
}

// TestGroupFails: a missing group does not undo the create that requested it.
func TestGroupFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t, fakeapi.Impatient(300))
	account := one(t, f, connector.AccountCreate, connector.AccountCreateInput{Attributes: connector.AccountCreateAttributes{
		Login: "max.yew", Email: "max@acme.example", Groups: []string{"g-99", "g-04"},
	}})
	if !slices.Equal(account.Attributes.Groups, []string{"g-04"}) || len(account.Results) != 1 || !strings.Contains(jsonOf(t, account), "g-99") {
		t.Errorf("got %s", jsonOf(t, account))
	}
}

func jsonOf(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
