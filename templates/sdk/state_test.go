package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// cursor is the state of a connector.
type cursor struct {
	Since string `json:"since"`
}

// TestState hands the state of one run to the next, through the wire.
func TestState(t *testing.T) {
	t.Parallel()
	r := newTester([]Handler[nothing]{
		streaming("std:account:list", func(_ nothing, _ context.Context, in AccountListInput, out *Stream[string]) error {
			last, err := DecodeState[cursor](in.State)
			if err != nil {
				return err
			}
			return errors.Join(out.SaveState(cursor{last.Since + "1"}), out.Send(last.Since), out.SaveState(cursor{last.Since + "2"}), out.KeepAlive())
		}),
	})
	for _, tt := range []struct{ input, want string }{
		{``, `{"data":"","type":"output"}` + "\n" + aliveLine + `{"data":{"since":"2"},"type":"state"}` + "\n"},
		{`{"stateful":true,"state":{"since":"2"}}`, `{"data":"2","type":"output"}` + "\n" + aliveLine + `{"data":{"since":"22"},"type":"state"}` + "\n"},
	} {
		if got, err := run(t.Context(), r, "std:account:list", tt.input); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v", tt.input, got, err)
		}
	}
	_, err := run(t.Context(), r, "std:account:list", `{"state":{"since":5}}`)
	mentions(t, err, "state: ", "since")
}

// TestStateOfFailure: a command that does not succeed saves nothing.
func TestStateOfFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for name, fail := range map[string]func() error{
		"error":  func() error { return errors.New("broke") },
		"panic":  func() error { panic("broke") },
		"cancel": func() error { cancel(); return nil },
	} {
		r := newTester([]Handler[nothing]{raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			return errors.Join(out.SaveState(cursor{"1"}), fail())
		})})
		got, err := run(ctx, r, "a", "")
		if got != "" || err == nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestStateIsTaken: what is saved is the value at that time, and one that cannot
// be sent leaves the one before.
func TestStateIsTaken(t *testing.T) {
	t.Parallel()
	state := map[string]string{"a": "1"}
	r := newTester([]Handler[nothing]{raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
		err := out.SaveState(state)
		state["a"] = "2"
		if out.SaveState(func() {}) == nil {
			t.Error("a function is saved")
		}
		return err
	})})
	if got, err := run(t.Context(), r, "a", ""); err != nil || got != `{"data":{"a":"1"},"type":"state"}`+"\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestListInputs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ input, want string }{
		{`{}`, ""},
		{`{"state":null}`, ""},
		{`{"state": null }`, ""},
		{`{"state":{}}`, "{}"},
		{`{"state":{"a":null}}`, `{"a":null}`},
	} {
		accounts, err := decoded[AccountListInput](tt.input)
		if err != nil || string(accounts.State) != tt.want || (accounts.State == nil) != (tt.want == "") {
			t.Errorf("%s: %q, %v", tt.input, accounts.State, err)
		}
		groups, err := decoded[EntitlementListInput](tt.input)
		if err != nil || string(groups.State) != tt.want || (groups.State == nil) != (tt.want == "") {
			t.Errorf("%s: %q, %v", tt.input, groups.State, err)
		}
	}
	accounts, err := decoded[AccountListInput](`{"stateful":true,"schema":{"identityAttribute":"id"}}`)
	if err != nil || !accounts.Stateful || accounts.Schema == nil || accounts.Schema.IdentityAttribute != "id" {
		t.Errorf("%+v, %v", accounts, err)
	}
	groups, err := decoded[EntitlementListInput](`{"type":"group","stateful":true,"schema":{"type":"group"}}`)
	if err != nil || groups.Type != "group" || !groups.Stateful || groups.Schema == nil {
		t.Errorf("%+v, %v", groups, err)
	}
}

func TestDecodeState(t *testing.T) {
	t.Parallel()
	for _, none := range []string{"", "null", " null "} {
		if got, err := DecodeState[*cursor](json.RawMessage(none)); err != nil || got != nil {
			t.Errorf("%q: %v, %v", none, got, err)
		}
	}
	got, err := DecodeState[map[string]string](json.RawMessage(`{"a":"1"}`))
	if err != nil || got["a"] != "1" {
		t.Errorf("%v, %v", got, err)
	}
	bad, err := DecodeState[cursor](json.RawMessage(`{"since":"1","since":2}`))
	if mentions(t, err, "state: "); bad != (cursor{}) {
		t.Errorf("with an error comes %v", bad)
	}
}

