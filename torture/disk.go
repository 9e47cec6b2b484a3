//go:build linux

package main

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"syscall"
)

// full are the commands that run out of space, and how often to try each.
var full = []struct {
	name  string
	steps int
}{{"generate", 24}, {"init", 16}, {"stub", 8}, {"pack-forward", 6}, {"pack", 4}}

// disk runs commands with less space than they need: first none, then a little more each time, and
// finally almost enough. It limits space with a small file system or, if it cannot mount one, limits
// the size of files.
func (t *torture) disk(ctx context.Context) error {
	failed := make(chan error)
	go func() {
		// Only this thread and its children see the mount, which ends with the thread.
		runtime.LockOSThread()
		failed <- t.smallDisk(ctx)
	}()
	return <-failed
}

func (t *torture) smallDisk(ctx context.Context) error {
	var names []string
	for _, f := range full {
		names = append(names, f.name)
	}
	scenes, err := t.scenes(ctx, names...)
	if err != nil {
		return err
	}
	squeeze := fillDisk
	if err := private(scenes[names[0]][0].root); err != nil {
		t.skipped("disk.file-system", "none can be mounted ("+err.Error()+"); files are limited in size")
		squeeze = limitFiles
	}
	for _, f := range full {
		if err := t.filled(ctx, f.name, scenes[f.name], t.rounds(f.steps), squeeze); err != nil {
			return err
		}
	}
	return nil
}

// A squeeze gives a scene a part of the space that it needs. The function it returns undoes that.
type squeeze func(s *scene, part, of int) (lift func() error, err error)

// fillDisk leaves a few free pages on a scene's file system.
func fillDisk(s *scene, part, of int) (func() error, error) {
	pages := 0
	for name, content := range s.after {
		if s.before[name] != content {
			pages += (len(content) + page - 1) / page
		}
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(s.root, &stat); err != nil {
		return nil, err
	}
	used := int(stat.Blocks-stat.Bfree) * int(stat.Bsize) / page
	return func() error { return resize(s.root, "size=1g") }, resize(s.root, fmt.Sprintf("size=%d", max(1, used+pages*part/of)*page))
}

const page = 4096

func resize(dir, size string) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, size)
}

// limitFiles limits the size of the files that a scene's command writes.
func limitFiles(s *scene, part, of int) (func() error, error) {
	largest := 0
	for name, content := range s.after {
		if s.before[name] != content {
			largest = max(largest, len(content))
		}
	}
	s.limited, s.limit = true, largest*part/of
	return func() error {
		s.limited = false
		return nil
	}, nil
}

// private mounts an in-memory file system that no other process sees.
func private(dir string) error {
	if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
		return err
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1g")
}

// spaceText matches messages that the disk is full or a file is too large.
var spaceText = regexp.MustCompile("no space left|file too large")

// A shortage is the effect of a full disk on one command.
type shortage struct{ failed, unclear, changed, leftovers, wrong int }

// filled runs scenes with increasing space, then once with enough.
func (t *torture) filled(ctx context.Context, name string, scenes []*scene, steps int, squeeze squeeze) error {
	prefix := "disk." + name
	var sum shortage
	for _, s := range scenes {
		for i := range steps {
			if err := t.short(ctx, prefix, s, func() (func() error, error) { return squeeze(s, i, steps) }, &sum); err != nil {
				return err
			}
		}
	}
	t.figure(prefix+".rounds", steps*len(scenes))
	t.atLeast(prefix+".failed", sum.failed, len(scenes))
	t.atMost(prefix+".unclear", sum.unclear, 0)
	t.atMost(prefix+".changed", sum.changed, 0)
	t.atMost(prefix+".leftovers", sum.leftovers, 0)
	t.atMost(prefix+".wrong", sum.wrong, 0)
	return nil
}

// short runs a scene with too little space, then again with enough.
func (t *torture) short(ctx context.Context, prefix string, s *scene, squeeze func() (func() error, error), sum *shortage) error {
	if err := s.reset(); err != nil {
		return err
	}
	lift, err := squeeze()
	if err != nil {
		return err
	}
	r, err := t.run(ctx, s)
	if err != nil {
		return err
	}
	now, err := readTree(s.root)
	if err != nil {
		return err
	}
	want := s.after
	if r.code != 0 {
		sum.failed++
		want = s.before
		if !spaceText.MatchString(r.output) || strings.Contains(r.output, "goroutine ") {
			sum.unclear++
			t.detail(prefix+".unclear", "%s: %.500s", s.name, r.output)
		}
	}
	if extra := now.extra(want); len(extra) > 0 {
		sum.leftovers += len(extra)
		t.detail(prefix+".leftovers", "%s: %s", s.name, extra[0])
	}
	if changed := append(now.unlike(want), want.extra(now)...); len(changed) > 0 {
		sum.changed += len(changed)
		t.detail(prefix+".changed", "%s: %s", s.name, changed[0])
	}
	if err := lift(); err != nil {
		return err
	}
	return t.enough(ctx, prefix, s, r.code != 0, sum)
}

// enough runs a command again that failed for lack of space.
func (t *torture) enough(ctx context.Context, prefix string, s *scene, again bool, sum *shortage) error {
	if !again {
		return nil
	}
	r, err := t.run(ctx, s)
	if err != nil {
		return err
	}
	now, err := readTree(s.root)
	if err != nil {
		return err
	}
	wrong := append(append(now.extra(s.after), now.unlike(s.after)...), s.after.extra(now)...)
	if r.code != 0 || len(wrong) > 0 {
		sum.wrong++
		t.detail(prefix+".wrong", "%s: exit code %d, %s %v", s.name, r.code, r.output, wrong)
	}
	return nil
}
