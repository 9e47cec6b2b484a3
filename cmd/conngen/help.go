package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/internal/homepage"
)

// helpWidth is the width of help, in columns.
const helpWidth = 80

// The groups of commands, in the order in which people need them.
var groups = []*cobra.Group{
	{ID: "start", Title: "Start"},
	{ID: "develop", Title: "Develop"},
	{ID: "ship", Title: "Ship"},
	{ID: "reference", Title: "Reference"},
}

func (a app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		Long: "help prints what a command does, when to use it, examples and flags. Without a\n" +
			"COMMAND it lists the commands. conngen COMMAND --help prints the same.",
		Example: "  conngen help generate\n\n" +
			"  # rules explains findings\n" +
			"  conngen rules secret-typed-as-text",
		Args: atMostOne("help explains one command"),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if len(args) == 0 {
				return root.Help()
			}
			for _, c := range root.Commands() {
				if c.Name() == args[0] {
					return c.Help()
				}
			}
			return unknownCommand(root, args[0])
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var names []cobra.Completion
			for _, c := range cmd.Root().Commands() {
				if len(args) == 0 && c.IsAvailableCommand() {
					names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// printHelp prints the whole help of a command.
func printHelp(w io.Writer, cmd *cobra.Command) {
	inherited := cmd.InheritedFlags() // first: it completes the flags of the usage line
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nUsage:\n  %s\n", cmd.Long, cmd.UseLine())
	for _, g := range cmd.Groups() {
		fmt.Fprintf(&b, "\n%s:\n", g.Title)
		for _, c := range cmd.Commands() {
			if c.GroupID == g.ID && c.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-*s %s\n", c.NamePadding(), c.Name(), c.Short)
			}
		}
	}
	if cmd.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableLocalFlags() {
		fmt.Fprintf(&b, "\nFlags:\n%s", cmd.LocalFlags().FlagUsagesWrapped(helpWidth))
	}
	if cmd.HasAvailableInheritedFlags() {
		fmt.Fprintf(&b, "\nFlags of all commands:\n%s", inherited.FlagUsagesWrapped(helpWidth))
	}
	if all := factsOf(cmd); len(all) > 0 {
		b.WriteString("\n")
		writeFacts(&b, all)
	}
	if page := manualOf(cmd); page != "" {
		fmt.Fprintf(&b, "\nManual: %s\n", page)
	}
	if !cmd.HasParent() {
		fmt.Fprintf(&b, "\nconngen help COMMAND explains a command. The manual:\n%s\n", homepage.Manual("README.md"))
	}
	_, _ = io.WriteString(w, b.String()) // help has nobody to tell
}
