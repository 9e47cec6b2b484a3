//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// attacks are the attacks that -only can choose, in the order in which they run.
var attacks = []struct {
	name string
	run  func(*torture, context.Context) error
}{
	{"kills", (*torture).kills},
	{"disk", (*torture).disk},
	{"together", (*torture).together},
	{"leave", (*torture).leave},
	{"readers", (*torture).readers},
	{"slow", (*torture).slow},
	{"bodies", (*torture).bodies},
	{"flood", (*torture).flood},
}

// A torture is one run of the attacks.
type torture struct {
	*report
	scale      float64
	random     *rand.Rand
	repository string // folder of the module
	work       string // temporary folder of the run
	conngen    string // the built command
	server     string // the built misbehaving connector
}

func main() {
	only := flag.String("only", "", "attacks to run, such as kills,flood (default: all)")
	scale := flag.Float64("scale", 1, "share of the rounds to run: 0.1 for a tenth")
	limit := flag.Duration("timeout", 30*time.Minute, "time limit for all attacks")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "seed of the random moments")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "torture: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	t := &torture{report: newReport(os.Stdout, os.Stderr), scale: *scale, random: rand.New(rand.NewPCG(*seed, 0))}
	t.figure("seed", *seed)
	if err := t.all(ctx, *only); err != nil {
		fmt.Fprintf(os.Stderr, "torture: %v\n", err)
		os.Exit(2)
	}
	if t.broken > 0 {
		os.Exit(1)
	}
}

// all builds the programs to attack and runs the attacks in a folder of their own.
func (t *torture) all(ctx context.Context, only string) error {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	started := time.Now()
	if t.work, err = os.MkdirTemp("", "conngen-torture-"); err != nil {
		return err
	}
	defer os.RemoveAll(t.work)
	if err := t.build(ctx); err != nil {
		return err
	}
	for _, a := range attacks {
		if !slices.Contains(chosen, a.name) {
			continue
		}
		if err := a.run(t, ctx); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return fmt.Errorf("%s was cut off: %w", a.name, cause)
			}
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	t.figure("seconds", int(time.Since(started).Seconds()))
	return nil
}

// choose returns the names of the attacks to run.
func choose(only string) ([]string, error) {
	var names []string
	for _, a := range attacks {
		names = append(names, a.name)
	}
	if only == "" {
		return names, nil
	}
	chosen := strings.Split(only, ",")
	for _, name := range chosen {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("unknown attack %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	return chosen, nil
}

// build finds the repository and builds the two programs.
func (t *torture) build(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.Module.Dir}}", "github.com/conngen/conngen/torture").Output()
	if err != nil {
		return errors.New("run torture in the repository of conngen")
	}
	t.repository = strings.TrimSpace(string(out))
	t.conngen, t.server = filepath.Join(t.work, "conngen"), filepath.Join(t.work, "misbehaving")
	for file, pkg := range map[string]string{t.conngen: "./cmd/conngen", t.server: "./torture/misbehaving"} {
		build := exec.CommandContext(ctx, "go", "build", "-o", file, pkg)
		build.Dir, build.Stderr = t.repository, os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("go build %s: %w", pkg, err)
		}
	}
	return nil
}

// rounds returns how many of an attack's rounds to run, at least one.
func (t *torture) rounds(all int) int { return max(1, int(float64(all)*t.scale)) }

// within returns a random time between two others.
func (t *torture) within(from, to time.Duration) time.Duration {
	return from + time.Duration(t.random.Int64N(int64(to-from)+1))
}
