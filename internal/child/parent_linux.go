package child

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the system kill a command when the thread that started it ends. A command may
// ignore SIGTERM, and then nobody is left to kill it.
func endWithParent(command *exec.Cmd) {
	if command.SysProcAttr == nil {
		command.SysProcAttr = new(syscall.SysProcAttr)
	}
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL
}
