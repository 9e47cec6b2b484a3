package settings

import (
	"path/filepath"
	"sync"
)

// A RootFinder finds on disk how far up settings apply. It looks at each path once. Several
// goroutines may use it.
type RootFinder struct {
	exists func(path string) bool
	known  sync.Map // of bool, by path
}

// NewRootFinder returns a RootFinder that calls exists to check for a file or folder.
func NewRootFinder(exists func(path string) bool) *RootFinder { return &RootFinder{exists: exists} }

// Find returns the outermost folder with settings for the specs in dir, as an
// absolute path: the root of the git repository around dir; without one, the root
// of the Go module; without that, dir itself.
func (f *RootFinder) Find(dir string) (string, error) {
	root, _, err := f.Project(dir)
	return root, err
}

// The kinds of projects.
const (
	Repository = "repository" // of git
	Module     = "module"     // of Go
)

// marks are the entries that mark the root of a project, by kind of project.
var marks = []struct{ name, kind string }{{".git", Repository}, {"go.mod", Module}}

// Project is [RootFinder.Find]; kind is [Repository] or [Module], or "" if there is
// neither.
func (f *RootFinder) Project(dir string) (root, kind string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	for _, mark := range marks {
		for d := dir; ; d = filepath.Dir(d) {
			if f.has(filepath.Join(d, mark.name)) {
				return d, mark.kind, nil
			}
			if d == filepath.Dir(d) {
				break
			}
		}
	}
	return dir, "", nil
}

func (f *RootFinder) has(path string) bool {
	if known, ok := f.known.Load(path); ok {
		return known.(bool)
	}
	exists := f.exists(path)
	f.known.Store(path, exists)
	return exists
}
