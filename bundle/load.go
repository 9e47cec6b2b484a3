package bundle

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/gosyntax"
	"github.com/conngen/conngen/internal/lazyregexp"
)

// A loadError is the go command's error about a package that it cannot load.
type loadError struct {
	Pos, Err string // Pos is relative to the folder of the command, and may be empty
}

// Messages of the go command about packages.
var (
	noFiles      = lazyregexp.New(`^(?:.*: )?no (?:non-test )?Go files in `)
	excluded     = lazyregexp.New(`^(?:.*: )?build constraints exclude all Go files in `)
	manyPackages = lazyregexp.New(`^found packages (\S+) \((.*?)\) and (\S+) \((.*?)\) in `)
	notRequired  = lazyregexp.New(`^no required module provides package ([^\s;]+)`)
	notStandard  = lazyregexp.New(`^package (\S+) is not in std`)
	outside      = lazyregexp.New(`^directory .* outside main module or its selected dependencies`)
)

// loadErrors says in plain words why a program cannot be loaded. Packages come after their imports,
// so the last one is the program's.
func loadErrors(dir, pkg string, packages []*goPackage) error {
	if len(packages) > 0 {
		if reason := packages[len(packages)-1].unlike(); reason != "" {
			return &NotProgramError{folderOf(dir, pkg), reason}
		}
	}
	var syntax, others []error
	for _, p := range packages {
		if p.Error == nil {
			continue
		}
		if err := p.syntaxError(); err != nil {
			syntax = append(syntax, err)
		} else {
			others = append(others, p.explain(dir))
		}
	}
	if len(syntax) > 0 { // others may result from it
		return errors.Join(syntax...)
	}
	return errors.Join(others...)
}

// unlike says why a folder is not that of a program, or "" if it may be.
func (p *goPackage) unlike() string {
	if p.Error == nil {
		if len(p.GoFiles) == 0 {
			return "has no Go files except tests"
		}
		return ""
	}
	text := p.Error.Err
	switch found := manyPackages().FindStringSubmatch(text); {
	case found != nil:
		return fmt.Sprintf("has files of two packages, %s (%s) and %s (%s)", found[1], found[2], found[3], found[4])
	case noFiles().MatchString(text):
		return "has no Go files"
	case excluded().MatchString(text):
		return "has no Go files for " + platform
	case outside().MatchString(text):
		return "is outside the connector's module"
	}
	return ""
}

// platform is the target of the program.
const platform = "GOOS=js GOARCH=wasm"

// explain says why the package cannot be loaded.
func (p *goPackage) explain(dir string) error {
	text := strings.ReplaceAll(p.Error.Err, "\n\t", " ")
	switch {
	case notRequired().MatchString(text):
		name := notRequired().FindStringSubmatch(text)[1]
		text = fmt.Sprintf("go.mod requires no module that has package %s; run go get %s", name, name)
	case notStandard().MatchString(text):
		text = fmt.Sprintf("package %s is neither in the standard library nor in a module of go.mod; correct the import", notStandard().FindStringSubmatch(text)[1])
	case excluded().MatchString(text):
		text = "it has no Go files for " + platform
	}
	at := p.Error.Pos
	switch {
	case at == "":
		at = "package " + p.ImportPath
	case !filepath.IsAbs(at):
		at = filepath.Join(dir, at)
	}
	err := fmt.Errorf("%s: %s", at, text)
	if excluded().MatchString(p.Error.Err) {
		return &PlatformError{err}
	}
	return err
}

// syntaxError returns the first syntax error in the header of a file of the package, or nil if there
// is none.
func (p *goPackage) syntaxError() error {
	if p.Dir == "" {
		return nil
	}
	entries, _ := os.ReadDir(p.Dir) // the go command has read it
	for _, entry := range entries {
		name := filepath.Join(p.Dir, entry.Name())
		if entry.IsDir() || filepath.Ext(name) != ".go" || strings.IndexAny(entry.Name(), "_.") == 0 {
			continue
		}
		text, err := found.ReadFile(name)
		if err != nil {
			continue
		}
		if err := gosyntax.CheckHeader(found.Shown(name), text); err != nil {
			return err
		}
	}
	return nil
}
