package sdktest

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
)

// get sends a request and returns the answer's body.
func get(ctx context.Context, client *http.Client, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(res.Body)
	return string(body), errors.Join(err, res.Body.Close())
}

// TestNothingLeaves: while a scenario is replayed, what does not belong to it stays on the
// machine. Other tests may call their own servers.
func TestNothingLeaves(t *testing.T) {
	t.Parallel()
	local := newEcho(t, func(w http.ResponseWriter, _ *http.Request, _ string) { fmt.Fprint(w, "local") })
	clone := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	late := make(chan error, 1)
	c := newConnector(map[sdk.Command]handler{"test:stray": func(_ client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		const far = "https://198.51.100.7/users?key=hush"
		for i, call := range []func() (string, error){
			func() (string, error) { return get(context.Background(), http.DefaultClient, local.URL) },
			func() (string, error) { return get(context.Background(), http.DefaultClient, far) },
			func() (string, error) { return get(context.Background(), clone, far) },
			func() (string, error) { return get(ctx, clone, far) },
			func() (string, error) { return get(ctx, http.DefaultClient, far) },
		} {
			body, err := call()
			if err != nil {
				body = err.Error()
			}
			if err := out.Send(fmt.Sprint(i, " ", body)); err != nil {
				return err
			}
		}
		go func() {
			<-ctx.Done()
			_, err := get(context.WithoutCancel(ctx), http.DefaultClient, far)
			late <- err
		}()
		return nil
	}})
	file := newScenario(t, `-- command --
test:stray
-- config --
{}
-- request 1 --
GET https://198.51.100.7/users?key=computed-key
-- answer 1 --
200 OK

recorded
-- lines --
{"type":"output","data":"0 local"}
{"type":"output","data":"1 Get \"https://198.51.100.7/users?key=hush\": sdktest: GET https://198.51.100.7/users would leave the machine while a scenario is replayed: it lacks the context of the command"}
{"type":"output","data":"2 Get \"https://198.51.100.7/users?key=hush\": sdktest: GET https://198.51.100.7/users would leave the machine while a scenario is replayed: it lacks the context of the command"}
{"type":"output","data":"3 Get \"https://198.51.100.7/users?key=hush\": sdktest: GET https://198.51.100.7/users bypasses the scenario: its client has a clone of http.DefaultTransport, which only sdk/rest may use, through WithTransport"}
{"type":"output","data":"4 recorded"}
`)
	if rep := runFile(t, c, file, nil, Secret("key")); rep.text() != "" {
		t.Fatal(rep.text())
	}
	if err := <-late; !errors.Is(err, errEnded) {
		t.Errorf("a request after the command gives %v", err)
	}
}

// TestBodies: bodies of all kinds come back as they were, the compressed ones without that,
// and what is in them is replaced.
func TestBodies(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"/empty": "", "/line": "one\n", "/lines": "one\n\ntwo\n\n", "/markers": "a\n-- lines --\n-- x --\nb", "/marker": "-- x --", "/crlf": "a,b\r\nc,d\r\n",
		"/binary": "\x00\x01\xff" + strings.Repeat("b", 200), "/latin": "caf\xe9\n", "/nul": "a\x00b", "/quoted": "quoted\n\n\"x\"", "/base64": "base64", "/blank": "\n\nx",
		"/json": `{"b":[1.0,-0,1e400,12345678901234567890],"a":{},"c":[],"d":"\u00e9\/"}`, "/ndjson": "{\"a\":1}\n{\"b\":2}\n", "/number": "42", "/bom": "\ufeffx",
	}
	source := newEcho(t, func(w http.ResponseWriter, req *http.Request, _ string) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Date", "Mon, 02 Jan 2006 15:04:05 GMT")
		w.Header().Set("Etag", `"7"`)
		w.Header().Set("X-Kept", "yes")
		text := bodies[req.URL.Path]
		if req.URL.Query().Get("zip") != "" {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, err := io.WriteString(z, text+clientSecret)
			if err = errors.Join(err, z.Close()); err != nil {
				t.Error(err)
			}
			return
		}
		_, _ = io.WriteString(w, text)
	})
	c := newConnector(map[sdk.Command]handler{"test:bodies": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		for path, want := range bodies {
			for _, zip := range []string{"", "?zip=1"} {
				var sent bytes.Buffer
				z := gzip.NewWriter(&sent)
				_, err := io.WriteString(z, want+c.ClientSecret)
				if err = errors.Join(err, z.Close()); err != nil {
					return err
				}
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.BaseURL+path+zip, &sent)
				if err != nil {
					return err
				}
				req.Header.Set("Content-Encoding", "gzip")
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					return err
				}
				body, err := io.ReadAll(res.Body)
				if err = errors.Join(err, res.Body.Close()); err != nil {
					return err
				}
				want, got := want, string(body)
				if zip != "" {
					want += c.ClientSecret
				}
				if n, ok := readTree(want); ok && (n.kind == '{' || n.kind == '[') { // equivalent
					want = n.canonical()
					if n, ok := readTree(got); ok {
						got = n.canonical()
					}
				}
				if got != want || res.Header.Get("Etag") != `"7"` || res.Header.Get("X-Kept") != "yes" || res.ContentLength != int64(len(body)) && res.ContentLength != -1 {
					return fmt.Errorf("%s%s has %q, want %q, headers %v", path, zip, got, want, res.Header)
				}
			}
		}
		return out.SaveState(map[string]string{})
	}})
	config, err := json.Marshal(map[string]string{"baseUrl": source.URL, "clientSecret": clientSecret})
	if err != nil {
		t.Fatal(err)
	}
	file := newScenario(t, "-- command --\ntest:bodies\n")
	if rep := runFile(t, c, file, config, Headers("x-kept")); rep.text() != "" || len(rep.logs) > 0 {
		t.Fatal(rep.text(), rep.logs)
	}
	got := text(t, file)
	if strings.Contains(got, "hush") || strings.Contains(got, "Date:") || !strings.Contains(got, "X-Kept: yes") {
		t.Errorf("the file is\n%s", got)
	}
	source.Close()
	for _, text := range []string{got, strings.ReplaceAll(got, "\n", "\r\n")} { // as Git checks it out elsewhere
		if rep := runFile(t, c, newScenario(t, text), nil); rep.text() != "" {
			t.Error(rep.text())
		}
	}
}

