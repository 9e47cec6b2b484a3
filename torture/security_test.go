//go:build linux

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	quotedName = regexp.MustCompile("`([^`]+)`")
	fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
)

// TestSecurity checks that the proofs named in SECURITY.md exist: files, fuzz targets and attacks.
func TestSecurity(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	targets, proofs := fuzzTargets(t), 0
	for _, m := range quotedName.FindAllStringSubmatch(string(text), -1) {
		name := m[1]
		only, attack := strings.CutPrefix(name, "torture -only ")
		switch {
		case attack:
			_, err = choose(only)
		case strings.HasPrefix(name, "Fuzz"):
			if !targets[name] {
				t.Errorf("there is no fuzz target %s", name)
			}
		case strings.Contains(name, "/") && filepath.Ext(name) != "":
			_, err = os.Stat(filepath.Join("..", filepath.FromSlash(name)))
		default:
			continue
		}
		proofs++
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if proofs < 20 {
		t.Errorf("SECURITY.md names %d proofs; is its table read?", proofs)
	}
}

// fuzzTargets returns the names of the repository's fuzz targets.
func fuzzTargets(t *testing.T) map[string]bool {
	t.Helper()
	targets := make(map[string]bool)
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(name)
		for _, m := range fuzzTarget.FindAllSubmatch(text, -1) {
			targets[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return targets
}
