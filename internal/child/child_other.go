//go:build !unix

package child

import (
	"os"
	"os/exec"
)

// OwnGroup does nothing: this system has no process groups, so programs that a command started end
// on their own.
func OwnGroup(*exec.Cmd) {}

// EndGroup does nothing, like OwnGroup.
func EndGroup(*exec.Cmd) {}

// Inherit does nothing: on this system, processes do not inherit locks.
func Inherit(*exec.Cmd, *os.File) {}

// terminate ends the program at once: this system has no signals.
func terminate(p *os.Process) error { return p.Kill() }
