package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// A screen is how much people see of a command's work.
type screen struct {
	quiet, verbose bool
	color          string // auto, always or never
	stdout, stderr stream
	progress       *progress // nil if there is no terminal
}

// A stream is one of the two that a command writes.
type stream struct {
	*screen
	terminal bool
}

func newScreen(stdout, stderr io.Writer, progressDelay time.Duration) *screen {
	s := new(screen)
	s.stdout, s.stderr = stream{s, isTerminal(stdout)}, stream{s, isTerminal(stderr)}
	if s.stderr.terminal && os.Getenv("TERM") != "dumb" {
		s.progress = &progress{terminal: stderr, delay: progressDelay}
	}
	return s
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// add adds the flags that all commands have.
func (s *screen) add(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.BoolVarP(&s.quiet, "quiet", "q", false, "print only findings, warnings and errors")
	flags.BoolVarP(&s.verbose, "verbose", "v", false, "print a line for each spec, new file or step")
	s.color = "auto"
	addChoiceTo(root, flags, choice{"color", "WHEN", &s.color, []string{"auto", "always", "never"}}, "colours: ")
}

// colour reports whether a stream gets colours: as --color says, else as NO_COLOR and FORCE_COLOR
// say, else on terminals.
func (s stream) colour() bool {
	forced := os.Getenv("FORCE_COLOR")
	switch {
	case s.color != "auto":
		return s.color == "always"
	case os.Getenv("NO_COLOR") != "":
		return false
	case forced != "":
		return forced != "0" && forced != "false"
	}
	return s.terminal && os.Getenv("TERM") != "dumb"
}

// working shows on a terminal what the command does from now on, unless --quiet is given. It
// returns a function to call after each of a number of things.
func (a app) working(what string, total int, thing string) (step func()) {
	if a.screen.quiet {
		return func() {}
	}
	return a.screen.progress.begin(what, total, thing)
}

// step is working for a part of a command that takes time. --verbose prints it.
func (a app) step(what string) {
	a.detail("%s", what)
	a.working(what, 0, "")
}

// detail reports what a command did to one of several things, if --verbose is given.
func (a app) detail(format string, args ...any) {
	if a.screen.verbose {
		a.note(format, args...)
	}
}

// note reports what a command did, in a line on standard error, unless --quiet is given.
func (a app) note(format string, args ...any) {
	if !a.screen.quiet {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}
