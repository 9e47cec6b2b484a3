package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
)

func (a app) generateCommand() *cobra.Command {
	var (
		o      outputFlags
		format string
		list   bool
	)
	cmd := &cobra.Command{
		Use:   "generate [PATH...]",
		Short: "Write the Go packages of specs",
		Long: "generate writes the package of each spec into a folder beside it: types for\n" +
			"accounts, entitlements and the config, the Client interface, and the code that\n" +
			"connects it to Identity Security Cloud. Run it after each change of a spec, by\n" +
			"hand or with go generate; check fails if somebody forgot.\n" +
			"\n" +
			"The SDK goes into the folder sdk of the package, or where --sdk or the setting\n" +
			"sdk says, so the code needs no other module. generate removes generated files\n" +
			"that are no longer needed. It never overwrites a file that conngen did not\n" +
			"write, and does not change the package of a spec with errors.\n" +
			"\n" +
			"The settings out, package, sdk, names and initialisms under generate in\n" +
			".conngen.json apply to all commands. Flags override them for one run.\n" +
			"\n" +
			"--list writes nothing and prints the path of every file of the packages and\n" +
			"their SDKs, one per line, whether or not it is up to date. The list depends only\n" +
			"on specs and settings. It is for build systems, such as Bazel, that must know\n" +
			"the outputs of a step before they run it.",
		Example: "  conngen generate\n" +
			"\n" +
			"  # the specs of all folders below this one\n" +
			"  conngen generate ./...\n" +
			"\n" +
			"  # one spec, with a package in another folder\n" +
			"  conngen generate specs/it.spec.json --out ../internal/it\n" +
			"\n" +
			"  # the files that it writes\n" +
			"  conngen generate --list",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.generate(cmd.Context(), args, o, format, list)
		},
		ValidArgsFunction: completeSpecs,
	}
	o.add(cmd)
	addFormat(cmd, &format)
	cmd.Flags().BoolVar(&list, "list", false, "print the files that belong to the packages, and write nothing")
	return cmd
}

func (a app) generate(ctx context.Context, args []string, o outputFlags, format string, list bool) error {
	packages, err := a.survey(args, survey{outputFlags: o, doing: "generating", format: format})
	if err != nil {
		return err
	}
	if format == "text" {
		a.refuse(packages.sources(), args)
	}
	if err := a.settle(&packages, o); err != nil {
		return err
	}
	if list {
		return a.list(packages, format)
	}
	var done written
	err = interruptible(ctx, func(ctx context.Context) error {
		var err error
		done, err = a.write(ctx, packages)
		return err
	})
	if err != nil {
		return err
	}
	a.removeLeftovers(packages)
	if format == report.JSON {
		err = report.Write(a.stdout, &report.Generation{Found: report.NewFound(packages.problems()), Written: done.forPrograms()})
	} else {
		a.wrote(done)
	}
	return cmp.Or(err, packages.failure())
}

// list prints which files packages and their SDKs have.
func (a app) list(p packages, format string) error {
	folders, err := p.listed()
	switch {
	case err != nil:
		return err
	case format == report.JSON:
		out := report.Generation{Found: report.NewFound(p.problems()), Written: []report.Written{}, Listed: []report.Listed{}}
		for _, l := range folders {
			out.Listed = append(out.Listed, report.Listed{
				Path: printable.Valid(l.dir), Kind: l.kind, Spec: printable.Valid(l.spec), Files: report.Paths(l.files),
			})
		}
		err = report.Write(a.stdout, &out)
	default:
		w := a.stdout
		if !a.screen.stdout.terminal { // a program reads it
			w = printable.Exact(w)
		}
		for _, l := range folders {
			for _, file := range l.files {
				fmt.Fprintln(w, filepath.Join(l.dir, filepath.FromSlash(file)))
			}
		}
	}
	return cmp.Or(err, p.failure())
}

// A listed is a folder with all files that belong there.
type listed struct {
	dir, kind string
	spec      string // of a package
	files     []string
}

// listed returns the folders of packages, then those of their SDKs.
func (p packages) listed() ([]listed, error) {
	if err := p.failedIn(comparing); err != nil {
		return nil, err
	}
	var all []listed
	for _, s := range p.list {
		if s.refused {
			continue
		}
		disk, err := p.read(s)
		if err != nil {
			return nil, err
		}
		all = append(all, listed{found.Shown(s.target.Dir), kindPackage, s.path, disk.Paths()})
	}
	for _, sdk := range p.sdks {
		disk, err := p.readSDK(sdk)
		if err != nil {
			return nil, err
		}
		all = append(all, listed{dir: found.Shown(sdk.Dir), kind: kindSDK, files: disk.Paths()})
	}
	return all, nil
}

