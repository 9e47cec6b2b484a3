package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

// The blocks of a README that quote something.
var (
	goBlock       = regexp.MustCompile("(?s)```go\n(.*?)```")
	scenarioBlock = regexp.MustCompile("(?s)```txtar\n(.*?)```")
)

// TestReadme: the README, and the root's section on calls, quote the code and the scenarios as
// they are.
func TestReadme(t *testing.T) {
	t.Parallel()
	var sources strings.Builder
	files, err := filepath.Glob("testdata/scenarios/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Concat(handWritten(t), files, []string{"scenario_test.go"}) {
		sources.Write(readFile(t, name))
	}
	_, root, _ := strings.Cut(string(readFile(t, "../../README.md")), "\n## Calls to the source\n")
	root, _, _ = strings.Cut(root, "\n## ")
	var blocks [][]string
	for _, text := range []string{root, string(readFile(t, "README.md"))} {
		for _, form := range []*regexp.Regexp{goBlock, scenarioBlock} {
			found := form.FindAllStringSubmatch(text, -1)
			if len(found) == 0 {
				t.Errorf("a README quotes nothing as %s", form)
			}
			blocks = append(blocks, found...)
		}
	}
	if lines := fmt.Sprintf("`api.go`, %d lines", bytes.Count(readFile(t, "api.go"), []byte("\n"))); !strings.Contains(root, lines) {
		t.Errorf("the root's README does not say %q", lines)
	}
	for _, block := range blocks {
		if !strings.Contains(sources.String(), block[1]) {
			t.Errorf("no file has what the README quotes:\n%s", block[1])
		}
	}
}

// TestSpec: no rule finds anything in the spec.
func TestSpec(t *testing.T) {
	t.Parallel()
	spec, found := schema.Parse("connector-spec.json", readFile(t, "connector-spec.json"))
	if spec != nil {
		found = append(found, generator.Lint(spec, generator.Options{})...)
	}
	for _, d := range found {
		t.Error(d)
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