// TestPatchConfig: a command's context is enough to change the config, as long as the
// command runs.
func TestPatchConfig(t *testing.T) {
	t.Parallel()
	patch := ConfigPatch{"add", "/a", "b"}
	mentions(t, PatchConfig(t.Context(), patch), "the context is not from one")
	var within context.Context
	patches := NewMethod[None, None]("patches")
	c := newTester([]Handler[nothing]{Action(patches, func(_ nothing, ctx context.Context, _ None) error {
		within = context.WithoutCancel(ctx)
		return ListPartitions(ctx, []int{0}, 0, func(ctx context.Context, _ int) error { return PatchConfig(ctx, patch) })
	})})
	result, err := Call(t.Context(), c, patches, None{}, nil)
	if err != nil || !reflect.DeepEqual(result.Patches, []ConfigPatch{patch}) {
		t.Errorf("%+v, %v", result, err)
	}
	if err := PatchConfig(within, patch); err != errEnded {
		t.Errorf("after the command there is the error %v", err)
	}
}

// TestConfigPatchValues sees which operations have a value on the wire.
func TestConfigPatchValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		patch ConfigPatch
		want  string
	}{
		{ConfigPatch{Op: "add", Path: "/a"}, `{"op":"add","path":"/a","value":null}`},
		{ConfigPatch{Op: "replace", Path: "/a"}, `{"op":"replace","path":"/a","value":null}`},
		{ConfigPatch{Op: "remove", Path: "/a"}, `{"op":"remove","path":"/a"}`},
		{ConfigPatch{"remove", "/a", false}, `{"op":"remove","path":"/a","value":false}`},
		{ConfigPatch{"add", "/a~1<b>", false}, `{"op":"add","path":"/a~1<b>","value":false}`},
		{ConfigPatch{"add", "/a", ""}, `{"op":"add","path":"/a","value":""}`},
		{ConfigPatch{"add", "/a", json.RawMessage(`{ "b": null }`)}, `{"op":"add","path":"/a","value":{"b":null}}`},
		{ConfigPatch{"add", "/a", []string{"<&>"}}, `{"op":"add","path":"/a","value":["<&>"]}`},
	} {
		w, out := collect(t)
		if err := errors.Join(w.PatchConfig(tt.patch), w.core.end(nil)); err != nil {
			t.Error(err)
		}
		if got, want := out.String(), `{"data":[`+tt.want+`],"type":"config"}`+"\n"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	w, out := collect(t)
	err := w.PatchConfig(ConfigPatch{"add", "/a", func() {}})
	if mentions(t, err, "unsupported type"); w.core.end(nil) != nil || strings.Contains(out.String(), "add") {
		t.Errorf("a patch that cannot be sent left %s", out)
	}
}

// TestConfigPatchSecrets: a secret is sent as its text and printed without it, and what has
// lost its secrets does not overwrite those of the source.
func TestConfigPatchSecrets(t *testing.T) {
	t.Parallel()
	token := NewSecret("s3cret")
	for _, tt := range []struct {
		value any
		want  string // "" where it cannot be sent
	}{
		{token, `"s3cret"`},
		{Secret{}, `""`},
		{NewSecretJSON(json.RawMessage(`{"a": 1}`)), `{"a":1}`},
		{SecretJSON{}, `null`},
		{map[string]any{"token": token, "all": []any{token}}, `{"all":["s3cret"],"token":"s3cret"}`},
		{struct{ Token Secret }{token}, ""},
		{map[string]Secret{"token": token}, ""},
		{"https://[redacted]@api.example", ""},
	} {
		patch := ConfigPatch{"add", "/a", tt.value}
		if text, err := json.Marshal(patch); err != nil || strings.Contains(string(text), "s3cret") {
			t.Errorf("%s, %v", text, err)
		}
		var out strings.Builder
		w := newWriter(t.Context(), "x", writerOptions{}, func(b []byte) error { out.Write(b); return nil })
		err := w.PatchConfig(ConfigPatch{Op: "remove", Path: "/b"}, patch)
		if tt.want == "" {
			if mentions(t, err, `the config patch of "/a" has a redacted secret`); strings.Contains(err.Error(), "s3cret") {
				t.Error("the error shows the secret")
			}
		} else if err != nil {
			t.Error(err)
		}
		if err := w.core.end(nil); err != nil {
			t.Error(err)
		}
		want := `{"data":[{"op":"remove","path":"/b"},{"op":"add","path":"/a","value":` + tt.want + "}],\"type\":\"config\"}\n"
		if tt.want == "" {
			want = ""
		}
		if out.String() != want {
			t.Errorf("got %s, want %s", out.String(), want)
		}
	}
}
