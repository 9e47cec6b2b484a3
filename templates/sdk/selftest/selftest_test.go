package selftest_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/memory"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

// member is an account as generated code has it, with a field of every kind.
type member struct {
	Key         sdk.Key
	Disabled    *bool
	Locked      *bool
	Deleted     bool
	Attributes  memberAttributes
	Permissions []sdk.Permission
	Results     []sdk.Result
}

func (m member) ID() string { return m.Key.ID() }

func (m *member) WireFields(w *sdk.Fields) {
	w.Key("key", sdk.KeyTypeSimple, &m.Key)
	w.Bool("disabled", &m.Disabled)
	w.Bool("locked", &m.Locked)
	w.Flag("deleted", &m.Deleted)
	w.Object("attributes", &m.Attributes)
	w.Permissions("permissions", &m.Permissions)
	w.Results("results", &m.Results)
}

func (m member) MarshalJSON() ([]byte, error) { return sdk.Marshal(&m) }

type memberAttributes struct {
	ID     string
	Email  string
	Title  string
	Active *bool
	Age    *int64
	Groups []string
	Flags  []bool
	Levels []int64
	Extra  map[string]any
}

func (a *memberAttributes) WireFields(w *sdk.Fields) {
	w.Required().String("id", &a.ID)
	w.Required().String("email", &a.Email)
	w.String("title", &a.Title)
	w.Bool("active", &a.Active)
	w.Int("age", &a.Age)
	w.Required().Strings("groups", &a.Groups)
	w.Bools("flags", &a.Flags)
	w.Ints("levels", &a.Levels)
	w.OpenExtra(&a.Extra)
}

func (a memberAttributes) MarshalJSON() ([]byte, error) { return sdk.Marshal(&a) }

// team is an entitlement as generated code has it.
type team struct {
	Key        sdk.Key
	Attributes teamAttributes
}

func (e team) ID() string { return e.Key.ID() }

func (e *team) WireFields(w *sdk.Fields) {
	w.Key("key", sdk.KeyTypeCompound, &e.Key)
	w.Constant("type", "group")
	w.Object("attributes", &e.Attributes)
}

type teamAttributes struct {
	ID     string
	Name   string
	Parent string
}

func (a *teamAttributes) WireFields(w *sdk.Fields) {
	w.Required().String("id", &a.ID)
	w.String("name", &a.Name)
	w.String("parent", &a.Parent)
}

// createInput is the input of a create command as generated code has it.
type createInput struct {
	Identity   string
	Attributes createAttributes
	Metadata   []sdk.AttributeMetadata
	Schema     *sdk.AccountSchema
}

func (in *createInput) WireFields(w *sdk.Fields) {
	w.String("identity", &in.Identity)
	w.Object("attributes", &in.Attributes)
	w.Metadata("attributesWithMetadata", &in.Metadata)
	w.Schema("schema", &in.Schema)
}

func newMember(a memberAttributes) member { return member{Key: sdk.SimpleKey(a.ID), Attributes: a} }

const specJSON = `{
	"name": "tester",
	"keyType": "simple",
	"commands": ["std:test-connection", "std:account:list", "std:account:read", "std:account:create", "std:account:update",
		"std:account:delete", "std:account:enable", "std:account:disable", "std:account:unlock", "std:change-password",
		"std:entitlement:list", "std:entitlement:read", "std:account:discover-schema"],
	"supportsStatefulCommands": "true",
	"sourceConfig": [{"type": "section", "items": [
		{"key": "url", "type": "url", "required": true},
		{"key": "token", "type": "secret", "required": "true"}]}],
	"accountSchema": {"identityAttribute": "id", "displayAttribute": "email", "attributes": [
		{"name": "id", "type": "string"},
		{"name": "email", "type": "string"},
		{"name": "title", "type": "string", "writable": true},
		{"name": "active", "type": "boolean", "writable": true},
		{"name": "age", "type": "int"},
		{"name": "groups", "type": "string", "multi": true, "entitlement": true, "managed": true},
		{"name": "levels", "type": "long", "multi": true, "writable": true},
		{"name": "flags", "type": "boolean", "multi": true}]},
	"entitlementSchemas": [{"type": "group", "identityAttribute": "id", "displayAttribute": "name", "attributes": [
		{"name": "id", "type": "string"}, {"name": "name", "type": "string"}, {"name": "parent", "type": "string"}]}],
	"accountCreateTemplate": {"fields": [
		{"key": "email", "type": "string", "required": true, "initialValue": {"type": "identityAttribute", "attributes": {"name": "email"}}},
		{"key": "age", "type": "int", "initialValue": {"type": "static", "attributes": {"value": "42"}}},
		{"key": "groups", "type": "array"},
		{"key": "levels", "type": "array"}]}
}`

// testSpec lists every command that the self test calls.
var testSpec = func() sdk.Spec {
	var file struct {
		AccountSchema      *sdk.AccountSchema
		EntitlementSchemas []sdk.EntitlementSchema
	}
	if err := json.Unmarshal([]byte(specJSON), &file); err != nil {
		panic(err)
	}
	return sdk.Spec{
		Name: "tester", KeyType: sdk.KeyTypeSimple, JSON: specJSON, Account: file.AccountSchema, Entitlements: file.EntitlementSchemas,
		Required: []string{"url", "token"}, Secrets: []string{"token"},
	}
}()

const testConfig = `{"url": "https://example.com", "token": "hush-hush"}`

// fake is a source that passes every check, unless a handler is replaced.
type fake struct {
	members *memory.Table[member]
	teams   *memory.Table[team]
}

func newFake() *fake {
	newTeam := func(a teamAttributes) team { return team{Key: sdk.CompoundKey(a.ID, "unique-"+a.ID), Attributes: a} }
	return &fake{
		members: memory.NewTable(newMember, memory.Samples[memberAttributes](testSpec, "")),
		teams:   memory.NewTable(newTeam, memory.Samples[teamAttributes](testSpec, "group")),
	}
}

func (s *fake) create(_ context.Context, in createInput) (member, error) {
	if in.Attributes.Email == "" {
		return member{}, sdk.Errorf("email is missing")
	}
	return s.members.Create(func(taken func(string) bool) (member, error) {
		a, err := memory.NewAttributes[memberAttributes](testSpec, in.Identity, &in.Attributes, taken)
		return newMember(a), err
	})
}

// createEmpty creates an account of nothing.
func (s *fake) createEmpty() (member, error) {
	return s.members.Create(func(func(string) bool) (member, error) {
		return newMember(memberAttributes{ID: "empty"}), nil
	})
}

