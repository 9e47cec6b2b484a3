// Package golden_test tests what all golden packages have in common.
package golden_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	complete "github.com/conngen/conngen/golden/complete"
	compoundkey "github.com/conngen/conngen/golden/compound-key"
	everycommand "github.com/conngen/conngen/golden/every-command"
	legacy "github.com/conngen/conngen/golden/legacy"
	manyentitlements "github.com/conngen/conngen/golden/many-entitlements"
	minimal "github.com/conngen/conngen/golden/minimal"
	noschema "github.com/conngen/conngen/golden/no-schema"
	oddnames "github.com/conngen/conngen/golden/odd-names"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates/sdk"
)

// selfTest is the self test of one golden package.
type selfTest func(context.Context, sdk.SelfTestOptions) (sdk.SelfTestReport, error)

// on returns the self test of a connector with one client.
func on[Config, Client any](
	newRegistry func(func(context.Context, Config) (Client, error), ...sdk.Option) *sdk.Registry[Client], client Client,
) selfTest {
	return newRegistry(func(context.Context, Config) (Client, error) { return client, nil }).SelfTest
}

// TestSelfTest: the sample data of every golden package pass the self test, with
// the config that a new project has, and nothing is skipped where the spec has
// everything.
func TestSelfTest(t *testing.T) {
	t.Parallel()
	tests := map[string]selfTest{
		"complete":          on(complete.New, complete.Client(complete.NewMemory())),
		"compound-key":      on(compoundkey.New, compoundkey.Client(compoundkey.NewMemory())),
		"every-command":     on(everycommand.New, everycommand.Client(everycommand.NewMemory())),
		"legacy":            on(legacy.New, legacy.Client(legacy.NewMemory())),
		"many-entitlements": on(manyentitlements.New, manyentitlements.Client(manyentitlements.NewMemory())),
		"minimal":           on(minimal.New, minimal.Client(minimal.NewMemory())),
		"no-schema":         on(noschema.New, noschema.Client(noschema.NewMemory())),
		"odd-names":         on(oddnames.New, oddnames.Client(oddnames.NewMemory())),
	}
	specs, err := filepath.Glob("*/connector-spec.json")
	if err != nil || len(specs) != len(tests) {
		t.Fatalf("%d specs, %d tests, %v", len(specs), len(tests), err)
	}
	for _, path := range specs {
		t.Run(filepath.Dir(path), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			spec, diagnostics := schema.Parse(path, text)
			if diagnostics.HasErrors() {
				t.Fatal(diagnostics)
			}
			config, err := generator.ExampleConfig(spec)
			if err != nil {
				t.Fatal(err)
			}
			report, err := tests[filepath.Dir(path)](t.Context(), sdk.SelfTestOptions{Config: config, Write: true})
			if err != nil {
				t.Fatal(err)
			}
			if report.Failed() {
				t.Error(report)
			}
			for _, result := range report.Results {
				if filepath.Dir(path) == "complete" && result.Status == sdk.SelfTestSkip {
					t.Errorf("%s is skipped: %s", result.Check, result.Note)
				}
			}
		})
	}
}