// TestRecordingFails: what cannot be recorded, or would not replay, leaves the file alone.
func TestRecordingFails(t *testing.T) {
	t.Parallel()
	source := newEcho(t, func(w http.ResponseWriter, req *http.Request, _ string) {
		switch req.URL.Path {
		case "/broken":
			panic(http.ErrAbortHandler)
		case "/brotli":
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, "?")
		case "/mail":
			fmt.Fprint(w, "ada@corp.io")
		case "/large":
			_, _ = w.Write(make([]byte, maxBody+1))
		}
	})
	count, failures, kinds := 0, 0, 0
	ask := func(path string) handler {
		return func(c client, ctx context.Context, _ json.RawMessage, _ *sdk.Writer) error {
			count++
			_, err := get(ctx, http.DefaultClient, c.BaseURL+strings.ReplaceAll(path, "#", fmt.Sprint(count)))
			return err
		}
	}
	c := newConnector(map[sdk.Command]handler{
		"test:broken": ask("/broken"), "test:brotli": ask("/brotli"), "test:large": ask("/large"), "test:time": ask("/?time=#"), "test:nonce": ask("/?nonce=#"),
		"test:swallow": func(c client, ctx context.Context, in json.RawMessage, out *sdk.Writer) error {
			_ = ask("/?time=#")(c, ctx, in, out)
			return nil
		},
		"test:once": func(client, context.Context, json.RawMessage, *sdk.Writer) error {
			if failures++; failures == 1 {
				return errors.New("once")
			}
			return nil
		},
		"test:random": func(client, context.Context, json.RawMessage, *sdk.Writer) error { return errors.New(rand.Text()) },
		"test:kind": func(c client, ctx context.Context, in json.RawMessage, out *sdk.Writer) error {
			if kinds++; kinds == 1 {
				return sdk.NotFound("gone")
			}
			return errors.New("gone")
		},
		"test:domain": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
			text, err := get(ctx, http.DefaultClient, c.BaseURL+"/mail")
			if err != nil || !strings.HasSuffix(text, "@corp.io") {
				return err
			}
			return out.Send(text)
		},
		"test:refused": func(client, context.Context, json.RawMessage, *sdk.Writer) error { return errors.New("refused") },
		"test:lines": func(_ client, _ context.Context, _ json.RawMessage, out *sdk.Writer) error {
			count++
			return out.Send(count)
		},
	})
	config := fmt.Appendf(nil, `{"baseUrl": %q}`, source.URL)
	for command, want := range map[string]string{
		"test:broken":  "request 1 has no answer: EOF",
		"test:brotli":  `request 1 has no answer: the body is encoded as "br", which sdktest cannot read`,
		"test:large":   "request 1 has no answer: the body has more than 16777216 bytes",
		"test:time":    "the recording cannot be replayed: the command succeeds on the source, and then fails",
		"test:swallow": "the recording cannot be replayed: the connector does not do the same again; Secret takes what changes each time out of the comparison",
		"test:refused": "the command fails: refused\nIf it must, write only these lines after the command, and record it with SDKTEST_RECORD=1:\n-- error --\ngeneric",
		"test:lines":   "the command calls no source. Does the client use sdk/rest",
		"test:nonce":   "",

		"test:refused\n-- error --\ngeneric": "",

		"test:refused\n{\"mail\":\"person7@example.com\"}\n-- error --\ngeneric": "the command fails: refused\nIts input has the stand-in person7@example.com",

		"test:refused\n{\"mail\":\"person7@example.com\"}\n-- error --\ngeneric\n\nrefused": "", // as it was recorded

		"test:once\n-- error --\ngeneric":   "the recording cannot be replayed: the command fails on the source, and then succeeds",
		"test:kind\n-- error --\nnotFound":  "the recording cannot be replayed: the command fails on the source, and then with an error of another type (- source, + then)\n- notFound\n+ generic\n",
		"test:random\n-- error --\ngeneric": "the recording cannot be replayed: the command fails with another error each time (- first, + then)",
		"test:domain":                       "the recording cannot be replayed: on the source the connector sends other lines than in the replay (- source, + replay)\nPublic names what",
		"test:lines\n-- lines --":           "the recording cannot be replayed: the connector sends other lines each time (- first, + then)",
	} {
		file := newScenario(t, "-- command --\n"+command+"\n")
		before := text(t, file)
		rep := runFile(t, c, file, config)
		if want == "" {
			if rep.text() != "" {
				t.Errorf("%s: %s", command, rep.text())
			}
			continue
		}
		if !errorsContain(rep, file+" is not written: "+want) || text(t, file) != before {
			t.Errorf("%s: %q, want %q", command, rep.text(), want)
		}
	}
	file := newScenario(t, "-- command --\ntest:time\n")
	if rep := runFile(t, c, file, config, Secret("time")); rep.text() != "" {
		t.Error(rep.text())
	}
}

