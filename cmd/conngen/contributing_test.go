//go:build unix

package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	tableRow   = regexp.MustCompile(`(?m)^\| ([^|]*) \|`)
	span       = regexp.MustCompile("`([^`\n]+)`")
	testName   = regexp.MustCompile(`^(?:Test|Fuzz)[A-Z]\w+$`)
	testFunc   = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	makeTarget = regexp.MustCompile("`make ([a-z-]+)[` ]")
	phony      = regexp.MustCompile(`(?m)^\.PHONY: (.*)$`)
)

// TestContributing: CONTRIBUTING.md has a row for each folder of the sources and each target of the
// Makefile, and what it names exists.
func TestContributing(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(repository, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := withoutBlocks(string(text))
	_, sources, _ := strings.Cut(page, "\n## The source\n")
	sources, recipes, ok := strings.Cut(sources, "\n## Recipes\n")
	if !ok {
		t.Fatal("CONTRIBUTING.md has no map of the source before its recipes")
	}

	var rows []string
	for _, row := range tableRow.FindAllStringSubmatch(sources, -1) {
		for _, name := range span.FindAllStringSubmatch(row[1], -1) {
			if _, err := os.Stat(filepath.Join(repository, filepath.FromSlash(name[1]))); err != nil {
				t.Error(err)
			}
			rows = append(rows, strings.TrimSuffix(name[1], "/"))
		}
	}
	folders, tests := sourceFolders(t)
	for _, folder := range folders {
		if !isMapped(folder, rows) {
			t.Errorf("the map has no row for %s", folder)
		}
	}
	for _, name := range span.FindAllStringSubmatch(page, -1) {
		if testName.MatchString(name[1]) && !tests[name[1]] {
			t.Errorf("there is no %s", name[1])
		}
	}
	recipes, _, _ = strings.Cut(recipes, "\n## ")
	for _, name := range span.FindAllStringSubmatch(recipes, -1) {
		file := name[1]
		if !strings.Contains(file, "/") || strings.ContainsAny(file, " *<") || strings.Contains(file, "NAME") || strings.Contains(file, "ID.") {
			continue
		}
		if _, err := os.Stat(filepath.Join(repository, filepath.FromSlash(file))); err != nil {
			t.Error(err)
		}
	}
	checkTargets(t, page)
}

// isMapped reports whether the map has a row for a folder, or for one above it that it does not split
// up into rows.
func isMapped(folder string, rows []string) bool {
	above := func(row string) bool { return strings.HasPrefix(folder, row+"/") }
	split := func(row string) bool {
		return slices.ContainsFunc(rows, func(other string) bool { return strings.HasPrefix(other, row+"/") })
	}
	return slices.Contains(rows, folder) || slices.ContainsFunc(rows, func(row string) bool { return above(row) && !split(row) })
}

// sourceFolders returns the folders of Go packages, the other folders of the root, and the tests.
func sourceFolders(t *testing.T) (folders []string, tests map[string]bool) {
	t.Helper()
	ignored, err := os.ReadFile(filepath.Join(repository, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	leftBehind := strings.Split(string(ignored), "\n")
	tests = make(map[string]bool)
	withGo := make(map[string]bool)
	err = fs.WalkDir(os.DirFS(repository), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if entry.Name() == ".git" || entry.Name() == "testdata" || slices.Contains(leftBehind, "/"+name+"/") || slices.Contains(leftBehind, entry.Name()+"/") {
				return fs.SkipDir
			}
			if path.Dir(name) == "." && name != "." && !slices.Contains([]string{"cmd", "internal"}, name) { // they have nothing but packages
				folders = append(folders, name)
			}
		case path.Ext(name) == ".go" || strings.HasSuffix(name, "_test.go.tmpl"):
			withGo[path.Dir(name)] = true
			if strings.Contains(name, "_test.go") {
				text, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(name)))
				if err != nil {
					return err
				}
				for _, f := range testFunc.FindAllSubmatch(text, -1) {
					tests[string(f[1])] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := range withGo {
		folders = append(folders, folder)
	}
	slices.Sort(folders)
	return slices.Compact(folders), tests
}

// checkTargets compares the targets that a page names with those of the Makefile.
func checkTargets(t *testing.T, page string) {
	t.Helper()
	makefile, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	releasing, err := os.ReadFile(filepath.Join(repository, "RELEASING.md"))
	if err != nil {
		t.Fatal(err)
	}
	targets := strings.Fields(phony.FindStringSubmatch(string(makefile))[1])
	var named []string
	for _, name := range makeTarget.FindAllStringSubmatch(page+string(releasing), -1) {
		named = append(named, name[1])
		if !slices.Contains(targets, name[1]) {
			t.Errorf("there is no target %s", name[1])
		}
	}
	for _, target := range targets {
		// What other targets begin with, and what a release is made of, needs no words.
		if !slices.Contains(named, target) && !slices.Contains([]string{"packed", "completions", "release-check"}, target) {
			t.Errorf("no page says what make %s is for", target)
		}
	}
}
