package output

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/conngen/conngen/internal/found"
)

// A Reading is how an output folder differs from the files that belong there.
type Reading struct {
	dir     string
	belongs map[string]bool // whether an expected file already has its content, by path
	settled map[string]bool // folders of which [Reading.Settled] reports true

	changed []File    // missing, or with other content
	old     [][]byte  // contents of changed on disk, nil for missing ones
	stale   []string  // generated files that no longer belong there
	foreign []foreign // blocking a file

	staging []string // staging folders, of runs that are dead or alive
}

// A foreign is something that conngen did not write.
type foreign struct{ path, why string }

// A Recipe is a file, or a function that produces its content.
type Recipe struct {
	File
	Make func(to []byte) []byte // nil, or appends the content; several goroutines may call it at once
}

// content returns the content, which may use a buffer.
func (r Recipe) content(buffer *[]byte) []byte {
	if r.Make == nil {
		return r.Content
	}
	*buffer = r.Make((*buffer)[:0])
	return *buffer
}

// Read reads how a folder differs from its files, and which generated files of the stale folders are
// not among them. A folder that does not exist misses all files. It opens each folder and each file
// once, and keeps only the files that differ.
func Read(dir string, files []File, stale ...Folder) (*Reading, error) {
	recipes := make([]Recipe, len(files))
	for i, f := range files {
		recipes[i].File = f
	}
	return ReadLazily(dir, recipes, stale...)
}

