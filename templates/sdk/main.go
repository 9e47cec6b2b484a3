package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/printable"
)

// Exit codes of [Connector.Execute].
const (
	exitOK     = 0
	exitFailed = 1 // the command, the server, the self test or the check of a config failed
	exitUsage  = 2 // arguments or files that cannot be used, standard output among them
)

// A program is one run of the connector from the command line.
type program struct {
	name           string
	operands       []string // arguments besides flags
	stdin          io.Reader
	stdout, stderr io.Writer
}

// Execute runs the connector with command line arguments, the program's name
// first, until ctx ends, and returns the exit code: 0, 1 when the command, the
// server, the self test or the check of a config failed, 2 for unusable arguments or
// files.
func (c *Connector) Execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	return c.runProgram(ctx, program{name: name, stdin: os.Stdin, stdout: stdout, stderr: stderr}, args[1:])
}

// runProgram runs the program with the arguments that follow its name, and returns the exit code.
func (c *Connector) runProgram(ctx context.Context, p program, args []string) int {
	out := &output{w: p.stdout}
	p.stdout = out
	err := c.execute(ctx, p, args)
	if lost := out.failure(); lost != nil {
		err = lost
	}
	if err == nil {
		return exitOK
	}
	written := aside(func() { p.printError(err) })
	select {
	case <-written:
	case <-ctx.Done():
		briefly(written)
	}
	var unusable usageError
	if errors.As(err, &unusable) {
		return exitUsage
	}
	return exitFailed
}

// An output is standard output. A program whose output gets lost has failed, whatever else it does.
type output struct {
	w io.Writer

	mu  sync.Mutex
	err error // the first one
}

func (o *output) Write(text []byte) (int, error) {
	n, err := o.w.Write(text)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.err == nil {
			o.err = err
		}
	}
	return n, err
}

// failure returns why output got lost, nil if none did.
func (o *output) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		return nil
	}
	return unusable(fmt.Errorf("standard output: %w", causeOf(o.err)))
}

// execute runs the verb that the arguments begin with; serve if they begin with a flag.
func (c *Connector) execute(ctx context.Context, p program, args []string) error {
	name := "serve"
	switch {
	case len(args) == 0:
	case isHelp(args[0]):
		return c.help(p, args[1:])
	case args[0] == "-"+versionVerb || args[0] == "--"+versionVerb:
		name, args = versionVerb, args[1:]
	case !strings.HasPrefix(args[0], "-"):
		name, args = args[0], args[1:]
	}
	v, ok := verbNamed(name)
	if !ok {
		return c.unknownVerb(p, name)
	}
	flags := newFlags()
	run := v.prepare(c, flags)
	operands, err := parse(p, flags, v, args)
	switch {
	case errors.Is(err, errHelp):
		return c.printHelp(p, v)
	case err != nil:
		return misuse(err, v.name)
	}
	p.operands = operands
	return run(ctx, p)
}

// printError prints an error: one line, and where it says so a second one that names the help to
// read.
func (p program) printError(err error) {
	text := p.name + ": " + printable.Text(err.Error()) + "\n"
	var unusable usageError
	if errors.As(err, &unusable) && unusable.help != "" {
		text += "   help: " + p.name + " " + unusable.help + "\n"
	}
	_, _ = io.WriteString(p.stderr, text)
}

// aside starts a write and does not wait for it. A write to a pipe that nobody reads never ends, and
// a program that was told to stop must exit all the same.
func aside(write func()) (ended <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		write()
	}()
	return done
}

// briefly waits for a write, but not long: it may be stuck.
func briefly(ended <-chan struct{}) {
	select {
	case <-ended:
	case <-time.After(50 * time.Millisecond):
	}
}

// A usageError is a failure of the caller's, not of the connector.
type usageError struct {
	error
	help string // the arguments of the help to read; "" for none
}

func (e usageError) Unwrap() error { return e.error }

// unusable returns the error of arguments or files that cannot be used.
func unusable(err error) error { return usageError{error: err} }

// misuse returns the error of a command line that does not fit a verb, whose help says what does.
func misuse(err error, verb string) error { return usageError{err, "help " + verb} }

// leaving is how long a command may take to end after its context ends.
const leaving = 750 * time.Millisecond

// errInterrupted is the cause when an interrupt ends the context of a command run by invoke.
var errInterrupted = errors.New("interrupted")

// interruptible calls run, whose context ends with ctx. If run does not return soon after that,
// interruptible returns without it.
func interruptible(ctx context.Context, run func(context.Context) error) error {
	running, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	ended := make(chan error, 1)
	go func() { ended <- run(running) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		cancel(errInterrupted)
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(leaving):
		return fmt.Errorf("%w: the command did not end", errInterrupted)
	}
}
