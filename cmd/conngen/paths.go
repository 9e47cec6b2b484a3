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
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/settings"
)

// specName is the name of a spec in its folder.
const specName = "connector-spec.json"

// stdinPath stands for standard input.
const stdinPath = target.StandardInput

// standardOutput is the value of --out for standard output.
const standardOutput = "-"

// maxSpecSize is far above any real spec: the largest has 80 kB.
const maxSpecSize = 10 << 20

// A specPath is where a spec is read from.
type specPath struct {
	path   string // stdinPath for standard input
	found  bool   // found by conngen: the argument names its folder or one above it
	stream bool   // standard input, a pipe or a device: can be read once, and has no folder

	unasked error // why git does not tell whether it ignores the spec, if that matters
}

// name returns the name of the spec in messages.
func (p specPath) name() string {
	if p.path == stdinPath {
		return "standard input"
	}
	return p.path
}

// fileName returns the file name in positions of the spec.
func (p specPath) fileName() string {
	if p.path == stdinPath {
		return generator.Stdin
	}
	return p.path
}

// findSpecs returns the specs that PATH arguments mean, each once, in the order of
// the arguments and sorted below DIR/... ones. No argument means the working folder.
func findSpecs(args []string) ([]specPath, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	if len(args) == 1 {
		return findSpec(args[0]) // which finds each once
	}
	var paths []specPath
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
func placeOf(p specPath) string {
	if p.path == stdinPath {
		return p.path
	}
	dir, err := filepath.Abs(filepath.Dir(p.path))
	if err != nil {
		return p.path
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return filepath.Join(dir, filepath.Base(p.path))
}

func findSpec(arg string) ([]specPath, error) {
	if arg == stdinPath {
		return []specPath{{path: arg, stream: true}}, nil
	}
	if arg == "" {
		return nil, usagef("a PATH is empty; the working folder is .")
	}
	if !filepath.IsAbs(arg) {
		if err := found.CheckWorking(); err != nil {
			return nil, err
		}
	}
	if dir, below := strings.CutSuffix(filepath.ToSlash(arg), "..."); below && (dir == "" || strings.HasSuffix(dir, "/")) {
		return specsBelow(filepath.Clean(dir))
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, missing(arg, err)
	}
	if !info.IsDir() {
		path := filePath(arg)
		return []specPath{{path: path, stream: isStream(path, info.Mode())}}, nil
	}
	path := filepath.Join(arg, specName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, withoutSpec(arg)
	}
	// Without a repository or module, the folder may link to any spec.
	if _, kind, err := newRootFinder().Project(arg); err == nil && kind != "" {
		if err := staysInside(path, arg); err != nil {
			return nil, err
		}
	}
	return []specPath{{path: path, found: true}}, nil
}

// severalSpecs is the error of a command that takes one spec, and got an argument that means several.
func severalSpecs(command string, args []string, paths []specPath) error {
	return usagef("%s takes one spec at a time, and %s has %d", command, strings.Join(args, " "), len(paths))
}

// missing is the error of an argument that cannot be read, with the name that was
// probably meant.
func missing(arg string, err error) error {
	plain := found.Plain(arg, err)
	if target, linkErr := os.Readlink(arg); linkErr == nil && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is a symbolic link to %s, which does not exist", arg, target)
	}
	dir := filepath.Dir(arg)
	entries, readErr := os.ReadDir(dir)
	if !errors.Is(err, fs.ErrNotExist) || readErr != nil {
		return plain
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if near := nearestFile(filepath.Base(arg), names); near != "" {
		return fmt.Errorf("%w; did you mean %s?", plain, filepath.Join(dir, near))
	}
	return plain
}

// nearestFile returns the file that name is most likely a misspelling of, "" when none is near. Of files
// with the same extension, only the rest of the name counts: what they share makes them no nearer.
func nearestFile(name string, candidates []string) string {
	ext := filepath.Ext(name)
	own := strings.TrimSuffix(name, ext)
	files := make(map[string]string) // by what counts of the name
	var same, others []string
	for _, c := range candidates {
		stem := strings.TrimSuffix(c, filepath.Ext(c))
		if (stem == "") != (own == "") || !strings.EqualFold(filepath.Ext(c), ext) {
			others = append(others, c)
		} else {
			files[stem], same = c, append(same, stem)
		}
	}
	if near := nearest.Name(own, same); near != "" {
		return files[near]
	}
	return nearest.Name(name, slices.DeleteFunc(others, func(c string) bool { return strings.EqualFold(c, ext) }))
}

// withoutSpec is the error of a folder that has no spec.
func withoutSpec(dir string) error {
	for _, ext := range []string{".yaml", ".yml"} {
		if other := strings.TrimSuffix(specName, ".json") + ext; exists(filepath.Join(dir, other)) {
			return fmt.Errorf("%s has %s, and a spec is JSON: convert it to %s", folderPhrase(dir), other, specName)
		}
	}
	below := strings.TrimSuffix(filepath.ToSlash(dir), "/") + "/..."
	return fmt.Errorf("%s has no %s; name the spec, its folder, or %s for all below", folderPhrase(dir), specName, below)
}

// folderPhrase is a folder in a message.
func folderPhrase(dir string) string {
	if filepath.Clean(dir) == "." {
		return "the working folder"
	}
	return dir
}

// isStream reports whether an argument names a file that can be read once and has no folder: a
// pipe, a device, or /dev/stdin, whatever the shell connects it to.
func isStream(path string, mode fs.FileMode) bool {
	return !mode.IsRegular() || strings.HasPrefix(path, "/dev/")
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

// specsBelow finds all specs below a folder, except in folders of dependencies and those
// that git ignores.
func specsBelow(dir string) ([]specPath, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file, and ... is for folders", dir)
	}
	var paths []specPath
	roots := newRootFinder()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return found.Plain(path, err)
		case entry.IsDir() && path != dir && isSkipped(entry.Name()):
			return filepath.SkipDir
		case !entry.IsDir() && entry.Name() == specName:
			paths = append(paths, specPath{path: path, found: true})
			return checkInside(roots, path, dir)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("there is no %s below %s", specName, folderPhrase(dir))
	}
	left := withoutIgnored(dir, paths)
	if len(left) == 0 {
		return nil, fmt.Errorf("git ignores every %s below %s; name the folder of one", specName, dir)
	}
	return left, nil
}

// staysInside refuses a file that conngen finds in or below a folder and that is a link out of
// the repository or module: someone may have put it there so that conngen shows another file.
func staysInside(path, dir string) error { return checkInside(newRootFinder(), path, dir) }

// checkInside is staysInside for one of many files.
func checkInside(roots *settings.RootFinder, path, dir string) error {
	root, kind, err := roots.Project(filepath.Dir(path))
	switch {
	case err != nil:
		return err
	case kind == "":
		return found.CheckInside(path, dir, "folder "+dir)
	}
	return found.CheckInside(path, root, kind)
}

func isSkipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"
}

