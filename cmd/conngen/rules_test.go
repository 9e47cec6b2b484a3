package main

import (
	"bytes"
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

// validateText returns what validate prints for one rule about a spec in a folder with settings, or ""
// if there is none.
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
