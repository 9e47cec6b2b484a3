package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/conngen/conngen/bundle"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/internal/series"
	"github.com/conngen/conngen/internal/usage"
)

// A usageError is a wrong command line. [app.Main] adds which help to read.
type usageError struct {
	message string
	topics  []string // commands whose help to read; none for the one that was called
}

func (e usageError) Error() string { return e.message }

// usagef makes a usageError.
func usagef(format string, args ...any) error {
	return usageError{message: fmt.Sprintf(format, args...)}
}

// asUsage returns the usageError that an error is or wraps. Packages that know of flags, but not of
// commands, mark such errors with [usage.Errorf].
func asUsage(err error) (usageError, bool) {
	var own usageError
	if errors.As(err, &own) {
		return own, true
	}
	var program *bundle.NotProgramError
	return usageError{message: fmt.Sprint(err)}, errors.As(err, new(usage.Error)) || errors.As(err, &program)
}

// help says which help to read after an error of a command.
func (e usageError) help(cmd *cobra.Command) string {
	topics := e.topics
	if len(topics) == 0 && cmd.HasParent() {
		topics = []string{cmd.Name()}
	}
	if len(topics) == 0 {
		return "   help: " + call("help")
	}
	calls := make([]string, len(topics))
	for i, topic := range topics {
		calls[i] = call("help", topic)
	}
	return "   help: " + strings.Join(calls, ", ")
}

// noArguments refuses arguments.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usagef("%s takes no arguments, got %q", cmd.Name(), args[0])
}

// atMostOne refuses a second argument, with a message that names what there can be one
// of.
func atMostOne(message string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) <= 1 {
			return nil
		}
		return usagef("%s, got %d: %s", message, len(args), strings.Join(args, " "))
	}
}

// oneName checks the arguments of init.
func oneName(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return usagef("init needs the name of the connector: %s", call("init", "NAME"))
	case 1:
		return nil
	}
	return usagef("init takes one NAME, got %d; quote a name with spaces: %s", len(args), call("init", strings.Join(args, " ")))
}

// otherWords are names that other tools have for commands, or that people expect, and the
// commands that do it here.
var otherWords = map[string][]string{
	"breaking": {"diff"}, "compare": {"diff"}, "changes": {"diff"}, "changelog": {"diff"},
	"build": {"generate", "pack"}, "compile": {"generate", "pack"},
	"gen": {"generate"}, "codegen": {"generate"}, "update": {"generate"}, "sync": {"generate"},
	"lint": {"validate"}, "fix": {"validate"}, "vet": {"validate", "check"},
	"verify": {"check"}, "drift": {"check"}, "status": {"check"}, "ci": {"check"},
	"new": {"init"}, "create": {"init"}, "start": {"init"}, "scaffold": {"init"},
	"implement": {"stub"}, "mock": {"stub"},
	"watch": {"dev"}, "ui": {"dev"}, "preview": {"dev"},
	"bundle": {"pack"}, "package": {"pack"}, "zip": {"pack"}, "release": {"pack"},
	"doc": {"docs"}, "document": {"docs"}, "documentation": {"docs"}, "page": {"docs"}, "guide": {"docs"},
	"postman": {"export"}, "collection": {"export"}, "requests": {"export"}, "http": {"export"},
	"explain": {"rules"}, "rule": {"rules"}, "jsonschema": {"schema"}, "man": {"help"},
}

// otherPrograms are words for what other programs do, and how to do it with a project of conngen.
// %s stands for the call of conngen.
var otherPrograms = map[string]string{
	"serve": servesItself, "server": servesItself, "run": servesItself,
	"test":     "go test tests the connector, and %s check its generated code",
	"invoke":   "the connector runs its own commands: go run . invoke COMMAND",
	"selftest": "the connector tests itself: go run . selftest",
	"fmt":      isFormatted, "format": isFormatted,
	"upload": isUploaded, "deploy": isUploaded, "publish": isUploaded, "conn": isUploaded,
	"install": "go get -tool " + target.ToolPath + " adds conngen to a module",
	"upgrade": "go get -tool " + target.ToolPath + "@latest upgrades the conngen of a module",
	"clean":   "generate removes what it no longer needs",
}

const (
	servesItself = "the connector serves itself: go run . serve, or %s dev while you work on it"
	isFormatted  = "generated code is formatted, and gofmt formats the rest"
	isUploaded   = "%s pack makes the zip, and sail conn upload takes it"
)

// unknownCommand says which command an unknown word may mean.
func unknownCommand(root *cobra.Command, name string) error {
	e := usageError{message: fmt.Sprintf("unknown command %q", name)}
	lower := strings.ToLower(name)
	var names []string
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() {
			names = append(names, cmd.Name())
		}
	}
	near := nearest.Name(name, names)
	if slices.Contains(names, name) { // after --, which ends the flags
		return usagef("%q after -- is an argument, and the command comes first: %s", name, call(name))
	}
	switch {
	case otherPrograms[lower] != "":
		e.message += "; " + strings.ReplaceAll(otherPrograms[lower], "%s", call())
		return e
	case otherWords[lower] != nil:
		e.topics = otherWords[lower]
	case near != "":
		e.topics = []string{near}
	case isPath(name):
		e.message = fmt.Sprintf("%q is a path, and the command comes first: %s", name, call("generate", name))
		return e
	default:
		if word := nearest.Name(name, slices.Sorted(maps.Keys(otherWords))); word != "" {
			e.topics = otherWords[word]
		}
	}
	if len(e.topics) > 0 {
		e.message += "; did you mean " + series.Or(e.topics) + "?"
	}
	return e
}

