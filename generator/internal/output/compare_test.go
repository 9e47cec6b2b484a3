package output

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadLazily: results for many files are in order, each with its own content, although several
// goroutines reuse memory.
func TestReadLazily(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files []Recipe
	var written, refused []string
	for i := range 10 * filesPerWorker {
		f := generated(fmt.Sprintf("%d/%03d.go", i%3, i), strconv.Itoa(i))
		files = append(files, Recipe{File: File{Path: f.Path}, Make: func(to []byte) []byte { return append(to, f.Content...) }})
		switch i % 4 {
		case 0: // is missing
			written = append(written, f.Path)
		case 1:
			put(t, dir, generated(f.Path, "old"))
			written = append(written, f.Path)
		case 2:
			put(t, dir, f)
		case 3:
			put(t, dir, File{f.Path, []byte("package mine\n")})
			refused = append(refused, f.Path)
		}
	}
	r, err := ReadLazily(dir, files)
	if err != nil {
		t.Fatal(err)
	}
	var changed, foreign []string
	for i, f := range r.changed {
		changed = append(changed, f.Path)
		if n := slices.IndexFunc(files, func(r Recipe) bool { return r.Path == f.Path }); string(f.Content) != string(files[n].Make(nil)) {
			t.Errorf("%s has the content of another file", f.Path)
		}
		if isNew := r.old[i] == nil; isNew == (string(r.old[i]) == string(generated(f.Path, "old").Content)) {
			t.Errorf("%s was %q", f.Path, r.old[i])
		}
	}
	for _, f := range r.foreign {
		foreign = append(foreign, f.path)
	}
	if diff := cmp.Diff([][]string{written, refused}, [][]string{changed, foreign}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
