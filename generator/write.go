package generator

import (
	"path"
	"slices"

	"github.com/conngen/conngen/generator/internal/output"
)

// SDKFolder is the folder, below that of a package, in which an SDK of its own is.
const SDKFolder = "sdk"

// A Batch brings the files of packages and SDKs to disk: all of them, or none. It writes
// them under other names, and renames them once all are there. Its zero value is ready to
// use.
//
// Files that have their content already, line ends apart, are left untouched. What
// conngen has not written is never overwritten, and nothing outside the folders is touched.
type Batch struct{ batch output.Batch }

// A Writing is what a batch does to a folder, by paths that are relative to it.
type Writing = output.Writing

// Package stages the files of a package for its folder, which it makes where there is
// none. Generated files of the folder that are not among files will be removed, as will
// an SDK of its own, unless hasSDK says that it belongs there.
func (b *Batch) Package(dir string, files []File, hasSDK bool) (Writing, error) {
	return b.batch.Stage(dir, files, packageFolders(hasSDK)...)
}

// SDK is [Batch.Package] for the files of the SDK. own says that the folder is in that of
// a package; in others, only the folders that the SDK has are cleared of stale files,
// since those below may be of packages that have an SDK of their own.
func (b *Batch) SDK(dir string, files []File, own bool) (Writing, error) {
	return b.batch.Stage(dir, files, sdkFolders(files, own)...)
}

// packageFolders are where stale files of a package are looked for.
func packageFolders(hasSDK bool) []output.Folder {
	folders := []output.Folder{{Path: "."}}
	if !hasSDK {
		folders = append(folders, output.Folder{Path: SDKFolder, Below: true, SDK: true})
	}
	return folders
}

// Commit puts what is staged in place and removes what is stale.
func (b *Batch) Commit() error { return b.batch.Commit() }

// Discard removes what is staged and not committed, so that all is as it was.
func (b *Batch) Discard() { b.batch.Discard() }

func sdkFolders(files []File, own bool) []output.Folder {
	folders := []output.Folder{{Path: ".", Below: own, SDK: true}}
	for _, f := range files {
		folder := output.Folder{Path: path.Dir(f.Path), SDK: true}
		if !own && folder.Path != "." && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// WriteFile brings one file to disk, regardless of who has written what is there, and
// makes its folder. When it fails, all is as it was.
func WriteFile(name string, content []byte) error { return output.WriteFile(name, content) }

// WriteNew writes the files of a new project into the folder dir, which must be new or
// empty. When that fails, dir is as it was.
func WriteNew(dir string, files []File) error { return output.WriteNew(dir, files) }
