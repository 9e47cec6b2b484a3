package sdk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/conngen/conngen/templates/sdk/internal/printable"
)

// readFile reads a file that the caller names. Its errors begin with the name.
func readFile(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fileError(file, err)
	}
	return text, nil
}

// errContent is about the name of a file that is probably a content, which may be secret.
var errContent = errors.New("the value is not the name of a file")

// fileError words why a file cannot be read without the names of system calls.
func fileError(file string, err error) error {
	name := printable.Name(file)
	info, statErr := os.Stat(file)
	switch {
	case statErr != nil && mayBeContent(file): // the system may say that the name is too long
		return errContent
	case errors.Is(err, fs.ErrNotExist):
		return errors.New(name + " does not exist")
	case errors.Is(err, fs.ErrPermission):
		return errors.New(name + " cannot be read: you lack the permission")
	case statErr == nil && info.IsDir():
		return errors.New(name + " is a folder, not a file")
	case errors.Is(err, syscall.ENOTDIR):
		return errors.New(printable.Name(fileAbove(file)) + " is a file, not a folder")
	case errors.Is(err, syscall.ELOOP):
		return errors.New(name + " cannot be read: its symbolic links form a loop")
	case errors.Is(err, syscall.ENAMETOOLONG):
		return errors.New(name + " cannot be read: the name is too long")
	}
	return errors.New(name + " cannot be read: " + causeOf(err).Error())
}

// fileAbove returns the part of a path that is a file, and has something below it.
func fileAbove(name string) string {
	for above := filepath.Dir(name); above != filepath.Dir(above); above = filepath.Dir(above) {
		if isRegular(above) {
			return above
		}
	}
	return name
}

// causeOf returns an error about a file without the name of the system call.
func causeOf(err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// isRegular reports whether name is a file.
func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
