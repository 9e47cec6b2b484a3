//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package output

import (
	"errors"
	"os"
)

// tryLock is for systems without such locks.
func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }
