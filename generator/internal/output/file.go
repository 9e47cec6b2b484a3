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
)

// A Workspace is where one run makes what goes into a folder: a place for files that come
// and go before. Close removes it.
type Workspace struct {
	dir     string
	staging *staging
	made    []string
}

// NewWorkspace returns a workspace for a folder, which it makes where there is none. What
// killed runs have left in the folder is removed.
func NewWorkspace(dir string) (*Workspace, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	removeLeftovers(dir)
	w := &Workspace{dir: dir, made: missingFolders(dir, nil)}
	if w.staging, err = newStaging(dir); err != nil {
		removeFolders(w.made)
		return nil, err
	}
	return w, nil
}

// Path is a folder of the run's own, absolute.
func (w *Workspace) Path() string { return w.staging.path }

// Lock is the open file by which other runs know that this one is alive, nil where the
// file system has no locks. A process that inherits it keeps the workspace alive, too.
func (w *Workspace) Lock() *os.File { return w.staging.lock }

// WriteFile brings a file into the folder, regardless of who wrote what is there, but
// refuses what is not a regular file. When it fails, all is as it was.
func (w *Workspace) WriteFile(base string, content []byte) error {
	name, staged := filepath.Join(w.dir, base), w.staging.file(base)
	info, err := os.Lstat(name)
	switch {
	case err == nil && notRegular(info.Mode()) != "":
		return fmt.Errorf("%s %s", name, notRegular(info.Mode()))
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

// Close removes the workspace, and the folder when it was made for nothing. What killed
// runs have left meanwhile goes too: their children may have used it until now.
func (w *Workspace) Close() {
	w.staging.remove()
	removeLeftovers(w.dir)
	removeFolders(w.made)
}

// ReplaceFile gives a file of the user's another content, or makes one where old is nil. It
// refuses a file whose content is no longer old, unless it is the new one already. When it
// returns without an error, the disk has the new content; when it is interrupted, all of the
// old. What killed runs have left in the file's folder is removed, also where there is nothing
// to replace.
//
// It goes through symbolic links, and keeps the permissions and the owner, the latter as
// far as the system allows. A read-only file is refused. Other hard links to the file keep
// the old content.
func ReplaceFile(ctx context.Context, name string, old, content []byte) error {
	return replacement{name: name, old: old, content: content}.do(ctx)
}

// A replacement is what ReplaceFile does.
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
		removeLeftovers(filepath.Dir(target))
		return nil
	}
	info, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		info = nil
	case err != nil:
		return plain(err, r.name, "cannot be written")
	case notRegular(info.Mode()) != "":
		return fmt.Errorf("%s %s", r.name, notRegular(info.Mode()))
	case info.Mode()&0o200 == 0:
		return fmt.Errorf("%s is read-only; make it writable first", r.name)
	}
	w, err := NewWorkspace(filepath.Dir(target))
	if err != nil {
		return err
	}
	defer w.Close()
	staged := w.staging.file(filepath.Base(target))
	if err := r.write(staged, info); err != nil {
		return plain(err, r.name, "cannot be written")
	}
	// As late as it can be, since a disk takes its time.
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

// compare reports whether the file has the new content already, as when two runs do the
// same at once, and refuses one that has not the old content.
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

// write writes the new content to disk, with the permissions and the owner of the file
// that it replaces; nil is none.
func (r replacement) write(staged string, like fs.FileInfo) error {
	f, err := os.OpenFile(staged, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	err = r.faults.fill(f, r.content)
	if err == nil && like != nil {
		keepOwner(f, like)
		err = f.Chmod(like.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky))
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// follow returns the file that a path leads to, through symbolic links.
func follow(name string) (string, error) {
	info, err := os.Lstat(name)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return name, nil // what is wrong with it is for its user to find
	}
	target, err := filepath.EvalSymlinks(name)
	if errors.Is(err, fs.ErrNotExist) {
		to, _ := os.Readlink(name)
		return "", fmt.Errorf("%s is a symbolic link to %s, which does not exist; remove the link, or make the file", name, to)
	}
	return target, plain(err, name, "is a symbolic link that cannot be followed")
}

// syncFolder brings the names in a folder to disk, where the system can.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}
