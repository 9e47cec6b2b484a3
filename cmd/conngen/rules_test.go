package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/conngen/conngen/schema/lint"
)

// TestRuleFindings: validate says of the bad example of each rule what stands
// behind it, and nothing of the good one.
func TestRuleFindings(t *testing.T) {
	t.Parallel()
	for _, r := range lint.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			bad, good := r.Examples()
			checkFile(t, filepath.Join("..", "..", "schema", "lint", "examples", r.ID+".txtar"), "want", validateText(bad, r.ID))
			if got := validateText(good, r.ID); got != "" {
				t.Errorf("good example:\n%s", got)
			}
		})
	}
}

// validateText returns what validate prints about a text for one rule.
func validateText(spec, rule string) string {
	var stdout, stderr bytes.Buffer
	a := app{strings.NewReader(spec), &stdout, &stderr}
	a.Main([]string{"validate", "--severity", "info", "--rule", rule, "-"})
	return stdout.String()
}

// checkFile compares a text with a file of an archive, or updates the archive.
func checkFile(t *testing.T, archive, name, got string) {
	t.Helper()
	a, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range a.Files {
		if f.Name != name {
			continue
		}
		if diff := cmp.Diff(string(f.Data), got); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", archive, diff)
		}
		a.Files = append(a.Files[:i], a.Files[i+1:]...)
		break
	}
	if !*update {
		return
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(got)})
	if err := os.WriteFile(archive, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestReadmeRules keeps the README's table of rules what the rules are.
func TestReadmeRules(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- rules -->\n", "<!-- end of rules -->\n"
	before, rest, found := strings.Cut(string(text), begin)
	table, after, foundEnd := strings.Cut(rest, end)
	if !found || !foundEnd {
		t.Fatal("the README has no place for the rules")
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+rulesTable()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(rulesTable(), table); diff != "" {
		t.Errorf("rules (-want +README):\n%s", diff)
	}
}

// rulesTable is the table of rules in Markdown.
func rulesTable() string {
	var b strings.Builder
	b.WriteString("| rule | severity | what is wrong |\n| --- | --- | --- |\n")
	for _, r := range lint.Rules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.ID, r.Severity, r.Purpose)
	}
	return b.String()
}
