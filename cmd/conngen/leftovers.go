package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
)

// defaultDist is the folder of bundles, relative to the spec's.
const defaultDist = "dist"

// stagingFolders are the folders in which commands stage files for a spec, and in which killed
// commands leave them: those of the package, its SDK, the project, the client, pages and bundles.
func (p packageSource) stagingFolders() []string {
	folders := []string{p.target.Dir}
	if p.target.SDK.Dir != "" {
		folders = append(folders, p.target.SDK.Dir)
	}
	if p.stream {
		return folders
	}
	folders = append(folders, filepath.Dir(p.path))
	if file := p.settings.Stub.File.Text; file != "" && p.checkPath(filepath.Dir(file)) == nil {
		folders = append(folders, target.Beside(p.path, filepath.Dir(file)))
	}
	for _, dir := range []string{docsFolder, defaultDist} {
		if p.checkPath(dir) == nil {
			folders = append(folders, target.Beside(p.path, dir))
		}
	}
	return folders
}

// checkPath refuses a path below the spec's folder if any part of it is a symbolic link that leads
// out of the repository or module.
func (s source) checkPath(name string) error {
	dir := filepath.Dir(s.path)
	for name = filepath.Clean(name); name != "." && name != filepath.Dir(name); name = filepath.Dir(name) {
		path := filepath.Join(dir, name)
		if !exists(path) {
			continue // a link that leads nowhere is refused where it is used
		}
		if err := staysInside(path, dir); err != nil {
			return err
		}
	}
	return nil
}

// removeLeftovers removes what killed commands left for specs. Files of another user stay,
// which is not a failure: it is in nobody's way.
func (a app) removeLeftovers(p packages) {
	for _, r := range p.leftovers(nil, true) {
		for _, d := range r.drift {
			if d.Why != "" {
				fmt.Fprintf(a.stderr, "%s %s\n", filepath.Join(found.Shown(r.dir), d.Path), d.Why)
			}
		}
	}
}

// leftovers returns what killed commands left for specs, apart from what is in results. It first
// removes what it can if asked to.
func (p packages) leftovers(results []checkResult, remove bool) []checkResult {
	known := make(map[string]bool)
	for _, r := range results {
		for _, d := range r.drift {
			known[placeOf(specPath{path: filepath.Join(r.dir, filepath.FromSlash(d.Path))})] = true
		}
	}
	folders := p.stagingFolders()
	looked, _ := inParallel(func() {}, folders, func(f stagingFolder) (checkResult, error) { return f.leftovers(remove), nil })
	var all []checkResult
	for _, r := range looked {
		r.drift = slices.DeleteFunc(r.drift, func(d generator.Drift) bool {
			place := placeOf(specPath{path: filepath.Join(r.dir, d.Path)})
			seen := known[place]
			known[place] = true
			return seen
		})
		if len(r.drift) > 0 {
			r.find()
			all = append(all, r)
		}
	}
	return all
}

// A stagingFolder is a folder with the first of the specs for which commands stage files there.
type stagingFolder struct{ dir, spec string }

// stagingFolders returns those of all packages, each once.
func (p packages) stagingFolders() []stagingFolder {
	bySpec, _ := inParallel(func() {}, p.list, func(s packageSource) ([]string, error) {
		if s.refused {
			return nil, nil
		}
		return s.stagingFolders(), nil
	})
	var all []stagingFolder
	known := make(map[string]bool)
	for i, dirs := range bySpec {
		for _, dir := range dirs {
			if !known[dir] {
				known[dir], all = true, append(all, stagingFolder{dir, p.list[i].path})
			}
		}
	}
	return all
}

// leftovers returns what is left in the folder, after it has removed what it can if asked to.
func (f stagingFolder) leftovers(remove bool) checkResult {
	if remove {
		generator.RemoveLeftovers(f.dir)
	}
	r := checkResult{dir: f.dir, drift: generator.CheckLeftovers(f.dir)}
	if len(r.drift) > 0 {
		r.hint = runHint("generate", f.spec)
	}
	return r
}
