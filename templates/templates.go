// Package templates holds the files that are taken over as they stand: the SDK, which
// generated packages use, the project that conngen init writes, and the JavaScript of the
// bundles that conngen pack makes.
package templates

import (
	"embed"
	"io/fs"
)

// GoVersion is the oldest Go that generated code and the SDK compile with.
const GoVersion = "1.24"

// GoImage is the release of Go in the images and workflows of new projects. It must be recent: old
// releases get no fixes.
const GoImage = "1.26.11"

// SDKVersion is the version of the SDK, which generated code asserts: version.go has a
// constant that is called after it, and keeps those of older versions.
const SDKVersion = 3

// SDKPath is the import path of the SDK here.
const SDKPath = "github.com/conngen/conngen/templates/sdk"

//go:embed sdk/*.go sdk/*/*.go sdk/internal/*/*.go project bundle/*.js
var files embed.FS

// SDK returns the sources of package sdk and its sub-packages, their tests included.
func SDK() fs.FS { return sub("sdk") }

// Project returns the templates of a new project.
func Project() fs.FS { return sub("project") }

// Bundle returns the JavaScript of bundles.
func Bundle() fs.FS { return sub("bundle") }

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // the name is a constant
	}
	return f
}
