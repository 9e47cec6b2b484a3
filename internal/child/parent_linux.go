package child

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the system send a command SIGTERM when the thread that started it ends.
func endWithParent(command *exec.Cmd) {
	if command.SysProcAttr == nil {
		command.SysProcAttr = new(syscall.SysProcAttr)
	}
	command.SysProcAttr.Pdeathsig = syscall.SIGTERM
}
