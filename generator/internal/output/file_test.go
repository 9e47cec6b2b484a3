package output

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReplaceFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "sub", "mine.go")
	var old []byte
	for _, text := range []string{"package a\n", "package b\n", "package b\n"} {
		if err := ReplaceFile(t.Context(), name, old, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"./": "", "mine.go": text}, tree(t, filepath.Dir(name))); diff != "" {
			t.Error(diff)
		}
		old = []byte(text)
	}
	// A run that read an older content, or none, fails, unless it writes the same.
	for _, old := range [][]byte{nil, []byte("package a\n")} {
		if err := ReplaceFile(t.Context(), name, old, []byte("package c\n")); err == nil || !strings.HasSuffix(err.Error(), "mine.go changed while conngen read it; try again") {
			t.Errorf("old content %q: %v", old, err)
		}
		if err := ReplaceFile(t.Context(), name, old, []byte("package b\n")); err != nil {
			t.Error(err)
		}
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := ReplaceFile(t.Context(), name, old, []byte("package c\n")); err == nil {
		t.Error("a file that was removed is made again")
	}
}

// TestReplaceFileLeftovers: leftovers of a killed run are removed even if there is nothing to
// replace.
func TestReplaceFileLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := []byte("package a\n")
	put(t, dir, File{"mine.go", text})
	before := tree(t, dir)
	var killed Batch
	if _, err := stageFiles(t.Context(), &killed, dir, []File{generated("one.go", "1")}, here); err != nil {
		t.Fatal(err)
	}
	killed.kill(t)
	if err := ReplaceFile(t.Context(), filepath.Join(dir, "mine.go"), text, text); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// TestReplaceFileKeeps: permissions and links stay, and only a writable regular file is replaced.
func TestReplaceFileKeeps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, content := []byte("package a\n"), []byte("package b\n")
	put(t, dir, File{"real/mine.go", old}, File{"readonly.go", old})
	mine := filepath.Join(dir, "real", "mine.go")
	for name, to := range map[string]string{"link.go": filepath.Join("real", "mine.go"), "dangling.go": "nowhere.go"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	if err := errors.Join(os.Chmod(mine, 0o640), os.Chmod(filepath.Join(dir, "readonly.go"), 0o444)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"real":        "real is a folder, not a file",
		"readonly.go": "readonly.go is read-only; make it writable first",
		"dangling.go": "dangling.go is a symbolic link to nowhere.go, which does not exist; remove the link or create the file",
	} {
		if err := ReplaceFile(t.Context(), filepath.Join(dir, name), old, content); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s gives %v, want %q", name, err, want)
		}
	}
	if err := ReplaceFile(t.Context(), filepath.Join(dir, "link.go"), old, content); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(mine); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode is %v (%v)", info.Mode(), err)
	}
	if info, err := os.Lstat(filepath.Join(dir, "link.go")); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link has gone: %v (%v)", info.Mode(), err)
	}
	if got, err := os.ReadFile(mine); err != nil || string(got) != string(content) {
		t.Errorf("there is %q (%v)", got, err)
	}
}

// TestReplaceFileFails: an existing file stays, whatever goes wrong and wherever it is
// interrupted.
func TestReplaceFileFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := []byte("package a\n")
	put(t, dir, File{"mine.go", old})
	before := tree(t, dir)
	errBad := errors.New("bad")
	for name, f := range map[string]faults{
		"full disk": {write: func(f *os.File, b []byte) (int, error) { _, _ = f.Write(b[:1]); return 1, errBad }},
		"rename":    {step: func(string) error { return errBad }},
	} {
		r := replacement{name: filepath.Join(dir, "mine.go"), old: old, content: []byte("package b\n"), faults: f}
		if err := r.do(t.Context()); !errors.Is(err, errBad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := ReplaceFile(interrupted(t), filepath.Join(dir, "mine.go"), old, []byte("package b\n")); !errors.Is(err, errInterrupted) {
		t.Errorf("interrupted: %v", err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestWorkspace(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir := filepath.Join(parent, "dist")
	w, err := NewWorkspace(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.Path(), "large"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if diff := cmp.Diff(map[string]string{"./": ""}, tree(t, parent)); diff != "" {
		t.Errorf("a workspace that was not used leaves something: %s", diff)
	}
	for _, text := range []string{"one", "two"} {
		w, err := NewWorkspace(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteFile("x.zip", []byte(text)); err != nil {
			t.Error(err)
		}
		w.Close()
		if diff := cmp.Diff(map[string]string{"./": "", "x.zip": text}, tree(t, dir)); diff != "" {
			t.Error(diff)
		}
	}
	if w, err = NewWorkspace(parent); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.WriteFile("dist", nil); err == nil || !strings.HasSuffix(err.Error(), "dist is a folder, not a file") {
		t.Errorf("a folder gives %v", err)
	}
}
