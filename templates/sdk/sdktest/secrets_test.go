package sdktest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
)

// forms are the ways in which a secret may occur in a text.
var forms = map[string]func(string) string{
	"plain": func(s string) string { return s },
	"words": func(s string) string { return "before " + s + ", after" },
	"query": url.QueryEscape,
	"path":  url.PathEscape,
	"twice": func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"small": func(s string) string { return lowerEscapes(url.QueryEscape(s)) },
	"all":   escapeAll,
	"JSON":  func(s string) string { b, _ := json.Marshal(s); return string(b) },
	"quoted": func(s string) string {
		b, _ := json.Marshal(map[string]string{"a": s})
		c, _ := json.Marshal(string(b))
		return string(c)
	},
	"ASCII": func(s string) string { return strings.Trim(fmt.Sprintf("%+q", s), `"`) },
	"XML": func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s))
		return "<a>" + b.String() + "</a>"
	},
	"base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"basic":  func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+s)) },
	"raw":    func(s string) string { return "x_" + base64.RawURLEncoding.EncodeToString([]byte("ab"+s+"cde")) },
	"nested": func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(`{"t":"` + url.QueryEscape(s) + `"}`))
	},
	"hex":     func(s string) string { return hex.EncodeToString([]byte(s)) },
	"HEX":     func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"user":    func(s string) string { return "https://" + url.UserPassword("me", s).String() + "@host.test/" },
	"url":     func(s string) string { return "https://host.test/a?b=" + url.QueryEscape(s) + "&c=d" },
	"trimmed": strings.TrimSpace,
}

func lowerEscapes(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == '%' && i+2 < len(b) {
			copy(b[i+1:i+3], strings.ToLower(s[i+1:i+3]))
		}
	}
	return string(b)
}

func escapeAll(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02x", s[i])
	}
	return b.String()
}

// shows reports whether a text has a secret in it, in any form that is easy to take off.
func shows(text, secret string) bool {
	texts := []string{text}
	for i := 0; i < len(texts) && len(texts) < 100; i++ {
		if strings.Contains(texts[i], secret) {
			return true
		}
		if plain, err := url.QueryUnescape(texts[i]); err == nil && plain != texts[i] {
			texts = append(texts, plain)
		}
		if n, ok := readTree(texts[i]); ok {
			n.each(func(_ place, leaf *node) {
				if leaf.text != "" && leaf.text != texts[i] {
					texts = append(texts, leaf.text)
				}
			})
		}
		for _, run := range base64Run.FindAllString(texts[i], -1) {
			if _, plain, ok := decodeBase64(run); ok {
				texts = append(texts, plain)
			}
			if plain, err := hex.DecodeString(run); err == nil {
				texts = append(texts, string(plain))
			}
		}
	}
	return false
}

var hardSecrets = []string{
	"c0nfidential", `hush/1+2&"3"<ü>`, "line one of a key\nline two of a key", " padded secret ", "100%25 sure", `back\slash\u0041`, "schlüssel🔑wort",
	"0123456789", "pass", "a+b c", "secret-apiToken",
}

// TestSecretForms: whatever form a secret has in a text, the text is written without it, and
// a text that still has it is refused.
func TestSecretForms(t *testing.T) {
	t.Parallel()
	for _, secret := range hardSecrets {
		s := newSecrets()
		s.give("key", secret)
		for name, form := range forms {
			text := form(secret)
			if (name == "hex" || name == "HEX" || name == "raw") && len(secret) < boundedBelow {
				continue
			}
			got := s.replace(text)
			if shows(got, secret) || shows(got, strings.TrimSpace(secret)) || s.check(got) != nil {
				t.Errorf("%q as %s: %q becomes %q", secret, name, text, got)
			}
			if s.check(text) == nil {
				t.Errorf("%q as %s: %q is not refused", secret, name, text)
			}
			if again := s.replace(got); again != got {
				t.Errorf("%q as %s: %q becomes %q when it is replaced again", secret, name, got, again)
			}
		}
	}
}

