package found

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Folder is an open folder, which is listed before anything in it is opened. Nothing outside it
// is opened, not even through a symbolic link. Several goroutines may read its files at the same
// time.
type Folder interface {
	// List returns the entries of the folder, by name. Call it once.
	List() ([]fs.DirEntry, error)
	// Folder opens a folder that was just listed as one.
	Folder(name string) (Folder, error)
	// Read reads a file that was just listed as a regular one, into a buffer, which the content
	// shares if it fits.
	Read(name string, buffer []byte) ([]byte, error)
	Close() error
}

// rooted is the folder for all systems.
type rooted struct{ *os.Root }

func openRooted(root *os.Root, name string) (Folder, error) {
	below, err := root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return rooted{below}, nil
}

func (r rooted) Folder(name string) (Folder, error) { return openRooted(r.Root, name) }

func (r rooted) List() ([]fs.DirEntry, error) {
	f, err := r.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return list(f)
}

func list(dir *os.File) ([]fs.DirEntry, error) {
	entries, err := dir.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

func (r rooted) Read(name string, buffer []byte) ([]byte, error) {
	shown := filepath.Join(r.Name(), name)
	f, info, err := openListed(shown, func(flag int) (*os.File, error) { return r.OpenFile(name, flag, 0) })
	if err != nil {
		return nil, err
	}
	return readFile(shown, f, info, buffer)
}
