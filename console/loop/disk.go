package loop

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A Sum distinguishes contents of a file. The zero Sum means no file.
type Sum struct {
	Kind Kind
	Hash uint64
}

// Files are the relevant files of a project, wherever they are.
type Files interface {
	// Scan looks at all files.
	Scan() map[string]Sum
	// Look looks at some files; the result lacks those that do not exist or do not matter. A path
	// may be a folder, which stands only for itself.
	Look(paths []string) map[string]Sum
	// Changes sends the paths of files and folders that may have changed since the call, until the
	// context ends. An empty path means all of them.
	Changes(ctx context.Context) <-chan string
}

// everything is the path that stands for all files.
const everything = ""

// pollInterval is the interval between two looks at files that cannot be watched.
const pollInterval = time.Second

// A Disk is the files of a project on disk.
type Disk struct {
	scope   func() Scope
	polling func(reason string) // called if files are polled because they cannot be watched
	seed    maphash.Seed
	pause   time.Duration // between two looks at files that cannot be watched

	mu      sync.Mutex
	current Scope
	single  map[string]Kind
	links   map[string]string // single files that are links, by target
	embeds  map[string][]embedding
	git     map[string]bool // git's answers since the last Scan: whether it ignores a path
	watcher *watch          // nil if nothing is watched
}

// NewDisk returns the files of a project. Each Scan calls scope, since it may depend on files.
// polling is called with the reason if the files cannot be watched.
func NewDisk(scope func() Scope, polling func(reason string)) *Disk {
	return &Disk{scope: scope, polling: polling, seed: maphash.MakeSeed(), pause: pollInterval, git: make(map[string]bool), embeds: make(map[string][]embedding)}
}

// Scan implements [Files]. It watches folders before it reads them, so no change in between is
// lost.
func (d *Disk) Scan() map[string]Sum {
	d.mu.Lock()
	d.git = make(map[string]bool)
	watcher := d.watcher
	d.mu.Unlock()
	files, dirs := d.list()
	for watcher != nil && watcher.add(dirs) {
		files, dirs = d.list()
	}
	sums := make(map[string]Sum, len(files))
	d.addSums(sums, files)
	if d.hasEmbeddings() { // they are known once the sources have been read
		files, _ = d.list()
		d.addSums(sums, files)
	}
	return sums
}

// addSums adds the missing sums of files.
func (d *Disk) addSums(sums map[string]Sum, files map[string]Kind) {
	for name, kind := range files {
		if _, known := sums[name]; known {
			continue
		}
		if sum, ok := d.sum(name, kind); ok {
			sums[name] = sum
		}
	}
}

// list returns the relevant files, and the folders that contain such files or may in future.
func (d *Disk) list() (files map[string]Kind, dirs []string) {
	scope := d.scope()
	single, links := scope.single(), make(map[string]string)
	files = make(map[string]Kind)
	for name, kind := range single {
		files[name] = kind
		dirs = append(dirs, filepath.Dir(name))
		if real, err := filepath.EvalSymlinks(name); err == nil && real != name {
			links[real] = name
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	d.mu.Lock()
	d.current, d.single, d.links = scope, single, links
	d.mu.Unlock()
	for _, module := range scope.Modules {
		sources, folders := d.below(module)
		dirs = append(dirs, folders...)
		for _, name := range sources {
			if files[name] == NoKind {
				files[name] = SourceFile
			}
		}
	}
	slices.Sort(dirs)
	return files, slices.Compact(dirs)
}

// below returns the sources and folders in and below a folder of a module, except those that git
// ignores, and other modules. It asks git once per level.
func (d *Disk) below(top string) (sources, dirs []string) {
	level := []string{top}
	for len(level) > 0 {
		dirs = append(dirs, level...)
		var found, folders []string
		for _, dir := range level {
			entries, _ := os.ReadDir(dir) // nothing is built from unreadable files
			for _, e := range entries {
				name := filepath.Join(dir, e.Name())
				switch {
				case e.IsDir() && !isSkipped(e.Name()) && !isFile(filepath.Join(name, "go.mod")):
					folders = append(folders, name)
				case !e.IsDir() && (isSource(e.Name()) || d.isEmbedded(name)):
					found = append(found, name)
				}
			}
		}
		ignored := d.ignored(slices.Concat(found, folders))
		isKept := func(name string) bool { return !ignored[name] }
		sources = slices.AppendSeq(sources, filter(found, isKept))
		level = slices.Collect(filter(folders, isKept))
	}
	return sources, dirs
}

func filter(names []string, keep func(string) bool) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, name := range names {
			if keep(name) && !yield(name) {
				return
			}
		}
	}
}