// discovering answers with the spec's schema, changed.
func discovering(change func(*sdk.AccountSchema)) handler {
	return unary(func(*fake, context.Context, sdk.AccountDiscoverSchemaInput) (sdk.AccountSchema, error) {
		schema := *testSpec.Account
		schema.Attributes = slices.Clone(schema.Attributes)
		change(&schema)
		return schema, nil
	})
}

func newHandlers() map[sdk.Command]handler {
	return map[sdk.Command]handler{
		cmdTestConnection: action(func(*fake, context.Context, sdk.TestConnectionInput) error { return nil }),
		cmdAccountList: streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
			return s.members.List(out, in.Stateful, in.State)
		}),
		cmdAccountRead: unary(func(s *fake, _ context.Context, in sdk.AccountReadInput) (member, error) {
			return s.members.Read(in.ID())
		}),
		cmdAccountCreate: unary((*fake).create),
		cmdAccountUpdate: unary(func(s *fake, _ context.Context, in updateInput) (member, error) {
			return s.members.Update(in.ID(), func(m *member) error { return in.Apply(&m.Attributes) })
		}),
		cmdAccountDelete: action(func(s *fake, _ context.Context, in sdk.AccountDeleteInput) error {
			return s.members.Delete(in.ID())
		}),
		cmdAccountDisable: unary(func(s *fake, _ context.Context, in sdk.AccountDisableInput) (member, error) {
			return s.members.Update(in.ID(), func(m *member) error { m.Disabled = sdk.Ptr(true); return nil })
		}),
		cmdAccountEnable: unary(func(s *fake, _ context.Context, in sdk.AccountEnableInput) (member, error) {
			return s.members.Update(in.ID(), func(m *member) error { m.Disabled = sdk.Ptr(false); return nil })
		}),
		cmdAccountUnlock: unary(func(s *fake, _ context.Context, in sdk.AccountUnlockInput) (member, error) {
			return s.members.Update(in.ID(), func(m *member) error { m.Locked = sdk.Ptr(false); return nil })
		}),
		cmdChangePassword: action(func(s *fake, _ context.Context, in sdk.ChangePasswordInput) error {
			_, err := s.members.Read(in.ID())
			return err
		}),
		cmdEntitlementList: streaming(func(s *fake, _ context.Context, in sdk.EntitlementListInput, out *sdk.Stream[team]) error {
			return s.teams.List(out, in.Stateful, in.State)
		}),
		cmdEntitlementRead: unary(func(s *fake, _ context.Context, in sdk.EntitlementReadInput) (team, error) {
			return s.teams.Read(in.ID())
		}),
		cmdDiscoverSchema: discovering(func(*sdk.AccountSchema) {}),
	}
}

// newConnector returns a connector for a source. It refuses a config without what the spec
// requires.
func newConnector(spec sdk.Spec, source *fake, handlers map[sdk.Command]handler) *sdk.Connector {
	open := func(_ context.Context, config json.RawMessage) (*fake, error) {
		for _, key := range spec.Required {
			if !strings.Contains(string(config), `"`+key+`"`) {
				return nil, sdk.Errorf("%s is required", key)
			}
		}
		return source, nil
	}
	var all []sdk.Handler[*fake]
	for command, h := range handlers {
		all = append(all, h(command))
	}
	return sdk.New(spec, rawConfig, open, all, silent())
}

