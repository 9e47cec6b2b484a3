package selftest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

// specWith returns the test spec with replacements, in pairs.
func specWith(replacements ...string) sdk.Spec {
	spec := testSpec
	spec.JSON = strings.NewReplacer(replacements...).Replace(spec.JSON)
	return spec
}

// sets makes a handler set what a source makes itself, before it stores an account.
func sets(make func(*member)) handler {
	return unary(func(s *fake, _ context.Context, in createInput) (member, error) {
		if in.Attributes.Email == "" {
			return member{}, sdk.Errorf("email is missing")
		}
		m := newMember(in.Attributes.memberAttributes)
		m.Attributes.Extra = nil
		m.Attributes.Groups = append([]string{}, m.Attributes.Groups...)
		make(&m)
		return s.members.Create(stored(m))
	})
}

// ownID gives an account the source's ID, whatever was sent.
func ownID(m *member) {
	m.Attributes.ID = "source-" + m.Attributes.Email
	m.Key = sdk.SimpleKey(m.Attributes.ID)
}

// uuid gives an account a unique ID: its ID, without what a move has added.
func uuid(o map[string]any) map[string]any {
	o["uuid"] = "unique-" + strings.TrimPrefix(o["attributes"].(map[string]any)["id"].(string), "moved-")
	return o
}

// withUUID gives accounts a unique ID, wherever they come from.
func withUUID(handlers map[sdk.Command]handler) map[sdk.Command]handler {
	for _, command := range []sdk.Command{cmdAccountList, cmdAccountRead, cmdAccountCreate, cmdAccountUpdate, cmdAccountEnable, cmdAccountDisable, cmdAccountUnlock} {
		h, ok := handlers[command]
		if !ok {
			h = newHandlers()[command]
		}
		handlers[command] = altered(h, uuid)
	}
	return handlers
}

// moving are the commands of a source in which an account that is disabled has another ID.
func moving() map[sdk.Command]handler {
	rename := func(disabled bool) func(*fake, context.Context, sdk.AccountDisableInput) (member, error) {
		return func(s *fake, _ context.Context, in sdk.AccountDisableInput) (member, error) {
			return s.members.Update(in.ID(), func(m *member) error {
				m.Disabled = sdk.Ptr(disabled)
				m.Attributes.ID = strings.TrimPrefix(m.Attributes.ID, "moved-")
				if disabled {
					m.Attributes.ID = "moved-" + m.Attributes.ID
				}
				m.Key = sdk.SimpleKey(m.Attributes.ID)
				return nil
			})
		}
	}
	return withUUID(map[sdk.Command]handler{cmdAccountDisable: unary(rename(true)), cmdAccountEnable: unary(rename(false))})
}

