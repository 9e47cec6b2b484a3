package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestReadme: the README, and the root's section on calls, quote the code as it is.
func TestReadme(t *testing.T) {
	t.Parallel()
	var sources strings.Builder
	for _, name := range handWritten(t) {
		sources.Write(readFile(t, name))
	}
	_, root, _ := strings.Cut(string(readFile(t, "../../README.md")), "\n## Calls to the source\n")
	root, _, _ = strings.Cut(root, "\n## ")
	here := goBlock.FindAllStringSubmatch(string(readFile(t, "README.md")), -1)
	calls := goBlock.FindAllStringSubmatch(root, -1)
	if len(here) == 0 || len(calls) == 0 {
		t.Fatalf("%d and %d blocks quote code", len(here), len(calls))
	}
	if lines := fmt.Sprintf("`api.go`, %d lines", bytes.Count(readFile(t, "api.go"), []byte("\n"))); !strings.Contains(root, lines) {
		t.Errorf("the root's README does not say %q", lines)
	}
	for _, block := range slices.Concat(here, calls) {
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
