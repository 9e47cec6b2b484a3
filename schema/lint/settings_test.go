package lint_test

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	settings, found := lint.ParseSettings(".conngen.json", []byte(`{"rules": {"no-commands": "off", "missing-key-type": "error"}}`))
	if len(found) > 0 {
		t.Fatal(found)
	}
	spec := `{"name": "X", "commands": [], "sourceConfig": []}`
	before := inspect("spec.json", []byte(spec))
	after := settings.Apply(before)
	if len(before) != 2 || len(after) != 1 || after[0].Rule != "missing-key-type" || after[0].Severity != schema.Error {
		t.Errorf("%v became %v", before, after)
	}
	if before[0].Severity != schema.Info {
		t.Error("Apply has changed what it was given")
	}
	if got := (lint.Settings{}).Apply(before); len(got) != len(before) {
		t.Errorf("without settings %v became %v", before, got)
	}
}

// TestSettingsSchema: the schema is one, and has all rules that can be changed.
func TestSettingsSchema(t *testing.T) {
	t.Parallel()
	s, err := jsonschema.CompileString("settings.json", string(lint.SettingsSchema()))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range lint.Rules() {
		err := s.Validate(map[string]any{"$schema": "x", "rules": map[string]any{r.ID: "off"}})
		if changeable := r.Severity != schema.Error; changeable != (err == nil) {
			t.Errorf("%s, a rule of severity %s: %v", r.ID, r.Severity, err)
		}
	}
}

// FuzzSettings: whatever bytes come, mistakes are explained at places in the text.
func FuzzSettings(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `null`, `{"rules": null}`, `{"rules": {"schema": "off", "a/b~c": 1}}`, `{"rules": {"no-commands": "off"}, "x": {}}`,
		`{"rules": {"no-commands": ["off"]}}`, `{"rules": {"no-commands": "off"}} x`, "\uFEFF{}", `{"rules":1e9999999}`, `{"$schema": 1}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, found := lint.ParseSettings(".conngen.json", []byte(text))
		lines := strings.Split(strings.TrimPrefix(text, "\uFEFF"), "\n")
		for _, d := range found {
			if d.Line < 1 || d.Line > len(lines) || d.Column < 1 || d.Column > len(lines[d.Line-1])+1 || d.Message == "" {
				t.Errorf("not in the file: %v", d)
			}
		}
	})
}
