package target

import (
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/conngen/conngen/internal/found"
)

// Modules locate the sources of packages that a folder's Go files import, using only files on disk:
// the go.mod above, its workspace, vendor and the module cache.
type Modules struct {
	list   []moduleSource
	vendor string // folder, "" without one
}

// A moduleSource is a module and its folder.
type moduleSource struct {
	path, dir string
	download  bool // into the folder, by the go command
}

// ModulesOf returns the modules from which Go files in a folder import. It skips what it cannot
// read.
func ModulesOf(dir string) Modules {
	own, err := new(Finder).moduleOf(dir)
	if err != nil || own == nil {
		return Modules{}
	}
	m := Modules{list: []moduleSource{{path: own.path, dir: own.root}}}
	if vendor := filepath.Join(own.root, "vendor"); isFolder(vendor) {
		m.vendor = vendor
	}
	if name, text, err := findWorkspace(absolute(dir)); err == nil && name != "" {
		m.addWorkspace(name, text)
	}
	name := filepath.Join(own.root, "go.mod")
	if text, err := found.ReadFile(name); err == nil {
		if file, err := modfile.Parse(name, text, nil); err == nil {
			m.addRequired(own.root, file)
		}
	}
	return m
}

// addWorkspace adds the modules that a go.work uses.
func (m *Modules) addWorkspace(name string, text []byte) {
	work, err := modfile.ParseWork(name, text, nil)
	if err != nil {
		return
	}
	f := new(Finder)
	for _, use := range work.Use {
		dir := inFolder(filepath.Dir(name), use.Path)
		if other, err := f.moduleOf(dir); err == nil && other != nil && other.root == f.absolute(dir) {
			m.list = append(m.list, moduleSource{path: other.path, dir: other.root})
		}
	}
}

// addRequired adds the modules that a go.mod requires, with its replacements.
func (m *Modules) addRequired(root string, file *modfile.File) {
	for _, r := range file.Require {
		mod := r.Mod
		for _, replace := range file.Replace {
			if replace.Old.Path == mod.Path && (replace.Old.Version == "" || replace.Old.Version == mod.Version) {
				mod = replace.New
			}
		}
		dir := inFolder(root, mod.Path)
		if mod.Version != "" {
			dir = inModuleCache(mod)
		}
		m.list = append(m.list, moduleSource{r.Mod.Path, dir, mod.Version != ""})
	}
}

// inModuleCache returns the folder to which the go command downloads a module, "" if the module
// cannot be downloaded.
func inModuleCache(mod module.Version) string {
	escaped, err := module.EscapePath(mod.Path)
	if err != nil {
		return ""
	}
	version, err := module.EscapeVersion(mod.Version)
	if err != nil {
		return ""
	}
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		gopath, _, _ := strings.Cut(build.Default.GOPATH, string(filepath.ListSeparator))
		cache = filepath.Join(gopath, "pkg", "mod")
	}
	return filepath.Join(cache, filepath.FromSlash(escaped)+"@"+version)
}

// inFolder resolves a path in a go.mod or go.work, which may be relative to that file's folder.
func inFolder(dir, name string) string {
	if name = filepath.FromSlash(name); filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// Folder returns the folder of a package, which need not exist. It reports false for packages
// outside of modules, such as those of the standard library.
func (m Modules) Folder(importPath string) (dir string, ok bool) {
	var home moduleSource
	for _, s := range m.list {
		if (importPath == s.path || strings.HasPrefix(importPath, s.path+"/")) && len(s.path) > len(home.path) {
			home = s
		}
	}
	if home.path == "" || home.dir == "" {
		return "", home.path != ""
	}
	dir = filepath.Join(home.dir, filepath.FromSlash(strings.TrimPrefix(importPath, home.path)))
	if vendored := filepath.Join(m.vendor, filepath.FromSlash(importPath)); m.vendor != "" && isFolder(vendored) {
		dir = vendored
	}
	return dir, true
}

// IsDownload reports whether a folder is in a module that the go command downloads.
func (m Modules) IsDownload(dir string) bool {
	return slices.ContainsFunc(m.list, func(s moduleSource) bool { return s.download && s.dir != "" && new(Finder).isWithin(dir, s.dir) })
}

// Local returns the folders of the modules whose files may change: first its own, then those of the
// workspace, and replacements.
func (m Modules) Local() []string {
	var dirs []string
	for _, s := range m.list {
		if !s.download && !slices.Contains(dirs, s.dir) {
			dirs = append(dirs, s.dir)
		}
	}
	return dirs
}

// StandardFolder returns the folder of a package of the standard library. It reports false if the
// package is missing, or if there is no installation of Go in GOROOT or around the go command.
func StandardFolder(importPath string) (dir string, ok bool) {
	root := goRoot()
	if root == "" {
		return "", false
	}
	dir = filepath.Join(root, "src", filepath.FromSlash(importPath))
	return dir, isFolder(dir)
}

var goRoot = sync.OnceValue(func() string {
	if build.Default.GOROOT != "" {
		return build.Default.GOROOT
	}
	command, err := exec.LookPath("go")
	if err != nil {
		return ""
	}
	if command, err = filepath.EvalSymlinks(command); err != nil {
		return ""
	}
	return filepath.Dir(filepath.Dir(command))
})

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
