package output

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/usage"
)

// WriteNew writes the files of a new project into the folder dir, which must be new or empty except
// for what a project may begin with: the folder of its repository, its go.mod and go.sum, and its
// license. When it fails or is interrupted, dir is as it was. If it is killed, the next call first
// removes its leftovers.
func WriteNew(ctx context.Context, dir string, files []File) error {
	return newProject{dir: dir, files: files}.write(ctx)
}

// UndoNew removes what a killed run of WriteNew has left in the folder dir, which need not exist, as
// the next run would.
func UndoNew(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if info, err := os.Stat(abs); err != nil || !info.IsDir() {
		return nil // WriteNew says what is wrong with it
	}
	return newProject{dir: dir}.undoKilled(abs)
}

// A newProject is a project that WriteNew writes. Its files are first written to the folder
// treeName of a staging folder.
type newProject struct {
	dir    string // as the user wrote it
	files  []File
	faults faults
}

// The names in the staging folder of a new project.
const (
	treeName     = "new"
	manifestName = "manifest"
)

func (p newProject) write(ctx context.Context) error {
	abs, err := filepath.Abs(p.dir)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(abs); errors.Is(err, fs.ErrNotExist) {
		return p.writeFolder(ctx, abs)
	}
	if abs, err = follow(abs); err != nil {
		return err
	}
	return p.fillFolder(ctx, abs)
}

// writeFolder makes the project's folder with all its files, and the missing folders above it. One
// rename puts them all in place.
func (p newProject) writeFolder(ctx context.Context, abs string) error {
	base := existing(abs)
	RemoveLeftovers(base)
	s, err := newStaging(base)
	if err != nil {
		return err
	}
	defer s.remove()
	below, err := filepath.Rel(base, abs)
	if err != nil {
		return err
	}
	if err := p.stage(ctx, filepath.Join(s.file(treeName), below)); err != nil {
		return err
	}
	return persist(func() error {
		// Another run may have made some of the folders in the meantime.
		above := existing(abs)
		if above == abs {
			return p.notEmpty()
		}
		first, err := filepath.Rel(base, above)
		if err != nil {
			return err
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(abs[len(above):], string(filepath.Separator)), string(filepath.Separator))
		if err := p.faults.before(name); err != nil {
			return err
		}
		err = os.Rename(filepath.Join(s.file(treeName), first, name), filepath.Join(above, name))
		if _, there := os.Lstat(filepath.Join(above, name)); err != nil && there == nil {
			return fmt.Errorf("another run has made it: %w", fs.ErrNotExist)
		}
		return plain(err, p.dir, "cannot be made")
	})
}

// existing returns the folder if it exists, and else the nearest existing one above it.
func existing(dir string) string {
	for {
		if _, err := os.Lstat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func (p newProject) notEmpty() error {
	return usage.Errorf("%s is not empty; choose another folder with --dir", p.dir)
}

// stage writes the files below a folder that does not exist.
func (p newProject) stage(ctx context.Context, tree string) error {
	for _, f := range p.files {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		name := filepath.Join(tree, filepath.FromSlash(f.Path))
		err := p.faults.before(f.Path)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(name), 0o755)
		}
		if err == nil {
			err = p.faults.create(name, f.Content, 0o644)
		}
		if err != nil {
			return plain(err, filepath.Join(p.dir, filepath.FromSlash(f.Path)), "cannot be written")
		}
	}
	return nil
}

// fillFolder moves the project into an existing empty folder. It never replaces the folder itself,
// which may be a volume or the working folder of a shell.
func (p newProject) fillFolder(ctx context.Context, abs string) error {
	if err := p.undoKilled(abs); err != nil {
		return err
	}
	if names, err := p.others(abs); err != nil {
		return err
	} else if len(names) > 0 {
		return p.notEmpty()
	}
	s, err := newStaging(abs)
	if err != nil {
		return err
	}
	defer s.remove()
	tree := s.file(treeName)
	if err := p.stage(ctx, tree); err != nil {
		return err
	}
	if err := p.faults.create(s.file(manifestName), manifest(p.files), 0o644); err != nil {
		return plain(err, p.dir, "cannot be written to")
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return p.move(tree, abs)
}

// move moves the entries of a folder into another one. When it fails, it moves them all back.
func (p newProject) move(tree, dir string) error {
	entries, err := os.ReadDir(tree)
	if err != nil {
		return err
	}
	// Files come first: when two runs move at once, one fails at its first file.
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return boolInt(a.IsDir()) - boolInt(b.IsDir()) })
	for i, e := range entries {
		err := p.faults.before(e.Name())
		if err == nil {
			err = moveNew(filepath.Join(tree, e.Name()), filepath.Join(dir, e.Name()))
		}
		if err == nil {
			continue
		}
		for _, done := range entries[:i] {
			err = errors.Join(err, os.Rename(filepath.Join(dir, done.Name()), filepath.Join(tree, done.Name())))
		}
		if errors.Is(err, fs.ErrExist) {
			return p.notEmpty()
		}
		return plain(err, filepath.Join(p.dir, e.Name()), "cannot be written")
	}
	return nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// moveNew renames a file or folder, and fails if the new name exists.
