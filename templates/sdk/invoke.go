package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/nearest"
	"github.com/conngen/conngen/templates/sdk/internal/printable"
)

const invokeText = `invoke runs one command and prints the lines that a server would send. The error of a
command that fails goes to standard error, and the exit code is 1. An interrupt cancels
the command.
`

// invocationFlags are the flags of invoke.
type invocationFlags struct{ input, config string }

// invoke runs one command from the shell and prints the lines that a server
// would send. Members of the input that look misspelt are hints on stderr.
func (c *Connector) invoke(flags *flag.FlagSet) func(context.Context, program) error {
	f := invocationFlags{input: "{}"}
	textVar(flags, &f.input, "input", "`JSON` the command's input, or @FILE")
	fileVar(flags, &f.config, "config", "`FILE` the source's config")
	return func(ctx context.Context, p program) error {
		return interruptible(ctx, func(ctx context.Context) error { return c.invokeCommand(ctx, p, f) })
	}
}

func (c *Connector) invokeCommand(ctx context.Context, p program, f invocationFlags) error {
	if len(p.operands) == 0 {
		return misuse(fmt.Errorf("invoke lacks a command, such as %s", c.exampleCommand()), "invoke")
	}
	command := p.operands[0]
	if !slices.Contains(c.commands(), command) {
		return c.unknownCommand(command)
	}
	req := Request{Type: Command(command)}
	var err error
	if req.Input, err = readInput(f.input); err != nil {
		return unusable(err)
	}
	if f.config != "" {
		if req.Config, err = readJSON(f.config); err != nil {
			return unusable(err)
		}
	}
	for _, m := range c.misspelt(req) {
		fmt.Fprintf(p.stderr, "hint: %s has no member %q: did you mean %q?\n", m.in, m.name, m.meant)
	}
	return f.explain(c.Run(ctx, req, func(b []byte) error {
		_, err := p.stdout.Write(b)
		return err
	}))
}

// explain adds to the error of a command which flag or file to look at, if the command had not what
// it needs.
func (f invocationFlags) explain(err error) error {
	var wrong *ConfigError
	switch configured := errors.As(err, &wrong); {
	case configured && f.config == "":
		return unusable(fmt.Errorf("%w; pass a config with --config FILE", err))
	case configured:
		return unusable(fmt.Errorf("%w (in %s)", err, printable.Name(f.config)))
	case errors.Is(err, errNoObject):
		return unusable(fmt.Errorf(`%w; pass one with --input '{"identity":"ID"}'`, err))
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
	problem := fmt.Sprintf("unknown command %q", name)
	if near := c.commandNear(name); near != "" {
		problem += fmt.Sprintf(": did you mean %q?", near)
	} else {
		problem += ": the connector does not answer it"
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

// readInput reads the value of --input.
func readInput(text string) (json.RawMessage, error) {
	if file, ok := strings.CutPrefix(text, "@"); ok {
		if file == "" {
			return nil, errors.New("--input: @ lacks the name of a file")
		}
		return readJSON(file)
	}
	if problem := jsonProblem([]byte(text)); problem != "" {
		if isRegular(text) {
			problem += fmt.Sprintf("; to read the file, put @ before its name: --input @%s", printable.Name(text))
		}
		return nil, errors.New("--input " + problem)
	}
	return json.RawMessage(text), nil
}

// jsonProblem says why a text is not JSON, and where; it returns "" for JSON. It shows nothing of
// the text, which may be a secret.
func jsonProblem(text []byte) string {
	var syntax *json.SyntaxError
	switch err := json.Unmarshal(text, new(json.RawMessage)); {
	case err == nil:
		return ""
	case len(strings.TrimSpace(string(text))) == 0:
		return "is empty"
	case jsontext.Malformed(err) != jsontext.ErrNotJSON || !errors.As(err, &syntax):
		return jsontext.Malformed(err).Error()
	case strings.HasPrefix(err.Error(), "unexpected end"):
		return jsontext.ErrNotJSON.Error() + ": it ends too early"
	default:
		before := string(text[:max(syntax.Offset-1, 0)])
		line := strings.Count(before, "\n") + 1
		column := len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1
		return fmt.Sprintf("%v: see line %d, column %d", jsontext.ErrNotJSON, line, column)
	}
}
