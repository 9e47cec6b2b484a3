package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestHelp: each command has all parts of a help text, its lines fit a terminal, and help and --help
// print the same.
func TestHelp(t *testing.T) {
	t.Parallel()
	root := app{screen: new(screen)}.root()
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		var printed [2]bytes.Buffer
		name := strings.TrimPrefix(cmd.CommandPath(), "conngen")
		for i, line := range []string{"help" + name, name + " --help"} {
			a := app{stdin: strings.NewReader(""), stdout: &printed[i], stderr: &printed[i]}
			if code := a.Main(strings.Fields(line)); code != exitOK {
				t.Errorf("%s ends with %d: %s", line, code, &printed[i])
			}
		}
		text := printed[0].String()
		if text != printed[1].String() {
			t.Errorf("conngen help%s and %s --help differ", name, cmd.CommandPath())
		}
		for _, part := range []string{cmd.Long, "\nUsage:\n  " + cmd.CommandPath(), "\nExamples:\n  ", "--color WHEN "} {
			if part == "" || !strings.Contains(text, part) {
				t.Errorf("%s: the help lacks %q", cmd.CommandPath(), part)
			}
		}
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(line) > helpWidth+1 {
				t.Errorf("%s: a line is longer than %d columns: %s", cmd.CommandPath(), helpWidth, line)
			}
		}
	}
}

// TestOtherWords: what other tools call a command leads to commands that exist, and no command has
// such a name.
func TestOtherWords(t *testing.T) {
	t.Parallel()
	root := app{screen: new(screen)}.root()
	has := func(name string) bool {
		for _, cmd := range root.Commands() {
			if cmd.Name() == name {
				return true
			}
		}
		return name == "help"
	}
	for word, commands := range otherWords {
		if has(word) {
			t.Errorf("%s is a command", word)
		}
		for _, name := range commands {
			if !has(name) {
				t.Errorf("%s leads to %s, which is not a command", word, name)
			}
		}
	}
	for word := range otherPrograms {
		if has(word) {
			t.Errorf("%s is a command", word)
		}
	}
}

// TestFlagValues: help names the value of each flag by a word of its own, not by a type of Go, and a
// flag without its value says what is missing.
func TestFlagValues(t *testing.T) {
	t.Parallel()
	root := app{screen: new(screen)}.root()
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal != "" { // it is on or off
				return
			}
			if name, _ := pflag.UnquoteUsage(f); name == "" || name != strings.ToUpper(name) {
				t.Errorf("the value of %s --%s is %q in help", cmd.Name(), f.Name, name)
			}
			if _, what, _ := strings.Cut(withoutValue(f).Error(), " needs a value: "); what == "" {
				t.Errorf("%s --%s without its value says %q", cmd.Name(), f.Name, withoutValue(f))
			}
			if err := f.Value.Set(" "); err == nil {
				t.Errorf("%s --%s takes an empty value", cmd.Name(), f.Name)
			}
		})
	}
}

// TestFlagWords: what other tools call a flag leads to ours in each command that has it.
func TestFlagWords(t *testing.T) {
	t.Parallel()
	root := app{screen: new(screen)}.root()
	for word, flag := range flagWords {
		named := false
		for _, cmd := range root.Commands() {
			cmd.InheritedFlags() // which makes the command know them
			if cmd.Flags().Lookup(flag[0]) == nil || cmd.Flags().Lookup(word) != nil {
				continue
			}
			named = true
			if err := unknownFlag(cmd, word, ""); !strings.Contains(err.Error(), "did you mean --"+flag[0]) {
				t.Errorf("%s: %v, which does not name --%s", cmd.Name(), err, flag[0])
			}
		}
		if !named {
			t.Errorf("--%s leads to --%s, which no command has", word, flag[0])
		}
	}
}
