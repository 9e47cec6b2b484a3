package importpath_test

import (
	"errors"
	"testing"

	"golang.org/x/mod/module"

	"github.com/conngen/conngen/internal/importpath"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for importPath, want := range map[string]string{
		"example.com/x/sdk": "",
		"sdk":               "",
		"example.com/v2":    "",
		"x/vendored":        "",
		"":                  "it is empty",
		"example.com//sdk":  `it contains "//"`,
		"example.com/sdk/":  `it ends with "/"`,
		"example.com/sdk.":  `"sdk." ends with a dot`,
		"-x/sdk":            `it begins with "-"`,
		"x/my sdk":          "' ' is not among the characters that Go takes: ASCII letters, digits and -._~+",
		"x/größe":           "'ö' is not among the characters that Go takes: ASCII letters, digits and -._~+",
		"x/con":             `Windows reserves the file name "con"`,
		"x/~":               `its last element begins with '~'`,
		"x/+a":              `its last element begins with '+'`,
		"x/~a/sdk":          "",
		"x/a~1":             `"a~1" looks like a short file name of Windows`,
		"x/Nul.txt":         `Windows reserves the file name "Nul"`,
		"/x":                `it begins with "/"`,
		"./x":               `"." is a relative path`,
		"x/../y":            `".." is a relative path`,
		"x/\xff":            "it is not UTF-8",
		"https://x.com/y":   "it is a URL, with https://",
		"x/vendor/sdk":      `"vendor" is reserved by Go`,
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

// TestReasons: every reason comes from this package, whatever the fault.
func TestReasons(t *testing.T) {
	t.Parallel()
	parts := []string{"a", ".", "/", "~", "1", "-", "+", " ", ":", "é", "\xff", "con", "vendor"}
	refused := 0
	for number := range 13 * 13 * 13 * 13 {
		importPath := ""
		for rest := number; rest > 0; rest /= len(parts) {
			importPath += parts[rest%len(parts)]
		}
		err := importpath.Check(importPath)
		if err != nil {
			refused++
		}
		var library *module.InvalidPathError
		if errors.As(err, &library) || err == nil && module.CheckImportPath(importPath) != nil {
			t.Errorf("Check(%q) = %v", importPath, err)
		}
	}
	if refused == 0 {
		t.Error("no path is refused")
	}
}
