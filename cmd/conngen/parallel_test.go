package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/settings"
)

// TestManySpecs: a command says of many specs what it says of each alone, in the order of their
// paths. Here the race detector sees everything that commands do at once.
func TestManySpecs(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	dir, names := specsFolder(t)
	runGit(t, dir, "init", "-q")
	runGit(t, dir, "add", ".")
	runGit(t, dir, "commit", "-q", "-m", "first")
	each := func(wantCode int, args ...string) {
		t.Helper()
		var want strings.Builder
		for _, name := range names {
			said, code := runApp(append(args, filepath.Join(dir, name))...)
			if code != wantCode {
				t.Errorf("%q of %s: code %d, want %d:\n%s", args, name, code, wantCode, said)
			}
			want.WriteString(said)
		}
		said, code := runApp(append(args, filepath.Join(dir, "..."))...)
		if code != wantCode || said != want.String() {
			t.Errorf("%q of all: code %d, want %d; it says\n%s\nand of one after another\n%s", args, code, wantCode, said, &want)
		}
	}
	for _, out := range []string{"a", "b", "c", "connector"} { // once is too seldom for a race to show
		if said, code := runApp("generate", "--out", out, filepath.Join(dir, "...")); code != exitOK {
			t.Fatalf("generate: code %d\n%s", code, said)
		}
	}
	each(exitOK, "validate", "--severity", "info")
	each(exitOK, "check")
	for _, name := range names {
		spec := `{"name": "` + name + `", "commands": ["std:test-connection"], "sourceConfig": []}`
		if err := os.WriteFile(filepath.Join(dir, name, specName), []byte(spec), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	each(exitFindings, "check")
	each(exitFindings, "diff", "--against", "HEAD", "--format", "github")
}

// specsFolder makes a module of some golden specs with two SDKs, and returns its folder and those
// of the specs in it.
func specsFolder(t *testing.T) (dir string, names []string) {
	t.Helper()
	dir, names = t.TempDir(), []string{"compound-key", "legacy", "minimal", "no-schema"}
	files := map[string]string{
		"go.mod": "module example.com/many\n\ngo 1.24\n", settings.FileName: `{"root": true, "generate": {"sdk": "./sdk"}}`,
		"legacy/" + settings.FileName: `{"generate": {"sdk": "./connector/sdk"}}`,
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("..", "..", "golden", name, specName))
		if err != nil {
			t.Fatal(err)
		}
		files[name+"/"+specName] = string(text)
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(names)
	return dir, names
}

// runApp runs a command line in this process and returns what it says on standard output, and its
// exit code.
func runApp(args ...string) (stdout string, code int) {
	var out, errs bytes.Buffer
	code = app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs}.Main(args)
	if code == exitFailed {
		return errs.String(), code
	}
	return out.String(), code
}
