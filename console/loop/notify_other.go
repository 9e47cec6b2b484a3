//go:build !linux

package loop

// cannotNotify says why the system does not report changes in a folder.
func cannotNotify(string) (reason string) { return "" }
