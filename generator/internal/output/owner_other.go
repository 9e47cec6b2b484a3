//go:build !unix

package output

import (
	"io/fs"
	"os"
)

// keepOwner is for systems that give a file the owner of its folder.
func keepOwner(*os.File, fs.FileInfo) {}
