package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// completed returns what a shell offers after a command line, with the descriptions, and how it
// continues from there.
func completed(t *testing.T, args ...string) (offered []string, directive cobra.ShellCompDirective) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr}
	if code := a.Main(append([]string{cobra.ShellCompRequestCmd}, args...)); code != exitOK {
		t.Fatalf("completion of %q ends with %d: %s", args, code, &stderr)
	}
	lines := strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n")
	last := lines[len(lines)-1]
	for _, c := range strings.TrimPrefix(last, ":") {
		directive = directive*10 + cobra.ShellCompDirective(c-'0')
	}
	return lines[:len(lines)-1], directive
}

// freeFlags have values that nobody can list.
var freeFlags = map[string]string{
	"init --module":         "the path of a module that does not exist yet",
	"generate --package":    "a name of the user's own",
	"generate --import":     "the path of a module that conngen does not see",
	"stub --type":           "a name of the user's own",
	"stub --client-package": "a name of the user's own",
	"pack --version":        "a version that does not exist yet",
	"dev --addr":            "an address of this machine, and a port that is free",
	"dev --connector":       "the address of another program",
	"export --url":          "the address of another program",
}

// TestEveryFlagCompletes: a flag completes its values, folders or files, or it is known to be free,
// and then no shell offers files in its place.
func TestEveryFlagCompletes(t *testing.T) {
	t.Parallel()
	root := app{screen: new(screen)}.root()
	free := make(map[string]bool)
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden || f.NoOptDefVal != "" { // flags that need no value are on or off
				return
			}
			name := strings.TrimPrefix(cmd.CommandPath()+" --"+f.Name, "conngen ")
			args := append(strings.Fields(cmd.CommandPath())[1:], "--"+f.Name, "")
			offered, directive := completed(t, args...)
			known := slices.ContainsFunc([]string{"generate", "stub"}, func(first string) bool {
				return freeFlags[first+" --"+f.Name] != ""
			})
			switch {
			case freeFlags[name] != "" || known:
				free[f.Name] = true
				if len(offered) > 0 || directive != cobra.ShellCompDirectiveNoFileComp {
					t.Errorf("%s is not free: %q, %d", name, offered, directive)
				}
			case name == "diff --against": // of a repository; completion.txtar has one
			case len(offered) == 0 && directive&cobra.ShellCompDirectiveFilterDirs == 0:
				t.Errorf("%s completes nothing; directive %d", name, directive)
			}
		})
	}
	for name := range freeFlags {
		if _, flag, _ := strings.Cut(name, "--"); !free[flag] {
			t.Errorf("no command has the free flag of %q", name)
		}
	}
}

// TestEveryArgumentCompletes: no command leaves its arguments to the shell, which offers any file.
func TestEveryArgumentCompletes(t *testing.T) {
	t.Parallel()
	for _, cmd := range (app{screen: new(screen)}).root().Commands() {
		if cmd.ValidArgsFunction == nil {
			t.Errorf("%s completes no arguments", cmd.Name())
		}
	}
}

// TestCompletePaths: arguments complete to JSON files and folders, and to DIR/... where a command
// takes several.
func TestCompletePaths(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{
		"app/connector-spec.json", "deep/below/connector-spec.json", "hr.spec.json", "notes.txt",
		".git/config.json", "node_modules/x.json", "vendor/v.json", "bell\a.json",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{}"), 0o644); err != nil {
			t.Skip(err) // a system with fewer names
		}
	}
	const done, goOn = cobra.ShellCompDirectiveNoFileComp, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	for _, c := range []struct {
		args      string // DIR is the folder
		want      []string
		directive cobra.ShellCompDirective
	}{
		{"validate DIR/", []string{"DIR/app\thas a connector-spec.json", "DIR/deep/", "DIR/hr.spec.json", "DIR/...\tall specs below"}, goOn},
		{"generate DIR/a", []string{"DIR/app\thas a connector-spec.json"}, done},
		{"check DIR/deep/", []string{"DIR/deep/below\thas a connector-spec.json", "DIR/deep/...\tall specs below"}, done},
		{"check DIR/app DIR/", []string{"DIR/deep/", "DIR/hr.spec.json", "DIR/...\tall specs below"}, goOn},
		{"check DIR/none/", []string{"DIR/none/...\tall specs below"}, done},
		{"stub DIR/", []string{"DIR/app\thas a connector-spec.json", "DIR/deep/", "DIR/hr.spec.json"}, goOn},
		{"pack DIR/app DIR/", nil, done},
		{"init hr --spec DIR/h", []string{"DIR/hr.spec.json"}, done},
		{"init hr DIR/", nil, done},
		{"diff DIR/app DIR/", []string{"DIR/deep/", "DIR/hr.spec.json"}, goOn},
		{"diff DIR/app DIR/hr.spec.json DIR/", nil, done},
		{"diff --against HEAD DIR/app DIR/hr.spec.json DIR/d", []string{"DIR/deep/"}, goOn},
		{"version DIR/", nil, done},
	} {
		args := strings.Fields(strings.ReplaceAll(c.args, "DIR", filepath.ToSlash(dir)))
		offered, directive := completed(t, args...)
		for i := range offered {
			offered[i] = strings.ReplaceAll(offered[i], filepath.ToSlash(dir), "DIR")
		}
		if !slices.Equal(offered, c.want) || directive != c.directive {
			t.Errorf("%s: offers %q, %d; want %q, %d", c.args, offered, directive, c.want, c.directive)
		}
	}
}

// TestOfferable: what a shell or terminal would take for something else is not offered.
func TestOfferable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"main": true, "café/日本": true, "a b": true,
		"tab\tbed": false, "line\nend": false, "bell\a": false, "csi\u009b2J": false, "bidi\u202e": false, "byte\xff": false,
	} {
		if got := isOfferable(name); got != want {
			t.Errorf("%q is offered: %v", name, got)
		}
	}
}

// TestCompleteFromHome: a shell may leave ~ to conngen, which offers what continues from
// there.
func TestCompleteFromHome(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	if err := os.MkdirAll(filepath.Join(home, "app"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "app", specName), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{"~/": "~/app\thas a connector-spec.json", "~/app/": "~/app/connector-spec.json"} {
		if offered, _ := completed(t, "stub", typed); !slices.Equal(offered, []string{want}) {
			t.Errorf("%s: offers %q, want %q", typed, offered, want)
		}
	}
}

// TestCompleteNames: what has a name is offered with what it is.
func TestCompleteNames(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"rules|":              "drift-stale\tA generated file is no longer needed.",
		"validate|--rule|":    "json-syntax\tThe file is not JSON.",
		"validate|--disable|": "duplicate-command\tA command is listed twice.",
		"help|":               "check\tFail when generate would change anything",
		"completion|":         "fish",
		"validate|--format|":  "sarif",
		"--color|":            "always",
		"gen":                 "generate\tWrite the Go packages of specs",
		"stub|--file|":        "go",
	} {
		offered, _ := completed(t, strings.Split(args, "|")...)
		if !slices.Contains(offered, want) {
			t.Errorf("%s: offers %q, want %q", args, offered, want)
		}
	}
	// Errors of the format cannot be switched off.
	if offered, _ := completed(t, "validate", "--disable", ""); slices.ContainsFunc(offered, func(o string) bool { return strings.HasPrefix(o, "json-syntax") }) {
		t.Error("--disable offers json-syntax")
	}
}
