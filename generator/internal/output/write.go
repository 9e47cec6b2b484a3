package output

import (
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
)

// A Batch writes the files of several folders: all of them, or none. It writes them into staging
// folders, and renames them once all are written. Its zero value is ready to use.
type Batch struct {
	faults faults

	mu     sync.Mutex
	stages []*stage
	made   []string // folders that the batch has created or will create, absolute
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

// A stage has the changes that a batch makes in one folder. In the staging folder, the names of
// its written files are their numbers.
type stage struct {
	dir            string
	staging        *staging
	written, stale []string
}

// A Writing lists what a batch changes in a folder, with paths relative to it.
type Writing struct{ Written, Removed []string }

// A Folder is searched for stale files.
type Folder struct {
	Path string // relative to the folder of the files; "." is that itself
	Mark string // "", or everything below it too, except for folders with a file of this name
	SDK  bool   // files of the SDK, in place of those that were generated from a spec
}

// Stage prepares writing the files of a reading into its folder, which it creates if missing.
// Generated files of the stale folders that are not among files will be removed; leftovers of
// killed runs are removed at once. Several goroutines may prepare stages at the same time. When one
// fails, discard the batch.
//
// Files that already have their content, ignoring line ends, stay untouched; if all do, nothing is
// created, not even temporarily. Files that conngen did not write are never overwritten, and
// nothing outside the folder is touched.
func (b *Batch) Stage(ctx context.Context, r *Reading) (Writing, error) {
	if f := r.foreign; len(f) > 0 {
		return Writing{}, fmt.Errorf("%s: %s; move it away or choose another folder", filepath.Join(r.dir, f[0].path), f[0].why)
	}
	for _, p := range r.staging {
		removeLeftover(filepath.Join(r.dir, p))
	}
	s := &stage{dir: r.dir, stale: r.stale}
	for _, f := range r.changed {
		s.written = append(s.written, f.Path)
	}
	change := Writing{s.written, s.stale}
	if len(s.written)+len(s.stale) == 0 {
		return change, nil
	}
	var err error
	b.expect(missingFolders(r.dir, r.changed))
	if s.staging, err = newStaging(r.dir); err != nil {
		return change, err
	}
	b.mu.Lock()
	b.stages = append(b.stages, s)
	b.mu.Unlock()
	for i, f := range r.changed {
		if err := context.Cause(ctx); err != nil {
			return change, err
		}
		if err := b.faults.create(s.staged(i), f.Content, 0o644); err != nil {
			return change, plain(err, filepath.Join(r.dir, f.Path), "cannot be written")
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

// missingFolders returns the missing folders of files, including dir and those above it.
func missingFolders(dir string, files []File) []string {
	missing := make(map[string]bool)
	for _, f := range append([]File{{}}, files...) {
		folder, err := filepath.Abs(filepath.Join(dir, filepath.FromSlash(path.Dir(f.Path))))
		if err != nil {
			return nil // the working folder is gone, and nothing can be created
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

// Commit puts the staged files in place and removes the stale ones. If it fails midway, it undoes
// its changes. Once begun, it does not stop when ctx ends.
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

// Discard removes the staged files, and the folders created for them. After a [Batch.Commit] it
// does nothing.
func (b *Batch) Discard() {
	for _, s := range b.stages {
		s.staging.remove()
	}
	removeFolders(b.made)
	b.stages, b.made = nil, nil
}

// removeFolders removes the folders that are empty.
func removeFolders(dirs []string) {
	slices.SortFunc(dirs, func(a, b string) int { return len(b) - len(a) }) // the inner ones first
	for _, dir := range dirs {
		_ = os.Remove(dir) // fails for a folder that is not empty
	}
}