func reportOf(t *testing.T, r *sdk.Connector, opts selftest.Options) selftest.Report {
	t.Helper()
	opts.Config = json.RawMessage(testConfig)
	report, err := r.SelfTest(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestPasses: nothing is skipped, and the source is as it was.
func TestPasses(t *testing.T) {
	t.Parallel()
	source := newFake()
	report := reportOf(t, newConnector(testSpec, source, newHandlers()), selftest.Options{Write: true})
	if selftest.Count(report, selftest.Pass) != len(selftest.Checks()) {
		t.Errorf("not all checks have passed:\n%v", report)
	}
	if source.members.Len() != 10 {
		t.Errorf("%d accounts are in the source, want 10", source.members.Len())
	}
}

func TestReadsOnly(t *testing.T) {
	t.Parallel()
	handlers := newHandlers()
	for _, c := range []sdk.Command{
		cmdAccountCreate, cmdAccountUpdate, cmdAccountDelete, cmdAccountEnable, cmdAccountDisable, cmdAccountUnlock, cmdChangePassword,
	} {
		handlers[c] = raw(func(context.Context, *fake, json.RawMessage, *sdk.Writer) error {
			t.Errorf("%s is called", c)
			return nil
		})
	}
	report := reportOf(t, newConnector(testSpec, newFake(), handlers), selftest.Options{})
	for i, c := range selftest.Checks() {
		want := map[bool]selftest.Status{true: selftest.Skip, false: selftest.Pass}[c.Writes]
		if got := report.Results[i]; got.Status != want || got.Check != c.ID {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}

// altered changes the outputs of a handler; nil drops one.
func altered(h handler, change func(map[string]any) map[string]any) handler {
	return func(command sdk.Command) sdk.Handler[*fake] {
		return raw(func(ctx context.Context, s *fake, input json.RawMessage, out *sdk.Writer) error {
			open := func(context.Context, json.RawMessage) (*fake, error) { return s, nil }
			inner := sdk.New(testSpec, rawConfig, open, []sdk.Handler[*fake]{h(command)}, silent())
			return inner.Run(ctx, sdk.Request{Type: command, Input: input}, func(lines []byte) error {
				for line := range strings.Lines(string(lines)) {
					var l struct {
						Data map[string]any
						Type string
					}
					if err := json.Unmarshal([]byte(line), &l); err != nil {
						return err
					}
					if l.Type != "output" {
						if err := out.SaveState(l.Data); err != nil {
							return err
						}
					} else if data := change(l.Data); data != nil {
						if err := out.Send(data); err != nil {
							return err
						}
					}
				}
				return nil
			})
		})(command)
	}
}

// attribute changes one attribute of an output.
func attribute(name string, value any) func(map[string]any) map[string]any {
	return func(o map[string]any) map[string]any {
		o["attributes"].(map[string]any)[name] = value
		return o
	}
}

// setting sets one member of an output.
func setting(name string, value any) func(map[string]any) map[string]any {
	return func(o map[string]any) map[string]any {
		o[name] = value
		return o
	}
}

// reading answers with the account as it is.
func reading(command sdk.Command) sdk.Handler[*fake] {
	return unary(func(s *fake, _ context.Context, in sdk.AccountReadInput) (member, error) {
		return s.members.Read(in.ID())
	})(command)
}

// changedOnce lists what has changed, but an account that is not new only when it is deleted.
func changedOnce() handler {
	seen := make(map[string]bool)
	return altered(newHandlers()[cmdAccountList], func(o map[string]any) map[string]any {
		id := o["attributes"].(map[string]any)["id"].(string)
		if seen[id] && o["deleted"] != true {
			return nil
		}
		seen[id] = true
		return o
	})
}

func failing(err error) handler {
	return raw(func(context.Context, *fake, json.RawMessage, *sdk.Writer) error { return err })
}

// changed lets through only the changes of an update that keep allows, altered.
func changed(keep func(*sdk.AttributeChange) bool) handler {
	return unary(func(s *fake, _ context.Context, in updateInput) (member, error) {
		var changes []sdk.AttributeChange
		for _, c := range in.Changes {
			if keep(&c) {
				changes = append(changes, c)
			}
		}
		some, err := withChanges(in, changes)
		if err != nil {
			return member{}, err
		}
		return s.members.Update(in.ID(), func(m *member) error { return some.Apply(&m.Attributes) })
	})
}

// TestFinds breaks one thing after another, and wants the check that is
// there for it to say so.
func TestFinds(t *testing.T) {
	t.Parallel()
	same := func(o map[string]any) map[string]any { return o }
	none := func(map[string]any) map[string]any { return nil }
	for _, tt := range []struct {
		check  string
		broken sdk.Command
		by     func(handler) handler
		status selftest.Status
		want   string // in the report
	}{
		{"test-connection-success", cmdTestConnection, always(failing(sdk.Errorf("no route to hush-hush"))), selftest.Fail, "std:test-connection: fails: no route to [redacted]"},
		{"test-connection-success", cmdTestConnection, after(none), selftest.Fail, "has 0 outputs, want 1"},
		{"account-list-and-read", cmdAccountRead, after(attribute("title", "other")), selftest.Fail, `std:account:read "1": attribute "title" is "other", want "`},
		{"account-list-and-read", cmdAccountRead, after(attribute("more", 1)), selftest.Fail, `attribute "more" is 1, want missing`},
		{"account-list-and-read", cmdAccountRead, after(func(o map[string]any) map[string]any {
			o["key"] = sdk.SimpleKey("other")
			return o
		}), selftest.Fail, `key is {"simple":{"id":"other"}}, want {"simple":{"id":"1"}}`},
		{"account-list-and-read", cmdAccountRead, always(failing(sdk.NotFound("gone"))), selftest.Fail, `std:account:read "8": fails: gone`},
		{"account-list-and-read", cmdAccountList, after(none), selftest.Warn, "lists nothing"},
		{"account-list-and-read", cmdAccountList, always(failing(sdk.Errorf("down"))), selftest.Fail, "std:account:list: fails: down"},
		{"account-list-and-read", cmdAccountList, after(func(o map[string]any) map[string]any { o["identity"] = 1; return o }), selftest.Fail, "does not follow the protocol"},
		{"account-list-unique", cmdAccountList, after(func(o map[string]any) map[string]any { o["key"] = sdk.SimpleKey("1"); return o }), selftest.Fail, `"1": is listed twice`},
		{"account-list-unique", cmdAccountList, after(func(o map[string]any) map[string]any { o["uuid"] = "u"; return o }), selftest.Fail, `shares its unique ID "u"`},
		{"account-list-unique", cmdAccountList, after(func(o map[string]any) map[string]any { delete(o, "key"); return o }), selftest.Fail, "neither a key nor an identity"},
		{"account-list-unique", cmdAccountList, after(func(o map[string]any) map[string]any { o["identity"] = "other"; return o }), selftest.Fail, `"1": has the identity "other", want "1", the ID in its key`},
		{"account-list-unique", cmdAccountList, after(func(o map[string]any) map[string]any {
			o["identity"] = o["attributes"].(map[string]any)["id"]
			return o
		}), selftest.Pass, ""},
		{"account-create-minimal", cmdAccountCreate, after(func(o map[string]any) map[string]any { o["identity"] = "other"; return o }), selftest.Fail, `has the identity "other", want "11", the ID in its key`},
		{"entitlement-list-unique", cmdEntitlementList, after(func(o map[string]any) map[string]any { o["identity"] = "unique-1"; return o }), selftest.Fail, `group "1": has the identity "unique-1", want "1"`},
		{"account-list-stateful", cmdAccountList, always(streaming(func(s *fake, _ context.Context, _ sdk.AccountListInput, out *sdk.Stream[member]) error {
			return s.members.List(out, false, nil)
		})), selftest.Warn, "saves no state in a stateful run"},
		{"account-list-stateful", cmdAccountList, always(streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
			return s.members.List(out, in.Stateful, nil)
		})), selftest.Warn, "lists all 10 objects again"},
		{"account-list-stateful", cmdAccountList, always(streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
			return errors.Join(s.members.List(out, false, nil), out.SaveState("text"))
		})), selftest.Fail, "saves a state that is a string, want an object"},
		{"account-list-stateful", cmdAccountList, always(streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
			if in.State != nil {
				return sdk.Errorf("bad state")
			}
			return s.members.List(out, in.Stateful, in.State)
		})), selftest.Fail, "fails: bad state"},
		{"account-list-stateful", cmdAccountList, always(streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
			if in.Stateful {
				return nil
			}
			return s.members.List(out, false, nil)
		})), selftest.Fail, "lists 0 objects in the first stateful run, want all 10"},
		{"account-not-found", cmdAccountRead, always(failing(nil)), selftest.Fail, `std:account:read "__sailpoint__not__found__": succeeds, want an error: there is no such account`},
		{"account-not-found", cmdAccountRead, always(failing(sdk.Errorf("who?"))), selftest.Warn, "not with NotFound"},
		{"account-not-found", cmdAccountRead, always(raw(func(context.Context, *fake, json.RawMessage, *sdk.Writer) error { panic("nil") })), selftest.Fail, "ends in a panic: nil"},
		{"account-schema-check", cmdAccountList, after(attribute("age", "x")), selftest.Fail, `"1": attribute "age" is a string, want a whole number as the schema says`},
		{"account-schema-check", cmdAccountList, after(attribute("groups", "1")), selftest.Fail, `attribute "groups" is a string, want a list`},
		{"account-schema-check", cmdAccountList, after(attribute("more", 1)), selftest.Warn, `attribute "more" is not in the schema`},
		{"account-schema-check", cmdAccountList, after(attribute("levels", nil)), selftest.Warn, `attribute "levels" is null, which the official validator refuses`},
		{"account-schema-check", cmdAccountList, after(attribute("id", "77")), selftest.Fail, `"1": identity attribute "id" is "77", and the ID is "1", want the same`},
		{"account-schema-check", cmdAccountList, after(attribute("id", 1)), selftest.Fail, `attribute "id" is a number, want a string`},
		{"account-schema-check", cmdAccountList, after(attribute("id", nil)), selftest.Warn, `"1": has no identity attribute "id"`},
		{"account-schema-check", cmdAccountList, after(func(o map[string]any) map[string]any {
			o["uuid"] = "u"
			return attribute("id", "u")(o)
		}), selftest.Warn, `is "u", and the ID is "1", want the same: it is the unique ID`},
		{"account-schema-check", cmdAccountList, after(func(o map[string]any) map[string]any {
			return attribute("id", o["attributes"].(map[string]any)["id"].(string)+" ")(o)
		}), selftest.Warn, `is "1 ", and the ID is "1", want the same`},
		{"account-list-and-read", cmdAccountRead, after(attribute("levels", []any{json.Number("9007199254740993"), 2})), selftest.Fail, "is [9007199254740993,2], want [1,2]"},
		{"account-entitlements", cmdAccountList, after(attribute("groups", []any{"1", "2", "1"})), selftest.Fail, `attribute "groups" has a duplicate value: "1"`},
		{"account-entitlements", cmdAccountList, after(attribute("groups", []any{""})), selftest.Fail, `"1": attribute "groups" has an empty value`},
		{"account-entitlements", cmdAccountList, after(attribute("groups", []any{nil})), selftest.Fail, `attribute "groups" has an empty value`},
		{"account-entitlements", cmdAccountList, after(attribute("groups", []any{" 1 "})), selftest.Fail, `has a value with spaces around it: " 1 ", want "1"`},
		{"account-entitlements", cmdAccountList, after(attribute("groups", []any{"nope"})), selftest.Warn, `has "nope", which is not the ID of a listed entitlement of type "group"`},
		{"account-entitlements", cmdAccountList, after(attribute("groups", "nope")), selftest.Warn, `has "nope", which`},
		{"account-entitlements", cmdAccountList, after(attribute("groups", []any{})), selftest.Pass, ""},
		{"account-entitlements", cmdAccountList, after(attribute("groups", nil)), selftest.Warn, `attribute "groups" is missing: send [] when empty`},
		{"account-entitlements", cmdEntitlementList, always(failing(sdk.Errorf("down"))), selftest.Fail, `std:entitlement:list of type "group": fails: down`},
		{"account-create-minimal", cmdAccountCreate, after(attribute("groups", nil)), selftest.Warn, `attribute "groups" is missing: send [] when empty`},
		{"account-discover-schema", cmdDiscoverSchema, always(failing(sdk.Errorf("down"))), selftest.Fail, "std:account:discover-schema: fails: down"},
		{"account-discover-schema", cmdDiscoverSchema, after(none), selftest.Fail, "must send one output, a schema"},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.IdentityAttribute = "uid" })), selftest.Fail, `identityAttribute names "uid", which is not one of its attributes`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.IdentityAttribute = "" })), selftest.Fail, `has no identityAttribute`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.IdentityAttribute = "email" })), selftest.Warn, `identityAttribute is "email", and "id" in the spec`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.DisplayAttribute = "name" })), selftest.Warn, `displayAttribute names "name", which`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.GroupAttribute = "teams" })), selftest.Warn, `groupAttribute names "teams", which`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.GroupAttribute = "title" })), selftest.Warn, `groupAttribute names "title", which is not an entitlement attribute`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.Attributes = append(s.Attributes, s.Attributes[0]) })), selftest.Warn, `has attribute "id" twice`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) {
			s.Attributes = append(s.Attributes, sdk.SchemaAttribute{Name: "id", Type: "int"})
		})), selftest.Fail, `has attribute "id" twice, with different definitions`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) {
			s.Attributes = append(s.Attributes, sdk.SchemaAttribute{Name: "score", Type: "number"})
		})), selftest.Fail, `attribute "score" has the unknown type "number"; the types are string, boolean, int, long`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.Attributes = append(s.Attributes, sdk.SchemaAttribute{Type: "int"}) })), selftest.Fail, `has an attribute without a name`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.Attributes[2].Multi = true })), selftest.Warn, `attribute "title" is multi string, and string in the spec`},
		{"account-discover-schema", cmdDiscoverSchema, always(discovering(func(s *sdk.AccountSchema) { s.Attributes = s.Attributes[:4] })), selftest.Warn, `lacks attribute "age", which the spec has`},
		{"account-create-empty", cmdAccountCreate, always(unary(func(s *fake, _ context.Context, in createInput) (member, error) {
			return s.createEmpty()
		})), selftest.Fail, "std:account:create: succeeds, want an error: there are no attributes"},
		{"account-create-minimal", cmdAccountCreate, after(attribute("email", "other")), selftest.Warn, `attribute "email" is "other", want "selftest.`},
		{"account-create-minimal", cmdAccountRead, after(attribute("email", "other")), selftest.Warn, `std:account:read "`},
		{"account-create-maximal", cmdAccountRead, after(attribute("age", 41)), selftest.Fail, `attribute "age" is 41, want "42", as it was sent`},
		{"account-create-maximal", cmdAccountCreate, after(attribute("age", 41)), selftest.Fail, "as it was sent\n  note: if the source makes its own value, give one that it keeps with --create FILE, or leave the attribute out with null; created and deleted 1\n"},
		{"account-create-maximal", cmdAccountCreate, always(failing(sdk.Errorf("full"))), selftest.Fail, "std:account:create: fails: full"},
		{"account-create-list-delete", cmdAccountRead, after(attribute("title", "other")), selftest.Warn, `attribute "title" is "other", want missing`},
		{"account-create-list-delete", cmdAccountRead, after(attribute("email", "other")), selftest.Fail, `attribute "email" is "other", want "selftest.`},
		{"account-create-list-delete", cmdAccountRead, always(unary(func(_ *fake, _ context.Context, in sdk.AccountReadInput) (member, error) {
			return newMember(memberAttributes{ID: in.ID(), Groups: []string{}}), nil
		})), selftest.Fail, "succeeds, want an error: the account has been deleted"},
		{"account-create-list-delete", cmdAccountList, after(none), selftest.Fail, "does not list the created account"},
		{"account-create-list-delete", cmdAccountCreate, always(unary(func(s *fake, _ context.Context, in createInput) (member, error) {
			return s.members.Read("1")
		})), selftest.Fail, `"1": answers with an existing account`},
		{"account-create-minimal", cmdAccountCreate, always(raw(func(_ context.Context, _ *fake, _ json.RawMessage, out *sdk.Writer) error {
			return out.Send(map[string]any{"attributes": map[string]any{}})
		})), selftest.Fail, "answers with an account that has neither a key nor an identity"},
		{"account-update-single-attrs", cmdAccountUpdate, always(changed(func(c *sdk.AttributeChange) bool { return c.Attribute != "title" })), selftest.Fail, `attribute "title" is missing, want "selftest-`},
		{"account-update-single-attrs", cmdAccountUpdate, always(changed(func(c *sdk.AttributeChange) bool { return c.Attribute != "levels" })), selftest.Fail, "after Add of that value"},
		{"account-update-single-attrs", cmdAccountUpdate, after(none), selftest.Fail, "has 0 outputs, want 1"},
		{"account-update-entitlement", cmdAccountUpdate, always(changed(func(c *sdk.AttributeChange) bool { return c.Op != sdk.ChangeAdd })), selftest.Fail, `attribute "groups" is [], want ["1"], after Add of "1"`},
		{"account-update-entitlement", cmdAccountUpdate, always(changed(func(c *sdk.AttributeChange) bool { return c.Op != sdk.ChangeRemove })), selftest.Fail, `after Remove of "1"`},
		{"account-update-entitlement", cmdEntitlementList, after(none), selftest.Warn, `std:entitlement:list of type "group": lists nothing`},
		{"account-remove-entitlement", cmdAccountUpdate, always(unary(func(s *fake, _ context.Context, in updateInput) (member, error) {
			if in.Changes[0].Op == sdk.ChangeRemove {
				return member{}, sdk.Errorf("not allowed")
			}
			return s.members.Update(in.ID(), func(m *member) error { return in.Apply(&m.Attributes) })
		})), selftest.Fail, "fails: not allowed"},
		{"account-remove-entitlement", cmdAccountUpdate, always(changed(func(c *sdk.AttributeChange) bool {
			if c.Op == sdk.ChangeRemove {
				c.Value = sdk.SecretJSON{} // all of them
			}
			return true
		})), selftest.Fail, `attribute "groups" is [], want ["2"], after Remove of "1"`},
		{"account-remove-entitlement", cmdAccountRead, after(func(o map[string]any) map[string]any {
			if groups := o["attributes"].(map[string]any); len(groups["groups"].([]any)) == 0 {
				groups["groups"] = []any{"2"} // the last one cannot be removed
			}
			return o
		}), selftest.Fail, `attribute "groups" is ["2"], want [], after Remove of "2"`},
		{"account-disable", cmdAccountDisable, always(failing(sdk.Errorf("no such path"))), selftest.Fail, `: fails: no such path`},
		{"account-disable", cmdAccountDisable, always(reading), selftest.Fail, `std:account:read "11": "disabled" is missing, want true after std:account:disable`},
		{"account-disable", cmdAccountDisable, after(setting("disabled", false)), selftest.Fail, `std:account:disable "11": "disabled" is false in the answer, want true`},
		{"account-disable", cmdAccountDisable, after(setting("disabled", nil)), selftest.Warn, `std:account:disable "11": "disabled" is missing in the answer, want true`},
		{"account-disable", cmdAccountDisable, after(setting("disabled", "true")), selftest.Fail, `"disabled" is "true" in the answer, want true`},
		{"account-disable", cmdAccountDisable, after(none), selftest.Fail, `has 0 outputs, want 1`},
		{"account-disable", cmdAccountDisable, after(setting("key", sdk.SimpleKey("1"))), selftest.Fail, `std:account:disable "11": answers with account "1", want the one that it was given`},
		{"account-disable", cmdAccountRead, after(setting("disabled", false)), selftest.Fail, `std:account:read "11": "disabled" is false, want true after std:account:disable`},
		{"account-enable", cmdAccountDisable, always(failing(sdk.Errorf("no such path"))), selftest.Fail, `std:account:disable "11": fails: no such path`},
		{"account-enable", cmdAccountEnable, always(failing(sdk.Errorf("no such path"))), selftest.Fail, `std:account:enable "11": fails: no such path`},
		{"account-enable", cmdAccountEnable, always(reading), selftest.Fail, `std:account:enable "11": "disabled" is true in the answer, want false`},
		{"account-enable", cmdAccountEnable, always(reading), selftest.Fail, `std:account:read "11": "disabled" is true, want false after std:account:enable`},
		{"account-unlock", cmdAccountUnlock, always(failing(sdk.NotFound("who?"))), selftest.Fail, `std:account:unlock "11": fails: who?`},
		{"account-unlock", cmdAccountUnlock, always(failing(sdk.Errorf("no such path"))), selftest.Warn, `refuses to unlock an account that is not locked: no such path`},
		{"account-unlock", cmdAccountUnlock, after(setting("locked", true)), selftest.Fail, `std:account:unlock "11": "locked" is true in the answer, want false`},
		{"account-unlock", cmdAccountRead, after(setting("locked", true)), selftest.Fail, `std:account:read "11": "locked" is true, want false after std:account:unlock`},
		{"account-change-password", cmdChangePassword, always(failing(sdk.NotFound("who?"))), selftest.Fail, `std:change-password "11": fails: who?`},
		{"account-change-password", cmdChangePassword, always(failing(sdk.Errorf("too long"))), selftest.Warn, `refuses a made-up password: too long`},
		{"account-change-password", cmdChangePassword, after(none), selftest.Fail, `has 0 outputs, want 1`},
		{"account-change-password", cmdChangePassword, always(raw(func(_ context.Context, _ *fake, input json.RawMessage, _ *sdk.Writer) error {
			return sdk.NotFound("%s", input)
		})), selftest.Fail, `"password":"[redacted]"`},
		{"account-list-changes", cmdAccountList, always(streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
			if in.State != nil {
				return out.SaveState(in.State)
			}
			return s.members.List(out, in.Stateful, nil)
		})), selftest.Fail, `std:account:list "11": is missing from a stateful run, although it has been created since the last one`},
		{"account-list-changes", cmdAccountList, after(setting("deleted", true)), selftest.Fail, `std:account:list "11": has "deleted": true in a stateful run, although it has been created since the last one`},
		{"account-list-changes", cmdAccountList, always(changedOnce()), selftest.Fail, `std:account:list "11": is missing from a stateful run, although it has been changed since the last one`},
		{"account-list-changes", cmdAccountList, after(setting("deleted", nil)), selftest.Fail, `std:account:list "11": lacks "deleted": true in a stateful run, although it has been deleted since the last one`},
		{"account-list-changes", cmdAccountList, always(streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
			if in.State != nil {
				return sdk.Errorf("bad state")
			}
			return s.members.List(out, in.Stateful, nil)
		})), selftest.Fail, `std:account:list: fails: bad state`},
		{"account-list-changes", cmdAccountUpdate, always(failing(sdk.Errorf("not allowed"))), selftest.Pass, "PASS  no attribute could be changed, so no changed account was looked for; created and deleted 1\n"},
		{"account-list-changes", cmdAccountList, always(streaming(func(s *fake, _ context.Context, _ sdk.AccountListInput, out *sdk.Stream[member]) error {
			return s.members.List(out, false, nil)
		})), selftest.Skip, "a stateful run saves no state from which another one can continue"},
		{"entitlement-list-read", cmdEntitlementRead, after(attribute("name", "other")), selftest.Fail, `std:entitlement:read group "1": attribute "name" is "other"`},
		{"entitlement-list-read", cmdEntitlementList, after(func(o map[string]any) map[string]any { o["type"] = "crew"; return o }), selftest.Fail, `has the type "crew", want "group"`},
		{"entitlement-list-unique", cmdEntitlementList, after(func(o map[string]any) map[string]any {
			o["key"] = sdk.CompoundKey(o["attributes"].(map[string]any)["id"].(string), "u")
			return o
		}), selftest.Fail, `shares its unique ID "u"`},
		{"entitlement-list-stateful", cmdEntitlementList, always(streaming(func(s *fake, _ context.Context, in sdk.EntitlementListInput, out *sdk.Stream[team]) error {
			return s.teams.List(out, false, nil)
		})), selftest.Warn, "saves no state"},
		{"entitlement-not-found", cmdEntitlementRead, always(failing(nil)), selftest.Fail, `group "__sailpoint__not__found__": succeeds`},
		{"entitlement-schema-check", cmdEntitlementList, after(attribute("name", true)), selftest.Fail, `attribute "name" is a boolean, want a string`},
		{"account-list-and-read", cmdAccountList, after(same), selftest.Pass, ""},
	} {
		t.Run(tt.check+"/"+tt.want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				source, handlers := newFake(), newHandlers()
				handlers[tt.broken] = tt.by(handlers[tt.broken])
				report := reportOf(t, newConnector(testSpec, source, handlers), selftest.Options{Write: true, Checks: []string{tt.check}})
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
		})
	}
}

