package loop

import (
	"bytes"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Kind says why a file matters.
type Kind int

// The kinds of files.
const (
	NoKind     Kind = iota // it does not matter
	SpecFile               // the spec, or settings for it
	SourceFile             // part of a Go package
	ModuleFile             // go.mod and what belongs to it
	ConfigFile             // the config for commands
)

// A Scope says which files of a project matter. Paths are absolute.
type Scope struct {
	Spec     string   // empty for none
	Settings []string // files of settings, which need not exist
	Config   string   // empty for none
	Modules  []string // folders of Go modules: the project's, and others that it is built with
	Work     string   // the go.work, empty for none

	// Ignored returns the paths that git ignores.
	Ignored func(paths []string) []string
}

// vendored is the list of packages in a vendor folder. Nobody edits those by hand, and go mod
// vendor writes the list.
const vendored = "vendor/modules.txt"

// moduleFiles are the files that belong to a go.mod, by its folder.
var moduleFiles = []string{"go.mod", "go.sum", vendored}

// single returns the single files that matter, with their kinds.
func (s Scope) single() map[string]Kind {
	kinds := make(map[string]Kind)
	for _, module := range s.Modules {
		for _, name := range moduleFiles {
			kinds[filepath.Join(module, filepath.FromSlash(name))] = ModuleFile
		}
	}
	if s.Work != "" {
		kinds[s.Work], kinds[strings.TrimSuffix(s.Work, ".work")+".work.sum"] = ModuleFile, ModuleFile
		kinds[filepath.Join(filepath.Dir(s.Work), filepath.FromSlash(vendored))] = ModuleFile
	}
	for _, name := range s.Settings {
		kinds[name] = SpecFile
	}
	for name, kind := range map[string]Kind{s.Config: ConfigFile, s.Spec: SpecFile} {
		if name != "" {
			kinds[name] = kind
		}
	}
	return kinds
}

// sourceExtensions are those of files from which the go command builds packages.
var sourceExtensions = []string{".go", ".s", ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".m", ".syso"}

// isSource reports whether a file's name makes it part of a package. Tests are not part of
// programs.
func isSource(name string) bool {
	return slices.Contains(sourceExtensions, filepath.Ext(name)) && !strings.HasSuffix(name, "_test.go") &&
		!strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_")
}

// isSkipped reports whether the go command skips folders of this name when it looks for packages.
func isSkipped(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "node_modules" || name == "vendor" || name == "testdata"
}

// An embedding is the files that a package embeds.
type embedding struct {
	dir     string // of the package
	pattern string // with slashes
}

var embedDirective = []byte("//go:embed ")

// embeddings returns the embed patterns of a Go file. It skips quoted patterns, which are rare.
func embeddings(dir string, text []byte) []embedding {
	var all []embedding
	if !bytes.Contains(text, embedDirective) {
		return nil
	}
	for line := range bytes.Lines(text) {
		patterns, ok := bytes.CutPrefix(line, embedDirective)
		if !ok {
			continue
		}
		for pattern := range strings.FieldsSeq(string(patterns)) {
			all = append(all, embedding{dir, strings.TrimPrefix(pattern, "all:")})
		}
	}
	return all
}

// has reports whether a file is embedded: by its name, or through a folder around it.
func (e embedding) has(name string) bool {
	below, err := filepath.Rel(e.dir, name)
	if err != nil || !filepath.IsLocal(below) {
		return false
	}
	for below = filepath.ToSlash(below); below != "."; below = path.Dir(below) {
		if ok, err := path.Match(e.pattern, below); ok && err == nil {
			return true
		}
	}
	return e.pattern == "."
}

// isBelow reports whether a path is a folder or below it.
func isBelow(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}
