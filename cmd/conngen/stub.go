package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator/stub"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/settings"
)

// stubOptions say which client gets its missing methods.
type stubOptions struct {
	outputFlags
	clientFlags
	format string
	dryRun bool
}

func (a app) stubCommand() *cobra.Command {
	var s stubOptions
	cmd := &cobra.Command{
		Use:   "stub [PATH]",
		Short: "Add missing client methods",
		Long: "stub writes the client of a spec once, and later adds the methods that a changed\n" +
			"spec needs. They return a \"not implemented\" error. Run it after generate, which\n" +
			"makes the types that the methods use.\n" +
			"\n" +
			"Existing code stays unchanged, byte for byte. stub reports methods that no\n" +
			"longer fit the spec, and leaves them to you. The settings file and type under\n" +
			"stub in .conngen.json name the file and the type of the client, also for check\n" +
			"--stub.",
		Example: "  conngen stub\n" +
			"\n" +
			"  # what it would add\n" +
			"  conngen stub --dry-run\n" +
			"\n" +
			"  # a client of another name, in a file of its own\n" +
			"  conngen stub --file hr.go --type HR",
		Args:              atMostOne("stub takes one spec at a time"),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.stub(cmd.Context(), args, s) },
		ValidArgsFunction: completeSpec,
	}
	s.outputFlags.add(cmd)
	s.clientFlags.add(cmd)
	addFormat(cmd, &s.format)
	cmd.Flags().BoolVar(&s.dryRun, "dry-run", false, "print what would change, and write nothing")
	return cmd
}

// defaultClientPackage is the package of a client whose folder has no Go file yet.
const defaultClientPackage = "main"

// clientFlags say where a client is, in place of the settings.
type clientFlags struct {
	file, typeName, clientPackage string

	set func(flag string) bool // whether a flag is given
}

func (f *clientFlags) add(cmd *cobra.Command) {
	addText(cmd, &f.file, "file", "", aGoFile, "file for new methods, relative to the spec's folder (default: where the client is, or "+settings.DefaultFile+")")
	addText(cmd, &f.typeName, "type", settings.DefaultType, aGoName, "type of the client")
	addText(cmd, &f.clientPackage, "client-package", defaultClientPackage, aGoName, "package of the client, where its folder has no Go file yet")
	f.set = cmd.Flags().Changed
	completeFlag(cmd, "file", cobra.FixedCompletions([]cobra.Completion{"go"}, cobra.ShellCompDirectiveFilterFileExt))
	completeNothing(cmd, "type", "client-package")
}

