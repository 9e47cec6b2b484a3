package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

// TestManual: the manual says how long api.go is. What pages quote, TestManual of cmd/conngen compares.
func TestManual(t *testing.T) {
	t.Parallel()
	lines := fmt.Sprintf("`api.go`, %d lines", bytes.Count(readFile(t, "api.go"), []byte("\n")))
	if !strings.Contains(string(readFile(t, "../../docs/how-to/calling-sources.md")), lines) {
		t.Errorf("the manual does not say %q", lines)
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
