package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// examplesOf returns the command lines of a command's examples.
func examplesOf(cmd *cobra.Command) []string {
	var lines []string
	for line := range strings.Lines(cmd.Example) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestExamples runs the examples of all commands, and all succeed. Those of a command that writes
// have a copy of the workspace, in which they run one after another.
func TestExamples(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a program for WebAssembly")
	}
	for _, program := range []string{"git", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the examples need %s", program)
		}
	}
	workspace := exampleWorkspace(t)
	var script strings.Builder
	count := 0
	root := app{screen: new(screen)}.root()
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		lines := examplesOf(cmd)
		if len(lines) == 0 {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		place := workspace
		if slices.Contains([]string{"conngen", "init", "dev", "generate", "stub", "docs", "pack"}, cmd.Name()) {
			place = filepath.Join(t.TempDir(), "hr")
			if err := os.CopyFS(place, os.DirFS(workspace)); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Fprintf(&script, "cd %s\n", place)
		for _, line := range lines {
			fmt.Fprintln(&script, line)
			count++
		}
	}
	run := exec.Command("transcript", "succeed")
	run.Stdin = strings.NewReader(script.String())
	run.Env = append(exampleEnv(), "GOFLAGS=-mod=mod -trimpath")
	out, err := run.CombinedOutput()
	if err != nil || !bytes.HasSuffix(out, fmt.Appendf(nil, "\n%d commands\n", count)) {
		t.Errorf("%v:\n%s", err, out)
	}
}

func exampleEnv() []string {
	return append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Someone", "GIT_AUTHOR_EMAIL=someone@example.com", "GIT_COMMITTER_NAME=Someone", "GIT_COMMITTER_EMAIL=someone@example.com",
		"GOWORK=off", "GOPROXY=off")
}

// exampleWorkspace makes the project that the examples are about: in a repository with a release, a
// branch of a remote, an older spec, and the spec of another connector.
func exampleWorkspace(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "hr")
	const spec = `{"name": "IT", "commands": ["std:test-connection"], "sourceConfig": []}`
	inWorkspace(t, filepath.Dir(dir), "conngen init hr --quiet")
	if err := os.Mkdir(filepath.Join(dir, "specs"), 0o755); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, specName))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"old.json": string(text), "specs/it.spec.json": spec} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	inWorkspace(t, dir, "git init -q", "git add .", "git commit -q -m first",
		"git tag v1.0.0", "git update-ref refs/remotes/origin/main HEAD")
	return dir
}

func inWorkspace(t *testing.T, dir string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		words := strings.Fields(line)
		command := exec.Command(words[0], words[1:]...)
		command.Dir, command.Env = dir, exampleEnv()
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
}
