package target

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/internal/gosource"
	"github.com/conngen/conngen/generator/internal/output"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/usage"
)

// CheckPackage refuses a folder in which the files of a package would not build: with
// Go of another package beside them, or with declarations that collide with theirs. It
// refuses the package of another spec too, while that spec exists, and the SDK. files makes the
// package's files, where they are needed. disk says what is known about the folder.
func (f *Finder) CheckPackage(t Target, spec string, disk *generator.Reading, files func() ([]generator.File, error)) error {
	if err := f.checkPlace(t.Dir); err != nil || disk.Settled(".") {
		return err
	}
	other := otherSpec(spec, t.Dir)
	return folder{dir: t.Dir, packageName: t.Package, setting: "out", files: files, taken: func(content []byte) string {
		switch {
		case output.IsSDK(content):
			return "holds the SDK, and cannot hold a package too"
		case other != "":
			return "holds the package of " + other
		}
		return ""
	}}.check()
}

// CheckSDK refuses folders in which the SDK would not build. disk says what is known about
// them.
func (f *Finder) CheckSDK(s SDK, disk *generator.Reading, files func() ([]generator.File, error)) error {
	for _, below := range generator.SDKFolders() {
		in := folder{dir: filepath.Join(s.Dir, filepath.FromSlash(below)), packageName: path.Base(below), setting: "sdk", taken: ofSpec}
		if below == "." {
			in.packageName = generator.SDKFolder
		}
		in.files = func() ([]generator.File, error) {
			all, err := files()
			return filesOf(all, below), err
		}
		settled := disk.Settled(below)
		if settled && below != "." {
			continue
		}
		if _, err := os.Lstat(filepath.Join(in.dir, "go.mod")); err == nil && !settled {
			return usage.Errorf("%s has a go.mod, which puts the SDK into another module than the package; %s", in.dir, elsewhere(in.setting))
		}
		if err := f.checkPlace(in.dir); err != nil {
			return err
		}
		if settled {
			continue
		}
		if err := in.check(); err != nil {
			return err
		}
	}
	return nil
}

// ofSpec says that a file belongs to the package of a spec.
func ofSpec(content []byte) string {
	if source, ok := output.Source(content); ok {
		return "holds a package of " + source + ", and cannot hold the SDK too"
	}
	return ""
}

// elsewhere is the advice to choose another folder, by flag or setting.
func elsewhere(setting string) string {
	return fmt.Sprintf("choose another folder with --%s, or with %q in .conngen.json", setting, setting)
}

// filesOf returns the files of a folder, with relative paths.
func filesOf(files []generator.File, folder string) []generator.File {
	var in []generator.File
	for _, f := range files {
		if path.Dir(f.Path) == folder {
			in = append(in, generator.File{Path: path.Base(f.Path), Content: f.Content})
		}
	}
	return in
}

// checkPlace refuses a folder that is a symbolic link, or is below one in its module: go build
// ./... does not follow it, and its target may belong to someone else.
func (f *Finder) checkPlace(dir string) error {
	m, err := f.moduleOf(dir)
	if err != nil {
		return err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for d := abs; m == nil || f.absolute(d) != m.root; d = filepath.Dir(d) {
		if info, err := os.Lstat(d); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return usage.Errorf("%s is a symbolic link, which go build ./... does not follow; choose the folder that it leads to, or another one", d)
		}
		if m == nil || d == filepath.Dir(d) {
			return nil
		}
	}
	return nil
}

// otherSpec returns the path of the spec named in a folder's package, if it is another one and
// exists.
func otherSpec(spec, dir string) string {
	other := generator.SpecOf(dir)
	if other == "" {
		return ""
	}
	info, err := os.Stat(other)
	if err != nil {
		return ""
	}
	if self, err := os.Stat(spec); err == nil && os.SameFile(self, info) {
		return ""
	}
	return other
}

// A folder is the folder of a Go package.
type folder struct {
	dir, packageName string
	setting          string                            // that names it
	files            func() ([]generator.File, error)  // makes the files
	taken            func(generatedFile []byte) string // why a generated file is not one of them; "" if it may be
}

// check refuses the folder if its Go files conflict with the package that belongs there.
func (f folder) check() error {
	entries, err := os.ReadDir(f.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, syscall.ENOTDIR):
		return usage.Errorf("%s is not a folder; choose another one", f.dir)
	case err != nil:
		return err
	}
	ours := sync.OnceValues(func() (*nameSet, error) { return namesOf(f.files) })
	for _, entry := range entries {
		if entry.IsDir() || path.Ext(entry.Name()) != ".go" {
			continue
		}
		content, err := found.ReadFile(filepath.Join(f.dir, entry.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // a dangling link
		case err != nil:
			if names, failed := ours(); failed != nil || !names.files[entry.Name()] {
				return errors.Join(failed, err)
			}
			// The comparison reports anything in the place of our files.
		case !output.IsGenerated(content):
			if err := f.checkFile(entry.Name(), content, ours); err != nil {
				return err
			}
		default:
			if why := f.taken(content); why != "" {
				return usage.Errorf("%s %s; %s", f.dir, why, elsewhere(f.setting))
			}
		}
	}
	return nil
}

