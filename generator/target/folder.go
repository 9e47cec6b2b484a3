package target

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/internal/gosource"
	"github.com/conngen/conngen/generator/internal/output"
)

// CheckPackage refuses a folder in which the files of a package would not build: with
// Go of another package beside them, or with declarations that collide with theirs. It
// refuses the package of another spec too, while that spec exists.
// files makes the package's files, where they are needed.
func (t Target) CheckPackage(spec string, files func() ([]generator.File, error)) error {
	return checkFolder(t.Dir, t.Package, files, func(name, source string) error {
		if other := otherSpec(spec, t.Dir, source); other != "" {
			return fmt.Errorf("%s holds the package of %s; choose another folder with --out, or in %q", t.Dir, other, "generate")
		}
		return nil
	})
}

// Check refuses a folder in which the SDK would not build.
func (s SDK) Check(files func() ([]generator.File, error)) error {
	return checkFolder(s.Dir, generator.SDKFolder, files, func(name, source string) error {
		return fmt.Errorf("%s holds a package of %s, and cannot hold the SDK too", s.Dir, source)
	})
}

// otherSpec returns the path of the spec that a package says it comes from, where it is
// another one and exists.
func otherSpec(spec, dir, source string) string {
	if source == filepath.Base(spec) || source == output.StandardInput {
		return ""
	}
	for _, folder := range []string{filepath.Dir(spec), filepath.Dir(dir)} {
		other := filepath.Join(folder, source)
		info, err := os.Stat(other)
		if err != nil {
			continue
		}
		if self, err := os.Stat(spec); err != nil || !os.SameFile(self, info) {
			return other
		}
	}
	return ""
}

// checkFolder compares the Go files of a folder that conngen has not written with the
// package that belongs there. generated judges the names of specs in the headers of those
// that it has written.
func checkFolder(dir, packageName string, files func() ([]generator.File, error), generated func(name, source string) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			return nil // the latter is found when the folder is made
		}
		return err
	}
	var ours *nameSet // of the files; made when it is needed
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || path.Ext(name) != ".go" {
			continue
		}
		file := filepath.Join(dir, name)
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if output.IsGenerated(content) {
			if source, ok := output.Source(content); ok {
				if err := generated(name, source); err != nil {
					return err
				}
			}
			continue
		}
		if ours == nil {
			if ours, err = namesOf(files); err != nil {
				return err
			}
		}
		if err := checkFile(file, content, packageName, ours); err != nil {
			return err
		}
	}
	return nil
}

// checkFile refuses a file of another package, and one whose declarations collide with
// ours.
func checkFile(name string, content []byte, packageName string, ours *nameSet) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, content, parser.SkipObjectResolution)
	if err != nil {
		return nil // Go says so itself, and better
	}
	isTest := strings.HasSuffix(name, "_test.go")
	switch clause := file.Name.Name; {
	case clause == packageName:
	case isTest && clause == packageName+"_test":
		return nil
	default:
		if built, err := build.Default.MatchFile(filepath.Dir(name), filepath.Base(name)); err != nil || !built {
			return err
		}
		return fmt.Errorf("%s: package %s cannot share the folder with the generated package %s; choose another folder with --out",
			fset.Position(file.Name.Pos()), clause, packageName)
	}
	for i, names := range []map[string]token.Pos{declared(file), importNames(file)} {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			other, ok := ours.declared[name]
			if i == 0 && !ok {
				other, ok = ours.imported[name]
			}
			if ok {
				return fmt.Errorf("%s: %s also has a meaning in the generated package, in %s; rename it, or choose another folder with --out",
					fset.Position(names[name]), name, other)
			}
		}
	}
	return nil
}

// A nameSet has the names that mean something in a package, and the files in which they do:
// what it declares, with methods as Type.Method, and what its files import.
type nameSet struct{ declared, imported map[string]string }

func namesOf(generate func() ([]generator.File, error)) (*nameSet, error) {
	files, err := generate()
	if err != nil {
		return nil, err
	}
	names := &nameSet{make(map[string]string), make(map[string]string)}
	for _, f := range files {
		if path.Dir(f.Path) != "." {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for name := range declared(file) {
			names.declared[name] = f.Path
		}
		for name := range importNames(file) {
			names.imported[name] = f.Path
		}
	}
	return names, nil
}

// declared returns what a file adds to its package.
func declared(file *ast.File) map[string]token.Pos {
	names := make(map[string]token.Pos)
	for _, d := range file.Decls {
		for _, name := range gosource.Declared(d) {
			if name.Name != "_" && name.Name != "init" {
				names[name.Name] = name.Pos()
			}
		}
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && len(f.Recv.List) == 1 {
			names[gosource.BaseName(f.Recv.List[0].Type)+"."+f.Name.Name] = f.Pos()
		}
	}
	return names
}

// importNames are the names under which a file knows other packages: the package may
// not declare them.
func importNames(file *ast.File) map[string]token.Pos {
	names := make(map[string]token.Pos)
	for _, i := range file.Imports {
		if i.Name != nil {
			names[i.Name.Name] = i.Pos()
		} else if importPath, err := strconv.Unquote(i.Path.Value); err == nil {
			names[path.Base(importPath)] = i.Pos()
		}
	}
	return names
}
