package generator

import (
	"slices"
	"testing"

	"github.com/conngen/conngen/schema"
)

// lintedSpec has an attribute whose Go name collides with another, and secrets.
const lintedSpec = `{"name":"x","keyType":"simple","commands":["std:account:create"],"sourceConfigInitialValues":{"apiToken":"real"},
	"sourceConfig":[{"key":"apiToken","label":"l","type":"text"}],
	"accountSchema":{"displayAttribute":"user-id","identityAttribute":"user-id","attributes":[{"name":"user-id","type":"string"},{"name":"userId","type":"string"}]},
	"accountCreateTemplate":{"fields":[{"key":"password","label":"l","type":"string","initialValue":{"type":"static","attributes":{"value":"hunter2"}}}]}}`

// TestLint: the rules know which names the plan changed, including names of the settings.
func TestLint(t *testing.T) {
	t.Parallel()
	spec := parseSpec(t, "spec.json", []byte(lintedSpec))
	at := func(opts Options) []schema.Pointer {
		var found []schema.Pointer
		for _, d := range Lint(spec, opts) {
			if d.Rule == "go-name-collision" {
				found = append(found, d.Pointer)
			}
		}
		return found
	}
	if got := at(testOptions); !slices.Equal(got, []schema.Pointer{"/accountSchema/attributes/1/name"}) {
		t.Errorf("changed names are at %v", got)
	}
	opts := testOptions
	opts.Names = map[string]string{"account/userId": "Login"}
	if got := at(opts); got != nil {
		t.Errorf("with names of its own, changed names are at %v", got)
	}
}

// TestSecrets: secret values are hidden, by the words that make types secret.
func TestSecrets(t *testing.T) {
	t.Parallel()
	got := Secrets(parseSpec(t, "spec.json", []byte(lintedSpec)))
	want := []schema.Pointer{"/sourceConfigInitialValues/apiToken", "/accountCreateTemplate/fields/0/initialValue/attributes/value"}
	if !slices.Equal(got, want) {
		t.Errorf("hidden are %v, want %v", got, want)
	}
}
