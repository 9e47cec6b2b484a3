package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
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

// An app is the command line, with everything that it touches except files.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer // in Main, writers that make each line printable

	progressDelay time.Duration // how long a command may work before a terminal shows its progress

	screen   *screen
	settings *settings.Loader
}

// Main runs a command line and returns the exit code.
func (a app) Main(args []string) int {
	a.settings = newSettingsLoader()
	a.screen = newScreen(a.stdout, a.stderr, a.progressDelay)
	defer a.screen.progress.end()
	out := &output{w: a.stdout}
	a.stdout = printable.Lines(a.screen.progress.before(out))
	a.stderr = printable.Lines(a.screen.progress.before(a.stderr))
	root := a.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	if words := root.Flags().Args(); cmd == root && err == nil && len(words) > 0 {
		err = unknownCommand(root, words[0])
	}
	if out.err != nil && (err == nil || errors.Is(err, errFindings)) {
		err = out.err
	}
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	}
	a.printError(err)
	if e, ok := asUsage(err); ok {
		fmt.Fprintln(a.stderr, e.help(cmd))
	}
	if interrupted := (interruption{}); errors.As(err, &interrupted) {
		return interrupted.exitCode()
	}
	return exitFailed
}

// An output is standard output. A command whose output gets lost has failed, whatever else it does.
type output struct {
	w   io.Writer
	err error // the first one
}

func (o *output) Write(text []byte) (int, error) {
	n, err := o.w.Write(text)
	o.err = cmp.Or(o.err, err)
	return n, err
}

func (a app) printError(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // by errors.Join
		for _, e := range joined.Unwrap() {
			a.printError(e)
		}
		return
	}
	err = plain(err)
	w := a.stderr
	if lines := (linesError{}); errors.As(err, &lines) {
		w = printable.Block(w)
	}
	fmt.Fprintf(w, "conngen: %v\n", err)
}

// plain rewords an error of the operating system, such as that of a full disk to which standard
// output goes.
func plain(err error) error {
	inPath, ok := err.(*fs.PathError)
	switch {
	case !ok:
		return found.Working(err)
	case inPath.Path == os.Stdout.Name():
		return fmt.Errorf("standard output: %w", inPath.Err)
	}
	return found.Plain(inPath.Path, err)
}

// A linesError has several lines. In other errors, a line end is part of a name.
type linesError struct{ error }

func (e linesError) Unwrap() error { return e.error }

// root is the command that has the others.
func (a app) root() *cobra.Command {
	var printVersion bool
	root := &cobra.Command{
		Use:   "conngen COMMAND",
		Short: "Go for SailPoint connectors",
		Long: "conngen turns a SailPoint connector-spec.json into Go: a typed package with a\n" +
			"client interface to implement, and a project around it that serves, tests and\n" +
			"packs the connector.\n" +
			"\n" +
			"Begin with a project that runs at once:\n" +
			"\n" +
			"    conngen init hr\n" +
			"    cd hr && go run . serve\n" +
			"\n" +
			"A PATH is a spec, a folder with a connector-spec.json, DIR/... for all specs\n" +
			"below a folder, or - for standard input. The default is the working folder.\n" +
			"DIR/... leaves out what git ignores, hidden folders, node_modules, vendor and\n" +
			"testdata.\n" +
			"\n" +
			"Exit codes: 0 success, 1 findings (a spec is wrong, code does not match its\n" +
			"spec), 2 bad usage or failure. If SIGINT, SIGTERM or SIGHUP interrupts a\n" +
			"command, it changes nothing and ends by that signal (130, 143, 129 in a shell).",
		Example:               "  conngen init hr\n  conngen --version",
		DisableFlagsInUseLine: true,
		SilenceUsage:          true,
		SilenceErrors:         true,
		CompletionOptions:     cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:                  cobra.ArbitraryArgs, // Main reports them
		RunE: func(cmd *cobra.Command, args []string) error {
			if printVersion && len(args) == 0 {
				return a.version("text")
			}
			return cmd.Help()
		},
	}
	root.SetIn(a.stdin)
	root.SetOut(printable.Exact(a.stdout)) // help, and scripts for shells
	root.SetErr(printable.Block(a.stderr))
	root.Flags().BoolVar(&printVersion, "version", false, "print the version")
	root.PersistentFlags().BoolP("help", "h", false, "explain the command")
	root.AddGroup(groups...)
	root.AddCommand(a.commands()...)
	root.SetHelpCommand(a.helpCommand())
	root.SetFlagErrorFunc(flagProblem)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		if cmd.HasParent() || len(cmd.Flags().Args()) == 0 { // else a command is unknown
			printHelp(cmd.OutOrStdout(), cmd)
		}
	})
	a.screen.add(root)
	return root
}

// commands is the table of subcommands, by group.
func (a app) commands() []*cobra.Command {
	var all []*cobra.Command
	for _, group := range []struct {
		id       string
		commands []*cobra.Command
	}{
		{"start", []*cobra.Command{a.initCommand(), a.devCommand()}},
		{"develop", []*cobra.Command{a.generateCommand(), a.stubCommand(), a.validateCommand(), a.diffCommand(), a.docsCommand(), a.exportCommand()}},
		{"ship", []*cobra.Command{a.checkCommand(), a.packCommand()}},
		{"reference", []*cobra.Command{a.rulesCommand(), a.schemaCommand(), a.completionCommand(), a.versionCommand()}},
	} {
		for _, cmd := range group.commands {
			cmd.GroupID = group.id
		}
		all = append(all, group.commands...)
	}
	return all
}

// Commands keep their order, in which people need them.
func init() { cobra.EnableCommandSorting = false }

// writeFindings writes findings of some rules in a format other than JSON.
func (a app) writeFindings(format string, described []rules.Rule, files []report.File) error {
	write, err := report.Format(format, a.reportOptions(described))
	if err != nil {
		return err
	}
	return write(a.stdout, files)
}

// writeJSON writes the output of a command if JSON is asked for.
func (a app) writeJSON(format string, out report.Output) error {
	if format != report.JSON {
		return nil
	}
	return report.Write(a.stdout, out)
}

// reportOptions are those of what goes to standard output.
func (a app) reportOptions(described []rules.Rule) report.Options {
	return report.Options{Rules: described, Colour: a.screen.stdout.colour(), FromRoot: fromRepository()}
}
