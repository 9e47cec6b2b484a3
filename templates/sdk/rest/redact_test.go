package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/conngen/conngen/templates/sdk"
)

// marker is a part of each secret of the test that has it, with what is written in other ways.
const marker = `mark3r`

// written are the ways in which APIs repeat a text.
var written = map[string]func(string) string{
	"as it is": func(s string) string { return s },
	"JSON": func(s string) string {
		text, _ := json.Marshal(s)
		return string(text)
	},
	"JSON of other encoders": func(s string) string { return strings.ReplaceAll(strconv.QuoteToASCII(s), "/", `\/`) },
	"JSON in upper case": func(s string) string {
		return strings.NewReplacer(`\u00e9`, `\u00E9`).Replace(strconv.QuoteToASCII(s))
	},
	"a query": url.QueryEscape,
	"a path":  url.PathEscape,
	"a path in lower case": func(s string) string {
		return strings.NewReplacer("%2F", "%2f", "%C3", "%c3", "%A9", "%a9", "%3C", "%3c").Replace(url.PathEscape(s))
	},
	"a URL in a URL": func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"all escaped": func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
		return b.String()
	},
	"HTML": html.EscapeString,
	"HTML of other encoders": func(s string) string {
		return strings.NewReplacer("&", "&amp;", "'", "&#039;", `"`, "&quot;", "<", "&lt;", "/", "&#x2F;", "é", "&#233;").Replace(s)
	},
	"upper case": strings.ToUpper,
}

