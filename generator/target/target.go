// Package target decides where the package of a spec and its SDK belong. It refuses folders from
// which Go could not build or import them.
package target

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/internal/importpath"
	"github.com/conngen/conngen/internal/usage"
	"github.com/conngen/conngen/settings"
)

// StandardInput is the path of a spec that has no file.
const StandardInput = "-"

// Options are the values of flags and settings. Empty ones have defaults.
type Options struct {
	Out       string // folder of the package, relative to the spec's
	Package   string // its name
	Import    string // its import path, for folders outside of modules
	SDKFolder string // folder of the SDK, relative to the working folder
	SDKImport string // import path of an existing SDK
}

// A Target is where a package belongs.
type Target struct {
	Dir     string // its folder
	Package string // its name
	Import  string // its import path
	Spec    string // path of its spec from there, with slashes; "" for standard input
	SDK     SDK
}

// An SDK is where the SDK of a package is.
type SDK struct {
	Import string // its import path
	Dir    string // its folder; "" for an existing SDK
	Own    bool   // it belongs to the package alone, and is in its folder
}

// Resolve returns the target of a spec, whose path may be that of standard input.
func (f *Finder) Resolve(spec string, opts Options) (Target, error) {
	if opts.Out == "" {
		opts.Out = settings.DefaultOut
	}
	if opts.Out == "-" {
		return Target{}, usage.Errorf(`--out "-" is not a folder: a package has several files`)
	}
	t := Target{Dir: Beside(spec, opts.Out), Package: opts.Package}
	if err := t.name(); err != nil {
		return Target{}, err
	}
	if spec != StandardInput {
		below, err := f.relative(t.Dir, filepath.Dir(spec)) // the spec itself may be a link
		if err != nil {
			return Target{}, err
		}
		t.Spec = path.Join(filepath.ToSlash(below), filepath.Base(spec))
	}
	m, err := f.moduleOf(t.Dir)
	if err != nil {
		return Target{}, err
	}
	if t.Import, err = f.importOf(spec, t.Dir, m, opts.Import); err != nil {
		return Target{}, err
	}
	t.SDK, err = f.resolveSDK(t, m, opts)
	return t, err
}

// importOf returns the import path of a spec's package, whose folder may be outside of any module.
// asked is the path that the user gave for such a folder.
func (f *Finder) importOf(spec, dir string, m *goModule, asked string) (string, error) {
	home, err := f.moduleOf(filepath.Dir(spec))
	switch {
	case err != nil:
		return "", err
	case m == nil && asked != "":
		return asked, checkAsked("--import", asked)
	case m == nil && home != nil:
		return "", home.outside(dir, "out")
	case m == nil:
		return "", usage.Errorf("folder %s is not in a Go module: run go mod init, or give the import path with --import", dir)
	case home != nil && home.root != m.root:
		return "", home.outside(dir, "out")
	}
	importPath, err := m.importPath(dir)
	switch {
	case err != nil:
		return "", err
	case asked != "" && asked != importPath:
		return "", usage.Errorf("--import %q is not the path of folder %s, which is %q by %s; --import is for folders that are in no Go module",
			asked, dir, importPath, found.Shown(filepath.Join(m.root, "go.mod")))
	}
	return importPath, m.checkGo()
}

// name settles the package's name.
func (t *Target) name() error {
	abs, err := filepath.Abs(t.Dir)
	if err != nil {
		return err
	}
	if t.Package == "" {
		if base := filepath.Base(abs); base == "init" || base == "main" {
			return usage.Errorf("folder %s gives a package %q, which no program can import; choose another folder with --out, or a name with --package", t.Dir, base)
		}
		t.Package = generator.PackageName(abs)
	}
	if !goname.CanImport(t.Package) {
		return usage.Errorf("--package %q cannot be the name of a package to import; try %q", t.Package, generator.PackageName(t.Package))
	}
	return nil
}

// Beside returns a path relative to the folder of a spec.
func Beside(spec, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(filepath.Dir(spec), name)
}

func (f *Finder) resolveSDK(t Target, m *goModule, opts Options) (SDK, error) {
	switch {
	case opts.SDKImport != "":
		if err := errors.Join(checkAsked("sdk", opts.SDKImport), checkInternal(t.Import, opts.SDKImport)); err != nil {
			return SDK{}, err
		}
		if m != nil {
			if err := m.provides(opts.SDKImport); err != nil {
				return SDK{}, err
			}
		}
		return SDK{Import: opts.SDKImport}, nil
	case opts.SDKFolder == "":
		return SDK{Import: path.Join(t.Import, generator.SDKFolder), Dir: filepath.Join(t.Dir, generator.SDKFolder), Own: true}, nil
	}
	sdk := SDK{Dir: filepath.Clean(opts.SDKFolder)}
	below, err := f.relative(t.Dir, sdk.Dir)
	switch {
	case err != nil:
		return SDK{}, err
	case below == ".":
		return SDK{}, usage.Errorf("the SDK and the package cannot both be in %s; choose another folder for one of them", t.Dir)
	case m != nil:
		if err := m.holds(sdk.Dir); err != nil {
			return SDK{}, err
		}
		sdk.Import, err = m.importPath(sdk.Dir)
	default:
		sdk.Import = path.Join(t.Import, filepath.ToSlash(below))
		err = checkImportPath("sdk", sdk.Import)
	}
	if err != nil {
		return SDK{}, err
	}
	sdk.Own = below == generator.SDKFolder
	return sdk, checkInternal(t.Import, sdk.Import)
}

