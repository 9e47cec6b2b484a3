package loop

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A project is files in a temporary folder.
type project struct {
	t   *testing.T
	dir string
}

func newProject(t *testing.T, names ...string) project {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := project{t, dir}
	for _, name := range names {
		p.write(name, "package x // "+name)
	}
	return p
}

func (p project) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p project) write(name, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.path(name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// scope is that of a module with a spec; git ignores names that contain ignored.
func (p project) scope() Scope {
	return Scope{
		Spec: p.path("connector-spec.json"), Settings: []string{p.path(".conngen.json")}, Config: p.path("conf/config.json"),
		Modules: []string{p.dir},
		Ignored: func(paths []string) []string {
			return slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return !strings.Contains(filepath.Base(path), "ignored") })
		},
	}
}

func (p project) names(sums map[string]Sum) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		below, _ := filepath.Rel(p.dir, name)
		names = append(names, filepath.ToSlash(below))
	}
	return strings.Join(names, " ")
}

// TestScan: exactly the files that a build reads matter.
func TestScan(t *testing.T) {
	t.Parallel()
	p := newProject(t, "connector-spec.json", ".conngen.json", "conf/config.json", "conf/other.json", "go.mod", "go.sum", "vendor/modules.txt", "vendor/x/x.go", "README.md",
		"main.go", "main_test.go", "asm.s", ".hidden.go", "_x.go", "connector/a.go", "ignored.go", "ignored/b.go", "vendor/v/v.go",
		"node_modules/n.go", ".git/g.go", "testdata/t.go", "_old/o.go", "other/go.mod", "other/o.go", "data/notes.txt", "data/deep/logo.png", "plain.txt")
	p.write("embed.go", "package x\n\nimport \"embed\"\n\n//go:embed data all:pages/*.html\nvar files embed.FS\n")
	p.write("pages/index.html", "hello")
	p.write("pages/script.js", "hello")
	d := NewDisk(p.scope, nil)
	const want = ".conngen.json asm.s conf/config.json connector-spec.json connector/a.go data/deep/logo.png data/notes.txt embed.go go.mod go.sum main.go pages/index.html vendor/modules.txt"
	sums := d.Scan()
	if got := p.names(sums); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	for name, kind := range map[string]Kind{".conngen.json": SpecFile, "conf/config.json": ConfigFile, "connector-spec.json": SpecFile, "go.sum": ModuleFile, "main.go": SourceFile, "data/notes.txt": SourceFile} {
		if got := sums[p.path(name)].Kind; got != kind {
			t.Errorf("%s is of kind %d, want %d", name, got, kind)
		}
	}
	var all []string
	err := filepath.WalkDir(p.dir, func(path string, _ os.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// A folder that git ignores is found by itself here; git would know better.
	all = slices.DeleteFunc(all, func(path string) bool { return strings.Contains(path, "ignored"+string(filepath.Separator)) })
	if got := d.Look(all); !maps.Equal(got, sums) {
		t.Errorf("looked at by themselves, the files are\n%s, want\n%s", p.names(got), want)
	}
	p.write("main.go", "package x // changed")
	if again := d.Look([]string{p.path("main.go"), p.path("asm.s")}); again[p.path("main.go")] == sums[p.path("main.go")] || again[p.path("asm.s")] != sums[p.path("asm.s")] {
		t.Error("sums do not tell what has changed")
	}
}

// TestAsking: git is asked once about a path, until the next full scan.
func TestAsking(t *testing.T) {
	t.Parallel()
	p := newProject(t, "main.go", "ignored.go", "sub/a.go")
	asked := make(map[string]int)
	d := NewDisk(func() Scope {
		s := p.scope()
		ask := s.Ignored
		s.Ignored = func(paths []string) []string {
			for _, name := range paths {
				asked[name]++
			}
			return ask(paths)
		}
		return s
	}, nil)
	d.Scan()
	for range 3 {
		if got := p.names(d.Look([]string{p.path("main.go"), p.path("ignored.go")})); got != "main.go" {
			t.Errorf("got %s", got)
		}
		d.list()
	}
	if asked[p.path("main.go")] != 1 || asked[p.path("ignored.go")] != 1 || asked[p.path("sub")] != 1 {
		t.Errorf("git is asked %v", asked)
	}
	d.Scan()
	if asked[p.path("main.go")] != 2 {
		t.Errorf("after another scan git has been asked %v", asked)
	}
}

// A watching is a watched disk.
type watching struct {
	project
	disk    *Disk
	changes <-chan string
	seen    map[string]Sum
	reason  chan string // why it polls
}

func (p project) watch() *watching { return p.watchScope(p.scope) }

func (p project) watchScope(scope func() Scope) *watching {
	p.t.Helper()
	w := &watching{project: p, reason: make(chan string, 1)}
	w.disk = NewDisk(scope, func(reason string) { w.reason <- reason })
	ctx, cancel := context.WithCancel(p.t.Context())
	w.changes = w.disk.Changes(ctx)
	w.seen = w.disk.Scan()
	p.t.Cleanup(func() {
		cancel()
		for range w.changes { // until it is closed
		}
	})
	return w
}

// await waits for a change of a file or folder, as the loop does.
func (w *watching) await(name string) {
	w.t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		select {
		case got := <-w.changes:
			if got == everything {
				before := w.seen
				if w.seen = w.disk.Scan(); before[w.path(name)] != w.seen[w.path(name)] {
					return
				}
			}
			if got == w.path(name) {
				return
			}
		case <-timeout:
			w.t.Fatalf("no change of %s is seen", name)
		}
	}
}

// TestWatch: changes are seen however editors and git make them.
func TestWatch(t *testing.T) {
	t.Parallel()
	w := newProject(t, "connector-spec.json", "main.go", "sub/a.go", "conf/config.json").watch()
	w.write("main.go", "package x // 2")
	w.await("main.go")
	w.write("new.tmp", "package x // 3")
	if err := os.Rename(w.path("new.tmp"), w.path("main.go")); err != nil {
		t.Fatal(err)
	}
	w.await("main.go")
	w.write("conf/config.json", "{}")
	w.await("conf/config.json")
	w.write(".conngen.json", "{}")
	w.await(".conngen.json")
	w.write("deep/er/b.go", "package b")
	w.await("deep/er/b.go")
	w.write("deep/er/b.go", "package b // 2")
	w.await("deep/er/b.go")
	if err := os.Rename(w.path("deep"), w.path("moved")); err != nil {
		t.Fatal(err)
	}
	w.await("moved/er/b.go")
	w.write("moved/er/b.go", "package b // 3")
	w.await("moved/er/b.go")
	if err := os.RemoveAll(w.path("sub")); err != nil {
		t.Fatal(err)
	}
	w.await("sub/a.go")
	w.write("sub/a.go", "package a // 2")
	w.await("sub/a.go")
	w.write("sub/a.go", "package a // 3")
	w.await("sub/a.go")
}

// TestWatchFolder: the project's folder can disappear and return, even while a program runs in it.
func TestWatchFolder(t *testing.T) {
	t.Parallel()
	w := newProject(t, "connector-spec.json", "main.go", "sub/a.go").watch()
	held, err := os.Open(w.dir) // like a program
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := os.RemoveAll(w.dir); err != nil {
		t.Skip(err) // open folders cannot be removed here
	}
	w.await("main.go")
	w.write("sub/a.go", "package a // 2")
	w.await("sub/a.go")
	w.write("main.go", "package x // 2")
	w.await("main.go")
	w.write("main.go", "package x // 3")
	w.await("main.go")
}

// TestWatchLinkedFolder: files are seen if two names lead to their folder.
func TestWatchLinkedFolder(t *testing.T) {
	t.Parallel()
	p := newProject(t, "real/main.go", "real/connector-spec.json")
	if err := os.Symlink(p.path("real"), p.path("link")); err != nil {
		t.Skip(err)
	}
	w := p.watchScope(func() Scope {
		return Scope{Spec: p.path("link/connector-spec.json"), Modules: []string{p.path("real")}}
	})
	w.write("link/main.go", "package x // 2")
	w.await("real/main.go")
	w.write("real/connector-spec.json", "{}")
	w.await("link/connector-spec.json")
}

// TestWatchLink: the target of a link is watched.
func TestWatchLink(t *testing.T) {
	t.Parallel()
	p := newProject(t, "connector-spec.json", "elsewhere/real.json", "conf/x")
	if err := os.Symlink(p.path("elsewhere/real.json"), p.path("conf/config.json")); err != nil {
		t.Skip(err)
	}
	w := p.watch()
	before := w.disk.Look([]string{p.path("conf/config.json")})
	p.write("elsewhere/real.json", "{}")
	w.await("elsewhere/real.json")
	after := w.disk.Look([]string{p.path("elsewhere/real.json")})
	config := p.path("conf/config.json")
	if len(before) != 1 || len(after) != 1 || before[config] == after[config] || after[config].Kind != ConfigFile {
		t.Errorf("the config was %v, and is %v", before, after)
	}
}

// TestPoll: changes are still seen when the system can no longer watch.
func TestPoll(t *testing.T) {
	t.Parallel()
	w := newProject(t, "connector-spec.json", "main.go", "gone.go").watch()
	w.disk.mu.Lock()
	watcher := w.disk.watcher
	w.disk.pause = time.Millisecond
	w.disk.mu.Unlock()
	watcher.fail("the limit is reached")
	watcher.fail("another reason")
	if reason := <-w.reason; reason != "the limit is reached" {
		t.Errorf("the reason is %q", reason)
	}
	if name := <-w.changes; name != everything {
		t.Errorf("the change is %q", name)
	}
	w.write("main.go", "package x // longer")
	w.await("main.go")
	w.write("deep/er/b.go", "package b")
	w.await("deep/er/b.go")
	if err := os.Remove(w.path("gone.go")); err != nil {
		t.Fatal(err)
	}
	w.await("gone.go")
}
