package sdk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fullDisk is a standard output that takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

// TestOutputLost: a program whose output gets lost fails, and says so without a system call's name.
func TestOutputLost(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"version", "version --format json", "help", "help invoke", "spec", "invoke echo", "invoke fail"} {
		var problems strings.Builder
		p := program{name: "app", stdin: strings.NewReader(`{}`), stdout: fullDisk{}, stderr: &problems}
		code := newProgram().runProgram(context.Background(), p, strings.Fields(line))
		if want := "app: standard output: " + syscall.ENOSPC.Error() + "\n"; code != exitUsage || problems.String() != want {
			t.Errorf("%s: exit code %d, printed %q, want %q", line, code, problems.String(), want)
		}
	}
}

// TestFileErrors: the part of a path that is at fault is named.
func TestFileErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(dir, strings.Repeat("a", 300))
	for name, want := range map[string]string{
		filepath.Join(file, "x", "y"): file + " is a file, not a folder",
		long:                          long + " cannot be read: the name is too long",
		dir:                           dir + " is a folder, not a file",
		filepath.Join(dir, "x"):       filepath.Join(dir, "x") + " does not exist",
	} {
		if _, err := readFile(name); err == nil || err.Error() != want {
			t.Errorf("%s: error is %v, want %s", name, err, want)
		}
	}
}
