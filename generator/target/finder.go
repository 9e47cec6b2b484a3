package target

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/conngen/conngen/internal/found"
)

// A Finder finds the places of packages. It looks at each place on disk once, so use one Finder
// per run of a command. Several goroutines may use it. Its zero value is ready to use.
type Finder struct {
	real    sync.Map // of string, by path: see [absolute]
	modules sync.Map // of moduleResult, by absolute folder
}

type moduleResult struct {
	module *goModule
	err    error
}

// moduleOf returns the module of a folder, which need not exist; nil if it is in none.
func (f *Finder) moduleOf(dir string) (*goModule, error) { return f.moduleAt(f.absolute(dir)) }

func (f *Finder) moduleAt(dir string) (*goModule, error) {
	if known, ok := f.modules.Load(dir); ok {
		r := known.(moduleResult)
		return r.module, r.err
	}
	m, err := f.findModule(dir)
	f.modules.Store(dir, moduleResult{m, err})
	return m, err
}

func (f *Finder) findModule(dir string) (*goModule, error) {
	text, err := found.ReadFile(filepath.Join(dir, "go.mod"))
	switch {
	case err == nil:
		return f.readModule(dir, text)
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR):
		return nil, err
	case dir == filepath.Dir(dir):
		return nil, nil
	}
	return f.moduleAt(filepath.Dir(dir))
}

// relative is filepath.Rel for paths that may be absolute or go through links.
func (f *Finder) relative(base, target string) (string, error) {
	return filepath.Rel(f.absolute(base), f.absolute(target))
}

// isWithin reports whether a folder is another one, or below it.
func (f *Finder) isWithin(folder, dir string) bool {
	folder, dir = f.absolute(folder), f.absolute(dir)
	return folder == dir || strings.HasPrefix(folder, dir+string(filepath.Separator))
}

// absolute is the function of that name, cached by folder.
func (f *Finder) absolute(path string) string {
	if known, ok := f.real.Load(path); ok {
		return known.(string)
	}
	real := absolute(path)
	f.real.Store(path, real)
	return real
}

// absolute makes paths comparable. They need not exist. Those of settings are absolute, those of
// arguments often are not, and both may go through links.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path // the working folder is gone, and nothing can be written
	}
	for dir := abs; ; dir = filepath.Dir(dir) {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(real, strings.TrimPrefix(abs, dir))
		}
		if dir == filepath.Dir(dir) {
			return abs
		}
	}
}
