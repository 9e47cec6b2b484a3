package importpath_test

import (
	"testing"

	"github.com/conngen/conngen/internal/importpath"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for importPath, want := range map[string]string{
		"example.com/x/sdk": "",
		"sdk":               "",
		"example.com/v2":    "",
		"x/vendored":        "",
		"":                  "empty string",
		"example.com//sdk":  "double slash",
		"example.com/sdk/":  "trailing slash",
		"example.com/sdk.":  "trailing dot in path element",
		"-x/sdk":            "leading dash",
		"x/my sdk":          "invalid char ' '",
		"x/größe":           "invalid char 'ö'",
		"x/con":             `"con" disallowed as path element component on Windows`,
		"x/~":               `its last element begins with '~', which the go command refuses`,
		"x/+a":              `its last element begins with '+', which the go command refuses`,
		"x/~a/sdk":          "",
		"x/vendor/sdk":      `"vendor" means something else to Go`,
	} {
		got := ""
		if err := importpath.Check(importPath); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("Check(%q) = %q, want %q", importPath, got, want)
		}
	}
}