// isPath reports whether a word in place of a command is meant as a PATH.
func isPath(word string) bool {
	return strings.ContainsAny(word, `/\`) || filepath.Ext(word) != "" || word == "." || exists(word)
}

// flagProblem rewords an error of the flag parser.
func flagProblem(cmd *cobra.Command, err error) error {
	var (
		own     usageError
		unknown *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	if words := cmd.Flags().Args(); !cmd.HasParent() && len(words) > 0 {
		return unknownCommand(cmd, words[0]) // its flags are unknown, too
	}
	switch {
	case errors.As(err, &own): // of a flag's own Set
		return own
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames())
	case errors.As(err, &empty):
		return withoutValue(empty.GetFlag())
	case errors.As(err, &invalid):
		name := invalid.GetFlag().Name // of a flag that is on or off: other values have their own errors
		return usagef("--%s %q is not true or false; without a value, --%s is true", name, invalid.GetValue(), name)
	case errors.As(err, &syntax):
		return usagef("%q is not a flag; write --NAME or --NAME=VALUE", syntax.GetSpecifiedFlag())
	}
	return err
}

func withoutValue(f *pflag.Flag) error {
	what := ""
	switch v := f.Value.(type) {
	case choice:
		what = series.Or(v.values)
	case textValue:
		what = v.kind.what
	case textsValue:
		what = v.kind.what
	}
	return usagef("--%s needs a value: %s", f.Name, what)
}

// flagWords are flags of other tools, and their names here if a command has them.
var flagWords = map[string][2]string{ // the flag, and its value
	"json": {"format", "json"}, "sarif": {"format", "sarif"}, "github": {"format", "github"}, "markdown": {"format", "markdown"},
	"no-color": {"color", "never"}, "no-colour": {"color", "never"}, "colour": {"color", ""},
	"silent": {"quiet", ""}, "base": {"against", "REV"}, "since": {"against", "REV"}, "dir": {"out", "DIR"},
	"output": {"out", "DIR"}, "package-name": {"package", "NAME"}, "check": {"dry-run", ""},
	"unsafe-fixes": {"unsafe", ""}, "autofix": {"fix", ""}, "write": {"fix", ""}, "dry-run": {"diff", ""},
	"port": {"addr", "127.0.0.1:PORT"}, "listen": {"addr", "HOST:PORT"}, "url": {"connector", "URL"}, "no-browser": {"no-open", ""},
}

// mostOwners is how many commands a message names that have a flag.
const mostOwners = 3

// unknownFlag says which flag an unknown one may mean. letters are given if it has one dash.
func unknownFlag(cmd *cobra.Command, name, letters string) error {
	if letters != "" {
		return unknownLetters(cmd, strings.TrimPrefix(letters, "-"))
	}
	message := fmt.Sprintf("unknown flag --%s", name)
	if word, ok := flagWords[name]; ok && cmd.Flags().Lookup(word[0]) != nil {
		value := word[1]
		if value == aFolder.name {
			value = cmd.Flags().Lookup(word[0]).Value.Type() // which some commands have a file for
		}
		return usageError{message + "; did you mean " + strings.TrimSpace("--"+word[0]+" "+value) + "?", nil}
	}
	if owners := ownersOf(cmd.Root(), name); len(owners) > 0 {
		if len(owners) > mostOwners {
			return usageError{message + "; other commands have it", nil}
		}
		return usageError{message + "; it belongs to " + series.Or(owners), nil}
	}
	if near := nearest.Name(name, flagNames(cmd)); near != "" {
		return usageError{message + "; did you mean --" + near + "?", nil}
	}
	return usageError{message, nil}
}

// unknownLetters is about a flag of one dash, which is one letter, or a name that needs two. Of
// -quiet, the letters begin after those that are flags: with uiet.
func unknownLetters(cmd *cobra.Command, letters string) error {
	name, _, _ := strings.Cut(letters, "=")
	names := flagNames(cmd)
	if utf8.RuneCountInString(name) > 1 {
		for _, n := range names {
			if n == name || len(name) > 2 && strings.HasSuffix(n, name) {
				return usagef("-%s needs a second dash: --%s", n, n)
			}
		}
		if near := nearest.Name(name, names); near != "" {
			return usagef("unknown flag -%s; did you mean --%s?", name, near)
		}
	}
	_, size := utf8.DecodeRuneInString(letters)
	first := letters[:size]
	var begin []string
	for _, n := range names {
		if strings.EqualFold(n[:1], first) {
			begin = append(begin, "--"+n)
		}
	}
	message := "unknown flag -" + first
	if len(begin) > 0 {
		message += "; did you mean " + series.Or(begin) + "?"
	}
	return usageError{message, nil}
}

// flagNames returns the flags that a command shows.
func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// ownersOf returns the commands that have a flag.
func ownersOf(root *cobra.Command, flag string) []string {
	var owners []string
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		if f := cmd.Flags().Lookup(flag); f != nil && !f.Hidden && (cmd == root || cmd.IsAvailableCommand()) {
			owners = append(owners, cmd.CommandPath())
		}
	}
	return owners
}
