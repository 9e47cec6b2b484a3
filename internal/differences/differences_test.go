package differences

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/manual"
)

var update = flag.Bool("update", false, "rewrite the page of the differences")

var root = filepath.Join("..", "..")

// TestSeen: each difference has a unique name and a text, and an existing test sees it.
func TestSeen(t *testing.T) {
	t.Parallel()
	sources := make(map[string]string)
	var names []string
	for _, g := range Groups() {
		for _, d := range g.List {
			if slices.Contains(names, d.Name) || d.Text == "" || len(d.Seen) == 0 {
				t.Errorf("%q is not listed once, with a text and a test", d.Name)
			}
			names = append(names, d.Name)
			for _, test := range d.Seen {
				if _, ok := sources[test.File]; !ok {
					text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(test.File)))
					if err != nil {
						t.Error(err)
					}
					sources[test.File] = string(text)
				}
				if !strings.Contains(sources[test.File], "\nfunc "+test.Func+"(") {
					t.Errorf("%s: %s has no %s", d.Name, test.File, test.Func)
				}
			}
		}
	}
}

// TestPage: the manual lists the differences, and what a Go connector cannot do.
func TestPage(t *testing.T) {
	t.Parallel()
	manual.In(root, *update).Pages(t, map[string]string{homepage.Differences: page()})
}

func page() string {
	var b strings.Builder
	b.WriteString(`# Differences from the official SDK

On the wire, a generated connector behaves like one built on the official SDK, byte for byte, except as listed here. Each entry links to the test that covers it, and that fails if the difference disappears. [Performance](../performance.md) compares the speed of both. ISC stands for Identity Security Cloud.
`)
	for _, g := range Groups() {
		fmt.Fprintf(&b, "\n## %s\n\n", g.Title)
		for _, d := range g.List {
			fmt.Fprintf(&b, "- **%s.** %s (%s)\n", d.Name, d.Text, links(d.Seen))
		}
	}
	b.WriteString(`
## What a Go connector cannot do

ISC's runtime provides some things only to JavaScript. A Go connector does not get them, bundled or forwarded.

`)
	rows := [][]string{{"in the official SDK", "instead"}}
	for _, l := range Limits() {
		rows = append(rows, []string{l.Original, l.Instead})
	}
	return b.String() + manual.Table(rows)
}

// links links tests from the page.
func links(tests []Test) string {
	var all []string
	for _, test := range tests {
		target, err := filepath.Rel(path.Join("docs", homepage.Reference), test.File)
		if err != nil {
			panic(err) // both are relative
		}
		all = append(all, fmt.Sprintf("[%s](%s)", test.Func, filepath.ToSlash(target)))
	}
	return strings.Join(all, ", ")
}
