package output

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newFiles are the files of a project.
var newFiles = []File{{"a.txt", []byte("a")}, {"b.txt", []byte("b")}, {"sub/c.txt", []byte("c")}, {"sub/deep/d.txt", []byte("d")}}

func newTree() map[string]string {
	return map[string]string{"./": "", "a.txt": "a", "b.txt": "b", "sub/": "", "sub/c.txt": "c", "sub/deep/": "", "sub/deep/d.txt": "d"}
}

// killedAfter is set for a program that is killed before a step of its WriteNew.
const killedAfter = "CONNGEN_TEST_STEP"

// TestMain is also the program that TestWriteNewKilled kills.
func TestMain(m *testing.M) {
	last, err := strconv.Atoi(os.Getenv(killedAfter))
	if err != nil {
		os.Exit(m.Run())
	}
	n := 0
	p := newProject{dir: ".", files: newFiles, faults: faults{step: func(string) error {
		if n++; n > last {
			self, _ := os.FindProcess(os.Getpid())
			_ = self.Kill()
			select {}
		}
		return nil
	}}}
	if len(os.Args) > 1 {
		p.dir = os.Args[1]
	}
	if err := p.write(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// runKilled writes a new project into a folder in a program that is killed before a step, and
// reports whether it had that many steps.
func runKilled(t *testing.T, step int, wd, dir string) bool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self, dir)
	command.Dir = wd
	command.Env = append(os.Environ(), killedAfter+"="+strconv.Itoa(step))
	out, err := command.CombinedOutput()
	if err != nil && command.ProcessState.ExitCode() == 1 {
		t.Fatalf("step %d: %s", step, out)
	}
	return err != nil
}

// TestWriteNewKilled: wherever a run is killed, and the next one too while it cleans up, the run
// after that finds a clean folder.
func TestWriteNewKilled(t *testing.T) {
	t.Parallel()
	for _, existing := range []bool{false, true} {
		killed := true
		for step := 0; killed; step++ {
			parent := t.TempDir()
			dir := filepath.Join(parent, "x", "y")
			if existing {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if killed = runKilled(t, step, parent, filepath.Join("x", "y")); !killed {
				break
			}
			if existing {
				_ = runKilled(t, 1, parent, filepath.Join("x", "y"))
			}
			if err := WriteNew(t.Context(), dir, newFiles); err != nil {
				t.Errorf("after a kill at step %d: %v", step, err)
			}
			if diff := cmp.Diff(newTree(), tree(t, dir)); diff != "" {
				t.Errorf("after a kill at step %d: %s", step, diff)
			}
			if diff := cmp.Diff(2+len(newTree()), len(tree(t, parent))); diff != "" {
				t.Errorf("after a kill at step %d: %v", step, tree(t, parent))
			}
		}
	}
}

// TestWriteNewUserFiles: leftovers of a killed run are only removed if the folder holds nothing
// else.
func TestWriteNewUserFiles(t *testing.T) {
	t.Parallel()
	const moved = 6 // steps: four files are staged, and two in place
	for name, c := range map[string]struct {
		change File
		want   string
	}{
		"changed": {File{"a.txt", []byte("mine")}, "a.txt is not what it wrote"},
		"added":   {File{"sub/mine.txt", []byte("mine")}, "mine.txt is not what it wrote"},
	} {
		dir := t.TempDir()
		if !runKilled(t, moved, dir, ".") {
			t.Fatal("it was not killed")
		}
		put(t, dir, c.change)
		before := tree(t, dir)
		if err := WriteNew(t.Context(), dir, newFiles); err == nil || !strings.Contains(err.Error(), "an earlier init was interrupted there, and ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestWriteNewAtOnce: runs in different folders do not affect each other; of those in the same
// folder, one succeeds.
func TestWriteNewAtOnce(t *testing.T) {
	t.Parallel()
	for _, existing := range []bool{false, true} {
		for range 2 {
			parent := t.TempDir()
			same := filepath.Join(parent, "same")
			if existing {
				if err := os.Mkdir(same, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			var group sync.WaitGroup
			succeeded := make(chan struct{}, 8)
			for i := range 8 {
				group.Go(func() {
					if err := WriteNew(t.Context(), filepath.Join(parent, "new", "deep", strconv.Itoa(i)), newFiles); err != nil {
						t.Error(err)
					}
					if WriteNew(t.Context(), same, newFiles) == nil {
						succeeded <- struct{}{}
					}
				})
			}
			group.Wait()
			if n := len(succeeded); n != 1 {
				t.Errorf("%d of 8 succeed", n)
			}
			for _, dir := range []string{"same", "new/deep/0", "new/deep/7"} {
				if diff := cmp.Diff(newTree(), tree(t, filepath.Join(parent, dir))); diff != "" {
					t.Error(diff)
				}
			}
		}
	}
}

// TestWriteNewInto: a project may be written into a new repository or module, but not over
// anything else.
func TestWriteNewInto(t *testing.T) {
	t.Parallel()
	module := File{"go.mod", []byte("module x\n")}
	for _, c := range []struct {
		name  string
		there []File
		files []File
		ok    bool
	}{
		{"repository", []File{{".git/HEAD", nil}, {"LICENSE", nil}}, newFiles, true},
		{"module", []File{module, {"go.sum", nil}}, newFiles, true},
		{"other file", []File{{"main.go", nil}}, newFiles, false},
		{"other folder", []File{{"docs/a", nil}}, newFiles, false},
		{"module of its own", []File{module}, append([]File{module}, newFiles...), false},
	} {
		dir := t.TempDir()
		put(t, dir, c.there...)
		want := tree(t, dir)
		err := WriteNew(t.Context(), dir, c.files)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.ok {
			for name, text := range newTree() {
				want[name] = text
			}
		}
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestUndoNew: leftovers of a killed run are removed, and earlier files stay.
func TestUndoNew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, File{"go.mod", []byte("module x\n")}, File{".git/HEAD", nil})
	before := tree(t, dir)
	if !runKilled(t, 6, dir, ".") {
		t.Fatal("it was not killed")
	}
	if cmp.Equal(before, tree(t, dir)) {
		t.Fatal("it has left nothing")
	}
	for range 2 {
		if err := UndoNew(dir); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
			t.Error(diff)
		}
	}
	if err := UndoNew(dir + "/nowhere"); err != nil {
		t.Error(err)
	}
}
