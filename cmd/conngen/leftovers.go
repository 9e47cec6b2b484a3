package main

import (
	"fmt"
	"path/filepath"

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

// removeLeftovers removes what killed commands have left for specs. What belongs to another user
// stays, and is no failure: it is in nobody's way.
func (a app) removeLeftovers(p packages) {
	for _, s := range p.list {
		if !s.refused {
			for _, dir := range s.stagingFolders() {
				generator.RemoveLeftovers(dir)
			}
		}
	}
	for _, r := range p.leftovers(nil) {
		for _, d := range r.drift {
			if d.Why != "" {
				fmt.Fprintf(a.stderr, "%s %s\n", filepath.Join(found.Shown(r.dir), d.Path), d.Why)
			}
		}
	}
}

// leftovers returns what killed commands have left for specs, apart from what is in results.
func (p packages) leftovers(results []checkResult) []checkResult {
	known := make(map[string]bool)
	for _, r := range results {
		for _, d := range r.drift {
			known[placeOf(specPath{path: filepath.Join(r.dir, filepath.FromSlash(d.Path))})] = true
		}
	}
	var all []checkResult
	for _, s := range p.list {
		if s.refused {
			continue
		}
		for _, dir := range s.stagingFolders() {
			r := checkResult{dir: dir, hint: runHint("generate", s.path)}
			for _, d := range generator.CheckLeftovers(dir) {
				if place := placeOf(specPath{path: filepath.Join(dir, d.Path)}); !known[place] {
					known[place] = true
					r.drift = append(r.drift, d)
				}
			}
			if len(r.drift) > 0 {
				r.find()
				all = append(all, r)
			}
		}
	}
	return all
}
