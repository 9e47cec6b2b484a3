package main

import (
	"fmt"
	"go/token"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

// An output says where and how packages are generated.
type output struct {
	dir, packageName, sdk string
}

// flags adds the flags that generate and check share.
func (o *output) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.dir, "out", "connector", "folder of the package, relative to the spec's")
	cmd.Flags().StringVar(&o.packageName, "package", "", "name of the package (default: after the folder)")
	cmd.Flags().StringVar(&o.sdk, "sdk", "", "import path of a shared SDK, in place of a copy in the package")
}

func (o *output) validate() error {
	if n := o.packageName; n != "" && (!token.IsIdentifier(n) || n == "main" || n == "_") {
		return fmt.Errorf("--package %q cannot be the name of a package to import; try %q", n, generator.PackageName(n))
	}
	if o.sdk != "" {
		return checkImportPath("--sdk", o.sdk)
	}
	return nil
}

// folder returns the output folder for a spec.
func (o *output) folder(spec string) string { return beside(spec, o.dir) }

// beside returns a path that is relative to the folder of a spec.
func beside(spec, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(filepath.Dir(spec), name)
}

func (o *output) options(spec string) (generator.Options, error) {
	name := o.packageName
	if name == "" {
		dir, err := filepath.Abs(o.folder(spec))
		if err != nil {
			return generator.Options{}, err
		}
		name = generator.PackageName(dir)
	}
	return generator.Options{Package: name, SDK: o.sdk}, nil
}

// A target is a spec's package, generated in memory.
type target struct {
	source
	dir   string
	opts  generator.Options
	files []generator.File // nil when the spec has errors
}

// targets generates the packages of all specs that the arguments mean. Specs with
// errors are reported, and have no files.
func (a app) targets(args []string, o output) ([]target, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	paths, err := findSpecs(args)
	if err != nil {
		return nil, err
	}
	dirs := make(map[string]string)
	for _, p := range paths {
		if p == stdinPath {
			return nil, fmt.Errorf("standard input has no folder to generate into; name the spec")
		}
		if other, taken := dirs[o.folder(p)]; taken {
			return nil, fmt.Errorf("%s and %s would both be generated into %s", other, p, o.folder(p))
		}
		dirs[o.folder(p)] = p
	}
	return inParallel(paths, func(path string) (target, error) { return a.target(path, o) })
}

func (a app) target(path string, o output) (target, error) {
	s, err := a.readSource(path)
	t := target{source: s, dir: o.folder(path)}
	if err != nil || s.diagnostics.HasErrors() {
		return t, err
	}
	t.opts, err = o.options(path)
	if err != nil {
		return t, err
	}
	t.files, err = generator.Generate(s.spec, t.opts)
	return t, err
}

// refused reports whether a spec has errors, and prints them. Of warnings it says
// how many there are.
func (a app) refused(s source) bool {
	errors := slices.DeleteFunc(slices.Clone(s.diagnostics), func(d schema.Diagnostic) bool { return d.Severity != schema.Error })
	_ = report.Text(false)(a.stderr, []report.File{s.file(errors)})
	if n := s.diagnostics.Count(schema.Warning); n > 0 {
		fmt.Fprintf(a.stderr, "%s: %s; conngen validate shows them\n", s.path, count(n, "warning"))
	}
	return len(errors) > 0
}

func (a app) generateCommand() *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:   "generate [PATH...]",
		Short: "Write the Go package of specs",
		Long: "generate writes the package of each spec into a folder beside it. The folder belongs to conngen:\n" +
			"files that are no longer generated are removed. Files that conngen has not written stay as they are.",
		RunE: func(_ *cobra.Command, args []string) error { return a.generate(args, o) },
	}
	o.flags(cmd)
	return cmd
}

func (a app) generate(args []string, o output) error {
	targets, err := a.targets(args, o)
	if err != nil {
		return err
	}
	failed := false
	for _, t := range targets {
		if a.refused(t.source) {
			failed = true
			continue
		}
		written, removed, err := generator.Write(t.dir, t.files)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "%s: %s written, %d removed, %d unchanged\n",
			t.dir, count(len(written), "file"), len(removed), len(t.files)-len(written))
	}
	if failed {
		return errFindings
	}
	return nil
}
