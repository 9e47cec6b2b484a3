package main

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestLicenses: every work in this platform's program is listed once, with a licence. Modules for
// other platforms only may be missing on this machine.
func TestLicenses(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	root := filepath.Join("..", "..")
	c, err := readConfig(root)
	if err != nil {
		t.Fatal(err)
	}
	here := runtime.GOOS + "/" + runtime.GOARCH
	if err := printLicenses(&b, root, c.Builds[0].Main, []string{here, here}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, name := range []string{"The Go programming language", "github.com/spf13/cobra v", "Preact and htm"} {
		if n := strings.Count(text, "=\n"+name); n != 1 {
			t.Errorf("%q is there %d times", name, n)
		}
	}
	for _, part := range []string{"Copyright 2009 The Go Authors.", "Copyright (c) 2015-present Jason Miller", "Apache License"} {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q", part)
		}
	}
	for _, other := range []string{"github.com/conngen/conngen", "github.com/rogpeppe/go-internal/testscript", "go-sarif"} {
		if strings.Contains(text, other) {
			t.Errorf("it says %q", other)
		}
	}
}

func TestNoLicense(t *testing.T) {
	t.Parallel()
	if texts, err := licensesIn(t.TempDir()); err != nil || len(texts) > 0 {
		t.Errorf("%q, %v", texts, err)
	}
}