// TestStandIn: a replayed command finds what the test sets in place of a secret, and sends
// it as the stand-in.
func TestStandIn(t *testing.T) {
	t.Parallel()
	const key = "-----BEGIN TEST KEY-----\nnothing to see here\n-----END TEST KEY-----"
	source := newEcho(t, func(w http.ResponseWriter, _ *http.Request, body string) { fmt.Fprint(w, body) })
	c := newConnector(map[sdk.Command]handler{"test:key": func(c client, ctx context.Context, _ json.RawMessage, _ *sdk.Writer) error {
		if !strings.HasPrefix(c.ClientSecret, "-----BEGIN") {
			return errors.New("the secret is not a key")
		}
		var echoed any
		return c.call(ctx, http.MethodPost, c.BaseURL+"/", "application/json", fmt.Appendf(nil, `{"key": %q}`, c.ClientSecret), func(req *http.Request) {
			req.Header.Set("X-Key-Text", strings.ReplaceAll(c.ClientSecret, "\n", ""))
		}, &echoed)
	}})
	config, err := json.Marshal(map[string]string{"baseUrl": source.URL, "clientSecret": strings.ReplaceAll(key, "nothing to see here", "hush hush hush hush")})
	if err != nil {
		t.Fatal(err)
	}
	file := newScenario(t, "-- command --\ntest:key\n")
	option := StandIn("clientSecret", key)
	if rep := runFile(t, c, file, config); !errorsContain(rep, "+ the secret is not a key\nStandIn sets a secret that must have a form") {
		t.Errorf("without the option: %s", rep.text())
	}
	if rep := runFile(t, c, file, config, option); rep.text() != "" {
		t.Fatal(rep.text())
	}
	if got := text(t, file); strings.Contains(got, "hush") || !strings.Contains(got, `"key": "secret-clientSecret"`) {
		t.Errorf("the file is\n%s", got)
	}
	if rep := runFile(t, c, file, nil, option); rep.text() != "" {
		t.Error(rep.text())
	}
	if rep := runFile(t, c, file, nil, StandIn("other", key)); !errorsContain(rep, `neither the config nor an answer has a text "other", for which the test sets a stand-in`) {
		t.Error(rep.text())
	}
}

