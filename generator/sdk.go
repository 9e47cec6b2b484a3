package generator

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"strings"
	"sync"

	"github.com/conngen/conngen/templates"
)

// sdkSource is one source file of the SDK.
type sdkSource struct {
	name string
	text []byte
}

// sdkSources returns the sources that go into generated packages: all but the
// tests and doc.go, whose package comment is the SDK's own.
var sdkSources = sync.OnceValues(func() ([]sdkSource, error) {
	names, err := fs.Glob(templates.SDK(), "*.go")
	if err != nil {
		return nil, err
	}
	var sources []sdkSource
	for _, name := range names {
		if name == "doc.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := fs.ReadFile(templates.SDK(), name)
		if err != nil {
			return nil, err
		}
		sources = append(sources, sdkSource{name, text})
	}
	return sources, nil
})

// sdkIdentifiers returns what the SDK declares at package level: generated code
// in the same package cannot use these names. They are the same with a shared
// SDK, so that sharing it renames nothing.
var sdkIdentifiers = sync.OnceValues(func() ([]string, error) {
	sources, err := sdkSources()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), s.name, s.text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("the SDK: %w", err)
		}
		for _, d := range file.Decls {
			names = append(names, declared(d)...)
		}
	}
	return names, nil
})

// declared returns the package-level identifiers that a declaration adds.
func declared(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names = append(names, n.Name)
				}
			}
		}
		return names
	}
	return nil
}

var packageClause = regexp.MustCompile(`(?m)^package sdk$`)

// sdkFiles returns the SDK as files of the package.
func sdkFiles(packageName string) ([]File, error) {
	sources, err := sdkSources()
	if err != nil {
		return nil, err
	}
	files := make([]File, len(sources))
	for i, s := range sources {
		clause := []byte("package " + packageName)
		text := packageClause.ReplaceAllLiteral(s.text, clause)
		files[i] = File{
			Path:    "sdk_" + s.name,
			Content: bytes.Join([][]byte{[]byte(Header), text}, []byte("\n\n")),
		}
	}
	return files, nil
}
