//go:build unix

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

const (
	version = "1.2.3"
	schema  = `{"type": "object"}`
)

// A made is a release: a repository and goreleaser's output for it. Tests change it.
type made struct {
	t          *testing.T
	root, dist string
	commit     string
	date       time.Time
	program    string            // for this machine
	files      map[string]string // of each archive
	mode       int64
	owner      string
	platforms  []string
}

// newMade returns a release without faults.
func newMade(t *testing.T) *made {
	m := &made{t: t, root: t.TempDir(), dist: t.TempDir(), mode: 0o644, owner: "root"}
	m.write(m.root, ".goreleaser.yaml", "builds:\n  - goos: ["+runtime.GOOS+", windows]\n    goarch: ["+runtime.GOARCH+"]\n"+
		"archives:\n  - files:\n      - src: README.md\n      - src: man/*.1\n        dst: man/man1\nchecksum:\n  name_template: sums.txt\n")
	m.write(m.root, "README.md", "read me")
	m.write(m.root, "man/a.1", "manual")
	m.write(m.root, schemaFile, schema)
	m.git("init", "-q")
	m.git("add", ".")
	m.git("commit", "-q", "-m", "first")
	m.commit = m.git("rev-parse", "HEAD")
	var err error
	if m.date, err = time.Parse(time.RFC3339, m.git("log", "-1", "--format=%cI")); err != nil {
		t.Fatal(err)
	}
	m.program = m.printing("v"+version, m.commit, schema)
	m.files = map[string]string{"README.md": "read me", "man/man1/a.1": "manual"}
	m.platforms = []string{runtime.GOOS + "/" + runtime.GOARCH, "windows/" + runtime.GOARCH}
	return m
}

// printing is a program that prints its version.
func (m *made) printing(version, commit, schema string) string {
	return fmt.Sprintf("#!/bin/sh\ncase $1 in\nversion) echo '{\"conngenVersion\":%q,\"commit\":%q,\"platform\":%q}' ;;\nschema) printf %%s '%s' ;;\nesac\n",
		version, commit, runtime.GOOS+"/"+runtime.GOARCH, schema)
}

func (m *made) git(args ...string) string {
	m.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", m.root, "-c", "user.name=Tester", "-c", "user.email=tester@example.com"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (m *made) write(dir, name, text string) {
	m.t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func (m *made) writeJSON(name string, v any) {
	m.t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		m.t.Fatal(err)
	}
	m.write(m.dist, name, string(text))
}

// release writes the archives and their lists.
func (m *made) release() {
	artifacts := []artifact{{Name: "conngen", Type: "Binary"}}
	var sums strings.Builder
	for _, platform := range m.platforms {
		a := artifact{Type: "Archive"}
		a.Goos, a.Goarch, _ = strings.Cut(platform, "/")
		a.Extra.Binaries = []string{"conngen"}
		a.Name = "conngen_" + a.Goos + "_" + a.Goarch + ".tar.gz"
		pack := m.tar
		if a.Goos == "windows" {
			a.Name = strings.Replace(a.Name, ".tar.gz", ".zip", 1)
			a.Extra.Binaries[0] += ".exe"
			pack = m.zip
		}
		content := pack(a.Extra.Binaries[0])
		m.write(m.dist, a.Name, string(content))
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(content), a.Name)
		artifacts = append(artifacts, a)
	}
	m.write(m.dist, "sums.txt", sums.String())
	m.writeJSON("artifacts.json", artifacts)
	m.writeJSON("metadata.json", metadata{Version: version, Tag: "v" + version, Commit: m.commit})
}

func (m *made) tar(program string) []byte {
	var b bytes.Buffer
	compressed := gzip.NewWriter(&b)
	w := tar.NewWriter(compressed)
	add := func(name, text string, mode int64) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(text)), Uname: m.owner, ModTime: m.date}); err != nil {
			m.t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			m.t.Fatal(err)
		}
	}
	for name, text := range m.files {
		add(name, text, m.mode)
	}
	add(program, m.program, 0o755)
	if err := w.Close(); err != nil {
		m.t.Fatal(err)
	}
	if err := compressed.Close(); err != nil {
		m.t.Fatal(err)
	}
	return b.Bytes()
}

