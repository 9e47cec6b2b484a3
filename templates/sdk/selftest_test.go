package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// selfTestSpec lists every command that the self test calls.
var selfTestSpec = Spec{
	Name:    "tester",
	KeyType: KeyTypeSimple,
	JSON: `{
		"commands": ["std:test-connection", "std:account:list", "std:account:read", "std:account:create", "std:account:update",
			"std:account:delete", "std:entitlement:list", "std:entitlement:read"],
		"supportsStatefulCommands": "true",
		"sourceConfig": [{"type": "section", "items": [
			{"key": "url", "type": "url", "required": true},
			{"key": "token", "type": "secret", "required": "true"}]}],
		"accountSchema": {"attributes": [{"name": "title", "writable": true}, {"name": "levels", "writable": true}, {"name": "active", "writable": true}]},
		"accountCreateTemplate": {"fields": [
			{"key": "email", "type": "string", "required": true, "initialValue": {"type": "identityAttribute", "attributes": {"name": "email"}}},
			{"key": "age", "type": "int", "initialValue": {"type": "static", "attributes": {"value": "42"}}},
			{"key": "groups", "type": "array"},
			{"key": "levels", "type": "array"}]}
	}`,
	Account: &AccountSchema{
		IdentityAttribute: "id",
		DisplayAttribute:  "email",
		Attributes: []SchemaAttribute{
			{Name: "id", Type: "string"},
			{Name: "email", Type: "string"},
			{Name: "title", Type: "string"},
			{Name: "active", Type: "boolean"},
			{Name: "age", Type: "int"},
			{Name: "groups", Type: "string", Multi: true, Entitlement: true, Managed: true},
			{Name: "levels", Type: "long", Multi: true},
			{Name: "flags", Type: "boolean", Multi: true},
		},
	},
	Entitlements: []EntitlementSchema{{
		Type: "group", IdentityAttribute: "id", DisplayAttribute: "name",
		Attributes: []SchemaAttribute{{Name: "id", Type: "string"}, {Name: "name", Type: "string"}, {Name: "parent", Type: "string"}},
	}},
}

const selfTestConfig = `{"url": "https://example.com", "token": "hush-hush"}`

// selfSource is a source that passes every check, unless a handler is replaced.
type selfSource struct {
	members *Table[member]
	teams   *Table[team]
}

func newSelfSource() *selfSource {
	newTeam := func(a teamAttributes) team { return team{Key: CompoundKey(a.ID, "unique-"+a.ID), Attributes: a} }
	return &selfSource{
		members: NewTable(newMember, Samples[memberAttributes](selfTestSpec, "", 10)),
		teams:   NewTable(newTeam, Samples[teamAttributes](selfTestSpec, "group", 5)),
	}
}

// sendAll lists a table, and in a second stateful run what has changed: nothing.
func sendAll[T Identified](table *Table[T], stateful bool, state json.RawMessage, out *Stream[T]) error {
	if state == nil {
		if err := table.List(out); err != nil {
			return err
		}
	}
	if !stateful {
		return nil
	}
	return out.SaveState(map[string]string{"run": "1"})
}

func (s *selfSource) create(_ context.Context, in createInput) (member, error) {
	a, err := NewAttributes[memberAttributes](selfTestSpec, in.Identity, &in.Attributes, s.members.Len())
	if err != nil {
		return member{}, err
	}
	if in.Attributes.Email == "" {
		return member{}, Errorf("email is missing")
	}
	return s.members.Create(newMember(a))
}

func selfHandlers() Handlers[*selfSource] {
	return Handlers[*selfSource]{
		cmdTestConnection: Action(func(*selfSource, context.Context, TestConnectionInput) error { return nil }),
		cmdAccountList: Streaming(func(s *selfSource, _ context.Context, in AccountListInput, out *Stream[member]) error {
			return sendAll(s.members, in.Stateful, in.State, out)
		}),
		cmdAccountRead: Unary(func(s *selfSource, _ context.Context, in AccountReadInput) (member, error) {
			return s.members.Read(in.ID())
		}),
		cmdAccountCreate: Unary((*selfSource).create),
		cmdAccountUpdate: Unary(func(s *selfSource, _ context.Context, in AccountUpdateInput) (member, error) {
			return s.members.Update(in.ID(), func(m *member) error { return Apply(&m.Attributes, in.Changes) })
		}),
		cmdAccountDelete: Action(func(s *selfSource, _ context.Context, in AccountDeleteInput) error {
			return s.members.Delete(in.ID())
		}),
		cmdEntitlementList: Streaming(func(s *selfSource, _ context.Context, in EntitlementListInput, out *Stream[team]) error {
			return sendAll(s.teams, in.Stateful, in.State, out)
		}),
		cmdEntitlementRead: Unary(func(s *selfSource, _ context.Context, in EntitlementReadInput) (team, error) {
			return s.teams.Read(in.ID())
		}),
	}
}

