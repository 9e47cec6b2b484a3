package target

import (
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/usage"
	"github.com/conngen/conngen/templates"
)

// A goModule is a Go module on disk.
type goModule struct {
	finder    *Finder
	root      string // its folder, absolute
	path      string
	goVersion string   // of its go line, "" if it has none
	ignored   []string // folders that ./... skips
	tools     []string // import paths of the programs for go tool
}

func (f *Finder) readModule(root string, text []byte) (*goModule, error) {
	name := filepath.Join(root, "go.mod")
	file, err := modfile.ParseLax(name, text, nil)
	if err != nil {
		return nil, unparsed(name, err)
	}
	if file.Module == nil {
		return nil, fmt.Errorf("%s names no module; a line such as module example.com/hr does", found.Shown(name))
	}
	if err := checkImportPath("the module of "+found.Shown(name), file.Module.Mod.Path); err != nil {
		return nil, err
	}
	m := &goModule{finder: f, root: root, path: file.Module.Mod.Path, tools: toolsOf(file.Syntax)}
	if file.Go != nil {
		m.goVersion = file.Go.Version
	}
	for _, i := range file.Ignore {
		m.ignored = append(m.ignored, i.Path)
	}
	return m, nil
}

// unparsed describes the error in a go.mod or go.work that Go cannot read.
func unparsed(name string, err error) error {
	var list modfile.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return err
	}
	at, first := found.Shown(name), list[0]
	if first.Pos.Line > 0 {
		at += fmt.Sprintf(":%d", first.Pos.Line)
	}
	text := strings.ReplaceAll(first.Err.Error(), name, found.Shown(name))
	if usage, ok := strings.CutPrefix(text, "usage: "); ok {
		return fmt.Errorf("%s: the line should read %s", at, usage)
	}
	return fmt.Errorf("%s: Go does not understand it: %s", at, text)
}

// outside is the error for a folder outside the module. setting names the folder, as a flag and as
// a setting.
func (m *goModule) outside(dir, setting string) error {
	return usage.Errorf("folder %s is outside the module %s; %s", dir, m.path, elsewhere(setting))
}

// holds refuses a folder for the SDK that is in no module, or in another one.
func (m *goModule) holds(dir string) error {
	other, err := m.finder.moduleOf(dir)
	if err != nil || other != nil && other.root == m.root {
		return err
	}
	return m.outside(dir, "sdk")
}

// importPath returns the import path of a folder of the module. It refuses folders that
// Go's tools do not see.
func (m *goModule) importPath(dir string) (string, error) {
	below, err := m.finder.relative(m.root, dir)
	if err != nil {
		return "", err
	}
	below = filepath.ToSlash(below)
	for element := range strings.SplitSeq(below, "/") {
		switch {
		case element == "testdata", element == "vendor", element != "." && strings.HasPrefix(element, "."), strings.HasPrefix(element, "_"):
			return "", usage.Errorf("folder %s cannot be used: go build ./... does not see what is in %q", dir, element)
		}
	}
	for _, pattern := range m.ignored {
		if ignores(pattern, below) {
			return "", usage.Errorf("folder %s cannot be used: go.mod tells Go to ignore %q", dir, pattern)
		}
	}
	importPath := path.Join(m.path, below)
	return importPath, checkAsked("folder "+dir, importPath)
}

// ignores reports whether an ignore directive of go.mod covers a folder: paths with ./ are relative
// to the module, others match anywhere.
func ignores(pattern, below string) bool {
	if rooted, ok := strings.CutPrefix(pattern, "./"); ok {
		return strings.HasPrefix(below+"/", strings.Trim(rooted, "/")+"/")
	}
	return strings.Contains("/"+below+"/", "/"+strings.Trim(pattern, "/")+"/")
}

// provides refuses an import path of the module without a package, and one that Go could not find
// elsewhere: it downloads no module whose path begins without a dot.
func (m *goModule) provides(importPath string) error {
	below, ok := strings.CutPrefix(importPath+"/", m.path+"/")
	if !ok {
		first, _, _ := strings.Cut(importPath, "/")
		if _, known := ModulesOf(m.root).Folder(importPath); known || strings.Contains(first, ".") {
			return nil
		}
		return usage.Errorf("the SDK %q is an import path that Go cannot find, since go.mod has no such module; a folder for conngen to write begins with ./ or ../, as in ./%s", importPath, importPath)
	}
	dir := filepath.Join(m.root, filepath.FromSlash(below))
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), ".go") }) {
		return usage.Errorf("the SDK %s is a package of this module, and %s has no Go files; a folder for conngen to write begins with ./ or ../", importPath, found.Shown(dir))
	}
	return nil
}

// checkGo refuses a module whose Go version is too old for the generated code.
func (m *goModule) checkGo() error {
	says := "says go " + m.goVersion
	switch {
	case m.goVersion == "":
		says = "has no go line, which means go 1.16"
	case version.Compare("go"+m.goVersion, "go"+templates.GoVersion) >= 0:
		return nil
	}
	return fmt.Errorf("%s %s, and the generated code needs go %s: run go get go@%s, or go mod edit -go=%s",
		found.Shown(filepath.Join(m.root, "go.mod")), says, templates.GoVersion, templates.GoVersion, templates.GoVersion)
}
