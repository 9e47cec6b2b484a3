package selftest

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// TestFillIn: a placeholder goes from $( to the next closing bracket, whatever is between.
func TestFillIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":             "",
		"none":         "none",
		"$(a)":         "????????",
		"<$(a)-$(b)>":  "<????????-????????>",
		"$()$(x\ny)":   "????????????????",
		"$(a$(b)c)":    "????????c)",
		"$(open":       "$(open",
		"$(a) $(open":  "???????? $(open",
		") $(é) $ ( )": ") ???????? $ ( )",
	} {
		got := fillIn(text)
		if ok, err := filepath.Match(want, got); !ok || err != nil {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if hasPlaceholder(text) != (got != text) {
			t.Errorf("%q has a placeholder: %t", text, hasPlaceholder(text))
		}
	}
}

// TestValues makes up values for the fields of a create template.
func TestValues(t *testing.T) {
	t.Parallel()
	known := facts{passwords: []string{"userPassword", "pin"}, AccountSchema: accountSchema{IdentityAttribute: "id", Attributes: []attribute{
		{Name: "groups", Type: "string", Multi: true, Entitlement: true},
	}}}
	for _, tt := range []struct{ field, want string }{
		{`{"key":"a","type":"string","initialValue":{"type":"static","attributes":{"value":"fixed"}}}`, `"fixed"`},
		{`{"key":"a","type":"int","initialValue":{"type":"static","attributes":{"value":"15"}}}`, `"15"`},
		{`{"key":"a","type":"boolean","initialValue":{"type":"static","attributes":{"value":false}}}`, `false`},
		{`{"key":"a","type":"string","initialValue":{"type":"static","attributes":{"value":""}}}`, `""`},
		{`{"key":"a","type":"string","required":true,"initialValue":{"type":"static","attributes":{"value":""}}}`, `"selftest-????????"`},
		{`{"key":"a","type":"string","initialValue":{"type":"static","attributes":{"value":"$identity.getName()"}}}`, `"selftest-????????"`},
		{`{"key":"a","type":"int","initialValue":{"type":"static","attributes":{"value":true}}}`, `?????????`},
		{`{"key":"a","type":"boolean","initialValue":{"type":"static","attributes":{"value":"no"}}}`, `true`},
		{`{"key":"a","type":"string"}`, `"selftest-????????"`},
		{`{"key":"a","type":"string","initialValue":{"type":"identityAttribute","attributes":{"name":"email"}}}`, `"selftest.????????@example.com"`},
		{`{"key":"userPassword","type":"string"}`, `"aA1!??????????????????????????"`},
		{`{"key":"pin","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Password"}}}`, `"aA1!??????????????????????????"`},
		{`{"key":"passwordHint","type":"string"}`, `"selftest-????????"`}, // no list has it
		{`{"key":"a","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Unique Account ID","template":"$(firstname).x"}}}`, `"????????.x"`},
		{`{"key":"a","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Unique Account ID","template":"é$(a)$(b)","maxSize":"9"}}}`, `"?????????"`},
		{`{"key":"a","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Unique Account ID","template":"x"}}}`, `"x????????"`},
		{`{"key":"a","type":"boolean"}`, `true`},
		{`{"key":"a","type":"long"}`, `?????????`},
		{`{"key":"a","type":"array"}`, `["selftest-????????"]`},
		{`{"key":"groups","type":"array"}`, `null`},
		{`{"key":"groups","type":"array","required":true}`, `["selftest-????????"]`},
	} {
		var f field
		if err := json.Unmarshal([]byte(tt.field), &f); err != nil {
			t.Fatal(err)
		}
		trial := &trial{tester: &tester{facts: known}}
		first, second := jsonOf(trial.fieldValue(f)), jsonOf(trial.fieldValue(f))
		if matched, err := filepath.Match(strings.NewReplacer("[", `\[`, "]", `\]`).Replace(tt.want), first); err != nil || !matched {
			t.Errorf("%s gives %s, want %s", tt.field, first, tt.want)
		}
		if strings.Contains(tt.want, "?") == (first == second) {
			t.Errorf("%s gives %s and %s", tt.field, first, second)
		}
	}
}

func TestTypeProblem(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		specType string
		multi    bool
		value    string
		ok       bool
	}{
		{"string", false, `"x"`, true},
		{"string", false, `1`, false},
		{"string", false, `{}`, false},
		{"string", false, `null`, true},
		{"string", false, `["x"]`, false},
		{"string", true, `["x"]`, true},
		{"string", true, `[]`, true},
		{"string", true, `null`, true},
		{"string", true, `"x"`, false},
		{"string", true, `["x", 1]`, false},
		{"boolean", false, `false`, true},
		{"boolean", false, `"false"`, false},
		{"int", false, `1`, true},
		{"int", false, `"1"`, true},
		{"int", false, `"x"`, false},
		{"int", false, `1.5`, false},
		{"long", false, `9007199254740993`, true},
		{"long", true, `[1, "2"]`, true},
	} {
		v, err := jsontext.ReadValue(json.RawMessage(tt.value))
		if err != nil {
			t.Fatal(err)
		}
		if problem := typeProblem(attribute{Type: tt.specType, Multi: flag(tt.multi)}, v); (problem == "") != tt.ok {
			t.Errorf("%s, multi %t, %s: %q", tt.specType, tt.multi, tt.value, problem)
		}
	}
}

