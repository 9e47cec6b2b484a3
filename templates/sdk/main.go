package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The defaults of serve. ISC runs far fewer commands at once, and a small machine can run so many.
const (
	defaultAddr     = "localhost:3000"
	defaultGrace    = 10 * time.Second
	defaultCommands = 256
)

// usage returns how to call the program.
func usage(name string) string {
	return fmt.Sprintf(usageText, name, defaultAddr, defaultGrace, defaultCommands)
}

const usageText = `usage: %[1]s [serve] [--addr %[2]s] [--auth-token-file FILE] [--tls-cert FILE --tls-key FILE]
                [--allow-host NAME]... [--grace %[3]v] [--max-commands %[4]d]
       %[1]s invoke COMMAND [--input JSON|@FILE] [--config FILE]
       %[1]s selftest [--config FILE] [--write] [--create FILE] [--update FILE] [--check ID]... [--limit N]
                [--timeout TIME] [--url URL]
       %[1]s spec

serve answers commands over HTTP: POST {"type","input","config"} to any path. On
addresses that other hosts can reach, callers must send a token; it is read from the
file or from CONNECTOR_AUTH_TOKEN. --insecure-no-auth requires none, for the hosts of
--allow-host. A server that requires no token accepts only requests to localhost, to
the host of --addr or to a name that --allow-host gives, and only from web pages of
such hosts: a web page can make its own name lead to this machine. GET /healthz
answers while the server is up. Commands over the limit of --max-commands (0 for no
limit) get status 503. An interrupt or SIGTERM stops the server: running commands have
the time of --grace to end, and are then cancelled. The server exits with 0, or with 1
if a command does not end within another second. A second signal ends it at once.
invoke runs one command and prints its lines.
selftest checks that the connector does what the protocol and its spec say, on
the source of the config; only with --write does it change accounts there. New
accounts get what the create template sends; --create has a JSON object of attributes
to send besides, or in place of values that are made up ($(n) in a text is another one
each time). --update has a JSON object of attributes and the values to set. null leaves
an attribute out. With --url it asks a server, such as the dev server with the
connector's bundle.
spec prints connector-spec.json.
`

// Exit codes of [Connector.Execute].
const (
	exitOK     = 0
	exitFailed = 1 // the command, the server or the self test failed
	exitUsage  = 2 // arguments or files that cannot be used
)

// Execute runs the connector with command line arguments, the program's name
// first, until ctx ends, and returns the exit code: 0, 1 when the command, the
// server or the self test failed, 2 for unusable arguments.
func (c *Connector) Execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	name, verb, rest := filepath.Base(args[0]), "serve", args[1:]
	if len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		verb, rest = rest[0], rest[1:]
	}
	flags := flag.NewFlagSet(name+" "+verb, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error is printed below, once
	flags.Usage = func() { _, _ = io.WriteString(stderr, usage(name)) }
	var err error
	switch verb {
	case "serve":
		err = c.serve(ctx, flags, rest, stderr)
	case "invoke":
		err = interruptible(ctx, func(ctx context.Context) error { return c.invoke(ctx, flags, rest, stdout, stderr) })
	case "selftest":
		err = c.selfTestCommand(ctx, flags, rest, stdout)
	case "spec":
		if err = parse(flags, rest); err == nil {
			_, err = io.WriteString(stdout, strings.TrimSuffix(c.spec.JSON, "\n")+"\n")
		}
	default:
		flags.Usage()
		err = usageError{fmt.Errorf("unknown command %q", verb)}
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	written := aside(func() { fmt.Fprintf(stderr, "%s: %v\n", name, err) })
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
type usageError struct{ error }

func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return usageError{err}
}

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

// invoke runs one command from the shell and prints the lines that a server
// would send. Members of the input that look misspelt are hints on stderr.
func (c *Connector) invoke(ctx context.Context, flags *flag.FlagSet, args []string, stdout, stderr io.Writer) error {
	input := flags.String("input", "{}", "the command's input: JSON, or @FILE")
	config := flags.String("config", "", "file with the source's config")
	command := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		command, args = args[0], args[1:]
	}
	if err := parse(flags, args); err != nil {
		return err
	}
	if command == "" {
		flags.Usage()
		return usageError{errors.New("invoke needs a command, such as std:test-connection, as its first argument")}
	}
	req := Request{Type: Command(command), Input: json.RawMessage(*input)}
	var err error
	if file, ok := strings.CutPrefix(*input, "@"); ok {
		if req.Input, err = readJSON(file); err != nil {
			return err
		}
	}
	if !json.Valid(req.Input) {
		return usageError{errors.New("--input is not JSON")}
	}
	if *config != "" {
		if req.Config, err = readJSON(*config); err != nil {
			return err
		}
	}
	for _, m := range c.misspelt(req) {
		fmt.Fprintf(stderr, "hint: %s has no member %q: did you mean %q?\n", m.in, m.name, m.meant)
	}
	return c.Run(ctx, req, func(b []byte) error {
		_, err := stdout.Write(b)
		return err
	})
}

func readJSON(file string) (json.RawMessage, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError{err}
	}
	if !json.Valid(text) {
		return nil, usageError{fmt.Errorf("%s is not JSON", file)}
	}
	return text, nil
}
