//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// launchWord is the first argument that makes this program the launcher of another.
const launchWord = "launch"

// reportFile is the file descriptor on which a launcher reports.
const reportFile = 3

// usage is the resource usage of a process, including the processes that it waited for.
type usage struct {
	Wall, User, System float64 // seconds
	Peak               float64 // bytes, of the largest one
}

func (u usage) wall() float64 { return u.Wall }
func (u usage) user() float64 { return u.User }
func (u usage) cpu() float64  { return u.User + u.System }
func (u usage) peak() float64 { return u.Peak }

// launch runs a command line, reports its resource usage, and returns its exit code. It needs a
// separate process, since the system includes the memory of the starting process in the started
// one's peak.
func launch(args []string) int {
	signals := make(chan os.Signal, 1) // the process gets them, too, and ends
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	started := time.Now()
	err := cmd.Run()
	took := time.Since(started)
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	report := os.NewFile(reportFile, "report")
	if err := json.NewEncoder(report).Encode(usageOf(cmd.ProcessState, took)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	return cmd.ProcessState.ExitCode()
}

// usageOf returns the resource usage of a finished process.
func usageOf(state *os.ProcessState, wall time.Duration) usage {
	u := usage{Wall: wall.Seconds(), User: state.UserTime().Seconds(), System: state.SystemTime().Seconds()}
	if r, ok := state.SysUsage().(*syscall.Rusage); ok {
		u.Peak = float64(r.Maxrss)
		if runtime.GOOS != "darwin" && runtime.GOOS != "ios" {
			u.Peak *= 1024 // in KiB on other systems
		}
	}
	return u
}

// launched is a process started by a launcher.
type launched struct {
	cmd    *exec.Cmd
	report *os.File
}

// start starts a program through a launcher, in its own process group, since programs such as the
// original's dev server start others.
func (p program) start(cmd *exec.Cmd) (launched, error) {
	self, err := os.Executable()
	if err != nil {
		return launched{}, err
	}
	report, write, err := os.Pipe()
	if err != nil {
		return launched{}, err
	}
	defer write.Close()
	cmd.Path, cmd.Args = self, append([]string{self, launchWord}, p.args...)
	cmd.Dir, cmd.Env = p.dir, append(append(os.Environ(), "GOWORK=off"), p.env...)
	cmd.ExtraFiles = []*os.File{write}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		report.Close()
		return launched{}, err
	}
	return launched{cmd, report}, nil
}

// wait waits until the process has ended, and returns its resource usage.
func (l launched) wait() (usage, error) {
	defer l.report.Close()
	var u usage
	decodeErr := json.NewDecoder(l.report).Decode(&u)
	if err := l.cmd.Wait(); err != nil {
		return u, err
	}
	return u, decodeErr
}
