//go:build !linux

package found

import "os"

// OpenFolder opens a folder below another one, which must be listed as a folder, or be ".".
func OpenFolder(root *os.Root, name string) (Folder, error) { return openRooted(root, name) }