// newSelfRegistry returns a connector for a source. It refuses a config without
// a token.
func newSelfRegistry(spec Spec, source *selfSource, handlers Handlers[*selfSource]) *Registry[*selfSource] {
	open := func(_ context.Context, config json.RawMessage) (*selfSource, error) {
		if !strings.Contains(string(config), "token") {
			return nil, Errorf("token is required")
		}
		return source, nil
	}
	return NewRegistry(spec, open, handlers, silent())
}

func selfTestOf(t *testing.T, r *Registry[*selfSource], opts SelfTestOptions) SelfTestReport {
	t.Helper()
	opts.Config = json.RawMessage(selfTestConfig)
	report, err := r.SelfTest(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestSelfTestPasses: nothing is skipped, and the source is as it was.
func TestSelfTestPasses(t *testing.T) {
	t.Parallel()
	source := newSelfSource()
	report := selfTestOf(t, newSelfRegistry(selfTestSpec, source, selfHandlers()), SelfTestOptions{Write: true})
	if report.count(SelfTestPass) != len(selfChecks()) {
		t.Errorf("not all checks have passed:\n%v", report)
	}
	if source.members.Len() != 10 {
		t.Errorf("%d accounts are in the source, want 10", source.members.Len())
	}
}

func TestSelfTestReadsOnly(t *testing.T) {
	t.Parallel()
	handlers := selfHandlers()
	for _, c := range []Command{cmdAccountCreate, cmdAccountUpdate, cmdAccountDelete} {
		handlers[c] = func(context.Context, *selfSource, json.RawMessage, *Writer) error {
			t.Errorf("%s is called", c)
			return nil
		}
	}
	report := selfTestOf(t, newSelfRegistry(selfTestSpec, newSelfSource(), handlers), SelfTestOptions{})
	for i, c := range selfChecks() {
		want := map[bool]SelfTestStatus{true: SelfTestSkip, false: SelfTestPass}[c.writes]
		if got := report.Results[i]; got.Status != want || got.Check != c.id {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}

// altered changes the outputs of a handler; nil drops one.
func altered(h Handler[*selfSource], change func(map[string]any) map[string]any) Handler[*selfSource] {
	return func(ctx context.Context, s *selfSource, input json.RawMessage, out *Writer) error {
		var failed error
		inner := newWriter(ctx, "inner", writerOptions{}, func(lines []byte) error {
			for line := range strings.Lines(string(lines)) {
				var l struct {
					Data map[string]any
					Type string
				}
				if err := json.Unmarshal([]byte(line), &l); err != nil {
					return err
				}
				if l.Type != "output" {
					failed = errors.Join(failed, out.SaveState(l.Data))
				} else if data := change(l.Data); data != nil {
					failed = errors.Join(failed, out.Send(data))
				}
			}
			return nil
		})
		err := h(ctx, s, input, inner)
		return errors.Join(inner.end(err), failed)
	}
}

// attribute changes one attribute of an output.
func attribute(name string, value any) func(map[string]any) map[string]any {
	return func(o map[string]any) map[string]any {
		o["attributes"].(map[string]any)[name] = value
		return o
	}
}

func failing(err error) Handler[*selfSource] {
	return func(context.Context, *selfSource, json.RawMessage, *Writer) error { return err }
}

// changed lets through only the changes of an update that keep allows, altered.
func changed(keep func(*AttributeChange) bool) Handler[*selfSource] {
	return Unary(func(s *selfSource, _ context.Context, in AccountUpdateInput) (member, error) {
		var changes []AttributeChange
		for _, c := range in.Changes {
			if keep(&c) {
				changes = append(changes, c)
			}
		}
		return s.members.Update(in.ID(), func(m *member) error { return Apply(&m.Attributes, changes) })
	})
}

// TestSelfTestFinds breaks one thing after another, and wants the check that is
// there for it to say so.
func TestSelfTestFinds(t *testing.T) {
	t.Parallel()
	same := func(o map[string]any) map[string]any { return o }
	none := func(map[string]any) map[string]any { return nil }
	for _, tt := range []struct {
		check  string
		broken Command
		by     func(Handler[*selfSource]) Handler[*selfSource]
		status SelfTestStatus
		want   string // in the report
	}{
		{"test-connection-success", cmdTestConnection, always(failing(Errorf("no route to hush-hush"))), SelfTestFail, "std:test-connection: fails: no route to [redacted]"},
		{"test-connection-success", cmdTestConnection, after(none), SelfTestFail, "has 0 outputs, want 1"},
		{"account-list-and-read", cmdAccountRead, after(attribute("title", "other")), SelfTestFail, `std:account:read "1": attribute "title" is "other", want "`},
		{"account-list-and-read", cmdAccountRead, after(attribute("more", 1)), SelfTestFail, `attribute "more" is 1, want missing`},
		{"account-list-and-read", cmdAccountRead, after(func(o map[string]any) map[string]any {
			o["key"] = SimpleKey("other")
			return o
		}), SelfTestFail, `key is {"simple":{"id":"other"}}, want {"simple":{"id":"1"}}`},
		{"account-list-and-read", cmdAccountRead, always(failing(NotFound("gone"))), SelfTestFail, `std:account:read "8": fails: gone`},
		{"account-list-and-read", cmdAccountList, after(none), SelfTestWarn, "lists nothing"},
		{"account-list-and-read", cmdAccountList, always(failing(Errorf("down"))), SelfTestFail, "std:account:list: fails: down"},
		{"account-list-and-read", cmdAccountList, after(func(o map[string]any) map[string]any { o["identity"] = 1; return o }), SelfTestFail, "another shape"},
		{"account-list-unique", cmdAccountList, after(func(o map[string]any) map[string]any { o["key"] = SimpleKey("1"); return o }), SelfTestFail, `"1": is listed twice`},
		{"account-list-unique", cmdAccountList, after(func(o map[string]any) map[string]any { o["uuid"] = "u"; return o }), SelfTestFail, `shares its unique ID "u"`},
		{"account-list-unique", cmdAccountList, after(func(o map[string]any) map[string]any { delete(o, "key"); return o }), SelfTestFail, "neither a key nor an identity"},
		{"account-list-stateful", cmdAccountList, always(Streaming(func(s *selfSource, _ context.Context, _ AccountListInput, out *Stream[member]) error {
			return s.members.List(out)
		})), SelfTestWarn, "saves no state in a stateful run"},
		{"account-list-stateful", cmdAccountList, always(Streaming(func(s *selfSource, _ context.Context, in AccountListInput, out *Stream[member]) error {
			return sendAll(s.members, in.Stateful, nil, out)
		})), SelfTestWarn, "lists all 10 objects again"},
		{"account-list-stateful", cmdAccountList, always(Streaming(func(s *selfSource, _ context.Context, in AccountListInput, out *Stream[member]) error {
			return errors.Join(s.members.List(out), out.SaveState("text"))
		})), SelfTestFail, "saves a state that is a string, want an object"},
		{"account-list-stateful", cmdAccountList, always(Streaming(func(s *selfSource, _ context.Context, in AccountListInput, out *Stream[member]) error {
			if in.State != nil {
				return Errorf("bad state")
			}
			return sendAll(s.members, in.Stateful, in.State, out)
		})), SelfTestFail, "fails: bad state"},
		{"account-list-stateful", cmdAccountList, always(Streaming(func(s *selfSource, _ context.Context, in AccountListInput, out *Stream[member]) error {
			if in.Stateful {
				return nil
			}
			return s.members.List(out)
		})), SelfTestFail, "lists 0 objects in the first stateful run, want all 10"},
		{"account-not-found", cmdAccountRead, always(failing(nil)), SelfTestFail, `std:account:read "__sailpoint__not__found__": works, want an error: there is no such account`},
		{"account-not-found", cmdAccountRead, always(failing(Errorf("who?"))), SelfTestWarn, "another error than NotFound"},
		{"account-not-found", cmdAccountRead, always(func(context.Context, *selfSource, json.RawMessage, *Writer) error { panic("nil") }), SelfTestFail, "ends in a panic: nil"},
		{"account-schema-check", cmdAccountList, after(attribute("age", "x")), SelfTestFail, `"1": attribute "age" is a string, want a whole number as the schema says`},
		{"account-schema-check", cmdAccountList, after(attribute("groups", "1")), SelfTestFail, `attribute "groups" is a string, want a list`},
		{"account-schema-check", cmdAccountList, after(attribute("more", 1)), SelfTestWarn, `attribute "more" is not in the schema`},
		{"account-create-empty", cmdAccountCreate, always(Unary(func(s *selfSource, _ context.Context, in createInput) (member, error) {
			return s.members.Create(newMember(memberAttributes{ID: "empty"}))
		})), SelfTestFail, "std:account:create: works, want an error: there are no attributes"},
		{"account-create-minimal", cmdAccountCreate, after(attribute("email", "other")), SelfTestFail, `attribute "email" is "other", want "selftest.`},
		{"account-create-minimal", cmdAccountRead, after(attribute("email", "other")), SelfTestFail, `std:account:read "`},
		{"account-create-maximal", cmdAccountRead, after(attribute("age", 41)), SelfTestFail, `attribute "age" is 41, want "42", as it was sent`},
		{"account-create-maximal", cmdAccountCreate, always(failing(Errorf("full"))), SelfTestFail, "std:account:create: fails: full"},
		{"account-create-list-delete", cmdAccountRead, after(attribute("title", "other")), SelfTestFail, `attribute "title" is "other", want missing`},
		{"account-create-list-delete", cmdAccountRead, always(failing(nil)), SelfTestFail, "works, want an error: the account has been deleted"},
		{"account-create-list-delete", cmdAccountList, after(none), SelfTestFail, "does not list the account, which has been created"},
		{"account-create-list-delete", cmdAccountCreate, always(Unary(func(s *selfSource, _ context.Context, in createInput) (member, error) {
			return s.members.Read("1")
		})), SelfTestFail, `"1": answers with an account that was there before`},
		{"account-create-minimal", cmdAccountCreate, always(func(_ context.Context, _ *selfSource, _ json.RawMessage, out *Writer) error {
			return out.Send(map[string]any{"attributes": map[string]any{}})
		}), SelfTestFail, "answers with an account that has neither a key nor an identity"},
		{"account-update-single-attrs", cmdAccountUpdate, always(changed(func(c *AttributeChange) bool { return c.Attribute != "title" })), SelfTestFail, `attribute "title" is missing, want "selftest-`},
		{"account-update-single-attrs", cmdAccountUpdate, always(changed(func(c *AttributeChange) bool { return c.Attribute != "levels" })), SelfTestFail, "after Add of that value"},
		{"account-update-single-attrs", cmdAccountUpdate, after(none), SelfTestFail, "has 0 outputs, want 1"},
		{"account-update-entitlement", cmdAccountUpdate, always(changed(func(c *AttributeChange) bool { return c.Op != ChangeAdd })), SelfTestFail, `attribute "groups" is [], want ["1"], after Add of "1"`},
		{"account-update-entitlement", cmdAccountUpdate, always(changed(func(c *AttributeChange) bool { return c.Op != ChangeRemove })), SelfTestFail, `after Remove of "1"`},
		{"account-update-entitlement", cmdEntitlementList, after(none), SelfTestWarn, `std:entitlement:list of type "group": lists nothing`},
		{"account-remove-entitlement", cmdAccountUpdate, always(changed(func(c *AttributeChange) bool {
			if c.Op == ChangeRemove {
				c.Value = nil // all of them
			}
			return true
		})), SelfTestFail, `attribute "groups" is [], want ["2"], after Remove of "1"`},
		{"account-remove-entitlement", cmdAccountRead, after(func(o map[string]any) map[string]any {
			if groups := o["attributes"].(map[string]any); len(groups["groups"].([]any)) == 0 {
				groups["groups"] = []any{"2"} // the last one cannot be removed
			}
			return o
		}), SelfTestFail, `attribute "groups" is ["2"], want [], after Remove of "2"`},
		{"entitlement-list-read", cmdEntitlementRead, after(attribute("name", "other")), SelfTestFail, `std:entitlement:read group "1": attribute "name" is "other"`},
		{"entitlement-list-read", cmdEntitlementList, after(func(o map[string]any) map[string]any { o["type"] = "crew"; return o }), SelfTestFail, `has the type "crew", want "group"`},
		{"entitlement-list-unique", cmdEntitlementList, after(func(o map[string]any) map[string]any {
			o["key"] = CompoundKey(o["attributes"].(map[string]any)["id"].(string), "u")
			return o
		}), SelfTestFail, `shares its unique ID "u"`},
		{"entitlement-list-stateful", cmdEntitlementList, always(Streaming(func(s *selfSource, _ context.Context, in EntitlementListInput, out *Stream[team]) error {
			return s.teams.List(out)
		})), SelfTestWarn, "saves no state"},
		{"entitlement-not-found", cmdEntitlementRead, always(failing(nil)), SelfTestFail, `group "__sailpoint__not__found__": works`},
		{"entitlement-schema-check", cmdEntitlementList, after(attribute("name", true)), SelfTestFail, `attribute "name" is a boolean, want a string`},
		{"account-list-and-read", cmdAccountList, after(same), SelfTestPass, ""},
	} {
		t.Run(tt.check+"/"+tt.want, func(t *testing.T) {
			t.Parallel()
			source, handlers := newSelfSource(), selfHandlers()
			handlers[tt.broken] = tt.by(handlers[tt.broken])
			report := selfTestOf(t, newSelfRegistry(selfTestSpec, source, handlers), SelfTestOptions{Write: true, Checks: []string{tt.check}})
			if got := report.Results[0].Status; len(report.Results) != 1 || got != tt.status || !strings.Contains(report.String(), tt.want) {
				t.Errorf("want %s and %q in\n%v", tt.status, tt.want, report)
			}
			if source.members.Len() != 10 {
				t.Errorf("%d accounts are in the source, want 10", source.members.Len())
			}
			if strings.Contains(report.String(), "hush-hush") {
				t.Errorf("a secret is in\n%v", report)
			}
		})
	}
}

func always(h Handler[*selfSource]) func(Handler[*selfSource]) Handler[*selfSource] {
	return func(Handler[*selfSource]) Handler[*selfSource] { return h }
}

func after(change func(map[string]any) map[string]any) func(Handler[*selfSource]) Handler[*selfSource] {
	return func(h Handler[*selfSource]) Handler[*selfSource] { return altered(h, change) }
}

// TestSelfTestLeavesNothingSilently: an account that cannot be deleted is named.
func TestSelfTestLeavesNothingSilently(t *testing.T) {
	t.Parallel()
	handlers := selfHandlers()
	handlers[cmdAccountDelete] = failing(Errorf("not allowed"))
	r := newSelfRegistry(selfTestSpec, newSelfSource(), handlers)
	report := selfTestOf(t, r, SelfTestOptions{Write: true, Checks: []string{"account-create-minimal"}})
	if note := report.Results[0].Note; !report.Failed() || !strings.HasSuffix(note, `" is left in the source`) {
		t.Errorf("note %q in\n%v", note, report)
	}
	spec := selfTestSpec
	spec.JSON = `{"commands": ["std:account:create"]}`
	handlers[cmdAccountCreate] = Unary(func(s *selfSource, _ context.Context, _ createInput) (member, error) {
		return s.members.Create(newMember(memberAttributes{ID: "empty"}))
	})
	report = selfTestOf(t, newSelfRegistry(spec, newSelfSource(), handlers), SelfTestOptions{Write: true, Checks: []string{"account-create-empty"}})
	if want := `account "empty" is left in the source: the spec does not list std:account:delete`; report.Results[0].Note != want {
		t.Errorf("note %q, want %q", report.Results[0].Note, want)
	}
}

// TestSelfTestRestores: where no account can be created, one that is there is
// changed, and changed back.
func TestSelfTestRestores(t *testing.T) {
	t.Parallel()
	spec, source := selfTestSpec, newSelfSource()
	spec.JSON = strings.Replace(spec.JSON, `"std:account:delete", `, "", 1)
	before, err := source.members.Read("8")
	if err != nil {
		t.Fatal(err)
	}
	updates := 0
	handlers := selfHandlers()
	update := handlers[cmdAccountUpdate]
	handlers[cmdAccountUpdate] = func(ctx context.Context, s *selfSource, input json.RawMessage, out *Writer) error {
		updates++
		return update(ctx, s, input, out)
	}
	report := selfTestOf(t, newSelfRegistry(spec, source, handlers), SelfTestOptions{Write: true, Checks: []string{"account-update-single-attrs"}})
	after, err := source.members.Read("8")
	if err != nil || report.Results[0].Status != SelfTestPass || updates != 6 || selfJSON(before) != selfJSON(after) {
		t.Errorf("%d updates, %v\nbefore %s\nafter  %s\n%v", updates, err, selfJSON(before), selfJSON(after), report)
	}
}

// TestSelfTestTimeout: a client that heeds no context holds one check up, not the
// self test, and what was created is deleted all the same.
func TestSelfTestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, handlers := newSelfSource(), selfHandlers()
		release := make(chan struct{})
		read := handlers[cmdAccountRead]
		handlers[cmdAccountRead] = func(ctx context.Context, s *selfSource, input json.RawMessage, out *Writer) error {
			<-release
			return read(ctx, s, input, out)
		}
		checks := []string{"account-not-found", "account-create-minimal", "account-list-unique"}
		report := selfTestOf(t, newSelfRegistry(selfTestSpec, source, handlers), SelfTestOptions{Write: true, Checks: checks, Timeout: time.Second})
		close(release)
		synctest.Wait()
		if report.count(SelfTestFail) != 2 || report.count(SelfTestPass) != 1 || strings.Count(report.String(), "fails: it has not ended after 1s") != 2 {
			t.Errorf("report\n%v", report)
		}
		if source.members.Len() != 10 {
			t.Errorf("%d accounts are in the source, want 10", source.members.Len())
		}
	})
}

func TestSelfTestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err := newSelfRegistry(selfTestSpec, newSelfSource(), selfHandlers()).SelfTest(ctx, SelfTestOptions{Write: true})
	if err != nil || report.count(SelfTestSkip) != len(selfChecks()) || report.Results[0].Note != "interrupted" {
		t.Errorf("%v\n%v", err, report)
	}
}

