package goname

import (
	"go/token"
	"slices"
)

// CanImport reports whether a package of a name can be imported.
func CanImport(packageName string) bool {
	return token.IsIdentifier(packageName) && !slices.Contains(Unimportable(), packageName)
}

// Unimportable returns the identifiers that Go does not import a package by.
func Unimportable() []string { return []string{"_", "init", "main"} }
