package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/export"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/series"
)

// exportOptions say what an export writes, and where.
type exportOptions struct {
	format   export.Format
	url, out string
}

// exportFormats are the formats of exports.
var exportFormats = table[export.Format]{{"postman", export.Postman}, {"http", export.HTTP}}

func (a app) exportCommand() *cobra.Command {
	var e exportOptions
	cmd := &cobra.Command{
		Use:   "export FORMAT [PATH]",
		Short: "Write requests for Postman or an editor",
		Long: "export writes requests for all commands of a spec, with sample values of the\n" +
			"right types. The formats:\n" +
			"\n" +
			"    postman   a Postman collection, with tests of each answer, and an\n" +
			"              environment for the secrets; newman runs them too\n" +
			"    http      a file of requests, for the HTTP Client of JetBrains and the\n" +
			"              REST Client of VS Code\n" +
			"\n" +
			"A run of the whole collection is safe on a source in use: it changes and deletes\n" +
			"only the account that it creates. Secrets are empty. Exporting again keeps the\n" +
			"values that you have filled in. It does not overwrite a collection that somebody\n" +
			"edited, or that Postman exported.",
		Example: "  conngen export postman\n" +
			"\n" +
			"  # requests for a server that runs elsewhere, in a file of another name\n" +
			"  conngen export http --url https://connector.example.com --out requests.http\n" +
			"\n" +
			"  # to another program\n" +
			"  conngen export postman specs/it.spec.json --out - | jq .info",
		Args: checkExport,
		RunE: func(cmd *cobra.Command, args []string) error {
			e.format, _ = exportFormats.find(args[0]) // which Args has found
			return a.export(cmd.Context(), args[1:], e)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return exportFormats.names(), cobra.ShellCompDirectiveNoFileComp
			}
			return completeSpec(cmd, args[1:], typed)
		},
	}
	addText(cmd, &e.url, "url", "", aURL, "address of the connector's server (default "+export.DefaultURL+")")
	addText(cmd, &e.out, "out", "", aRequestFile, "file to write, relative to the spec's folder, or - for standard output (default: after the spec's name)")
	completeNothing(cmd, "url")
	completeFlag(cmd, "out", cobra.FixedCompletions([]cobra.Completion{"json", "http"}, cobra.ShellCompDirectiveFilterFileExt))
	return cmd
}

// checkExport refuses arguments other than a format and one PATH.
func checkExport(_ *cobra.Command, args []string) error {
	names := exportFormats.names()
	if len(args) == 0 {
		return usagef("export needs a format: %s", series.Or(names))
	}
	_, known := exportFormats.find(args[0])
	switch {
	case !known && len(args) == 2 && slices.Contains(names, args[1]):
		return usagef("the format comes before the PATH: %s", call("export", args[1], args[0]))
	case !known && isPath(args[0]):
		return usagef("export needs a format before the PATH: %s", series.Or(names))
	case !known:
		return usagef("unknown format %q; use %s", args[0], series.Or(names))
	case len(args) > 2:
		return usagef("export takes one spec at a time, got %d: %s", len(args)-1, strings.Join(args[1:], " "))
	}
	return nil
}

func (a app) export(ctx context.Context, args []string, e exportOptions) error {
	if e.url != "" {
		if err := checkURL("url", e.url); err != nil {
			return err
		}
	}
	if err := checkOutFile(e.out); err != nil {
		return err
	}
	if paths, err := findSpecs(args); err == nil && len(paths) != 1 {
		return severalSpecs("export", args, paths)
	}
	sources, err := a.readSources(args)
	if err != nil {
		return err
	}
	s := sources[0]
	a.refuse(sources, args)
	switch {
	case s.diagnostics.HasErrors():
		return errFindings
	case s.stream && e.out == "":
		return usagef("%s has no folder; name a file with --out, or - for standard output", s.label)
	}
	name := e.out
	if name == "" || name == standardOutput {
		name = e.format.FileName(s.spec)
	}
	documents := e.format.Export(s.spec, name, export.Options{URL: e.url})
	if e.out == standardOutput {
		_, err := printable.Exact(a.stdout).Write(documents[0].Content)
		return err
	}
	files, err := s.documentFiles(documents, e.out)
	if err != nil {
		return err
	}
	return interruptible(ctx, func(ctx context.Context) error { return a.writeDocuments(ctx, files) })
}

// A documentFile is a document, with the current content of its file.
type documentFile struct {
	path         string
	old, content []byte // old is nil for none
	note         string
}

// documentFiles decides what happens to the files of an export. The first is where a flag says, if
// it is not empty.
func (s source) documentFiles(documents []export.Document, named string) ([]documentFile, error) {
	var files []documentFile
	for i, d := range documents {
		f := documentFile{path: target.Beside(s.path, d.Name), content: d.Content}
		if i > 0 && f.path == files[0].path {
			return nil, usagef("--out %s is the file of the secrets; name another one for the requests", named)
		}
		if err := staysInside(f.path, filepath.Dir(f.path)); err != nil && (i > 0 || named == "") {
			return nil, err
		}
		old, err := found.ReadFile(f.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			files = append(files, f)
			continue
		case err != nil:
			return nil, err
		}
		f.old = old
		if f.content, f.note, err = d.Update(old); err != nil {
			return nil, fmt.Errorf("%s %w", f.path, err)
		}
		files = append(files, f)
	}
	return files, nil
}

// writeDocuments writes the files of an export.
func (a app) writeDocuments(ctx context.Context, files []documentFile) error {
	for _, f := range files {
		if err := generator.ReplaceFile(ctx, f.path, f.old, f.content); err != nil {
			return err
		}
		done := "written"
		switch {
		case f.old == nil:
		case bytes.Equal(f.old, f.content):
			done = "unchanged"
		default:
			done = "updated"
		}
		a.note("%s: %s", f.path, done)
		if f.note != "" {
			fmt.Fprintf(a.stderr, "warning: %s %s\n", f.path, f.note)
		}
	}
	return nil
}
