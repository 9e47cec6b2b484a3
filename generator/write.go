package generator

import (
	"context"

	"github.com/conngen/conngen/generator/internal/output"
)

// SDKFolder is the folder, below that of a package, in which an SDK of its own is.
const SDKFolder = "sdk"

// A Batch writes the files of packages and SDKs to disk: all of them, or none. It writes them into
// staging folders, and renames them once all are written. Its zero value is ready to use.
//
// Files that have their content already, line ends apart, are left untouched. What
// conngen has not written is never overwritten, and nothing outside the folders is touched.
type Batch struct{ batch output.Batch }

// A Writing is what a batch does to a folder, by paths that are relative to it.
type Writing = output.Writing

// Package stages the files of a package for its folder, which it makes where there is
// none. Generated files of the folder that are not among files will be removed, as will
// an SDK of its own, unless hasSDK says that it belongs there. Package removes what killed runs have
// left at once.
func (b *Batch) Package(ctx context.Context, dir string, files []File, hasSDK bool) (Writing, error) {
	return b.batch.Stage(ctx, dir, files, packageFolders(hasSDK)...)
}

// SDK is [Batch.Package] for the files of the SDK, whose folders are cleared of its stale
// files, but not of those of other SDKs below.
func (b *Batch) SDK(ctx context.Context, dir string, files []File) (Writing, error) {
	return b.batch.Stage(ctx, dir, files, sdkFolders(".")...)
}

// packageFolders are where stale files of a package are looked for.
func packageFolders(hasSDK bool) []output.Folder {
	folders := []output.Folder{{Path: "."}}
	if !hasSDK {
		folders = append(folders, sdkFolders(SDKFolder)...)
	}
	return folders
}

// Commit is [output.Batch.Commit].
func (b *Batch) Commit(ctx context.Context) error { return b.batch.Commit(ctx) }

// Discard removes what is staged and not committed, so that all is as it was.
func (b *Batch) Discard() { b.batch.Discard() }

// sdkFolders are where stale files of an SDK in a folder are looked for: everywhere below,
// but for the SDKs of others.
func sdkFolders(dir string) []output.Folder {
	return []output.Folder{{Path: dir, Mark: sdkMark, SDK: true}}
}

// sdkMark is a file that is in the folder of every SDK, and in none of those below.
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