func (m *made) zip(program string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	add := func(name, text string, mode os.FileMode) {
		header := &zip.FileHeader{Name: name, Modified: m.date}
		header.SetMode(mode)
		f, err := w.CreateHeader(header)
		if err != nil {
			m.t.Fatal(err)
		}
		if _, err := io.WriteString(f, text); err != nil {
			m.t.Fatal(err)
		}
	}
	for name, text := range m.files {
		add(name, text, os.FileMode(m.mode))
	}
	add(program, m.program, 0o755)
	if err := w.Close(); err != nil {
		m.t.Fatal(err)
	}
	return b.Bytes()
}

// TestCheck: a release passes, or the check names its fault.
func TestCheck(t *testing.T) {
	t.Parallel()
	here := runtime.GOOS + "/" + runtime.GOARCH
	for name, c := range map[string]struct {
		before func(m *made) // before the archives are made
		after  func(m *made)
		want   string // "" for no fault
	}{
		"right": {},
		"a snapshot": {
			before: func(m *made) { m.program = m.printing("v1.2.4-0.20260102030405-0123456789ab", m.commit, schema) },
			after: func(m *made) {
				m.writeJSON("metadata.json", metadata{Version: version + "-SNAPSHOT", Tag: "v" + version, Commit: m.commit})
			},
		},
		"a platform lacks": {before: func(m *made) { m.platforms = m.platforms[1:] }, want: "there are 0 archives for " + here},
		"another platform": {
			before: func(m *made) { m.platforms = append(m.platforms, "plan9/arm") },
			want:   "there is an archive for plan9/arm, which .goreleaser.yaml does not list",
		},
		"a file lacks":    {before: func(m *made) { delete(m.files, "man/man1/a.1") }, want: "man/man1/a.1 is missing"},
		"a file too many": {before: func(m *made) { m.files["secret"] = "x" }, want: "secret does not belong there"},
		"an old file":     {before: func(m *made) { m.files["README.md"] = "old" }, want: "README.md differs from the file on disk"},
		"no files":        {before: func(m *made) { m.must(os.RemoveAll(filepath.Join(m.root, "man"))) }, want: "man/*.1: no such files"},
		"no program":      {before: func(m *made) { m.program = "" }, want: "conngen is empty"},
		"another time":    {before: func(m *made) { m.date = m.date.Add(time.Hour) }, want: "README.md has the time "},
		"another mode":    {before: func(m *made) { m.mode = 0o600 }, want: `README.md has mode -rw------- and owner "root", want -rw-r--r-- and root`},
		"another owner":   {before: func(m *made) { m.owner = "me" }, want: `owner "me"`},
		"another commit": {
			before: func(m *made) { m.program = m.printing("v"+version, "0123", schema) },
			want:   "the program is of commit 0123 for " + here,
		},
		"another version": {
			before: func(m *made) { m.program = m.printing("v1.2.3+dirty", m.commit, schema) },
			want:   "the program says that it is v1.2.3+dirty, want v1.2.3",
		},
		"other texts": {
			before: func(m *made) { m.program = m.printing("v"+version, m.commit, "packed") },
			want:   "conngen schema prints another text than " + schemaFile,
		},
		"another archive": {
			after: func(m *made) {
				m.write(m.dist, "sums.txt", strings.Repeat("0", 64)+"  conngen_windows_"+runtime.GOARCH+".zip\n")
			},
			want: "sums.txt: the checksum of conngen_windows_" + runtime.GOARCH + `.zip is "0000`,
		},
		"a checksum of nothing": {
			after: func(m *made) {
				sums, err := os.ReadFile(filepath.Join(m.dist, "sums.txt"))
				m.must(err)
				m.write(m.dist, "sums.txt", string(sums)+"00  other.zip\n")
			},
			want: `sums.txt: there is no archive "other.zip"`,
		},
		"no release": {after: func(m *made) { m.must(os.Remove(filepath.Join(m.dist, "artifacts.json"))) }, want: "artifacts.json: no such file"},
	} {
		t.Run(name, func(t *testing.T) { // one after the other: a program cannot run while a fork has it open for writing
			m := newMade(t)
			if c.before != nil {
				c.before(m)
			}
			m.release()
			if c.after != nil {
				c.after(m)
			}
			var out strings.Builder
			config, err := readConfig(m.root)
			m.must(err)
			err = check(&out, m.root, m.dist, config)
			switch {
			case c.want != "":
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %s", err, c.want)
				}
			case err != nil:
				t.Error(err)
			case out.String() != "2 archives of commit "+m.commit+", each with 3 files, are as they should be\n":
				t.Errorf("prints %q", &out)
			}
		})
	}
}

func (m *made) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}
