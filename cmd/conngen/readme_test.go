//go:build unix

package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)\n```$")

// shellBlocks returns the shell commands of a README.
func shellBlocks(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, match := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}

// ciCommands returns the lines of what CI runs.
func ciCommands(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// TestReadmes runs the shell blocks of the README, in order, in a copy of the sources, and then
// those of the README of the project that they make. There are no programs but Go, make, curl and a
// shell, and there is no network. One block runs all tests, and so cannot run in one: it must be
// a line of what CI runs.
func TestReadmes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds conngen")
	}
	r := newReader(t)
	clone := filepath.Join(t.TempDir(), "conngen")
	copySources(t, filepath.Join("..", ".."), clone)
	blocks := shellBlocks(t, filepath.Join(clone, "README.md"))
	if len(blocks) < 2 || !serveBlock.MatchString(blocks[0]) || !slices.Contains(ciCommands(t), blocks[1]) {
		t.Fatalf("the README does not begin with a block that serves and one that tests, as CI does: %q", blocks)
	}
	r.tests = blocks[1]
	r.install(clone)
	project := filepath.Join(clone, "my-first-project")
	ran := r.follow(clone, blocks)
	ran += r.follow(project, shellBlocks(t, filepath.Join(project, "README.md")))
	if ran < 8 || r.served != 2 || r.called != 2 {
		t.Errorf("%d blocks have run, %d have served, %d have called a server", ran, r.served, r.called)
	}
}

// A reader follows READMEs in a shell.
type reader struct {
	t       *testing.T
	tests   string // the block that runs all tests
	env     []string
	profile string // lines that hold for all later shells

	url            string // of the server that is running
	stop           func() // stops it; nil when none is running
	served, called int
}

// newReader returns a reader with an empty home on a machine that has Go, make, curl and a shell
// alone, and Go's caches, but no C compiler.
func newReader(t *testing.T) *reader {
	t.Helper()
	home, programs := t.TempDir(), t.TempDir()
	for _, program := range []string{"go", "make", "curl", "sh"} {
		path, err := exec.LookPath(program)
		if err != nil {
			t.Skipf("the README's commands need %s", program)
		}
		if err := os.Symlink(path, filepath.Join(programs, program)); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"HOME=" + home, "PATH=" + programs, "GOPROXY=off", "GOTOOLCHAIN=local", "GOFLAGS=-trimpath", "GOWORK=off"}
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		value, err := goEnv(name)
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+value)
	}
	r := &reader{t: t, env: env}
	t.Cleanup(r.stopServer)
	return r
}

// follow runs blocks in a folder and returns how many have run. A block that serves goes on until
// it has answered the later ones that call it.
func (r *reader) follow(dir string, blocks []string) (ran int) {
	r.t.Helper()
	for _, block := range blocks {
		switch {
		case block == r.tests:
			continue
		case serveBlock.MatchString(block):
			r.stopServer()
			r.serve(dir, block)
		case strings.Contains(block, "localhost:3000"):
			r.call(dir, block)
		default:
			r.stopServer()
			r.run(dir, block)
		}
		ran++
		for _, line := range exportLine.FindAllString(block, -1) {
			r.profile += line + "\n"
		}
	}
	r.stopServer()
	return ran
}

var (
	serveBlock = regexp.MustCompile(`(?m)\bgo run \. serve$`)
	exportLine = regexp.MustCompile(`\bexport \w+="[^"\n]*"`)
)

// install runs make install, which prints the line that makes its command work, if it does not.
func (r *reader) install(clone string) {
	r.t.Helper()
	did, out, _ := strings.Cut(r.run(clone, "make install"), "\n") // what make runs, and what it says
	line := exportLine.FindString(out)
	if !strings.Contains(did, "go install ") || line == "" {
		r.t.Fatalf("make install does not say how to extend the PATH: %q", out)
	}
	if out := r.run(clone, line+"; make install; conngen version"); !strings.HasPrefix(out, did+"\nconngen ") {
		r.t.Errorf("make install does not take the PATH that it asks for: %q", out)
	}
	other := r.t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "conngen"), nil, 0o755); err != nil {
		r.t.Fatal(err)
	}
	if out := r.run(clone, "export PATH='"+other+"':\"$PATH\"; make install"); !strings.Contains(out, "the PATH has another one first: ") {
		r.t.Errorf("make install does not see another conngen: %q", out)
	}
}

// command is a shell that runs a block and fails with its first command that does.
func (r *reader) command(dir, block string) *exec.Cmd {
	cmd := exec.Command("sh", "-ec", r.profile+block)
	cmd.Dir, cmd.Env = dir, r.env
	return cmd
}

func (r *reader) run(dir, block string) string {
	r.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := r.command(dir, block)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		r.t.Fatalf("%v:\n%s\n%s%s", err, block, &stdout, &stderr)
	}
	return stdout.String()
}

// serve runs a block on a free port, until it answers.
func (r *reader) serve(dir, block string) {
	r.t.Helper()
	cmd := r.command(dir, serveBlock.ReplaceAllString(block, "$0 --addr localhost:0"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	url, _, err := start(cmd)
	if err != nil {
		r.t.Fatalf("%s: %v", block, err)
	}
	r.served++
	r.url, r.stop = url, func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the shell, go run and the connector
		_ = cmd.Wait()
	}
}

func (r *reader) stopServer() {
	if r.stop != nil {
		r.stop()
	}
	r.stop = nil
}

// call runs a block that asks the server for the sample accounts.
func (r *reader) call(dir, block string) {
	r.t.Helper()
	if r.stop == nil {
		r.t.Fatalf("nothing serves for %s", block)
	}
	out := r.run(dir, calledURL.ReplaceAllString(block, r.url))
	if n := strings.Count(out, `},"type":"output"}`+"\n"); n != 10 {
		r.t.Errorf("%d accounts, want 10:\n%s", n, out)
	}
	r.called++
}

var calledURL = regexp.MustCompile(`(http://)?localhost:3000`)

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
		case entry.IsDir() && (entry.Name() == ".git" || rel == "bin" || rel == "golden" || rel == "conformance" || rel == "my-first-project"):
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
