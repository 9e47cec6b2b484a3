package output

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/robustio"

	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/lazyregexp"
)

// A staging is a folder in which one run writes files before it renames them into place. It is in
// the folder of those files, so it is on the same file system. Its name begins with a dot, so go
// commands ignore it.
//
// The run holds a lock on a file in it. When the run is killed, the system releases the lock. A
// staging folder whose lock is free is a leftover, and the next run removes it.
type staging struct {
	path string
	lock *os.File // nil if the file system has no locks; then only this run removes the folder
}

// The start of the names of staging folders, which end at random, and the names in them, apart from
// the files of a batch.
const (
	stagingPrefix = ".conngen-"
	lockName      = "lock"
	fileName      = "0"    // the one file of a workspace or replacement
	workName      = "work" // the folder of a workspace
)

var (
	stagingName = lazyregexp.New(`^` + regexp.QuoteMeta(stagingPrefix) + `[a-z2-7]{13}$`)
	stagedName  = lazyregexp.New(`^(` + lockName + `|` + workName + `|` + treeName + `|` + manifestName + `|[0-9]+(\.before)?|stale[0-9]+)$`)
)

func isStaging(entry fs.DirEntry) bool {
	return entry.IsDir() && stagingName().MatchString(entry.Name())
}

// newStaging makes a staging folder in a folder, and the folder itself if needed.
func newStaging(dir string) (*staging, error) {
	var s *staging
	err := persist(func() (err error) {
		if err = os.MkdirAll(dir, 0o755); err == nil {
			s, err = tryStaging(filepath.Join(dir, stagingPrefix+strings.ToLower(rand.Text()[:13])))
		}
		return err
	})
	switch {
	case errors.Is(err, syscall.ENOENT): // of an existing folder, such as /proc
		return nil, fmt.Errorf("%s cannot be written to: its file system takes no new files", found.Shown(dir))
	case err != nil:
		return nil, plain(err, dir, "cannot be written to")
	}
	return s, nil
}

// errTaken means that another run removed or locked a folder while it was being made.
var errTaken = fmt.Errorf("another run removes it: %w", fs.ErrNotExist)

// tryStaging makes a staging folder. Until this run holds the lock, another run may take the
// folder for a leftover and remove it. So tryStaging checks, once it holds the lock, that its lock
// file is still in place.
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

// isInPlace reports whether the name of an open file still leads to that file.
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

// remove removes the folder, and in it the lock last: if it is interrupted, other runs still
// recognize the folder as a leftover. The lock file goes while the lock is held; otherwise a run
// that is making this folder could take the lock and lose the folder.
func (s *staging) remove() {
	entries, err := os.ReadDir(s.path)
	for _, e := range entries {
		if e.Name() != lockName {
			err = errors.Join(err, robustio.RemoveAll(s.file(e.Name())))
		}
	}
	if err == nil {
		_ = os.Remove(s.file(lockName))
	}
	if s.lock != nil {
		_ = s.lock.Close()
	}
	if err == nil {
		_ = os.Remove(s.file(lockName)) // some systems do not remove open files
		_ = os.Remove(s.path)
	}
}

// seize takes over the staging folder of a dead run. It returns nil for a folder that is in use,
// and for one that may not be a run's: its lock is not an empty file, or it holds something that no
// run puts there.
func seize(path string) *staging {
	name := filepath.Join(path, lockName)
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() || info.Size() > 0 || !hasOurs(path) {
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

// hasOurs reports whether a folder holds only names that runs create.
func hasOurs(path string) bool {
	entries, err := os.ReadDir(path)
	return err == nil && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !stagedName().MatchString(e.Name()) })
}

// isLeftover reports whether a staging folder was left by a dead run. An empty one was: its run was
// killed before it had its lock.
func isLeftover(path string) bool {
	if s := seize(path); s != nil {
		return s.lock.Close() == nil
	}
	entries, err := os.ReadDir(path)
	return err == nil && len(entries) == 0
}

// removeLeftover removes a staging folder that a dead run has left. It removes a folder without a
// lock only if it is empty: its run was killed before it made the lock, or will try another folder.
func removeLeftover(path string) {
	if s := seize(path); s != nil {
		s.remove()
		return
	}
	_ = os.Remove(path)
}

// RemoveLeftovers removes what dead runs have left in a folder.
func RemoveLeftovers(dir string) {
	for _, path := range stagingIn(dir) {
		removeLeftover(path)
	}
}

// Leftovers returns what dead runs have left in a folder.
func Leftovers(dir string) []Difference {
	var found []Difference
	for _, path := range stagingIn(dir) {
		if d, ok := leftover(path); ok {
			found = append(found, d)
		}
	}
	return found
}

// leftover returns the difference for a staging folder. It reports false if no dead run left it.
func leftover(path string) (Difference, bool) {
	d := Difference{Path: filepath.Base(path), Kind: Leftover}
	switch {
	case isLeftover(path):
		return d, true
	case isClosed(path):
		d.Why = "was left behind by a killed conngen of another user; remove it as that user"
		return d, true
	}
	return d, false
}

// longRun is longer than any run takes.
const longRun = time.Hour

// isClosed reports whether a staging folder was left by a run of another user. This run can neither
// read it nor see whether its lock is free, so only its age tells.
func isClosed(path string) bool {
	_, err := os.ReadDir(path)
	info, statErr := os.Lstat(path)
	return errors.Is(err, fs.ErrPermission) && statErr == nil && time.Since(info.ModTime()) > longRun
}

// stagingIn returns the paths of the staging folders in a folder, of runs that are dead or
// alive.
func stagingIn(dir string) []string {
	entries, _ := os.ReadDir(dir) // whatever writes to the folder reports an error
	var paths []string
	for _, e := range entries {
		if isStaging(e) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}

// persist repeats an operation that fails because another run has just removed an empty folder or,
// on Windows, because another program has a file open.
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

// plain returns an error about a path, without the name of the system call that failed.
func plain(err error, name, what string) error {
	if err == nil {
		return nil
	}
	return found.Failure(found.Shown(name), what, err)
}
