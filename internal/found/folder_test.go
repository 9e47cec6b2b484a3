//go:build unix

package found

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// openers open folders as this system does, and as every system can.
var openers = map[string]func(*os.Root, string) (Folder, error){"system": OpenFolder, "root": openRooted}

// inFolders calls a function with each kind of folder.
func inFolders(t *testing.T, dir string, do func(t *testing.T, open func(string) (Folder, error))) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			do(t, func(name string) (Folder, error) {
				f, err := open(root, name)
				if err == nil {
					t.Cleanup(func() { _ = f.Close() })
				}
				return f, err
			})
		})
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	long := bytes.Repeat([]byte("text\n"), 10_000)
	if err := errors.Join(
		os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755),
		os.WriteFile(filepath.Join(dir, "a", "b", "long"), long, 0o644),
		os.WriteFile(filepath.Join(dir, "a", "b", "empty"), nil, 0o644),
		os.Symlink("long", filepath.Join(dir, "a", "b", "link")),
		os.Symlink("a", filepath.Join(dir, "below")),
	); err != nil {
		t.Fatal(err)
	}
	inFolders(t, dir, func(t *testing.T, open func(string) (Folder, error)) {
		for _, name := range []string{"a/b", "below/b"} {
			b, err := open(name)
			if err != nil {
				t.Fatal(err)
			}
			entries, err := b.List()
			if got := fmt.Sprint(entries); err != nil || got != "[- empty L link - long]" {
				t.Errorf("%s has %s (%v)", name, got, err)
			}
		}
		top, err := open(".")
		if err != nil {
			t.Fatal(err)
		}
		a, err := top.Folder("a")
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		b, err := a.Folder("b")
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		buffer := make([]byte, 0, 2*len(long))
		content, err := b.Read("long", buffer)
		if err != nil || !bytes.Equal(content, long) || &content[0] != &buffer[:1][0] {
			t.Errorf("read %d bytes (%v), or into another buffer", len(content), err)
		}
		if content, err := b.Read("long", []byte("short")); err != nil || !bytes.Equal(content, long) {
			t.Errorf("read %d bytes (%v)", len(content), err)
		}
		if content, err := b.Read("empty", content); err != nil || len(content) > 0 {
			t.Errorf("read %q (%v)", content, err)
		}
		if _, err := b.Read("missing", nil); !errors.Is(err, fs.ErrNotExist) || err.Error() != filepath.Join(dir, "a", "b", "missing")+" does not exist" {
			t.Errorf("error is %v", err)
		}
	})
}

// TestFolderReplaced: a replacement of a listed file or folder is not opened.
func TestFolderReplaced(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	if err := errors.Join(
		os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o644),
		os.Symlink(outside, filepath.Join(dir, "out")),
		os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "link")),
		os.Mkdir(filepath.Join(dir, "folder"), 0o755),
		os.WriteFile(filepath.Join(dir, "file"), nil, 0o644),
		syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644),
		os.WriteFile(filepath.Join(dir, "huge"), nil, 0o644), os.Truncate(filepath.Join(dir, "huge"), 1<<40),
	); err != nil {
		t.Fatal(err)
	}
	inFolders(t, dir, func(t *testing.T, open func(string) (Folder, error)) {
		top, err := open(".")
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"pipe": "is a named pipe", "folder": "is a folder", "huge": "is larger than 256 MiB"} {
			if _, err := top.Read(name, nil); err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, name)+" "+want) {
				t.Errorf("%s: error is %v, want %q", name, err, want)
			}
		}
		if content, err := top.Read("link", nil); err == nil {
			t.Errorf("read %q outside", content)
		}
		for _, name := range []string{"out", "file"} {
			if _, err := top.Folder(name); err == nil {
				t.Errorf("%s is opened", name)
			}
			if _, err := open(name); err == nil {
				t.Errorf("%s is opened in the root", name)
			}
		}
	})
}
