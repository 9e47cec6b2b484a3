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
func parse(p program, flags *flag.FlagSet, v verb, args []string) (operands []string, err error) {
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
		if args, err = setFlag(p, flags, v, arg, args); err != nil {
			return nil, err
		}
	}
	switch n := len(operands); {
	case v.operand == "" && n > 0:
		return nil, fmt.Errorf("%s takes no arguments, got %s%s", v.name, quotedArg(operands[0]), flagFor(flags, operands[0]))
	case n > 1:
		return nil, fmt.Errorf("%s takes one %s, got %d: %s%s", v.name, v.operand, n, shownArgs(operands), flagFor(flags, operands[1]))
	}
	return operands, nil
}

// setFlag sets the flag that arg gives, to the first of the arguments after it unless arg has a
// value or needs none. It returns the arguments that are left.
func setFlag(p program, flags *flag.FlagSet, v verb, arg string, args []string) ([]string, error) {
	typed, value, given := strings.Cut(arg, "=")
	name := strings.TrimPrefix(typed[1:], "-")
	f := flags.Lookup(name)
	switch {
	case f == nil:
		return nil, unknownFlag(p, flags, v, typed)
	case isBool(f):
		if !given {
			value = "true"
		}
		if _, err := strconv.ParseBool(value); err != nil {
			return nil, fmt.Errorf("--%s %s is not true or false; without a value, --%[1]s is true", name, quotedArg(value))
		}
	case !given:
		if len(args) == 0 || isFlag(flags, args[0]) {
			return nil, fmt.Errorf("--%s needs a value: %s", name, flagSyntax(f))
		}
		value, args = args[0], args[1:]
	}
	return args, f.Value.Set(value)
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
	"body": "input", "d": "input", "data": "input", "i": "input", "payload": "input",
	"c": "config", "conf": "config", "config-file": "config", "configuration": "config",
	"only": "check", "run": "check", "test": "check",
	"endpoint": "url", "server": "url",
	"o": "format", "output": "format",
}

// synonym returns the flag that another program's word stands for, nil if it stands for none.
func synonym(flags *flag.FlagSet, word string) *flag.Flag {
	if f := flags.Lookup("input"); word == "json" && f != nil {
		return f
	}
	return flags.Lookup(flagSynonyms[word])
}

// unknownFlag returns the error of a flag that a verb does not have. It names another flag, or
// other verbs that have it.
func unknownFlag(p program, flags *flag.FlagSet, v verb, typed string) error {
	if value := strings.IndexAny(typed, "{[\"'"); value > 0 { // curl has -d{"a":1}
		typed = typed[:value]
	}
	problem := "unknown flag " + printable.Name(typed)
	name := strings.TrimLeft(typed, "-")
	if flags.Lookup(name) != nil {
		return errors.New(problem + "; did you mean --" + name + "?")
	}
	if owners := ownersOf(p, name); len(owners) > 0 {
		return errors.New(problem + "; it belongs to " + either(owners))
	}
	if f := synonym(flags, strings.ToLower(name)); f != nil {
		return errors.New(problem + "; did you mean " + flagSyntax(f) + "?")
	}
	if flags.Lookup("format") != nil && name == "json" {
		return errors.New(problem + "; did you mean --format json?")
	}
	names := []string{helpVerb, versionVerb}
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	switch near := nearest.Name(name, names); {
	case near == versionVerb || strings.EqualFold(name, "v"):
		problem += "; did you mean " + p.name + " --" + versionVerb + "?"
	case near != "":
		problem += "; did you mean --" + near + "?"
	}
	return errors.New(problem)
}

// ownersOf returns the commands that have a flag.
func ownersOf(p program, name string) []string {
	var owners []string
	if name == versionVerb {
		owners = append(owners, p.name)
	}
	for _, v := range verbs() {
		set := newFlags()
		v.prepare(new(Connector), set)
		if set.Lookup(name) != nil {
			owners = append(owners, p.name+" "+v.name)
		}
	}
	return owners
}

// either joins what can be chosen from: a, b or c.
func either(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// flagFor returns a hint at the flag whose value an unexpected argument looks like, or "".
func flagFor(flags *flag.FlagSet, operand string) string {
	value := shownArg(operand)
	var meant []string
	add := func(name, value string) {
		if flags.Lookup(name) != nil {
			meant = append(meant, "--"+name+" "+value)
		}
	}
	switch {
	case mayBeJSON(operand), strings.HasSuffix(operand, ".json"):
		add("config", value)
		add("input", value)
	case slices.Contains(selftest.CheckIDs(), operand):
		add("check", value)
	case strings.Trim(operand, "0123456789") == "":
		add("addr", "localhost:"+operand)
	case strings.Contains(operand, ":"):
		add("addr", value)
	}
	if meant == nil {
		return ""
	}
	return "; did you mean " + either(meant) + "?"
}

// A flagValue is the value of a flag: how it is set, and its default. An error names the flag.
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
			return fmt.Errorf("--%s %s is not a whole number of at least %d", name, quotedArg(value), least)
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
		var problem string
		switch {
		case err != nil && number == nil:
			problem = fmt.Sprintf("lacks a unit; use %ss for seconds, or a time such as 1m30s", value)
		case err != nil:
			problem = "is not a time; use one such as 10s or 1m30s"
		case read < least && least == time.Nanosecond: // the least of any
			problem = "is too short; use more than 0s"
		case read < least:
			problem = fmt.Sprintf("is too short; use at least %v", least)
		}
		if problem != "" {
			return fmt.Errorf("--%s %s %s", name, quotedArg(value), problem)
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
			return fmt.Errorf("--%s %q is not the name of a file", name, value)
		}
		*file = value
		return nil
	}, *file}, name, usage)
}

// choiceVar defines a flag for one of several words, the first of which is the default.
func choiceVar(flags *flag.FlagSet, chosen *string, name string, words []string, usage string) {
	*chosen = words[0]
	flags.Var(flagValue{func(value string) error {
		if !slices.Contains(words, value) {
			return fmt.Errorf("unknown --%s %s; use %s", name, quotedArg(value), either(words))
		}
		*chosen = value
		return nil
	}, words[0]}, name, usage)
}

// The formats of what verbs print.
const (
	formatText = "text"
	formatJSON = "json"
)

// formatVar defines the flag for the format of what a verb prints.
func formatVar(flags *flag.FlagSet, format *string) {
	choiceVar(flags, format, "format", []string{formatText, formatJSON}, "`FORMAT` text or json")
}

// listVar defines a flag that may be repeated, each time with a value that add takes.
func listVar(flags *flag.FlagSet, add func(string) error, name, usage string) {
	flags.Var(flagValue{set: add}, name, usage)
}
