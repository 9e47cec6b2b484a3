package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
	"github.com/conngen/conngen/settings"
)

// specName is what a spec is called in its folder.
const specName = "connector-spec.json"

// stdinPath stands for standard input.
const stdinPath = "-"

// maxSpecSize is far above any real spec: the largest has 80 kB.
const maxSpecSize = 10 << 20

// findSpecs returns the specs that PATH arguments mean, each once, in the order of
// the arguments and sorted below DIR/... ones. No argument means the working folder.
func findSpecs(args []string) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var paths []string
	for _, arg := range args {
		found, err := findSpec(arg)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			if !slices.Contains(paths, p) {
				paths = append(paths, p)
			}
		}
	}
	return paths, nil
}

func findSpec(arg string) ([]string, error) {
	if arg == stdinPath {
		return []string{arg}, nil
	}
	if dir, below := strings.CutSuffix(filepath.ToSlash(arg), "..."); below && (dir == "" || strings.HasSuffix(dir, "/")) {
		return specsBelow(filepath.Clean(dir))
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{filepath.Clean(arg)}, nil
	}
	path := filepath.Join(arg, specName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no %s; name the spec, its folder, or %s for all below", arg, specName, filepath.Join(arg, "..."))
	}
	return []string{path}, nil
}

// specsBelow finds all specs below a folder, but in those that hold nobody's own
// work.
func specsBelow(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != dir && isSkipped(entry.Name()):
			return filepath.SkipDir
		case !entry.IsDir() && entry.Name() == specName:
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("there is no %s below %s", specName, dir)
	}
	return paths, nil
}

func isSkipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"
}

// A source is one spec that has been read.
type source struct {
	path        string
	text        []byte
	spec        *schema.Spec // nil when it is no JSON object
	diagnostics schema.Diagnostics
}

// readSources reads all specs that the arguments mean.
func (a app) readSources(args []string) ([]source, error) {
	paths, err := findSpecs(args)
	if err != nil {
		return nil, err
	}
	return inParallel(paths, a.readSource)
}

// readSource reads and checks a spec under its settings. The error is about the
// files, not about what is in the spec.
func (a app) readSource(path string) (source, error) {
	text, err := a.readText(path)
	if err != nil {
		return source{}, err
	}
	if path == stdinPath {
		return newSource("stdin", text, settings.Settings{}), nil
	}
	s, err := a.readSettings(filepath.Dir(path))
	if err != nil {
		return source{}, err
	}
	return newSource(path, text, s), nil
}

// newSource checks the text of a spec.
func newSource(path string, text []byte, s settings.Settings) source {
	spec, found := schema.Parse(path, text)
	if spec != nil {
		found = append(found, lint.Run(spec)...)
		found.Sort()
	}
	left, _ := s.Apply(found, spec.WireNames())
	return source{path, text, spec, left}
}

// file returns findings about the spec with what it takes to show them.
func (s source) file(found schema.Diagnostics) report.File {
	if s.spec == nil {
		return report.File{Source: schema.NewFile(s.path, s.text), Findings: found}
	}
	return report.File{Source: s.spec.File, Findings: found, Secrets: lint.Secrets(s.spec)}
}

// newSettingsLoader returns the loader of all settings that one run needs.
func newSettingsLoader() *settings.Loader {
	roots := settings.NewRootFinder(func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	})
	return settings.NewLoader(readFile, roots.Find)
}

// readSettings reads the settings of the specs in a folder. Its error shows the
// mistakes in them.
func (a app) readSettings(dir string) (settings.Settings, error) {
	s, err := a.settings.Load(dir)
	var problems *settings.Error
	if !errors.As(err, &problems) {
		return s, err
	}
	files := make([]report.File, len(problems.Files))
	for i, f := range problems.Files {
		files[i] = report.File{Source: f.File, Findings: f.Found}
	}
	var lines strings.Builder
	err = report.Text(false)(&lines, files)
	return s, errors.Join(err, errors.New("settings cannot be used:\n"+strings.TrimSuffix(lines.String(), "\n")))
}

// readText reads a spec.
func (a app) readText(path string) ([]byte, error) {
	if path == stdinPath {
		return readLimited(a.stdin)
	}
	return readFile(path)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readLimited(f)
}

// readLimited reads one byte more than a spec may have, which is enough for the
// parser to refuse the rest.
func readLimited(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, maxSpecSize+1))
}
