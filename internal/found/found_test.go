//go:build unix

package found_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/conngen/conngen/internal/found"
)

// makers create things that are not files in place of one.
var makers = map[string]struct {
	make func(name string) error
	want string
}{
	"pipe":           {func(name string) error { return syscall.Mkfifo(name, 0o644) }, "is a named pipe, not a file; move it away"},
	"folder":         {func(name string) error { return os.Mkdir(name, 0o755) }, "is a folder, not a file"},
	"device":         {func(name string) error { return os.Symlink("/dev/zero", name) }, "is a device, not a file"},
	"link to a pipe": {linkToPipe, "is a named pipe, not a file"},
	"socket":         {listen, "is a socket, not a file"},
	"huge":           {makeHuge, "is larger than 256 MiB"},
}

func linkToPipe(name string) error {
	return errors.Join(syscall.Mkfifo(name+".pipe", 0o644), os.Symlink(filepath.Base(name)+".pipe", name))
}

func listen(name string) error {
	l, err := net.Listen("unix", name)
	if err == nil {
		l.(*net.UnixListener).SetUnlinkOnClose(false)
		err = l.Close()
	}
	return err
}

func makeHuge(name string) error {
	return errors.Join(os.WriteFile(name, nil, 0o644), os.Truncate(name, 1<<40))
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for what, m := range makers {
		dir, err := os.MkdirTemp("", "found") // the path of a socket must be short
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		name := filepath.Join(dir, "x")
		if err := m.make(name); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		_, err = found.ReadFile(name)
		_, inErr := found.ReadIn(root, "x")
		for how, err := range map[string]error{"by its path": err, "in a root": inErr} {
			var refused *found.Error
			leavesRoot := what == "device" && how == "in a root"
			if err == nil || !leavesRoot && (!errors.As(err, &refused) || !strings.HasPrefix(err.Error(), name+" "+m.want)) {
				t.Errorf("%s %s: error is %v, want %q", what, how, err, m.want)
			}
		}
	}
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "sub", "file")
	want := bytes.Repeat([]byte("text\n"), 10_000)
	if err := errors.Join(os.Mkdir(filepath.Dir(name), 0o755), os.WriteFile(name, want, 0o644), os.Symlink(filepath.Join("sub", "file"), filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, below := range []string{"sub/file", "link"} {
		got, err := found.ReadFile(filepath.Join(dir, below))
		in, inErr := found.ReadIn(root, below)
		if errors.Join(err, inErr) != nil || !bytes.Equal(got, want) || !bytes.Equal(in, want) {
			t.Errorf("%s: read %d and %d bytes, %v, %v", below, len(got), len(in), err, inErr)
		}
	}
	_, err = found.ReadFile(filepath.Join(dir, "missing"))
	if !errors.Is(err, fs.ErrNotExist) || err.Error() != filepath.Join(dir, "missing")+" does not exist" {
		t.Errorf("error is %v", err)
	}
	file := filepath.Join(dir, "sub", "file")
	for _, below := range []string{file + "/x", file + "/x/y"} {
		_, err = found.ReadFile(below)
		if !errors.Is(err, fs.ErrNotExist) || err.Error() != file+" is a file, not a folder" {
			t.Errorf("%s: error is %v", below, err)
		}
	}
}

// TestBuildContext: Go's own rules do not block on a pipe either.
func TestBuildContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := errors.Join(syscall.Mkfifo(filepath.Join(dir, "pipe.go"), 0o644), os.WriteFile(filepath.Join(dir, "a.go"), []byte("package a\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if built, err := found.BuildContext().MatchFile(dir, "a.go"); err != nil || !built {
		t.Errorf("a.go is built: %v, %v", built, err)
	}
	var refused *found.Error
	if _, err := found.BuildContext().MatchFile(dir, "pipe.go"); !errors.As(err, &refused) {
		t.Errorf("error is %v", err)
	}
}

// TestSwapped: a pipe that replaces a file after the check is opened without waiting for a writer,
// and then refused.
func TestSwapped(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "x")
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				_ = errors.Join(os.WriteFile(name+".new", []byte("text"), 0o644), os.Rename(name+".new", name))
				_ = errors.Join(syscall.Mkfifo(name+".new", 0o644), os.Rename(name+".new", name))
			}
		}
	}()
	for range 1000 {
		f, err := found.Open(name)
		if err != nil {
			continue
		}
		if text, err := io.ReadAll(f); string(text) != "text" {
			t.Errorf("read %q, %v", text, err)
		}
		f.Close()
	}
	close(stop)
	<-done
}

func TestCheckInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	if err := os.MkdirAll(filepath.Join(root, "a", ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(root, ".git"), 0o755), os.Mkdir(filepath.Join(dir, "rooted"), 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"root/file", "root/.git/config", "outside", "rooted/file"} {
		if err := os.WriteFile(filepath.Join(dir, file), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for target, want := range map[string]string{
		"../file":           "",
		"../../root/file":   "",
		"../../outside":     "leads out of the repository, to DIR/outside; put a file in its place, or move it away",
		"../../rooted/file": "leads out of the repository",
		"../.git/config":    "leads out of the repository",
		"/etc/hosts":        "leads out of the repository, to /etc/hosts",
		"../missing":        "does not exist",
		"link":              "is a symbolic link that cannot be followed",
	} {
		link := filepath.Join(root, "a", "link")
		_ = os.Remove(link)
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		err := found.CheckInside(link, root, "repository")
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), strings.ReplaceAll(want, "DIR", dir)) {
			t.Errorf("%s: error is %v, want %q", target, err, want)
		}
	}
	if err := errors.Join(found.CheckInside(filepath.Join(root, "file"), root, "repository"), found.CheckInside(filepath.Join(root, "missing"), root, "repository")); err != nil {
		t.Error(err)
	}
}
