package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

const hush = "c0nfidential"

func TestSecretNeverShows(t *testing.T) {
	t.Parallel()
	type exported struct {
		Name   string
		Secret Secret
	}
	type unexported struct {
		name   string
		secret Secret
		deeper struct {
			secrets []Secret
			extra   map[string]SecretJSON
		}
	}
	secret, secretJSON := NewSecret(hush), NewSecretJSON(json.RawMessage(`{"a":"`+hush+`"}`))
	hidden := unexported{name: "n", secret: secret}
	hidden.deeper.secrets, hidden.deeper.extra = []Secret{secret}, map[string]SecretJSON{"k": secretJSON}
	values := []any{
		secret, &secret,
		exported{"n", secret},
		&exported{"n", secret}, hidden, &hidden,
		[]Secret{secret},
		map[string]Secret{"k": secret},
		[1]any{secret},
		struct{ any }{secret},
		fmt.Errorf("wrapped %v", secret),
		ChangePasswordInput{Password: secret},
		Errorf("with %s", secret),
		secretJSON, &secretJSON,
		map[string]SecretJSON{"k": secretJSON},
		SecretKeyValues{{"k", secret}},
		struct{ pairs SecretKeyValues }{SecretKeyValues{{"k", secret}}},
	}
	check := func(what, text string) {
		t.Helper()
		for _, form := range []string{hush, fmt.Sprintf("%x", hush), fmt.Sprintf("%X", hush), fmt.Sprintf("% x", hush), fmt.Sprint([]byte(hush))} {
			if strings.Contains(text, form) {
				t.Errorf("%s shows the secret: %s", what, text)
			}
		}
	}
	for _, v := range values {
		for _, verb := range "vsqxXdobBcUeEfFgGtTpw" {
			for _, flag := range []string{"", "+", "#", "-", " ", "0", "10.3"} {
				format := "%" + flag + string(verb)
				check(fmt.Sprintf("%s of %T", format, v), fmt.Sprintf(format, v))
			}
		}
		check("Print", fmt.Sprint(v)+fmt.Sprintln(v))
		if text, err := json.Marshal(v); err == nil {
			check(fmt.Sprintf("JSON of %T", v), string(text))
		}
		var text, lines bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("m", "v", v, slog.Group("g", "v", v))
		NewLogger(&lines).With("v", v).WithGroup("g").Info("m", "v", v)
		check(fmt.Sprintf("log of %T", v), text.String()+lines.String())
	}
	if got := fmt.Sprintf("%v %s %q %+v %#v %d %x", secret, secret, secret, secret, secret, secret, secret); got != strings.TrimSuffix(strings.Repeat("[redacted] ", 7), " ") {
		t.Error(got)
	}
	text, err := json.Marshal(map[string]any{"a": exported{"n", secret}})
	if want := `{"a":{"Name":"n","Secret":"[redacted]"}}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text, want string
		set        bool
	}{
		{`"p\u00e9"`, "pé", true},
		{`5`, "5", true},
		{`""`, "", false},
		{`null`, "", false},
	} {
		s := NewSecret("old")
		if err := json.Unmarshal([]byte(tt.text), &s); err != nil || s.Reveal() != tt.want || s.IsSet() != tt.set {
			t.Errorf("%s: %q, %t, %v", tt.text, s.Reveal(), s.IsSet(), err)
		}
	}
	var zero Secret
	if zero.Reveal() != "" || zero.IsSet() || zero.String() != "[redacted]" {
		t.Errorf("the zero secret is %q", zero.Reveal())
	}
	s := NewSecret("old")
	err := json.Unmarshal([]byte(`["c0nfidential"]`), &s)
	mentions(t, err, "must be a string, not a list")
	if s.IsSet() {
		t.Error("a value that was refused left a secret")
	}
}

func TestSecretJSON(t *testing.T) {
	t.Parallel()
	var extra map[string]SecretJSON
	if err := json.Unmarshal([]byte(`{"state":{"n":5},"text":"c0nfidential","none":null,"time":"c0nfidential"}`), &extra); err != nil {
		t.Fatal(err)
	}
	var state struct{ N int }
	if err := extra["state"].Decode(&state); err != nil || state.N != 5 {
		t.Errorf("%+v, %v", state, err)
	}
	if got := extra["state"].Reveal(); string(got) != `{"n":5}` {
		t.Errorf("revealed %s", got)
	}
	if none := extra["none"]; !none.IsSet() || string(none.Reveal()) != "null" {
		t.Errorf("null is %s, set: %t", none.Reveal(), none.IsSet())
	}
	missing := extra["missing"]
	mentions(t, missing.Decode(&state), "is not set")
	if missing.IsSet() || missing.Reveal() != nil {
		t.Errorf("a missing value is %q", missing.Reveal())
	}
	for _, err := range []error{extra["text"].Decode(&state), extra["time"].Decode(new(time.Time)), extra["text"].Decode(new(int))} {
		mentions(t, err, "is a string that *")
		if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v %v", err, err, err, errors.Unwrap(err)), hush) {
			t.Errorf("%v shows the value", err)
		}
	}
}
