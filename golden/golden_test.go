// Package golden_test tests what all golden packages have in common.
package golden_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	complete "github.com/conngen/conngen/golden/complete/connector"
	compoundkey "github.com/conngen/conngen/golden/compound-key/connector"
	configtypes "github.com/conngen/conngen/golden/config-types/connector"
	everycommand "github.com/conngen/conngen/golden/every-command/connector"
	legacy "github.com/conngen/conngen/golden/legacy/connector"
	manyentitlements "github.com/conngen/conngen/golden/many-entitlements/connector"
	minimal "github.com/conngen/conngen/golden/minimal/connector"
	hr "github.com/conngen/conngen/golden/monorepo/hr/connector"
	it "github.com/conngen/conngen/golden/monorepo/it/connector"
	names "github.com/conngen/conngen/golden/names/connector"
	noschema "github.com/conngen/conngen/golden/no-schema/connector"
	oddnames "github.com/conngen/conngen/golden/odd-names/connector"

	"github.com/conngen/conngen/generator/project"
	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

// A golden is the generated package of a case, without its types.
type golden struct {
	// new returns a connector that answers from memory. used sees the config of each
	// command, a pointer to the package's Config, and can fail the command; nil is fine.
	new func(used func(ctx context.Context, config any) error, opts ...sdk.Option) *sdk.Connector

	// decode returns a pointer to what DecodeConfig returns.
	decode func(json.RawMessage) (any, error)

	// inputs are hooks that see the inputs of creates and updates, as pointers, and can fail
	// the command; nil for a package without these commands.
	inputs func(see func(ctx context.Context, input any) error) []sdk.Option
}

// changing adds the methods that change accounts.
func changing[Create, Update, Account any](g golden, create sdk.Method[Create, Account], update sdk.Method[Update, Account]) golden {
	g.inputs = func(see func(context.Context, any) error) []sdk.Option {
		return []sdk.Option{sdk.Before(create, seeing[Create](see)), sdk.Before(update, seeing[Update](see))}
	}
	return g
}

func seeing[In any](see func(context.Context, any) error) func(context.Context, In) (In, error) {
	return func(ctx context.Context, in In) (In, error) { return in, see(ctx, &in) }
}

func of[Config, Client any](
	newConnector func(func(context.Context, Config) (Client, error), ...sdk.Option) *sdk.Connector,
	decode func(json.RawMessage) (Config, error),
	newMemory func() Client,
) golden {
	return golden{
		new: func(used func(context.Context, any) error, opts ...sdk.Option) *sdk.Connector {
			client := newMemory()
			return newConnector(func(ctx context.Context, config Config) (Client, error) {
				if used == nil {
					return client, nil
				}
				return client, used(ctx, &config)
			}, opts...)
		},
		decode: func(raw json.RawMessage) (any, error) {
			config, err := decode(raw)
			return &config, err
		},
	}
}

// goldens are all golden packages, by the folders of their specs.
var goldens = map[string]golden{
	"complete":          changing(of(complete.New, complete.DecodeConfig, func() complete.Client { return complete.NewMemory() }), complete.AccountCreate, complete.AccountUpdate),
	"compound-key":      changing(of(compoundkey.New, compoundkey.DecodeConfig, func() compoundkey.Client { return compoundkey.NewMemory() }), compoundkey.AccountCreate, compoundkey.AccountUpdate),
	"config-types":      of(configtypes.New, configtypes.DecodeConfig, func() configtypes.Client { return configtypes.NewMemory() }),
	"every-command":     changing(of(everycommand.New, everycommand.DecodeConfig, func() everycommand.Client { return everycommand.NewMemory() }), everycommand.AccountCreate, everycommand.AccountUpdate),
	"legacy":            changing(of(legacy.New, legacy.DecodeConfig, func() legacy.Client { return legacy.NewMemory() }), legacy.AccountCreate, legacy.AccountUpdate),
	"many-entitlements": changing(of(manyentitlements.New, manyentitlements.DecodeConfig, func() manyentitlements.Client { return manyentitlements.NewMemory() }), manyentitlements.AccountCreate, manyentitlements.AccountUpdate),
	"minimal":           of(minimal.New, minimal.DecodeConfig, func() minimal.Client { return minimal.NewMemory() }),
	"monorepo/hr":       of(hr.New, hr.DecodeConfig, func() hr.Client { return hr.NewMemory() }),
	"monorepo/it":       changing(of(it.New, it.DecodeConfig, func() it.Client { return it.NewMemory() }), it.AccountCreate, it.AccountUpdate),
	"names":             changing(of(names.New, names.DecodeConfig, func() names.Client { return names.NewMemory() }), names.AccountCreate, names.AccountUpdate),
	"no-schema":         changing(of(noschema.New, noschema.DecodeConfig, func() noschema.Client { return noschema.NewMemory() }), noschema.AccountCreate, noschema.AccountUpdate),
	"odd-names":         changing(of(oddnames.New, oddnames.DecodeConfig, func() oddnames.Client { return oddnames.NewMemory() }), oddnames.AccountCreate, oddnames.AccountUpdate),
}

