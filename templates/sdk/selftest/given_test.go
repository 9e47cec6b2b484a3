package selftest_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

// sentBy returns the inputs of a command that checks send, without the IDs of accounts.
func sentBy(t *testing.T, spec sdk.Spec, command sdk.Command, opts selftest.Options) []string {
	t.Helper()
	c := newConnector(spec, newFake(), newHandlers())
	var sent []string
	c.Use(func(next sdk.Func) sdk.Func {
		return func(ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
			if sdk.Info(ctx).Command == command {
				var in struct{ Attributes, Changes json.RawMessage }
				if err := json.Unmarshal(input, &in); err != nil {
					t.Error(err)
				}
				sent = append(sent, string(in.Attributes)+string(in.Changes))
			}
			return next(ctx, input, out)
		}
	})
	opts.Write = true
	if report := reportOf(t, c, opts); report.Failed() {
		t.Error(report)
	}
	return sent
}

// TestSends: a create has the attributes of the template and those that are given, and no
// others; an update sets those that can be written, and those that are given.
func TestSends(t *testing.T) {
	t.Parallel()
	noTemplate := specWith(`"accountCreateTemplate"`, `"none"`)
	const minimal, maximal, update = "account-create-minimal", "account-create-maximal", "account-update-single-attrs"
	for _, tt := range []struct {
		check  string
		spec   sdk.Spec
		create string
		update string
		want   []string
	}{
		{minimal, testSpec, ``, ``, []string{`{"email":"selftest.*@example.com"}`}},
		{maximal, testSpec, ``, ``, []string{`{"age":"42","email":"selftest.*@example.com","groups":"1","levels":\[*\]}`}},
		{minimal, testSpec, `{"title": "x", "age": 9007199254740993}`, ``, []string{`{"age":9007199254740993,"email":"selftest.*@example.com","title":"x"}`}},
		{maximal, testSpec, `{"age": null, "levels": null, "groups": [], "email": "a.$(n)@example.org"}`, ``, []string{`{"email":"a.????????@example.org","groups":\[\]}`}},
		{minimal, noTemplate, ``, ``, nil},
		{minimal, noTemplate, `{"email": "x"}`, ``, []string{`{"email":"x"}`}},
		{update, testSpec, ``, ``, []string{
			`\[{"attribute":"title","op":"Set","value":"selftest-????????"}\]`, `\[{"attribute":"active","op":"Set","value":true}\]`,
			`\[{"attribute":"levels","op":"Add","value":?????????}\]`,
		}},
		{update, specWith("[\n\t\t"+`{"name": "id", "type": "string"`, `[{"name": "id", "type": "string", "writable": true`), ``, `{"title": null, "active": null, "levels": 5}`, []string{
			`\[{"attribute":"levels","op":"Add","value":5}\]`,
		}},
		{update, testSpec, ``, `{"title": "Boss", "active": null, "levels": [7, 8], "email": "x@example.com"}`, []string{
			`\[{"attribute":"email","op":"Set","value":"x@example.com"}\]`, `\[{"attribute":"levels","op":"Add","value":\[7,8\]}\]`,
			`\[{"attribute":"title","op":"Set","value":"Boss"}\]`,
		}},
	} {
		command := sdk.Command(cmdAccountCreate)
		if tt.check == update {
			command = cmdAccountUpdate
		}
		sent := sentBy(t, tt.spec, command, selftest.Options{Checks: []string{tt.check}, Create: json.RawMessage(tt.create), Update: json.RawMessage(tt.update)})
		matches := func(sent, want string) bool {
			ok, err := filepath.Match(want, sent)
			return err == nil && ok
		}
		if !slices.EqualFunc(sent, tt.want, matches) {
			t.Errorf("%s, create %s, update %s sends\n%s\nwant\n%s", tt.check, tt.create, tt.update, strings.Join(sent, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

// TestAdvises: a create that fails says what the caller can do.
func TestAdvises(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		create string
		want   string // begins the note
	}{
		{``, "if the source needs other values, pass them with --create FILE"},
		{`{"id": "1"}`, "if the account exists already, delete it, or use $(n) in --create"},
		{`{"id": "$(n)1"}`, ""},
	} {
		handlers := newHandlers()
		if tt.want == "" || tt.create == "" {
			handlers[cmdAccountCreate] = failing(sdk.Errorf("no"))
		}
		opts := selftest.Options{Write: true, Checks: []string{"account-create-minimal"}, Create: json.RawMessage(tt.create)}
		report := reportOf(t, newConnector(testSpec, newFake(), handlers), opts)
		if note := report.Results[0].Note; !report.Failed() || !strings.HasPrefix(note, tt.want) || tt.want == "" && note != "" {
			t.Errorf("--create %s notes %q, want %q", tt.create, note, tt.want)
		}
	}
}

// TestFixedValues: values that one account at a time can have are enough for every check,
// whatever it creates.
func TestFixedValues(t *testing.T) {
	t.Parallel()
	twoManaged := specWith(`"title", "type": "string", "writable": true`, `"title", "type": "string", "entitlement": true, "managed": true`)
	for _, check := range selftest.Checks() {
		if !check.Writes || check.ID == "account-create-empty" {
			continue
		}
		opts := selftest.Options{Write: true, Checks: []string{check.ID}, Create: json.RawMessage(`{"id": "fixed", "email": "fixed@example.com"}`)}
		report := reportOf(t, newConnector(twoManaged, newFake(), newHandlers()), opts)
		if report.Failed() || check.ID == "account-update-entitlement" && report.Results[0].Note != "created and deleted 2" {
			t.Error(report)
		}
	}
}

// TestTwice: each run makes values of its own, so the source may keep the accounts of the
// run before.
func TestTwice(t *testing.T) {
	t.Parallel()
	source := newFake()
	seen := make(map[string]bool)
	handlers := newHandlers()
	handlers[cmdAccountCreate] = unary(func(s *fake, ctx context.Context, in createInput) (member, error) {
		if seen[in.Attributes.Email] {
			return member{}, sdk.Errorf("%q already exists", in.Attributes.Email)
		}
		seen[in.Attributes.Email] = true
		return s.create(ctx, in)
	})
	c := newConnector(testSpec, source, handlers)
	for range 2 {
		if report := reportOf(t, c, selftest.Options{Write: true}); report.Failed() {
			t.Error(report)
		}
	}
}

// TestPasswordsBack: whatever shows a password, a warning says so, whether or not it is the
// one that was sent.
func TestPasswordsBack(t *testing.T) {
	t.Parallel()
	spec := specWith(`"fields": [`, `"fields": [{"key": "password", "type": "string", "required": true},`,
		`"attributes": [
		{"name": "id"`, `"attributes": [{"name": "password", "type": "string", "writable": true}, {"name": "id"`)
	spec.Passwords = []string{"password"}
	opts := selftest.Options{Write: true, Create: json.RawMessage(`{"password": "sent"}`), Update: json.RawMessage(`{"password": "sent"}`)}
	for _, tt := range []struct {
		check string
		shows sdk.Command
		as    any
		want  bool
	}{
		{"account-list-and-read", cmdAccountList, "other", true},
		{"account-list-and-read", cmdAccountRead, "other", true},
		{"account-list-and-read", cmdAccountRead, nil, false},
		{"account-create-minimal", cmdAccountCreate, "sent", true},
		{"account-create-minimal", cmdAccountCreate, "other", true},
		{"account-create-minimal", cmdAccountRead, "sent", true},
		{"account-create-list-delete", cmdAccountRead, "sent", true},
		{"account-update-single-attrs", cmdAccountRead, "sent", true},
		{"account-update-single-attrs", cmdAccountRead, "other", true},
		{"account-update-single-attrs", cmdAccountRead, nil, false},
	} {
		handlers := newHandlers()
		handlers[tt.shows] = altered(handlers[tt.shows], attribute("password", tt.as))
		opts.Checks = []string{tt.check}
		report := reportOf(t, newConnector(spec, newFake(), handlers), opts)
		var warnings int
		for _, f := range report.Results[0].Findings {
			if f.Warning && f.Command == string(tt.shows) && f.Message == `attribute "password" comes back, but a password should not` {
				warnings++
			}
		}
		if report.Failed() || warnings != len(report.Results[0].Findings) || (warnings > 0) != tt.want {
			t.Errorf("%s shows %v, want a warning: %t\n%v", tt.shows, tt.as, tt.want, report)
		}
	}
}

// TestShowsNoSecrets: a connector that repeats everything it gets gives nothing away.
func TestShowsNoSecrets(t *testing.T) {
	t.Parallel()
	spec := specWith(
		`"fields": [`, `"fields": [{"key": "pin", "type": "string", "required": true, "initialValue": {"type": "static", "attributes": {"value": "marker-static"}}},
			{"key": "password", "type": "string", "required": true},`,
		`"attributes": [
		{"name": "id"`, `"attributes": [{"name": "password", "type": "string", "writable": true}, {"name": "id"`)
	spec.Passwords = []string{"password", "pin"}
	telling := func(command sdk.Command) sdk.Handler[*fake] {
		return raw(func(_ context.Context, _ *fake, input json.RawMessage, _ *sdk.Writer) error {
			return sdk.Errorf("refused: %s", input)
		})(command)
	}
	leaking := func(h handler, password any) handler { return altered(h, attribute("password", password)) }
	for name, change := range map[string]func(map[sdk.Command]handler){
		"the input in an error": func(h map[sdk.Command]handler) { h[cmdAccountCreate], h[cmdAccountUpdate] = telling, telling },
		"a password in a list":  func(h map[sdk.Command]handler) { h[cmdAccountList] = leaking(h[cmdAccountList], "marker-stored") },
		"a password in a read":  func(h map[sdk.Command]handler) { h[cmdAccountRead] = leaking(h[cmdAccountRead], "marker-stored") },
		"a password in a create": func(h map[sdk.Command]handler) {
			h[cmdAccountCreate] = leaking(h[cmdAccountCreate], []any{"marker-stored"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				handlers := newHandlers()
				change(handlers)
				opts := selftest.Options{Write: true, Create: json.RawMessage(`{"password": "marker-\"create\""}`), Update: json.RawMessage(`{"password": "marker-update"}`)}
				report := reportOf(t, newConnector(spec, newFake(), handlers), opts).String()
				if strings.Contains(report, "marker") || !strings.Contains(report, "[redacted]") && !strings.Contains(report, "comes back") {
					t.Errorf("report\n%s", report)
				}
			})
		})
	}
}