// TestRightConnectors: none of them fails, whatever else the source does.
func TestRightConnectors(t *testing.T) {
	t.Parallel()
	boxes := specWith(`"type": "url"`, `"type": "toggle"`, `"type": "secret"`, `"type": "checkbox"`)
	boxes.Required = nil
	const idField = `{"key": "id", "type": "string", "required": true},`
	create := func(make func(*member)) map[sdk.Command]handler {
		return map[sdk.Command]handler{cmdAccountCreate: sets(make)}
	}
	for _, tt := range []struct {
		name     string
		spec     sdk.Spec
		handlers map[sdk.Command]handler
		warns    string // in the report, where the self test has something to say
	}{
		{"a config of required boxes", boxes, nil, ""},
		{"the source makes the IDs", testSpec, create(ownID), ""},
		{"the source makes the IDs, whatever is sent", specWith(`"fields": [`, `"fields": [`+idField), create(ownID), ""},
		{"a field that the source ignores", specWith(`"fields": [`, `"fields": [{"key": "floor", "type": "string", "required": true},`), create(ownID), ""},
		{"a field that comes back as null", specWith(`"fields": [`, `"fields": [`+idField+`{"key": "floor", "type": "string"},`), map[sdk.Command]handler{
			cmdAccountCreate: altered(newHandlers()[cmdAccountCreate], attribute("floor", nil)),
		}, ""},
		{"the source normalises", testSpec, create(func(m *member) {
			m.Attributes.Email = " " + strings.ToUpper(m.Attributes.Email)
			ownID(m)
		}), "as it was sent"},
		{"the source makes the logins", testSpec, create(func(m *member) {
			m.Attributes.Email = "login-of-" + m.Attributes.Email
			ownID(m)
		}), "as it was sent"},
		{"the source adds a group that everybody has", testSpec, create(func(m *member) {
			m.Attributes.Groups = append([]string{"5"}, m.Attributes.Groups...)
			ownID(m)
		}), ""},
		{"a create that answers with less than a read", testSpec, map[sdk.Command]handler{
			cmdAccountCreate: altered(newHandlers()[cmdAccountCreate], func(o map[string]any) map[string]any {
				delete(o["attributes"].(map[string]any), "email")
				return o
			}),
		}, `attribute "email" is "selftest.`},
		{"a read that gives a list in another order", testSpec, map[sdk.Command]handler{
			cmdAccountCreate: altered(sets(ownID), attribute("groups", []string{"1", "2"})),
			cmdAccountRead: altered(newHandlers()[cmdAccountRead], func(o map[string]any) map[string]any {
				if strings.HasPrefix(jsonOf(o["key"]), `{"simple":{"id":"source-`) {
					o["attributes"].(map[string]any)["groups"] = []string{"2", "1"}
				}
				return o
			}),
			cmdAccountUpdate: nil,
		}, "checks the order"},
		{"an account that leaves the source meanwhile", testSpec, map[sdk.Command]handler{
			cmdAccountList: func(command sdk.Command) sdk.Handler[*fake] {
				runs := 0
				return streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
					if runs++; runs > 3 {
						_ = s.members.Delete("10")
					}
					return s.members.List(out, in.Stateful, in.State)
				})(command)
			},
			cmdAccountCreate: nil,
		}, ""},
		{"nothing is required", specWith(`"required": true, "initialValue"`, `"initialValue"`), map[sdk.Command]handler{
			cmdAccountCreate: unary(func(s *fake, _ context.Context, in createInput) (member, error) {
				m := newMember(in.Attributes.memberAttributes)
				ownID(&m)
				return s.members.Create(stored(m))
			}),
		}, "succeeds, want an error: there are no attributes"},
		{"a password that no read shows", specWith(`"attributes": [
		{"name": "id"`, `"attributes": [{"name": "password", "type": "string", "writable": true},
		{"name": "id"`), map[sdk.Command]handler{
			cmdAccountUpdate: changed(func(c *sdk.AttributeChange) bool { return c.Attribute != "password" }),
		}, ""},
		{"entitlements of which an account has one of a kind", testSpec, map[sdk.Command]handler{
			cmdEntitlementList: altered(newHandlers()[cmdEntitlementList], func(o map[string]any) map[string]any {
				id := "role:" + o["attributes"].(map[string]any)["id"].(string)
				o["key"] = sdk.CompoundKey(id, jsonOf(o["key"]))
				return attribute("id", id)(o)
			}),
			cmdEntitlementRead: nil,
			cmdAccountList:     nil,
			cmdAccountUpdate: unary(func(s *fake, _ context.Context, in updateInput) (member, error) {
				return s.members.Update(in.ID(), func(m *member) error {
					if err := in.Apply(&m.Attributes); err != nil {
						return err
					}
					m.Attributes.Groups = m.Attributes.Groups[max(0, len(m.Attributes.Groups)-1):]
					return nil
				})
			}),
		}, ""},
		{"accounts that keep their last entitlement", testSpec, map[sdk.Command]handler{
			cmdAccountUpdate: unary(func(s *fake, _ context.Context, in updateInput) (member, error) {
				return s.members.Update(in.ID(), func(m *member) error {
					if in.Changes[0].Op == sdk.ChangeRemove && len(m.Attributes.Groups) == 1 {
						return sdk.Errorf("an account has a group")
					}
					return in.Apply(&m.Attributes)
				})
			}),
		}, `refuses to remove the last value of attribute "groups", "2": an account has a group`},
		{"an entitlement that an account cannot be without", specWith(`"multi": true, "entitlement"`, `"entitlement"`), map[sdk.Command]handler{
			cmdAccountCreate: altered(sets(ownID), attribute("groups", "1")),
			cmdAccountRead: altered(newHandlers()[cmdAccountRead], func(o map[string]any) map[string]any {
				groups := o["attributes"].(map[string]any)["groups"].([]any)
				return attribute("groups", append(groups, "1")[0])(o)
			}),
			cmdAccountUpdate: unary(func(s *fake, _ context.Context, in updateInput) (member, error) {
				return s.members.Update(in.ID(), func(m *member) error {
					if in.Changes[0].Op == sdk.ChangeRemove {
						return sdk.Errorf("an account has a group")
					}
					return in.Apply(&m.Attributes)
				})
			}),
			cmdAccountList:    nil,
			cmdDiscoverSchema: nil,
		}, ""},
		{"a source that cannot disable", testSpec, map[sdk.Command]handler{cmdAccountDisable: nil}, ""},
		{"a source that refuses to enable an enabled account", testSpec, map[sdk.Command]handler{
			cmdAccountDisable: nil,
			cmdAccountEnable:  failing(sdk.Errorf("it is enabled")),
		}, "refuses to enable an account that is not disabled: it is enabled"},
		{"a source that refuses to unlock an unlocked account", testSpec, map[sdk.Command]handler{
			cmdAccountUnlock: failing(sdk.Errorf("it is not locked")),
		}, "refuses to unlock an account that is not locked: it is not locked"},
		{"a source that refuses a password", testSpec, map[sdk.Command]handler{
			cmdChangePassword: failing(sdk.Errorf("too long")),
		}, "refuses a made-up password: too long"},
		{"a disable that answers with nothing", testSpec, map[sdk.Command]handler{
			cmdAccountDisable: altered(newHandlers()[cmdAccountDisable], func(map[string]any) map[string]any { return map[string]any{} }),
		}, `"disabled" is missing in the answer, want true`},
		{"accounts say only that they are disabled", testSpec, map[sdk.Command]handler{
			cmdAccountEnable: unary(func(s *fake, _ context.Context, in sdk.AccountEnableInput) (member, error) {
				return s.members.Update(in.ID(), func(m *member) error { m.Disabled = nil; return nil })
			}),
		}, ""},
		{"a source that moves disabled accounts", testSpec, moving(), ""},
		{"a source that does not know what was deleted", testSpec, map[sdk.Command]handler{
			cmdAccountList: altered(newHandlers()[cmdAccountList], func(o map[string]any) map[string]any {
				if o["deleted"] == true {
					return nil
				}
				return o
			}),
			cmdAccountUpdate: nil, // and so the list has no other warning
		}, "is missing from a stateful run, although it has been deleted since the last one: ISC keeps the account until a run without state"},
		{"a stateful run that lists everything", testSpec, map[sdk.Command]handler{
			cmdAccountList: streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
				return s.members.List(out, in.Stateful, nil)
			}),
		}, "ISC keeps the account until a run without state"},
		{"a stateful run that saves no other state", testSpec, map[sdk.Command]handler{
			cmdAccountList: streaming(func(s *fake, _ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
				if in.State == nil {
					return s.members.List(out, in.Stateful, nil)
				}
				return s.members.List(out, false, nil)
			}),
		}, "a stateful run that continues saves no state, so no other one can follow"},
		{"a deletion that has only the unique ID", testSpec, withUUID(map[sdk.Command]handler{
			cmdAccountList: altered(newHandlers()[cmdAccountList], func(o map[string]any) map[string]any {
				o = uuid(o)
				if o["deleted"] == true {
					o["key"] = nil
				}
				return o
			}),
		}), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				handlers := newHandlers()
				for command, h := range tt.handlers {
					handlers[command] = h
					if h == nil {
						delete(handlers, command)
						tt.spec.JSON = strings.Replace(tt.spec.JSON, `"`+string(command)+`"`, `"none"`, 1)
					}
				}
				tt.spec.Passwords = []string{"password"}
				source := newFake()
				report := reportOf(t, newConnector(tt.spec, source, handlers), selftest.Options{Write: true})
				warned := selftest.Count(report, selftest.Warn) > 0
				if report.Failed() || warned != (tt.warns != "") || !strings.Contains(report.String(), tt.warns) || strings.Contains(report.String(), "null") {
					t.Errorf("want a warning %q in\n%v", tt.warns, report)
				}
				if n := source.members.Len(); n != 10 && tt.handlers[cmdAccountList] == nil {
					t.Errorf("%d accounts are in the source, want 10", source.members.Len())
				}
			})
		})
	}
}

