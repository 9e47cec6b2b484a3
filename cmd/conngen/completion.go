package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/series"
)

// shells are the shells that complete commands, each with the function that writes its
// script.
var shells = table[func(*cobra.Command, io.Writer) error]{
	{"bash", func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
	{"zsh", (*cobra.Command).GenZshCompletion},
	{"fish", func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
	{"powershell", (*cobra.Command).GenPowerShellCompletionWithDesc},
}

func (a app) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a shell completion script",
		Long: "completion prints a script for a shell. With it, the Tab key completes commands,\n" +
			"flags and their values, specs, rules and git revisions.\n" +
			"\n" +
			"To load it in every session, add the line for your shell to the file beside it:\n" +
			"\n" +
			"    source <(conngen completion bash)              ~/.bashrc\n" +
			"    source <(conngen completion zsh)               ~/.zshrc, after compinit\n" +
			"    conngen completion fish | source               ~/.config/fish/config.fish\n" +
			"    conngen completion powershell |\n" +
			"        Out-String | Invoke-Expression             $PROFILE\n" +
			"\n" +
			"In bash it needs the package bash-completion.",
		Example: "  conngen completion bash\n" +
			"\n" +
			"  # in a folder from which fish loads scripts when they are needed\n" +
			"  conngen completion fish > conngen.fish",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("completion needs one shell: %s", series.Or(shells.names()))
			}
			if _, ok := shells.find(args[0]); !ok {
				return usagef("unknown shell %q; use %s", args[0], series.Or(shells.names()))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			write, _ := shells.find(args[0]) // which Args has found
			return write(cmd.Root(), printable.Exact(a.stdout))
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return shells.names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
}
