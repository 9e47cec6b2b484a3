//go:build !unix

package bundle

import (
	"os"
	"os/exec"
)

// ownGroup is for systems without process groups: the programs that a command has started
// end by themselves.
func ownGroup(*exec.Cmd) {}

// inherit is for systems on which no process inherits a lock.
func inherit(*exec.Cmd, *os.File) {}
