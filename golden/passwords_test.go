package golden_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/conngen/conngen/internal/choices"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates/sdk"
)

// FuzzPasswordsStayHidden: no print, log, error, panic or answer shows a password of a create or an
// update, whether its attribute is in the spec or unknown.
func FuzzPasswordsStayHidden(f *testing.F) {
	all := specs(f)
	var cases []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if goldens[name].inputs != nil {
			cases = append(cases, name)
		}
	}
	for i := range cases {
		for seed := range byte(6) {
			f.Add(uint8(i), []byte{seed})
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, data []byte) {
		name := cases[int(i)%len(cases)]
		g := goldens[name]
		c := secretConfig{Rand: choices.New(data), secrets: g.new(nil).Spec().Passwords}
		config := exampleConfig(t, all[name])
		var log bytes.Buffer
		opts := []sdk.Option{sdk.WithLogger(sdk.NewLogger(&log))}
		if c.chance(2) {
			opts = append(opts, sdk.Lenient())
		}
		fail := pick(c, failures...)
		opts = append(opts, g.inputs(func(ctx context.Context, input any) error {
			checkPrints(t, "the input", input)
			sdk.Logger(ctx).InfoContext(ctx, "called", "input", input, "value", reflect.ValueOf(input).Elem().Interface())
			return fail(input)
		})...)
		connector := g.new(nil, opts...)
		run := func(command string, input map[string]any) {
			text, err := json.Marshal(input)
			if err != nil {
				t.Fatal(err)
			}
			var answer bytes.Buffer
			err = connector.Run(t.Context(), sdk.Request{Type: sdk.Command(command), Input: text, Config: config}, func(line []byte) error {
				answer.Write(line)
				return nil
			})
			if err != nil {
				checkPrints(t, "the failure of "+command, err)
			}
			checkHidden(t, "the answer of "+command, answer.String())
		}
		attributes := c.attributes(all[name])
		run("std:account:create", map[string]any{"attributes": attributes, "attributesWithMetadata": c.metadata(attributes)})
		id := fmt.Sprint(attributes[identityOf(all[name])])
		for range 2 {
			run("std:account:update", map[string]any{"identity": id, "key": keyOf(all[name], id), "changes": c.changes()})
		}
		run("std:account:list", nil)
		checkHidden(t, "the log", log.String())
	})
}

// passwordNames are names of passwords that no spec has.
var passwordNames = []string{"user_pin", "newPassword", "PWD", "initial-secret"}

// password makes up a password: valid ones, and ones that ISC should never send.
func (c secretConfig) password() any {
	return pick[any](c, textMarker, textMarker, textMarker, json.Number(numberMarker), []any{textMarker}, map[string]any{"a": textMarker}, nil)
}

// attributes makes up the attributes of a create.
func (c secretConfig) attributes(spec *schema.Spec) map[string]any {
	attributes := map[string]any{identityOf(spec): fmt.Sprint("id", c.IntN(1000)), "unknown": "plain"}
	for _, name := range slices.Concat(c.secrets, passwordNames) {
		if c.chance(3) {
			continue
		}
		if attributes[name] = c.password(); slices.Contains(passwordNames, name) {
			attributes[name] = textMarker // no spec says that it is one text
		}
	}
	if t := spec.AccountCreateTemplate; t != nil {
		for _, f := range t.Fields {
			if _, ok := attributes[f.Key]; !ok && !slices.Contains(c.secrets, f.Key) && f.Required {
				attributes[f.Key] = map[string]any{schema.TypeBoolean: true, schema.TypeInt: 1, schema.TypeLong: 1}[f.Type]
				if attributes[f.Key] == nil {
					attributes[f.Key] = "plain"
				}
			}
		}
	}
	return attributes
}

// metadata repeats attributes with metadata.
func (c secretConfig) metadata(attributes map[string]any) []any {
	var list []any
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if c.chance(2) {
			list = append(list, map[string]any{"attribute": name, "value": attributes[name], "metadata": map[string]any{"secret": true}})
		}
	}
	return list
}

// changes makes up the changes of an update.
func (c secretConfig) changes() []any {
	changes := []any{}
	for _, name := range slices.Concat(c.secrets, passwordNames) {
		if !c.chance(3) {
			changes = append(changes, map[string]any{"op": pick(c, "Set", "Set", "Add", "Remove", "", "Put"), "attribute": name, "value": c.password()})
		}
	}
	return changes
}

// identityOf returns the attribute that identifies accounts.
func identityOf(spec *schema.Spec) string {
	if spec.AccountSchema == nil || spec.AccountSchema.IdentityAttribute == "" {
		return "id"
	}
	return spec.AccountSchema.IdentityAttribute
}

func keyOf(spec *schema.Spec, id string) any {
	switch spec.KeyType {
	case schema.SimpleKeyType:
		return map[string]any{"simple": map[string]any{"id": id}}
	case schema.CompoundKeyType:
		return map[string]any{"compound": map[string]any{"lookupId": id, "uniqueId": id}}
	}
	return nil
}
