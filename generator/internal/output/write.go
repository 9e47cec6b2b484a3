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
	"sync"

	"github.com/conngen/conngen/internal/found"
)

// A Batch brings files into folders: those of all folders, or none. It stages them under
// other names, and renames them once all are on disk. Its zero value is ready to use.
type Batch struct {
	write func(*os.File, []byte) (int, error) // nil but in tests, which fill the disk
	mode  fs.FileMode                         // of new files; 0 is what is usual

	mu     sync.Mutex
	stages []stage
	made   []string // folders that the batch has made, absolute
}

// A stage is what is to happen in a folder.
type stage struct {
	dir            string
	written, stale []string
}

// A Writing is what a batch does to a folder, by paths that are relative to it.
type Writing struct{ Written, Removed []string }

// A Folder is where stale files are looked for.
type Folder struct {
	Path string // relative to the folder of the files; "." is that itself
	Mark string // "", or everything below it too, but for folders with a file of this name
	SDK  bool   // files of the SDK, in place of those that were generated from a spec
}

// Stage prepares what brings files into the folder dir, which it makes where there is
// none. Generated files of the stale folders that are not among files will be removed.
// Several stages may be prepared at once; when one fails, the batch is to be discarded.
//
// Files that have their content already, line ends apart, are left untouched. What
// conngen has not written is never overwritten, and nothing outside dir is touched.
func (b *Batch) Stage(dir string, files []File, stale ...Folder) (Writing, error) {
	var change Writing
	err := b.stage(dir, files, func(root *os.Root) ([]File, []string, error) {
		state, err := compare(root, files, stale)
		if err != nil {
			return nil, nil, err
		}
		if f := state.foreign; len(f) > 0 {
			return nil, nil, fmt.Errorf("%s: %s; move it away or choose another folder", filepath.Join(dir, f[0].path), f[0].why)
		}
		for _, f := range state.changed {
			change.Written = append(change.Written, f.Path)
		}
		change.Removed = state.stale
		return state.changed, state.stale, nil
	})
	return change, err
}

// stage makes a folder and writes those of the files under other names that choose picks.
func (b *Batch) stage(dir string, files []File, choose func(*os.Root) (write []File, remove []string, err error)) error {
	missing := missingFolders(dir, files)
	b.mu.Lock()
	b.made = append(b.made, missing...)
	b.mu.Unlock()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	write, remove, err := choose(root)
	if err != nil {
		return err
	}
	s := stage{dir: dir, stale: remove}
	for _, f := range write {
		s.written = append(s.written, f.Path)
	}
	b.mu.Lock()
	b.stages = append(b.stages, s)
	b.mu.Unlock()
	for _, f := range write {
		if err := b.create(root, temporary(f.Path), f.Content); err != nil {
			return err
		}
	}
	return nil
}

// missingFolders returns the folders of files that do not exist yet, that of dir and
// those above it included.
func missingFolders(dir string, files []File) []string {
	missing := make(map[string]bool)
	for _, f := range append([]File{{}}, files...) {
		folder, err := filepath.Abs(filepath.Join(dir, filepath.FromSlash(path.Dir(f.Path))))
		if err != nil {
			return nil // the working folder is gone, and nothing can be made
		}
		for !missing[folder] {
			if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
				break
			}
			missing[folder], folder = true, filepath.Dir(folder)
		}
	}
	return slices.Collect(maps.Keys(missing))
}

// temporary is the name of a file before it is in place. Two conngens may be at work.
func temporary(name string) string { return fmt.Sprintf("%s.conngen-%d", name, os.Getpid()) }

// Commit puts the staged files in place and removes the stale ones.
func (b *Batch) Commit() error {
	for _, s := range b.stages {
		if err := s.commit(); err != nil {
			b.Discard()
			return err
		}
	}
	b.stages, b.made = nil, nil
	return nil
}

func (s stage) commit() error {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, p := range s.written {
		if err := root.Rename(temporary(p), p); err != nil {
			return err
		}
	}
	for _, p := range s.stale {
		if err := root.Remove(p); err != nil {
			return err
		}
		removeEmpty(root, path.Dir(p))
	}
	return nil
}

// Discard removes what is staged, and the folders that were made for it. After a
// [Batch.Commit] it does nothing.
func (b *Batch) Discard() {
	for _, s := range b.stages {
		for _, p := range s.written {
			_ = os.Remove(filepath.Join(s.dir, temporary(p))) // those in place have no such name any more
		}
	}
	slices.SortFunc(b.made, func(a, b string) int { return len(b) - len(a) }) // the inner ones first
	for _, dir := range b.made {
		_ = os.Remove(dir) // fails where there are files
	}
}

// WriteFile brings one file to disk, regardless of who wrote what is there, and
// makes its folder. It keeps the permissions of a file that is there, and refuses what is
// not a regular file. When it fails, all is as it was.
func WriteFile(name string, content []byte) error {
	var b Batch
	info, err := os.Lstat(name)
	switch {
	case err == nil:
		if why := notRegular(info.Mode()); why != "" {
			return fmt.Errorf("%s %s", name, why)
		}
		b.mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return b.writeAll(filepath.Dir(name), []File{{filepath.Base(name), content}})
}

// writeAll writes files, whatever is there.
func (b *Batch) writeAll(dir string, files []File) error {
	defer b.Discard()
	if err := b.stage(dir, files, func(*os.Root) ([]File, []string, error) { return files, nil, nil }); err != nil {
		return err
	}
	return b.Commit()
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
	var b Batch
	if err := b.writeAll(dir, files); err != nil {
		err = errors.Join(err, removeAll(dir, files))
		b.Discard() // its folders are empty now
		return err
	}
	return nil
}

// removeAll removes files, and the folders that they were in.
func removeAll(dir string, files []File) error {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range files {
		_ = root.Remove(f.Path) // not all of them are there
	}
	for _, f := range files {
		removeEmpty(root, path.Dir(f.Path))
	}
	return nil
}

func (b *Batch) create(root *os.Root, name string, content []byte) error {
	if d := path.Dir(name); d != "." {
		if err := root.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	write := b.write
	if write == nil {
		write = (*os.File).Write
	}
	_, err = write(f, content)
	if b.mode != 0 {
		err = errors.Join(err, f.Chmod(b.mode))
	}
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
	}
	if why := notRegular(info.Mode()); why != "" {
		s.foreign = append(s.foreign, foreign{f.Path, why})
		return nil
	}
	content, err := found.ReadIn(root, f.Path)
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

// notRegular says what is in the place of a regular file, "" for such files.
func notRegular(mode fs.FileMode) string {
	if mode&fs.ModeSymlink != 0 {
		return "is a symbolic link, which conngen does not write through"
	}
	return found.Irregular(mode)
}

func exists(root *os.Root, name string) bool {
	_, err := root.Lstat(name)
	return err == nil
}

// addStale adds the generated Go files of a folder that do not belong there.
func (s *diskState) addStale(root *os.Root, folder Folder, belongs map[string]bool) error {
	return fs.WalkDir(root.FS(), folder.Path, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case name == folder.Path && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case entry.IsDir() && name != folder.Path && (folder.Mark == "" || exists(root, path.Join(name, folder.Mark))):
			return fs.SkipDir
		case !entry.Type().IsRegular() || path.Ext(name) != ".go" || belongs[name]:
			return nil
		}
		content, err := found.ReadIn(root, name)
		if err == nil && IsGenerated(content) && IsSDK(content) == folder.SDK {
			s.stale = append(s.stale, name)
		}
		return err
	})
}
