package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/git"
	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
	"github.com/conngen/conngen/settings"
)

// diffOptions say what is compared, and which changes fail.
type diffOptions struct {
	against string
	format  string
	failOn  string
	all     bool
}

func (a app) diffCommand() *cobra.Command {
	var d diffOptions
	cmd := &cobra.Command{
		Use:   "diff OLD NEW | diff --against REV [PATH...]",
		Short: "Report what a spec change breaks",
		Long: "diff compares two specs, or specs with those at a git revision. It reports what\n" +
			"a change does to existing sources in Identity Security Cloud, and to Go code\n" +
			"that uses the generated package, by comparing the APIs of the two packages. Use\n" +
			"it in reviews, and to choose the version of a release.\n" +
			"\n" +
			"It fails on changes that break either; --fail-on sets another limit. A spec that\n" +
			"cannot be read is a finding, and the others are still compared. --all also lists\n" +
			"harmless changes. conngen rules explains the kinds of changes.",
		Example: "  conngen diff old.json connector-spec.json\n" +
			"\n" +
			"  # what a branch changes, in all folders below this one\n" +
			"  conngen diff --against origin/main ./...\n" +
			"\n" +
			"  # since the last release, as a comment for a pull request\n" +
			"  conngen diff --against v1.0.0 --format markdown --all",
		RunE:              func(_ *cobra.Command, args []string) error { return a.diff(args, d) },
		ValidArgsFunction: completeDiff,
	}
	addText(cmd, &d.against, "against", "", aRevision, "compare with the specs at this git revision")
	completeFlag(cmd, "against", completeRevisions)
	addChoice(cmd, &d.format, "format", formatName, "text", "", report.DiffFormats()...)
	addChoice(cmd, &d.failOn, "fail-on", "KIND", "breaking", "exit with 1 on these changes: ", failures.names()...)
	cmd.Flags().BoolVar(&d.all, "all", false, "list harmless changes too")
	return cmd
}

// failures tell for each value of --fail-on whether a result is a failure.
var failures = table[func(generator.Comparison) bool]{
	{"breaking", breaks},
	{"review", func(c generator.Comparison) bool { return breaks(c) || c.Source == diff.SourceReview || c.Review }},
	{"any", func(c generator.Comparison) bool { return len(c.Changes) > 0 }},
	{"never", func(generator.Comparison) bool { return false }},
}

func breaks(c generator.Comparison) bool {
	return c.Go == generator.GoBreaking || c.Source == diff.SourceBreaking
}

func (a app) diff(args []string, d diffOptions) error {
	write, err := report.DiffFormat(d.format, a.reportOptions(nil))
	if err != nil {
		return err
	}
	compare := a.diffFiles
	if d.against != "" {
		compare = func(args []string) ([]report.Diff, error) { return a.diffAgainst(args, d.against) }
	}
	diffs, err := compare(args)
	if err != nil {
		return err
	}
	if err := write(a.stdout, diffs, d.all); err != nil {
		return err
	}
	changed, broken, bad := 0, 0, false
	fails, _ := failures.find(d.failOn) // its flag takes no other value
	for _, r := range diffs {
		switch {
		case len(r.Broken) > 0:
			broken++
		case len(r.Result.Changes) > 0:
			changed++
		case d.format != "text":
		case r.New:
			a.note("%s is new since %s", r.Path, d.against)
		default:
			a.detail("%s: no changes", r.Path)
		}
		bad = bad || fails(r.Result)
	}
	if d.format == "text" {
		total := fmt.Sprintf("%s compared, %d changed", plural.Count(len(diffs)-broken, "spec"), changed)
		if broken > 0 {
			total += fmt.Sprintf(", %d cannot be read", broken)
		}
		a.note("%s", total)
	}
	if bad || broken > 0 {
		return errFindings
	}
	return nil
}

