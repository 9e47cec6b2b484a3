package generator

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/conngen/conngen/generator/internal/output"
	"github.com/conngen/conngen/templates"
)

// SDK returns the files of the connector SDK, sub-packages included, for a folder that
// has an import path. They are its sources with a header, and the path in the imports of
// one another.
func SDK(importPath string) ([]File, error) {
	sources, err := sdkSources()
	if err != nil {
		return nil, err
	}
	files := make([]File, len(sources))
	for i, f := range sources {
		files[i] = File{Path: f.Path, Content: bytes.ReplaceAll(f.Content, []byte(`"`+templates.SDKPath), []byte(`"`+importPath))}
	}
	return files, nil
}

// SDKFolders returns the folders of the SDK's files, with slashes; "." is its own.
func SDKFolders() []string {
	sources, err := sdkSources()
	if err != nil {
		panic(err) // they are in the program
	}
	var folders []string
	for _, f := range sources {
		if dir := path.Dir(f.Path); !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	return folders
}

// sdkSources returns the sources of the SDK with their header, but for the tests.
var sdkSources = sync.OnceValues(func() ([]File, error) {
	var files []File
	err := fs.WalkDir(templates.SDK(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(templates.SDK(), name)
		if err == nil {
			files = append(files, File{Path: name, Content: append([]byte(output.SDKHeader+"\n\n"), text...)})
		}
		return err
	})
	return files, err
})
