//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// A program is a command line to run in a folder.
type program struct {
	dir  string
	args []string
	env  []string // in addition to that of this process
}

// run runs a program until it ends, and returns its resource usage and output. It must succeed.
func (p program) run(ctx context.Context) (usage, []byte, error) {
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, p.args[0])
	cmd.Stdout, cmd.Stderr = &out, &errs
	process, err := p.start(cmd)
	if err != nil {
		return usage{}, nil, err
	}
	u, err := process.wait()
	if err != nil {
		return usage{}, nil, fmt.Errorf("%s: %w\n%s", p, err, bytes.TrimSpace(append(out.Bytes(), errs.Bytes()...)))
	}
	return u, out.Bytes(), nil
}

// String returns the program's name with its first argument.
func (p program) String() string {
	return strings.Join(append([]string{filepath.Base(p.args[0])}, p.args[1:min(2, len(p.args))]...), " ")
}

// A runner runs once and returns its measurement.
type runner[T any] func(context.Context) (T, error)

// after returns a runner of the program that calls a function before each run.
func (p program) after(prepare func() error) runner[usage] {
	return func(ctx context.Context) (usage, error) {
		if err := prepare(); err != nil {
			return usage{}, err
		}
		return p.once(ctx)
	}
}

// once is the runner of the program.
func (p program) once(ctx context.Context) (usage, error) {
	u, _, err := p.run(ctx)
	return u, err
}

// inTurns lets runners take turns, and returns the measurements of each. The first round does not
// count.
func inTurns[T any](ctx context.Context, rounds int, runners ...runner[T]) ([][]T, error) {
	all := make([][]T, len(runners))
	for round := range rounds + 1 {
		for i, run := range runners {
			measured, err := run(ctx)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				all[i] = append(all[i], measured)
			}
		}
	}
	return all, nil
}