// ignored returns the paths that git ignores. It asks git once about each.
func (d *Disk) ignored(paths []string) map[string]bool {
	ignored := make(map[string]bool)
	var unknown []string
	d.mu.Lock()
	ask := d.current.Ignored
	for _, name := range paths {
		if known, ok := d.git[name]; !ok {
			unknown = append(unknown, name)
		} else if known {
			ignored[name] = true
		}
	}
	d.mu.Unlock()
	if ask == nil || len(unknown) == 0 {
		return ignored
	}
	for _, name := range ask(unknown) {
		ignored[name] = true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range unknown {
		d.git[name] = ignored[name]
	}
	return ignored
}

func (d *Disk) hasEmbeddings() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.embeds) > 0
}

func (d *Disk) isEmbedded(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, all := range d.embeds {
		if slices.ContainsFunc(all, func(e embedding) bool { return e.has(name) }) {
			return true
		}
	}
	return false
}

// Look implements [Files].
func (d *Disk) Look(paths []string) map[string]Sum {
	kinds := make(map[string]Kind)
	var ask []string // git, about sources
	for _, name := range paths {
		name, kind := d.kind(name)
		switch kind {
		case NoKind:
		case SourceFile:
			ask = append(ask, name)
			fallthrough
		default:
			kinds[name] = kind
		}
	}
	for name := range d.ignored(ask) {
		delete(kinds, name)
	}
	sums := make(map[string]Sum, len(kinds))
	d.addSums(sums, kinds)
	return sums
}

// kind returns why a file matters, and its name: a link may lead to it.
func (d *Disk) kind(name string) (string, Kind) {
	d.mu.Lock()
	if link := d.links[name]; link != "" {
		name = link
	}
	kind, modules := d.single[name], d.current.Modules
	d.mu.Unlock()
	if kind != NoKind {
		return name, kind
	}
	if !slices.ContainsFunc(modules, func(module string) bool { return isWithin(module, name) }) {
		return name, NoKind
	}
	if isSource(filepath.Base(name)) || d.isEmbedded(name) {
		return name, SourceFile
	}
	return name, NoKind
}

// isWithin reports whether a file is in a module, outside the folders where the go command finds no
// packages.
func isWithin(module, name string) bool {
	if !isBelow(module, name) {
		return false
	}
	for dir := filepath.Dir(name); dir != module && isBelow(module, dir); dir = filepath.Dir(dir) {
		if isSkipped(filepath.Base(dir)) || isFile(filepath.Join(dir, "go.mod")) {
			return false
		}
	}
	return true
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// maxHashed is the maximum size of files whose content is compared. Larger ones are compared by
// their times.
const maxHashed = 16 << 20

// sum returns the sum of a file, if there is one.
func (d *Disk) sum(name string, kind Kind) (Sum, bool) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		d.setEmbeds(name, nil)
		return Sum{}, false
	}
	if info.Size() > maxHashed {
		return Sum{kind, d.stat(info)}, true
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return Sum{}, false
	}
	if filepath.Ext(name) == ".go" {
		d.setEmbeds(name, embeddings(filepath.Dir(name), text))
	}
	return Sum{kind, maphash.Bytes(d.seed, text)}, true
}

// setEmbeds records what a Go file embeds.
func (d *Disk) setEmbeds(name string, all []embedding) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(all) == 0 {
		delete(d.embeds, name)
		return
	}
	d.embeds[name] = all
}

// stat is a hash of a file's size and time.
func (d *Disk) stat(info fs.FileInfo) uint64 {
	var b []byte
	b = binary.BigEndian.AppendUint64(b, uint64(info.Size()))
	b = binary.BigEndian.AppendUint64(b, uint64(info.ModTime().UnixNano()))
	return maphash.Bytes(d.seed, b)
}
