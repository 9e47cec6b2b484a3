package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestInstaller: what puts conngen on the PATH depends on where it comes from.
func TestInstaller(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the commands are those of a Unix shell")
	}
	dir := t.TempDir()
	place := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for name, text := range map[string]string{
		"my clone/go.mod": "module " + modulePath + "\n", "other/go.mod": "module example.com/x\n",
		"go/bin/conngen": "#!/bin/sh\n", "root/bin/conngen": "#!/bin/sh\n", "empty/x": "",
	} {
		if err := os.MkdirAll(filepath.Dir(place(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(place(name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		i         installer
		installed bool
		want      []string
	}{
		"on the PATH":    {i: installer{path: []string{place("empty"), place("go/bin")}}, installed: true},
		"in Go's folder": {i: installer{goRoot: place("root"), path: []string{place("empty")}}, installed: true},
		"a folder on the PATH": {i: installer{path: []string{"", ".", place("go")}}, want: []string{
			"go install ./cmd/conngen   # in the clone of conngen",
		}},
		"installed": {i: installer{goBin: place("go/bin"), path: []string{place("empty")}}, want: []string{
			`export PATH="$PATH":` + place("go/bin"),
		}},
		"built in a clone": {i: installer{executable: place("my clone/bin/conngen"), folder: place("other"), goBin: place("empty"), path: []string{place("empty")}}, want: []string{
			"go -C '" + place("my clone") + "' install ./cmd/conngen",
		}},
		"go run in a clone": {i: installer{executable: "/tmp/go-build1/b001/exe/conngen", folder: place("my clone/cmd"), goBin: place("a'b"), path: []string{place("empty")}}, want: []string{
			"go -C '" + place("my clone") + "' install ./cmd/conngen",
			`export PATH="$PATH":'` + dir + `/a'\''b'`,
		}},
		"downloaded": {i: installer{origin: origin{version: "v1.2.3", downloaded: true}, folder: place("my clone")}, want: []string{
			"go install github.com/conngen/conngen/cmd/conngen@v1.2.3",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.i.isInstalled(); got != tt.installed {
				t.Errorf("it is installed: %v", got)
			}
			if tt.installed {
				return
			}
			if diff := cmp.Diff(tt.want, tt.i.commands()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPrintInstall: each command has a line of its own.
func TestPrintInstall(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	if runtime.GOOS == "windows" {
		t.Skip("the commands are those of a Unix shell")
	}
	app{stderr: &stderr}.printInstall(installer{goBin: "/nowhere/bin"})
	want := "\nStep 1 and go generate run conngen, which is not on the PATH yet. To put it there:\n\n" +
		"  go install ./cmd/conngen   # in the clone of conngen\n" +
		"  export PATH=\"$PATH\":/nowhere/bin\n"
	if diff := cmp.Diff(want, stderr.String()); diff != "" {
		t.Error(diff)
	}
}

// TestRunHint: a shell reads the words of a hint as they were.
func TestRunHint(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("it has another shell")
	}
	o := outputFlags{out: "my dir", set: func(flag string) bool { return flag == "out" }}
	got := runHint(append([]string{"generate", "it's.json"}, o.given()...)...)
	if want := `run conngen generate 'it'\''s.json' --out 'my dir'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestShellWord: the shell reads a word as it was.
func TestShellWord(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("it has another shell")
	}
	words := []string{"plain-1.0/x", "", "a b", "~", "a'b", `$(x)"`, "*", "ü", "#x", "a&b", "x=~/y"}
	var script strings.Builder
	for _, word := range words {
		script.WriteString("printf '%s\\n' " + shellWord(word) + "\n")
	}
	out, err := exec.Command("sh", "-c", script.String()).Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(words, strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")); diff != "" {
		t.Error(diff)
	}
}
