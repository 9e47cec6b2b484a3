package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/settings"
)

// The exit codes.
const (
	exitOK       = 0
	exitFindings = 1 // a spec is wrong, or code has drifted
	exitFailed   = 2 // bad usage, or files that cannot be read or written

	exitSignal = 128 // plus the number of the signal that ended the command
)

// errFindings ends a command that has printed what it found.
var errFindings = errors.New("findings")

// An app is the command line: everything that it touches besides files.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer // in Main, writers that make each line printable

	progressDelay time.Duration // how long a command may work before a terminal says at what

	screen   *screen
	settings *settings.Loader
}

// Main runs a command line and returns the exit code.
func (a app) Main(args []string) int {
	a.settings = newSettingsLoader()
	a.screen = newScreen(a.stdout, a.stderr, a.progressDelay)
	defer a.screen.progress.end()
	a.stdout = printable.Lines(a.screen.progress.before(a.stdout))
	a.stderr = printable.Lines(a.screen.progress.before(a.stderr))
	root := a.root()
	root.SetArgs(args)
	err := root.Execute()
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	}
	a.printError(err)
	if interrupted := (interruption{}); errors.As(err, &interrupted) {
		return interrupted.exitCode()
	}
	return exitFailed
}

func (a app) printError(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // by errors.Join
		for _, e := range joined.Unwrap() {
			a.printError(e)
		}
		return
	}
	w := a.stderr
	if lines := (linesError{}); errors.As(err, &lines) {
		w = printable.Block(w)
	}
	fmt.Fprintf(w, "conngen: %v\n", err)
}

// A linesError has several lines. In other errors, a line end is part of a name.
type linesError struct{ error }

func (e linesError) Unwrap() error { return e.error }

// root is the table of subcommands.
func (a app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "conngen",
		Short: "Go for SailPoint connectors",
		Long: "conngen turns a SailPoint connector-spec.json into Go: a typed package, and a project around it.\n\n" +
			"A PATH is a spec, a folder that holds a connector-spec.json, or DIR/... for all below a folder.\n" +
			"Exit codes: 0 success, 1 findings (a spec is wrong, code has drifted), 2 bad usage or failure. A command\n" +
			"interrupted by SIGINT, SIGTERM or SIGHUP changes nothing and ends by that signal (130, 143, 129 in a shell).",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(a.stdin)
	root.SetOut(printable.Exact(a.stdout)) // help, and scripts for shells
	root.SetErr(printable.Block(a.stderr))
	root.AddCommand(
		a.initCommand(),
		a.generateCommand(),
		a.checkCommand(),
		a.validateCommand(),
		a.stubCommand(),
		a.diffCommand(),
		a.packCommand(),
		a.rulesCommand(),
		a.schemaCommand(),
		a.versionCommand(),
	)
	root.SetFlagErrorFunc(plainFlagError)
	a.screen.add(root)
	return root
}

// writeFindings writes findings of some rules in a format other than JSON.
func (a app) writeFindings(format string, rules []report.Rule, files []report.File) error {
	write, err := report.Format(format, a.reportOptions(rules))
	if err != nil {
		return err
	}
	return write(a.stdout, files)
}

// writeJSON writes the output of a command where that is asked for.
func (a app) writeJSON(format string, out report.Output) error {
	if format != report.JSON {
		return nil
	}
	return report.Write(a.stdout, out)
}

// reportOptions are those of what goes to standard output.
func (a app) reportOptions(rules []report.Rule) report.Options {
	return report.Options{Rules: rules, Colour: a.screen.stdout.colour(), FromRoot: fromRepository()}
}
