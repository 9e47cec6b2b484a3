package mask

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	m := New()
	m.Learn("hunter2!", "p4ss w/rd", "abc", "-----BEGIN KEY-----\nMIIEvQIBADAN\nshort\n", `q"u\o`, "C1f9e1b2-7d0a-4c58", "    ")
	m.LearnURL("https://user:t0ps3cret@a.example/")
	for text, want := range map[string]string{
		"":                              "",
		"nothing here":                  "nothing here",
		"it is hunter2!":                "it is ••••••",
		"hunter2!hunter2!":              "••••••",
		"?p=hunter2%21&q=1":             "?p=••••••&q=1",
		"?p=%68unter2%2521":             "?p=••••••",
		"?p=p4ss+w%2Frd":                "?p=••••••",
		"?p=p4ss%20w%2frd":              "?p=••••••",
		`{\"p\":\"\u0068unter2!\"}`:     `{\"p\":\"••••••\"}`,
		`in JSON: q\"u\\o.`:             "in JSON: ••••••.",
		`in JSON in JSON: q\\\"u\\\\o.`: "in JSON in JSON: ••••••.",
		"q&quot;u\\o q&#34;u\\o":        "•••••• ••••••",
		"abc is too short":              "abc is too short",
		"a line MIIEvQIBADAN of it":     "a line •••••• of it",
		"Basic " + base64.StdEncoding.EncodeToString([]byte("me:hunter2!")) + ".": "Basic ••••••.",
		"t0ps3cret":                                    "••••••",
		"&#104;unter2&#x21; &#x68;unter2!":             "•••••• ••••••",
		"?p=%26%23104%3Bunter2!":                       "?p=••••••",
		hex.EncodeToString([]byte("x hunter2!")):       hex.EncodeToString([]byte("x ")) + "••••••",
		"68756E7465723221":                             "••••••",
		"680075006E0074006500720032002100":             "••••••",
		"unicodePwd:: IgBoAHUAbgB0AGUAcgAyACEAIgA=.":   "unicodePwd:: ••••••.",
		"Basic " + inBase64("id:p4ss+w%2Frd") + ".":    "Basic ••••••.",
		inBase64(`{"p":"q\"u\\o"}`):                    "••••••",
		"C1F9E1B2-7D0A-4C58 and c1f9e1b2-7d0a-4c58":    "•••••• and ••••••",
		"Hunter2! of another case is of fewer letters": "Hunter2! of another case is of fewer letters",
		"    indented   by a secret of blanks":         "    indented   by a secret of blanks",
	} {
		if got := m.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func inBase64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// TestCut: a truncated text contains parts of secrets.
func TestCut(t *testing.T) {
	t.Parallel()
	m := New()
	m.Learn("Zq7core/+&\"5 tail", "hunter2!")
	for text, want := range map[string]string{
		"it is hunt…":             "it is ••••••…",
		"it is hunter2...":        "it is ••••••...",
		"it is hun…":              "it is hun…",
		"it is hunting…":          "it is hunting…",
		"it is hunt":              "it is hunt",
		"Zq7core/+&\"5 …":         "••••••…",
		"Zq7core/+&\"5…, hunter…": "••••••…, ••••••…",
		`{\"a\":\"\\\"Zq7core/+\\\\u0026\\\\\\\"5 …`: `{\"a\":\"\\\"••••••…`,
		`Zq7core/+\u00…`: "••••••…",
		"Zq7core%2F%2…":  "••••••…",
		"…nter2! it is":  "…•••••• it is",
		"...\"5 tail":    "...••••••",
		"a … b … c ...":  "a … b … c ...",
		"Basic " + inBase64("me:hunter2!")[:14] + "…": "Basic ••••••…",
	} {
		if got := m.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := string(m.JSON([]byte(`{"message":"it was hunter\u2026","b":1}`))); got != `{"message":"it was ••••••…","b":1}` {
		t.Error(got)
	}
}

// TestViews: the order of decoding does not matter. Otherwise a long text with all kinds of escaped
// characters would be searched dozens of times.
func TestViews(t *testing.T) {
	t.Parallel()
	m := New()
	m.Learn("a b c d")
	for text, most := range map[string]int{"plain": 1, `\"a\"`: 2, `\"%20&lt;`: 8, `\\%2525&amp;amp;+`: 24} {
		if got := len(m.views(text)); got > most {
			t.Errorf("%s has %d views", text, got)
		}
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	m := New()
	m.LearnHeader(http.Header{"Authorization": {"Bearer of-the-bearer", "Basic " + inBase64("user:of-basic"), "plain-token"}, "X-Api-Key": {"api-key"}, "Accept": {"text/html"}})
	if got := m.Text("Bearer of-the-bearer, of-basic, plain-token, api-key, text/html"); got != "Bearer ••••••, ••••••, ••••••, ••••••, text/html" {
		t.Error(got)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	m := New()
	m.Names("apiToken")
	m.Learn("12345", "true story", `a","b`, "nulls")
	for text, want := range map[string]string{
		`{"a":1}`:                    `{"a":1}`,
		`{"a":1123456}`:              `{"a":"••••••"}`,
		`{"password":"x","b":"x"}`:   `{"password":"••••••","b":"x"}`,
		`{"password":7,"c":[true]}`:  `{"password":"••••••","c":[true]}`,
		`{"password":"","c":null}`:   `{"password":"","c":null}`,
		`{"p\u0061ssword":"x"}`:      `{"p\u0061ssword":"••••••"}`,
		`{"apiToken":{"v":["x",1]}}`: `{"apiToken":{"v":["••••••","••••••"]}}`,
		`{"x 12345":"a true story"}`: `{"x ••••••":"a ••••••"}`,
		`["a","b"]`:                  `"••••••"`,
		`"{\"password\":\"xy\"}"`:    `"{\"password\":\"••••••\"}"`,
		`[{"op":"Set","attribute":"password","value":"x"}]`:      `[{"op":"Set","attribute":"password","value":"••••••"}]`,
		`[{"op":"replace","path":"/apiToken","value":"x"}]`:      `[{"op":"replace","path":"/apiToken","value":"••••••"}]`,
		`[{"value":"x","op":"Set","attribute":"mail","id":"y"}]`: `[{"value":"x","op":"Set","attribute":"mail","id":"y"}]`,
	} {
		got := string(m.JSON([]byte(text)))
		if got != want || !json.Valid([]byte(got)) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	m := New()
	m.Names("pin")
	if found := m.Passwords([]byte(`{"password":`)); found != nil {
		t.Errorf("%q", found)
	}
	got := m.Passwords([]byte(`{"identity":"1","password":"one","attributes":{"pin":1234,"mail":"m"},"changes":[{"op":"Set","attribute":"password","value":"two"}]}`))
	if want := []string{"one", "1234", "two"}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%q, want %q", got, want)
	}
}

// forms are the forms of a secret that a masker must recognise.
func forms(secret string) []string {
	inJSON, _ := json.Marshal(secret)
	inPlainJSON := quote(secret)
	twice, _ := json.Marshal(string(inJSON))
	return []string{
		secret, inPlainJSON[1 : len(inPlainJSON)-1], string(inJSON[1 : len(inJSON)-1]), string(twice[1 : len(twice)-1]),
		url.QueryEscape(secret), url.PathEscape(secret), url.QueryEscape(url.QueryEscape(secret)),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte("u:" + secret)),
		hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("u:" + url.QueryEscape(secret))),
	}
}

// reveals reports whether a text contains a secret in one of its forms.
func reveals(text, secret string) bool {
	for _, form := range forms(secret) {
		if strings.Contains(text, strings.TrimRight(form, "=")) {
			return true
		}
	}
	return false
}

func FuzzMasker(f *testing.F) {
	f.Add("hunter2!", "before", "after")
	f.Add(`a"b\c d`, `{"x":"`, `"}`)
	f.Add("1234", `{"n":9`, `9}`)
	f.Add("pass%20word+", "https://a.example/?q=", "&r=s")
	f.Add(`","b":"`, `{"a":"x`, `y"}`)
	f.Add("äöü€😀", `["`, `"]`)
	f.Add("\\u0041", `["\\`, `"]`)
	f.Add("null", `[`, `]`)
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if len([]rune(secret)) < Shortest || strings.ContainsAny(secret, "•\uFFFD") || strings.TrimSpace(secret) != secret {
			t.Skip()
		}
		m := New()
		m.Learn(secret)
		for i, form := range forms(secret) {
			text := before + form + after
			if got := m.Text(text); reveals(got, secret) {
				t.Errorf("form %d of %q: %q becomes %q", i, secret, text, got)
			}
			if !json.Valid([]byte(text)) {
				continue
			}
			got := m.JSON([]byte(text))
			if !json.Valid(got) || reveals(string(got), secret) {
				t.Errorf("form %d of %q: the JSON %s becomes %s", i, secret, text, got)
			}
		}
	})
}
