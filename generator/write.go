package generator

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Write brings files into the output folder dir, which it makes where there is
// none, and returns the paths that it has written and removed, relative to dir.
//
// Files that have their content already, line ends apart, are left untouched.
// Generated files of dir itself that are not among files are removed. Whatever
// lacks [Header] is never overwritten, nothing outside dir is touched, and when
// something fails before all is on disk, dir is as it was.
func Write(dir string, files []File) (written, removed []string, err error) {
	return writer{write: (*os.File).Write}.run(dir, files)
}

// WriteFile brings one file to disk, whoever has written what is there, and makes
// its folder. When it fails, all is as it was.
func WriteFile(name string, content []byte) error {
	return inDir(filepath.Dir(name), func(root *os.Root) error {
		return writer{write: (*os.File).Write}.replace(root, []File{{filepath.Base(name), content}})
	})
}

// A writer writes through a function, so that tests can fill the disk.
type writer struct {
	write func(*os.File, []byte) (int, error)
}

func (w writer) run(dir string, files []File) (written, removed []string, err error) {
	err = inDir(dir, func(root *os.Root) error {
		state, err := compare(root, files)
		if err != nil {
			return err
		}
		if f := state.foreign; len(f) > 0 {
			return fmt.Errorf("%s: %s; move it away or choose another folder with --out", filepath.Join(dir, f[0].path), f[0].why)
		}
		if err := w.replace(root, state.changed); err != nil {
			return err
		}
		for _, f := range state.changed {
			written = append(written, f.Path)
		}
		for _, p := range state.stale {
			if err := root.Remove(p); err != nil {
				return err
			}
			removed = append(removed, p)
		}
		return nil
	})
	return written, removed, err
}

// inDir works in a folder, which it makes with its parents. When the work fails,
// it removes those of them that were not there.
func inDir(dir string, work func(*os.Root) error) (err error) {
	var missing []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, fs.ErrNotExist) || d == filepath.Dir(d) {
			break
		}
		missing = append(missing, d)
	}
	defer func() {
		if err != nil {
			for _, d := range missing {
				_ = os.Remove(d) // fails where something else has put files there meanwhile
			}
		}
	}()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return work(root)
}

// replace puts the files in place once all of them are on disk under another name.
func (w writer) replace(root *os.Root, files []File) (err error) {
	var staged []string
	defer func() {
		for _, p := range staged {
			_ = root.Remove(p) // renamed ones are gone
		}
	}()
	for _, f := range files {
		temporary := fmt.Sprintf("%s.conngen-%d", f.Path, os.Getpid()) // two conngens may be at work here
		staged = append(staged, temporary)
		if err := w.create(root, temporary, f.Content); err != nil {
			return err
		}
	}
	for i, f := range files {
		if err := root.Rename(staged[i], f.Path); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) create(root *os.Root, name string, content []byte) error {
	if d := path.Dir(name); d != "." {
		if err := root.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = w.write(f, content)
	return errors.Join(err, f.Close())
}

// A diskState is how an output folder differs from the files that belong there.
type diskState struct {
	changed []File    // missing or with another content
	old     [][]byte  // contents of changed on disk, nil for missing ones
	stale   []string  // generated files that do not belong there any more
	foreign []foreign // in the way of a file
}

// A foreign is something that conngen has not written.
type foreign struct{ path, why string }

func compare(root *os.Root, files []File) (diskState, error) {
	var state diskState
	for _, f := range files {
		if err := state.add(root, f); err != nil {
			return state, err
		}
	}
	stale, err := staleFiles(root, files)
	state.stale = stale
	return state, err
}

func (s *diskState) add(root *os.Root, f File) error {
	info, err := root.Lstat(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.changed, s.old = append(s.changed, f), append(s.old, nil)
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		s.foreign = append(s.foreign, foreign{f.Path, "is a symbolic link, which conngen does not write through"})
		return nil
	case !info.Mode().IsRegular():
		s.foreign = append(s.foreign, foreign{f.Path, "is not a file"})
		return nil
	}
	content, err := root.ReadFile(f.Path)
	if err != nil {
		return err
	}
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	switch {
	case bytes.Equal(content, f.Content):
	case !isGenerated(content):
		s.foreign = append(s.foreign, foreign{f.Path, "was not generated by conngen"})
	default:
		s.changed, s.old = append(s.changed, f), append(s.old, content)
	}
	return nil
}

// staleFiles returns the generated Go files of the folder that are not among files.
func staleFiles(root *os.Root, files []File) ([]string, error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var stale []string
	for _, e := range entries {
		name := e.Name()
		belongs := slices.ContainsFunc(files, func(f File) bool { return f.Path == name })
		if belongs || !e.Type().IsRegular() || !strings.HasSuffix(name, ".go") {
			continue
		}
		content, err := root.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if isGenerated(content) {
			stale = append(stale, name)
		}
	}
	return stale, nil
}

// isGenerated reports whether a file begins with [Header].
func isGenerated(content []byte) bool {
	line, _, _ := bytes.Cut(content, []byte("\n"))
	return string(bytes.TrimRight(line, "\r")) == Header
}
