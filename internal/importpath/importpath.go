// Package importpath knows which import paths Go accepts.
package importpath

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/module"
)

// Check refuses paths that Go does not accept for a package. Its error is a reason, which follows
// the path.
func Check(importPath string) error {
	err := module.CheckImportPath(importPath)
	if err == nil {
		return checkMore(importPath)
	}
	reason := wholeReason(importPath)
	for element := range strings.SplitSeq(importPath, "/") {
		if reason == "" {
			reason = elementReason(element)
		}
	}
	if reason == "" { // a rule of a newer Go
		return err
	}
	return errors.New(reason)
}

// checkMore refuses paths that only the go command refuses.
func checkMore(importPath string) error {
	for element := range strings.SplitSeq(importPath, "/") {
		if element == "vendor" {
			return errors.New(`"vendor" is reserved by Go`)
		}
	}
	if last := path.Base(importPath); strings.ContainsRune("~-+", rune(last[0])) {
		return fmt.Errorf("its last element begins with %q", last[0])
	}
	return nil
}

// wholeReason describes the fault of a path as a whole, "" if there is none.
func wholeReason(importPath string) string {
	scheme, _, isURL := strings.Cut(importPath, "://")
	switch {
	case !utf8.ValidString(importPath):
		return "it is not UTF-8"
	case importPath == "":
		return "it is empty"
	case isURL:
		return fmt.Sprintf("it is a URL, with %s://", scheme)
	case importPath[0] == '-':
		return `it begins with "-"`
	case importPath[0] == '/':
		return `it begins with "/"`
	case strings.Contains(importPath, "//"):
		return `it contains "//"`
	case strings.HasSuffix(importPath, "/"):
		return `it ends with "/"`
	}
	return ""
}

// elementReason describes the fault of a path element, "" if there is none.
func elementReason(element string) string {
	base, _, _ := strings.Cut(element, ".")
	other := strings.IndexFunc(element, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~+", r)
	})
	switch {
	case strings.Trim(element, ".") == "":
		return fmt.Sprintf("%q is a relative path", element)
	case other >= 0:
		r, _ := utf8.DecodeRuneInString(element[other:])
		return fmt.Sprintf("%q is not among the characters that Go takes: ASCII letters, digits and -._~+", r)
	case strings.HasSuffix(element, "."):
		return fmt.Sprintf("%q ends with a dot", element)
	case strings.Contains(base, "~"):
		return fmt.Sprintf("%q looks like a short file name of Windows", element)
	case module.CheckImportPath(base) != nil:
		return fmt.Sprintf("Windows reserves the file name %q", base)
	}
	return ""
}