// TestSelfTestSkips says why a check does not run.
func TestSelfTestSkips(t *testing.T) {
	t.Parallel()
	const all = `"commands": ["std:test-connection", "std:account:list", "std:account:read", "std:account:create", "std:account:update",
		"std:account:delete", "std:entitlement:list", "std:entitlement:read"]`
	for _, tt := range []struct{ check, spec, want string }{
		{"account-list-unique", `{}`, "the spec does not list std:account:list"},
		{"test-connection-empty", `{` + all + `}`, "the spec has no config item that a source must have"},
		{"test-connection-empty", `{` + all + `, "sourceConfigInitialValues": {"a": 1}, "sourceConfig": [{"key": "a", "type": "text", "required": true},
			{"key": "b", "type": "text", "required": true, "parentKey": "a", "parentValue": "1"}, {"key": "c", "type": "text", "required": "false"},
			{"key": "d", "type": "cardList", "subMenus": [{"items": [{"key": "e", "type": "text", "required": true}]}]}]}`, "the spec has no config item that a source must have"},
		{"account-list-stateful", `{` + all + `}`, "the spec does not set supportsStatefulCommands"},
		{"account-schema-check", `{` + all + `}`, "the spec has no account schema"},
		{"account-create-minimal", `{` + all + `, "accountCreateTemplate": {"fields": []}}`, "the spec does not say what an account is created from"},
		{"account-update-single-attrs", `{` + all + `}`, "the account schema marks no attribute as writable"},
		{"account-update-entitlement", `{` + all + `}`, "the account schema has no managed entitlements"},
		{"entitlement-list-read", `{` + all + `}`, "the spec names no entitlement types"},
		{"entitlement-schema-check", `{` + all + `}`, "the spec has no entitlement schemas"},
	} {
		r := newSelfRegistry(Spec{JSON: tt.spec}, newSelfSource(), selfHandlers())
		report := selfTestOf(t, r, SelfTestOptions{Write: true, Checks: []string{tt.check}})
		if got := report.Results[0]; got.Status != SelfTestSkip || got.Note != tt.want {
			t.Errorf("%s: %s, %q; want %q", tt.check, got.Status, got.Note, tt.want)
		}
	}
}

