package target

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"github.com/conngen/conngen/internal/found"
)

// Workspace returns the go.work that applies to a folder, which need not exist, but does
// not list it, so Go builds nothing there; "" if there is none.
func Workspace(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	name, text, err := findWorkspace(dir)
	if err != nil || name == "" {
		return "", err
	}
	work, err := modfile.ParseWork(name, text, nil)
	if err != nil {
		return "", unparsed(name, err)
	}
	for _, use := range work.Use {
		used := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(used) {
			used = filepath.Join(filepath.Dir(name), used)
		}
		if used == dir {
			return "", nil
		}
	}
	return name, nil
}

// WorkspaceFile returns the go.work that applies to a folder, or "" if there is none or it cannot
// be read.
func WorkspaceFile(dir string) string {
	name, _, err := findWorkspace(absolute(dir))
	if err != nil {
		return ""
	}
	return name
}

// findWorkspace finds the go.work of a folder as the go command does.
func findWorkspace(dir string) (name string, text []byte, err error) {
	switch name := os.Getenv("GOWORK"); name {
	case "off":
		return "", nil, nil
	case "", "auto":
	default:
		text, err := found.ReadFile(name)
		return name, text, err
	}
	for {
		name := filepath.Join(dir, "go.work")
		text, err := found.ReadFile(name)
		if err == nil {
			return name, text, nil
		}
		if refused := (*found.Error)(nil); errors.As(err, &refused) {
			return "", nil, err
		}
		if !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return "", nil, nil
		}
		dir = filepath.Dir(dir)
	}
}
