package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

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

// fileError words why a file cannot be read without the names of system calls.
func fileError(file string, err error) error {
	name := printable.Name(file)
	info, statErr := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New(name + " does not exist")
	case errors.Is(err, fs.ErrPermission):
		return errors.New(name + " cannot be read: you lack the permission")
	case statErr == nil && info.IsDir():
		return errors.New(name + " is a folder, not a file")
	}
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return errors.New(name + " cannot be read: " + err.Error())
}

// isRegular reports whether name is a file.
func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// byteOrderMark is what some editors and PowerShell begin a text with.
const byteOrderMark = "\uFEFF"

// readJSON reads a file that holds JSON.
func readJSON(file string) (json.RawMessage, error) {
	text, err := readFile(file)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.HasPrefix(text, []byte("\xFE\xFF")) {
		return nil, errors.New(printable.Name(file) + " is in UTF-16: save it as UTF-8")
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if problem := jsonProblem(text); problem != "" {
		return nil, errors.New(printable.Name(file) + " " + problem)
	}
	return text, nil
}
