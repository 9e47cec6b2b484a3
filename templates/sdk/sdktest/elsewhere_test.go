package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
)

// serve starts a server of a connector, and returns what has it replay scenarios.
func serve(t *testing.T, c *sdk.Connector) Option {
	t.Helper()
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return Through(sdk.Remote(server.URL))
}

// TestThrough: a connector on a server replays the scenarios. One of them has the source's
// address in an answer, and asks to wait for an hour.
func TestThrough(t *testing.T) {
	t.Parallel()
	c := newConnector(nil)
	Run(t, c, "testdata/scenarios", serve(t, c))
}

// TestThroughProblems: what a test says is what it says about the connector itself, except
// for what the connector makes of an answer that is missing.
func TestThroughProblems(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	c := newConnector(problemHandlers)
	through := serve(t, c)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			want := text(t, strings.TrimSuffix(file, extension)+".txt")
			switch filepath.Base(file) {
			case "no-answer.txtar": // the system says why, in its own words
				want = "\n"
			case "no-config.txtar":
				want = file + ":4: no URL of the config names the server of request token, so a connector elsewhere calls the real one: POST https://api.example.com/oauth/token\n"
			}
			if got := runFile(t, c, file, nil, through).text() + "\n"; got != want {
				t.Errorf("- want, + got\n%s", compare(want, got))
			}
		})
	}
}

// TestStage: addresses of the source and of the servers stand for each other wherever they
// are, and no answer asks to wait.
func TestStage(t *testing.T) {
	t.Parallel()
	const content = `-- command --
test:echo
-- config --
{"baseUrl": "https://Api.example.com/v2", "clientId": "http:\/\/login.example.com:8080", "clientSecret": "secret-clientSecret"}
-- request 1 --
POST https://Api.example.com/v2/hooks?to=https%3A%2F%2FApi.example.com%2Fme&with=http://login.example.com:8080
X-Key: secret-clientSecret

{"from": "http://login.example.com:8080/"}
-- answer 1 --
503 Service Unavailable
Location: https://Api.example.com/v2/hooks/1
Retry-After: 120

at https://Api.example.com, http:\/\/login.example.com:8080 and https%3A%2F%2FApi.example.com%2F; not at https://api.example.com:444
-- lines --
{"data":{"body":"at https://Api.example.com, http:\\/\\/login.example.com:8080 and https%3A%2F%2FApi.example.com%2F; not at https://api.example.com:444","after":"0","location":"https://Api.example.com/v2/hooks/1"},"type":"output"}
-- error --
generic

https://Api.example.com/v2 is down
`
	c := newConnector(map[sdk.Command]handler{"test:echo": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		login := c.ClientID
		address := c.BaseURL + "/hooks?to=" + strings.NewReplacer(":", "%3A", "/", "%2F").Replace(strings.TrimSuffix(c.BaseURL, "/v2")+"/me") + "&with=" + login
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(`{"from": "`+login+`/"}`))
		if err != nil {
			return err
		}
		req.Header.Set("X-Key", c.ClientSecret)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		seen := map[string]string{"body": string(body), "after": res.Header.Get("Retry-After"), "location": res.Header.Get("Location")}
		return errors.Join(err, res.Body.Close(), out.Send(seen), sdk.Errorf("%s is down", c.BaseURL))
	}})
	if rep := runFile(t, c, newScenario(t, content), nil, serve(t, c)); rep.text() != "" {
		t.Error(rep.text())
	}
}

// TestAsksToWait: after which answers a client waits.
func TestAsksToWait(t *testing.T) {
	t.Parallel()
	got := make(map[int]bool)
	for _, status := range []int{200, 404, 429, 500, 501, 502, 503, 504} {
		got[status] = asksToWait(&http.Response{StatusCode: status, Header: http.Header{}})
	}
	if want := map[int]bool{200: false, 404: false, 429: true, 500: true, 501: false, 502: true, 503: false, 504: true}; !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestThroughRecords: recording leaves the scenarios of a connector elsewhere alone. A test
// that sets the environment is not parallel.
func TestThroughRecords(t *testing.T) {
	file := newScenario(t, "-- command --\ntest:none\n")
	t.Setenv(recordVariable, "1")
	t.Run("skips", func(t *testing.T) {
		defer func() {
			if !t.Skipped() {
				t.Error("the test is not skipped")
			}
		}()
		Run(t, newConnector(nil), filepath.Dir(file), Through(func(context.Context, sdk.Request, func([]byte) error) error {
			t.Error("the command is run")
			return nil
		}))
	})
	if info, err := os.Stat(file); err != nil || info.Size() != int64(len("-- command --\ntest:none\n")) {
		t.Errorf("the file is now %v, %v", info, err)
	}
}
