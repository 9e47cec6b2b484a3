package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/schema"
)

func (a app) generateCommand() *cobra.Command {
	var o outputFlags
	cmd := &cobra.Command{
		Use:   "generate [PATH...]",
		Short: "Write the Go packages of specs",
		Long: "generate writes the package of each spec into a folder beside it, and the connector SDK into the folder sdk in\n" +
			"that, or where the setting sdk says. Generated files that are no longer needed are removed; files that conngen\n" +
			"did not write stay as they are. Flags override the settings in .conngen.json.",
		Example: "  conngen generate\n  conngen generate --out internal/hr ./specs/hr.spec.json\n  conngen generate ./...",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.generate(cmd.Context(), args, o) },
	}
	o.add(cmd)
	return cmd
}

func (a app) generate(ctx context.Context, args []string, o outputFlags) error {
	packages, err := a.packages(args, o)
	if err != nil {
		return err
	}
	if err := interruptible(ctx, func(ctx context.Context) error { return a.write(ctx, packages) }); err != nil {
		return err
	}
	packages.removeLeftovers()
	return packages.failure()
}

// write writes packages and their SDKs to disk.
func (a app) write(ctx context.Context, packages packages) error {
	var batch generator.Batch
	defer batch.Discard()
	sdks, err := inParallel(packages.sdks, func(s target.SDK) (writing, error) { return stageSDK(ctx, &batch, s) })
	if err != nil {
		return err
	}
	all, err := inParallel(packages.list, func(p packageSource) (writing, error) { return p.stage(ctx, &batch, packages.sdks) })
	if err != nil {
		return err
	}
	if err := batch.Commit(ctx); err != nil {
		return err
	}
	a.wrote(all)
	a.wrote(sdks)
	return nil
}

func stageSDK(ctx context.Context, batch *generator.Batch, sdk target.SDK) (writing, error) {
	files, err := generator.SDK(sdk.Import)
	if err != nil {
		return writing{}, err
	}
	change, err := batch.SDK(ctx, sdk.Dir, files)
	return writing{sdk.Dir, len(files), change}, err
}

// stage makes the files of a package, and prepares to write them.
func (p packageSource) stage(ctx context.Context, batch *generator.Batch, sdks []target.SDK) (writing, error) {
	if err := context.Cause(ctx); err != nil || p.refused {
		return writing{}, err
	}
	files, err := p.generate()
	if err != nil {
		return writing{}, err
	}
	change, err := batch.Package(ctx, p.target.Dir, files, p.target.HasSDK(sdks))
	return writing{p.target.Dir, len(files), change}, err
}

// A writing is what happens to the files of a folder.
type writing struct {
	dir    string
	files  int
	change generator.Writing
}

func (a app) wrote(results []writing) {
	for _, w := range results {
		if w.files > 0 {
			a.note("%s: %s written, %d removed, %d unchanged",
				shown(w.dir), count(len(w.change.Written), "file"), len(w.change.Removed), w.files-len(w.change.Written))
		}
	}
}

// refused reports whether a spec has errors, and prints them. Of warnings it says
// how many there are.
func (a app) refused(s source) bool {
	_ = report.Text(a.screen.stderr.colour())(a.stderr, []report.File{s.errors()})
	if n := s.diagnostics.Count(schema.Warning); n > 0 {
		fmt.Fprintf(a.stderr, "%s: %s; conngen validate shows them\n", s.label, count(n, "warning"))
	}
	return s.diagnostics.HasErrors()
}