// TestPatience: a source may take seconds to show a change.
func TestPatience(t *testing.T) {
	t.Parallel()
	later := func(change func()) { time.AfterFunc(3*time.Second, change) }
	handlers := newHandlers()
	handlers[cmdAccountCreate] = unary(func(s *fake, _ context.Context, in createInput) (member, error) {
		if in.Attributes.Email == "" {
			return member{}, sdk.Errorf("email is missing")
		}
		m := newMember(in.Attributes.memberAttributes)
		m.Attributes.Groups = append([]string{}, m.Attributes.Groups...)
		ownID(&m)
		later(func() { _, _ = s.members.Create(stored(m)) })
		return m, nil
	})
	handlers[cmdAccountUpdate] = unary(func(s *fake, _ context.Context, in updateInput) (member, error) {
		later(func() {
			_, _ = s.members.Update(in.ID(), func(m *member) error { return in.Apply(&m.Attributes) })
		})
		return s.members.Read(in.ID())
	})
	disable := func(disabled bool) func(*fake, context.Context, sdk.AccountEnableInput) (member, error) {
		return func(s *fake, _ context.Context, in sdk.AccountEnableInput) (member, error) {
			m, err := s.members.Read(in.ID())
			m.Disabled = sdk.Ptr(disabled)
			later(func() {
				_, _ = s.members.Update(in.ID(), func(m *member) error { m.Disabled = sdk.Ptr(disabled); return nil })
			})
			return m, err
		}
	}
	handlers[cmdAccountEnable], handlers[cmdAccountDisable] = unary(disable(false)), unary(disable(true))
	handlers[cmdAccountDelete] = action(func(s *fake, _ context.Context, in sdk.AccountDeleteInput) error {
		later(func() { _ = s.members.Delete(in.ID()) })
		return nil
	})
	synctest.Test(t, func(t *testing.T) {
		source := newFake()
		report := reportOf(t, newConnector(testSpec, source, handlers), selftest.Options{Write: true})
		time.Sleep(time.Minute)
		if selftest.Count(report, selftest.Pass) != len(selftest.Checks()) || source.members.Len() != 10 {
			t.Errorf("%d accounts in the source, want 10; report\n%v", source.members.Len(), report)
		}
	})
}

// TestReadsFew: whatever a source has, few objects are read one by one, and lists are read
// no more often than the checks need.
func TestReadsFew(t *testing.T) {
	t.Parallel()
	source, handlers := newFake(), newHandlers()
	for i := range 500 {
		m := newMember(memberAttributes{ID: fmt.Sprintf("m%d", i), Groups: []string{"1"}})
		if _, err := source.members.Create(stored(m)); err != nil {
			t.Fatal(err)
		}
	}
	c := newConnector(specWith(`"supportsStatefulCommands"`, `"none"`), source, handlers)
	calls := make(map[sdk.Command]int)
	c.Use(func(next sdk.Func) sdk.Func {
		return func(ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
			calls[sdk.Info(ctx).Command]++
			return next(ctx, input, out)
		}
	})
	report := reportOf(t, c, selftest.Options{Write: true, Limit: 2})
	maxReads := 25 + 2*4 // two for each check of an account command other than update
	if report.Failed() || calls[cmdAccountRead] > maxReads || calls[cmdEntitlementRead] > 3 || calls[cmdAccountList] > 6 {
		t.Errorf("%v\n%v", calls, report)
	}
}
