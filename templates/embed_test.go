package templates

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFiles: the program has the sources of the SDK, all of them, without their tests.
func TestFiles(t *testing.T) {
	t.Parallel()
	onDisk := goFiles(t, os.DirFS("sdk"))
	var want []string
	for _, name := range onDisk {
		if !strings.HasSuffix(name, "_test.go") {
			want = append(want, name)
		}
	}
	if len(want) == len(onDisk) {
		t.Error("the SDK has no tests to leave out")
	}
	if diff := cmp.Diff(want, goFiles(t, SDK())); diff != "" {
		t.Errorf("files of the SDK; add a pattern to the go:embed of templates.go (-want +embedded):\n%s", diff)
	}
}

// goFiles returns the Go files of a tree, except for those in testdata.
func goFiles(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case strings.HasSuffix(name, ".go"):
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
