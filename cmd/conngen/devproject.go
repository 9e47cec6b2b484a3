package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/conngen/conngen/cmd/conngen/internal/git"
	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/stub"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/settings"
)

// A devProject is the project that dev works on. It implements [loop.Project].
type devProject struct {
	app         app              // that shows no progress: the loop has its own
	spec        specPath         // its path is "" if the spec comes from the connector
	dir         string           // of the spec, absolute
	working     string           // folder of this process
	connector   string           // URL of a connector that somebody else runs, "" for none
	remote      *remoteConnector // nil for none
	config      string           // absolute path of the config file
	namesConfig bool             // a flag does

	mu     sync.Mutex
	source source        // as last read
	place  packageSource // of the last source without errors
}

// noFlags are flags none of which is given.
func noFlags(string) bool { return false }

// newDevProject finds the project of a command line.
func (a app) newDevProject(args []string, o devOptions) (*devProject, error) {
	silent := *a.screen
	silent.quiet, silent.progress = true, nil
	a.screen = &silent
	p := &devProject{app: a, connector: strings.TrimSuffix(o.connector, "/")}
	if p.connector != "" {
		p.remote = newRemoteConnector(p.connector)
	}
	name := "."
	if len(args) > 0 {
		name = args[0]
	}
	specs, err := findSpecs([]string{name})
	folder := name
	switch {
	case err == nil && (len(specs) != 1 || specs[0].stream):
		return nil, usagef("dev needs one spec, in the folder of its connector")
	case err == nil:
		p.spec = specs[0]
		folder = filepath.Dir(p.spec.path)
	case p.connector == "" || !isExistingFolder(name) || exists(filepath.Join(name, specName)):
		return nil, err
	}
	if p.dir, err = absoluteReal(folder); err != nil {
		return nil, err
	}
	p.namesConfig = o.given("config")
	if p.config = o.config; !p.namesConfig {
		p.config = filepath.Join(p.dir, p.config)
	}
	if p.working, err = os.Getwd(); err != nil {
		return nil, found.Working(err)
	}
	p.config, err = filepath.Abs(p.config)
	return p, err
}

// absoluteReal returns an absolute path without links, as the go command names files. A path that
// does not exist keeps its links.
func absoluteReal(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(whole); err == nil {
		return real, nil
	}
	return whole, nil
}

// isExistingFolder reports whether there is a folder of a name.
func isExistingFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// scope says which files of the project matter.
func (p *devProject) scope() loop.Scope {
	s := loop.Scope{Config: p.config, Ignored: ignoredPaths}
	if p.spec.path != "" {
		s.Spec = filepath.Join(p.dir, filepath.Base(p.spec.path))
	}
	if root, err := newRootFinder().Find(p.dir); err == nil {
		for dir := p.dir; ; dir = filepath.Dir(dir) {
			s.Settings = append(s.Settings, filepath.Join(dir, settings.FileName))
			if dir == root || dir == filepath.Dir(dir) {
				break
			}
		}
	}
	if p.connector != "" {
		return s
	}
	if s.Modules = target.ModulesOf(p.dir).Local(); len(s.Modules) == 0 {
		s.Modules = []string{p.dir} // where a go.mod may be created
	}
	s.Work = target.WorkspaceFile(p.dir)
	return s
}

// ignoredPaths returns those of some paths that git ignores.
func ignoredPaths(paths []string) []string {
	roots := newRootFinder()
	named := make(map[string]map[string]string) // paths by their names in a repository, by its root
	for _, path := range paths {
		place, ok := placeInRepository(roots, path)
		if !ok {
			continue
		}
		if named[place.root] == nil {
			named[place.root] = make(map[string]string)
		}
		named[place.root][place.path] = path
	}
	var ignored []string
	for root, byName := range named {
		names := make([]string, 0, len(byName))
		for name := range byName {
			names = append(names, name)
		}
		all, _ := git.Ignored(root, names...) // where git says nothing, all are watched
		for _, name := range all {
			ignored = append(ignored, byName[name])
		}
	}
	return ignored
}

