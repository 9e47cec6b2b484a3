//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A scene is a command to run repeatedly, each time in a folder reset to the same state.
type scene struct {
	name   string
	root   string // folder with everything that the command may touch, such as its temporary folder tmp
	dir    string // working folder, relative to root
	args   []string
	before tree // files at the start
	after  tree // files at the end of an undisturbed run

	limited bool // maximum size of files that the command can write
	limit   int

	took   time.Duration // undisturbed
	events int           // changes to files, undisturbed
}

// A result is how a command ended.
type result struct {
	code   int    // exit code; -1 when a signal ended it
	output string // both streams
	took   time.Duration
}

// command prepares conngen in the scene's folder, in a process group of its own.
func (t *torture) command(ctx context.Context, s *scene) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(ctx, t.conngen, s.args...)
	if s.limited {
		const blockSize = 512 // of the shell's ulimit
		script := fmt.Sprintf("ulimit -f %d; exec \"$0\" \"$@\"", s.limit/blockSize)
		cmd = exec.CommandContext(ctx, "sh", append([]string{"-c", script, t.conngen}, s.args...)...)
	}
	cmd.Dir = filepath.Join(s.root, s.dir)
	cmd.Env = append(os.Environ(), "TMPDIR="+filepath.Join(s.root, "tmp"), "GOFLAGS=-trimpath", "GOWORK=off")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 10 * time.Second // the go command may live on and hold the pipe
	output := new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = output, output
	return cmd, output
}

// run runs a scene's command until it ends.
func (t *torture) run(ctx context.Context, s *scene) (result, error) {
	cmd, output := t.command(ctx, s)
	started := time.Now()
	err := cmd.Run()
	r := result{cmd.ProcessState.ExitCode(), strings.TrimSpace(output.String()), time.Since(started)}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return r, err
	}
	return r, ctx.Err()
}

// rehearse runs a scene undisturbed, and records what it does and how long it takes.
func (t *torture) rehearse(ctx context.Context, s *scene) error {
	s.root = filepath.Join(t.work, "scene")
	s.before = s.before.with("tmp/", "")
	for i := range 3 {
		if err := s.reset(); err != nil {
			return err
		}
		w, err := watch(s.root)
		if err != nil {
			return err
		}
		r, err := t.run(ctx, s)
		w.close()
		if err != nil {
			return err
		}
		if r.code != 0 {
			return errors.New(s.name + ": " + r.output)
		}
		if i == 0 || r.took < s.took {
			s.took = r.took
		}
		s.events = w.count()
	}
	var err error
	s.after, err = readTree(s.root)
	return err
}

// reset resets the scene's folder to its initial state.
func (s *scene) reset() error {
	if err := os.MkdirAll(s.root, 0o755); err != nil {
		return err
	}
	return s.before.restore(s.root)
}

// endGroup waits a few seconds for the processes that a command has started, and then kills the
// remaining ones.
func endGroup(leader int) {
	for range 500 {
		if syscall.Kill(-leader, 0) != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = syscall.Kill(-leader, syscall.SIGKILL)
}