// exampleConfig returns the config of a new project for a spec.
func exampleConfig(t *testing.T, spec *schema.Spec) json.RawMessage {
	t.Helper()
	config, err := project.ExampleConfig(spec)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// TestSelfTest: the sample data of every golden package passes the self test with the config of a
// new project. Nothing is skipped if the spec has everything.
func TestSelfTest(t *testing.T) {
	t.Parallel()
	for name, spec := range specs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report, err := goldens[name].new(nil).SelfTest(t.Context(), selftest.Options{Config: exampleConfig(t, spec), Write: true})
			if err != nil {
				t.Fatal(err)
			}
			if report.Failed() {
				t.Error(report)
			}
			for _, result := range report.Results {
				if name == "complete" && result.Status != selftest.Pass && result.Check != "account-discover-schema" {
					t.Errorf("%s: %s %s", result.Check, result.Status, result.Note)
				}
			}
		})
	}
}

// TestNewIdentity: an account whose identity attribute changes gets the new one in its key, for
// either key type, and keeps its unique ID.
func TestNewIdentity(t *testing.T) {
	t.Parallel()
	all := specs(t)
	for name, identity := range map[string]string{"complete": "id", "compound-key": "badge", "legacy": "card_no", "no-schema": "id"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, config := goldens[name].new(nil), exampleConfig(t, all[name])
			before := call.Objects(t, c, "std:account:list", nil, config)[0]
			reference := map[string]any{"identity": before.Identity}
			if before.Key != nil {
				reference = map[string]any{"key": before.Key}
			}
			changes := []any{map[string]any{"op": "Set", "attribute": identity, "value": "moved"}}
			after := call.One(t, c, "std:account:update", map[string]any{"identity": before.Identity, "key": before.Key, "changes": changes}, config)
			want := before
			want.Attributes[identity] = "moved"
			var old, moved sdk.Key
			if before.Key == nil {
				want.Identity = "moved"
			} else if err := json.Unmarshal(before.Key, &old); err != nil {
				t.Fatal(err)
			} else if err := json.Unmarshal(after.Key, &moved); err != nil {
				t.Fatal(err)
			}
			if before.Key != nil && (moved.ID() != "moved" || moved.Type != old.Type || moved.UniqueID != old.UniqueID) {
				t.Errorf("the key %s has become %s", before.Key, after.Key)
			}
			want.Key = after.Key
			if diff := cmp.Diff(want, after); diff != "" {
				t.Errorf("the account has changed: %s", diff)
			}
			read := call.One(t, c, "std:account:read", map[string]any{"identity": "moved", "key": after.Key}, config)
			if diff := cmp.Diff(after, read); diff != "" {
				t.Errorf("update and read differ: %s", diff)
			}
			call.Fails(t, c, "std:account:read", reference, config, "is not in the source")
			clear := []any{map[string]any{"op": "Remove", "attribute": identity}}
			call.Fails(t, c, "std:account:update", map[string]any{"identity": "moved", "key": after.Key, "changes": clear}, config, "an object must have an ID")
		})
	}
}

// specs returns the specs of all golden packages.
func specs(t testing.TB) map[string]*schema.Spec {
	t.Helper()
	all := make(map[string]*schema.Spec)
	for _, pattern := range []string{"*/connector-spec.json", "*/*/connector-spec.json"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			spec, diagnostics := schema.Parse(path, text)
			if diagnostics.HasErrors() {
				t.Fatal(diagnostics)
			}
			all[filepath.ToSlash(filepath.Dir(path))] = spec
		}
	}
	if got, want := slices.Sorted(maps.Keys(all)), slices.Sorted(maps.Keys(goldens)); !slices.Equal(got, want) {
		t.Fatalf("there are specs of %q, and packages of %q", got, want)
	}
	return all
}