// Validate implements [loop.Project].
func (p *devProject) Validate(ctx context.Context) loop.Outcome {
	p.app.settings = newSettingsLoader() // which reads each file once
	s, err := source{}, p.comeBack()
	if err == nil {
		s, err = p.read(ctx)
	}
	if err != nil {
		return p.failedStep(loop.GroupValidate, err)
	}
	p.mu.Lock()
	p.source = s
	p.mu.Unlock()
	files := append([]report.File{s.problems()}, p.app.unusedIgnores([]source{s})...)
	var found schema.Diagnostics
	for _, f := range files {
		found = append(found, f.Findings...)
	}
	o := loop.Outcome{Failed: s.diagnostics.HasErrors(), Text: "no findings", Groups: []loop.Group{p.group(loop.GroupValidate, found)}}
	if len(found) > 0 {
		o.Text = findingCounts(found)
	}
	return o
}

// comeBack goes back to a working folder that was removed and made again: the names of files begin
// there. It returns an error while the project's folder is gone.
func (p *devProject) comeBack() error {
	here, err := os.Stat(".")
	if there, thereErr := os.Stat(p.working); thereErr == nil && (err != nil || !os.SameFile(here, there)) {
		_ = os.Chdir(p.working) // else the files are not found, which Validate reports
	}
	if !isExistingFolder(p.dir) {
		return errors.New("the project's folder is gone; dev continues once it is back")
	}
	return nil
}

// read reads the spec: from its file, or from the connector.
func (p *devProject) read(ctx context.Context) (source, error) {
	if p.spec.path != "" {
		return p.app.readSource(p.spec)
	}
	text, err := p.remote.readSpec(ctx)
	if err != nil {
		return source{}, err
	}
	return newSource(specName, text, settings.Settings{})
}

// failedStep is the outcome of a step that could not do its work.
func (p *devProject) failedStep(group loop.GroupName, err error) loop.Outcome {
	first, _, _ := strings.Cut(p.plainText(err), "\n")
	return loop.Outcome{Failed: true, Text: strings.TrimSuffix(first, ":"), Groups: []loop.Group{{Name: group, State: loop.GroupFound, Found: p.errorProblems(err)}}}
}

// errorProblems makes problems of an error.
func (p *devProject) errorProblems(err error) []loop.Problem {
	if inSettings := (settingsProblem{}); errors.As(err, &inSettings) {
		var found schema.Diagnostics
		for _, f := range inSettings.files {
			found = append(found, f.Findings...)
		}
		return p.problems(found)
	}
	return []loop.Problem{{Severity: string(schema.Error), Message: p.plainText(err)}}
}

// devWords replace flags of generate and stub by settings, which dev knows.
var devWords = strings.NewReplacer(
	", or give the import path with --import", "", // since go build needs a module
	`--out, or with "out"`, `"out"`,
	`--sdk, or with "sdk"`, `"sdk"`,
	`--file, or with "file"`, `"file"`,
	"--out", `"out" under generate in .conngen.json`,
	"--package", `"package" under generate in .conngen.json`,
	"--file or --type", `"file" or "type" under stub in .conngen.json`,
	"--file", `"file" under stub in .conngen.json`,
	"--type", `"type" under stub in .conngen.json`,
)

// group is a group of findings.
func (p *devProject) group(name loop.GroupName, found schema.Diagnostics) loop.Group {
	if len(found) == 0 {
		return loop.Group{Name: name, State: loop.GroupOK}
	}
	return loop.Group{Name: name, State: loop.GroupFound, Found: p.problems(found)}
}

// problems are findings with paths from the project's folder.
func (p *devProject) problems(found schema.Diagnostics) []loop.Problem {
	problems := make([]loop.Problem, len(found))
	for i, d := range found {
		problems[i] = loop.Problem{
			Path: p.below(d.Path), Line: d.Line, Column: d.Column, EndLine: d.EndLine, EndColumn: d.EndColumn,
			Severity: string(d.Severity), Rule: d.Rule, Message: d.Message, Hint: d.Hint,
		}
	}
	return problems
}

// below is a path from the project's folder where it is below, with slashes.
func (p *devProject) below(path string) string {
	dir, err := absoluteReal(filepath.Dir(path))
	if err != nil {
		return filepath.ToSlash(path)
	}
	whole := filepath.Join(dir, filepath.Base(path)) // which may be a link itself
	if below, err := filepath.Rel(p.dir, whole); err == nil && filepath.IsLocal(below) {
		whole = below
	}
	return filepath.ToSlash(whole)
}