// checkFile refuses a hand-written file of another package, and one whose declarations
// collide with ours. One in place of ours is reported by the code that writes or compares
// them.
func (f folder) checkFile(base string, content []byte, names func() (*nameSet, error)) error {
	ours, err := names()
	if err != nil || ours.files[base] {
		return err
	}
	fset := token.NewFileSet()
	name := filepath.Join(f.dir, base)
	file, err := parser.ParseFile(fset, name, content, parser.SkipObjectResolution|parser.ParseComments)
	if file == nil || file.Name == nil || gosource.IsIgnored(file) {
		return nil // Go reports broken files itself, and better
	}
	isTest := gosource.IsTest(base)
	switch clause := file.Name.Name; {
	case clause == f.packageName && err == nil:
	case clause == f.packageName, clause == "", clause == "_":
		return nil
	case isTest && clause == f.packageName+"_test":
		return nil
	default:
		if built, err := gosource.IsFor(name, content); err != nil || !built {
			return err
		}
		return usage.Errorf("%s: package %s cannot share the folder with the generated package %s; %s",
			fset.Position(file.Name.Pos()), clause, f.packageName, elsewhere(f.setting))
	}
	imported := importNames(file)
	for _, names := range []map[string]token.Pos{declared(file), imported} {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if where := ours.meaning(name, names[name] == imported[name]); where != "" {
				return usage.Errorf("%s: %s %s of the generated package; rename it, or %s", fset.Position(names[name]), name, where, elsewhere(f.setting))
			}
		}
	}
	return nil
}

// A nameSet holds the names that have a meaning in a package, and their files.
type nameSet struct {
	files    map[string]bool
	declared map[string]string // with methods and fields as Type.Name
	imported map[string]string // names of imports
	builtin  map[string]string // predeclared names, where they are used
}

// meaning says what a name that an author's file declares or imports already means; "" if
// it is free.
func (n *nameSet) meaning(name string, isImport bool) string {
	if file, ok := n.declared[name]; ok {
		return "is declared in " + file
	}
	if file, ok := n.imported[name]; ok && !isImport {
		return "is the name of an import in " + file
	}
	if file, ok := n.builtin[name]; ok && !isImport {
		return "would no longer be Go's own in " + file
	}
	return ""
}

func namesOf(generate func() ([]generator.File, error)) (*nameSet, error) {
	files, err := generate()
	if err != nil {
		return nil, err
	}
	names := &nameSet{make(map[string]bool), make(map[string]string), make(map[string]string), make(map[string]string)}
	for _, f := range files {
		if path.Dir(f.Path) != "." {
			continue
		}
		names.files[f.Path] = true
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
		ast.Inspect(file, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok && types.Universe.Lookup(name.Name) != nil {
				names.builtin[name.Name] = f.Path
			}
			return true
		})
	}
	return names, nil
}

// declared returns the declarations that a file adds to its package.
func declared(file *ast.File) map[string]token.Pos {
	names := make(map[string]token.Pos)
	for _, d := range file.Decls {
		for _, name := range gosource.Declared(d) {
			if name.Name != "_" && name.Name != "init" {
				names[name.Name] = name.Pos()
			}
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil && len(d.Recv.List) == 1 {
				names[gosource.BaseName(d.Recv.List[0].Type)+"."+d.Name.Name] = d.Pos()
			}
		case *ast.GenDecl:
			addFields(names, d)
		}
	}
	return names
}

// addFields adds the fields of structs: methods cannot have their names.
func addFields(names map[string]token.Pos, d *ast.GenDecl) {
	for _, s := range d.Specs {
		spec, ok := s.(*ast.TypeSpec)
		if !ok {
			continue
		}
		structType, ok := spec.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range structType.Fields.List {
			for _, name := range f.Names {
				names[spec.Name.Name+"."+name.Name] = name.Pos()
			}
			if len(f.Names) == 0 {
				names[spec.Name.Name+"."+gosource.BaseName(f.Type)] = f.Pos()
			}
		}
	}
}

// importNames are a file's names for other packages: the package may not declare them.
func importNames(file *ast.File) map[string]token.Pos {
	names := make(map[string]token.Pos)
	for _, i := range file.Imports {
		names[gosource.ImportName(i)] = i.Pos()
	}
	return names
}
