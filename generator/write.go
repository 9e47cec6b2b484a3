package generator

import (
	"path"
	"slices"

	"github.com/conngen/conngen/generator/internal/output"
)

// SDKFolder is the folder, below that of a package, in which an SDK of its own is.
const SDKFolder = "sdk"

// Write brings the files of a package into its folder, which it makes where there is
// none, and returns the paths that it has written and removed, relative to the folder.
//
// Files that have their content already, line ends apart, are left untouched. Generated
// files of the folder that are not among files are removed, as is an SDK of its own,
// unless hasSDK says that it belongs there. What conngen has not written is never
// overwritten, nothing outside the folder is touched, and when something fails before
// all is on disk, the folder is as it was.
func Write(dir string, files []File, hasSDK bool) (written, removed []string, err error) {
	return output.Write(dir, files, packageFolders(hasSDK)...)
}

// WriteWithSDK is [Write] for a package with an SDK of its own: both change, or neither.
func WriteWithSDK(dir string, files, sdk []File) (written, removed []string, err error) {
	all := slices.Clone(files)
	for _, f := range sdk {
		all = append(all, File{Path: path.Join(SDKFolder, f.Path), Content: f.Content})
	}
	return output.Write(dir, all, packageFolders(false)...)
}

// packageFolders are where stale files of a package are looked for.
func packageFolders(hasSDK bool) []output.Folder {
	folders := []output.Folder{{Path: "."}}
	if !hasSDK {
		folders = append(folders, output.Folder{Path: SDKFolder, Below: true, SDK: true})
	}
	return folders
}

// WriteSDK is [Write] for the files of the SDK. own says that the folder is in that of a
// package; in others, only the folders that the SDK has are cleared of stale files, since
// those below may be of packages that have an SDK of their own.
func WriteSDK(dir string, files []File, own bool) (written, removed []string, err error) {
	return output.Write(dir, files, sdkFolders(files, own)...)
}

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
