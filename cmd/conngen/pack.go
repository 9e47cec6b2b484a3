package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/bundle"
	"github.com/conngen/conngen/cmd/conngen/internal/git"
	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/lazyregexp"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
)

// firstVersion is that of a connector that has none.
const firstVersion = "0.1.0"

// packOptions say what goes into a bundle, and where the bundle goes.
type packOptions struct {
	outputFlags
	mode, dist, version, goPackage, format string

	warnings *schema.Diagnostics // for programs, which do not read standard error

	namesDist bool // by a flag, so it may be anywhere
}

func (a app) packCommand() *cobra.Command {
	var p packOptions
	cmd := &cobra.Command{
		Use:   "pack [PATH]",
		Short: "Make the zip for Identity Security Cloud",
		Long: "pack makes a zip of the spec and one JavaScript file, for sail conn upload, and\n" +
			"prints its name. The spec must have no errors, and the generated package must\n" +
			"match it.\n" +
			"\n" +
			"In mode wasm the file contains the connector, compiled to WebAssembly. Sockets,\n" +
			"files and other programs do not exist there; HTTP calls work. pack warns about\n" +
			"code that needs more, and says how to fix a library whose HTTP calls would fail.\n" +
			"\n" +
			"In mode forward it sends each command to the connector's service, which runs on\n" +
			"your own servers and can use everything that Go can. The address and secret of\n" +
			"the service become config items of the source.\n" +
			"\n" +
			"JavaScript reads what a bundle sends, so a command that sends a whole number\n" +
			"over 9007199254740991 fails. pack warns about long attributes.",
		Example: "  conngen pack\n" +
			"\n" +
			"  # for a connector that runs as a service, with a version that no git tag has\n" +
			"  conngen pack --mode forward --version 1.2.0 --dist ../zips",
		Args: atMostOne("pack takes one spec at a time"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.namesDist = cmd.Flags().Changed("dist")
			return a.pack(cmd.Context(), args, p)
		},
		ValidArgsFunction: completeSpec,
	}
	addChoice(cmd, &p.mode, "mode", "MODE", string(bundle.ModeProgram), "", packers.names()...)
	addText(cmd, &p.dist, "dist", defaultDist, aFolder, "folder of the zip, relative to the spec's")
	addText(cmd, &p.version, "version", "", aVersion, "version of the connector (default: from package.json, else from the git tag, else "+firstVersion+")")
	addText(cmd, &p.goPackage, "go-package", ".", aFolder, "folder of the main package, relative to the spec's")
	p.outputFlags.add(cmd)
	addFormat(cmd, &p.format)
	completeFolders(cmd, "dist", "go-package")
	completeNothing(cmd, "version")
	return cmd
}

// A packInput is what a bundle is made of, and a workspace for temporary files.
type packInput struct {
	packOptions
	source    source
	imports   string // path of the generated package
	info      bundle.Info
	workspace *generator.Workspace
}

// packers make the files of a bundle, by mode.
var packers = table[func(app, context.Context, packInput) (index, spec []byte, err error)]{
	{string(bundle.ModeProgram), app.packProgram},
	{string(bundle.ModeService), app.packService},
}

// versions matches the values of --version: versions as npm or tags write them, or
// shorter.
var versions = lazyregexp.New(`^v?[0-9]+(?:\.[0-9A-Za-z]+)*(?:[-+][0-9A-Za-z.+-]+)?$`)

func (a app) pack(ctx context.Context, args []string, p packOptions) error {
	if p.version != "" && !versions().MatchString(p.version) {
		return usagef("--version %q is not a version, such as 1.2.0", p.version)
	}
	p.version = strings.TrimPrefix(p.version, "v") // as tags have it
	if paths, err := findSpecs(args); err == nil && len(paths) != 1 {
		return severalSpecs("pack", args, paths)
	}
	packages, err := a.packages(args, p.outputFlags, p.format)
	if err != nil {
		return err
	}
	if err := packages.failure(); err != nil {
		return cmp.Or(a.writeJSON(p.format, &report.Bundle{Found: report.NewFound(packages.problems())}), err)
	}
	p.warnings = new(schema.Diagnostics)
	t := packages.list[0]
	if !p.namesDist {
		if err := t.checkPath(p.dist); err != nil {
			return err
		}
	}
	if err := a.refuseDrift(packages, p); err != nil {
		return err
	}
	for _, w := range bundle.LongAttributes(t.path, t.spec) {
		a.warn(p, w)
	}
	a.removeLeftovers(packages)
	return interruptible(ctx, func(ctx context.Context) error { return a.writeBundle(ctx, p, t) })
}

// writeBundle makes the bundle and writes it to disk.
func (a app) writeBundle(ctx context.Context, p packOptions, s packageSource) error {
	dist, info := target.Beside(s.path, p.dist), p.info(s.source)
	workspace, err := generator.NewWorkspace(dist)
	if err != nil {
		return err
	}
	defer workspace.Close()
	pack, _ := packers.find(p.mode) // its flag takes no other value
	index, spec, err := pack(a, ctx, packInput{p, s.source, s.target.Import, info, workspace})
	if err != nil {
		return err
	}
	a.step("compressing")
	content, err := bundle.Zip(index, spec)
	if err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	zip := filepath.Join(dist, info.ZipName())
	replaced := modeOf(zip)
	if err := workspace.WriteFile(info.ZipName(), content); err != nil {
		return err
	}
	workspace.Close() // standard output may be a closed pipe, which ends the program
	if p.format == report.JSON {
		return report.Write(a.stdout, &report.Bundle{
			Found: report.NewFound([]report.File{s.problems(), {Findings: *p.warnings}}),
			Bundle: &report.Packed{
				Path: printable.Valid(zip), Name: info.Name, Version: info.Version, Mode: p.mode, Size: len(content), Index: len(index),
			},
		})
	}
	if replaced != "" && string(replaced) != p.mode {
		a.note("%s replaces a bundle of mode %s", info.ZipName(), replaced)
	}
	a.note("%s: mode %s, %s, index.js in it %s", info.ZipName(), p.mode, size(len(content)), size(len(index)))
	fmt.Fprintln(a.stdout, zip)
	return nil
}