// A source is one spec that has been read.
type source struct {
	path        string // stdinPath for standard input, pipes and devices
	name        string // of its file, in positions
	label       string // its name in messages
	stream      bool   // has no folder
	text        []byte
	spec        *schema.Spec // nil when it is not a JSON object
	diagnostics schema.Diagnostics
	settings    settings.Settings
	options     generator.Options // as far as the settings allow
	hidden      []settings.Hidden // findings that the settings ignore
}

// specPaths is findSpecs with warnings if git does not answer.
func (a app) specPaths(args []string) ([]specPath, error) {
	paths, err := findSpecs(args)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		if p.unasked != nil {
			fmt.Fprintf(a.stderr, "warning: specs that git ignores are not left out: %v\n", p.unasked)
			break
		}
	}
	return paths, nil
}

// readSources reads all specs that the arguments mean.
func (a app) readSources(args []string) ([]source, error) {
	paths, err := a.specPaths(args)
	if err != nil {
		return nil, err
	}
	return inParallel(a.working("reading", len(paths), "spec"), paths, a.readSource)
}

// readSource reads and checks a spec under its settings. The error is about the
// files, not about what is in the spec.
func (a app) readSource(p specPath) (source, error) {
	text, err := a.readText(p)
	if err != nil {
		return source{}, err
	}
	if p.stream {
		s, err := newSource(p.fileName(), text, settings.Settings{})
		s.path, s.label, s.stream = stdinPath, p.name(), true
		return s, err
	}
	s, err := a.readSettings(filepath.Dir(p.path))
	if err != nil {
		return source{}, err
	}
	return newSource(p.path, text, s)
}