// Generate implements [loop.Project].
func (p *devProject) Generate(ctx context.Context) loop.Outcome {
	packages, done, err := p.generate(ctx)
	if err != nil {
		return p.failedStep(loop.GroupDrift, err)
	}
	o := loop.Outcome{Text: "up to date"}
	var total writeResult
	for _, w := range slices.Concat(done.packages, done.sdks) {
		total.change.Written = append(total.change.Written, w.change.Written...)
		total.change.Removed = append(total.change.Removed, w.change.Removed...)
		if dir, err := absoluteReal(w.dir); err == nil {
			o.Dirs = append(o.Dirs, dir)
		}
	}
	if written, removed := len(total.change.Written), len(total.change.Removed); written+removed > 0 {
		o.Wrote, o.Text = true, fmt.Sprintf("%s written, %d removed", plural.Count(written, "file"), removed)
	}
	var found schema.Diagnostics
	for _, r := range append(packages.leftovers(nil, false), packages.staleSchemas()...) {
		found = append(found, r.findings...)
	}
	o.Groups = []loop.Group{p.group(loop.GroupDrift, found)}
	return o
}

// generate writes the package of the spec, and its SDK.
func (p *devProject) generate(ctx context.Context) (packages, written, error) {
	packages, err := p.app.place([]source{p.source}, outputFlags{set: noFlags})
	if err != nil {
		return packages, written{}, err
	}
	p.mu.Lock()
	p.place = packages.list[0]
	p.mu.Unlock()
	for _, dir := range packages.list[0].stagingFolders() {
		generator.RemoveLeftovers(dir)
	}
	done, err := p.app.write(ctx, packages)
	return packages, done, err
}

// Stub implements [loop.Project].
func (p *devProject) Stub(context.Context) loop.Outcome {
	flags := clientFlags{typeName: settings.DefaultType, clientPackage: defaultClientPackage, set: noFlags}
	opts, err := flags.options(p.place)
	if err == nil {
		var client *stub.Stub
		if client, err = stub.Make(p.place.spec, opts); err == nil {
			return p.lacking(opts.Type, client)
		}
	}
	text := p.plainText(err)
	return loop.Outcome{Text: "the client cannot be checked", Groups: []loop.Group{{Name: loop.GroupStub, State: loop.GroupUnknown, Text: text}}}
}

// plainText is an error with paths from the project's folder, as those of findings are, and with
// settings in place of flags that dev lacks.
func (p *devProject) plainText(err error) string {
	text := devWords.Replace(plain(err).Error())
	text = strings.ReplaceAll(text, p.dir+string(filepath.Separator), "")
	return strings.ReplaceAll(text, p.dir, "this folder")
}

// lacking says what a client lacks.
func (p *devProject) lacking(typeName string, client *stub.Stub) loop.Outcome {
	hint := runHint("stub", p.spec.path)
	if client.NewType {
		hint += `; if the client is in another file, name that with "file" under stub in .conngen.json`
	}
	found := append(missingMethods(client, typeName, hint), stubFindings(client)...)
	return loop.Outcome{Text: stubText(client, true), Groups: []loop.Group{p.group(loop.GroupStub, found)}}
}

// Compare implements [loop.Project]: it compares the spec with that of the last commit.
func (p *devProject) Compare(context.Context) []loop.Group {
	g := loop.Group{Name: loop.GroupDiff, State: loop.GroupUnknown, Text: "the spec comes from the connector"}
	if p.spec.path == "" {
		return []loop.Group{g}
	}
	past := newPast("HEAD")
	d, err := p.app.diffRevision(p.spec, past)
	switch {
	case err != nil:
		g.Text = p.plainText(err)
	case len(d.Broken) > 0:
		g.Text = "the spec cannot be read, or was not readable at HEAD"
	case d.New:
		g.State, g.Text = loop.GroupOK, "the spec is new since HEAD"
	default:
		g = p.group(loop.GroupDiff, d.Findings())
	}
	return []loop.Group{g}
}