// TestSecretsThatAreNone: what only looks like a secret stays.
func TestSecretsThatAreNone(t *testing.T) {
	t.Parallel()
	s := newSecrets()
	s.give("pin", "1234")
	s.give("word", "pass")
	s.give("short", "abc")
	s.give("x", "x")
	s.find("code", "common")
	for text, want := range map[string]string{
		"id 912345": "id 912345", "passing": "passing", "bypass": "bypass", "abc": "secret-short", "abcd": "abcd", "abc d": "abc d", "x": "x",
		"1234": "secret-pin", "pin 1234.": "pin secret-pin.", "common": "common", "secret-pin": "secret-pin", "a%20pass": "a%20secret-word",
		"12341234": "12341234", "AAAApass": "AAAApass", "cGFzcw==": "c2VjcmV0LXdvcmQ=", "OnBhc3M=": base64.StdEncoding.EncodeToString([]byte(":secret-word")),
	} {
		if got := s.replace(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	for i, name := range []string{"a key", "a key", "ä", ""} {
		want := []string{"secret-a_key", "secret-a_key-2", "secret-_", "secret-value"}[i]
		if got := s.find(name, fmt.Sprint("value of ", i)); got != want {
			t.Errorf("%q is called %s, want %s", name, got, want)
		}
	}
}

// FuzzSecrets: no form of a secret stays in a text, whatever is around it.
func FuzzSecrets(f *testing.F) {
	names := make([]string, 0, len(forms))
	for name := range forms {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, secret := range hardSecrets {
		for n := range names {
			f.Add(secret, "before"[:i%7], []string{"", " after", "%2", `\`, "&am", "=="}[n%6], uint8(n), uint8(n+i))
		}
	}
	f.Fuzz(func(t *testing.T, secret, before, after string, first, second uint8) {
		// A file in which a secret comes about anew is refused, not written.
		if len(secret) < shortestGiven || slices.ContainsFunc(secretParts(secret), readsLikeStandIn) {
			return
		}
		s := newSecrets()
		s.give("key", secret)
		text := before + forms[names[int(first)%len(names)]](secret) + after
		if second%3 == 0 {
			text = forms[names[int(second)%len(names)]](text)
		}
		got := s.replace(text)
		isShown := func(part string) bool { return strings.Contains(part, secret) }
		if len(secret) >= boundedBelow && slices.ContainsFunc(strings.Split(got, "secret-key"), isShown) {
			t.Errorf("%q in %q: %q has it", secret, text, got)
		}
		if err := s.check(got); err != nil && !strings.Contains(standInForm.FindString(got), secret) {
			t.Errorf("%q in %q: %q is refused: %v", secret, text, got, err)
		}
		if again := s.replace(got); again != got {
			t.Errorf("%q in %q: %q becomes %q when it is replaced again", secret, text, got, again)
		}
	})
}

// readsLikeStandIn reports whether a part of a secret may come about where its own stand-in stands,
// from that and from what is around it: "secret-" in "secret-key2", and "as" in "asecret-key".
func readsLikeStandIn(part string) bool {
	const standIn = "secret-key"
	part = strings.ToLower(part)
	for n := 1; n <= len(standIn); n++ {
		if strings.HasSuffix(part, standIn[:n]) || strings.HasPrefix(part, standIn[len(standIn)-n:]) {
			return true
		}
	}
	return strings.Contains(standIn, part)
}

// An echo is a source that answers with what it is asked, and shows secrets in every form.
func newEcho(t *testing.T, answer func(w http.ResponseWriter, req *http.Request, body string)) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		answer(w, req, string(body))
	}))
	t.Cleanup(s.Close)
	return s
}

// TestSecretsStayOffTheDisk: secrets of the config, the command and the answers are sent in
// every form and place, and come back so; nothing of them is in the file, which replays.
func TestSecretsStayOffTheDisk(t *testing.T) {
	t.Parallel()
	const token, cookie, password = "hush-token/+é", "hush-cookie-value", "hush pass&word"
	echo := newEcho(t, func(w http.ResponseWriter, req *http.Request, body string) {
		http.SetCookie(w, &http.Cookie{Name: "JSESSIONID", Value: cookie})
		w.Header().Set("X-Auth-Token", token)
		w.Header().Set("Link", `<https://host.test/?key=`+url.QueryEscape(clientSecret)+`>; rel="next"`)
		switch req.URL.Path {
		case "/xml":
			w.Header().Set("Content-Type", "text/xml")
			fmt.Fprintf(w, `<r><s:sessionId xmlns:s="x">hush-xml&amp;session</s:sessionId><a token="hush-attribute">%s</a></r>`, url.PathEscape(body))
		case "/form":
			w.Header().Set("Content-Type", "application/x-www-form-urlencoded")
			fmt.Fprint(w, url.Values{"access_token": {"hush-form-token"}, "scope": {body}}.Encode())
		case "/lines":
			fmt.Fprintf(w, "{\"refreshToken\":%q}\n{\"id\":%q}\n", "hush-refresh", "hush-refresh")
		case "/binary":
			_, _ = w.Write([]byte("\x00\xff" + clientSecret + token))
		default:
			answer, _ := json.Marshal(map[string]any{
				"id_token": token, "nested": map[string]any{"apiKey": []string{"hush-key-1", "hush-key-2"}, "password": map[string]string{"value": "hush-hash"}},
				"seen": body, "header": req.Header.Get("Authorization"), "jwt": "see eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodXNoIn0.aHVzaA", "short": "x",
			})
			_, _ = w.Write(answer)
		}
	})
	c := newConnector(map[sdk.Command]handler{"test:forms": func(c client, ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
		var in struct{ Attributes struct{ Password string } }
		err := json.Unmarshal(input, &in)
		send := func(path, contentType, body string, authorize func(*http.Request)) {
			req, requestErr := http.NewRequestWithContext(ctx, http.MethodPost, c.BaseURL+path, strings.NewReader(body))
			if requestErr != nil {
				err = errors.Join(err, requestErr)
				return
			}
			req.Header.Set("Content-Type", contentType)
			authorize(req)
			res, sendErr := http.DefaultClient.Do(req)
			if sendErr != nil {
				err = errors.Join(err, sendErr)
				return
			}
			answer, readErr := io.ReadAll(res.Body)
			err = errors.Join(err, readErr, res.Body.Close(), out.Send(map[string]string{"answer": string(answer)}))
		}
		for _, name := range []string{"/", "/xml", "/form", "/lines", "/binary"} {
			for _, secret := range []string{c.ClientSecret, in.Attributes.Password} {
				send(name, "text/plain", forms["words"](secret)+forms["base64"](secret), func(req *http.Request) { req.SetBasicAuth("me", secret) })
				send(name+"?x="+url.QueryEscape(secret), "application/json", `{"a":`+forms["JSON"](secret)+`,"nonce":"`+rand.Text()+`"}`, func(req *http.Request) { req.Header.Set("X-Api-Key", secret) })
				send(name+"?signature="+rand.Text(), "application/x-www-form-urlencoded", url.Values{"p": {secret}, "b": {forms["quoted"](secret)}}.Encode(), func(req *http.Request) {
					req.Header.Set("Authorization", "Signature hush"+rand.Text())
				})
				send(name, "text/xml", forms["XML"](secret)+"<token>hush"+rand.Text()+"</token>", func(req *http.Request) { req.Header.Set("Authorization", secret) })
			}
		}
		return err
	}})
	config, err := json.Marshal(map[string]any{
		"baseUrl": strings.Replace(echo.URL, "http://", "http://hushuser:hush%2Fpassword@", 1), "clientId": "me", "clientSecret": clientSecret,
		"headers": []any{map[string]string{"name": "X-Tenant", "value": "hush-header"}}, "unlisted": "hush-unlisted", "spConnectorInstanceId": "instance-4711",
	})
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(map[string]any{"attributes": map[string]string{"password": password}, "changes": []any{map[string]string{"op": "Set", "attribute": "pin", "value": "hush-pin"}}})
	if err != nil {
		t.Fatal(err)
	}
	file := newScenario(t, "-- command --\ntest:forms\n"+string(input)+"\n")
	if rep := runFile(t, c, file, config); rep.text() != "" {
		t.Fatal(rep.text())
	}
	got := text(t, file)
	for _, secret := range []string{"hush", clientSecret, token, cookie, password, "eyJhbGci"} {
		if shows(got, secret) {
			i := strings.Index(got, secret)
			t.Errorf("the file shows %q: %.300s", secret, got[max(0, i-200):])
		}
	}
	for _, want := range []string{"X-Tenant", "instance-4711", `"unlisted": "secret-unlisted"`, "Authorization: Basic me:secret-clientSecret", "Authorization: Signature computed-authorization", `"value": "secret-headers"`, "X-Api-Key: secret-clientSecret"} {
		if !strings.Contains(got, want) {
			t.Errorf("the file lacks %q", want)
		}
	}
	echo.Close()
	if rep := runFile(t, c, file, nil); rep.text() != "" {
		t.Error(rep.text())
	}
}

// TestRefusal: a file in which a secret would occur is not written, the old one stays, and
// the error says where.
func TestRefusal(t *testing.T) {
	t.Parallel()
	s, c := newFakeSource(t), newConnector(nil)
	for comment, want := range map[string]string{
		"First.\nThe secret is " + clientSecret + ".\n":                          "a secret still occurs: line 2, in the comment, contains the value of secret-clientSecret",
		base64.StdEncoding.EncodeToString([]byte("client:"+clientSecret)) + "\n": "a secret still occurs: line 1, in the comment, contains the value of secret-clientSecret",
		"?token=" + url.QueryEscape(accessToken) + "\n":                          "a secret still occurs: line 1, in the comment, contains the value of secret-access_token",
	} {
		file := newScenario(t, comment+"-- command --\nstd:account:list\n")
		before := text(t, file)
		s.throttled = false
		rep := runFile(t, c, file, s.config())
		if want = file + " is not written: " + want; rep.text() != want {
			t.Errorf("%q\nwant %q", rep.text(), want)
		}
		if text(t, file) != before {
			t.Errorf("the file is now\n%s", text(t, file))
		}
		if all, err := os.ReadDir(filepath.Dir(file)); err != nil || len(all) != 1 {
			t.Errorf("the folder has %v, %v", all, err)
		}
	}
}

// TestPeopleStayOffTheDisk: an address that the connector or the comment still has is not
// written, and no message shows what the answers hold.
func TestPeopleStayOffTheDisk(t *testing.T) {
	t.Parallel()
	source := newEcho(t, func(w http.ResponseWriter, req *http.Request, _ string) {
		if req.URL.Query().Get("page") == "" {
			w.Header().Set("X-Next-Page", "2")
		}
		fmt.Fprintf(w, `{"id":"1","email":"ada@corp.io","givenName":"Adalbert","access_token":%q}`, accessToken)
	})
	var kept sync.Map // outlives the recording
	c := newConnector(map[sdk.Command]handler{
		"test:kept": func(c client, ctx context.Context, _ json.RawMessage, out *sdk.Writer) error {
			var u user
			if err := c.call(ctx, http.MethodGet, c.BaseURL+"/me", "", nil, func(*http.Request) {}, &u); err != nil {
				return err
			}
			first, _ := kept.LoadOrStore(u.ID, u.Email)
			return out.Send(first)
		},
		"test:fails": func(c client, ctx context.Context, _ json.RawMessage, _ *sdk.Writer) error {
			text, err := get(ctx, http.DefaultClient, c.BaseURL+"/me")
			return errors.Join(err, errors.New(text))
		},
		"test:header": func(c client, ctx context.Context, _ json.RawMessage, _ *sdk.Writer) error {
			for next := ""; ; {
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.BaseURL+"/users"+next, nil)
				if err != nil {
					return err
				}
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					return err
				}
				next = "?page=" + res.Header.Get("X-Next-Page")
				if err := res.Body.Close(); err != nil || next == "?page=" {
					return err
				}
			}
		},
	})
	for scenario, want := range map[string]string{
		"-- command --\ntest:kept\n":                                     " is not written: an email address still occurs: line 20, in the section lines, contains the value of person1@example.com",
		"About Ada@corp.io.\n-- command --\ntest:header\n":               " is not written: an email address still occurs: line 1, in the comment, contains the value of person1@example.com",
		"-- command --\ntest:fails\n":                                    ` is not written: the command fails: {"id":"1","email":"person1@example.com","givenName":"Given1","access_token":"secret-access_token"}`,
		"-- command --\ntest:fails\n{\"id\": \"person7@example.com\"}\n": ` is not written: the command fails: {"id":"1","email":"person1@example.com","givenName":"Given1","access_token":"secret-access_token"}`,
		"-- command --\ntest:header\n":                                   " is not written: the recording cannot be replayed: the connector does not do the same again; Secret takes what changes each time out of the comparison, and Headers keeps further headers of answers\nFILE: request 2 is recorded, but not sent",
	} {
		var opts []Option
		if strings.HasPrefix(scenario, "About") {
			opts = append(opts, Headers("X-Next-Page"))
		}
		file := newScenario(t, scenario)
		rep := runFile(t, c, file, fmt.Appendf(nil, `{"baseUrl": %q}`, source.URL), opts...)
		if !strings.HasPrefix(strings.ReplaceAll(rep.text(), file, "FILE"), "FILE"+want) || text(t, file) != scenario {
			t.Errorf("%q: %s\nwant %s", scenario, rep.text(), want)
		}
	}
}

// TestOddTexts: a secret that is JSON with a key of several lines, in multipart bodies, broken
// forms and queries, and texts of half a megabyte.
func TestOddTexts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long with the race detector")
	}
	const key = "-----BEGIN PRIVATE KEY-----\nhushhushhushhushhush0815\nhushhushhushhushhush4711\n-----END PRIVATE KEY-----\n"
	credentials, err := json.Marshal(map[string]string{"private_key": key, "private_key_id": "hush-key-id"})
	if err != nil {
		t.Fatal(err)
	}
	source := newEcho(t, func(w http.ResponseWriter, req *http.Request, body string) {
		w.Header().Set("Content-Type", req.Header.Get("Content-Type"))
		if req.URL.Path == "/long" {
			body = strings.Repeat("text;\n", longText/6) + key + url.QueryEscape(key) + "\n" + body
		}
		fmt.Fprint(w, body)
	})
	multipartBody := func(parts ...string) (body, contentType string) {
		var b strings.Builder
		w := multipart.NewWriter(&b)
		for _, part := range parts {
			if err := w.WriteField("part", part); err != nil {
				t.Error(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		return b.String(), w.FormDataContentType()
	}
	c := newConnector(map[sdk.Command]handler{"test:odd": func(c client, ctx context.Context, _ json.RawMessage, _ *sdk.Writer) error {
		var secret struct {
			Key string `json:"private_key"`
			ID  string `json:"private_key_id"`
		}
		err := json.Unmarshal([]byte(c.ClientSecret), &secret)
		post := func(path, contentType, body string) {
			req, requestErr := http.NewRequestWithContext(ctx, http.MethodPost, c.BaseURL+path, strings.NewReader(body))
			if requestErr != nil {
				err = errors.Join(err, requestErr)
				return
			}
			req.Header.Set("Content-Type", contentType)
			res, sendErr := http.DefaultClient.Do(req)
			if sendErr != nil {
				err = errors.Join(err, sendErr)
				return
			}
			err = errors.Join(err, res.Body.Close())
		}
		body, contentType := multipartBody(secret.Key, "\x00\xff"+secret.ID)
		post("/multipart", contentType, body)
		post("/long", "text/plain", secret.ID)
		for _, query := range []string{"?a&b=%zz&&=x", "?%zz=" + secret.ID, "?key=" + url.QueryEscape(secret.Key)} {
			post("/"+query, "application/x-www-form-urlencoded", query[1:])
		}
		return err
	}})
	config, err := json.Marshal(map[string]string{"baseUrl": source.URL, "clientSecret": string(credentials)})
	if err != nil {
		t.Fatal(err)
	}
	file := newScenario(t, "-- command --\ntest:odd\n")
	option := StandIn("clientSecret", `{"private_key": "a key of tests", "private_key_id": "an ID of tests"}`)
	if rep := runFile(t, c, file, config, option); rep.text() != "" {
		t.Fatal(rep.text())
	}
	got := text(t, file)
	for _, run := range strings.Split(got, "\n\n") {
		plain, _ := base64.StdEncoding.DecodeString(strings.ReplaceAll(run[:max(0, strings.LastIndex(run, "\n--"))], "\n", ""))
		if i := strings.Index(run+string(plain), "hush"); i >= 0 {
			t.Errorf("the file has %.200q", (run + string(plain))[i:])
		}
	}
	for range 2 { // each has another boundary
		if rep := runFile(t, c, file, nil, option); rep.text() != "" {
			t.Error(rep.text())
		}
	}
}
