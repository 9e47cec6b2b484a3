package main

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/settings"
)

// unusedIgnores returns the entries of the settings beside specs that hide nothing. It leaves out
// those of a file that applies to a spec which was not read, or in which errors may keep rules from
// finding something.
func (a app) unusedIgnores(sources []source) []report.File {
	var files []report.File
	seen := make(map[*schema.File]bool)
	for _, s := range sources {
		own := s.settings.Own
		if own == nil || seen[own] {
			continue
		}
		seen[own] = true
		var specs []*schema.Spec
		var hidden []settings.Hidden
		broken := false
		for _, other := range sources {
			if appliesTo(own, other.settings) {
				specs, hidden = append(specs, other.spec), append(hidden, other.hidden...)
				broken = broken || other.diagnostics.HasErrors()
			}
		}
		if broken {
			continue
		}
		if unused := s.settings.UnusedIgnores(specs, hidden); len(unused) > 0 && a.areAllRead(own, sources) {
			files = append(files, report.File{Source: own, Findings: unused})
		}
	}
	return files
}

// appliesTo reports whether ignore entries of a file are among the settings of a spec.
func appliesTo(file *schema.File, s settings.Settings) bool {
	return slices.ContainsFunc(s.Ignore, func(i settings.Ignore) bool { return i.Origin.File == file })
}

// areAllRead reports whether the sources are all specs to which a file of settings applies. It looks
// for others beside the file and in the folders below, whatever their names.
func (a app) areAllRead(file *schema.File, sources []source) bool {
	read := make(map[string]bool)
	for _, s := range sources {
		if appliesTo(file, s.settings) {
			read[placeOf(specPath{path: s.path})] = true
		}
	}
	dir, all := filepath.Dir(file.Name), true
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // nobody can use a spec that cannot be read
		case entry.IsDir() && path != dir && isSkipped(entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || !strings.EqualFold(filepath.Ext(path), ".json") || read[placeOf(specPath{path: path})]:
			return nil
		case holdsSpec(path) && a.mayApplyTo(file, filepath.Dir(path)):
			all = false
			return filepath.SkipAll
		}
		return nil
	})
	return all
}

// holdsSpec reports whether a file is a spec, faulty ones included.
func holdsSpec(path string) bool {
	if filepath.Base(path) == specName {
		return true
	}
	text, err := found.ReadFile(path)
	if err != nil || len(text) > maxSpecSize || !bytes.Contains(text, []byte(`"commands"`)) {
		return false
	}
	f, _ := schema.ReadJSON(path, text, schema.Document{})
	return f.Has("") && schema.IsSpec(f)
}

// mayApplyTo reports whether entries of a file of settings are for the specs in a folder, too. If
// the settings there are wrong, that is unknown.
func (a app) mayApplyTo(file *schema.File, dir string) bool {
	s, err := a.settings.Load(dir)
	return err != nil || appliesTo(file, s)
}
