package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/nearest"
)

const invokeText = `invoke runs one command and prints the lines that a server would send. The error of a
command that fails goes to standard error, and the exit code is 1. An interrupt cancels
the command.

` + givenText

// invocationFlags are the flags of invoke.
type invocationFlags struct{ input, config givenJSON }

// invoke runs one command from the shell and prints the lines that a server
// would send. Members of the input that look misspelt are hints on stderr.
func (c *Connector) invoke(flags *flag.FlagSet) func(context.Context, program) error {
	f := new(invocationFlags)
	jsonVar(flags, &f.config, "config", "`FILE` the source's config")
	jsonVar(flags, &f.input, "input", "`FILE` the command's input; without it, {}")
	return func(ctx context.Context, p program) error {
		return interruptible(ctx, func(ctx context.Context) error { return c.invokeCommand(ctx, p, f) })
	}
}

func (c *Connector) invokeCommand(ctx context.Context, p program, f *invocationFlags) error {
	if len(p.operands) == 0 {
		return misuse(fmt.Errorf("invoke needs a command, such as %s", c.exampleCommand()), "invoke")
	}
	command := p.operands[0]
	if !slices.Contains(c.commands(), command) {
		return c.unknownCommand(command)
	}
	if err := readGiven("invoke", p.stdin, &f.config, &f.input); err != nil {
		return err
	}
	req := Request{Type: Command(command), Config: f.config.text, Input: f.input.text}
	if req.Input == nil {
		req.Input = json.RawMessage("{}")
	}
	if err := c.checkKinds(req, f); err != nil {
		return err
	}
	for _, m := range c.misspelt(req) {
		fmt.Fprintf(p.stderr, "hint: %s has no member %q; did you mean %q?\n", m.in, m.name, m.meant)
	}
	return f.explain(c.Run(ctx, req, func(b []byte) error {
		_, err := p.stdout.Write(b)
		return err
	}))
}

// checkKinds refuses a config that is not an object, and such an input where the command's type has
// members. A command of the connector's own may read anything.
func (c *Connector) checkKinds(req Request, f *invocationFlags) error {
	if err := f.config.mustBeObject(); err != nil {
		return err
	}
	if c.inputOf(req) == nil {
		return nil
	}
	return f.input.mustBeObject()
}

// explain adds to the error of a command which flag or file to look at, if the command had not what
// it needs.
func (f *invocationFlags) explain(err error) error {
	var wrong *ConfigError
	switch configured := errors.As(err, &wrong); {
	case configured && f.config.value == "":
		return misuse(fmt.Errorf("%w; pass a config with --config FILE", err), "invoke")
	case configured:
		return unusable(fmt.Errorf("%w (in %s)", err, f.config.source()))
	case errors.Is(err, errNoObject):
		return misuse(fmt.Errorf(`%w; pass one with --input '{"identity":"ID"}'`, err), "invoke")
	}
	return err
}

// commands returns the commands that the connector answers, in order.
func (c *Connector) commands() []string {
	names := []string{string(stdSpecRead)}
	for command := range c.handlers {
		names = append(names, string(command))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// exampleCommand returns a command to begin with, which needs no input. Only std:spec:read, which
// every connector answers, needs no config either.
func (c *Connector) exampleCommand() Command {
	for _, command := range []Command{"std:test-connection", cmdAccountList} {
		if _, ok := c.handlers[command]; ok {
			return command
		}
	}
	return stdSpecRead
}

// unknownCommand returns the error of a command that the connector does not answer.
func (c *Connector) unknownCommand(name string) error {
	problem := "unknown command " + quotedArg(name)
	if near := c.commandNear(name); near != "" {
		problem += "; did you mean " + near + "?"
	} else {
		problem += "; the connector does not answer it"
	}
	return misuse(errors.New(problem), "invoke")
}

// commandNear returns the connector's command that name is probably a misspelling of; "" if none
// is near. Each part between colons must be near: std:account:enable is not a misspelt
// std:account:delete.
func (c *Connector) commandNear(name string) string {
	meant := nearest.Name(name, c.commands())
	parts, others := strings.Split(name, ":"), strings.Split(meant, ":")
	if len(parts) != len(others) {
		return meant
	}
	for i, part := range parts {
		if part != others[i] && nearest.Name(part, others[i:i+1]) == "" {
			return ""
		}
	}
	return meant
}