// TestRequestsAsSent: what a connector changes of a request to send it once more does not
// change what is recorded.
func TestRequestsAsSent(t *testing.T) {
	t.Parallel()
	source := newEcho(t, func(w http.ResponseWriter, req *http.Request, _ string) {
		switch {
		case req.URL.Path == "/token":
			fmt.Fprintf(w, `{"access_token":%q}`, accessToken)
		case req.Header.Get("Authorization") != "Bearer "+accessToken:
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	c := newConnector(map[sdk.Command]handler{"test:again": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.BaseURL+"/users", nil)
		if err != nil {
			return err
		}
		for _, token := range []string{"expired", accessToken} {
			if token == accessToken {
				var answer struct {
					Text string `json:"access_token"`
				}
				if err := c.call(ctx, http.MethodGet, c.BaseURL+"/token", "", nil, func(*http.Request) {}, &answer); err != nil {
					return err
				}
				token = answer.Text
			}
			req.Header.Set("Authorization", "Bearer "+token)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			if err := errors.Join(res.Body.Close(), out.Send(res.StatusCode)); err != nil {
				return err
			}
		}
		return nil
	}})
	file := newScenario(t, "-- command --\ntest:again\n")
	if rep := runFile(t, c, file, fmt.Appendf(nil, `{"baseUrl": %q}`, source.URL)); rep.text() != "" {
		t.Fatal(rep.text())
	}
	got := text(t, file)
	if strings.Count(got, "Authorization: Bearer secret-access_token\n") != 1 || strings.Count(got, "Authorization: Bearer computed-authorization\n") != 1 {
		t.Errorf("the file is\n%s", got)
	}
}

// TestRecordingBesideReplay: a replay refuses no request that another scenario records.
func TestRecordingBesideReplay(t *testing.T) {
	t.Parallel()
	replaying.Add(1)
	defer replaying.Add(-1)
	plain := new(http.Transport)
	guard(plain)
	for name, tt := range map[string]struct {
		source  source
		refused bool
	}{"a recording": {network{}, false}, "a stray request": {nil, true}, "a scenario": {new(replay), true}} {
		ctx := t.Context()
		if tt.source != nil {
			ctx = withSource(ctx, tt.source)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://198.51.100.7/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := plain.Proxy(req); (err != nil) != tt.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStandInOfAnswer: a token that the connector looks into has what the test sets, and is
// sent as the stand-in.
func TestStandInOfAnswer(t *testing.T) {
	t.Parallel()
	token := func(tenant string) string {
		return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(`{"tenant":"`+tenant+`"}`)) + ".c2ln"
	}
	source := newEcho(t, func(w http.ResponseWriter, req *http.Request, _ string) {
		if req.URL.Path == "/token" {
			fmt.Fprintf(w, `{"access_token":%q}`, token("hush"))
			return
		}
		fmt.Fprint(w, `{}`)
	})
	c := newConnector(map[sdk.Command]handler{"test:claims": func(c client, ctx context.Context, _ json.RawMessage, _ *sdk.Writer) error {
		var answer struct {
			Text string `json:"access_token"`
		}
		if err := c.call(ctx, http.MethodGet, c.BaseURL+"/token", "", nil, func(*http.Request) {}, &answer); err != nil {
			return err
		}
		parts := strings.Split(answer.Text, ".")
		if len(parts) != 3 {
			return errors.New("the token has no claims")
		}
		claims, err := base64.RawURLEncoding.DecodeString(parts[1])
		var in struct{ Tenant string }
		if err = errors.Join(err, json.Unmarshal(claims, &in)); err != nil {
			return err
		}
		return c.call(ctx, http.MethodGet, c.BaseURL+"/tenants/"+in.Tenant, "", nil, func(req *http.Request) { req.Header.Set("Authorization", "Bearer "+answer.Text) }, &in)
	}})
	file := newScenario(t, "-- command --\ntest:claims\n")
	option := StandIn("access_token", token("acme"))
	if rep := runFile(t, c, file, fmt.Appendf(nil, `{"baseUrl": %q}`, source.URL), option); rep.text() != "" {
		t.Fatal(rep.text())
	}
	got := text(t, file)
	if strings.Contains(got, "eyJ") || !strings.Contains(got, "/tenants/acme\nAuthorization: Bearer secret-access_token\n") {
		t.Errorf("the file is\n%s", got)
	}
	if rep := runFile(t, c, file, nil, option); rep.text() != "" {
		t.Error(rep.text())
	}
}

// TestDomain: the domain of people's addresses has a stand-in where it is a value of its own.
func TestDomain(t *testing.T) {
	t.Parallel()
	source := newEcho(t, func(w http.ResponseWriter, _ *http.Request, _ string) { fmt.Fprint(w, adaJSON) })
	c := newConnector(map[sdk.Command]handler{"test:domain": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
		var u user
		err := c.call(ctx, http.MethodGet, c.BaseURL+"/me", "", nil, func(*http.Request) {}, &u)
		if err != nil || !strings.HasSuffix(u.Email, "@"+c.ClientID) {
			return err
		}
		return out.Send(u.Email)
	}})
	file := newScenario(t, "-- command --\ntest:domain\n")
	if rep := runFile(t, c, file, fmt.Appendf(nil, `{"baseUrl": %q, "clientId": "corp.test.io"}`, source.URL)); rep.text() != "" {
		t.Fatal(rep.text())
	}
	if got := text(t, file); strings.Contains(got, "corp.test.io") || !strings.Contains(got, `{"data":"person1@example.com","type":"output"}`) {
		t.Errorf("the file is\n%s", got)
	}
}
