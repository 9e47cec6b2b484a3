//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package output

import (
	"errors"
	"os"
)

// tryLock fails: this system has no such locks.
func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }
