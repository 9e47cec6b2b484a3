package git

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

// A Past has the files of a revision, in any number of repositories. It looks each repository up
// once, and reads all files of one from the same process. Several goroutines may use it. Close ends
// the processes.
type Past struct {
	revision string

	mu        sync.Mutex
	asked     map[string]func() (Folder, error) // git's answers about folders, by their paths
	snapshots map[string]*snapshot              // by the folder that git keeps a repository in
}

// NewPast returns the past at a revision.
func NewPast(revision string) *Past {
	return &Past{revision: revision, asked: make(map[string]func() (Folder, error)), snapshots: make(map[string]*snapshot)}
}

// Close ends what reads the past.
func (p *Past) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.snapshots {
		s.close()
	}
}

// A Folder is a folder in a repository, from which files of other revisions can be read.
type Folder struct {
	Root string // of the repository
	Path string // of the folder from the root, with slashes; "." for the root itself

	repository // in which git commands are about the folder
	past       *snapshot
}

// Folder finds the repository that a folder is in.
func (p *Past) Folder(dir string) (Folder, error) {
	if top, below, ok := marked(dir); ok {
		// Its settings may say that the files are in another place.
		if f, err := p.ask(top); err == nil && f.Path == "." && isSame(f.Root, top) {
			f.Path = below
			return f, nil
		}
	}
	return p.ask(dir)
}

// discoveries are the variables that change where git looks for a repository.
var discoveries = []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_CEILING_DIRECTORIES"}

// marked finds the nearest folder around one that seems to be the root of a repository, and the path
// from there. It reports false if only git can tell.
func marked(dir string) (top, below string, ok bool) {
	for _, name := range discoveries {
		if os.Getenv(name) != "" {
			return "", "", false
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", "", false
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", "", false
	}
	for top = dir; ; top = filepath.Dir(top) {
		if has(top, ".git") {
			below, err := filepath.Rel(top, dir)
			return top, filepath.ToSlash(below), err == nil
		}
		if top == filepath.Dir(top) || has(top, "HEAD") { // perhaps git's own folder
			return "", "", false
		}
	}
}

func has(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return err == nil
}

// isSame reports whether two paths lead to the same folder.
func isSame(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// ask asks git about a folder, once.
func (p *Past) ask(dir string) (Folder, error) {
	p.mu.Lock()
	answer := p.asked[dir]
	if answer == nil {
		answer = sync.OnceValues(func() (Folder, error) { return p.find(repository(dir)) })
		p.asked[dir] = answer
	}
	p.mu.Unlock()
	return answer()
}

func (p *Past) find(r repository) (Folder, error) {
	root, err := r.path("rev-parse", "--show-toplevel")
	if err != nil {
		return Folder{}, err
	}
	below, err := r.path("rev-parse", "--show-prefix")
	if err != nil {
		return Folder{}, err
	}
	kept, err := r.path("rev-parse", "--absolute-git-dir")
	if err != nil {
		return Folder{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.snapshots[kept] == nil {
		p.snapshots[kept] = newSnapshot(r, p.revision)
	}
	return Folder{root, path.Clean(below), r, p.snapshots[kept]}, nil
}

// Show returns the text of a file, and the name that it had, relative to the repository. name is its
// name in the folder today. A file that has been renamed since then is found. Show follows symbolic
// links inside the repository, and refuses others.
func (f Folder) Show(name string) (text []byte, oldName string, err error) {
	oldName = path.Join(f.Path, name)
	if text, err = f.past.read(oldName); !errors.Is(err, ErrNotThere) {
		return text, oldName, err
	}
	if oldName, err = f.renamedFrom(oldName); err != nil {
		return nil, "", err
	}
	text, err = f.past.read(oldName)
	return text, oldName, err
}

// renamedFrom returns the name that a file of the repository had.
func (f Folder) renamedFrom(name string) (string, error) {
	renamed, err := f.past.renamedIn(f.Root, f.repository)
	if err != nil {
		return "", err
	}
	if old, ok := renamed[name]; ok {
		return old, nil
	}
	return "", ErrNotThere
}

// Read returns the text of a file by its name in the repository. It follows symbolic links. The error
// is [fs.ErrNotExist] where it did not exist.
func (f Folder) Read(name string) ([]byte, error) {
	text, err := f.past.read(filepath.ToSlash(name))
	if errors.Is(err, ErrNotThere) {
		err = fs.ErrNotExist
	}
	return text, err
}

// A snapshot is a repository at a revision.
type snapshot struct {
	repository
	commit func() (string, error)

	mu      sync.Mutex
	objects *objects                                     // nil before it is needed
	renames map[string]func() (map[string]string, error) // by folder with the files of today
}

func newSnapshot(r repository, revision string) *snapshot {
	return &snapshot{
		repository: r,
		commit:     sync.OnceValues(func() (string, error) { return r.commit(revision) }),
		renames:    make(map[string]func() (map[string]string, error)),
	}
}

// read returns the text of a file, by its name in the repository.
func (s *snapshot) read(name string) ([]byte, error) {
	commit, err := s.commit()
	if err != nil {
		return nil, err
	}
	object := commit + ":" + name
	if strings.Contains(object, "\n") { // the names that git reads from standard input are lines
		text, err := s.run("cat-file", "blob", object)
		if err != nil {
			err = ErrNotThere
		}
		return text, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects == nil {
		if s.objects, err = s.startObjects(); err != nil {
			return nil, err
		}
	}
	return s.objects.read(object, name)
}

// renamedIn returns what has been renamed in files of today, by their folder.
func (s *snapshot) renamedIn(root string, r repository) (map[string]string, error) {
	commit, err := s.commit()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	renames := s.renames[root]
	if renames == nil {
		renames = sync.OnceValues(func() (map[string]string, error) { return r.renamed(commit) })
		s.renames[root] = renames
	}
	s.mu.Unlock()
	return renames()
}

func (s *snapshot) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects != nil {
		s.objects.end()
	}
}