// diffFiles compares two files.
func (a app) diffFiles(args []string) ([]report.Diff, error) {
	if len(args) != 2 {
		return nil, usagef("diff needs two specs, OLD and NEW, or --against REV")
	}
	if args[0] == stdinPath && args[1] == stdinPath {
		return nil, usagef("only one of the two specs can be standard input")
	}
	var sides [2]side
	result := report.Diff{}
	for i, arg := range args {
		paths, err := findSpec(arg)
		if err != nil {
			return nil, err
		}
		if len(paths) != 1 {
			return nil, usagef("%s names %d specs, and diff compares two; --against REV compares any number with that revision", arg, len(paths))
		}
		sides[i], err = a.readSide(paths[0])
		if broken := (brokenSpec{}); errors.As(err, &broken) {
			result.Broken = append(result.Broken, broken.File)
		} else if err != nil {
			return nil, err
		}
		result.OldPath, result.Path = result.Path, paths[0].fileName()
	}
	if len(result.Broken) > 0 {
		return []report.Diff{result}, nil
	}
	shareSettings(&sides[0], &sides[1])
	return []report.Diff{compared(sides[0], sides[1])}, nil
}

// shareSettings gives a spec from a pipe, which has no folder, the settings of the other spec: the
// pipe may be git show REV:FILE, an older version of the other.
func shareSettings(old, current *side) {
	switch {
	case old.stream:
		old.opts = current.opts
	case current.stream:
		current.opts = old.opts
	}
}

// A side is one of two specs that are compared, with the Go names of its settings.
type side struct {
	name   string
	text   []byte
	spec   *schema.Spec // of another side with the same text
	opts   generator.Options
	stream bool // read from standard input, a pipe or a device

	dir, dirNow string // folder of the spec in its repository, at another revision and today
}

func compared(old, current side) report.Diff {
	d := report.Diff{OldPath: old.name, Path: current.name}
	if old.spec == current.spec && reflect.DeepEqual(old.opts, current.opts) {
		return d
	}
	d.Result = generator.CompareAPI(old.spec, current.spec, old.opts, current.opts)
	if len(d.Result.Changes) > 0 { // else no names are needed, and the specs can be dropped
		d.OldWireName, d.WireName = old.spec.WireNames(), current.spec.WireNames()
	}
	return d
}

// readSide reads a spec from disk or from a pipe.
func (a app) readSide(p specPath) (side, error) {
	text, err := a.readText(p)
	if err != nil {
		return side{}, err
	}
	read := side{name: p.fileName(), text: text, stream: p.stream}
	if read.spec, err = readable(read.name, text); err != nil || p.stream {
		return read, err
	}
	s, err := a.readSettings(filepath.Dir(p.path))
	read.opts = namingOptions(s)
	return read, err
}

// A brokenSpec cannot be compared: its file is not JSON, or not a spec.
type brokenSpec struct{ report.File }

func (b brokenSpec) Error() string { return b.Findings[0].String() }

// readable parses a spec for a diff, which accepts specs with errors, but not those that are a
// [brokenSpec].
func readable(name string, text []byte) (*schema.Spec, error) {
	spec, found := schema.Parse(name, text)
	syntax := found.Syntax()
	switch {
	case len(syntax) > 0:
		return nil, brokenSpec{specFile(name, text, spec, syntax)}
	case spec == nil:
		return nil, brokenSpec{specFile(name, text, nil, found)}
	}
	return spec, nil
}

// diffAgainst compares specs with those of a revision.
func (a app) diffAgainst(args []string, revision string) ([]report.Diff, error) {
	paths, err := findSpecs(args)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		if p.stream {
			return nil, usagef("%s has no history; name the spec", p.name())
		}
	}
	past := newPast(revision)
	defer past.files.Close()
	diffs, err := inParallel(a.working("comparing", len(paths), "spec"), paths, func(p specPath) (report.Diff, error) { return a.diffRevision(p, past) })
	a.warnOfPast(past)
	return diffs, err
}

// warnOfPast says which settings of a revision cannot be read.
func (a app) warnOfPast(p *past) {
	for _, text := range slices.Sorted(maps.Keys(p.unreadable)) {
		fmt.Fprintf(printable.Block(a.stderr), "warning: %s is read without settings: %s\n", p.revision, text)
	}
}

