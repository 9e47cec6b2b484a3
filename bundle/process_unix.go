//go:build unix

package bundle

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes the end of a command's context end all processes that the command has started.
func ownGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}

// inherit keeps a lock held while a command runs, even if this process is killed.
func inherit(command *exec.Cmd, lock *os.File) {
	if lock != nil {
		command.ExtraFiles = []*os.File{lock}
	}
}
