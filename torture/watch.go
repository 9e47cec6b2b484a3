//go:build linux

package main

import (
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// watched are the changes that a watcher counts.
const watched = syscall.IN_CREATE | syscall.IN_CLOSE_WRITE | syscall.IN_MOVED_TO | syscall.IN_DELETE

// A watcher counts the changes to files below a folder as they happen. With it, a kill can hit the
// few milliseconds in which files are put in place.
type watcher struct {
	file    *os.File
	descr   int
	folders map[int32]string
	changes atomic.Int64
	done    chan struct{}

	at     int64  // the change at which reached is called
	report func() // may be nil
	once   sync.Once
}

// watch starts counting.
func watch(root string) (*watcher, error) { return watchUntil(root, 0, nil) }

// watchUntil starts counting, and calls reached at a given change.
func watchUntil(root string, change int, reached func()) (*watcher, error) {
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		return nil, err
	}
	w := &watcher{
		file: os.NewFile(uintptr(fd), "inotify"), descr: fd, folders: make(map[int32]string),
		done: make(chan struct{}), at: int64(change), report: reached,
	}
	w.add(root)
	go w.read()
	return w, nil
}

// add watches a folder and the folders in it, if they still exist.
func (w *watcher) add(root string) {
	_ = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			if id, err := syscall.InotifyAddWatch(w.descr, name, watched); err == nil {
				w.folders[int32(id)] = name
			}
		}
		return nil
	})
}

func (w *watcher) read() {
	defer close(w.done)
	buffer := make([]byte, 64<<10)
	for {
		n, err := w.file.Read(buffer)
		if err != nil {
			return
		}
		for rest := buffer[:n]; len(rest) >= syscall.SizeofInotifyEvent; {
			id := int32(binary.NativeEndian.Uint32(rest))
			mask := binary.NativeEndian.Uint32(rest[4:])
			size := syscall.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(rest[12:]))
			name := strings.TrimRight(string(rest[syscall.SizeofInotifyEvent:size]), "\x00")
			rest = rest[size:]
			w.change(filepath.Join(w.folders[id], name), mask)
		}
	}
}

func (w *watcher) change(name string, mask uint32) {
	if w.changes.Add(1) >= w.at && w.report != nil {
		w.once.Do(w.report)
	}
	if mask&syscall.IN_ISDIR != 0 && mask&(syscall.IN_CREATE|syscall.IN_MOVED_TO) != 0 {
		w.add(name)
	}
}

func (w *watcher) count() int { return int(w.changes.Load()) }

func (w *watcher) close() {
	_ = w.file.Close()
	<-w.done
}
