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

// The tests of the SDK stay out, which are longer than it is. A pattern has no way to say so: these
// are, for each folder, the names that do not end in t, in st, in est and in _test, as far as there
// are such. TestFiles says when a name needs one more.
//
//go:embed sdk/*[^t].go sdk/*[^s]t.go sdk/*[^t]est.go sdk/*[^_]test.go
//go:embed sdk/*/*[^t].go sdk/*/*[^s]t.go sdk/*/*[^t]est.go sdk/*/*[^_]test.go
//go:embed sdk/internal/*/*[^t].go sdk/internal/*/*[^s]t.go sdk/internal/*/*[^t]est.go
//go:embed project bundle/*.js
var files embed.FS

// SDK returns the sources of package sdk and its sub-packages, without their tests.
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
