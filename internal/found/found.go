// Package found opens the files that conngen finds without being told their names: specs in
// folders, settings, go.mod, Go files beside a client, generated code. It opens only regular
// files. On a named pipe, conngen could wait forever, and a device may be endless.
//
// This does not apply to a file that the user names as an argument, which may be a pipe:
// conngen diff <(git show HEAD:connector-spec.json) connector-spec.json
package found

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxSize is far above the size of any file that conngen reads: the code of the largest spec takes
// a fifth of it.
const maxSize = 256 << 20

// An Error says why conngen does not read something in place of a file.
type Error struct {
	Path   string
	Reason string // what it is
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s %s; move it away", e.Path, e.Reason)
}

// Irregular describes anything but a regular file, as in "is a named pipe, not a file". It returns
// "" for regular files. Only writers ask about a symbolic link: readers ask about its target.
func Irregular(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return ""
	case mode.IsDir():
		return "is a folder, not a file"
	case mode&fs.ModeSymlink != 0:
		return "is a symbolic link, which conngen does not write through"
	case mode&fs.ModeNamedPipe != 0:
		return "is a named pipe, not a file"
	case mode&fs.ModeSocket != 0:
		return "is a socket, not a file"
	case mode&fs.ModeDevice != 0:
		return "is a device, not a file"
	}
	return "is not a regular file"
}

// Open opens a regular file for reading. It follows symbolic links.
func Open(name string) (*os.File, error) {
	f, _, err := open(name, os.Stat, func(flag int) (*os.File, error) { return os.OpenFile(name, flag, 0) })
	return f, err
}

// ReadFile reads a regular file. It follows symbolic links.
func ReadFile(name string) ([]byte, error) {
	f, info, err := open(name, os.Stat, func(flag int) (*os.File, error) { return os.OpenFile(name, flag, 0) })
	if err != nil {
		return nil, err
	}
	return readFile(name, f, info, nil)
}

// ReadIn reads a regular file below a folder. It follows symbolic links that stay below it.
func ReadIn(root *os.Root, name string) ([]byte, error) {
	shown := filepath.Join(root.Name(), filepath.FromSlash(name))
	f, info, err := open(shown, func(string) (fs.FileInfo, error) { return root.Stat(name) },
		func(flag int) (*os.File, error) { return root.OpenFile(name, flag, 0) })
	if err != nil {
		return nil, err
	}
	return readFile(shown, f, info, nil)
}

// open checks the file before it opens it, because opening some devices has effects, and again
// afterwards, because the file may have been replaced in between.
func open(shown string, stat func(string) (fs.FileInfo, error), open func(flag int) (*os.File, error)) (*os.File, fs.FileInfo, error) {
	info, err := stat(shown)
	if err != nil {
		return nil, nil, Plain(shown, err)
	}
	if why := Irregular(info.Mode()); why != "" {
		return nil, nil, &Error{shown, why}
	}
	return openListed(shown, open)
}

// openListed opens a file that was a regular one a moment ago.
func openListed(shown string, open func(flag int) (*os.File, error)) (*os.File, fs.FileInfo, error) {
	f, err := open(os.O_RDONLY | withoutWaiting)
	if err != nil {
		return nil, nil, Plain(shown, err)
	}
	info, err := regular(shown, f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// regular returns the info of an open file, which must be a regular one.
func regular(shown string, f *os.File) (fs.FileInfo, error) {
	info, err := f.Stat()
	if err == nil {
		if why := Irregular(info.Mode()); why != "" {
			err = &Error{shown, why}
		}
	}
	return info, err
}

// readFile reads a file to its end, and closes it.
func readFile(name string, f *os.File, info fs.FileInfo, buffer []byte) ([]byte, error) {
	defer f.Close()
	return readAll(name, info.Size(), f.Read, buffer)
}

// readAll reads a file with a known recent size to its end.
func readAll(name string, size int64, read func([]byte) (int, error), buffer []byte) ([]byte, error) {
	if size > maxSize {
		return nil, tooLarge(name)
	}
	content := slices.Grow(buffer[:0], int(size)+1) // one byte more, to see the end if the size is wrong
	for {
		n, err := read(content[len(content):cap(content)])
		content = content[:len(content)+n]
		switch {
		case errors.Is(err, io.EOF), err == nil && (n == 0 || int64(len(content)) == size):
			return content, nil
		case err != nil:
			return nil, Plain(name, err)
		case len(content) > maxSize: // the file has grown
			return nil, tooLarge(name)
		}
		content = slices.Grow(content, 1)
	}
}

func tooLarge(name string) error {
	return &Error{name, fmt.Sprintf("is larger than %d MiB", maxSize>>20)}
}

// CheckInside refuses a symbolic link that leads out of a folder or into its git directory. It
// accepts everything else. what describes the folder.
func CheckInside(name, folder, what string) error {
	if info, err := os.Lstat(name); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return nil // reading a missing file gives its own error
	}
	real, err := filepath.EvalSymlinks(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Plain(name, err)
	case err != nil:
		return fmt.Errorf("%s is a symbolic link that cannot be followed", name)
	}
	if real, err = filepath.Abs(real); err != nil {
		return err
	}
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return Plain(folder, err)
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return err
	}
	below, err := filepath.Rel(folder, real)
	if err == nil && filepath.IsLocal(below) && first(below) != ".git" {
		return nil
	}
	return fmt.Errorf("%s is a symbolic link that leads out of the %s, to %s; put a file in its place, or move it away", name, what, real)
}

// first returns the first element of a relative path.
func first(path string) string {
	element, _, _ := strings.Cut(filepath.ToSlash(path), "/")
	return element
}
