package main

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"

	"github.com/conngen/conngen/generator"
)

// A stubbing says which client gets its missing methods.
type stubbing struct {
	output
	file, typeName, packageName string
	dryRun                      bool
}

func (a app) stubCommand() *cobra.Command {
	var s stubbing
	cmd := &cobra.Command{
		Use:   "stub [PATH]",
		Short: "Add the client methods that are missing",
		Long: "stub writes the client of a spec once, and later adds the methods that a changed spec needs. They answer that they\n" +
			"are not implemented. What is there stays as it is, line by line; methods that no longer fit are reported.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.stub(args, s) },
	}
	cmd.Flags().StringVar(&s.dir, "out", "connector", "folder of the generated package, relative to the spec's")
	cmd.Flags().StringVar(&s.sdk, "sdk", "", "import path of the shared SDK, where the package has one")
	s.clientFlags(cmd)
	cmd.Flags().StringVar(&s.packageName, "package", "main", "package of the client, where there is no file yet")
	cmd.Flags().BoolVar(&s.dryRun, "dry-run", false, "print what would change, and write nothing")
	return cmd
}

// clientFlags adds the flags that say where a client is.
func (s *stubbing) clientFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.file, "file", "", "file for new methods, relative to the spec's folder (default: where the client is, or client.go)")
	cmd.Flags().StringVar(&s.typeName, "type", "Client", "type of the client")
}

func (a app) stub(args []string, s stubbing) error {
	if err := s.validate(); err != nil {
		return err
	}
	paths, err := findSpecs(args)
	if err != nil {
		return err
	}
	if len(paths) != 1 || paths[0] == stdinPath {
		return errors.New("stub needs one spec, in the folder of its client")
	}
	source, err := a.readSource(paths[0])
	if err != nil {
		return err
	}
	if a.refused(source) {
		return errFindings
	}
	stub, err := s.make(source)
	if err != nil {
		return err
	}
	if s.dryRun {
		fmt.Fprint(a.stdout, stub.Diff())
	} else if err := stub.Write(); err != nil {
		return err
	}
	for _, p := range stub.Problems {
		fmt.Fprintln(a.stdout, p)
	}
	fmt.Fprintf(a.stderr, "%s: %s\n", stub.Path, added(stub.Added, s.dryRun))
	if len(stub.Problems) > 0 {
		return errFindings
	}
	return nil
}

// added says in words which methods a stub adds.
func added(methods []string, dryRun bool) string {
	switch {
	case len(methods) == 0:
		return "no method is missing"
	case dryRun:
		return count(len(methods), "method") + " missing: " + strings.Join(methods, ", ")
	}
	return count(len(methods), "method") + " added: " + strings.Join(methods, ", ")
}

func (s stubbing) validate() error {
	for flag, name := range map[string]string{"--type": s.typeName, "--package": s.packageName} {
		if !token.IsIdentifier(name) {
			return fmt.Errorf("%s %q is no name in Go", flag, name)
		}
	}
	if s.file != "" && (!strings.HasSuffix(s.file, ".go") || strings.HasSuffix(s.file, "_test.go")) {
		return fmt.Errorf("--file %q is no Go file of the program", s.file)
	}
	if s.sdk != "" {
		return checkImportPath("--sdk", s.sdk)
	}
	return nil
}

// make finds out what the client beside a spec lacks.
func (s stubbing) make(source source) (*generator.Stub, error) {
	dir := filepath.Join(filepath.Dir(source.path), filepath.Dir(s.file))
	importPath, err := importPath(s.folder(source.path))
	if err != nil {
		return nil, err
	}
	opts, err := s.options(source.path)
	if err != nil {
		return nil, err
	}
	if name := packageClause(filepath.Join(s.folder(source.path), "client.go")); name != "" {
		opts.Package = name
	}
	file := ""
	if s.file != "" {
		file = filepath.Base(s.file)
	}
	return generator.MakeStub(source.spec, generator.StubOptions{
		Options: opts,
		Import:  importPath,
		Dir:     dir,
		File:    file,
		Type:    s.typeName,
		Package: s.packageName,
	})
}

// packageClause returns the name of the package that a file is of, "" when it
// cannot be read.
func packageClause(path string) string {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return f.Name.Name
}

// importPath returns the import path of a folder, by the go.mod above it.
func importPath(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for root := dir; ; root = filepath.Dir(root) {
		text, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if errors.Is(err, fs.ErrNotExist) && root != filepath.Dir(root) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("%s is in no Go module; begin one with go mod init", dir)
		}
		module := modfile.ModulePath(text)
		if module == "" {
			return "", fmt.Errorf("%s names no module", filepath.Join(root, "go.mod"))
		}
		below, err := filepath.Rel(root, dir)
		if err != nil {
			return "", err
		}
		return path.Join(module, filepath.ToSlash(below)), nil
	}
}
