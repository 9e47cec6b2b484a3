package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/printable"
)

// A givenJSON is JSON that the caller gives with a flag, in one of three ways that are the same for
// all flags. [givenText] tells users of them.
type givenJSON struct {
	flag  string
	value string // "" if the flag is not set
	text  json.RawMessage
}

// givenText ends the help of commands with flags for JSON.
const givenText = `FILE is the name of a file with JSON, - for standard input, or the JSON itself, which begins
with { or [.
`

// stdinValue is what a flag is set to for standard input.
const stdinValue = "-"

// jsonVar defines a flag for JSON.
func jsonVar(flags *flag.FlagSet, given *givenJSON, name, usage string) {
	given.flag = "--" + name
	flags.Var(flagValue{func(value string) error {
		if strings.TrimSpace(value) == "" { // perhaps set from a variable that is unset
			return fmt.Errorf("--%s %q is neither a file nor JSON", name, value)
		}
		given.value = value
		return nil
	}, ""}, name, usage)
}

// isInline reports whether the value is the JSON itself.
func (g *givenJSON) isInline() bool {
	text := strings.TrimSpace(strings.TrimPrefix(g.value, byteOrderMark))
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

// source returns what messages call the place that the JSON comes from. They never show JSON, which
// may be secret.
func (g *givenJSON) source() string {
	switch {
	case g.isInline():
		return g.flag
	case g.value == stdinValue:
		return "standard input"
	}
	return printable.Name(g.value)
}

// problem returns an error about the JSON, after the flag and the place that it comes from.
func (g *givenJSON) problem(format string, args ...any) error {
	subject := g.flag
	if !g.isInline() {
		subject += ": " + g.source()
	}
	return unusable(errors.New(subject + " " + fmt.Sprintf(format, args...)))
}

// read reads the JSON, if the flag is set.
func (g *givenJSON) read(stdin io.Reader) error {
	if g.value == "" {
		return nil
	}
	text, err := g.bytes(stdin)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.HasPrefix(text, []byte("\xFE\xFF")) {
		return g.problem("is in UTF-16; save it as UTF-8")
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if problem := jsontext.Problem(text); problem != "" {
		return g.problem("%s", problem)
	}
	g.text = text
	return nil
}

// byteOrderMark is what some editors and PowerShell begin a text with.
const byteOrderMark = "\uFEFF"

func (g *givenJSON) bytes(stdin io.Reader) ([]byte, error) {
	switch {
	case g.isInline():
		return []byte(g.value), nil
	case g.value == stdinValue:
		text, err := io.ReadAll(stdin)
		if err != nil {
			return nil, g.problem("cannot be read: %v", causeOf(err))
		}
		return text, nil
	}
	text, err := readFile(g.value)
	if errors.Is(err, errContent) {
		return nil, unusable(errors.New(g.flag + " is neither a file nor JSON"))
	}
	if file, ok := strings.CutPrefix(g.value, "@"); ok && err != nil && isRegular(file) {
		err = fmt.Errorf("%w; leave out the @: %s %s", err, g.flag, printable.Name(file))
	}
	if err != nil {
		return nil, unusable(fmt.Errorf("%s: %w", g.flag, err))
	}
	return text, nil
}

// mustBeObject refuses JSON of other kinds.
func (g *givenJSON) mustBeObject() error {
	if g.text == nil || jsontext.KindOf(g.text) == "an object" {
		return nil
	}
	return g.problem("must be a JSON object, not %s", jsontext.KindOf(g.text))
}

// readGiven reads the JSON of several flags of a verb. Standard input can be read once.
func readGiven(verb string, stdin io.Reader, all ...*givenJSON) error {
	var reader *givenJSON
	for _, g := range all {
		if g.value != stdinValue {
			continue
		}
		if reader != nil {
			return misuse(fmt.Errorf("only one of %s and %s can be standard input", reader.flag, g.flag), verb)
		}
		reader = g
	}
	for _, g := range all {
		if err := g.read(stdin); err != nil {
			return err
		}
	}
	return nil
}
