package main

import (
	"fmt"
	"slices"
	"strings"

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
		RunE:    func(_ *cobra.Command, args []string) error { return a.generate(args, o) },
	}
	o.add(cmd)
	return cmd
}

func (a app) generate(args []string, o outputFlags) error {
	packages, err := a.packages(args, o)
	if err != nil {
		return err
	}
	shared := slices.DeleteFunc(slices.Clone(packages.sdks), func(s target.SDK) bool { return s.Own })
	results, err := inParallel(shared, writeSDK)
	a.wrote(results)
	if err != nil {
		return err
	}
	all, err := inParallel(packages.list, func(p packageSource) ([]writing, error) { return p.write(packages.sdks) })
	for _, results := range all {
		a.wrote(results)
	}
	if err != nil {
		return err
	}
	return packages.failure()
}

// writeSDK writes an SDK that several packages share.
func writeSDK(sdk target.SDK) (writing, error) {
	files, err := generator.SDK(sdk.Import)
	if err != nil {
		return writing{}, err
	}
	written, removed, err := generator.WriteSDK(sdk.Dir, files, sdk.Own)
	return writing{sdk.Dir, len(files), written, removed}, err
}

// write writes a package, and its SDK where that belongs to it alone.
func (p packageSource) write(sdks []target.SDK) ([]writing, error) {
	if p.refused {
		return nil, nil
	}
	files, err := p.generate()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(sdks, func(s target.SDK) bool { return s.Own && s.Dir == p.target.SDK.Dir })
	if i < 0 {
		written, removed, err := generator.Write(p.target.Dir, files, p.target.HasSDK(sdks))
		return []writing{{p.target.Dir, len(files), written, removed}}, err
	}
	sdk, err := generator.SDK(sdks[i].Import)
	if err != nil {
		return nil, err
	}
	written, removed, err := generator.WriteWithSDK(p.target.Dir, files, sdk)
	if err != nil {
		return nil, err
	}
	both := []writing{{dir: p.target.Dir, files: len(files)}, {dir: sdks[i].Dir, files: len(sdk)}}
	both[0].written, both[1].written = partSDK(written)
	both[0].removed, both[1].removed = partSDK(removed)
	return both, nil
}

// partSDK parts the files of a package from those of the SDK in it.
func partSDK(files []string) (own, sdk []string) {
	for _, f := range files {
		if strings.HasPrefix(f, generator.SDKFolder+"/") {
			sdk = append(sdk, f)
		} else {
			own = append(own, f)
		}
	}
	return own, sdk
}

// A writing is what happened to the files of a folder.
type writing struct {
	dir              string
	files            int
	written, removed []string
}

func (a app) wrote(results []writing) {
	for _, w := range results {
		if w.files > 0 {
			fmt.Fprintf(a.stderr, "%s: %s written, %d removed, %d unchanged\n",
				shown(w.dir), count(len(w.written), "file"), len(w.removed), w.files-len(w.written))
		}
	}
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
