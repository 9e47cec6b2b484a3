package generator

import (
	"context"
	"slices"

	"github.com/conngen/conngen/generator/internal/output"
)

// SDKFolder is the folder below a package's for its own SDK.
const SDKFolder = "sdk"

// A Batch writes the files of packages and SDKs to disk: all of them, or none. It writes them into
// staging folders, and renames them once all are written. Its zero value is ready to use.
//
// Files that have their content already, line ends apart, are left untouched. Files that
// conngen did not write are never overwritten, and nothing outside the folders is touched.
type Batch struct{ batch output.Batch }

// A Writing lists what a batch changes in a folder, with paths relative to it.
type Writing = output.Writing

// Stage stages the changes that bring the folder of a reading up to date. It creates the folder if
// needed, and does nothing if nothing differs. Generated files that no longer belong there will be
// removed. Leftovers of killed runs are removed at once.
func (b *Batch) Stage(ctx context.Context, r *Reading) (Writing, error) {
	return b.batch.Stage(ctx, r.disk)
}

// Commit is [output.Batch.Commit].
func (b *Batch) Commit(ctx context.Context) error { return b.batch.Commit(ctx) }

// Discard removes everything staged and not committed.
func (b *Batch) Discard() { b.batch.Discard() }

// A Reading is how the folder of a package, or that of an SDK, differs from its files. It keeps
// only the files that differ.
type Reading struct {
	dir    string
	disk   *output.Reading
	paths  []string
	source []byte // spec.go of a package, if it differs
	isSDK  bool
}

// ReadPackage reads the folder of a package, which need not exist.
func ReadPackage(dir string, files []File) (*Reading, error) {
	disk, err := output.Read(dir, files, output.Folder{Path: "."})
	if err != nil {
		return nil, err
	}
	r := &Reading{dir: dir, disk: disk, paths: make([]string, len(files))}
	for i, f := range files {
		r.paths[i] = f.Path
	}
	if r.Differs() {
		r.source = specSource(files)
	}
	return r, nil
}

// ReadSDK reads the folder of an SDK with an import path. The folder need not exist. Other SDKs
// below it are not part of it.
func ReadSDK(dir, importPath string) (*Reading, error) {
	recipes := sdkRecipes(importPath)
	disk, err := output.ReadLazily(dir, recipes, sdkFolders(".")...)
	if err != nil {
		return nil, err
	}
	return &Reading{dir: dir, disk: disk, paths: sdkLayout().paths, isSDK: true}, nil
}

// WithoutSDK marks the files of an SDK below the package as stale: the package uses another one.
func (r *Reading) WithoutSDK() error { return r.disk.AddStale(sdkFolders(SDKFolder)...) }

// Differs reports whether any file differs.
func (r *Reading) Differs() bool { return r.disk.Differs() }

// Paths returns the relative paths of the files that belong in the folder, in order.
func (r *Reading) Paths() []string { return slices.Clone(r.paths) }

// Files returns the number of files that belong in the folder.
func (r *Reading) Files() int { return len(r.paths) }

// Settled is [output.Reading.Settled]. A nil Reading knows of no folder.
func (r *Reading) Settled(dir string) bool { return r != nil && r.disk.Settled(dir) }

// sdkFolders are where stale files of an SDK in a folder are looked for: everywhere below,
// except for the SDKs of others.
func sdkFolders(dir string) []output.Folder {
	return []output.Folder{{Path: dir, Mark: sdkMark, SDK: true}}
}

// sdkMark is a file in the main folder of every SDK, and in none of its subfolders.
const sdkMark = "version.go"

// A Workspace is an [output.Workspace].
type Workspace = output.Workspace

// NewWorkspace is [output.NewWorkspace].
func NewWorkspace(dir string) (*Workspace, error) { return output.NewWorkspace(dir) }

// RemoveLeftovers is [output.RemoveLeftovers].
func RemoveLeftovers(dir string) { output.RemoveLeftovers(dir) }

// ReplaceFile is [output.ReplaceFile].
func ReplaceFile(ctx context.Context, name string, old, content []byte) error {
	return output.ReplaceFile(ctx, name, old, content)
}

// UndoNew is [output.UndoNew].
func UndoNew(dir string) error { return output.UndoNew(dir) }

// WriteNew is [output.WriteNew].
func WriteNew(ctx context.Context, dir string, files []File) error {
	return output.WriteNew(ctx, dir, files)
}