func always(h handler) func(handler) handler {
	return func(handler) handler { return h }
}

func after(change func(map[string]any) map[string]any) func(handler) handler {
	return func(h handler) handler { return altered(h, change) }
}

// TestLeavesNothingSilently: an account that cannot be deleted is named.
func TestLeavesNothingSilently(t *testing.T) {
	t.Parallel()
	handlers := newHandlers()
	handlers[cmdAccountDelete] = failing(sdk.Errorf("not allowed"))
	r := newConnector(testSpec, newFake(), handlers)
	report := reportOf(t, r, selftest.Options{Write: true, Checks: []string{"account-create-minimal"}})
	if note := report.Results[0].Note; !report.Failed() || !strings.HasSuffix(note, `" is left in the source`) {
		t.Errorf("note %q in\n%v", note, report)
	}
	spec := testSpec
	spec.JSON = `{"commands": ["std:account:create"]}`
	handlers[cmdAccountCreate] = unary(func(s *fake, _ context.Context, _ createInput) (member, error) {
		return s.createEmpty()
	})
	report = reportOf(t, newConnector(spec, newFake(), handlers), selftest.Options{Write: true, Checks: []string{"account-create-empty"}})
	if want := `account "empty" is left in the source: the spec does not list std:account:delete`; report.Results[0].Note != want {
		t.Errorf("note %q, want %q", report.Results[0].Note, want)
	}
}

