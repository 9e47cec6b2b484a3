//go:build unix

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ciCommands returns the lines of what CI runs.
func ciCommands(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// TestReadmes runs the shell blocks of the README, in order, the first in a copy of the sources and the
// others beside it, and then those of the README of the project that they make. There are no
// programs but Go, make, curl and a shell, and there is no network. One block runs all tests, and so
// cannot run in one: it must be a line of what CI runs.
func TestReadmes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds conngen")
	}
	r := newReader(t)
	clone := filepath.Join(t.TempDir(), "conngen")
	copySources(t, filepath.Join("..", ".."), clone)
	front := readPage(t, filepath.Join("..", ".."), "README.md") // a clone here has no golden packages
	for _, problem := range front.problems() {
		t.Error(problem)
	}
	for _, b := range front.blocks {
		if b.language == "console" || b.kind == "file" || b.kind == "edit" {
			t.Errorf("%s: nothing follows a block of this kind in the README", front.place(b))
		}
	}
	blocks := shellBlocks(front)
	if len(blocks) < 2 || !serveLine.MatchString(strings.TrimSpace(blocks[0].text)) || !slices.Contains(ciCommands(t), strings.TrimSpace(blocks[1].text)) {
		t.Fatal("the README does not begin with a block that serves and one that tests, as CI does")
	}
	r.install(clone)
	ran, called := r.followReadme(clone, blocks[:1])
	beside := filepath.Dir(clone) // where the first block makes the project
	ranBeside, calledBeside := r.followReadme(beside, blocks[2:])
	ran, called = ran+ranBeside, called+calledBeside

	project := filepath.Join(beside, "my-first-project")
	readme := readPage(t, project, "README.md")
	for _, b := range readme.blocks {
		switch {
		case b.problem != "":
			t.Errorf("%s: %s", readme.place(b), b.problem)
		case b.language == "go":
			r.addHandler(project, b)
		case b.language != "sh" && b.language != "text":
			t.Errorf("%s: nothing checks a block of %q", readme.place(b), b.language)
		}
	}
	ranInProject, calledInProject := r.followReadme(project, shellBlocks(readme))
	r.stopServers()
	ran, called = ran+ranInProject, called+calledInProject
	if ran < 8 || r.served != 3 || called != 2 {
		t.Errorf("%d blocks have run, %d have served, %d have called a server", ran, r.served, called)
	}
}

// addHandler puts a block into the fake source of a project's tests, which later blocks run.
func (r *reader) addHandler(project string, b *block) {
	r.t.Helper()
	name := filepath.Join(project, "client_test.go")
	text, err := os.ReadFile(name)
	if err != nil {
		r.t.Fatal(err)
	}
	const server = "\tserver := httptest.NewServer(api)\n"
	if n := strings.Count(string(text), server); n != 1 {
		r.t.Fatalf("client_test.go has %d fake sources", n)
	}
	r.write(name, strings.Replace(string(text), server, b.text+server, 1))
}

// shellBlocks returns the shell blocks of a page.
func shellBlocks(p *manualPage) []*block {
	return slices.DeleteFunc(slices.Clone(p.blocks), func(b *block) bool { return b.language != "sh" })
}

// followReadme runs blocks in a folder and returns how many have run, and how many
// have called a server. A block that serves goes on until
// it has answered the later ones that call it with the sample accounts, here or in the next folder.
func (r *reader) followReadme(dir string, blocks []*block) (ran, called int) {
	r.t.Helper()
	for _, b := range blocks {
		r.at, r.dir = fmt.Sprintf("%s:%d", filepath.Join(dir, "README.md"), b.line), dir
		calls := strings.Contains(b.text, usualServe)
		if !calls {
			r.stopServers()
		}
		out := r.shell(b)
		if calls {
			called++
			if n := strings.Count(out, `},"type":"output"}`+"\n"); n != 10 {
				r.t.Errorf("%s: %d accounts, want 10:\n%s", r.at, n, out)
			}
		}
		ran++
	}
	return ran, called
}

var exportLine = regexp.MustCompile(`\bexport \w+="[^"\n]*"`)

// install runs make install, which prints the line that makes its command work, if it does not.
func (r *reader) install(clone string) {
	r.t.Helper()
	r.at, r.dir = "make install", clone
	did, out, _ := strings.Cut(r.run("make install"), "\n") // what make runs, and what it says
	line := exportLine.FindString(out)
	if !strings.Contains(did, "go install ") || line == "" {
		r.t.Fatalf("make install does not say how to extend the PATH: %q", out)
	}
	if out := r.run("(" + line + "; make install; conngen version)"); !strings.HasPrefix(out, did+"\nconngen ") {
		r.t.Errorf("make install does not take the PATH that it asks for: %q", out)
	}
	other := r.t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "conngen"), nil, 0o755); err != nil {
		r.t.Fatal(err)
	}
	if out := r.run("(export PATH='" + other + "':\"$PATH\"; make install)"); !strings.Contains(out, "the PATH has another one first: ") {
		r.t.Errorf("make install does not see another conngen: %q", out)
	}
}

// copySources copies what a clone of the repository has.
func copySources(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && (entry.Name() == ".git" || rel == "bin" || rel == "golden" || rel == "conformance"):
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}