// ReadLazily is [Read] for files that need not all be in memory at once.
func ReadLazily(dir string, files []Recipe, stale ...Folder) (*Reading, error) {
	r := &Reading{dir: dir, belongs: make(map[string]bool, len(files))}
	t, err := openTree(dir)
	if errors.Is(err, fs.ErrNotExist) {
		for _, f := range files {
			r.change(f, nil)
		}
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	defer t.close()
	for i, c := range t.compare(files) {
		if c.err != nil {
			return nil, c.err
		}
		r.add(files[i], c)
	}
	r.settled = make(map[string]bool, len(t.folders))
	for name, l := range t.folders {
		r.settled[name] = r.isSettled(name, l)
	}
	return r, r.addStale(t, stale)
}

// isSettled is [Reading.Settled] for a listed folder.
func (r *Reading) isSettled(dir string, l *listing) bool {
	return !slices.ContainsFunc(l.entries, func(e fs.DirEntry) bool {
		isGo := path.Ext(e.Name()) == ".go" && !e.IsDir()
		return isGo && !r.belongs[path.Join(dir, e.Name())] || e.Name() == "go.mod"
	})
}

// Settled reports whether a folder, "." or one below, holds no Go files other than up-to-date
// expected ones, and no go.mod. It reports false for a link to a folder.
func (r *Reading) Settled(dir string) bool { return r.settled[dir] }

// Differs reports whether any file differs.
func (r *Reading) Differs() bool { return len(r.changed)+len(r.stale)+len(r.foreign) > 0 }

// AddStale looks for stale files in further folders.
func (r *Reading) AddStale(stale ...Folder) error {
	t, err := openTree(r.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer t.close()
	return r.addStale(t, stale)
}

func (r *Reading) addStale(t *diskTree, stale []Folder) error {
	for _, folder := range stale {
		info, err := t.root.Stat(folder.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && !info.IsDir():
			continue
		case err != nil:
			return err
		}
		if err := r.addStaleIn(t, folder.Path, folder); err != nil {
			return err
		}
	}
	return nil
}

// add records how a file compares.
func (r *Reading) add(f Recipe, c comparison) {
	r.belongs[f.Path] = c.same
	switch {
	case c.same:
	case c.why != "":
		r.foreign = append(r.foreign, foreign{f.Path, c.why})
	default:
		r.change(f, c.old)
	}
}

// change adds a file that is missing, or whose old content differs.
func (r *Reading) change(f Recipe, old []byte) {
	r.changed, r.old = append(r.changed, File{f.Path, f.content(new([]byte))}), append(r.old, old)
}

// addStaleIn adds the staging folders of a folder, and the generated Go files that do not belong
// there. It ignores files that other runs remove meanwhile.
func (r *Reading) addStaleIn(t *diskTree, dir string, folder Folder) error {
	l, err := t.open(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	for _, entry := range l.entries {
		name := path.Join(dir, entry.Name())
		switch {
		case isStaging(entry):
			r.staging = append(r.staging, name)
		case entry.IsDir():
			if folder.Mark == "" || t.has(name, folder.Mark) {
				continue
			}
			if err := r.addStaleIn(t, name, folder); err != nil {
				return err
			}
		case entry.Type().IsRegular() && path.Ext(name) == ".go":
			if _, belongs := r.belongs[name]; belongs {
				continue
			}
			content, err := l.Read(entry.Name(), nil)
			switch {
			case errors.Is(err, fs.ErrNotExist):
			case err != nil:
				return err
			case IsGenerated(content) && IsSDK(content) == folder.SDK:
				r.stale = append(r.stale, name)
			}
		}
	}
	return nil
}

// A diskTree reads the files below a folder. It lists each folder once.
type diskTree struct {
	root    *os.Root
	folders map[string]*listing
}

// A listing is an open folder.
type listing struct {
	found.Folder
	entries []fs.DirEntry // by name
}

// openTree opens a folder. It checks that first: opening a named pipe would block.
func openTree(dir string) (*diskTree, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &diskTree{root: root, folders: make(map[string]*listing)}, nil
}

func (t *diskTree) close() {
	for _, l := range t.folders {
		_ = l.Close()
	}
	_ = t.root.Close()
}

// open lists a folder, which must be one: a named pipe would block.
func (t *diskTree) open(dir string) (*listing, error) {
	if l := t.folders[dir]; l != nil {
		return l, nil
	}
	l, err := t.list(dir)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: found.Cause(err)}
	}
	t.folders[dir] = l
	return l, nil
}

func (t *diskTree) list(dir string) (*listing, error) {
	l := new(listing)
	var err error
	if above := t.folders[path.Dir(dir)]; above.has(path.Base(dir), fs.ModeDir) {
		l.Folder, err = above.Folder.Folder(path.Base(dir))
	} else {
		l.Folder, err = found.OpenFolder(t.root, dir)
	}
	if err != nil {
		return nil, err
	}
	if l.entries, err = l.List(); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

// has reports whether a folder has an entry with a name.
func (t *diskTree) has(dir, name string) bool {
	if l := t.folders[dir]; l != nil {
		_, ok := l.find(name)
		return ok
	}
	return exists(t.root, path.Join(dir, name))
}

func exists(root *os.Root, name string) bool {
	_, err := root.Lstat(name)
	return err == nil
}

// find returns the folder of a file if the two are listed as a folder and a regular file, and nil
// otherwise.
func (t *diskTree) find(name string) *listing {
	dir, base := path.Split(name)
	if !t.isFolder(path.Clean(dir)) {
		return nil
	}
	l, err := t.open(path.Clean(dir))
	if err != nil || !l.has(base, 0) {
		return nil
	}
	return l
}

// isFolder reports whether a path and those above it are listed as folders.
func (t *diskTree) isFolder(dir string) bool {
	if dir == "." || t.folders[dir] != nil {
		return true
	}
	above := path.Dir(dir)
	if !t.isFolder(above) {
		return false
	}
	l, err := t.open(above)
	return err == nil && l.has(path.Base(dir), fs.ModeDir)
}

// has reports whether the listing has a name with a type. A nil listing has nothing.
func (l *listing) has(name string, kind fs.FileMode) bool {
	if l == nil {
		return false
	}
	i, ok := l.find(name)
	return ok && l.entries[i].Type() == kind
}

func (l *listing) find(name string) (int, bool) {
	return slices.BinarySearchFunc(l.entries, name, func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
}
