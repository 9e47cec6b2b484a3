package output

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/conngen/conngen/internal/found"
)

// A Workspace is a temporary folder in which one run prepares the files of another folder. Close
// removes it.
type Workspace struct {
	dir     string
	staging *staging
	made    []string
}

// NewWorkspace returns a workspace for a folder, and makes the folder if needed. It removes what
// killed runs have left in the folder.
func NewWorkspace(dir string) (*Workspace, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	RemoveLeftovers(dir)
	w := &Workspace{dir: dir, made: missingFolders(dir, nil)}
	if w.staging, err = newStaging(dir); err != nil {
		removeFolders(w.made)
		return nil, err
	}
	if err := os.Mkdir(w.Path(), 0o700); err != nil {
		w.Close()
		return nil, plain(err, dir, "cannot be written to")
	}
	return w, nil
}

// Path is the absolute path of the temporary folder.
func (w *Workspace) Path() string { return w.staging.file(workName) }

// Lock is the open file whose lock tells other runs that this one is alive. It is nil if the file
// system has no locks. A process that inherits it keeps the workspace alive too.
func (w *Workspace) Lock() *os.File { return w.staging.lock }

// WriteFile writes a file to the folder. It replaces a regular file, regardless of who wrote it,
// and refuses anything else. When it fails, nothing has changed.
func (w *Workspace) WriteFile(base string, content []byte) error {
	name, staged := filepath.Join(w.dir, base), w.staging.file(fileName)
	info, err := os.Lstat(name)
	switch {
	case err == nil && found.Irregular(info.Mode()) != "":
		return fmt.Errorf("%s %s", name, found.Irregular(info.Mode()))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return plain(err, name, "cannot be written")
	}
	err = faults{}.create(staged, content, 0o644)
	if err == nil && info != nil {
		err = os.Chmod(staged, info.Mode().Perm())
	}
	if err == nil {
		err = persist(func() error { return os.Rename(staged, name) })
	}
	return plain(err, name, "cannot be written")
}

// Close removes the workspace, and the folder if the workspace made it and it is still empty. It
// also removes what killed runs have left: processes that they started may have used it until now.
func (w *Workspace) Close() {
	w.staging.remove()
	RemoveLeftovers(w.dir)
	removeFolders(w.made)
}

// ReplaceFile replaces the content old of a user's file, or creates the file if old is nil. It
// refuses a file whose content is no longer old, unless it is already the new one. When it returns
// without an error, the new content is on disk; when it is interrupted, all of the old content is.
// It also removes what killed runs have left in the file's folder, even if there is nothing to
// replace.
//
// It follows symbolic links, and keeps the permissions, the owner and, as far as the system allows,
// the group. It refuses a file that the user may not write, and one whose owner it cannot keep.
// Other hard links to the file keep the old content.
func ReplaceFile(ctx context.Context, name string, old, content []byte) error {
	return replacement{name: name, old: old, content: content}.do(ctx)
}

// A replacement is one call of ReplaceFile.
type replacement struct {
	name         string
	old, content []byte
	faults       faults
}

func (r replacement) do(ctx context.Context) error {
	target, err := follow(r.name)
	if err != nil {
		return err
	}
	if r.old != nil && bytes.Equal(r.old, r.content) {
		RemoveLeftovers(filepath.Dir(target))
		return nil
	}
	info, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		info = nil
	case err != nil:
		return plain(err, r.name, "cannot be written")
	case found.Irregular(info.Mode()) != "":
		return fmt.Errorf("%s %s", r.name, found.Irregular(info.Mode()))
	case info.Mode()&0o200 == 0:
		return r.readOnly()
	default:
		if err := checkWritable(target); errors.Is(err, fs.ErrPermission) {
			return r.readOnly()
		} else if err != nil {
			return plain(err, r.name, "cannot be written")
		}
	}
	w, err := NewWorkspace(filepath.Dir(target))
	if err != nil {
		return err
	}
	defer w.Close()
	staged := w.staging.file(fileName)
	if err := r.write(staged, info); err != nil {
		return plain(err, r.name, "cannot be written")
	}
	// Compare as late as possible: writing to disk takes time.
	if done, err := r.compare(target); done || err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := r.faults.before(r.name); err != nil {
		return err
	}
	if err := persist(func() error { return os.Rename(staged, target) }); err != nil {
		return plain(err, r.name, "cannot be written")
	}
	return plain(syncFolder(filepath.Dir(target)), r.name, "may not be on disk")
}

func (r replacement) readOnly() error {
	return fmt.Errorf("%s is read-only; make it writable first", r.name)
}

// checkWritable opens a file for writing: a folder may let the user replace a file that the user
// may not write.
func checkWritable(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// compare reports whether the file already has the new content, as when two runs do the same at
// once. It refuses a file with any content other than the old or the new one.
func (r replacement) compare(target string) (done bool, err error) {
	now, err := os.ReadFile(target)
	switch {
	case errors.Is(err, fs.ErrNotExist) && r.old == nil:
		return false, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return false, plain(err, r.name, "cannot be read")
	case err == nil && bytes.Equal(now, r.content):
		return true, nil
	case err != nil || r.old == nil || !bytes.Equal(now, r.old):
		return false, fmt.Errorf("%s changed while conngen read it; try again", r.name)
	}
	return false, nil
}

// write writes the new content to disk, with the permissions and the owner of the file that it
// replaces; like is nil if there is none.
func (r replacement) write(staged string, like fs.FileInfo) error {
	f, err := os.OpenFile(staged, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	err = r.faults.fill(f, r.content)
	if err == nil && like != nil {
		if err = keepOwner(f, like); err == nil {
			err = f.Chmod(like.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky))
		}
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// follow returns the file that a path leads to after following symbolic links.
func follow(name string) (string, error) {
	info, err := os.Lstat(name)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return name, nil // the caller reports what is wrong with it
	}
	target, err := filepath.EvalSymlinks(name)
	if errors.Is(err, fs.ErrNotExist) {
		to, _ := os.Readlink(name)
		return "", fmt.Errorf("%s is a symbolic link to %s, which does not exist; remove the link or create the file", name, to)
	}
	return target, plain(err, name, "is a symbolic link that cannot be followed")
}

// syncFolder writes the names in a folder to disk, if the system supports it.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil // files can be written where names cannot be listed
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}
