package loop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Changes implements [Files]. It watches folders, not files, so it sees files that editors replace.
// Where the system cannot watch, it looks at all files each second. What it watches is up to Scan.
func (d *Disk) Changes(ctx context.Context) <-chan string {
	changes := make(chan string)
	w := &watch{disk: d, ctx: ctx, changes: changes, failed: make(chan string, 1), known: make(map[string]bool)}
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

	mu    sync.Mutex
	known map[string]bool // the folders that are watched
}

func (d *Disk) setWatcher(w *watch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watcher = w
}

// add watches folders. One that does not exist is seen when it comes to be, if its parent is watched.
func (w *watch) add(dirs []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, dir := range dirs {
		if w.known[dir] {
			continue
		}
		if reason := cannotNotify(dir); reason != "" {
			w.fail(reason)
			return
		}
		err := w.notify.Add(dir)
		switch {
		case err == nil:
			w.known[dir] = true
		case !isDir(dir) || errors.Is(err, os.ErrPermission) || errors.Is(err, fsnotify.ErrClosed):
		default:
			w.fail(unwatchable(err))
			return
		}
	}
}

// fail ends the watch. The first reason is enough.
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

// unwatchable says in words why the system cannot watch.
func unwatchable(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "the system's limit of watched folders is reached"
	}
	return fmt.Sprintf("the system cannot watch them: %v", err)
}

// run reports what the system tells, until the context ends or the system can no longer watch.
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

// event reports what one event tells. Of a new folder, it reports all files: they may have been
// there before the folder was watched.
func (w *watch) event(e fsnotify.Event) {
	if e.Op == fsnotify.Chmod {
		return
	}
	name := filepath.Clean(e.Name)
	if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		w.mu.Lock()
		delete(w.known, name)
		w.mu.Unlock()
	}
	w.send(name)
	if !e.Has(fsnotify.Create) || isSkipped(filepath.Base(name)) || !isDir(name) || len(w.disk.ignored([]string{name})) > 0 {
		return
	}
	sources, dirs := w.disk.below(name)
	w.add(dirs)
	again, _ := w.disk.below(name) // what came before the folders were watched
	for _, name := range append(sources, again...) {
		w.send(name)
	}
	w.send(filepath.Join(name, moduleFiles[0]))
}

func (w *watch) send(name string) {
	select {
	case w.changes <- name:
	case <-w.ctx.Done():
	}
}

// poll looks at the times of all files until the context ends.
func (w *watch) poll() {
	last := w.stats()
	w.send(everything) // of what came before, nothing is known
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