// write writes packages and their SDKs to disk.
func (a app) write(ctx context.Context, packages packages) (done written, err error) {
	var batch generator.Batch
	defer batch.Discard()
	done.sdks, err = inParallel(a.working("writing the SDK", 0, ""), packages.sdks, func(s target.SDK) (writeResult, error) { return packages.stageSDK(ctx, &batch, s) })
	if err != nil {
		return done, err
	}
	if err := packages.failedIn(comparing); err != nil {
		return done, err
	}
	done.packages, err = inParallel(a.working("writing", len(packages.list), "package"), packages.list, func(s packageSource) (writeResult, error) { return packages.stage(ctx, &batch, s) })
	if err != nil {
		return done, err
	}
	a.working("writing", 0, "")
	return done, batch.Commit(ctx)
}

func (p packages) stageSDK(ctx context.Context, batch *generator.Batch, sdk target.SDK) (writeResult, error) {
	disk, err := p.readSDK(sdk)
	if err != nil {
		return writeResult{}, err
	}
	change, err := batch.Stage(ctx, disk)
	return writeResult{dir: sdk.Dir, files: disk.Files(), change: change}, err
}

// stage prepares to write the files of a package.
func (p packages) stage(ctx context.Context, batch *generator.Batch, s packageSource) (writeResult, error) {
	if err := context.Cause(ctx); err != nil || s.refused {
		return writeResult{}, err
	}
	disk, err := p.read(s)
	if err != nil {
		return writeResult{}, err
	}
	change, err := batch.Stage(ctx, disk)
	return writeResult{s.target.Dir, s.path, disk.Files(), change}, err
}

// A writeResult is what happened to the files of a folder.
type writeResult struct {
	dir    string
	spec   string // of a package
	files  int
	change generator.Writing
}

// written is what happened to the files of all folders.
type written struct{ packages, sdks []writeResult }

// forPrograms returns it as programs read it.
func (w written) forPrograms() []report.Written {
	all, packages := []report.Written{}, len(w.packages)
	for i, w := range slices.Concat(w.packages, w.sdks) {
		if w.files == 0 {
			continue // the spec is refused
		}
		kind := kindPackage
		if i >= packages {
			kind = kindSDK
		}
		all = append(all, report.Written{
			Path: printable.Valid(found.Shown(w.dir)), Kind: kind, Spec: printable.Valid(w.spec),
			Written: report.Paths(w.change.Written), Removed: report.Paths(w.change.Removed), Unchanged: w.files - len(w.change.Written),
		})
	}
	return all
}

// wrote reports what happened to packages and SDKs: one by one for a single package, else in
// total.
func (a app) wrote(done written) {
	say := a.note
	if len(done.packages) > 1 {
		say = a.detail
	}
	var total writeResult
	for _, w := range slices.Concat(done.packages, done.sdks) {
		if w.files > 0 { // the spec is right
			say("%s: %s", found.Shown(w.dir), w)
		}
		total.files += w.files
		total.change.Written = append(total.change.Written, w.change.Written...)
		total.change.Removed = append(total.change.Removed, w.change.Removed...)
	}
	if len(done.packages) > 1 {
		right := slices.DeleteFunc(slices.Clone(done.packages), func(w writeResult) bool { return w.files == 0 })
		a.note("%s: %s", plural.Count(len(right), "package"), total)
	}
}

// String counts the files.
func (w writeResult) String() string {
	return fmt.Sprintf("%s written, %d removed, %d unchanged", plural.Count(len(w.change.Written), "file"), len(w.change.Removed), w.files-len(w.change.Written))
}

// refuse prints the errors of specs, and counts their warnings. Standard output is for what a
// command makes, or its name, so the reason why it makes nothing goes to standard error. args are
// the arguments that name the specs.
func (a app) refuse(sources []source, args []string) {
	for _, s := range sources {
		a.complain(s.errors())
	}
	a.countWarnings(sources, args)
}

// complain prints findings to standard error.
func (a app) complain(files ...report.File) {
	_ = report.Text(report.Options{Colour: a.screen.stderr.colour()})(a.stderr, files)
}

// countWarnings says how many warnings specs have: by name for a single spec, else in total. args
// are the arguments that name the specs.
func (a app) countWarnings(sources []source, args []string) {
	say := a.note
	if len(sources) > 1 {
		say = a.detail
	}
	validate := call(append([]string{"validate"}, args...)...)
	total, with := 0, 0
	for _, s := range sources {
		if n := s.diagnostics.Count(schema.Warning); n > 0 {
			say("%s: %s; %s", s.label, plural.Count(n, "warning"), shownBy(validate, n))
			total, with = total+n, with+1
		}
	}
	if len(sources) > 1 && total > 0 {
		a.note("%s in %d of %s; %s", plural.Count(total, "warning"), with, plural.Count(len(sources), "spec"), shownBy(validate, total))
	}
}

// shownBy says which command shows a number of things.
func shownBy(command string, n int) string {
	if n == 1 {
		return command + " shows it"
	}
	return command + " shows them"
}
