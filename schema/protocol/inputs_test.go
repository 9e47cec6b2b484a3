package protocol_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// TestTexts: each command has texts about its capability and its input.
func TestTexts(t *testing.T) {
	t.Parallel()
	gives := make(map[string]string)
	for _, c := range protocol.Commands {
		if c.Capability == "" || strings.HasSuffix(c.Capability, ".") {
			t.Errorf("%s gives %q", c.Name, c.Capability)
		}
		if other := gives[c.Capability]; other != "" {
			t.Errorf("%s gives the same as %s: %q", c.Name, other, c.Capability)
		}
		gives[c.Capability] = c.Name
		if summary := c.Summary(); !strings.HasSuffix(summary, ".") || strings.Contains(summary, "in.") || strings.Contains(summary, "%") {
			t.Errorf("%s: summary %q", c.Name, summary)
		}
		seen := make(map[string]bool)
		for _, in := range c.Inputs {
			if seen[in.Name] {
				t.Errorf("%s: %s is listed twice", c.Name, in.Name)
			}
			seen[in.Name] = true
			if in.Name == "" || in.Kind == "" || !strings.HasSuffix(in.Help, ".") {
				t.Errorf("%s: %+v", c.Name, in)
			}
		}
	}
}

// TestInputsFor: the spec decides which members ISC sends, and what it can do.
func TestInputsFor(t *testing.T) {
	t.Parallel()
	groups := &schema.ObjectSchema{Attributes: []schema.Attribute{{Name: "id"}, {Name: "groups", Entitlement: true}}}
	for name, c := range map[string]struct {
		command string
		spec    schema.Spec
		want    []string
	}{
		"plain":           {"std:account:list", schema.Spec{}, []string{"Account aggregation"}},
		"stateful":        {"std:account:list", schema.Spec{SupportsStatefulCommands: true}, []string{"Account aggregation, full and delta", "stateful", "state"}},
		"custom schemas":  {"std:entitlement:list", schema.Spec{SupportsCustomSchemas: true}, []string{"Entitlement aggregation", "type*", "schema"}},
		"no key":          {"std:account:read", schema.Spec{SupportsStatefulCommands: true}, []string{"Single account aggregation", "identity*"}},
		"simple key":      {"std:account:read", schema.Spec{KeyType: schema.SimpleKeyType}, []string{"Single account aggregation", "identity*", "key"}},
		"compound key":    {"std:account:read", schema.Spec{KeyType: schema.CompoundKeyType}, []string{"Single account aggregation", "identity*", "key*"}},
		"no entitlements": {"std:account:update", schema.Spec{AccountSchema: &schema.ObjectSchema{}}, []string{"Update account", "identity*", "changes*"}},
		"entitlements":    {"std:account:update", schema.Spec{AccountSchema: groups}, []string{"Update account, add and remove entitlements", "identity*", "changes*"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command, _ := protocol.Find(c.command)
			got := []string{command.CapabilityFor(&c.spec)}
			for _, in := range command.InputsFor(&c.spec) {
				got = append(got, fmt.Sprint(in.Name, map[bool]string{true: "*"}[in.Required]))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	key, _ := protocol.Find("std:account:read")
	if key.Inputs[1].Required {
		t.Error("what one spec requires stands in the table")
	}
}
