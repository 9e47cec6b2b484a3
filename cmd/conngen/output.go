package main

import (
	"cmp"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/settings"
)

// outputFlags say where and how packages are generated, in place of the settings.
type outputFlags struct {
	out, packageName, sdk, importPath string

	set func(flag string) bool // whether a flag is given
}

// add adds the flags to a command that reads or writes packages.
func (o *outputFlags) add(cmd *cobra.Command) {
	addText(cmd, &o.out, "out", settings.DefaultOut, aFolder, "folder of the package, relative to the spec's")
	addText(cmd, &o.packageName, "package", "", aGoName, "name of the package (default: after the folder)")
	addText(cmd, &o.sdk, "sdk", "", anSDK, "folder of the SDK (./DIR, relative to the working folder), or import path of one that conngen does not write (default: sdk in the package's folder)")
	addText(cmd, &o.importPath, "import", "", anImport, "import path of the package, for a folder that is not in a Go module")
	o.set = cmd.Flags().Changed
	completeFolders(cmd, "out", "sdk")
	completeNothing(cmd, "package", "import")
}

// options joins the flags with the settings of a spec.
func (o *outputFlags) options(s settings.Settings) (target.Options, error) {
	g := s.Generate
	opts := target.Options{Out: g.Out.Text, Package: g.Package.Text, Import: o.importPath, SDKFolder: g.SDK.Folder}
	if opts.SDKFolder == "" {
		opts.SDKImport = g.SDK.Text
	}
	if o.set("out") {
		opts.Out = o.out
	}
	if o.set("package") {
		opts.Package = o.packageName
	}
	if o.set("sdk") {
		opts.SDKFolder, opts.SDKImport = "", o.sdk
		if isFolder(o.sdk) {
			opts.SDKFolder, opts.SDKImport = filepath.FromSlash(o.sdk), ""
		}
	}
	return opts, nil
}

// given returns the flags that were given, as words of a command line.
func (o *outputFlags) given() []string {
	var words []string
	for _, f := range []struct{ name, value string }{{"out", o.out}, {"package", o.packageName}, {"sdk", o.sdk}, {"import", o.importPath}} {
		if o.set(f.name) {
			words = append(words, "--"+f.name, f.value)
		}
	}
	return words
}

// isFolder tells a folder from an import path, as the settings do; a flag may be an absolute path besides.
func isFolder(sdk string) bool {
	return settings.IsFolder(sdk) || filepath.IsAbs(sdk)
}

// A packageSource is a spec with the place of its package.
type packageSource struct {
	source
	target  target.Target
	refused bool               // the spec has errors
	files   []generator.File   // of the package; nil if they are not kept
	disk    *generator.Reading // how the folder of the package differs; nil before it is read
	failed  phaseError

	// What check looks at while the whole spec is in memory.
	client clientState
	pages  []checkResult
}

// A phaseError is the reason why nothing can be done for a spec.
type phaseError struct {
	phase phase
	err   error
}

// A phase is a part of the work on specs. If the work on several fails, the error of the earliest
// phase counts, and in it that of the first spec.
type phase int

// The phases, in their order.
const (
	reading phase = iota
	placing
	checking // the folder of the package
	comparing
)

// failedIn returns the error that counts of those in a phase.
func (p packages) failedIn(phase phase) error {
	for _, s := range p.list {
		if s.failed.err != nil && s.failed.phase == phase {
			return s.failed.err
		}
	}
	return nil
}

// generatorOptions are the generator's options for a spec.
func (p packageSource) generatorOptions() generator.Options {
	opts := p.source.options
	opts.Package, opts.SDK, opts.SpecPath = p.target.Package, p.target.SDK.Import, p.target.Spec
	if p.stream {
		opts.SpecFile = generator.Stdin // a pipe has no lasting name
	}
	return opts
}

// generate makes the files of the package.
func (p packageSource) generate() ([]generator.File, error) {
	return generator.Generate(p.spec, p.generatorOptions())
}

// isPlaced reports whether the spec has a package, whose place is known.
func (p packageSource) isPlaced() bool { return !p.refused && p.failed.err == nil }

// packages are the packages of the specs that a command is about, and their SDKs.
type packages struct {
	list []packageSource
	sdks []target.SDK

	finder *target.Finder
	onDisk map[string]*generator.Reading // of SDKs that are up to date, by folder
	ahead  *readAhead                    // nil if nothing was read ahead
}

// read returns how the folder of a package differs from its files. Files of an SDK in it count as
// stale unless an SDK belongs there.
func (p packages) read(s packageSource) (*generator.Reading, error) {
	disk := s.disk
	if disk == nil {
		files, err := s.generate()
		if err != nil {
			return nil, err
		}
		if disk, err = generator.ReadPackage(s.target.Dir, files); err != nil {
			return nil, err
		}
	}
	if p.finder.HasSDK(s.target, p.sdks) {
		return disk, nil
	}
	return disk, disk.WithoutSDK()
}

