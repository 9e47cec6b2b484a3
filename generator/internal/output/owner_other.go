//go:build !unix

package output

import (
	"io/fs"
	"os"
)

// keepOwner does nothing: this system has no Unix owners.
func keepOwner(*os.File, fs.FileInfo) error { return nil }