// TestSelfTestDiscovers: without a schema in the spec, accounts are what the
// discovered one says.
func TestSelfTestDiscovers(t *testing.T) {
	t.Parallel()
	handlers := selfHandlers()
	handlers[cmdDiscoverSchema] = Unary(func(*selfSource, context.Context, AccountDiscoverSchemaInput) (AccountSchema, error) {
		return *selfTestSpec.Account, nil
	})
	spec := Spec{JSON: `{"commands": ["std:account:list", "std:account:read", "std:account:create", "std:account:delete", "std:account:discover-schema"]}`}
	opts := SelfTestOptions{Write: true, Checks: []string{"account-schema-check", "account-create-minimal"}}
	if report := selfTestOf(t, newSelfRegistry(spec, newSelfSource(), handlers), opts); report.count(SelfTestPass) != 2 {
		t.Errorf("report\n%v", report)
	}
	handlers[cmdDiscoverSchema] = failing(nil)
	if report := selfTestOf(t, newSelfRegistry(spec, newSelfSource(), handlers), opts); report.Results[0].Status != SelfTestFail || !strings.Contains(report.String(), "no schema as its one output") {
		t.Errorf("report\n%v", report)
	}
}

// TestSelfTestWarnsOnce: an attribute that no schema has is named once.
func TestSelfTestWarnsOnce(t *testing.T) {
	t.Parallel()
	handlers := selfHandlers()
	handlers[cmdAccountList] = altered(handlers[cmdAccountList], attribute("more", "x"))
	report := selfTestOf(t, newSelfRegistry(selfTestSpec, newSelfSource(), handlers), SelfTestOptions{Checks: []string{"account-schema-check"}})
	if got := report.Results[0].Findings; len(got) != 1 || !got[0].Warning {
		t.Errorf("report\n%v", report)
	}
}