// TestRestores: where no account can be created, one that is there is
// changed, and changed back.
func TestRestores(t *testing.T) {
	t.Parallel()
	spec, source := testSpec, newFake()
	spec.JSON = strings.Replace(spec.JSON, `"std:account:delete", `, "", 1)
	before, err := source.members.Read("8")
	if err != nil {
		t.Fatal(err)
	}
	updates := 0
	handlers := newHandlers()
	c := newConnector(spec, source, handlers)
	c.Use(func(next sdk.Func) sdk.Func {
		return func(ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
			if sdk.Info(ctx).Command == cmdAccountUpdate {
				updates++
			}
			return next(ctx, input, out)
		}
	})
	report := reportOf(t, c, selftest.Options{Write: true, Checks: []string{"account-update-single-attrs"}})
	after, err := source.members.Read("8")
	if err != nil || report.Results[0].Status != selftest.Pass || updates != 6 || jsonOf(before) != jsonOf(after) {
		t.Errorf("%d updates, %v\nbefore %s\nafter  %s\n%v", updates, err, jsonOf(before), jsonOf(after), report)
	}
}

// TestTimeout: a client that heeds no context holds one check up, not the
// self test, and what was created is deleted all the same.
func TestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, handlers := newFake(), newHandlers()
		release := make(chan struct{})
		c := newConnector(testSpec, source, handlers)
		c.Use(func(next sdk.Func) sdk.Func {
			return func(ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
				if sdk.Info(ctx).Command == cmdAccountRead {
					<-release
				}
				return next(ctx, input, out)
			}
		})
		checks := []string{"account-not-found", "account-create-minimal", "account-list-unique"}
		report := reportOf(t, c, selftest.Options{Write: true, Checks: checks, Timeout: time.Second})
		close(release)
		synctest.Wait()
		if selftest.Count(report, selftest.Fail) != 2 || selftest.Count(report, selftest.Pass) != 1 || strings.Count(report.String(), "fails: timed out after 1s") != 2 {
			t.Errorf("report\n%v", report)
		}
		if source.members.Len() != 10 {
			t.Errorf("%d accounts are in the source, want 10", source.members.Len())
		}
	})
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	opts := selftest.Options{Config: json.RawMessage(testConfig), Write: true}
	report, err := newConnector(testSpec, newFake(), newHandlers()).SelfTest(ctx, opts)
	if err != nil || selftest.Count(report, selftest.NotRun) != len(selftest.Checks()) || report.Results[0].Note != "interrupted" {
		t.Errorf("%v\n%v", err, report)
	}
}

