package output

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// generated is a file generated from a spec, and sdk one of the SDK.
func generated(path, text string) File {
	return File{Path: path, Content: []byte(Header("spec.json") + "\n\npackage x\n\n// " + text + "\n")}
}

func sdk(path, text string) File {
	return File{Path: path, Content: []byte(SDKHeader + "\n\npackage sdk\n\n// " + text + "\n")}
}

func put(t *testing.T, dir string, files ...File) {
	t.Helper()
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// write stages files and puts them in place.
func write(t *testing.T, b *Batch, dir string, files []File, stale ...Folder) (written, removed []string, err error) {
	defer b.Discard()
	change, err := stageFiles(t.Context(), b, dir, files, stale...)
	if err != nil {
		return nil, nil, err
	}
	return change.Written, change.Removed, b.Commit(t.Context())
}

// stageFiles stages the files that a folder lacks.
func stageFiles(ctx context.Context, b *Batch, dir string, files []File, stale ...Folder) (Writing, error) {
	r, err := Read(dir, files, stale...)
	if err != nil {
		return Writing{}, err
	}
	return b.Stage(ctx, r)
}

// compare returns how a folder differs from files.
func compare(dir string, files []File, stale ...Folder) ([]Difference, error) {
	r, err := Read(dir, files, stale...)
	if err != nil {
		return nil, err
	}
	return r.Differences(), nil
}

// tree reads the files below a folder. Folders have a trailing slash.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if entry.IsDir() {
			files[filepath.ToSlash(rel)+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(path)
		files[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// here is the folder of the files itself.
var here = Folder{Path: "."}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	written, removed, err := write(t, new(Batch), dir, []File{generated("one.go", "1"), generated("two.go", "2")}, here)
	if err != nil || len(written) != 2 || len(removed) != 0 {
		t.Fatalf("wrote %v, removed %v, %v", written, removed, err)
	}
	// The user's own files: one in a folder below, one of an SDK, and one whose line ends git
	// converted.
	mine := []File{
		{"mine.go", []byte("package x\n")},
		{"below/old.go", []byte(Header("") + "\n")},
		{"notes.txt", []byte(Header("") + "\n")},
		sdk("sdk.go", "0"),
	}
	crlf := strings.ReplaceAll(string(generated("one.go", "1").Content), "\n", "\r\n")
	put(t, dir, append(mine, File{"one.go", []byte(crlf)})...)
	old := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, "one.go"), old, old); err != nil {
		t.Fatal(err)
	}
	written, removed, err = write(t, new(Batch), dir, []File{generated("one.go", "1"), generated("three.go", "3")}, here)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"three.go"}, {"two.go"}}, [][]string{written, removed}); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{"./": "", "below/": "", "one.go": crlf, "three.go": string(generated("", "3").Content)}
	for _, f := range mine {
		want[f.Path] = string(f.Content)
	}
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
	if info, err := os.Stat(filepath.Join(dir, "one.go")); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("the unchanged file was touched: %v, %v", info.ModTime(), err)
	}
}

// TestWriteStaleSDK: clearing an SDK's folder removes its own files and no others; those of SDKs
// below stay. Folders that become empty are removed.
func TestWriteStaleSDK(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{"", "version.go"} {
		dir := t.TempDir()
		kept := []File{
			{"sdk/mine.go", []byte("package sdk\n")},
			generated("sdk/generated.go", "of a spec"),
			sdk("sdk/readme.md", "no Go"),
			sdk("sdk/other/sdk/version.go", "of another SDK"),
			sdk("sdk/other/sdk/rest/one.go", "of another SDK"),
		}
		stale := []File{sdk("sdk/old.go", "0"), sdk("sdk/rest/old.go", "0"), sdk("sdk/rest/deep/old.go", "0")}
		put(t, dir, append(kept, stale...)...)
		_, removed, err := write(t, new(Batch), dir, nil, Folder{Path: "sdk", Mark: mark, SDK: true}, Folder{Path: "missing", Mark: mark, SDK: true})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"./": "", "sdk/": "", "sdk/other/": "", "sdk/other/sdk/": "", "sdk/other/sdk/rest/": ""}
		for _, f := range kept {
			want[f.Path] = string(f.Content)
		}
		if mark == "" {
			for _, f := range stale[1:] {
				want[f.Path] = string(f.Content)
			}
			want["sdk/rest/"], want["sdk/rest/deep/"] = "", ""
		}
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" || len(removed) == 0 {
			t.Errorf("removed %v: %s", removed, diff)
		}
	}
}