// TestSelfTestManyFindings: what is wrong everywhere is not said everywhere.
func TestSelfTestManyFindings(t *testing.T) {
	t.Parallel()
	handlers := selfHandlers()
	handlers[cmdAccountList] = func(_ context.Context, _ *selfSource, _ json.RawMessage, out *Writer) error {
		for range 1000 {
			if err := out.Send(map[string]any{"identity": strings.Repeat("é", 1000) + "\x1b"}); err != nil {
				return err
			}
		}
		return nil
	}
	report := selfTestOf(t, newSelfRegistry(selfTestSpec, newSelfSource(), handlers), SelfTestOptions{Checks: []string{"account-list-unique"}})
	text := report.String()
	if n := len(report.Results[0].Findings); n != maxSelfFindings+1 || !strings.Contains(text, "there is more of this") || len(text) > 25*(maxSelfTestText+200) || strings.Contains(text, "\x1b") {
		t.Errorf("%d findings, %d bytes", n, len(text))
	}
}

// TestSelfTestValues makes up values for the fields of a create template.
func TestSelfTestValues(t *testing.T) {
	t.Parallel()
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
		{`{"key":"a","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Password"}}}`, `"aA1!??????????????????????????"`},
		{`{"key":"a","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Unique Account ID","template":"$(firstname).x"}}}`, `"????????.x"`},
		{`{"key":"a","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Unique Account ID","template":"é$(a)$(b)","maxSize":"9"}}}`, `"?????????"`},
		{`{"key":"a","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Unique Account ID","template":"x"}}}`, `"x????????"`},
		{`{"key":"a","type":"boolean"}`, `true`},
		{`{"key":"a","type":"long"}`, `?????????`},
		{`{"key":"a","type":"array"}`, `["selftest-????????"]`},
		{`{"key":"groups","type":"array"}`, `null`},
		{`{"key":"groups","type":"array","required":true}`, `["selftest-????????"]`},
	} {
		var f selfField
		if err := json.Unmarshal([]byte(tt.field), &f); err != nil {
			t.Fatal(err)
		}
		trial := &selfTrial{selfTester: &selfTester{spec: selfTestSpec}}
		first, second := selfJSON(trial.fieldValue(f)), selfJSON(trial.fieldValue(f))
		if matched, err := filepath.Match(strings.NewReplacer("[", `\[`, "]", `\]`).Replace(tt.want), first); err != nil || !matched {
			t.Errorf("%s gives %s, want %s", tt.field, first, tt.want)
		}
		if strings.Contains(tt.want, "?") == (first == second) {
			t.Errorf("%s gives %s and %s", tt.field, first, second)
		}
	}
}

