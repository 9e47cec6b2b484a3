package sdk

import (
	"context"
	"errors"
	"testing"
)

// legacy is an account as generated code has it where the spec has no keyType.
type legacy struct {
	Identity, UUID string
	Key            Key
	Attributes     memberAttributes
}

func (a *legacy) WireFields(w *Fields) {
	w.Identity("identity", &a.Identity)
	w.String("uuid", &a.UUID)
	w.Key("key", KeyTypeNone, &a.Key)
	w.Object("attributes", &a.Attributes)
}

// TestOutputsHaveKeys: an object without a key never leaves, and the error says which it
// is and what to do.
func TestOutputsHaveKeys(t *testing.T) {
	t.Parallel()
	ada := memberAttributes{ID: "1", Email: "ada@example.com"}
	one := SimpleKey("1")
	for _, tt := range []struct {
		command Command
		sent    any // a handler that sends one object
		want    string
	}{
		{"std:account:list", member{Attributes: ada}, `std:account:list: the account with email "ada@example.com" has no key: use sdk.SimpleKey to make Key`},
		{"std:account:list", member{Attributes: memberAttributes{ID: "1"}}, `std:account:list: the account with id "1" has no key: use sdk.SimpleKey to make Key`},
		{"std:account:list", member{}, `std:account:list: account 2 has no key: use sdk.SimpleKey to make Key`},
		{"std:account:list", member{Deleted: true}, `std:account:list: account 2 has no key: use sdk.SimpleKey to make Key`},
		{"std:account:list", member{Key: CompoundKey("1", "2"), Attributes: ada}, `std:account:list: the account with email "ada@example.com" has a compound key, and the spec's keyType is simple: use sdk.SimpleKey to make Key`},
		{"std:account:list", member{Key: SimpleKey(""), Attributes: ada}, `std:account:list: the account with email "ada@example.com" has a key without an ID`},
		{"std:account:list", member{Key: one, Attributes: memberAttributes{ID: "1", Extra: map[string]any{"f": func() {}}}}, `std:account:list: the account with id "1": f: json: unsupported type: func()`},
		{"std:account:list", member{Key: one}, ""},
		{"std:account:read", member{Attributes: ada}, `std:account:read: the account with email "ada@example.com" has no key: use sdk.SimpleKey to make Key`},
		{"std:account:read", member{}, `std:account:read: account 1 has no key: use sdk.SimpleKey to make Key`},
		{"std:authenticate", member{}, `std:authenticate: account 1 has no key: use sdk.SimpleKey to make Key`},
		{"std:account:update", member{Attributes: ada}, `std:account:update: the account with email "ada@example.com" has no key: use sdk.SimpleKey to make Key`},
		{"std:account:update", member{}, ""},
		{"std:account:update", member{Results: []Result{{Attribute: "a"}}}, ""},
		{"std:account:update", member{Disabled: Ptr(false)}, `std:account:update: account 1 has no key: use sdk.SimpleKey to make Key`},
		{"acme:sync", member{Attributes: ada}, ""},
		{"std:entitlement:list", team{Attributes: teamAttributes{ID: "1", Name: "A"}}, `std:entitlement:list: the entitlement with name "A" has no key: use sdk.CompoundKey to make Key`},
		{"std:entitlement:list", team{Key: one, Attributes: teamAttributes{ID: "1"}}, `std:entitlement:list: the entitlement with id "1" has a simple key, and the spec's keyType is compound: use sdk.CompoundKey to make Key`},
		{"std:entitlement:list", team{}, `std:entitlement:list: entitlement 2 has no key: use sdk.CompoundKey to make Key`},
		{"std:entitlement:list", team{Key: CompoundKey("1", ""), Attributes: teamAttributes{Name: "A"}}, `std:entitlement:list: the entitlement with name "A" has a key without a unique ID`},
		{"std:entitlement:list", team{Key: CompoundKey("1", "2")}, ""},
		{"std:account:read", legacy{Attributes: ada}, `std:account:read: the account with email "ada@example.com" has neither identity nor key: set Identity, or use sdk.SimpleKey to make Key`},
		{"std:account:read", legacy{UUID: "u", Attributes: ada}, `std:account:read: the account with email "ada@example.com" has neither identity nor key: set Identity, or use sdk.SimpleKey to make Key`},
		{"std:account:read", legacy{Identity: "1", Key: SimpleKey("")}, `std:account:read: account 1 has a key without an ID`},
		{"std:account:read", legacy{Identity: "1"}, ""},
		{"std:account:read", legacy{Key: one}, ""},
		{"std:account:update", legacy{}, ""},
	} {
		c := newTester(sending(tt.command, tt.sent))
		_, err := run(t.Context(), c, tt.command, `{"identity":"1","type":"group"}`)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s %+v: %v", tt.command, tt.sent, err)
		case tt.want != "" && (err == nil || err.Error() != tt.want):
			t.Errorf("%s %+v: %v\nwant %s", tt.command, tt.sent, err, tt.want)
		}
		var typed *Error
		if tt.want != "" && (!errors.As(err, &typed) || typed.ErrorType() != GenericError) {
			t.Errorf("%s %+v: %#v", tt.command, tt.sent, err)
		}
	}
}

// sending returns a handler that sends an object: as the second one where the command
// lists.
func sending(command Command, object any) []Handler[nothing] {
	switch object := object.(type) {
	case member:
		if command.lists() {
			return []Handler[nothing]{streaming(command, func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member]) error {
				return errors.Join(out.Send(member{Key: SimpleKey("0")}), out.Send(object))
			})}
		}
		return []Handler[nothing]{unary(command, func(nothing, context.Context, AccountReadInput) (member, error) { return object, nil })}
	case legacy:
		return []Handler[nothing]{unary(command, func(nothing, context.Context, AccountReadInput) (legacy, error) { return object, nil })}
	case team:
		return []Handler[nothing]{forType(command, "group", streaming("", func(_ nothing, _ context.Context, _ EntitlementListInput, out *Stream[team]) error {
			return errors.Join(out.Send(team{Key: CompoundKey("0", "0")}), out.Send(object))
		}))}
	}
	return nil
}

// TestRefusedLeavesNoTrace: what is sent before and after an object without a key leaves.
func TestRefusedLeavesNoTrace(t *testing.T) {
	t.Parallel()
	c := newTester([]Handler[nothing]{streaming("std:account:list", func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member]) error {
		if err := out.Send(member{}); err == nil {
			t.Error("an account without a key was sent")
		}
		return out.Send(member{Key: SimpleKey("1")})
	})})
	got, err := run(t.Context(), c, "std:account:list", `{}`)
	if want := `{"data":{"key":{"simple":{"id":"1"}},"attributes":{"id":"","email":""}},"type":"output"}` + "\n"; err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
}
