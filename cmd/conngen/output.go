package main

import (
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
	addText(cmd, &o.importPath, "import", "", anImport, "import path of the package, for a folder that is in no Go module")
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
	refused bool // the spec has errors
}

// generatorOptions are what the generator needs to know besides the spec.
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

// packages are the packages of the specs that a command is about, and their SDKs.
type packages struct {
	list []packageSource
	sdks []target.SDK
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
	if len(sources) > 1 && o.set("import") {
		return packages{}, usagef("--import is the path of one package; name one spec")
	}
	var p packages
	var paths []string
	var targets []target.Target
	for _, s := range sources {
		if s.diagnostics.HasErrors() {
			p.list = append(p.list, packageSource{source: s, refused: true})
			continue
		}
		if s.stream && !o.set("out") {
			return packages{}, usagef("%s has no folder; name that of its package with --out", s.label)
		}
		opts, err := o.options(s.settings)
		if err != nil {
			return packages{}, err
		}
		t, err := target.Resolve(s.path, opts)
		if err != nil {
			return packages{}, err
		}
		paths, targets = append(paths, s.label), append(targets, t)
		p.list = append(p.list, packageSource{source: s, target: t})
	}
	if err := target.Conflict(paths, targets); err != nil {
		return packages{}, err
	}
	p.sdks = target.SDKs(targets)
	return p, a.checkFolders(p)
}

// checkFolders refuses folders in which the generated code would not build.
func (a app) checkFolders(p packages) error {
	_, err := inParallel(a.working("looking at", len(p.list), "folder"), p.list, func(s packageSource) (struct{}, error) {
		if s.refused {
			return struct{}{}, nil
		}
		return struct{}{}, s.target.CheckPackage(s.path, s.generate)
	})
	if err != nil {
		return err
	}
	for _, sdk := range p.sdks {
		if err := sdk.Check(func() ([]generator.File, error) { return generator.SDK(sdk.Import) }); err != nil {
			return err
		}
	}
	return nil
}

// fromRepository returns what gives paths from the root of the repository that a file is in; in
// none, they stay as they are.
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