// modeOf returns the mode of the bundle in a file, or "" if there is none.
func modeOf(file string) bundle.Mode {
	content, err := found.ReadFile(file)
	if err != nil {
		return "" // writing the file reports what matters
	}
	return bundle.ModeOf(content)
}

// refuseDrift fails when a package or its SDK is not what its spec gives.
func (a app) refuseDrift(p packages, opts packOptions) error {
	a.step("comparing the package and the SDK")
	results, err := a.comparePackages(p, checkOptions{outputFlags: opts.outputFlags})
	if err != nil {
		return err
	}
	failed := false
	for i := range results {
		r := &results[i]
		r.drift = slices.DeleteFunc(r.drift, func(d generator.Drift) bool { return d.Kind == generator.Leftover }) // which pack removes
		failed = failed || len(r.drift) > 0
		if r.missing && opts.set("out") {
			r.hint += "; the folder of the zip is --dist"
		}
		r.find()
	}
	switch {
	case !failed:
		return nil
	case opts.format == report.JSON:
		err = report.Write(a.stdout, &report.Bundle{Found: report.NewFound(append(p.problems(), driftFiles(results)...))})
	default:
		a.complain(driftForPeople(results, false)...)
	}
	return cmp.Or(err, errFindings)
}

// info names the bundle after the spec, and the flag, package.json or git tag.
func (p packOptions) info(s source) bundle.Info {
	dir := filepath.Dir(s.path)
	info := bundle.Info{Name: s.spec.Name, Version: cmp.Or(p.version, packageVersion(dir))}
	if info.Version == "" {
		info.Version = strings.TrimPrefix(path.Base(git.Describe(dir)), "v") // tags of a folder's module have its path in front
	}
	if info.Version == "" || info.Version == "." {
		info.Version = firstVersion
	}
	return info
}

// packageVersion returns the version in the package.json of a folder, or "" if there is none. npm
// reports what is wrong with the file.
func packageVersion(dir string) string {
	text, err := found.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return ""
	}
	var manifest struct{ Version string }
	if json.Unmarshal(text, &manifest) != nil {
		return ""
	}
	return manifest.Version
}

// packProgram builds the connector and warns about what will not work.
func (a app) packProgram(ctx context.Context, p packInput) (index, spec []byte, err error) {
	dir, pkg := filepath.Dir(p.source.path), p.goPackage
	if !filepath.IsAbs(pkg) {
		pkg = "./" + filepath.ToSlash(pkg)
	}
	if spec, err = bundle.SpecText(p.source.spec); err != nil { // before the build, which takes long
		return nil, nil, err
	}
	a.step("inspecting the code")
	warnings, err := bundle.Inspect(ctx, dir, pkg, p.imports)
	if err != nil {
		return nil, nil, buildError(err)
	}
	for _, w := range warnings {
		if !filepath.IsAbs(w.Position.Filename) {
			w.Position.Filename = filepath.Join(dir, w.Position.Filename)
		}
		a.warn(p.packOptions, w)
	}
	a.step("building for WebAssembly")
	build, err := bundle.BuildProgram(ctx, dir, pkg, p.workspace)
	if err != nil {
		return nil, nil, buildError(err)
	}
	memory, worry := build.Memory()
	if p.format == "text" {
		a.note("the program has %s, and takes about %s of the %s of memory that Identity Security Cloud gives",
			size(len(build.WASM)), size(memory), size(bundle.MemoryLimit))
	}
	if worry {
		a.warn(p.packOptions, bundle.Warning{
			Position: token.Position{Filename: p.source.path},
			Message:  "the program leaves little memory for accounts",
			Hint:     "find out what makes it large with go build and go tool nm -size, or use --mode forward",
		})
	}
	index, err = bundle.Program(p.info, build)
	return index, spec, err
}

// buildError is the error of a program that cannot be built. It has the output of the go command.
func buildError(err error) error {
	if wrong := (*bundle.NotProgramError)(nil); errors.As(err, &wrong) {
		return wrong
	}
	if platform := (*bundle.PlatformError)(nil); errors.As(err, &platform) {
		err = fmt.Errorf("%w\ncode that cannot be built for WebAssembly can run as a service: %s", err, call("pack", "--mode", "forward"))
	}
	return linesError{err}
}

func (a app) packService(_ context.Context, p packInput) (index, spec []byte, err error) {
	return bundle.Service(p.info, p.source.spec)
}

// warn prints a warning, or keeps it for programs.
func (a app) warn(p packOptions, w bundle.Warning) {
	found := schema.Diagnostics{findingAt(w.Position, w.Width, rules.BundleLimit, w.Message, w.Hint)}
	if p.format == report.JSON {
		*p.warnings = append(*p.warnings, found...)
		return
	}
	a.complain(report.File{Findings: found})
}

// size is a number of bytes for people.
func size(bytes int) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", bytes)
}
