package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

// TestExamples: the bad example of each rule has a finding of the rule, with its
// severity, and the good one has no finding of any rule.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("examples")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(lint.Rules()) {
		t.Errorf("%d rules have %d examples", len(lint.Rules()), len(files))
	}
	for _, r := range lint.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			bad, good := r.Examples()
			found := inspect("bad.json", []byte(bad))
			if !slices.ContainsFunc(found, func(d schema.Diagnostic) bool { return d.Rule == r.ID && d.Severity == r.Severity }) {
				t.Errorf("not found, but %v", found)
			}
			for _, d := range inspect("good.json", []byte(good)) {
				t.Errorf("good example: %v", d)
			}
		})
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	rank := map[schema.Severity]int{schema.Error: 0, schema.Warning: 1, schema.Info: 2}
	before := 0
	for _, r := range lint.Rules() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if rank[r.Severity] < before {
			t.Errorf("%s comes after rules of lower severity", r.ID)
		}
		before = rank[r.Severity]
		if !strings.HasSuffix(r.Purpose, ".") {
			t.Errorf("%s: the purpose is no sentence", r.ID)
		}
		if found, ok := lint.Find(r.ID); !ok || found.ID != r.ID {
			t.Errorf("%s is not found", r.ID)
		}
	}
}

// TestEachFindingHasARule keeps the rules that the parser reports in the table.
func TestEachFindingHasARule(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../golden/*/connector-spec.json")
	nested, _ := filepath.Glob("../../golden/*/*/connector-spec.json") // the pattern is the same kind
	paths = append(paths, nested...)
	if err != nil || len(paths) == 0 {
		t.Fatal("no golden specs", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range inspect(path, text) {
			if r, ok := lint.Find(d.Rule); !ok || r.Severity != d.Severity {
				t.Errorf("not in the table: %v", d)
			}
		}
	}
}

// TestResources: resources are known to the platform, and not documented.
func TestResources(t *testing.T) {
	t.Parallel()
	found := inspect("spec.json", []byte(`{"name": "X", "keyType": "simple", "commands": ["std:test-connection"], "sourceConfig": [], "resources": [{"id": "a"}]}`))
	if len(found) != 1 || found[0].Rule != "undocumented-field" || found[0].Pointer != "/resources" {
		t.Errorf("found %v", found)
	}
}

// TestHalfCharacters: names that cannot be read are errors, and not one name for that.
func TestHalfCharacters(t *testing.T) {
	t.Parallel()
	const spec = `{"name":"a","keyType":"simple","commands":["std:test-connection"],"sourceConfig":[],"accountSchema":{
		"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"},{"name":"x%s","type":"string"},{"name":"x%s","type":"string"}]}}`
	for _, c := range []struct {
		a, b  string
		twice bool
	}{{`\ud800`, `\ud801`, false}, {`\ud800`, `\ud800`, true}, {`y`, `\u0079`, true}} {
		found := inspect("spec.json", fmt.Appendf(nil, spec, c.a, c.b))
		if got := slices.ContainsFunc(found, func(d schema.Diagnostic) bool { return d.Rule == "duplicate-attribute" }); got != c.twice {
			t.Errorf("x%s and x%s are one name: %v", c.a, c.b, got)
		}
	}
}

// TestEntryWithoutType: what the members of such an entry mean nobody can tell, so there
// is one finding about it and none about them.
func TestEntryWithoutType(t *testing.T) {
	t.Parallel()
	found := inspect("spec.json", []byte(`{"name": "X", "keyType": "simple", "commands": ["std:test-connection"],
		"sourceConfig": [{"name": "token", "label": "L", "required": "true", "parentKey": "x", "options": [], "items": [{"key": "a"}]}]}`))
	if len(found) != 1 || found[0].Rule != "source-config-entry-unrecognised" {
		t.Errorf("found %v", found)
	}
}

// TestCommandNames: a name that spells a standard command in another way is not the
// connector's own, and only what is near is suggested.
func TestCommandNames(t *testing.T) {
	t.Parallel()
	const near, own = `did you mean "std:account:list"?`, "give a command of your own a prefix of your own"
	for _, c := range []struct{ name, rule, hint string }{
		{"std:account:list", "", ""},
		{"std:acount:list", "unknown-command", near},
		{"Std:Account:List", "unknown-command", near},
		{"STD:account:list", "unknown-command", near},
		{"std:account:List", "unknown-command", near},
		{"std:account:list ", "unknown-command", near},
		{"stdAccountList", "unknown-command", near},
		{"account list", "unknown-command", near},
		{"account:list", "unknown-command", near},
		{"test:connection", "unknown-command", `did you mean "std:test-connection"?`},
		{"std:account:aggregate", "unknown-command", own},
		{"STD:aggregate", "unknown-command", own},
		{"acme:account:list", "custom-command", ""},
		{"std", "custom-command", ""},
	} {
		found := inspect("spec.json", fmt.Appendf(nil, `{"name": "a", "commands": [%q], "sourceConfig": []}`, c.name))
		var rule, hint string
		for _, d := range found {
			if d.Rule == "unknown-command" || d.Rule == "custom-command" {
				rule, hint = rule+d.Rule, d.Hint
			}
		}
		if rule != c.rule || hint != c.hint {
			t.Errorf("%q: %q, hint %q; want %q, hint %q", c.name, rule, hint, c.rule, c.hint)
		}
	}
}
