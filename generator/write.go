package generator

import (
	"context"

	"github.com/conngen/conngen/generator/internal/output"
)

// SDKFolder is the folder, below that of a package, in which an SDK of its own is.
const SDKFolder = "sdk"

// A Batch brings the files of packages and SDKs to disk: all of them, or none. It writes
// them into staging folders, and renames them once all are there. Its zero value is ready
// to use.
//
// Files that have their content already, line ends apart, are left untouched. What
// conngen has not written is never overwritten, and nothing outside the folders is touched.
type Batch struct{ batch output.Batch }

// A Writing is what a batch does to a folder, by paths that are relative to it.
type Writing = output.Writing

// Package stages the files of a package for its folder, which it makes where there is
// none. Generated files of the folder that are not among files will be removed, as will
// an SDK of its own, unless hasSDK says that it belongs there. What killed runs have left
// is removed at once.
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

// Commit puts what is staged in place and removes what is stale. When that fails midway,
// what is done is taken back. A commit that has begun is not interrupted.
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

// A Workspace is where one run makes what goes into a folder: a place for files that come
// and go before. Close removes it.
type Workspace = output.Workspace

// NewWorkspace returns a workspace for a folder, which it makes where there is none. What
// killed runs have left in the folder is removed.
func NewWorkspace(dir string) (*Workspace, error) { return output.NewWorkspace(dir) }

// ReplaceFile gives a file of the user's another content, or makes one where old is nil. It
// refuses a file whose content is no longer old, unless it is the new one already. When it returns without an error, the disk
// has the new content; when it is interrupted, all of the old.
//
// It goes through symbolic links, and keeps the permissions and the owner, the latter as
// far as the system allows. A read-only file is refused. Other hard links to the file keep
// the old content.
func ReplaceFile(ctx context.Context, name string, old, content []byte) error {
	return output.ReplaceFile(ctx, name, old, content)
}

// WriteNew writes the files of a new project into the folder dir, which must be new or
// empty. When that fails or is interrupted, dir is as it was; when it is killed, the next
// one begins where there was nothing.
func WriteNew(ctx context.Context, dir string, files []File) error {
	return output.WriteNew(ctx, dir, files)
}