func (a app) diffRevision(p specPath, past *past) (report.Diff, error) {
	path := p.path
	current, err := a.readSide(p)
	if broken := (brokenSpec{}); errors.As(err, &broken) {
		return report.Diff{Path: path, Broken: []report.File{broken.File}}, nil
	}
	if err != nil {
		return report.Diff{}, err
	}
	if current.opts, err = a.placeOptions(path); err != nil {
		return report.Diff{}, err
	}
	old, err := past.readSide(path, current)
	if errors.Is(err, git.ErrNotThere) {
		return report.Diff{Path: path, New: true}, nil
	}
	if broken := (brokenSpec{}); errors.As(err, &broken) {
		return report.Diff{Path: path, OldPath: broken.Source.Name, Broken: []report.File{broken.File}}, nil
	}
	if err != nil {
		return report.Diff{}, err
	}
	staysWhereItWas(&old, current)
	return compared(old, current), nil
}

// staysWhereItWas keeps the places of a package and its SDK if only the spec has moved.
func staysWhereItWas(old *side, current side) {
	for _, p := range []struct {
		was *string
		is  string
	}{{&old.opts.Folder, current.opts.Folder}, {&old.opts.SDK, current.opts.SDK}} {
		if path.Join(old.dir, *p.was) == path.Join(old.dirNow, p.is) {
			*p.was = p.is
		}
	}
}

// A past has the files of a revision.
type past struct {
	revision string
	files    *git.Past

	mu         sync.Mutex
	loaders    map[string]*settings.Loader // by repository
	unreadable map[string]bool             // what is wrong with settings, which are left out: nobody can fix them
}

func newPast(revision string) *past {
	return &past{revision: revision, files: git.NewPast(revision), loaders: make(map[string]*settings.Loader), unreadable: make(map[string]bool)}
}

// readSide reads the old version of a current spec.
func (p *past) readSide(name string, current side) (side, error) {
	folder, err := p.files.Folder(filepath.Dir(name))
	if err != nil {
		return side{}, err
	}
	text, oldName, err := folder.Show(filepath.Base(name))
	if err != nil {
		return side{}, err
	}
	old := side{name: p.revision + ":" + oldName, text: text, spec: current.spec, dir: path.Dir(oldName), dirNow: folder.Path}
	if !bytes.Equal(text, current.text) {
		if old.spec, err = readable(old.name, text); err != nil {
			return side{}, err
		}
	}
	s, err := p.loader(folder).Load(old.dir)
	if err != nil {
		p.leaveOut(err)
		s = settings.Settings{}
	}
	old.opts = placeOptions(s, old.dir)
	return old, nil
}

// placeOptions are those of a spec on the disk.
func (a app) placeOptions(spec string) (generator.Options, error) {
	dir, err := filepath.Abs(filepath.Dir(spec))
	if err != nil {
		return generator.Options{}, err
	}
	s, err := a.readSettings(dir)
	return placeOptions(s, dir), err
}

// placeOptions are the options of a spec whose package is compared with an older one:
// they say where it is, too. The folder of the spec has the form of the settings' root.
func placeOptions(s settings.Settings, specDir string) generator.Options {
	opts := namingOptions(s)
	opts.Folder = path.Clean(cmp.Or(s.Generate.Out.Text, settings.DefaultOut))
	opts.Package = cmp.Or(s.Generate.Package.Text, generator.PackageName(opts.Folder))
	opts.SDK = cmp.Or(s.Generate.SDK.Text, path.Join(opts.Folder, generator.SDKFolder))
	if below, err := filepath.Rel(specDir, s.Generate.SDK.Folder); s.Generate.SDK.Folder != "" && err == nil {
		opts.SDK = filepath.ToSlash(below)
	}
	return opts
}

// leaveOut remembers why settings are left out.
func (p *past) leaveOut(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unreadable[err.Error()] = true
}

// loader returns the loader of settings in the repository around a folder.
func (p *past) loader(folder git.Folder) *settings.Loader {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.loaders[folder.Root] == nil {
		p.loaders[folder.Root] = settings.NewLoader(folder.Read, func(string) (string, error) { return ".", nil })
	}
	return p.loaders[folder.Root]
}
