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

// SDK returns the files of the connector SDK and its sub-packages, for a folder with an import
// path. They are its sources with a header, and with that path in their imports of each other.
func SDK(importPath string) []File {
	recipes := sdkRecipes(importPath)
	files := make([]File, len(recipes))
	for i, r := range recipes {
		files[i] = File{Path: r.Path, Content: r.Make(nil)}
	}
	return files
}

// SDKFolders returns the folders of the SDK's files, with slashes; "." is its own.
func SDKFolders() []string { return slices.Clone(sdkLayout().folders) }

// sdkLayout returns the paths of the SDK's sources, in order.
var sdkLayout = sync.OnceValue(func() (layout struct{ paths, folders []string }) {
	err := fs.WalkDir(templates.SDK(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		layout.paths = append(layout.paths, name)
		if dir := path.Dir(name); !slices.Contains(layout.folders, dir) {
			layout.folders = append(layout.folders, dir)
		}
		return nil
	})
	if err != nil {
		panic(err) // they are embedded
	}
	return layout
})

// sdkRecipes returns the files of [SDK] without their contents: most runs find them on disk and
// compare them one by one.
func sdkRecipes(importPath string) []output.Recipe {
	sdk, paths := templates.SDK(), sdkLayout().paths
	recipes := make([]output.Recipe, len(paths))
	for i, name := range paths {
		recipes[i].Path = name
		recipes[i].Make = func(to []byte) []byte {
			from := len(to)
			to = appendFile(append(to, output.SDKHeader+"\n\n"...), sdk, name)
			return replaceImports(to, from, importPath)
		}
	}
	return recipes
}

// appendFile appends an embedded file.
func appendFile(to []byte, files fs.FS, name string) []byte {
	f, err := files.Open(name)
	if err != nil {
		panic(err) // it is embedded
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		panic(err) // as above
	}
	from := len(to)
	to = slices.Grow(to, int(info.Size()))[:from+int(info.Size())]
	if _, err := io.ReadFull(f, to[from:]); err != nil {
		panic(err) // as above
	}
	return to
}

// replaceImports changes the SDK's path in the imports of a source, which begins at an offset.
func replaceImports(text []byte, from int, importPath string) []byte {
	quoted, path := []byte(`"`+templates.SDKPath), []byte(`"`+importPath)
	for {
		at := bytes.Index(text[from:], quoted)
		if at < 0 {
			return text
		}
		text = slices.Replace(text, from+at, from+at+len(quoted), path...)
		from += at + len(path)
	}
}