func TestSelfTypeProblem(t *testing.T) {
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
		v, err := readValue(json.RawMessage(tt.value))
		if err != nil {
			t.Fatal(err)
		}
		if problem := selfTypeProblem(SchemaAttribute{Type: tt.specType, Multi: tt.multi}, v); (problem == "") != tt.ok {
			t.Errorf("%s, multi %t, %s: %q", tt.specType, tt.multi, tt.value, problem)
		}
	}
}

// TestSelfTestSecrets: whatever form a secret of the config has, it is not shown.
func TestSelfTestSecrets(t *testing.T) {
	t.Parallel()
	facts, err := readSelfSpec(`{"sourceConfig": [{"type": "menu", "items": [{"type": "section", "items": [
		{"key": "pem", "type": "secrettextarea"}, {"key": "cards", "type": "cardList", "subMenus": [{"items": [{"key": "pin", "type": "secret"}]}]}]}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	secrets := facts.secrets(json.RawMessage(`{"pem": "one\ntwo & \"three\"", "cards": [{"pin": 12345}], "apiToken": ["token", "token-2"], "password": "abc", "user": "ada"}`))
	s := &selfTester{secrets: secrets}
	for text, want := range map[string]string{
		"one\ntwo & \"three\"":              redacted,
		`one\ntwo & \"three\"`:              redacted,
		"?k=one%0Atwo+%26+%22three%22&u=a":  "?k=" + redacted + "&u=a",
		"pin 12345 of ada":                  "pin " + redacted + " of ada",
		"token-2 and token":                 redacted + " and " + redacted,
		"abc is too short to be hidden":     "abc is too short to be hidden",
		"several\n\tlines\x00and \x1b[31m!": "several lines and [31m!",
	} {
		if got := s.clean(text); got != want {
			t.Errorf("%q is cleaned to %q, want %q", text, got, want)
		}
	}
}

