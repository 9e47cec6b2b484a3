package loop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Changes implements [Files]. It watches folders, not files, so it sees files that editors replace.
// If the system cannot watch, it looks at all files each second. Scan decides what it watches.
func (d *Disk) Changes(ctx context.Context) <-chan string {
	changes := make(chan string)
	w := &watch{disk: d, ctx: ctx, changes: changes, failed: make(chan string, 1), names: make(map[string][]string), watched: make(map[string]bool)}
	notify, err := fsnotify.NewWatcher()
	if err == nil {
		w.notify = notify
		d.setWatcher(w)
	}
	go func() {
		defer close(changes)
		reason := ""
		if err == nil {
			reason = w.run()
		} else {
			reason = unwatchable(err)
		}
		if reason != "" {
			if d.polling != nil {
				d.polling(reason)
			}
			w.poll()
		}
	}()
	return changes
}

// A watch reports changes of files until its context ends.
type watch struct {
	disk    *Disk
	ctx     context.Context
	changes chan<- string
	notify  *fsnotify.Watcher
	failed  chan string // why the system can no longer watch

	mu      sync.Mutex
	names   map[string][]string // of the folders whose files matter, by their paths without links
	watched map[string]bool     // those that the system watches, and the folders around them
}

func (d *Disk) setWatcher(w *watch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watcher = w
}

// add watches folders, and reports whether it did not watch one of them before. It watches the
// folders around them too, where they come and go: the system does not report the removal of a
// folder in which a program runs.
func (w *watch) add(dirs []string) (grown bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range dirs {
		dir := withoutLinks(name)
		if !slices.Contains(w.names[dir], name) {
			w.names[dir] = append(w.names[dir], name)
			grown = true
		}
		if w.watched[dir] {
			continue
		}
		reason := w.addOne(dir)
		if reason != "" {
			w.fail(reason)
			return false
		}
		grown = grown || w.watched[dir]
		around := filepath.Dir(dir)
		for !isDir(around) && around != filepath.Dir(around) {
			around = filepath.Dir(around)
		}
		_ = w.addOne(around) // without it, only the end of dir goes unseen
	}
	return grown
}

// withoutLinks resolves links in the existing part of a path.
func withoutLinks(name string) string {
	if dir, err := filepath.EvalSymlinks(name); err == nil {
		return dir
	}
	if parent := filepath.Dir(name); parent != name {
		return filepath.Join(withoutLinks(parent), filepath.Base(name))
	}
	return name
}

// addOne watches a folder if it exists, and says why the system cannot.
func (w *watch) addOne(dir string) (reason string) {
	if w.watched[dir] {
		return ""
	}
	if reason := cannotNotify(dir); reason != "" {
		return reason
	}
	err := w.notify.Add(dir)
	switch {
	case err == nil:
		w.watched[dir] = true
	case !isDir(dir) || errors.Is(err, os.ErrPermission) || errors.Is(err, fsnotify.ErrClosed):
	default:
		return unwatchable(err)
	}
	return ""
}

// forget ends the watch of a removed folder, and of those below, and reports whether it was
// watched. The system would keep reporting a moved folder by its old name.
func (w *watch) forget(name string) (was bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.watched[name] {
		return false
	}
	for dir := range w.watched {
		if isBelow(name, dir) {
			delete(w.watched, dir)
			_ = w.notify.Remove(dir) // the system may have done so
		}
	}
	return true
}

// holds reports whether a new folder or link may have files that matter.
func (w *watch) holds(dir string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.names[filepath.Dir(dir)]) > 0 && !isSkipped(filepath.Base(dir)) {
		return true
	}
	for wanted := range w.names {
		if isBelow(dir, wanted) {
			return true
		}
	}
	return false
}

// allNames returns all names of a file, through its folders.
func (w *watch) allNames(file string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for _, dir := range w.names[filepath.Dir(file)] {
		names = append(names, filepath.Join(dir, filepath.Base(file)))
	}
	return names
}

// fail ends the watch, with the first reason.
func (w *watch) fail(reason string) {
	select {
	case w.failed <- reason:
	default:
	}
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func isLink(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

// unwatchable explains why the system cannot watch.
func unwatchable(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "the system's limit of watched folders is reached"
	}
	return fmt.Sprintf("the system cannot watch them: %v", err)
}

// run passes on the system's reports until the context ends or the system can no longer watch.
func (w *watch) run() (reason string) {
	defer w.notify.Close()
	defer w.disk.setWatcher(nil)
	for {
		select {
		case <-w.ctx.Done():
			return ""
		case reason := <-w.failed:
			return reason
		case e, ok := <-w.notify.Events:
			if !ok {
				return "the system has ended its watch"
			}
			w.event(e)
		case err, ok := <-w.notify.Errors:
			if !ok {
				return "the system has ended its watch"
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return unwatchable(err)
			}
			w.send(everything)
		}
	}
}

// event reports one event. If a folder comes or goes, or a link, nothing more is known, so all
// files are examined, and new ones are then watched.
func (w *watch) event(e fsnotify.Event) {
	if e.Op == fsnotify.Chmod {
		return
	}
	name := filepath.Clean(e.Name)
	gone := e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename)
	comes := e.Has(fsnotify.Create) && (isDir(name) || isLink(name))
	if gone && w.forget(name) || comes && w.holds(name) {
		w.send(everything)
		return
	}
	for _, name := range w.allNames(name) {
		w.send(name)
	}
}

func (w *watch) send(name string) {
	select {
	case w.changes <- name:
	case <-w.ctx.Done():
	}
}

// poll checks the times of all files until the context ends.
func (w *watch) poll() {
	last := w.stats()
	w.send(everything) // earlier changes are unknown
	ticker := time.NewTicker(w.disk.pause)
	defer ticker.Stop()
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-ticker.C:
		}
		current := w.stats()
		for name, stat := range current {
			if last[name] != stat {
				w.send(name)
			}
		}
		for name := range last {
			if _, ok := current[name]; !ok {
				w.send(name)
			}
		}
		last = current
	}
}

// stats returns the sizes and times of all files, as hashes.
func (w *watch) stats() map[string]uint64 {
	files, _ := w.disk.list()
	stats := make(map[string]uint64, len(files))
	for name := range files {
		if info, err := os.Stat(name); err == nil {
			stats[name] = w.disk.stat(info)
		}
	}
	return stats
}
