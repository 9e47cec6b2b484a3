// Package child starts programs that end together with the programs that they started, and with
// this process.
package child

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// Start starts a command that Wait ends. On Linux, the end of this process ends the command too,
// even if this process is killed. The channel receives the result of [exec.Cmd.Wait].
//
// The system ties the two together by the thread that starts the command, so that thread waits,
// too.
func Start(command *exec.Cmd) (ended <-chan error, err error) {
	endWithParent(command)
	started, result := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			result <- command.Wait()
		}
	}()
	return result, <-started
}

// Terminate asks a program to end. A program that has ended already is not an error.
func Terminate(p *os.Process) error {
	if err := terminate(p); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}
