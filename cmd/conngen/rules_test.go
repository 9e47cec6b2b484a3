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

	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
	"github.com/conngen/conngen/schema/lint"
)

// TestRuleFindings: validate reports for the bad example of each rule what the file says
// after it, and nothing for the good one, or with the settings that the rule's page proposes.
func TestRuleFindings(t *testing.T) {
	t.Parallel()
	for _, r := range lint.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			bad, good := r.Examples()
			checkFile(t, filepath.Join("..", "..", "schema", "lint", "examples", r.ID+".txtar"), "want", validateText(t, r.ID, bad, ""))
			if got := validateText(t, r.ID, good, ""); got != "" {
				t.Errorf("good example:\n%s", got)
			}
			settings := r.Settings()
			if (settings == "") != (r.Severity == schema.Error) {
				t.Fatalf("settings %q", settings)
			}
			if got := validateText(t, r.ID, bad, settings); settings != "" && strings.Contains(got, "["+r.ID+"]") {
				t.Errorf("with %s\n%s", settings, got)
			}
			if got := validateText(t, rules.Settings, bad, settings); settings != "" && strings.Contains(got, "["+rules.Settings+"]") {
				t.Errorf("about %s\n%s", settings, got)
			}
		})
	}
}

// validateText returns what validate prints for one rule about a spec in a folder with settings, "" for
// none.
func validateText(t *testing.T, rule, spec, settings string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, specName)
	for name, text := range map[string]string{path: spec, filepath.Join(dir, ".conngen.json"): settings} {
		if text == "" {
			continue
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	a := app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr}
	a.Main([]string{"validate", "--severity", "info", "--rule", rule, path})
	return strings.ReplaceAll(stdout.String(), dir+string(filepath.Separator), "")
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

// TestDiffFindings: diff reports for the examples of each kind of change what the file says
// after them.
func TestDiffFindings(t *testing.T) {
	t.Parallel()
	for _, k := range diff.Kinds() {
		t.Run(k.ID, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			oldPath, path := filepath.Join(dir, "old.json"), filepath.Join(dir, "new.json")
			old, current := k.Examples()
			for path, text := range map[string]string{oldPath: old, path: current} {
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var stdout, stderr bytes.Buffer
			a := app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr}
			a.Main([]string{"diff", "--all", oldPath, path})
			said := strings.ReplaceAll(stdout.String(), dir+string(filepath.Separator), "")
			checkFile(t, filepath.Join("..", "..", "schema", "diff", "examples", k.ID+".txtar"), "want", said+stderr.String())
		})
	}
}

// TestReadmeRules keeps the README's tables of rules and changes what they are.
func TestReadmeRules(t *testing.T) { // not parallel: both write the README with -update
	checkReadme(t, "rules", rulesTable())
	checkReadme(t, "kinds of changes", kindsTable())
}

// checkReadme compares the part of the README between two comments with a table,
// or updates it.
func checkReadme(t *testing.T, name, want string) {
	t.Helper()
	path := filepath.Join("..", "..", "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->\n"
	before, rest, found := strings.Cut(string(text), begin)
	table, after, foundEnd := strings.Cut(rest, end)
	if !found || !foundEnd {
		t.Fatalf("the README has no place for the %s", name)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("%s (-want +README):\n%s", name, diff)
	}
}

// rulesTable is the table of rules in Markdown.
func rulesTable() string {
	var b strings.Builder
	b.WriteString("| rule | severity | what is wrong | fix |\n| --- | --- | --- | --- |\n")
	for _, r := range lint.Rules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.ID, r.Severity, r.Purpose, fixColumn(r.Fixes()))
	}
	return b.String()
}

// fixColumn says in a word whether a rule has fixes.
func fixColumn(f lint.Fixes) string {
	switch {
	case f.Safe && f.Unsafe:
		return "safe, unsafe"
	case f.Safe:
		return "safe"
	case f.Asked:
		return "unsafe, with `--rule`"
	case f.Unsafe:
		return "unsafe"
	}
	return ""
}

// kindsTable is the table of the kinds of changes in Markdown.
func kindsTable() string {
	var b strings.Builder
	b.WriteString("| change | sources | what has changed |\n| --- | --- | --- |\n")
	for _, k := range diff.Kinds() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.ID, k.Source, k.Purpose)
	}
	return b.String()
}
