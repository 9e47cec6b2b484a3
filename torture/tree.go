//go:build linux

package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A tree is the files below a folder: their contents by relative path, with slashes. It contains
// folders, too; their paths end with a slash.
type tree map[string]string

// readTree reads the files below a folder, which other processes may be changing.
func readTree(root string) (tree, error) {
	t := make(tree)
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err != nil || name == root {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			t[filepath.ToSlash(rel)+"/"] = ""
			return nil
		}
		content, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		t[filepath.ToSlash(rel)] = string(content)
		return err
	})
	return t, err
}

// restore makes the files below a folder equal to the tree.
func (t tree) restore(root string) error {
	now, err := readTree(root)
	if err != nil {
		return err
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(now))) { // the contents of a folder before the folder
		if _, ok := t[name]; !ok {
			if err := os.Remove(filepath.Join(root, name)); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		old, ok := now[name]
		switch file := filepath.Join(root, name); {
		case ok && old == t[name]:
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(file, 0o755)
		default:
			err = os.WriteFile(file, []byte(t[name]), 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// with returns a copy of the tree in which a file has new content; it adds missing folders.
func (t tree) with(name, content string) tree {
	changed := maps.Clone(t)
	changed[name] = content
	for i, c := range name {
		if c == '/' {
			changed[name[:i+1]] = ""
		}
	}
	return changed
}

// without returns a copy of the tree without a file, or without a folder and all its contents.
func (t tree) without(name string) tree {
	rest := maps.Clone(t)
	maps.DeleteFunc(rest, func(n, _ string) bool { return n == name || strings.HasPrefix(n, name+"/") })
	return rest
}

// extra returns the paths that are in none of the other trees.
func (t tree) extra(others ...tree) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if !slices.ContainsFunc(others, func(o tree) bool { _, ok := o[name]; return ok }) {
			names = append(names, name)
		}
	}
	return names
}

// unlike returns the paths of files that other trees also have, but only with different content.
func (t tree) unlike(others ...tree) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(t)) {
		known, same := false, false
		for _, o := range others {
			content, ok := o[name]
			known, same = known || ok, same || ok && content == t[name]
		}
		if known && !same {
			names = append(names, name)
		}
	}
	return names
}
