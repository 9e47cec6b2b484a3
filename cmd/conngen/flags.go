package main

import (
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/internal/series"
	"github.com/conngen/conngen/settings"
)

// A kind is the kind of value that a flag takes.
type kind struct {
	name string // in help
	what string // in messages
}

// The kinds of values.
var (
	aFolder      = kind{"DIR", "a folder"}
	aConfig      = kind{"FILE", "a file with JSON, such as config.json"}
	anAddress    = kind{"HOST:PORT", "an address, such as 127.0.0.1:7070"}
	aURL         = kind{"URL", "a URL, such as http://localhost:3000"}
	aPage        = kind{"FILE", "a file, such as docs/connector.md"}
	aRequestFile = kind{"FILE", "a file, or - for standard output"}
	aGoFile      = kind{"FILE", "a Go file, such as " + settings.DefaultFile}
	aGoName      = kind{"NAME", "a Go name"}
	aSpec        = kind{"PATH", "a spec, or its folder"}
	aModule      = kind{"PATH", "the path of a Go module, such as example.com/hr"}
	anImport     = kind{"PATH", "an import path, such as example.com/hr/" + settings.DefaultOut}
	anSDK        = kind{"DIR", "a folder that begins with ./ or ../, or an import path"}
	aRule        = kind{"ID", "the ID of a rule; conngen rules lists them"}
	aRevision    = kind{"REV", "a branch, a tag or a commit"}
	aVersion     = kind{"VERSION", "a version, such as 1.2.0"}
)

// A textValue is the value of a flag that takes any text but an empty one.
type textValue struct {
	flag  string
	kind  kind
	value *string
}

func (t textValue) String() string { return *t.value }

func (t textValue) Type() string { return t.kind.name }

func (t textValue) Set(value string) error {
	if strings.TrimSpace(value) == "" {
		return usagef("--%s is empty; give %s", t.flag, t.kind.what)
	}
	*t.value = value
	return nil
}

// addText adds a flag that takes a text. The default may be empty.
func addText(cmd *cobra.Command, value *string, flag, initial string, k kind, usage string) {
	*value = initial
	cmd.Flags().Var(textValue{flag, k, value}, flag, usage)
}

// checkURL refuses the value of a flag that is not the URL of a server. One that may have a password is not
// repeated.
func checkURL(flag, text string) error {
	u, err := url.Parse(text)
	switch {
	case err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https"):
		return nil
	case strings.Contains(text, "@"):
		return usagef("--%s is not %s", flag, aURL.what)
	}
	return usagef("--%s %q is not %s", flag, text, aURL.what)
}

// A textsValue is the value of a flag that takes a text each time it is given.
type textsValue struct {
	textValue
	values *[]string
}

func (t textsValue) String() string { return strings.Join(*t.values, ",") }

func (t textsValue) Set(value string) error {
	if err := t.textValue.Set(value); err != nil {
		return err
	}
	*t.values = append(*t.values, value)
	return nil
}

// addTexts adds a flag that can be repeated.
func addTexts(cmd *cobra.Command, values *[]string, flag string, k kind, usage string) {
	cmd.Flags().Var(textsValue{textValue{flag, k, new(string)}, values}, flag, usage+" (repeatable)")
}

// A choice is the value of a flag that takes one of a few values.
type choice struct {
	flag   string
	name   string // of the value in help
	value  *string
	values []string
}

func (c choice) String() string { return *c.value }

func (c choice) Type() string { return c.name }

func (c choice) Set(value string) error {
	if !slices.Contains(c.values, value) {
		return usagef("unknown --%s %q; use %s", c.flag, value, series.Or(c.values))
	}
	*c.value = value
	return nil
}

// addChoice adds a flag that takes one of a few values, and completes them. The usage names them
// after its own words, and its value by a name of its own. The default may be another value.
func addChoice(cmd *cobra.Command, value *string, flag, name, initial, usage string, values ...string) {
	*value = initial
	addChoiceTo(cmd, cmd.Flags(), choice{flag, name, value, values}, usage)
}

// addChoiceTo adds a choice to one of the sets of flags that a command has.
func addChoiceTo(cmd *cobra.Command, flags *pflag.FlagSet, c choice, usage string) {
	flags.Var(c, c.flag, usage+series.Or(c.values))
	completeFlag(cmd, c.flag, cobra.FixedCompletions(c.values, cobra.ShellCompDirectiveNoFileComp))
}

// formatName is the name of --format's value in help.
const formatName = "FORMAT"

// addFormat adds --format to a command that reports in words or, for programs, in JSON.
func addFormat(cmd *cobra.Command, format *string) {
	addChoice(cmd, format, "format", formatName, "text", "", "text", report.JSON)
}

// A table has the choices of a flag or an argument, in the order of the usage.
type table[T any] []struct {
	name  string
	value T
}

// names lists the choices.
func (t table[T]) names() []string {
	names := make([]string, len(t))
	for i, row := range t {
		names[i] = row.name
	}
	return names
}

// find returns the choice of a name, and whether there is one.
func (t table[T]) find(name string) (value T, ok bool) {
	for _, row := range t {
		if row.name == name {
			return row.value, true
		}
	}
	return value, false
}
