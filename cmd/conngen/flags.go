package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
)

// A choice is the value of a flag that takes one of a few values.
type choice struct {
	flag   string
	value  *string
	values []string
}

func (c choice) String() string { return *c.value }

func (c choice) Type() string { return "string" }

func (c choice) Set(value string) error {
	if !slices.Contains(c.values, value) {
		return usagef("unknown --%s %q; use %s", c.flag, value, either(c.values))
	}
	*c.value = value
	return nil
}

// addChoice adds a flag that takes one of a few values, and completes them. The usage names them
// after its own words. The default may be another value.
func addChoice(cmd *cobra.Command, value *string, flag, initial, usage string, values ...string) {
	*value = initial
	addChoiceTo(cmd, cmd.Flags(), choice{flag, value, values}, usage)
}

// addChoiceTo adds a choice to one of the sets of flags that a command has.
func addChoiceTo(cmd *cobra.Command, flags *pflag.FlagSet, c choice, usage string) {
	flags.Var(c, c.flag, usage+either(c.values))
	completeFlag(cmd, c.flag, cobra.FixedCompletions(c.values, cobra.ShellCompDirectiveNoFileComp))
}

// addFormat adds --format to a command that says what it has done in words or, for programs, in JSON.
func addFormat(cmd *cobra.Command, format *string) {
	addChoice(cmd, format, "format", "text", "", "text", report.JSON)
}

// either lists values of which one is meant.
func either(values []string) string {
	if last := len(values) - 1; last > 0 {
		return strings.Join(values[:last], ", ") + " or " + values[last]
	}
	return strings.Join(values, "")
}

// A table is what a flag or an argument chooses from, in the order of the usage.
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

// find returns what a name chooses, and whether there is one of that name.
func (t table[T]) find(name string) (value T, ok bool) {
	for _, row := range t {
		if row.name == name {
			return row.value, true
		}
	}
	return value, false
}
