package output

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/robustio"
)

// A staging is a folder in which one run writes files before it renames them into place.
// It is in the folder of those files, and so on their file system; its name begins with a
// dot, and so go commands do not look into it.
//
// The run holds a lock on a file in it. When the run is killed, the system gives the lock
// up: a staging folder whose lock is free is a leftover, and the next run removes it.
type staging struct {
	path string
	lock *os.File // nil where the file system has no locks: nobody removes the folder then but its run
}

// The names of staging folders, which are random, and of the lock in them.
const (
	stagingPrefix = ".conngen-"
	lockName      = "lock"
)

var stagingName = regexp.MustCompile(`^` + regexp.QuoteMeta(stagingPrefix) + `[a-z2-7]{13}$`)

func isStaging(entry fs.DirEntry) bool { return entry.IsDir() && stagingName.MatchString(entry.Name()) }

// newStaging makes a staging folder in a folder, which it makes too where there is none.
func newStaging(dir string) (*staging, error) {
	var s *staging
	err := persist(func() (err error) {
		if err = os.MkdirAll(dir, 0o755); err == nil {
			s, err = tryStaging(filepath.Join(dir, stagingPrefix+strings.ToLower(rand.Text()[:13])))
		}
		return err
	})
	if err != nil {
		return nil, plain(err, dir, "cannot be written to")
	}
	return s, nil
}

// errTaken is that a folder went, or got another user, while it was being made.
var errTaken = fmt.Errorf("another run removes it: %w", fs.ErrNotExist)

// tryStaging makes a staging folder. Until the lock is held, another run may take the
// folder for a leftover and remove it, so what counts is that the lock that is held is
// the one that is still there.
func tryStaging(path string) (*staging, error) {
	if err := os.Mkdir(path, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		_ = os.Remove(path)
		return nil, err
	}
	switch locked, err := tryLock(lock); {
	case err != nil:
		return &staging{path: path}, lock.Close()
	case !locked || !isInPlace(lock):
		(&staging{path, lock}).remove()
		return nil, errTaken
	}
	return &staging{path, lock}, nil
}

// isInPlace reports whether an open file is still what its name leads to.
func isInPlace(f *os.File) bool {
	held, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(f.Name())
	return err == nil && os.SameFile(held, there)
}

// file returns the path of a file in the staging folder.
func (s *staging) file(name string) string { return filepath.Join(s.path, name) }

// remove removes the folder, the lock last: when that is interrupted, the folder is still
// known as a leftover.
func (s *staging) remove() {
	entries, err := os.ReadDir(s.path)
	for _, e := range entries {
		if e.Name() != lockName {
			err = errors.Join(err, robustio.RemoveAll(s.file(e.Name())))
		}
	}
	if s.lock != nil {
		_ = s.lock.Close() // first, as some systems do not remove open files
	}
	if err == nil {
		_ = os.Remove(s.file(lockName))
		_ = os.Remove(s.path)
	}
}

// seize takes over the staging folder of a dead run. It returns nil for a folder that is in
// use, or that no run has left.
func seize(path string) *staging {
	name := filepath.Join(path, lockName)
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	lock, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	if locked, err := tryLock(lock); err != nil || !locked || !isInPlace(lock) {
		_ = lock.Close()
		return nil
	}
	return &staging{path, lock}
}

// isLeftover reports whether a staging folder is that of a dead run.
func isLeftover(path string) bool {
	s := seize(path)
	if s == nil {
		return false
	}
	return s.lock.Close() == nil
}

// removeLeftover removes a staging folder if it is that of a dead run. One without a lock
// is only removed when it is empty: a run was killed before it had its lock, or tries
// another folder now.
func removeLeftover(path string) {
	if s := seize(path); s != nil {
		s.remove()
		return
	}
	_ = os.Remove(path)
}

// removeLeftovers removes what dead runs have left in a folder.
func removeLeftovers(dir string) {
	entries, _ := os.ReadDir(dir) // one that cannot be read is for what writes to it to report
	for _, e := range entries {
		if isStaging(e) {
			removeLeftover(filepath.Join(dir, e.Name()))
		}
	}
}

// persist repeats what fails because another run removes an empty folder at that
// moment, or, on Windows, because another program has a file open.
func persist(do func() error) error {
	var err error
	for range 100 {
		err = do()
		switch {
		case robustio.IsEphemeralError(err):
			time.Sleep(10 * time.Millisecond)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return err
}

// plain is an error about a path without the system call that gave it.
func plain(err error, name, what string) error {
	var inPath *fs.PathError
	var inLink *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &inPath):
		err = inPath.Err
	case errors.As(err, &inLink):
		err = inLink.Err
	}
	return fmt.Errorf("%s %s: %w", name, what, err)
}