// readSDK returns how the folder of an SDK differs from its files.
func (p packages) readSDK(sdk target.SDK) (*generator.Reading, error) {
	if disk := cmp.Or(p.onDisk[sdk.Dir], p.ahead.of(sdk)); disk != nil {
		return disk, nil
	}
	return generator.ReadSDK(sdk.Dir, sdk.Import)
}

// problems returns what is wrong with the specs.
func (p packages) problems() []report.File {
	files := make([]report.File, len(p.list))
	for i, s := range p.list {
		files[i] = s.problems()
	}
	return files
}

// failure returns the error of a command whose specs have errors.
func (p packages) failure() error {
	for _, s := range p.list {
		if s.refused {
			return errFindings
		}
	}
	return nil
}

// packages reads the specs that the arguments mean, and finds the places of their packages. It
// prints the errors of specs where the format is text; the others have a place for them.
func (a app) packages(args []string, o outputFlags, format string) (packages, error) {
	sources, err := a.readSources(args)
	if err != nil {
		return packages{}, err
	}
	if format == "text" {
		a.refuse(sources, args)
	}
	return a.place(sources, o)
}

// place finds the places of the packages of specs. Nothing is written before all of them
// are known to be good.
func (a app) place(sources []source, o outputFlags) (packages, error) {
	p := packages{finder: new(target.Finder)}
	p.list, _ = inParallel(a.working("looking at", len(sources), "folder"), sources, func(s source) (packageSource, error) {
		placed := o.place(p.finder, s)
		if placed.isPlaced() {
			placed.check(p.finder, placed.generate)
		}
		return placed, nil
	})
	return p, a.settle(&p, o)
}

// place finds the place of the package of a spec.
func (o *outputFlags) place(finder *target.Finder, s source) packageSource {
	p := packageSource{source: s, refused: s.diagnostics.HasErrors()}
	switch {
	case p.refused:
		return p
	case s.stream && !o.set("out"):
		p.failed = phaseError{placing, usagef("%s has no folder; name that of its package with --out", s.label)}
		return p
	}
	opts, err := o.options(s.settings)
	if err == nil {
		p.target, err = finder.Resolve(s.path, opts)
	}
	p.failed = phaseError{placing, err}
	return p
}

// check refuses a folder in which the package would not build.
func (p *packageSource) check(finder *target.Finder, files func() ([]generator.File, error)) {
	if err := finder.CheckPackage(p.target, p.path, p.disk, files); err != nil {
		p.failed = phaseError{checking, err}
	}
}

// settle finds out which SDKs packages use, and refuses places in which something would not build.
func (a app) settle(p *packages, o outputFlags) error {
	if len(p.list) > 1 && o.set("import") {
		return usagef("--import is the path of one package; name one spec")
	}
	if err := p.failedIn(placing); err != nil {
		return err
	}
	var paths []string
	var targets []target.Target
	for _, s := range p.list {
		if !s.refused {
			paths, targets = append(paths, s.label), append(targets, s.target)
		}
	}
	if err := p.finder.Conflict(paths, targets); err != nil {
		return err
	}
	p.sdks = p.finder.SDKs(targets)
	if err := p.failedIn(checking); err != nil {
		return err
	}
	return a.settleSDKs(p)
}

// settleSDKs refuses folders in which an SDK would not build. It remembers which ones are up to date:
// others may hold a whole SDK in memory, and are read again where they are written or compared.
func (a app) settleSDKs(p *packages) error {
	type state struct {
		disk *generator.Reading
		err  error
	}
	states, _ := inParallel(a.working("looking at the SDK", 0, ""), p.sdks, func(sdk target.SDK) (state, error) {
		disk, err := p.readSDK(sdk)
		if err != nil {
			disk = nil // which is reported again
		}
		err = p.finder.CheckSDK(sdk, disk, func() ([]generator.File, error) { return generator.SDK(sdk.Import), nil })
		if disk != nil && disk.Differs() {
			disk = nil
		}
		return state{disk, err}, nil
	})
	p.onDisk = make(map[string]*generator.Reading, len(p.sdks))
	for i, s := range states {
		if s.err != nil {
			return s.err
		}
		p.onDisk[p.sdks[i].Dir] = s.disk
	}
	return nil
}

// fromRepository returns a function that gives paths from the root of a file's repository;
// without one, paths stay unchanged.
func fromRepository() func(path string) string {
	roots := newRootFinder()
	return func(path string) string {
		if path == generator.Stdin {
			return path
		}
		whole, err := filepath.Abs(path)
		if err != nil {
			return path
		}
		place, ok := placeInRepository(roots, whole)
		if !ok {
			return path
		}
		return place.path
	}
}
