package goname

import (
	"go/token"
	"slices"
)

// CanImport reports whether a package with a name can be imported.
func CanImport(packageName string) bool {
	return token.IsIdentifier(packageName) && !slices.Contains(Unimportable(), packageName)
}

// Unimportable returns the package names that Go cannot import. Go treats the files of a package
// documentation as comments, and builds none of them.
func Unimportable() []string { return []string{"_", "documentation", "init", "main"} }
