package sdk

import (
	"context"
	"errors"
	"flag"
	"io"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/nearest"
)

// A verb is a command of the program.
type verb struct {
	name     string
	operand  string // what it takes besides flags: "COMMAND"; "" for nothing
	short    string // one line
	long     string
	examples []string // arguments of the program

	// prepare defines the verb's flags and returns what runs it once they are set.
	prepare func(c *Connector, flags *flag.FlagSet) func(context.Context, program) error
}

// verbs are all verbs but help.
func verbs() []verb {
	return []verb{
		{
			name: "serve", short: "answer commands over HTTP; the default", long: serveText,
			examples: serveExamples,
			prepare:  (*Connector).serve,
		},
		{
			name: "invoke", operand: "COMMAND", short: "run one command and print its lines", long: invokeText,
			examples: []string{
				"invoke std:spec:read",
				"invoke std:test-connection --config config.json",
				`invoke std:account:read --config config.json --input '{"identity":"1"}'`,
				"invoke std:account:create --config config.json --input input.json",
			},
			prepare: (*Connector).invoke,
		},
		{
			name: "selftest", short: "check that the connector follows the protocol and its spec", long: selfTestText,
			examples: []string{
				"selftest --config config.json",
				"selftest --config config.json --check account-list-and-read",
				"selftest --config config.json --write --create account.json",
				"selftest --config config.json --url http://localhost:3000",
			},
			prepare: (*Connector).selfTestCommand,
		},
		{
			name: "config", short: "check a config and print what the connector gets", long: configText,
			examples: []string{"config --config config.json", "config --config config.json --format json", "config --config -"},
			prepare:  (*Connector).configCommand,
		},
		{
			name: "spec", short: "print connector-spec.json", long: "spec prints the connector-spec.json that the connector was generated from.\n",
			examples: []string{"spec", "spec > connector-spec.json"},
			prepare:  (*Connector).printSpec,
		},
		{
			name: versionVerb, short: "print the version", long: versionText,
			examples: []string{"version", "version --format json"},
			prepare:  (*Connector).version,
		},
	}
}

// verbNames returns the names of all verbs.
func verbNames() []string {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return append(names, helpVerb)
}

func verbNamed(name string) (verb, bool) {
	for _, v := range verbs() {
		if v.name == name {
			return v, true
		}
	}
	return verb{}, false
}

// verbSynonyms are words of other programs for our verbs.
var verbSynonyms = map[string]string{
	"run": "serve", "start": "serve", "listen": "serve", "server": "serve", "dev": "serve", "up": "serve",
	"call": "invoke", "exec": "invoke", "execute": "invoke", "send": "invoke", "command": "invoke",
	"test": "selftest", "check": "selftest", "validate": "selftest", "verify": "selftest",
	"decode": "config", "settings": "config",
	"schema": "spec",
	"about":  versionVerb, "info": versionVerb,
}

// unknownVerb returns the error of a first argument that is not a verb.
func (c *Connector) unknownVerb(p program, name string) error {
	meant := verbSynonyms[strings.ToLower(name)]
	if meant == "" {
		meant = nearest.Name(name, verbNames())
	}
	problem := "unknown command " + quotedArg(name) + "; "
	topic := helpVerb
	switch command := c.commandNear(name); {
	case meant == helpVerb:
		problem += "did you mean help?"
	case meant != "":
		problem += "did you mean " + meant + "?"
		topic += " " + meant
	case command != "":
		problem += "did you mean " + p.name + " invoke " + command + "?"
		topic += " invoke"
	default:
		problem += "use " + either(verbNames())
	}
	return usageError{errors.New(problem), topic}
}

// printSpec prints the spec.
func (c *Connector) printSpec(*flag.FlagSet) func(context.Context, program) error {
	return func(_ context.Context, p program) error {
		_, err := io.WriteString(p.stdout, strings.TrimSuffix(c.spec.JSON, "\n")+"\n")
		return err
	}
}
