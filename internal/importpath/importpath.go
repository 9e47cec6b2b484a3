// Package importpath knows the import paths that Go takes.
package importpath

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Check refuses what Go does not take as the path of a package.
func Check(importPath string) error {
	err := module.CheckImportPath(importPath)
	var invalid *module.InvalidPathError
	switch {
	case errors.As(err, &invalid):
		return invalid.Err
	case err != nil:
		return err
	case slices.Contains(strings.Split(importPath, "/"), "vendor"):
		return errors.New(`"vendor" means something else to Go`)
	}
	if last := path.Base(importPath); strings.ContainsRune("~-+", rune(last[0])) {
		return fmt.Errorf("its last element begins with %q, which the go command refuses", last[0])
	}
	return nil
}