// checkInternal refuses an SDK in a folder named internal that is not above the package:
// Go does not let it import that.
func checkInternal(importPath, sdk string) error {
	elements := strings.Split(sdk, "/")
	for i, element := range elements {
		above := strings.Join(elements[:i], "/")
		if element == "internal" && importPath != above && !strings.HasPrefix(importPath, above+"/") {
			return usage.Errorf("package %s cannot import the SDK %s: Go keeps what is in %s to %s", importPath, sdk, path.Join(above, element), above)
		}
	}
	return nil
}

// checkImportPath refuses paths that Go does not accept for a package.
func checkImportPath(what, importPath string) error {
	if err := importpath.Check(importPath); err != nil {
		return fmt.Errorf("%s: %q is not an import path: %w", what, importPath, err)
	}
	return nil
}

// checkAsked is checkImportPath for a path from the user.
func checkAsked(what, importPath string) error {
	if err := checkImportPath(what, importPath); err != nil {
		return usage.Errorf("%w", err)
	}
	return nil
}

// Conflict returns an error if two specs would be written into one folder, or a package or an SDK
// into the folders of another SDK.
func (f *Finder) Conflict(specs []string, targets []Target) error {
	type owner struct{ spec, dir string } // dir is as the user wrote it
	packages, sdks := make(map[string]owner), make(map[string]owner)
	own := make(map[string]bool) // which SDKs are in their package's folder
	for i, t := range targets {
		dir := f.absolute(t.Dir)
		if other, taken := packages[dir]; taken {
			return fmt.Errorf("%s and %s would both be generated into %s", other.spec, specs[i], t.Dir)
		}
		packages[dir] = owner{specs[i], t.Dir}
		if t.SDK.Dir == "" {
			continue
		}
		dir = f.absolute(t.SDK.Dir)
		if _, known := sdks[dir]; !known {
			sdks[dir] = owner{specs[i], t.SDK.Dir}
		}
		own[dir] = own[dir] || t.SDK.Own
	}
	for _, dir := range slices.Sorted(maps.Keys(sdks)) {
		for _, folder := range generator.SDKFolders() {
			below := filepath.Join(dir, folder)
			if p, taken := packages[below]; taken {
				return fmt.Errorf("%s would be generated into %s, where the SDK of %s belongs", p.spec, p.dir, sdks[dir].spec)
			}
			if s, taken := sdks[below]; taken && below != dir {
				return fmt.Errorf("the SDK of %s would be written into %s, which is part of the SDK of %s", s.spec, s.dir, sdks[dir].spec)
			}
		}
	}
	for i, t := range targets {
		for dir := f.absolute(t.Dir); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if own[dir] {
				return fmt.Errorf("%s would be generated into %s, in the SDK of %s", specs[i], t.Dir, sdks[dir].spec)
			}
		}
	}
	return nil
}

// SDKs returns the SDKs that conngen writes for some targets, without duplicates.
func (f *Finder) SDKs(targets []Target) []SDK {
	var sdks []SDK
	known := make(map[string]int)
	for _, t := range targets {
		if t.SDK.Dir == "" {
			continue
		}
		if i, ok := known[f.absolute(t.SDK.Dir)]; ok {
			sdks[i].Own = false
			continue
		}
		known[f.absolute(t.SDK.Dir)] = len(sdks)
		sdks = append(sdks, t.SDK)
	}
	return sdks
}

// HasSDK reports whether one of some SDKs is in the folder sdk of a package, or below it, whichever
// package uses it.
func (f *Finder) HasSDK(t Target, sdks []SDK) bool {
	if t.SDK.Own {
		return true
	}
	dir := filepath.Join(t.Dir, generator.SDKFolder)
	return slices.ContainsFunc(sdks, func(s SDK) bool { return f.isWithin(s.Dir, dir) })
}

// CheckClient refuses a folder for the client that is outside the package's module, or that could
// not import the package.
func (t Target) CheckClient(dir string) error {
	const elsewhere = `choose another place with --file, or with "file" under stub in .conngen.json`
	if t.holds(dir) {
		return usage.Errorf("the client cannot be in %s, since it imports the package there; %s", dir, elsewhere)
	}
	f := new(Finder)
	m, err := f.moduleOf(t.Dir)
	if m == nil || err != nil {
		return err
	}
	home, err := f.moduleOf(dir)
	if err == nil && (home == nil || home.root != m.root) {
		return usage.Errorf("the client cannot be in %s, which is outside the module %s; %s", dir, m.path, elsewhere)
	}
	return err
}

// holds reports whether a folder belongs to the package or its SDK. Code that imports the package
// cannot be there.
func (t Target) holds(dir string) bool {
	dir = absolute(dir)
	return dir == absolute(t.Dir) || t.SDK.Dir != "" && slices.ContainsFunc(generator.SDKFolders(), func(folder string) bool {
		return dir == filepath.Join(absolute(t.SDK.Dir), folder)
	})
}
