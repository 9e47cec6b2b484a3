// Package golden_test tests what all golden packages have in common.
package golden_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	complete "github.com/conngen/conngen/golden/complete/connector"
	compoundkey "github.com/conngen/conngen/golden/compound-key/connector"
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
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

// on returns a connector with one client, made by the New of its package.
func on[Config, Client any](
	newConnector func(func(context.Context, Config) (Client, error), ...sdk.Option) *sdk.Connector, client Client,
) *sdk.Connector {
	return newConnector(func(context.Context, Config) (Client, error) { return client, nil })
}

// TestSelfTest: the sample data of every golden package pass the self test, with
// the config that a new project has, and nothing is skipped where the spec has
// everything.
func TestSelfTest(t *testing.T) {
	t.Parallel()
	tests := map[string]*sdk.Connector{
		"complete":          on(complete.New, complete.Client(complete.NewMemory())),
		"compound-key":      on(compoundkey.New, compoundkey.Client(compoundkey.NewMemory())),
		"every-command":     on(everycommand.New, everycommand.Client(everycommand.NewMemory())),
		"legacy":            on(legacy.New, legacy.Client(legacy.NewMemory())),
		"many-entitlements": on(manyentitlements.New, manyentitlements.Client(manyentitlements.NewMemory())),
		"minimal":           on(minimal.New, minimal.Client(minimal.NewMemory())),
		"monorepo/hr":       on(hr.New, hr.Client(hr.NewMemory())),
		"monorepo/it":       on(it.New, it.Client(it.NewMemory())),
		"names":             on(names.New, names.Client(names.NewMemory())),
		"no-schema":         on(noschema.New, noschema.Client(noschema.NewMemory())),
		"odd-names":         on(oddnames.New, oddnames.Client(oddnames.NewMemory())),
	}
	for _, path := range specs(t, len(tests)) {
		name := filepath.ToSlash(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			spec, diagnostics := schema.Parse(path, text)
			if diagnostics.HasErrors() {
				t.Fatal(diagnostics)
			}
			config, err := project.ExampleConfig(spec)
			if err != nil {
				t.Fatal(err)
			}
			report, err := tests[name].SelfTest(t.Context(), selftest.Options{Config: config, Write: true})
			if err != nil {
				t.Fatal(err)
			}
			if report.Failed() {
				t.Error(report)
			}
			for _, result := range report.Results {
				if name == "complete" && result.Status == selftest.Skip {
					t.Errorf("%s is skipped: %s", result.Check, result.Note)
				}
			}
		})
	}
}

// specs returns the paths of all specs, n of them.
func specs(t *testing.T, n int) []string {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"*/connector-spec.json", "*/*/connector-spec.json"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	if len(paths) != n {
		t.Fatalf("%d specs, want %d", len(paths), n)
	}
	return paths
}
