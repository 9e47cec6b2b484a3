package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/settings"
)

// specName is what a spec is called in its folder.
const specName = "connector-spec.json"

// stdinPath stands for standard input.
const stdinPath = target.StandardInput

// maxSpecSize is far above any real spec: the largest has 80 kB.
const maxSpecSize = 10 << 20

// findSpecs returns the specs that PATH arguments mean, each once, in the order of
// the arguments and sorted below DIR/... ones. No argument means the working folder.
func findSpecs(args []string) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var paths []string
	known := make(map[string]bool)
	for _, arg := range args {
		found, err := findSpec(arg)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			if place := placeOf(p); !known[place] {
				known[place] = true
				paths = append(paths, p)
			}
		}
	}
	return paths, nil
}

// placeOf is the same for all paths of a spec. A spec that is linked into another folder is
// another spec there, with a package of its own.
func placeOf(path string) string {
	if path == stdinPath {
		return path
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return filepath.Join(dir, filepath.Base(path))
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
		return []string{filePath(arg)}, nil
	}
	path := filepath.Join(arg, specName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no %s; name the spec, its folder, or %s for all below", arg, specName, filepath.Join(arg, "..."))
	}
	return []string{path}, nil
}

// filePath cleans the path of a file, and keeps files that are called like standard input
// apart from it.
func filePath(arg string) string {
	path := filepath.Clean(arg)
	if path == stdinPath || path == generator.Stdin {
		return "." + string(filepath.Separator) + path
	}
	return path
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
	path        string // "-" for standard input
	stdin       bool
	text        []byte
	spec        *schema.Spec // nil when it is not a JSON object
	diagnostics schema.Diagnostics
	settings    settings.Settings
	options     generator.Options // as far as the settings say
	ignored     []settings.Ignore // that hid findings
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
		s, err := newSource(generator.Stdin, text, settings.Settings{})
		s.path, s.stdin = stdinPath, true
		return s, err
	}
	s, err := a.readSettings(filepath.Dir(path))
	if err != nil {
		return source{}, err
	}
	return newSource(path, text, s)
}

// newSource checks the text of a spec. The error is about names in its settings.
func newSource(path string, text []byte, s settings.Settings) (source, error) {
	spec, found := schema.Parse(path, text)
	src := source{path: path, text: text, spec: spec, settings: s, options: namingOptions(s)}
	if spec == nil {
		src.diagnostics = found
		return src, nil
	}
	if !found.HasErrors() {
		if err := checkNames(spec, src.options, s); err != nil {
			return src, err
		}
	}
	found = append(found, generator.Lint(spec, src.options)...)
	found.Sort()
	src.diagnostics, src.ignored = s.Apply(found, spec.WireNames())
	return src, nil
}

// namingOptions are the settings that decide about Go names.
func namingOptions(s settings.Settings) generator.Options {
	opts := generator.Options{Names: make(map[string]string, len(s.Generate.Names))}
	for key, name := range s.Generate.Names {
		opts.Names[key] = name.Text
	}
	for _, word := range s.Generate.Initialisms {
		opts.Initialisms = append(opts.Initialisms, word.Text)
	}
	return opts
}

// checkNames refuses names that cannot be used for a spec. Those that nothing has may
// come from further up, where they are for other specs.
func checkNames(spec *schema.Spec, opts generator.Options, s settings.Settings) error {
	var found schema.Diagnostics
	problems, unused := generator.CheckNames(spec, opts)
	if len(unused) > 0 {
		known := slices.DeleteFunc(spec.AllWireNames(), func(name string) bool { return slices.Contains(unused, name) })
		for key := range opts.Names {
			if !slices.Contains(unused, key) {
				known = append(known, key)
			}
		}
		found = append(found, s.UnmatchedNames(known)...)
	}
	for _, p := range problems {
		name := s.Generate.Names[p.Key]
		found = append(found, name.Origin.Finding(schema.Error, fmt.Sprintf("the name %s for %q %s", p.Name, p.Key, p.Message), "choose another name"))
	}
	if len(found) == 0 {
		return nil
	}
	files := make(map[string]report.File)
	for _, d := range found {
		f := files[d.Path]
		f.Source, f.Findings = settingsFile(s, d.Path), append(f.Findings, d)
		files[d.Path] = f
	}
	var list []report.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, files[name])
	}
	return settingsError(list)
}

// settingsFile returns the file of settings that names come from.
func settingsFile(s settings.Settings, name string) *schema.File {
	for _, v := range s.Generate.Names {
		if v.Origin.File != nil && v.Origin.File.Name == name {
			return v.Origin.File
		}
	}
	return s.Own
}

// name is what texts call the spec.
func (s source) name() string {
	if s.stdin {
		return "standard input"
	}
	return s.path
}

// file returns findings about the spec with what it takes to show them.
func (s source) file(found schema.Diagnostics) report.File {
	if s.spec == nil {
		return report.File{Source: schema.NewFile(s.path, s.text), Findings: found}
	}
	return report.File{Source: s.spec.File, Findings: found, Secrets: generator.Secrets(s.spec)}
}

// errors returns the findings for which the spec is refused.
func (s source) errors() report.File {
	return s.file(slices.DeleteFunc(slices.Clone(s.diagnostics), func(d schema.Diagnostic) bool { return d.Severity != schema.Error }))
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
	return s, settingsError(files)
}

// settingsError shows mistakes in settings.
func settingsError(files []report.File) error {
	var lines strings.Builder
	err := report.Text(false)(&lines, files)
	return errors.Join(err, errors.New("settings cannot be used:\n"+strings.TrimSuffix(lines.String(), "\n")))
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
