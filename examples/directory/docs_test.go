package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestReadme: the README quotes the code as it is.
func TestReadme(t *testing.T) {
	t.Parallel()
	var sources strings.Builder
	for _, name := range handWritten(t) {
		sources.Write(readFile(t, name))
	}
	blocks := goBlock.FindAllStringSubmatch(string(readFile(t, "README.md")), -1)
	if len(blocks) == 0 {
		t.Fatal("the README quotes no code")
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
