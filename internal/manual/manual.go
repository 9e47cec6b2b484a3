// Package manual is for tests that write pages of the manual from the code that owns their facts,
// or fail if a page is outdated. make reference writes them.
package manual

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Mark is the first line of each written page.
const Mark = "<!-- Written by make reference. Do not edit. -->"

// A Manual is the folder docs.
type Manual struct {
	dir    string
	update bool
}

// In returns the manual of a repository, given the path to its root. With update, pages are written
// instead of compared.
func In(root string, update bool) Manual {
	return Manual{filepath.Join(root, "docs"), update}
}

// Pages compares pages with their files, or writes them. Pages are keyed by their names in docs,
// and have no [Mark] yet.
func (m Manual) Pages(t *testing.T, pages map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		m.page(t, filepath.Join(m.dir, filepath.FromSlash(name)), Mark+"\n\n"+pages[name])
	}
}

func (m Manual) page(t *testing.T, file, text string) {
	t.Helper()
	if m.update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	old, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
	} else if diff := cmp.Diff(text, string(old)); diff != "" {
		t.Errorf("%s is out of date; make reference writes it (-want +page):\n%s", file, diff)
	}
}

// Folder checks that a folder of docs has no other files than the given pages, or removes them.
func (m Manual) Folder(t *testing.T, folder string, belongs func(name string) bool) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(m.dir, folder))
	if err != nil && !(m.update && errors.Is(err, fs.ErrNotExist)) {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		if entry.IsDir() || belongs(name) {
			continue
		}
		if !m.update {
			t.Errorf("%s: nothing has this page", name)
		} else if err := os.Remove(filepath.Join(m.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// Table formats a Markdown table, whose first row has the titles.
func Table(rows [][]string) string {
	var b strings.Builder
	for i, cells := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", len(cells)) + "\n")
		}
	}
	return b.String()
}

// Cell formats a text for a table cell: one line, without the cell separator.
func Cell(text string) string {
	return strings.NewReplacer("\n", " ", "|", `\|`).Replace(text)
}

// Fence formats a text as a code block.
func Fence(language, text string) string {
	return "```" + language + "\n" + strings.TrimRight(text, "\n") + "\n```\n"
}

// Anchor is the fragment of a heading, as GitHub makes it.
func Anchor(heading string) string {
	return "#" + strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, strings.ToLower(heading))
}
