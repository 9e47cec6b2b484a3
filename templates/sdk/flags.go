package sdk

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/nearest"
	"github.com/conngen/conngen/templates/sdk/internal/printable"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

// errHelp is the error of arguments that ask for help.
var errHelp = errors.New("help is wanted")

// newFlags returns a set of flags for [parse]. The set's own Parse knows only flags before
// operands, and its messages name Go's functions and no other flag.
func newFlags() *flag.FlagSet {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parse sets the flags of a verb and returns its operands, which may stand among them.
func parse(flags *flag.FlagSet, v verb, args []string) (operands []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			operands = append(operands, args...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			operands = append(operands, arg)
			continue
		}
		if isHelp(arg) {
			return nil, errHelp
		}
		if args, err = setFlag(flags, v, arg, args); err != nil {
			return nil, err
		}
	}
	most := 0
	if v.operand != "" {
		most = 1
	}
	if len(operands) > most {
		return nil, fmt.Errorf("unexpected argument %q%s", operands[most], flagFor(flags, operands[most]))
	}
	return operands, nil
}

// setFlag sets the flag that arg gives, to the first of the arguments after it unless arg has a
// value or needs none. It returns the arguments that are left.
func setFlag(flags *flag.FlagSet, v verb, arg string, args []string) ([]string, error) {
	name, value, given := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
	f := flags.Lookup(name)
	switch {
	case f == nil:
		return nil, unknownFlag(flags, v, name)
	case isBool(f):
		if !given {
			value = "true"
		}
		if _, err := strconv.ParseBool(value); err != nil {
			return nil, fmt.Errorf("--%s: %q is neither true nor false", name, value)
		}
	case !given:
		if len(args) == 0 || isFlag(flags, args[0]) {
			return nil, fmt.Errorf("--%s needs a value: give %s", name, flagSyntax(f))
		}
		value, args = args[0], args[1:]
	}
	if err := f.Value.Set(value); err != nil {
		return nil, fmt.Errorf("--%s: %w", name, err)
	}
	return args, nil
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// isFlag reports whether an argument gives one of the flags, and so is not the value of another.
func isFlag(flags *flag.FlagSet, arg string) bool {
	long, ok := strings.CutPrefix(arg, "--")
	name, _, _ := strings.Cut(long, "=")
	return ok && flags.Lookup(name) != nil
}

// flagSynonyms are words of other programs for our flags.
var flagSynonyms = map[string]string{
	"address": "addr", "bind": "addr", "host": "addr", "listen": "addr", "p": "addr", "port": "addr",
	"auth": "auth-token-file", "auth-token": "auth-token-file", "token": "auth-token-file", "token-file": "auth-token-file",
	"cert": "tls-cert", "certificate": "tls-cert", "key": "tls-key", "private-key": "tls-key", "tls": "tls-cert",
	"body": "input", "d": "input", "data": "input", "i": "input", "json": "input", "payload": "input",
	"c": "config", "conf": "config", "config-file": "config", "configuration": "config",
	"only": "check", "run": "check", "test": "check",
	"endpoint": "url", "server": "url",
}

// unknownFlag returns the error of a flag that a verb does not have. It names another flag, or
// another verb that has it.
func unknownFlag(flags *flag.FlagSet, v verb, name string) error {
	var others, names []string
	for _, other := range verbs() {
		set := newFlags()
		other.prepare(new(Connector), set)
		if set.Lookup(name) != nil {
			others = append(others, other.name)
		}
	}
	if len(others) > 0 {
		return fmt.Errorf("%s has no flag --%s: it belongs to %s", v.name, name, joinAnd(others))
	}
	meant := flagSynonyms[strings.ToLower(name)]
	if flags.Lookup(meant) == nil {
		names = []string{helpVerb}
		flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
		meant = nearest.Name(name, names)
	}
	problem := "unknown flag --" + printable.Name(name)
	switch f := flags.Lookup(meant); {
	case f != nil:
		problem += ": did you mean " + flagSyntax(f) + "?"
	case meant != "":
		problem += ": did you mean --" + meant + "?"
	}
	return errors.New(problem)
}

// flagFor returns a hint at the flag whose value an unexpected argument looks like, or "".
func flagFor(flags *flag.FlagSet, operand string) string {
	name, value := "", " "+printable.Name(operand)
	switch {
	case strings.HasPrefix(operand, "{") || strings.HasPrefix(operand, "@"):
		name, value = "input", ""
	case strings.HasSuffix(operand, ".json"):
		name = "config"
	case slices.Contains(selftest.CheckIDs(), operand):
		name = "check"
	case strings.Trim(operand, "0123456789") == "":
		name, value = "addr", " localhost:"+operand
	case strings.Contains(operand, ":"):
		name = "addr"
	}
	if flags.Lookup(name) == nil {
		return ""
	}
	return fmt.Sprintf(": did you mean --%s%s?", name, value)
}

// A flagValue is the value of a flag: how it is set, and its default.
type flagValue struct {
	set  func(string) error
	text string
}

func (v flagValue) String() string         { return v.text }
func (v flagValue) Set(value string) error { return v.set(value) }

// wholeVar defines a flag for a whole number from least on, which has its default.
func wholeVar(flags *flag.FlagSet, n *int, name string, least int, usage string) {
	flags.Var(flagValue{func(value string) error {
		read, err := strconv.Atoi(value)
		if err != nil || read < least {
			return fmt.Errorf("%q is not a whole number of at least %d", value, least)
		}
		*n = read
		return nil
	}, strconv.Itoa(*n)}, name, usage)
}

// timeVar defines a flag for a time of at least least, which has its default.
func timeVar(flags *flag.FlagSet, d *time.Duration, name string, least time.Duration, usage string) {
	flags.Var(flagValue{func(value string) error {
		read, err := time.ParseDuration(value)
		_, number := strconv.ParseFloat(value, 64)
		switch {
		case err != nil && number == nil:
			return fmt.Errorf("%q lacks a unit: give %ss for seconds, or a time such as 1m30s", value, value)
		case err != nil:
			return fmt.Errorf("%q is not a time: give one such as 10s or 1m30s", value)
		case read < least && least == time.Nanosecond: // the least of any
			return fmt.Errorf("%q is too short: give more than 0s", value)
		case read < least:
			return fmt.Errorf("%q is too short: give at least %v", value, least)
		}
		*d = read
		return nil
	}, strings.Replace(d.String(), "m0s", "m", 1)}, name, usage)
}

// fileVar defines a flag for a file, whose name must not be empty: given an unset shell variable, a
// server would have neither token nor HTTPS.
func fileVar(flags *flag.FlagSet, file *string, name, usage string) {
	flags.Var(flagValue{func(value string) error {
		if value == "" {
			return errors.New("give the name of a file")
		}
		*file = value
		return nil
	}, *file}, name, usage)
}

// textVar defines a flag for any text.
func textVar(flags *flag.FlagSet, text *string, name, usage string) {
	flags.Var(flagValue{func(value string) error {
		*text = value
		return nil
	}, *text}, name, usage)
}