// TestNotRun: without a connection there is one failure, and one cause. What would be
// skipped anyway is.
func TestNotRun(t *testing.T) {
	t.Parallel()
	handlers := make(map[sdk.Command]handler)
	for command := range newHandlers() {
		handlers[command] = failing(sdk.Errorf("no route"))
	}
	report := reportOf(t, newConnector(testSpec, newFake(), handlers), selftest.Options{})
	text := report.String()
	if !report.Failed() || strings.Count(text, "no route") != 1 || strings.Count(text, "FAIL") != 2 || strings.Count(text, "the connection test failed") != 1 ||
		!strings.Contains(text, "\naccount-not-found            NOT RUN\n") || !strings.Contains(text, "\naccount-create-empty         SKIP  it changes accounts") {
		t.Errorf("report\n%v", text)
	}
}

// TestSkips says why a check does not run.
func TestSkips(t *testing.T) {
	t.Parallel()
	const all = `"commands": ["std:test-connection", "std:account:list", "std:account:read", "std:account:create", "std:account:update",
		"std:account:delete", "std:entitlement:list", "std:entitlement:read"]`
	for _, tt := range []struct{ check, spec, want string }{
		{"account-entitlements", `{` + all + `, "accountSchema": {"attributes": [{"name": "id", "type": "string"}]}}`, "the account schema has no entitlement attributes"},
		{"account-discover-schema", `{` + all + `}`, "the spec does not list std:account:discover-schema"},
		{"account-list-unique", `{}`, "the spec does not list std:account:list"},
		{"test-connection-empty", `{` + all + `}`, "the spec has no config item that a source must have"},
		{"test-connection-empty", `{` + all + `, "sourceConfig": [{"key": "on", "type": "checkbox", "required": true}]}`, "the spec has no config item that a source must have"},
		{"account-list-stateful", `{` + all + `}`, "the spec does not set supportsStatefulCommands"},
		{"account-schema-check", `{` + all + `}`, "the spec has no account schema"},
		{"account-create-minimal", `{` + all + `, "accountCreateTemplate": {"fields": []}}`, "the spec has no create template; list the attributes in a file for --create"},
		{"account-update-single-attrs", `{` + all + `}`, "the account schema marks no attribute as writable; --update FILE names attributes and values"},
		{"account-create-maximal", `{` + all + `, "accountSchema": {"identityAttribute": "on", "attributes": [{"name": "on", "type": "boolean"}]},
			"accountCreateTemplate": {"fields": [{"key": "name", "type": "string", "required": true}]}}`, `the identity attribute "on" is a boolean, so a new account may clash with an existing one`},
		{"account-update-entitlement", `{` + all + `, "accountSchema": {"attributes": [{"name": "groups", "type": "string", "entitlement": true, "managed": true}]},
			"entitlementSchemas": [{"type": "role"}]}`, `no entitlement schema has the type "group", which attribute "groups" holds`},
		{"account-update-entitlement", `{` + all + `}`, "the account schema has no managed entitlements"},
		{"entitlement-list-read", `{` + all + `}`, "the spec names no entitlement types"},
		{"entitlement-schema-check", `{` + all + `}`, "the spec has no entitlement schemas"},
	} {
		r := newConnector(sdk.Spec{JSON: tt.spec}, newFake(), newHandlers())
		report := reportOf(t, r, selftest.Options{Write: true, Checks: []string{tt.check}})
		if got := report.Results[0]; got.Status != selftest.Skip || got.Note != tt.want {
			t.Errorf("%s: %s, %q; want %q", tt.check, got.Status, got.Note, tt.want)
		}
	}
}

