package sdktest

import (
	"context"
	"encoding/json"
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