// newSource checks the text of a spec. The error is about names in its settings.
func newSource(path string, text []byte, s settings.Settings) (source, error) {
	spec, found := schema.Parse(path, text)
	src := source{path: path, name: path, label: path, text: text, spec: spec, settings: s, options: namingOptions(s)}
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
	src.diagnostics, src.hidden = s.Apply(found, spec.WireNames())
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

// checkNames refuses names that cannot be used for a spec. Names that fit nothing may
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

// forget drops a spec whose findings are not shown.
func (s *source) forget() { s.spec, s.text = nil, nil }

// file returns findings about the spec with what is needed to show them.
func (s source) file(found schema.Diagnostics) report.File {
	return specFile(s.path, s.text, s.spec, found)
}

// specFile is what is needed to show findings about a text, which may not be a spec.
func specFile(path string, text []byte, spec *schema.Spec, found schema.Diagnostics) report.File {
	if spec == nil {
		return report.File{Source: schema.NewFile(path, text), Findings: found, Opaque: true}
	}
	return report.File{Source: spec.File, Findings: found, Secrets: generator.Secrets(spec), WireName: spec.WireNames()}
}

// problems returns the findings that validate shows by default.
func (s source) problems() report.File {
	return s.file(slices.DeleteFunc(slices.Clone(s.diagnostics), func(d schema.Diagnostic) bool { return d.Severity == schema.Info }))
}

// errors returns the findings for which the spec is refused.
func (s source) errors() report.File {
	return s.file(slices.DeleteFunc(slices.Clone(s.diagnostics), func(d schema.Diagnostic) bool { return d.Severity != schema.Error }))
}

// newSettingsLoader returns the loader of all settings that one run needs.
func newSettingsLoader() *settings.Loader {
	roots := newRootFinder()
	return settings.NewLoader(settingsReader(roots), roots.Find)
}

func newRootFinder() *settings.RootFinder { return settings.NewRootFinder(exists) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// settingsReader returns the reader of settings. It refuses a link out of the project, because
// messages about mistakes in settings quote their text.
func settingsReader(roots *settings.RootFinder) func(path string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		root, kind, err := roots.Project(filepath.Dir(path))
		if err != nil {
			return nil, err
		}
		if kind != "" {
			if err := found.CheckInside(path, root, kind); err != nil {
				return nil, err
			}
		}
		f, err := found.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readLimited(f)
	}
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

// A settingsProblem is an error about settings, with the mistakes in them.
type settingsProblem struct {
	linesError
	files []report.File
}

func (e settingsProblem) Unwrap() error { return e.linesError }

// settingsError shows mistakes in settings.
func settingsError(files []report.File) error {
	var lines strings.Builder
	if err := report.Text(report.Options{})(&lines, files); err != nil {
		return err
	}
	return settingsProblem{linesError{errors.New("settings cannot be used:\n" + strings.TrimSuffix(lines.String(), "\n"))}, files}
}

// readText reads a spec. A spec named by an argument may be any readable file.
func (a app) readText(p specPath) ([]byte, error) {
	if p.path == stdinPath {
		return readLimited(a.stdin)
	}
	open := os.Open
	if p.found {
		open = found.Open
	}
	f, err := open(p.path)
	if err != nil {
		return nil, found.Plain(p.path, err)
	}
	defer f.Close()
	text, err := readLimited(f)
	return text, found.Plain(p.path, err)
}

// readLimited reads one byte more than a spec may have, which is enough for the
// parser to refuse the rest.
func readLimited(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, maxSpecSize+1))
}
