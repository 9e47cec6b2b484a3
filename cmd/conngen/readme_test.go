//go:build unix

package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)\n```")

// readmeBlocks returns the README's shell commands.
func readmeBlocks(t *testing.T) (run, call, test string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 3 {
		t.Fatalf("the README has %d shell blocks, want 3", len(blocks))
	}
	return blocks[0][1], blocks[1][1], blocks[2][1]
}

// TestReadmeRuns runs the README's first command in a copy of the sources, and
// calls what it serves as the README says.
func TestReadmeRuns(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds conngen")
	}
	for _, program := range []string{"make", "sh", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the README's commands need %s", program)
		}
	}
	run, call, _ := readmeBlocks(t)
	dir := t.TempDir()
	copySources(t, filepath.Join("..", ".."), dir)
	command := exec.Command("sh", "-c", strings.ReplaceAll(run, ":3000", ":0"))
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false -trimpath", "GOWORK=off")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	url, _, err := start(command)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // the shell, go run and the connector
		_ = command.Wait()
	}()
	out, err := exec.Command("sh", "-c", strings.ReplaceAll(call, "http://localhost:3000", url)).Output()
	if err != nil {
		t.Fatalf("curl: %v", err)
	}
	if n := bytes.Count(out, []byte(`},"type":"output"}`+"\n")); n != 10 {
		t.Errorf("%d accounts, want 10:\n%s", n, out)
	}
}

// TestReadmeTest: CI calls exactly the test command of the README.
func TestReadmeTest(t *testing.T) {
	t.Parallel()
	_, _, test := readmeBlocks(t)
	ci, err := os.ReadFile(filepath.Join("..", "..", ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(ci)), "\n")
	if last := lines[len(lines)-1]; last != test {
		t.Errorf("CI runs %q, the README says %q", last, test)
	}
}

var differenceName = regexp.MustCompile(`(?m)^- \*\*(.+)\.\*\* `)

// TestReadmeDifferences: each difference from the official SDK that the README lists is seen
// by a test, and the tests know no others: transcripts and conformance name the ones that
// they see, and fail where one is gone.
func TestReadmeDifferences(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	read := func(path string) string {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	_, rest, _ := strings.Cut(read("README.md"), "<!-- differences -->\n")
	list, _, _ := strings.Cut(rest, "<!-- end of differences -->\n")
	elsewhere := map[string][2]string{ // tests of what neither of them can see
		"Advice":          {"templates/sdk/inputs_test.go", "TestLooseInputs"},
		"Required fields": {"golden/complete/connector/connector_test.go", "TestCreateRequired"},
		"Quoted booleans": {"golden/legacy/connector/connector_test.go", "TestSpecRead"},
		"Filters":         {"templates/sdk/filter/filter_test.go", "TestFilterCases"},
		"Keep-alives":     {"templates/sdk/keepalive_test.go", "TestKeepAlive"},
	}
	seen := read("templates/sdk/transcript_test.go") + read("conformance/differences_test.go")
	names := differenceName.FindAllStringSubmatch(list, -1)
	if len(names) != strings.Count(list, "\n") {
		t.Errorf("not every line of the list is a difference:\n%s", list)
	}
	for _, match := range names {
		name := match[1]
		if test, ok := elsewhere[name]; ok {
			if !strings.Contains(read(test[0]), "\nfunc "+test[1]+"(") {
				t.Errorf("%s: %s has no %s", name, test[0], test[1])
			}
			continue
		}
		if !strings.Contains(seen, strconv.Quote(name)) {
			t.Errorf("no test sees %q", name)
		}
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
