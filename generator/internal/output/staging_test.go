package output

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var errInterrupted = errors.New("interrupted")

// interrupted is the context of a run that received a signal.
func interrupted(t *testing.T) context.Context {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errInterrupted)
	return ctx
}

// kill releases the locks of a batch, as the system does for a killed run.
func (b *Batch) kill(t *testing.T) {
	// A program started by another test holds all open files from its fork to its exec.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	for _, s := range b.stages {
		if err := s.staging.lock.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLeftovers: the next run finds and removes what a killed run left, but nothing of a live run
// or the user.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine := []File{
		{stagingPrefix + "notes/lock", nil},
		{stagingPrefix + "aaaaaaaaaaaaa/mine.txt", []byte("mine")},
		{stagingPrefix + "bbbbbbbbbbbbb", []byte("a file")},
		{stagingPrefix + "ddddddddddddd/lock", nil},
		{stagingPrefix + "ddddddddddddd/notes.txt", []byte("mine")},
		{stagingPrefix + "eeeeeeeeeeeee/lock", []byte("mine")},
		{".conngen.json", []byte("{}")},
	}
	put(t, dir, mine...)
	before := tree(t, dir)
	var killed, alive Batch
	for _, b := range []*Batch{&killed, &alive} {
		if _, err := stageFiles(t.Context(), b, dir, []File{generated("one.go", "1")}, here); err != nil {
			t.Fatal(err)
		}
	}
	killed.kill(t)
	left, empty := filepath.Base(killed.stages[0].staging.path), stagingPrefix+"ccccccccccccc"
	want := []Difference{{Path: left, Kind: Leftover}, {Path: empty, Kind: Leftover}}
	if err := os.Mkdir(filepath.Join(dir, empty), 0o755); err != nil {
		t.Fatal(err) // of a run that was killed before it had a lock
	}
	slices.SortFunc(want, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	found, err := compare(dir, nil, here)
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
	if _, _, err := write(t, new(Batch), dir, nil, here); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(dir, left)); err == nil {
		t.Error("the leftover is still there")
	}
	if err := alive.Commit(t.Context()); err != nil {
		t.Error(err)
	}
	before["one.go"] = string(generated("", "1").Content)
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// TestStagingTaken: a run whose folder is removed by another one before it has its lock takes
// another folder.
func TestStagingTaken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var group sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					RemoveLeftovers(dir)
				}
			}
		})
	}
	for range 30 {
		s, err := newStaging(dir)
		if err != nil {
			t.Error(err)
			break
		}
		if !isInPlace(s.lock) || isLeftover(s.path) {
			t.Error("a folder in use can be taken for a leftover")
		}
		s.remove()
	}
	close(stop)
	group.Wait()
	if diff := cmp.Diff(map[string]string{"./": ""}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// TestCommitUndone: a commit that fails anywhere leaves all folders as they were.
func TestCommitUndone(t *testing.T) {
	t.Parallel()
	errBad := errors.New("bad")
	files := []File{generated("one.go", "1"), generated("new/two.go", "2")}
	for last := range 6 {
		parent := t.TempDir()
		for _, dir := range []string{"a", "b"} {
			put(t, filepath.Join(parent, dir), generated("one.go", "0"), generated("stale.go", "0"))
		}
		before := tree(t, parent)
		n := 0
		b := Batch{faults: faults{step: func(string) error {
			if n++; n > last {
				return errBad
			}
			return nil
		}}}
		for _, dir := range []string{"a", "b"} {
			if _, err := stageFiles(t.Context(), &b, filepath.Join(parent, dir), files, here); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Commit(t.Context()); !errors.Is(err, errBad) {
			t.Errorf("after %d steps: %v", last, err)
		}
		if diff := cmp.Diff(before, tree(t, parent)); diff != "" {
			t.Errorf("after %d steps: %s", last, diff)
		}
	}
}

// TestInterrupted: a batch that is interrupted before its commit changes nothing.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	files := []File{generated("one.go", "1")}
	var b Batch
	if _, err := stageFiles(interrupted(t), &b, filepath.Join(parent, "a"), files, here); !errors.Is(err, errInterrupted) {
		t.Error(err)
	}
	b.Discard()
	if _, err := stageFiles(t.Context(), &b, filepath.Join(parent, "b", "c"), files, here); err != nil {
		t.Error(err)
	}
	if err := b.Commit(interrupted(t)); !errors.Is(err, errInterrupted) {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]string{"./": ""}, tree(t, parent)); diff != "" {
		t.Error(diff)
	}
}

// TestAtOnce: concurrent runs that do the same all succeed.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	var files []File
	for i := range 10 {
		files = append(files, sdk(filepath.ToSlash(filepath.Join(strconv.Itoa(i%3), strconv.Itoa(i)+".go")), "1"))
	}
	for round := range 3 {
		dir := filepath.Join(t.TempDir(), "new", "sdk")
		if round%2 == 0 {
			put(t, dir, sdk("stale/one.go", "0"), sdk("0/0.go", "0"), sdk("1/stale.go", "0"))
		}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, _, err := write(t, new(Batch), dir, files, Folder{Path: ".", Mark: "version.go", SDK: true}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		want := map[string]string{"./": "", "0/": "", "1/": "", "2/": ""}
		for _, f := range files {
			want[f.Path] = string(f.Content)
		}
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestCopyFile: without hard links, the kept copy has the permissions of the file.
func TestCopyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, File{"a.go", []byte("text")})
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for as, mode := range map[string]os.FileMode{"private": 0o600, "shared": 0o666, "readonly": 0o444} {
		if err := errors.Join(root.Chmod("a.go", mode), copyFile(root, "a.go", as)); err != nil {
			t.Fatal(err)
		}
		info, err := root.Stat(as)
		text, readErr := root.ReadFile(as)
		if err != nil || readErr != nil || info.Mode() != mode || string(text) != "text" {
			t.Errorf("%s: mode %v, text %q (%v, %v)", as, info.Mode(), text, err, readErr)
		}
	}
}

// TestLeftoversOfOthers: an old staging folder that this user cannot read is reported; a new one
// may belong to a live run.
func TestLeftoversOfOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, young := stagingPrefix+"aaaaaaaaaaaaa", stagingPrefix+"bbbbbbbbbbbbb"
	put(t, dir, File{old + "/lock", nil}, File{young + "/lock", nil})
	for name, age := range map[string]time.Duration{old: 2 * longRun, young: longRun / 2} {
		path, then := filepath.Join(dir, name), time.Now().Add(-age)
		if err := errors.Join(os.Chtimes(path, then, then), os.Chmod(path, 0)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(path, 0o700) })
	}
	if _, err := os.ReadDir(filepath.Join(dir, old)); err == nil {
		t.Skip("this user can read all folders")
	}
	RemoveLeftovers(dir)
	want := []Difference{{Path: old, Kind: Leftover, Why: "was left behind by a killed conngen of another user; remove it as that user"}}
	if diff := cmp.Diff(want, Leftovers(dir)); diff != "" {
		t.Error(diff)
	}
}
