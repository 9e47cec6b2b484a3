package output

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"github.com/conngen/conngen/internal/found"
)

// A Batch writes the files of several folders: all of them, or none. It writes them into staging
// folders, and renames them once all are written. Its zero value is ready to use.
type Batch struct {
	faults faults

	mu     sync.Mutex
	stages []*stage
	made   []string // folders that the batch has made or will make, absolute
}

// Faults are failures that tests inject; the zero value has none.
type faults struct {
	write func(*os.File, []byte) (int, error) // replaces the file's Write
	step  func(name string) error             // called before each change to a file in place
}

func (f faults) before(name string) error {
	if f.step == nil {
		return nil
	}
	return f.step(name)
}

// A stage is what a batch will do in one folder. In the staging folder, the names of its written
// files are their numbers.
type stage struct {
	dir            string
	staging        *staging
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
// none. Generated files of the stale folders that are not among files will be removed;
// what killed runs have left there is removed at once. Several goroutines may prepare stages at
// the same time. When one fails, discard the batch.
//
// Files that have their content already, line ends apart, are left untouched. What
// conngen has not written is never overwritten, and nothing outside dir is touched.
func (b *Batch) Stage(ctx context.Context, dir string, files []File, stale ...Folder) (Writing, error) {
	state, err := read(dir, files, stale)
	if err != nil {
		return Writing{}, err
	}
	if f := state.foreign; len(f) > 0 {
		return Writing{}, fmt.Errorf("%s: %s; move it away or choose another folder", filepath.Join(dir, f[0].path), f[0].why)
	}
	for _, p := range state.staging {
		removeLeftover(filepath.Join(dir, p))
	}
	s := &stage{dir: dir, stale: state.stale}
	for _, f := range state.changed {
		s.written = append(s.written, f.Path)
	}
	change := Writing{s.written, s.stale}
	if len(s.written)+len(s.stale) == 0 {
		return change, nil
	}
	b.expect(missingFolders(dir, files))
	if s.staging, err = newStaging(dir); err != nil {
		return change, err
	}
	b.mu.Lock()
	b.stages = append(b.stages, s)
	b.mu.Unlock()
	for i, f := range state.changed {
		if err := context.Cause(ctx); err != nil {
			return change, err
		}
		if err := b.faults.create(s.staged(i), f.Content, 0o644); err != nil {
			return change, plain(err, filepath.Join(dir, f.Path), "cannot be written")
		}
	}
	return change, nil
}

// staged returns the path of the i-th written file before it is in place.
func (s *stage) staged(i int) string { return s.staging.file(strconv.Itoa(i)) }

// expect records folders that the batch will make.
func (b *Batch) expect(missing []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.made = append(b.made, missing...)
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

// create writes a new file.
func (f faults) create(name string, content []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	return errors.Join(f.fill(file, content), file.Close())
}

func (f faults) fill(file *os.File, content []byte) error {
	write := f.write
	if write == nil {
		write = (*os.File).Write
	}
	_, err := write(file, content)
	return err
}

// Commit puts the staged files in place and removes the stale ones. When it fails midway, it undoes
// what it has done. Once begun, it does not stop when ctx ends.
func (b *Batch) Commit(ctx context.Context) error {
	err := context.Cause(ctx)
	if err == nil {
		err = b.commit()
	}
	if err != nil {
		b.Discard()
		return err
	}
	for _, s := range b.stages {
		s.staging.remove()
	}
	b.stages, b.made = nil, nil
	return nil
}

// Discard removes the staged files, and the folders that were made for them. After a
// [Batch.Commit] it does nothing.
func (b *Batch) Discard() {
	for _, s := range b.stages {
		s.staging.remove()
	}
	removeFolders(b.made)
	b.stages, b.made = nil, nil
}

// removeFolders removes those of the folders that are empty.
func removeFolders(dirs []string) {
	slices.SortFunc(dirs, func(a, b string) int { return len(b) - len(a) }) // the inner ones first
	for _, dir := range dirs {
		_ = os.Remove(dir) // fails for a folder that is not empty
	}
}

// A diskState is how an output folder differs from the files that belong there.
type diskState struct {
	changed []File    // missing or with another content
	old     [][]byte  // contents of changed on disk, nil for missing ones
	stale   []string  // generated files that do not belong there any more
	foreign []foreign // in the way of a file

	staging []string // staging folders, of runs that are dead or alive
}

// A foreign is something that conngen has not written.
type foreign struct{ path, why string }

// read reads how a folder differs from its files. One that does not exist misses all.
func read(dir string, files []File, stale []Folder) (diskState, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return diskState{changed: files, old: make([][]byte, len(files))}, nil
	}
	if err != nil {
		return diskState{}, err
	}
	defer root.Close()
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
	if why := found.Irregular(info.Mode()); why != "" {
		s.foreign = append(s.foreign, foreign{f.Path, why})
		return nil
	}
	content, err := found.ReadIn(root, f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // another run has just removed it
		s.changed, s.old = append(s.changed, f), append(s.old, nil)
		return nil
	case err != nil:
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

func exists(root *os.Root, name string) bool {
	_, err := root.Lstat(name)
	return err == nil
}

// addStale adds the generated Go files of a folder that do not belong there, and staging folders. It
// ignores files that other runs remove meanwhile.
func (s *diskState) addStale(root *os.Root, folder Folder, belongs map[string]bool) error {
	return fs.WalkDir(root.FS(), folder.Path, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case isStaging(entry):
			s.staging = append(s.staging, name)
			return fs.SkipDir
		case entry.IsDir() && name != folder.Path && (folder.Mark == "" || exists(root, path.Join(name, folder.Mark))):
			return fs.SkipDir
		case !entry.Type().IsRegular() || path.Ext(name) != ".go" || belongs[name]:
			return nil
		}
		content, err := found.ReadIn(root, name)
		if err == nil && IsGenerated(content) && IsSDK(content) == folder.SDK {
			s.stale = append(s.stale, name)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}
