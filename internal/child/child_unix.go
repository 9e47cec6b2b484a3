//go:build unix

package child

import (
	"os"
	"os/exec"
	"syscall"
)

// OwnGroup makes the end of a command's context end all processes that the command has started. It
// gives the command its own session without a terminal, so a password prompt of git or ssh fails.
// In a group of the same session the prompt would be stopped, and conngen would wait for it.
func OwnGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}

// EndGroup ends the processes that a command with its own group left behind.
func EndGroup(command *exec.Cmd) { _ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }

// Inherit keeps a lock held while a command runs, even if this process is killed.
func Inherit(command *exec.Cmd, lock *os.File) {
	if lock != nil {
		command.ExtraFiles = []*os.File{lock}
	}
}

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
