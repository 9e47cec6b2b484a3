package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/git"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
)

// completeFlag sets how the value of a flag is completed.
func completeFlag(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the command has no such flag, or it is completed already
	}
}

// completeFolders makes values of flags folders.
func completeFolders(cmd *cobra.Command, flags ...string) {
	for _, f := range flags {
		completeFlag(cmd, f, cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs))
	}
}

// completeNothing is for flags whose values nobody can guess: without it, shells offer files.
func completeNothing(cmd *cobra.Command, flags ...string) {
	for _, f := range flags {
		completeFlag(cmd, f, cobra.NoFileCompletions)
	}
}

// completeSpecs completes any number of PATH arguments.
func completeSpecs(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return completePaths(args, typed, true)
}

// completeSpec completes the one PATH that a command takes.
func completeSpec(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completePaths(args, typed, false)
}

// completePaths offers the JSON files and folders that may be, or lead to, a spec, and DIR/... where
// a command takes several; what is given already is not offered again.
func completePaths(given []string, typed string, several bool) ([]cobra.Completion, cobra.ShellCompDirective) {
	dir := typed[:strings.LastIndexAny(typed, `/`+string(filepath.Separator))+1]
	folder := fromHome(dir)
	entries, _ := os.ReadDir(folder) // an unreadable folder has nothing to offer
	var paths []cobra.Completion
	directive := cobra.ShellCompDirectiveNoFileComp
	offer := func(path, what string) {
		if strings.HasPrefix(path, typed) && !slices.Contains(given, path) {
			paths = append(paths, cobra.CompletionWithDesc(path, what))
		}
	}
	for _, e := range entries {
		path, place := dir+e.Name(), filepath.Join(folder, e.Name())
		info, err := os.Stat(place) // a link may lead to either
		switch {
		case err != nil || isSkipped(e.Name()) || !isOfferable(e.Name()):
		case !info.IsDir():
			if strings.EqualFold(filepath.Ext(path), ".json") {
				offer(path, "")
			}
		case exists(filepath.Join(place, specName)):
			offer(path, "has a "+specName)
		case strings.HasPrefix(path, typed):
			offer(path+"/", "")
			directive |= cobra.ShellCompDirectiveNoSpace // to continue below it
		}
	}
	if several {
		below := dir + "..."
		if dir == "" {
			below = "./..."
		}
		offer(below, "all specs below")
	}
	return paths, directive
}

// fromHome returns the folder that is typed as dir. Some shells leave ~ to programs.
func fromHome(dir string) string {
	if below, ok := strings.CutPrefix(dir, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, below)
		}
	}
	return cmp.Or(dir, ".")
}

// isOfferable reports whether a name can be offered as it is: it goes to a shell, which shows it,
// and cannot be escaped. A tab would begin its description.
func isOfferable(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return r == '\t' || !printable.IsText(r) })
}

// completeDiff completes OLD and NEW, or any number of PATHs with --against.
func completeDiff(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch against := cmd.Flags().Changed("against"); {
	case !against && len(args) >= 2:
		return nil, cobra.ShellCompDirectiveNoFileComp
	default:
		return completePaths(args, typed, against)
	}
}

// completeRevisions completes branches and tags of the repository around the working folder.
func completeRevisions(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var revisions []cobra.Completion
	for _, r := range git.Revisions(".") {
		if isOfferable(r.Name) {
			revisions = append(revisions, cobra.CompletionWithDesc(r.Name, r.Kind))
		}
	}
	return revisions, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder // the newest first
}

// completeRules returns a completion of the IDs of rules, with their purpose.
func completeRules(list func() []rules.Rule) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var ids []cobra.Completion
		for _, r := range list() {
			ids = append(ids, cobra.CompletionWithDesc(r.ID, r.Purpose))
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
}

// optionalRules are the rules of validate that can be switched off.
func optionalRules() []rules.Rule {
	return slices.DeleteFunc(rules.Of(rules.Validate), func(r rules.Rule) bool { return r.Severity == schema.Error })
}

// completeFindings completes the one ID that rules explains.
func completeFindings(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeRules(rules.All)(cmd, args, typed)
}
