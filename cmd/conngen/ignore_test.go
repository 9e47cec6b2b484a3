package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/conngen/conngen/generator/project"
	"github.com/conngen/conngen/schema"
)

// secretFiles are in no repository and in no image, wherever they are.
var secretFiles = []string{
	"config.json", ".env", ".env.local", "key.pem", "tls.key", "store.p12", "store.pfx", "store.jks", "ca.crt", "ca.cer",
	".envrc", "prod.env", ".netrc", "credentials.json", "id_rsa", "id_ecdsa", "id_ed25519", ".conngen-aaaaaaaaaaaaa/0",
	"token", "auth-token", "api.token", "token.txt", "auth-token.txt",
}

// ownFiles are what authors add to a project.
var ownFiles = []string{
	"testdata/scenarios/list.txtar", ".conngen.json", "go.sum", "token.go", "internal/token/token.go", "internal/auth-token/auth.go", "keys/keys.go", "env.go", "config.go",
	"testdata/config.example.json", "connector/config.go",
}

// newIgnoringProject makes a project, and returns its folder and its files.
func newIgnoringProject(t *testing.T) (dir string, files []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "hr")
	var stderr bytes.Buffer
	a := app{stdin: strings.NewReader(""), stdout: &bytes.Buffer{}, stderr: &stderr}
	if code := a.Main([]string{"init", "HR", "--dir", dir, "--docker", "--ci", "github"}); code != exitOK {
		t.Fatalf("init exits with %d: %s", code, &stderr)
	}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, append(files, ownFiles...)
}

// secretPlaces are secretFiles in some folders.
func secretPlaces() []string {
	var all []string
	for _, dir := range []string{"", "testdata/", "deep/token/"} {
		for _, name := range secretFiles {
			all = append(all, dir+name)
		}
	}
	return all
}

func TestGitIgnore(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	dir, files := newIgnoringProject(t)
	for _, name := range slices.Concat(secretPlaces(), ownFiles) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	runGit(t, dir, "init", "-q")
	tracked := strings.Split(strings.TrimSuffix(runGit(t, dir, "ls-files", "-z", "--others", "--exclude-standard"), "\x00"), "\x00")
	for _, name := range files {
		if !slices.Contains(tracked, name) {
			t.Errorf("git ignores %s", name)
		}
	}
	for _, name := range tracked {
		if !slices.Contains(files, name) {
			t.Errorf("git does not ignore %s", name)
		}
	}
}

// TestGitIgnoreProgram: git ignores the program of any module, and no file of the project, on
// systems too where case does not count.
func TestGitIgnoreProgram(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes many repositories")
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	text, err := project.DefaultSpec("x")
	if err != nil {
		t.Fatal(err)
	}
	spec, _ := schema.Parse(specName, text)
	for module, program := range map[string]string{
		"example.com/hr": "hr", "example.com/hr/v2": "hr", "example.com/internal": "internal", "gopkg.in/hr.v2": "hr.v2", "example.com/dist": "",
		"example.com/Token": "", "client.go": "", "accounts.go": "", "readme.md": "", "example.com/README.md": "", "dockerfile": "", "connector": "",
		"go.sum": "", "go.mod": "", "config.json": "", "Connector-Spec.json": "", "package.json": "",
	} {
		files, err := project.Files(spec, project.Options{Name: "x", Module: module, Call: "conngen", CI: "github", Docker: true})
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		names := append(slices.Clone(ownFiles), "internal/x.go", "hr/x.go", "accounts.go")
		for _, f := range files {
			names = append(names, f.Path)
			if f.Path == ".gitignore" {
				if err := os.WriteFile(filepath.Join(dir, f.Path), f.Content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		var want string
		if program != "" {
			names = append(names, program, program+".exe")
			want = program + "\x00" + program + ".exe\x00"
		}
		runGit(t, dir, "init", "-q")
		check := exec.Command("git", "-C", dir, "-c", "core.ignorecase=true", "check-ignore", "--no-index", "-z", "--stdin")
		check.Stdin = strings.NewReader(strings.Join(names, "\x00"))
		if ignored, _ := check.Output(); string(ignored) != want { // it fails where nothing is ignored
			t.Errorf("%s: git ignores %q, want %q", module, ignored, want)
		}
	}
}

func TestDockerIgnore(t *testing.T) {
	t.Parallel()
	dir, files := newIgnoringProject(t)
	f, err := os.Open(filepath.Join(dir, ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	patterns, err := ignorefile.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range []struct {
		names   []string
		ignored bool
	}{{files, false}, {secretPlaces(), true}} {
		for _, name := range list.names {
			if name == "deep/token/token" {
				continue // no line tells it from a file of a package of that name
			}
			got, err := matcher.MatchesOrParentMatches(filepath.FromSlash(name))
			if err != nil || got != list.ignored {
				t.Errorf("%s is ignored: %v, %v", name, got, err)
			}
		}
	}
}