func (a app) stub(ctx context.Context, args []string, s stubOptions) error {
	switch paths, err := findSpecs(args); {
	case err != nil: // which is reported again
	case len(paths) != 1:
		return severalSpecs("stub", args, paths)
	case paths[0].stream:
		return usagef("%s has no folder, and stub needs the spec in the folder of its client", paths[0].name())
	}
	packages, err := a.packages(args, s.outputFlags, s.format)
	if err != nil {
		if s.packageName == "main" {
			return fmt.Errorf("%w; the package of the client is --client-package", err)
		}
		return err
	}
	if err := packages.failure(); err != nil {
		return cmp.Or(a.writeJSON(s.format, &report.Stub{Found: report.NewFound(packages.problems())}), err)
	}
	t := packages.list[0].target
	if _, err := os.Stat(t.Dir); s.outputFlags.set("out") && errors.Is(err, fs.ErrNotExist) {
		return usagef("--out %s does not exist: it is the folder of the generated package; the file of the client is --file", t.Dir)
	}
	opts, err := s.clientFlags.options(packages.list[0])
	if err != nil {
		return err
	}
	client, err := stub.Make(packages.list[0].spec, opts)
	if err != nil {
		return err
	}
	if !s.dryRun {
		if err := interruptible(ctx, client.Write); err != nil {
			return err
		}
		a.removeLeftovers(packages)
	}
	if s.format == report.JSON {
		err = a.writeStub(s, opts.Type, packages, client)
	} else {
		err = a.printStub(client, s.dryRun)
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(client.Problems, func(p stub.Problem) bool { return p.Kind != stub.Unknown }) {
		return errFindings
	}
	return nil
}

// printStub reports what happened to a client.
func (a app) printStub(client *stub.Stub, dryRun bool) error {
	if dryRun {
		if err := a.printPatch(client.Diff()); err != nil {
			return err
		}
	}
	if err := a.writeFindings("text", nil, []report.File{{Findings: stubFindings(client)}}); err != nil {
		return err
	}
	a.note("%s: %s", client.Path, stubText(client, dryRun))
	return nil
}

// writeStub is printStub for programs.
func (a app) writeStub(s stubOptions, typeName string, packages packages, client *stub.Stub) error {
	files := append(packages.problems(), report.File{Findings: stubFindings(client)})
	return report.Write(a.stdout, &report.Stub{
		Found: report.NewFound(files),
		Client: &report.Client{
			Path: printable.Valid(client.Path), Type: typeName, Added: report.Paths(client.Added), DryRun: s.dryRun, Diff: client.Diff(),
		},
	})
}

// stubFindings are the methods of a client that do not fit the spec, or may not.
func stubFindings(client *stub.Stub) schema.Diagnostics {
	var found schema.Diagnostics
	for _, problem := range client.Problems {
		rule := rules.StubMethodUnfit
		if problem.Kind == stub.Unknown {
			rule = rules.StubMethodUnknown
		}
		found = append(found, findingAt(problem.Position, problem.Width, rule, problem.Message, ""))
	}
	return found
}

// printPatch prints differences. It escapes what is invisible for a terminal, and keeps every byte
// for a program, which may be patch.
func (a app) printPatch(diff string) error {
	if colour := a.screen.stdout.colour(); colour || a.screen.stdout.terminal {
		return report.Patch(a.stdout, diff, colour)
	}
	_, err := io.WriteString(printable.Exact(a.stdout), diff)
	return err
}

// stubText says in words which methods a stub adds, and how many findings are left to its author.
func stubText(client *stub.Stub, dryRun bool) string {
	done := "added"
	if dryRun {
		done = "missing"
	}
	var parts []string
	if n := len(client.Added); n > 0 {
		parts = append(parts, fmt.Sprintf("%s %s: %s", plural.Count(n, "method"), done, strings.Join(client.Added, ", ")))
	}
	if n := len(client.Unsure); n > 0 {
		parts = append(parts, plural.Count(n, "method")+" may be missing")
	}
	others := slices.DeleteFunc(slices.Clone(client.Problems), func(p stub.Problem) bool { return p.Kind == stub.Unknown })
	if n := len(others); n > 0 {
		parts = append(parts, plural.Count(n, "finding")+" to look at")
	}
	if len(parts) == 0 {
		return "no method is missing"
	}
	return strings.Join(parts, "; ")
}

// options joins the flags with the settings of a spec.
func (f *clientFlags) options(p packageSource) (stub.Options, error) {
	file, typeName := p.settings.Stub.File.Text, p.settings.Stub.Type.Text
	if f.set("file") {
		file = f.file
	}
	if typeName == "" || f.set("type") {
		typeName = f.typeName
	}
	for _, name := range []struct{ flag, value string }{{"--type", typeName}, {"--client-package", f.clientPackage}} {
		if !token.IsIdentifier(name.value) || name.value == "_" {
			return stub.Options{}, usagef("%s %q is not a Go name", name.flag, name.value)
		}
	}
	if f.set("file") {
		if message, hint := settings.CheckStubFile(file); message != "" {
			return stub.Options{}, usagef("--%s; %s", message, hint) // the message begins with the setting, which is file too
		}
	}
	opts := stub.Options{
		Options:     p.generatorOptions(),
		Import:      p.target.Import,
		Files:       p.files,
		Dir:         found.Shown(filepath.Dir(target.Beside(p.path, cmp.Or(file, settings.DefaultFile)))),
		Type:        typeName,
		UserPackage: f.clientPackage,
	}
	if file != "" {
		opts.File = filepath.Base(file)
	}
	named := "" // by a flag, and may be anywhere
	if f.set("file") {
		named = filepath.Join(opts.Dir, opts.File)
	} else if err := p.checkPath(file); err != nil {
		return stub.Options{}, err
	}
	if err := p.target.CheckClient(opts.Dir); err != nil {
		return stub.Options{}, err
	}
	opts.CheckLink = func(path string) error {
		if path == named {
			return nil
		}
		return staysInside(path, filepath.Dir(p.path))
	}
	return opts, nil
}
