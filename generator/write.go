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
// an SDK of its own, unless hasSDK says that it belongs there. What killed runs have left is
// removed at once.
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

// Commit puts the staged files in place and removes the stale ones. When it fails midway, it undoes
// what it has done. Once begun, it does not stop when ctx ends.
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

// A Workspace is a temporary folder in which one run prepares the files of another folder. Close
// removes it.
type Workspace = output.Workspace

// NewWorkspace returns a workspace for a folder, and makes the folder if needed. It removes what
// killed runs have left in the folder.
func NewWorkspace(dir string) (*Workspace, error) { return output.NewWorkspace(dir) }

// ReplaceFile replaces the content old of a user's file, or creates the file if old is nil. It
// refuses a file whose content is no longer old, unless it is already the new one. When it returns
// without an error, the new content is on disk; when it is interrupted, all of the old content is.
// It also removes what killed runs have left in the file's folder, even if there is nothing to
// replace.
//
// It follows symbolic links, and keeps the permissions and, as far as the system allows, the owner.
// It refuses a read-only file. Other hard links to the file keep the old content.
func ReplaceFile(ctx context.Context, name string, old, content []byte) error {
	return output.ReplaceFile(ctx, name, old, content)
}

// WriteNew writes the files of a new project into the folder dir, which must be new or empty. When
// it fails or is interrupted, dir is as it was. When it is killed, the next call first removes what
// it left.
func WriteNew(ctx context.Context, dir string, files []File) error {
	return output.WriteNew(ctx, dir, files)
}
