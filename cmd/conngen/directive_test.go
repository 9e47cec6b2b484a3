package main

import (
	"slices"
	"strings"
	"testing"
)

// FuzzDirective: whatever a line of Go is, only one that runs conngen generate is a directive,
// and its flags and arguments are words of the line.
func FuzzDirective(f *testing.F) {
	for _, line := range []string{
		"//go:generate conngen generate", "//go:generate go run github.com/conngen/conngen/cmd/conngen@latest generate --out=api -- ./spec.json",
		"//go:generate conngen generate --out", "//go:generate conngen generate --package -x --unknown=1 a b", "// go:generate conngen generate", "//go:generate generate", "//go:generate conngen --help generate --out \xff",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		d, ok := parseDirective(line)
		words := strings.Fields(line)
		if !ok {
			return
		}
		if words[0] != "//go:generate" || !slices.Contains(words, "generate") || !strings.Contains(line, "conngen") {
			t.Fatalf("%q is a directive", line)
		}
		for _, arg := range d.args {
			if !slices.Contains(words, arg) {
				t.Errorf("%q has the argument %q", line, arg)
			}
		}
		for name, value := range d.flags {
			if !slices.Contains(settingFlags, name) || !strings.Contains(line, "--"+name) || !strings.Contains(line, value) {
				t.Errorf("%q has --%s %q", line, name, value)
			}
		}
	})
}