func moveNew(from, to string) error {
	switch err := os.Link(from, to); {
	case err == nil:
		return os.Remove(from)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	// from is a folder, or the file system has no hard links.
	if _, err := os.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return persist(func() error { return os.Rename(from, to) })
}

// mayPrecede reports whether a folder may have an entry before the project is in it.
func (p newProject) mayPrecede(name string) bool {
	if slices.ContainsFunc(p.files, func(f File) bool { return f.Path == name }) {
		return false
	}
	switch name {
	case ".git", ".hg", ".jj", "go.mod", "go.sum", "LICENSE", "LICENSE.md", "LICENSE.txt":
		return true
	}
	return false
}

// others returns the names in a folder, except those of staging folders and of what may precede
// the project.
func (p newProject) others(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, plain(err, p.dir, "cannot be read")
	}
	var names []string
	for _, e := range entries {
		if !isStaging(e) && !p.mayPrecede(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// undoKilled removes what a killed run has moved into a folder, and its staging folder. It removes
// nothing if the folder has anything else in it, or if a file has changed since.
func (p newProject) undoKilled(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return plain(err, p.dir, "cannot be read")
	}
	for _, e := range entries {
		if !isStaging(e) {
			continue
		}
		s := seize(filepath.Join(dir, e.Name()))
		if s == nil {
			removeLeftover(filepath.Join(dir, e.Name()))
			continue
		}
		err := p.undoMoves(dir, s)
		if err != nil {
			return errors.Join(err, s.lock.Close())
		}
		s.remove()
	}
	return nil
}

func (p newProject) undoMoves(dir string, s *staging) error {
	text, err := os.ReadFile(s.file(manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the run was killed before it moved anything
	}
	if err != nil {
		return plain(err, p.dir, "cannot be read")
	}
	left := readManifest(text)
	moved, folders, other, err := left.find(dir, p.mayPrecede)
	switch {
	case err != nil:
		return plain(err, p.dir, "cannot be read")
	case other != "" && left.isComplete(dir):
		return nil // the run was killed after it had moved everything
	case other != "":
		return usage.Errorf("%s is not empty: an earlier init was interrupted there, and %s is not what it wrote; move that away, or choose another folder with --dir",
			p.dir, filepath.Join(p.dir, other))
	}
	for _, name := range moved {
		err := p.faults.before(name)
		if err == nil {
			err = os.Remove(filepath.Join(dir, name))
		}
		if err != nil {
			return plain(err, filepath.Join(p.dir, name), "cannot be removed")
		}
	}
	removeFolders(folders)
	return nil
}

// A projectManifest has the checksums of a project's files, by path.
type projectManifest map[string]string

// manifest returns the text of the manifest of files.
func manifest(files []File) []byte {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", sumOf(f.Content), path.Clean(f.Path))
	}
	return []byte(b.String())
}

func readManifest(text []byte) projectManifest {
	m := make(projectManifest)
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		m[name] = sum
	}
	return m
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// find returns the files of the manifest that are in a folder, with paths relative to it, and the
// folders that they are in. other is something else in the folder, "" if there is nothing else but
// what may precede the project.
func (m projectManifest) find(dir string, mayPrecede func(name string) bool) (files, folders []string, other string, err error) {
	parents := make(map[string]bool)
	for name := range m {
		for d := path.Dir(name); d != "."; d = path.Dir(d) {
			parents[d] = true
		}
	}
	err = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		below, err := filepath.Rel(dir, name)
		switch {
		case err != nil:
			return err
		case isStaging(entry), entry.IsDir() && mayPrecede(below):
			return fs.SkipDir
		case entry.IsDir() && parents[filepath.ToSlash(below)]:
			folders = append(folders, name)
		case entry.Type().IsRegular() && hasSum(name, m[filepath.ToSlash(below)]):
			files = append(files, below)
		case mayPrecede(below):
		default:
			other = below
			return fs.SkipAll
		}
		return nil
	})
	return files, folders, other, err
}

func hasSum(name, sum string) bool {
	content, err := os.ReadFile(name)
	return err == nil && sumOf(content) == sum
}

// isComplete reports whether a folder has all files of the manifest, changed or not.
func (m projectManifest) isComplete(dir string) bool {
	for name := range m {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return false
		}
	}
	return true
}
