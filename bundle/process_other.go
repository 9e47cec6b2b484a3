//go:build !unix

package bundle

import (
	"os"
	"os/exec"
)

// ownGroup does nothing: this system has no process groups, so programs that a command has started
// end by themselves.
func ownGroup(*exec.Cmd) {}

// inherit does nothing: on this system, processes do not inherit locks.
func inherit(*exec.Cmd, *os.File) {}