// TestSecrets: whatever form a secret of the config has, it is not shown.
func TestSecrets(t *testing.T) {
	t.Parallel()
	known, err := readFacts(Spec{Secrets: []string{"pem", "pin", "apiToken", "password"}, JSON: `{"sourceConfig": [{"type": "section", "items": [
		{"key": "pem", "type": "secret"}, {"key": "apiToken", "type": "list"}, {"key": "password", "type": "secret"}, {"key": "user", "type": "text"},
		{"key": "passwordHint", "type": "text"}, {"key": "url", "type": "url"}, {"key": "headers", "type": "keyValue", "keyValueKey": {"key": "name"}},
		{"key": "cards", "type": "cardList", "indexKey": "position", "subMenus": [{"items": [{"key": "pin", "type": "secret"}, {"key": "title", "type": "text"}]}]}]}]}`})
	if err != nil {
		t.Fatal(err)
	}
	secrets := known.secrets(json.RawMessage(`{"pem": "one\ntwo & \"three\"", "cards": [{"pin": 12345, "title": "plain", "position": "first", "more": "more-in-card"}],
		"apiToken": ["token", "token-2"], "password": "abc", "passwordHint": "shown", "headers": [{"name": "accept", "value": "text"}],
		"url": "https://svc:p%40ss/w?rd@host", "oauth": {"access": "stored<1>", "expires": 1700000000, "on": "true", "mode": "direct", "password": "s3cr"}, "proxy": "http://login:s%20cret@proxy:8080/x", "title": "mail.me@example.com", "user": "no-scheme:pass-word@host", "position": "https://admin:12?pass@host"}`))
	s := &tester{secrets: secrets}
	for text, want := range map[string]string{
		"one\ntwo & \"three\"":              "[redacted]",
		`one\ntwo & \"three\"`:              "[redacted]",
		"?k=one%0Atwo+%26+%22three%22&u=a":  "?k=" + "[redacted]" + "&u=a",
		"mail.me and pass-word":             "mail.me and [redacted]",
		"pin 12345 of ada":                  "pin " + "[redacted]" + " of ada",
		"token-2 and token":                 "[redacted]" + " and " + "[redacted]",
		"abc is too short to be hidden":     "abc is too short to be hidden",
		"no list has what is shown":         "no list has what is shown",
		"plain first accept text host true": "plain first accept text host true",
		"more-in-card stored<1> 1700000000": "[redacted] [redacted] [redacted]",
		"a direct string of an s3cr word":   "a direct string of an [redacted] word",
		`"stored\u003c1\u003e"`:             `"[redacted]"`,
		"no http://login:s%20cret@proxy":    "no http://[redacted]@proxy",
		"s cret and s%20cret of login":      "[redacted] and [redacted] of [redacted]",
		"https://svc:p%40ss/w?rd@host":      "https://[redacted]@host",
		"p@ss/w?rd":                         "[redacted]",
		"https://x:y@z":                     "https://x:y@z",
		"12?pass of admin":                  "[redacted] of [redacted]",
		"several\n\tlines\x00and \x1b[31m!": "several lines and [31m!",
	} {
		if got := s.clean(text); got != want {
			t.Errorf("%q is cleaned to %q, want %q", text, got, want)
		}
	}
}

// TestAgreement: what an attribute holds is compared with what it was given exactly,
// except for what a source may do with it.
func TestAgreement(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		got, given string
		want       agreement
	}{
		{`"x"`, `"x"`, agrees},
		{`"x"`, `"y"`, disagrees},
		{`" X "`, `"x"`, agreesLoosely},
		{`""`, `"x"`, disagrees},
		{`"x"`, `""`, agrees},
		{`42`, `"42"`, agrees},
		{`42.0`, `42`, agrees},
		{`4.2e1`, `42`, agrees},
		{`9007199254740993`, `9007199254740993`, agrees},
		{`9007199254740992`, `9007199254740993`, disagrees},
		{`"9007199254740993"`, `9007199254740993`, agrees},
		{`true`, `"true"`, agrees},
		{`false`, `true`, disagrees},
		{`["x"]`, `"x"`, agrees},
		{`["z", "y", "x"]`, `["x", "y"]`, agrees},
		{`["x"]`, `["x", "y"]`, disagrees},
	} {
		got, err := jsontext.ReadValue(json.RawMessage(tt.got))
		given, err2 := jsontext.ReadValue(json.RawMessage(tt.given))
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if agreement := agreementOf(got, given); agreement != tt.want {
			t.Errorf("%s for %s: %d, want %d", tt.got, tt.given, agreement, tt.want)
		}
	}
}
