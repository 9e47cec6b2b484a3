package output

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
)

// commit puts the files of all stages in place, or changes nothing.
func (b *Batch) commit() error {
	c := commit{faults: b.faults}
	for _, s := range b.stages {
		if err := c.apply(s); err != nil {
			for _, undo := range slices.Backward(c.undo) {
				undo()
			}
			return err
		}
	}
	return nil
}

// A commit can be undone. A file that another run has replaced since then stays: it is just as
// good.
type commit struct {
	faults faults
	undo   []func()
}

func (c *commit) apply(s *stage) error {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	folder := filepath.Base(s.staging.path)
	for i, p := range s.written {
		if err := c.put(root, path.Join(folder, strconv.Itoa(i)), p); err != nil {
			return plain(err, filepath.Join(s.dir, p), "cannot be written")
		}
	}
	for i, p := range s.stale {
		if err := c.remove(root, path.Join(folder, "stale"+strconv.Itoa(i)), p); err != nil {
			return plain(err, filepath.Join(s.dir, p), "cannot be removed")
		}
	}
	return nil
}

// put renames a staged file into place, and keeps the previous file in the staging folder.
func (c *commit) put(root *os.Root, staged, name string) error {
	if err := c.faults.before(name); err != nil {
		return err
	}
	ours, err := root.Lstat(staged)
	if err != nil {
		return err
	}
	before := staged + ".before"
	kept, err := keep(root, name, before)
	if err != nil {
		return err
	}
	if err := place(root, staged, name); err != nil {
		return err
	}
	c.later(root.Name(), func(root *os.Root) {
		switch now, err := root.Lstat(name); {
		case err != nil || !os.SameFile(now, ours):
		case kept:
			_ = root.Rename(before, name)
		default:
			_ = root.Remove(name)
		}
	})
	return nil
}

// remove moves a stale file out of its folder, and removes the folder if that leaves it empty. If
// the file is missing, another run removed it.
func (c *commit) remove(root *os.Root, aside, name string) error {
	if err := c.faults.before(name); err != nil {
		return err
	}
	switch err := root.Rename(name, aside); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	for dir := path.Dir(name); dir != "." && root.Remove(dir) == nil; {
		dir = path.Dir(dir)
	}
	c.later(root.Name(), func(root *os.Root) {
		if !exists(root, name) {
			_ = place(root, aside, name)
		}
	})
	return nil
}

// later registers a function that undoes a change in a folder.
func (c *commit) later(dir string, undo func(*os.Root)) {
	c.undo = append(c.undo, func() {
		if root, err := os.OpenRoot(dir); err == nil {
			defer root.Close()
			undo(root)
		}
	})
}

// keep gives a file a second name, or copies it if the file system has no hard links. It reports
// whether the file exists.
func keep(root *os.Root, name, as string) (bool, error) {
	err := root.Link(name, as)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	}
	return true, copyFile(root, name, as)
}

// copyFile copies a file with its permissions.
func copyFile(root *os.Root, name, as string) error {
	info, err := root.Stat(name)
	if err != nil {
		return err
	}
	content, err := root.ReadFile(name)
	if err != nil {
		return err
	}
	if err := root.WriteFile(as, content, info.Mode().Perm()); err != nil {
		return err
	}
	return root.Chmod(as, info.Mode().Perm()) // whatever the user's umask
}

// place renames a file, and makes its new folder if needed. Another run may remove that folder
// while it is empty.
func place(root *os.Root, from, to string) error {
	return persist(func() error {
		if dir := path.Dir(to); dir != "." {
			if err := root.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		return root.Rename(from, to)
	})
}
