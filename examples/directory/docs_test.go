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

// The blocks of a page that quote something.
var (
	goBlock       = regexp.MustCompile("(?s)```go\n(.*?)```")
	scenarioBlock = regexp.MustCompile("(?s)```txtar\n(.*?)```")
)

// TestReadme: the README, and the manual's page on calls, quote the code and the scenarios as
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
	manual := string(readFile(t, "../../docs/how-to/calling-sources.md"))
	var blocks [][]string
	for _, text := range []string{manual, string(readFile(t, "README.md"))} {
		for _, form := range []*regexp.Regexp{goBlock, scenarioBlock} {
			found := form.FindAllStringSubmatch(text, -1)
			if len(found) == 0 {
				t.Errorf("a page quotes nothing as %s", form)
			}
			blocks = append(blocks, found...)
		}
	}
	if lines := fmt.Sprintf("`api.go`, %d lines", bytes.Count(readFile(t, "api.go"), []byte("\n"))); !strings.Contains(manual, lines) {
		t.Errorf("the manual does not say %q", lines)
	}
	for _, block := range blocks {
		if !strings.Contains(sources.String(), block[1]) {
			t.Errorf("no file has what a page quotes:\n%s", block[1])
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
