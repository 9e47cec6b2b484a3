package output

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asAnother runs a function as another user, whose only rights are the permissions of files.
func asAnother(t *testing.T, do func()) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	done := make(chan syscall.Errno)
	go func() {
		runtime.LockOSThread() // which is never unlocked: the thread ends with the goroutine
		_, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0)
		defer func() { done <- errno }()
		do()
	}()
	<-done
}

// openDir is a temporary folder that other users can access.
func openDir(t *testing.T) string {
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestReplaceFileOfOthers: a folder that anyone may write to does not make its files writable.
func TestReplaceFileOfOthers(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	old, content := []byte("package a\n"), []byte("package b\n")
	put(t, dir, File{"private.go", old}, File{"shared.go", old})
	if err := errors.Join(os.Chmod(filepath.Join(dir, "private.go"), 0o644), os.Chmod(filepath.Join(dir, "shared.go"), 0o666)); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	for name, want := range map[string]string{
		"private.go": "private.go is read-only; make it writable first",
		"shared.go":  "shared.go cannot be written: its owner is another user, and would change",
	} {
		asAnother(t, func() {
			if err := ReplaceFile(t.Context(), filepath.Join(dir, name), old, content); err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("%s: error is %v, want %q", name, err, want)
			}
		})
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// TestReplaceFileUnlisted: a file can be replaced in a folder that cannot be listed.
func TestReplaceFileUnlisted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openDir(t), "unlisted")
	content := []byte("package b\n")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 65534, -1), os.Chmod(dir, 0o300)); err != nil {
		t.Skip(err) // only root can give folders away
	}
	asAnother(t, func() {
		if err := ReplaceFile(t.Context(), filepath.Join(dir, "mine.go"), nil, content); err != nil {
			t.Error(err)
		}
	})
	if got, err := os.ReadFile(filepath.Join(dir, "mine.go")); err != nil || string(got) != string(content) {
		t.Errorf("there is %q (%v)", got, err)
	}
}

// TestReadPipeFolder: a named pipe in place of a folder does not block.
func TestReadPipeFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "sdk"), 0o644); err != nil {
		t.Fatal(err)
	}
	for read, err := range map[string]error{
		"a folder in it": second(Read(dir, []File{generated("sdk/one.go", "1")}, here, Folder{Path: "sdk", SDK: true})),
		"itself":         second(Read(filepath.Join(dir, "sdk"), []File{generated("one.go", "1")}, here)),
	} {
		if !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("%s: error is %v", read, err)
		}
	}
}

func second(_ *Reading, err error) error { return err }
