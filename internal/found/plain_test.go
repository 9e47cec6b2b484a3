//go:build unix

package found_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/conngen/conngen/internal/found"
)

// TestPlain: an error names the part of the path that is at fault.
func TestPlain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	long := filepath.Join(dir, strings.Repeat("a", 300))
	loop := filepath.Join(dir, "loop")
	file := filepath.Join(dir, "file")
	if err := errors.Join(os.Symlink("loop", loop), os.WriteFile(file, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		cause error
		what  string
		want  string
	}{
		{filepath.Join(dir, "a", "b"), syscall.EACCES, "cannot be read", dir + " cannot be read: you lack the permission"},
		{filepath.Join(dir, "a", "b"), syscall.EACCES, "cannot be written", dir + " cannot be written to: you lack the permission"},
		{file, syscall.EPERM, "cannot be written", file + " cannot be written: you lack the permission"},
		{filepath.Join(long, "go.mod"), syscall.ENAMETOOLONG, "cannot be read", long + " has a name that is too long"},
		{filepath.Join(loop, "go.mod"), syscall.ELOOP, "cannot be read", loop + " is a symbolic link that leads back to itself"},
		{filepath.Join(file, "go.mod"), syscall.ENOTDIR, "cannot be written", file + " is a file, not a folder"},
		{file, syscall.ENXIO, "cannot be read", file + " cannot be read: the device is not there"},
		{file, syscall.EROFS, "cannot be written", file + " cannot be written: its file system is read-only"},
		{file, syscall.ENOSPC, "cannot be written", file + " cannot be written: no space left on device"},
	} {
		cause := &fs.PathError{Op: "open", Path: tt.name, Err: tt.cause}
		err := found.Failure(tt.name, tt.what, cause)
		if err.Error() != tt.want || !errors.Is(err, tt.cause) {
			t.Errorf("%s, %v: error is %q, want %q", tt.name, tt.cause, err, tt.want)
		}
		if plain := found.Plain(tt.name, cause); tt.what == "cannot be read" && plain.Error() != tt.want {
			t.Errorf("%s, %v: plain error is %q, want %q", tt.name, tt.cause, plain, tt.want)
		}
	}
	if err := errors.New("other"); found.Plain(file, err) != err {
		t.Error("an error that is not of the operating system is reworded")
	}
}

func TestWorking(t *testing.T) {
	t.Parallel()
	gone := os.NewSyscallError("getwd", syscall.ENOENT)
	if err := found.Working(gone); err.Error() != "the working folder no longer exists" || !errors.Is(err, gone) {
		t.Errorf("error is %v", err)
	}
	for _, err := range []error{nil, os.NewSyscallError("getwd", syscall.EIO), syscall.ENOENT} {
		if got := found.Working(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}