// TestDiscovers: without a schema in the spec, accounts are what the
// discovered one says.
func TestDiscovers(t *testing.T) {
	t.Parallel()
	handlers := newHandlers()
	handlers[cmdDiscoverSchema] = unary(func(*fake, context.Context, sdk.AccountDiscoverSchemaInput) (sdk.AccountSchema, error) {
		return *testSpec.Account, nil
	})
	spec := sdk.Spec{Open: true, JSON: `{"commands": ["std:account:list", "std:account:read", "std:account:create", "std:account:delete", "std:account:discover-schema"]}`}
	opts := selftest.Options{Write: true, Checks: []string{"account-schema-check", "account-create-minimal"}, Create: json.RawMessage(`{"email": "$(n)@example.com"}`)}
	if report := reportOf(t, newConnector(spec, newFake(), handlers), opts); selftest.Count(report, selftest.Pass) != 2 {
		t.Errorf("report\n%v", report)
	}
	handlers[cmdDiscoverSchema] = failing(nil)
	if report := reportOf(t, newConnector(spec, newFake(), handlers), opts); report.Results[0].Status != selftest.Fail || !strings.Contains(report.String(), "must send one output, a schema") {
		t.Errorf("report\n%v", report)
	}
}

// TestWarnsOnce: an attribute that no schema has is named once.
func TestWarnsOnce(t *testing.T) {
	t.Parallel()
	handlers := newHandlers()
	handlers[cmdAccountList] = altered(handlers[cmdAccountList], attribute("more", "x"))
	report := reportOf(t, newConnector(testSpec, newFake(), handlers), selftest.Options{Checks: []string{"account-schema-check"}})
	if got := report.Results[0].Findings; len(got) != 1 || !got[0].Warning {
		t.Errorf("report\n%v", report)
	}
}