// TestWriteFails: after any failure, the folder is unchanged.
func TestWriteFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(t *testing.T, dir string)
		want    string
	}{
		"foreign file": {func(t *testing.T, dir string) { put(t, dir, File{"two.go", []byte("package mine\n")}) }, "two.go: was not generated by conngen; move it away"},
		"folder in the way": {func(t *testing.T, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, "two.go"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, "two.go: is a folder, not a file"},
		"link out of the folder": {func(t *testing.T, dir string) {
			put(t, filepath.Dir(dir), generated("outside.go", "0"))
			if err := os.Symlink(filepath.Join(filepath.Dir(dir), "outside.go"), filepath.Join(dir, "two.go")); err != nil {
				t.Skip(err)
			}
		}, "two.go: is a symbolic link, which conngen does not write through"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			dir := filepath.Join(parent, "out")
			put(t, dir, generated("one.go", "0"), generated("stale.go", "0"))
			c.prepare(t, dir)
			before := tree(t, parent)
			files := []File{generated("one.go", "1"), generated("two.go", "2"), generated("new/three.go", "3")}
			_, _, err := write(t, new(Batch), dir, files, here)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q", err, c.want)
			}
			if diff := cmp.Diff(before, tree(t, parent)); diff != "" {
				t.Errorf("the folder has changed: %s", diff)
			}
			found, err := compare(dir, files, here)
			if err != nil || len(found) != 4 || found[3].Kind != Foreign || !strings.HasPrefix(c.want, "two.go: "+found[3].Why) {
				t.Errorf("Compare gives %v, %v", found, err)
			}
		})
	}
}

// TestWriteFullDisk: a disk that fills up half-way changes nothing, even in a new folder.
func TestWriteFullDisk(t *testing.T) {
	t.Parallel()
	errFull := errors.New("no space left on device")
	for _, existing := range []bool{false, true} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "new", "out")
		if existing {
			put(t, dir, generated("one.go", "0"), generated("stale.go", "0"))
		}
		before := tree(t, parent)
		n := 0
		full := &Batch{faults: faults{write: func(f *os.File, b []byte) (int, error) {
			if n++; n > 2 {
				_, _ = f.Write(b[:1])
				return 1, errFull
			}
			return f.Write(b)
		}}}
		files := []File{generated("one.go", "1"), generated("sdk/a/two.go", "2"), generated("three.go", "3")}
		if _, _, err := write(t, full, dir, files, here); !errors.Is(err, errFull) {
			t.Errorf("error is %v", err)
		}
		if diff := cmp.Diff(before, tree(t, parent)); diff != "" {
			t.Errorf("the folder has changed: %s", diff)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	same, changed := generated("same.go", "0"), generated("changed.go", "0")
	put(t, dir, changed, same, generated("stale.go", "0"))
	now := generated("changed.go", "1")
	found, err := compare(dir, []File{now, generated("missing.go", "1"), same}, here)
	if err != nil {
		t.Fatal(err)
	}
	want := []Difference{
		{Path: "changed.go", Kind: Changed, Old: changed.Content, New: now.Content},
		{Path: "missing.go", Kind: Missing, New: generated("", "1").Content},
		{Path: "stale.go", Kind: Stale},
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	found, err = compare(filepath.Join(dir, "nowhere"), []File{same}, here)
	if diff := cmp.Diff([]Difference{{Path: "same.go", Kind: Missing, New: same.Content}}, found); err != nil || diff != "" {
		t.Errorf("a folder that does not exist: %v, %s", err, diff)
	}
}

func TestWriteNew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := []File{{"a.txt", []byte("a")}, {"sub/b.txt", []byte("b")}}
	if err := WriteNew(t.Context(), dir, files); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"./": "", "a.txt": "a", "sub/": "", "sub/b.txt": "b"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
	if err := WriteNew(t.Context(), dir, files); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("a folder with files gives %v", err)
	}
	// One name is both a file and a folder, so the second file cannot be created.
	parent := t.TempDir()
	before := tree(t, parent)
	if err := WriteNew(t.Context(), filepath.Join(parent, "x", "y"), []File{{"a", nil}, {"b/c", nil}, {"b", nil}}); err == nil {
		t.Error("a file with the name of a folder is written")
	}
	if diff := cmp.Diff(before, tree(t, parent)); diff != "" {
		t.Errorf("the folder has changed: %s", diff)
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		content, source           string
		fromSpec, isGenerated, is bool
	}{
		{Header("a b.json") + "\n\npackage x\n", "a b.json", true, true, false},
		{Header("spec.json") + "\r\n", "spec.json", true, true, false},
		{Header(""), StandardInput, true, true, false},
		{SDKHeader + "\n", "", false, true, true},
		{"// Code generated by protoc. DO NOT EDIT.\n", "", false, false, false},
		{"// Code generated by conngen from x.json.\n", "x.json.", false, false, false},
		{"package x\n\n" + SDKHeader + "\n", "", false, false, false},
		{"", "", false, false, false},
	} {
		source, ok := Source([]byte(c.content))
		if source != c.source || ok != c.fromSpec || IsGenerated([]byte(c.content)) != c.isGenerated || IsSDK([]byte(c.content)) != c.is {
			t.Errorf("%q: source %q, %v", c.content, source, ok)
		}
	}
}

