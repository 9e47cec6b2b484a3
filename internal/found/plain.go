package found

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Plain rewords an operating system error about an unreadable file: the file or folder at fault,
// then the cause, without the name of the failed call. It returns other errors unchanged.
func Plain(name string, err error) error {
	switch {
	case Cause(err) == err:
		return err
	case errors.Is(err, fs.ErrNotExist):
		return &plainError{name + " does not exist", err}
	}
	return Failure(name, "cannot be read", err)
}

// Failure is [Plain] for anything that fails with a file; what describes the failure, such as
// "cannot be written".
func Failure(name, what string, err error) error {
	switch cause := Cause(err); {
	case errors.Is(cause, syscall.ENOTDIR):
		return &plainError{fileAbove(name) + " is a file, not a folder", err}
	case errors.Is(cause, fs.ErrPermission):
		refusing := refusing(name)
		if what == "cannot be written" && refusing != name {
			what = "cannot be written to"
		}
		return &plainError{fmt.Sprintf("%s %s: you lack the permission", shownFolder(refusing), what), err}
	case errors.Is(cause, syscall.ENAMETOOLONG):
		return &plainError{Shown(outermost(name, syscall.ENAMETOOLONG)) + " has a name that is too long", err}
	case errors.Is(cause, syscall.ELOOP):
		return &plainError{Shown(outermost(name, syscall.ELOOP)) + " is a symbolic link that leads back to itself", err}
	default:
		return &plainError{fmt.Sprintf("%s %s: %s", name, what, reason(name, cause)), err}
	}
}

// reason says what an error of the operating system means if its own words do not.
func reason(name string, cause error) string {
	switch {
	case errors.Is(cause, syscall.ENXIO): // of a socket, or a device without hardware
		if info, err := os.Stat(name); err == nil && info.Mode()&fs.ModeSocket != 0 {
			return "it " + Irregular(info.Mode())
		}
		return "the device is not there"
	case errors.Is(cause, syscall.EROFS):
		return "its file system is read-only"
	}
	return cause.Error()
}

// refusing returns the part of a path for which the user lacks a permission: the folder in which
// names cannot be looked up or created, or the file itself.
func refusing(name string) string {
	for path := filepath.Clean(name); ; path = filepath.Dir(path) {
		if _, err := os.Lstat(path); err == nil || path == filepath.Dir(path) {
			return path
		}
	}
}

// outermost returns the first part of a path that fails with an operating system error.
func outermost(name string, problem syscall.Errno) string {
	first := filepath.Clean(name)
	for path := first; path != filepath.Dir(path); path = filepath.Dir(path) {
		if _, err := os.Stat(path); errors.Is(err, problem) {
			first = path
		}
	}
	return first
}

// shownFolder is a path in a message that may be the working folder.
func shownFolder(path string) string {
	if shown := Shown(path); shown != "." {
		return shown
	}
	return "the working folder"
}

// fileAbove returns the part of a path that is a file although something is below it.
func fileAbove(name string) string {
	name = filepath.Clean(name)
	for above := filepath.Dir(name); above != filepath.Dir(above); above = filepath.Dir(above) {
		if info, err := os.Stat(above); err == nil && !info.IsDir() {
			return above
		}
	}
	return name
}

// CheckWorking returns an error if the working folder no longer exists.
func CheckWorking() error {
	_, err := os.Getwd()
	return Working(err)
}

// Working rewords the error of a working folder that no longer exists. It returns other errors
// unchanged.
func Working(err error) error {
	var call *os.SyscallError
	if errors.As(err, &call) && call.Syscall == "getwd" && errors.Is(err, fs.ErrNotExist) {
		return &plainError{"the working folder no longer exists", err}
	}
	return err
}

// Cause returns the cause of an error of the operating system, without the call that
// failed and its paths. Other errors are returned as they are.
func Cause(err error) error {
	var inPath *fs.PathError
	var inLink *os.LinkError
	switch {
	case errors.As(err, &inPath):
		return inPath.Err
	case errors.As(err, &inLink):
		return inLink.Err
	}
	return err
}

type plainError struct {
	text string
	err  error
}

func (e *plainError) Error() string { return e.text }

func (e *plainError) Unwrap() error { return e.err }

// Is treats a file below another file as nonexistent.
func (e *plainError) Is(target error) bool {
	return target == fs.ErrNotExist && errors.Is(e.err, syscall.ENOTDIR)
}