// shows reports whether a text has a marker, in whatever way.
func shows(text string) bool {
	for range 2 {
		if plain, err := url.PathUnescape(strings.ReplaceAll(text, `%\`, "")); err == nil {
			text += plain
		}
	}
	return strings.Contains(strings.ToLower(text), marker)
}

// TestSecrets: wherever a secret is sent, and however the API repeats it, nothing shows it.
func TestSecrets(t *testing.T) {
	t.Parallel()
	secretOf := func(name string) sdk.Secret { return sdk.NewSecret(name + ` &<é/"'\+% ` + marker + name) }
	token := func(context.Context) (Token, error) { return Token{Text: secretOf("token")}, nil }
	simple := func(name string) sdk.Secret { return sdk.NewSecret(name + "/+<" + marker) } // for headers
	for name, tt := range map[string]struct {
		auth    Auth
		opts    []CallOption
		options []Option
		secrets []sdk.Secret
	}{
		"bearer":      {Bearer(simple("b")), nil, nil, []sdk.Secret{simple("b")}},
		"basic":       {Basic("user", secretOf("basic")), nil, nil, []sdk.Secret{secretOf("basic")}},
		"API key":     {APIKey("X-Key", simple("k")), nil, nil, []sdk.Secret{simple("k")}},
		"query key":   {QueryKey("key", secretOf("key")), nil, nil, []sdk.Secret{secretOf("key")}},
		"TokenFunc":   {TokenFunc("of TestSecrets", token), nil, nil, []sdk.Secret{secretOf("token")}},
		"spaces":      {APIKey("X-Key", sdk.NewSecret(" "+marker+"/ ")), nil, nil, []sdk.Secret{sdk.NewSecret(marker + "/")}},
		"param":       {nil, []CallOption{Param("id", secretOf("param"))}, nil, []sdk.Secret{secretOf("param")}},
		"query":       {nil, []CallOption{Query("q", "a", secretOf("q"))}, nil, []sdk.Secret{secretOf("q")}},
		"header":      {nil, []CallOption{Header("X-Mine", secretOf("h"))}, nil, []sdk.Secret{secretOf("h")}},
		"all headers": {nil, nil, []Option{WithHeader("X-All", secretOf("all"))}, []sdk.Secret{secretOf("all")}},
		"scheme":      {Token{Scheme: "SSWS", Text: simple("s")}, nil, nil, []sdk.Secret{simple("s")}},
		"own scheme":  {APIKey("authorization", sdk.NewSecret("SSWS "+simple("s").Reveal())), nil, nil, []sdk.Secret{simple("s")}},
		"call's own":  {nil, []CallOption{Header("Authorization", "Splunk "+simple("s").Reveal())}, nil, []sdk.Secret{simple("s")}},
		"client's":    {nil, nil, []Option{WithHeader("Authorization", "Splunk "+simple("s").Reveal())}, []sdk.Secret{simple("s")}},
		"two":         {Bearer(simple("b")), []CallOption{Query("q", sdk.NewSecret("b/+<"+marker+"-longer"))}, nil, []sdk.Secret{sdk.NewSecret("b/+<" + marker + "-longer"), simple("b")}},
	} {
		for way, write := range written {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				var repeated []string
				for _, secret := range tt.secrets {
					repeated = append(repeated, write(secret.Reveal()))
				}
				echo := strings.Join(repeated, "|")
				path := "/x"
				if name == "param" {
					path = "/{id}"
				}
				synctest.Test(t, func(t *testing.T) { checkSecrets(t, path, echo, tt.opts, append(tt.options, WithAuth(tt.auth))) })
			})
		}
	}
}

// checkSecrets calls APIs that repeat a secret in each way that fails, and one that succeeds.
func checkSecrets(t *testing.T, path, echo string, opts []CallOption, options []Option) {
	sent := 0
	for name, answer := range map[string]func() (*http.Response, error){
		"refuses":    says(403, "you sent "+echo+"!", "X-Echo", echo, "X-Echo", "and "+echo),
		"fails":      says(502, echo+echo),
		"confuses":   says(200, "<"+echo, "X-Echo", echo),
		"breaks":     breaks(errors.New("cannot send to https://a.example?q=" + echo)),
		"breaks off": breaks(&url.Error{Op: "Get", URL: "https://a.example?q=" + echo, Err: errBroken}),
		"redirects":  says(302, "see "+echo, "Location", "https://b.example/?q="+url.QueryEscape(echo)),
		"misleads":   says(302, "see "+echo, "Location", "://"+echo),
		"succeeds":   says(200, "{}", "X-Echo", echo),
	} {
		a := &api{answer: func(int, *http.Request) (*http.Response, error) { return answer() }}
		log, err := logged(isolated(t), t, a.client(append(options, WithRetries(Retries{Attempts: 2}))...), path, opts)
		for _, r := range a.requests {
			if sent++; r.URL.Host != "api.example.com" {
				t.Errorf("%s: %s got a request", name, r.URL.Host)
			}
		}
		if (err == nil) != (name == "succeeds") || !strings.Contains(log, "attempt=1") {
			t.Errorf("%s: error %v, log %s", name, err, log)
		}
		var failure *Error
		if errors.As(err, &failure) {
			printed, _ := json.Marshal(failure)
			log += fmt.Sprintf("%v %+v %#v %s %s %s %v", failure, *failure, failure, failure.Body, failure.Path, printed, failure.Header)
			log += fmt.Sprintf("%v %#v", errors.Unwrap(failure), errors.Unwrap(failure))
		}
		if shows(log) {
			t.Errorf("%s shows a secret: %s", name, log)
		}
	}
	if sent < 8 {
		t.Errorf("%d requests were sent", sent)
	}
}

// logged makes a call in a command, and returns what is in its log.
func logged(ctx context.Context, t *testing.T, c *Client, path string, opts []CallOption) (log string, err error) {
	t.Helper()
	var lines bytes.Buffer
	method := sdk.NewMethod[struct{}, sdk.None]("test")
	connector := sdk.New(sdk.Spec{}, decodeNothing, func(context.Context, struct{}) (*Client, error) { return c, nil },
		[]sdk.Handler[*Client]{sdk.Action(method, func(c *Client, ctx context.Context, _ struct{}) error {
			_, err = Get[any](ctx, c, path, opts...)
			return nil
		})}, sdk.WithLogger(slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	if _, err := sdk.Call(ctx, connector, method, struct{}{}, map[string]bool{"spConnDebugLoggingEnabled": true}); err != nil {
		t.Fatal(err)
	}
	return lines.String(), err
}

// TestLog: each attempt leaves a line, with nothing of its query, headers and bodies.
func TestLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := script(says(429, "private", "Retry-After", "2"), breaks(errBroken), says(200, `"private"`, "X-Private", "private"))
		log, err := logged(t.Context(), t, a.client(), "/users/{id}?q=private", []CallOption{Param("id", 5), Header("X-Private", "private")})
		var lines []string
		for line := range strings.Lines(log) {
			if strings.Contains(line, "msg=call") {
				lines = append(lines, line)
			}
		}
		if err != nil || len(lines) != 3 || strings.Contains(log, "private") {
			t.Fatalf("error %v, log %s", err, log)
		}
		for i, want := range []string{" status=429 wait=2.", ` err="connection reset by peer" wait=`, " status=200\n"} {
			if start := fmt.Sprintf("level=DEBUG msg=call commandType=test method=GET path=/users/5 attempt=%d took=0s", i+1); !strings.Contains(lines[i], start) || !strings.Contains(lines[i], want) {
				t.Errorf("line %d is %s", i+1, lines[i])
			}
		}
	})
}

