package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// A screen is what people see of a command, as far as they can choose it.
type screen struct {
	quiet          bool
	color          string // auto, always or never
	stdout, stderr stream
}

// A stream is one of the two that a command writes.
type stream struct {
	*screen
	terminal bool
}

func newScreen(stdout, stderr io.Writer) *screen {
	s := new(screen)
	s.stdout, s.stderr = stream{s, isTerminal(stdout)}, stream{s, isTerminal(stderr)}
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
	flags.BoolVarP(&s.quiet, "quiet", "q", false, "print findings, warnings and errors alone")
	s.color = "auto"
	addChoiceTo(root, flags, choice{"color", &s.color, []string{"auto", "always", "never"}}, "colours: ")
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

// note says what a command has done, in a line on standard error, unless --quiet is given.
func (a app) note(format string, args ...any) {
	if !a.screen.quiet {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}
