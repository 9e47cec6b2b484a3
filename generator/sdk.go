package generator

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"sync"

	"github.com/conngen/conngen/generator/internal/output"
	"github.com/conngen/conngen/templates"
)

// SDK returns the files of the connector SDK, sub-packages included, for a folder that
// has an import path. They are its sources with a header, and the path in the imports of
// one another. Their contents must not be changed: calls share them.
func SDK(importPath string) ([]File, error) {
	sources, err := sdkSources()
	if err != nil {
		return nil, err
	}
	size := 0
	for _, f := range sources {
		size += f.sizeFor(importPath)
	}
	all := make([]byte, 0, size)
	files := make([]File, len(sources))
	for i, f := range sources {
		files[i] = File{Path: f.Path, Content: f.Content}
		if len(f.imports) > 0 {
			from := len(all)
			all = f.appendFor(all, importPath)
			files[i].Content = all[from:len(all):len(all)]
		}
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

// An sdkSource is a file of the SDK as it is here, with its header.
type sdkSource struct {
	File
	imports []int // offsets of [templates.SDKPath] in it
}

// sizeFor returns how much [sdkSource.appendFor] appends.
func (s sdkSource) sizeFor(importPath string) int {
	if len(s.imports) == 0 {
		return 0
	}
	return len(s.Content) + len(s.imports)*(len(importPath)-len(templates.SDKPath))
}

// appendFor appends the content of the file with another path in its imports.
func (s sdkSource) appendFor(to []byte, importPath string) []byte {
	done := 0
	for _, at := range s.imports {
		to = append(append(to, s.Content[done:at]...), importPath...)
		done = at + len(templates.SDKPath)
	}
	return append(to, s.Content[done:]...)
}

// sdkSources returns the sources of the SDK.
var sdkSources = sync.OnceValues(func() ([]sdkSource, error) {
	var names []string
	size := 0
	err := fs.WalkDir(templates.SDK(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		names, size = append(names, name), size+len(sdkHead)+int(info.Size())
		return nil
	})
	all := make([]byte, 0, size)
	files := make([]sdkSource, len(names))
	for i, name := range names {
		from := len(all)
		if all, err = appendFile(append(all, sdkHead...), name); err != nil {
			return nil, err
		}
		files[i] = sdkSource{File: File{Path: name, Content: all[from:len(all):len(all)]}}
		files[i].imports = importsIn(files[i].Content)
	}
	return files, err
})

// sdkHead is what the files of the SDK begin with on disk.
const sdkHead = output.SDKHeader + "\n\n"

// appendFile appends a source of the SDK to a buffer that has room for it.
func appendFile(to []byte, name string) ([]byte, error) {
	f, err := templates.SDK().Open(name)
	if err != nil {
		return to, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return to, err
	}
	from := len(to)
	to = slices.Grow(to, int(info.Size()))[:from+int(info.Size())]
	_, err = io.ReadFull(f, to[from:])
	return to, err
}

// importsIn returns the offsets of the SDK's import path in a source.
func importsIn(source []byte) []int {
	var offsets []int
	quoted := []byte(`"` + templates.SDKPath)
	for from := 0; ; {
		at := bytes.Index(source[from:], quoted)
		if at < 0 {
			return offsets
		}
		offsets = append(offsets, from+at+1)
		from += at + len(quoted)
	}
}
