//go:build unix

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// groups are the choices for -only, in table order.
var groups = []struct {
	name string
	run  func(*comparison, context.Context) error
}{
	{"generate", (*comparison).generate},
	{"check", (*comparison).check},
	{"rebuild", (*comparison).rebuild},
	{"serve", (*comparison).serve},
	{"bundle", (*comparison).bundles},
	{"size", (*comparison).sizes},
}

// A comparison is one run of the groups.
type comparison struct {
	repository string // folder of the module
	conngen    string // the program to measure; it is built if this is empty
	work       string // temporary folder of the run
	rounds     int    // how often each program runs, besides the run that does not count
	rows       []row
	notes      []string // below the table
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == launchWord {
		os.Exit(launch(os.Args[2:]))
	}
	only := flag.String("only", "", "groups to run, such as generate,check (default: all)")
	rounds := flag.Int("rounds", 11, "how often each program runs")
	conngen := flag.String("conngen", "", "the conngen to measure (default: one built from this repository)")
	write := flag.Bool("write", false, "put the table into docs/performance.md too")
	limit := flag.Duration("timeout", time.Hour, "time limit for all groups")
	flag.Parse()
	if flag.NArg() > 0 || *rounds < 1 {
		fmt.Fprintln(os.Stderr, "peers: it takes no arguments, and one round at least; see -h")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	c := &comparison{conngen: *conngen, rounds: *rounds}
	if err := c.all(ctx, *only, *write); err != nil {
		fmt.Fprintf(os.Stderr, "peers: %v\n", err)
		os.Exit(1)
	}
}

// all runs the groups in a temporary folder, and prints the table.
func (c *comparison) all(ctx context.Context, only string, write bool) error {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	if write && only != "" {
		return errors.New("-write needs all groups; leave out -only")
	}
	out, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.Module.Dir}}", "github.com/conngen/conngen/peers").Output()
	if err != nil {
		return errors.New("run peers in the repository of conngen")
	}
	c.repository = strings.TrimSpace(string(out))
	if c.work, err = os.MkdirTemp("", "conngen-peers-"); err != nil {
		return err
	}
	defer os.RemoveAll(c.work)
	if err := c.build(ctx); err != nil {
		return err
	}
	for _, g := range groups {
		if !slices.Contains(chosen, g.name) {
			continue
		}
		if err := g.run(c, ctx); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return fmt.Errorf("%s was cut off: %w", g.name, cause)
			}
			return fmt.Errorf("%s: %w", g.name, err)
		}
	}
	text := c.text()
	if _, err := os.Stdout.WriteString(text); err != nil || !write {
		return err
	}
	return replaceTable(filepath.Join(c.repository, "docs", "performance.md"), text)
}

// choose returns the names of the groups to run.
func choose(only string) ([]string, error) {
	var names []string
	for _, g := range groups {
		names = append(names, g.name)
	}
	if only == "" {
		return names, nil
	}
	chosen := strings.Split(only, ",")
	for _, name := range chosen {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("unknown group %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	return chosen, nil
}

// text returns the table, with a description of the machine and versions.
func (c *comparison) text() string {
	return markdown(c.rows) + "\n" + strings.Join(append([]string{c.facts()}, c.notes...), " ") + "\n"
}

// compare adds a row that compares a figure of two programs.
func (c *comparison) compare(what string, k kind, ours float64, peer string, other float64) {
	c.rows = append(c.rows, row{what, k, ours, peer, other})
}

// compareUsage adds rows for the median resource usage of two programs.
func (c *comparison) compareUsage(what string, ours []usage, peer string, other []usage) {
	for _, f := range []struct {
		kind   kind
		figure func(usage) float64
	}{{wall, usage.wall}, {cpu, usage.cpu}, {memory, usage.peak}} {
		c.compare(what, f.kind, medianOf(ours, f.figure), peer, medianOf(other, f.figure))
	}
}

// alone adds a row for a figure without a peer.
func (c *comparison) alone(what string, k kind, ours float64) {
	c.rows = append(c.rows, row{what: what, kind: k, ours: ours})
}

// note adds a sentence below the table.
func (c *comparison) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// progress prints on standard error what is being measured.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "peers: "+format+"\n", args...)
}