// TestBatch: if one of several folders cannot be written, none is, and a dangling link stays.
func TestBatch(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	put(t, filepath.Join(parent, "b"), File{"one.go", []byte("package mine\n")})
	if err := os.Symlink("nowhere", filepath.Join(parent, "c")); err != nil {
		t.Fatal(err)
	}
	before := tree(t, filepath.Join(parent, "b"))
	for _, bad := range []string{"b", "c"} {
		var b Batch
		if _, err := stageFiles(t.Context(), &b, filepath.Join(parent, "a"), []File{generated("sdk/one.go", "1")}, here); err != nil {
			t.Fatal(err)
		}
		if _, err := stageFiles(t.Context(), &b, filepath.Join(parent, bad), []File{generated("one.go", "1")}, here); err == nil {
			t.Errorf("%s is written", bad)
		}
		b.Discard()
		if _, err := os.Stat(filepath.Join(parent, "a")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after a refusal of %s, folder a is there: %v", bad, err)
		}
	}
	if diff := cmp.Diff(before, tree(t, filepath.Join(parent, "b"))); diff != "" {
		t.Error(diff)
	}
	if _, err := os.Lstat(filepath.Join(parent, "c")); err != nil {
		t.Error(err)
	}
}

// TestSettled: a folder is settled while its only Go files are the expected ones, unmodified.
func TestSettled(t *testing.T) {
	t.Parallel()
	files := []File{generated("one.go", "1"), generated("below/two.go", "2"), generated("below/three.go", "3")}
	for name, c := range map[string]struct {
		put    []File
		remove string
		want   map[string]bool
	}{
		"up to date":      {want: map[string]bool{".": true, "below": true}},
		"other files":     {put: []File{{"notes.txt", nil}, {"below/x.go/y.txt", nil}}, want: map[string]bool{".": true, "below": true}},
		"line ends":       {put: []File{{"one.go", bytes.ReplaceAll(files[0].Content, []byte("\n"), []byte("\r\n"))}}, want: map[string]bool{".": true, "below": true}},
		"missing":         {remove: "below/two.go", want: map[string]bool{".": true, "below": true}},
		"changed":         {put: []File{generated("below/two.go", "0")}, want: map[string]bool{".": true}},
		"same size":       {put: []File{generated("below/two.go", "3")}, want: map[string]bool{".": true}},
		"hand-written":    {put: []File{{"mine.go", []byte("package x\n")}}, want: map[string]bool{"below": true}},
		"stale":           {put: []File{generated("old.go", "0")}, want: map[string]bool{"below": true}},
		"another module":  {put: []File{{"below/go.mod", nil}}, want: map[string]bool{".": true}},
		"no folder below": {remove: "below", want: map[string]bool{".": true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put(t, dir, append(slices.Clone(files), c.put...)...)
			if c.remove != "" {
				if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(c.remove))); err != nil {
					t.Fatal(err)
				}
			}
			r, err := Read(dir, files, here)
			if err != nil {
				t.Fatal(err)
			}
			for _, folder := range []string{".", "below", "elsewhere"} {
				if got := r.Settled(folder); got != c.want[folder] {
					t.Errorf("%s is settled: %v", folder, got)
				}
			}
		})
	}
}

// BenchmarkRead compares a folder with files that are all up to date.
func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	var files []File
	for i := range 150 {
		files = append(files, generated(fmt.Sprintf("below%d/%d.go", i%10, i), strings.Repeat("text", 1000)))
	}
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, f.Content, 0o644)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := Read(dir, files, here); err != nil || r.Differs() {
			b.Fatal(err)
		}
	}
}