func TestSelfTestCommand(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(selfTestConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := selfHandlers()
	broken[cmdAccountList] = altered(broken[cmdAccountList], attribute("age", "x"))
	for _, tt := range []struct {
		handlers       Handlers[*selfSource]
		args           []string
		code           int
		stdout, stderr string // each has this
	}{
		{selfHandlers(), []string{"--config", config, "--write"}, 0, "account-list-unique          PASS\n", ""},
		{selfHandlers(), []string{"--config", config}, 0, "account-create-minimal       SKIP  it changes accounts, which --write allows\n", ""},
		{
			selfHandlers(),
			[]string{"--config", config, "--check", "account-not-found", "--check", "account-list-and-read", "--limit", "1"},
			0,
			"account-list-and-read        PASS\naccount-not-found            PASS\n\n2 passed, 0 with warnings, 0 failed, 0 skipped\n", "",
		},
		{selfHandlers(), nil, 1, "fails: token is required", "app: the self test has failed\n"},
		{broken, []string{"--config", config}, 1, "\nFAIL account-schema-check: passes when the attributes of accounts are as the schema says\n  std:account:list \"1\": attribute \"age\" is", "app: the self test has failed\n"},
		{selfHandlers(), []string{"--check", "none"}, 2, "", `app: "none" is no check; the checks are test-connection-success, `},
		{selfHandlers(), []string{"--limit", "0"}, 2, "", "app: --limit must be at least 1\n"},
		{selfHandlers(), []string{"--timeout", "-1s"}, 2, "", "app: --timeout must be more than 0\n"},
		{selfHandlers(), []string{"--config", "none.json"}, 2, "", "none.json"},
		{selfHandlers(), []string{"more"}, 2, "", `app: unexpected argument "more"`},
	} {
		var out, problems strings.Builder
		r := newSelfRegistry(selfTestSpec, newSelfSource(), tt.handlers)
		code := r.Execute(t.Context(), append([]string{"app", "selftest"}, tt.args...), &out, &problems)
		if code != tt.code || !strings.Contains(out.String(), tt.stdout) || !strings.Contains(problems.String(), tt.stderr) {
			t.Errorf("%q: exit %d, stdout %s, stderr %s", tt.args, code, &out, &problems)
		}
	}
}