// TestManyFindings: what is wrong everywhere is not said everywhere.
func TestManyFindings(t *testing.T) {
	t.Parallel()
	handlers := newHandlers()
	handlers[cmdAccountList] = raw(func(_ context.Context, _ *fake, _ json.RawMessage, out *sdk.Writer) error {
		for range 1000 {
			if err := out.Send(map[string]any{"identity": strings.Repeat("é", 1000) + "\x1b"}); err != nil {
				return err
			}
		}
		return nil
	})
	report := reportOf(t, newConnector(testSpec, newFake(), handlers), selftest.Options{Checks: []string{"account-list-unique"}})
	text := report.String()
	if n := len(report.Results[0].Findings); n != selftest.MaxFindings+1 || !strings.Contains(text, "there is more of this") || len(text) > 25*(selftest.MaxText+200) || strings.Contains(text, "\x1b") {
		t.Errorf("%d findings, %d bytes", n, len(text))
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(testConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		file := filepath.Join(filepath.Dir(config), name+".json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	broken := newHandlers()
	broken[cmdAccountList] = altered(broken[cmdAccountList], attribute("age", "x"))
	for _, tt := range []struct {
		handlers       map[sdk.Command]handler
		args           []string
		code           int
		stdout, stderr string // each has this
	}{
		{newHandlers(), []string{"--config", config, "--write"}, 0, "account-list-unique          PASS\n", ""},
		{newHandlers(), []string{"--config", config}, 0, "account-create-minimal       SKIP  it changes accounts and needs --write\n", ""},
		{
			newHandlers(),
			[]string{"--config", config, "--check", "account-not-found", "--check", "account-list-and-read", "--limit", "1"},
			0,
			"account-list-and-read        PASS\naccount-not-found            PASS\n\n2 passed, 0 with warnings, 0 failed, 0 skipped\n", "",
		},
		{newHandlers(), nil, 2, "", `app: the spec requires "url", "token"; pass a config with --config FILE` + "\n"},
		{broken, []string{"--config", config}, 1, "\nFAIL account-schema-check: passes when the attributes of accounts match the schema\n  std:account:list \"1\": attribute \"age\" is", "app: the self test failed\n"},
		{newHandlers(), []string{"--check", "none"}, 2, "", `app: --check: unknown check "none"; the help lists them` + "\n"},
		{newHandlers(), []string{"--config", "none.json"}, 2, "", "none.json"},
		{newHandlers(), []string{"--config", config, "--write", "--create", write("1", `{"login": 1`)}, 2, "", "1.json is not JSON: it ends too early\n"},
		{newHandlers(), []string{"--config", config, "--write", "--create", write("2", `["email"]`)}, 2, "", "2.json must be a JSON object, not a list\n"},
		{newHandlers(), []string{"--config", config, "--write", "--update", write("3", `null`)}, 2, "", "3.json must be a JSON object, not null\n"},
		{newHandlers(), []string{"--config", config, "--write", "--create", write("4", `{"emial": "x"}`)}, 2, "", `app: --create: unknown attribute "emial"; did you mean "email"?` + "\n"},
		{newHandlers(), []string{"--config", config, "--write", "--update", write("5", `{"phone": "x"}`)}, 2, "", `app: --update: unknown attribute "phone"; the spec has active, age, email, flags, groups, id, levels, title` + "\n"},
		{newHandlers(), []string{"--config", config, "--write", "--update", write("6", `{"id": "x"}`)}, 2, "", `app: --update cannot change "id", which identifies the account` + "\n"},
		{newHandlers(), []string{"--config", config, "--create", write("9", `{"email": "x"}`)}, 2, "", "app: --create changes nothing without --write; add --write\n"},
		{newHandlers(), []string{"--config", config, "--update", write("10", `{"title": "x"}`)}, 2, "", "app: --update changes nothing without --write; add --write\n"},
		{
			newHandlers(),
			[]string{
				"--config", config, "--write", "--check", "account-create-minimal", "--check", "account-update-single-attrs",
				"--create", write("7", `{"email": "$(n)@example.org"}`), "--update", write("8", `{"email": "x@example.com"}`),
			},
			0, "2 passed, 0 with warnings, 0 failed", "",
		},
		{
			newHandlers(),
			[]string{"--config", config, "--check", "account-not-found", "--format", "json"},
			0,
			"{\n  \"results\": [\n    {\n      \"check\": \"account-not-found\",\n      \"passes\": ", "",
		},
		{newHandlers(), []string{"more"}, 2, "", `app: selftest takes no arguments, got "more"`},
	} {
		var out, problems strings.Builder
		r := newConnector(specWith(`, "std:account:discover-schema"`, ``), newFake(), tt.handlers)
		code := r.Execute(t.Context(), append([]string{"app", "selftest"}, tt.args...), &out, &problems)
		if code != tt.code || !strings.Contains(out.String(), tt.stdout) || !strings.Contains(problems.String(), tt.stderr) {
			t.Errorf("%q: exit %d, stdout %s, stderr %s", tt.args, code, &out, &problems)
		}
	}
}

// A handler answers any command.
type handler func(sdk.Command) sdk.Handler[*fake]

func unary[In, Out any](method func(*fake, context.Context, In) (Out, error)) handler {
	return func(command sdk.Command) sdk.Handler[*fake] {
		return sdk.Unary(sdk.NewMethod[In, Out](command), method)
	}
}

func action[In any](method func(*fake, context.Context, In) error) handler {
	return func(command sdk.Command) sdk.Handler[*fake] {
		return sdk.Action(sdk.NewMethod[In, sdk.None](command), method)
	}
}

func streaming[In, Out any](method func(*fake, context.Context, In, *sdk.Stream[Out]) error) handler {
	return func(command sdk.Command) sdk.Handler[*fake] {
		return sdk.Streaming(sdk.NewMethod[In, Out](command), method)
	}
}

func raw(method func(context.Context, *fake, json.RawMessage, *sdk.Writer) error) handler {
	return streaming(func(s *fake, ctx context.Context, input json.RawMessage, out *sdk.Stream[any]) error {
		return method(ctx, s, input, out.Writer)
	})
}

func rawConfig(raw json.RawMessage) (json.RawMessage, error) { return raw, nil }

func silent() sdk.Option { return sdk.WithLogger(slog.New(slog.DiscardHandler)) }

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

const (
	cmdTestConnection  = "std:test-connection"
	cmdAccountList     = "std:account:list"
	cmdAccountRead     = "std:account:read"
	cmdAccountCreate   = "std:account:create"
	cmdAccountUpdate   = "std:account:update"
	cmdAccountDelete   = "std:account:delete"
	cmdAccountEnable   = "std:account:enable"
	cmdAccountDisable  = "std:account:disable"
	cmdAccountUnlock   = "std:account:unlock"
	cmdChangePassword  = "std:change-password"
	cmdDiscoverSchema  = "std:account:discover-schema"
	cmdEntitlementList = "std:entitlement:list"
	cmdEntitlementRead = "std:entitlement:read"
)

// TestCommandOfServer: with --url a server is tested, not the program.
func TestCommandOfServer(t *testing.T) {
	t.Parallel()
	handlers := newHandlers()
	handlers[cmdAccountList] = failing(sdk.Errorf("no route"))
	server := httptest.NewServer(newConnector(testSpec, newFake(), handlers))
	defer server.Close()
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(testConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, problems strings.Builder
	args := []string{"app", "selftest", "--url", server.URL, "--config", config, "--check", "account-list-unique", "--check", "account-not-found"}
	code := newConnector(testSpec, newFake(), newHandlers()).Execute(t.Context(), args, &out, &problems)
	want := []string{"std:account:list: fails: no route", "1 passed, 0 with warnings, 1 failed, 0 skipped"}
	if code != 1 || !strings.Contains(out.String(), want[0]) || !strings.Contains(out.String(), want[1]) {
		t.Errorf("exit %d, %s%s, want %q", code, &out, &problems, want)
	}
}
