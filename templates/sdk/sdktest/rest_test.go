package sdktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/rest"
)

// newRestConnector returns the connector of the tests with its list on sdk/rest.
func newRestConnector() *sdk.Connector {
	type page struct {
		Users []user `json:"users"`
		Next  string `json:"next"`
	}
	return newConnector(map[sdk.Command]handler{"std:account:list": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		api := rest.New(c.BaseURL,
			rest.WithAuth(rest.ClientCredentials{TokenURL: "/oauth/token", ClientID: c.ClientID, ClientSecret: sdk.NewSecret(c.ClientSecret), BasicAuth: true}),
			rest.WithLimit(1, time.Hour), rest.WithRetries(rest.Retries{MaxWait: 2 * time.Hour}))
		next := rest.NextURL(func(p page) ([]user, string) { return p.Users, p.Next })
		for u, err := range rest.Pages(ctx, api, "/users", next, rest.Query("limit", 2)) {
			if err != nil {
				return err
			}
			if err := out.Send(account{u.Email, u}); err != nil {
				return err
			}
		}
		return out.SaveState(map[string]string{"seen": "all"})
	}})
}

// TestRest: requests of sdk/rest are recorded and replayed. Each scenario has tokens and
// limits of its own, and neither those nor a Retry-After are waited for.
func TestRest(t *testing.T) {
	t.Parallel()
	c := newRestConnector()
	var all sync.WaitGroup
	for range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			if rep := runFile(t, c, "testdata/scenarios/list.txtar", nil); rep.text() != "" {
				t.Error(rep.text())
			}
		}()
	}
	all.Wait()
	broken := strings.Replace(text(t, "testdata/scenarios/list.txtar"), "/users?limit=2\n", "/users?limit=3\n", 1)
	file := newScenario(t, broken)
	rep := runFile(t, c, file, nil)
	if want := file + ":16: the connector sends a request that is not recorded; request 2 is the nearest unused one"; len(rep.errors) != 2 || !strings.HasPrefix(rep.text(), want) {
		t.Errorf("%d errors: %s\nwant %s", len(rep.errors), rep.text(), want)
	}
}

// TestOwnConnections: connections that a connector gives to sdk/rest stay unused while a
// scenario is replayed, and are recorded.
func TestOwnConnections(t *testing.T) {
	t.Parallel()
	source := newEcho(t, func(w http.ResponseWriter, _ *http.Request, _ string) { fmt.Fprint(w, `{"a":1}`) })
	dials := 0
	own := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		dials++
		return new(net.Dialer).DialContext(ctx, network, source.Listener.Addr().String())
	}}
	t.Cleanup(own.CloseIdleConnections)
	c := newConnector(map[sdk.Command]handler{"test:own": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		v, err := rest.Get[map[string]any](ctx, rest.New(c.BaseURL, rest.WithTransport(own)), "/x")
		if err != nil {
			return err
		}
		return out.Send(v)
	}})
	file := newScenario(t, "-- command --\ntest:own\n")
	rep := runFile(t, c, file, []byte(`{"baseUrl": "http://api.example.com"}`))
	own.CloseIdleConnections()
	if rep.text() != "" || dials != 1 {
		t.Fatalf("%d connections: %s", dials, rep.text())
	}
	if rep := runFile(t, c, file, nil); rep.text() != "" || dials != 1 {
		t.Errorf("%d connections: %s", dials, rep.text())
	}
}

// TestPagesInOrder: a connector that stops within a list asks for the same pages each time,
// however fast the source is.
func TestPagesInOrder(t *testing.T) {
	t.Parallel()
	pages := make(chan struct{}, 1)
	source := newEcho(t, func(w http.ResponseWriter, req *http.Request, _ string) {
		if req.URL.Path == "/users" && req.URL.RawQuery != "" {
			pages <- struct{}{}
		}
		fmt.Fprintf(w, `{"users":[{"id":"1"},{"id":"2"}],"next":"%sx"}`, req.URL.Query().Get("at"))
	})
	c := newConnector(map[sdk.Command]handler{"test:first": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		type page struct {
			Users []user `json:"users"`
			Next  string `json:"next"`
		}
		api := rest.New(c.BaseURL)
		next := rest.Cursor("at", func(p page) ([]user, string) { return p.Users, p.Next })
		for u, err := range rest.Pages(ctx, api, "/users", next) {
			if err != nil {
				return err
			}
			detail, err := rest.Get[page](ctx, api, "/users/1") // the next page could come meanwhile
			if err != nil {
				return err
			}
			return out.Send(account{u.ID, detail.Users[0]})
		}
		return nil
	}})
	file := newScenario(t, "-- command --\ntest:first\n")
	if rep := runFile(t, c, file, fmt.Appendf(nil, `{"baseUrl": %q}`, source.URL)); rep.text() != "" || len(pages) > 0 {
		t.Fatalf("%d further pages are read: %s", len(pages), rep.text())
	}
	for range 20 {
		if rep := runFile(t, c, file, nil); rep.text() != "" {
			t.Fatal(rep.text())
		}
	}
}
