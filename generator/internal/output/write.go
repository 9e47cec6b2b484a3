package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Write brings files into the folder dir, which it makes where there is none, and
// returns the paths that it has written and removed, relative to dir. Generated files of
// the stale folders that are not among files are removed.
//
// Files that have their content already, line ends apart, are left untouched. What
// conngen has not written is never overwritten, nothing outside dir is touched, and
// when something fails before all is on disk, dir is as it was.
func Write(dir string, files []File, stale ...Folder) (written, removed []string, err error) {
	return newWriter().run(dir, files, stale)
}

// A Folder is where stale files are looked for.
type Folder struct {
	Path  string // relative to the folder of the files; "." is that itself
	Below bool   // everything below it too
	SDK   bool   // files of the SDK, in place of those that were generated from a spec
}

// WriteFile brings one file to disk, regardless of who has written what is there, and
// makes its folder. When it fails, all is as it was.
func WriteFile(name string, content []byte) error {
	return inDir(filepath.Dir(name), func(root *os.Root) error {
		return newWriter().replace(root, []File{{filepath.Base(name), content}})
	})
}

// A writer writes through a function, so that tests can fill the disk.
type writer struct {
	write func(*os.File, []byte) (int, error)
}

func newWriter() writer { return writer{write: (*os.File).Write} }

func (w writer) run(dir string, files []File, stale []Folder) (written, removed []string, err error) {
	err = inDir(dir, func(root *os.Root) error {
		state, err := compare(root, files, stale)
		if err != nil {
			return err
		}
		if f := state.foreign; len(f) > 0 {
			return fmt.Errorf("%s: %s; move it away or choose another folder with --out", filepath.Join(dir, f[0].path), f[0].why)
		}
		if err := w.replace(root, state.changed); err != nil {
			return err
		}
		for _, f := range state.changed {
			written = append(written, f.Path)
		}
		for _, p := range state.stale {
			if err := root.Remove(p); err != nil {
				return err
			}
			removed = append(removed, p)
			removeEmpty(root, path.Dir(p))
		}
		return nil
	})
	return written, removed, err
}

// removeEmpty removes the folders above a file that have nothing in them any more.
func removeEmpty(root *os.Root, dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		if root.Remove(dir) != nil {
			return
		}
	}
}

// WriteNew writes the files of a new project into the folder dir, which must be new or
// empty. When that fails, dir is as it was.
func WriteNew(dir string, files []File) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return fmt.Errorf("%s is not empty; choose another folder with --dir", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return inDir(dir, func(root *os.Root) error {
		err := newWriter().replace(root, files)
		if err != nil {
			removeAll(root, files)
		}
		return err
	})
}

// removeAll removes files, and the folders that they were in.
func removeAll(root *os.Root, files []File) {
	for _, f := range files {
		_ = root.Remove(f.Path)
	}
	for _, f := range files {
		removeEmpty(root, path.Dir(f.Path))
	}
}

// inDir works in a folder, which it makes with its parents. When the work fails,
// it removes those of them that were not there.
func inDir(dir string, work func(*os.Root) error) (err error) {
	var missing []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, fs.ErrNotExist) || d == filepath.Dir(d) {
			break
		}
		missing = append(missing, d)
	}
	defer func() {
		if err != nil {
			for _, d := range missing {
				_ = os.Remove(d) // fails where something else has put files there meanwhile
			}
		}
	}()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return work(root)
}

// replace puts the files in place once all of them are on disk under another name.
func (w writer) replace(root *os.Root, files []File) (err error) {
	var staged []string
	folders := newFolders(root, files)
	defer func() {
		for _, p := range staged {
			_ = root.Remove(p) // renamed ones are gone
		}
		for _, dir := range folders {
			_ = root.Remove(dir) // fails where there are files
		}
	}()
	for _, f := range files {
		temporary := fmt.Sprintf("%s.conngen-%d", f.Path, os.Getpid()) // two conngens may be at work here
		staged = append(staged, temporary)
		if err := w.create(root, temporary, f.Content); err != nil {
			return err
		}
	}
	for i, f := range files {
		if err := root.Rename(staged[i], f.Path); err != nil {
			return err
		}
	}
	return nil
}

// newFolders returns the folders of files that do not exist yet, the inner ones first.
func newFolders(root *os.Root, files []File) []string {
	missing := make(map[string]bool)
	for _, f := range files {
		for dir := path.Dir(f.Path); dir != "." && !missing[dir]; dir = path.Dir(dir) {
			if _, err := root.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
				missing[dir] = true
			}
		}
	}
	folders := slices.Sorted(maps.Keys(missing))
	slices.Reverse(folders)
	return folders
}

func (w writer) create(root *os.Root, name string, content []byte) error {
	if d := path.Dir(name); d != "." {
		if err := root.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = w.write(f, content)
	return errors.Join(err, f.Close())
}

// A diskState is how an output folder differs from the files that belong there.
type diskState struct {
	changed []File    // missing or with another content
	old     [][]byte  // contents of changed on disk, nil for missing ones
	stale   []string  // generated files that do not belong there any more
	foreign []foreign // in the way of a file
}

// A foreign is something that conngen has not written.
type foreign struct{ path, why string }

func compare(root *os.Root, files []File, stale []Folder) (diskState, error) {
	var state diskState
	belongs := make(map[string]bool, len(files))
	for _, f := range files {
		belongs[f.Path] = true
		if err := state.add(root, f); err != nil {
			return state, err
		}
	}
	for _, dir := range stale {
		if err := state.addStale(root, dir, belongs); err != nil {
			return state, err
		}
	}
	return state, nil
}

func (s *diskState) add(root *os.Root, f File) error {
	info, err := root.Lstat(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.changed, s.old = append(s.changed, f), append(s.old, nil)
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		s.foreign = append(s.foreign, foreign{f.Path, "is a symbolic link, which conngen does not write through"})
		return nil
	case !info.Mode().IsRegular():
		s.foreign = append(s.foreign, foreign{f.Path, "is not a file"})
		return nil
	}
	content, err := root.ReadFile(f.Path)
	if err != nil {
		return err
	}
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	switch {
	case bytes.Equal(content, f.Content):
	case !IsGenerated(content):
		s.foreign = append(s.foreign, foreign{f.Path, "was not generated by conngen"})
	default:
		s.changed, s.old = append(s.changed, f), append(s.old, content)
	}
	return nil
}

// addStale adds the generated Go files of a folder that do not belong there.
func (s *diskState) addStale(root *os.Root, folder Folder, belongs map[string]bool) error {
	return fs.WalkDir(root.FS(), folder.Path, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case name == folder.Path && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case entry.IsDir() && name != folder.Path && !folder.Below:
			return fs.SkipDir
		case !entry.Type().IsRegular() || path.Ext(name) != ".go" || belongs[name]:
			return nil
		}
		content, err := root.ReadFile(name)
		if err == nil && IsGenerated(content) && isSDK(content) == folder.SDK {
			s.stale = append(s.stale, name)
		}
		return err
	})
}