// TestLibraryErrors: a library gets no error with a secret in it.
func TestLibraryErrors(t *testing.T) {
	t.Parallel()
	a := &api{answer: func(_ int, r *http.Request) (*http.Response, error) {
		return nil, errors.New("cannot send to " + r.URL.String())
	}}
	_, err := a.client(WithAuth(QueryKey("key", hush)), WithRetries(Retries{Attempts: 1})).HTTP().Get(base + "/x?q=1")
	if err == nil || err.Error() != `Get "https://api.example.com/v1/x?q=1": cannot send to https://api.example.com/v1/x?key=[redacted]&q=1` {
		t.Errorf("error %v", err)
	}
}

// TestCutSecrets: where a body is cut in a secret, what is left of it is not shown either.
func TestCutSecrets(t *testing.T) {
	t.Parallel()
	secret := sdk.NewSecret("0123456789")
	for name, tt := range map[string]struct {
		limit  int64
		status int
		size   int // of the body's part that is kept
	}{
		"an error's body":     {0, 400, maxErrorBody},
		"not JSON":            {0, 200, maxErrorBody},
		"a smaller limit":     {1000, 400, 1000},
		"breaks off":          {-1, 400, 500},
		"a much larger limit": {1 << 40, 500, maxErrorBody},
	} {
		for kept := 1; kept <= 12; kept++ {
			body := strings.Repeat("x", tt.size-kept) + "0123456789, 0123456789"
			a := &api{answer: func(int, *http.Request) (*http.Response, error) {
				resp := reply(tt.status, body)
				if tt.limit < 0 {
					resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(body[:tt.size]), brokenReader{}))
				}
				return resp, nil
			}}
			_, err := Post[any](t.Context(), a.client(WithAuth(Bearer(secret)), WithBodyLimit(tt.limit)), "/x", nil)
			var failure *Error
			if !errors.As(err, &failure) {
				t.Fatalf("%s: error %v", name, err)
			}
			want := strings.Repeat("x", tt.size-kept)
			if kept >= 10 {
				want += "[redacted]" + ", "[:kept-10]
			}
			if got := string(failure.Body); got != strings.TrimSpace(want) {
				t.Errorf("%s: the body of %d bytes ends with %q after %d of the secret", name, len(got), strings.TrimLeft(got, "x"), kept)
			}
		}
	}
}

// TestShortSecrets: a text that is everywhere is not taken for the secret.
func TestShortSecrets(t *testing.T) {
	t.Parallel()
	_, err := get(t, always(400, "a bad cab").client(WithAuth(Bearer(sdk.NewSecret("a")))), "/x")
	if err == nil || err.Error() != "GET /x: 400 Bad Request: a bad cab" {
		t.Errorf("error %v", err)
	}
}

// FuzzRedact: no text has a secret after it was taken out, and without one nothing changes.
func FuzzRedact(f *testing.F) {
	f.Add("you sent hush%2Dhush", "hush-hush")
	f.Add(`\\\\\\\\\\`, `\\\\`)
	f.Add("%25%25%25", "%%%%")
	f.Add("&amp;amp;amp;", "&&&&")
	f.Add("ééé\xff", "é\xffé")
	f.Fuzz(func(t *testing.T, text, secret string) {
		c := &Client{secrets: []string{secret}}
		hide := c.redactor(new(exchange))
		got := hide.text(text)
		if len(hide) == 0 && got != text {
			t.Errorf("%q became %q without a secret", text, got)
		}
		for part := range strings.SplitSeq(got, "[redacted]") {
			if len(hide) > 0 && strings.Contains(part, hide[0]) {
				t.Errorf("%q still has %q: %q", text, hide[0], got)
			}
		}
		if cut := string(hide.body([]byte(text), true)); !strings.HasPrefix(got, strings.TrimSuffix(cut, "[redacted]")) {
			t.Errorf("%q cut is %q, not the beginning of %q", text, cut, got)
		}
	})
}

// BenchmarkRedact takes a token out of the largest body of an error.
func BenchmarkRedact(b *testing.B) {
	body := []byte(strings.Repeat(`{"message":"the token of eyJhbGciOiJSUzI1NiJ9 has expired"},`, 1100))
	c := &Client{secrets: []string{"eyJhbGciOiJSUzI1NiJ9." + strings.Repeat("0123456789abcdef", 100)}}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		c.redactor(new(exchange)).body(body, true)
	}
}
