package generator

import "github.com/conngen/conngen/generator/internal/output"

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

// SDK is [Batch.Package] for the files of the SDK, whose folders are cleared of its stale
// files, but not of those of other SDKs below.
func (b *Batch) SDK(dir string, files []File) (Writing, error) {
	return b.batch.Stage(dir, files, sdkFolders(".")...)
}

// packageFolders are where stale files of a package are looked for.
func packageFolders(hasSDK bool) []output.Folder {
	folders := []output.Folder{{Path: "."}}
	if !hasSDK {
		folders = append(folders, sdkFolders(SDKFolder)...)
	}
	return folders
}

// Commit puts what is staged in place and removes what is stale.
func (b *Batch) Commit() error { return b.batch.Commit() }

// Discard removes what is staged and not committed, so that all is as it was.
func (b *Batch) Discard() { b.batch.Discard() }

// sdkFolders are where stale files of an SDK in a folder are looked for: everywhere below,
// but for the SDKs of others.
func sdkFolders(dir string) []output.Folder {
	return []output.Folder{{Path: dir, Mark: sdkMark, SDK: true}}
}

// sdkMark is a file that is in the folder of every SDK, and in none of those below.
const sdkMark = "version.go"

// WriteFile brings one file to disk, regardless of who wrote what is there, and
// makes its folder. When it fails, all is as it was.
func WriteFile(name string, content []byte) error { return output.WriteFile(name, content) }

// WriteNew writes the files of a new project into the folder dir, which must be new or
// empty. When that fails, dir is as it was.
func WriteNew(dir string, files []File) error { return output.WriteNew(dir, files) }
