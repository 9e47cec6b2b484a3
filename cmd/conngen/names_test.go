package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/printable"
)

// hostileName is what others may have called a folder: it has line ends, commands to a CI
// service, sequences that a terminal obeys, marks of direction, and a byte that is not UTF-8.
const hostileName = "a\n::error::forged\r\n##[error]forged\x1b]0;forged\a\u009b31m\u202e\u2066|<b>`%0A\xff"

// A hostilePlace is a folder of that name.
type hostilePlace struct {
	t   *testing.T
	dir string
}

// newHostilePlace makes the folder, with a spec that has findings, the spec before, and a
// package that was edited.
func newHostilePlace(t *testing.T) hostilePlace {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("folders cannot have the name everywhere")
	}
	p := hostilePlace{t, filepath.Join(t.TempDir(), hostileName)}
	if err := os.Mkdir(p.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.write("old.json", ciSpecBefore)
	p.write("connector-spec.json", strings.Replace(ciSpecAfter, `"type":"string"},`, `"type":"string","x\u001b":"`+"\u202e"+`##[error]forged"},`, 1))
	if code, out, _ := p.run("generate", "--import", "example.com/x/connector", p.dir); code != exitOK {
		t.Fatalf("generate exits with %d: %s", code, out)
	}
	account := filepath.Join("connector", "account.go")
	text, err := os.ReadFile(filepath.Join(p.dir, account))
	if err != nil {
		t.Fatal(err)
	}
	p.write(account, strings.Replace(string(text), "\n\n", "\n\n// \x1b]0;forged\a\n::error::forged\n##[error]forged\n", 1))
	return p
}

func (p hostilePlace) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p hostilePlace) run(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	a := app{stdin: strings.NewReader(""), stdout: &out, stderr: &err}
	code = a.Main(args)
	return code, out.String(), err.String()
}

// TestHostileNames: whatever a folder is called and its files say, the text that conngen
// prints is text, none of its lines is forged, and programs get the right names.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	p := newHostilePlace(t)
	spec, old := filepath.Join(p.dir, "connector-spec.json"), filepath.Join(p.dir, "old.json")
	in := []string{"--import", "example.com/x/connector", p.dir}
	for _, args := range [][]string{
		{"validate", "--severity", "info", p.dir},
		{"validate", "--severity", "info", p.dir + "/..."},
		append([]string{"check", "--stub"}, in...),
		append([]string{"check", "--full"}, in...),
		append([]string{"stub", "--dry-run"}, in...),
		append([]string{"stub"}, in...),
		append([]string{"generate"}, in...),
		append([]string{"pack", "--mode", "forward"}, in...),
		{"generate", p.dir},
		{"generate", filepath.Join(p.dir, "missing")},
		{"generate", filepath.Join(p.dir, "connector")},
		{"generate", "--import", "example.com/x", "--out", hostileName, p.dir},
		{"init", hostileName, "--dir", filepath.Join(p.dir, "new")},
		{"init", "new", "--dir", filepath.Join(p.dir, "connector")},
		{"diff", old, spec},
		{"diff", "--against", hostileName, p.dir},
		{"diff", "--format", "markdown", old, spec},
		{"rules", hostileName},
		{"validate", "--rule", hostileName, p.dir},
		{hostileName},
	} {
		code, stdout, stderr := p.run(args...)
		if stdout+stderr == "" {
			t.Errorf("%q prints nothing", args)
		}
		if code == exitOK && args[0] == hostileName {
			t.Errorf("%q succeeds", args)
		}
		for line := range strings.Lines(stdout + stderr) {
			p.checkLine(args, strings.TrimSuffix(line, "\n"))
		}
	}
}

func (p hostilePlace) checkLine(args []string, line string) {
	p.t.Helper()
	isText := utf8.ValidString(line) && !strings.ContainsFunc(line, func(r rune) bool { return !printable.IsText(r) })
	if start := strings.TrimSpace(line); !isText || strings.HasPrefix(start, "::") || strings.HasPrefix(start, `\::`) || strings.HasPrefix(start, `#\#`) || strings.Contains(line, "##[") || strings.HasPrefix(start, "forged") {
		p.t.Errorf("%q prints the line %q", args, line)
	}
}

// TestHostileNamesForGitHub: an annotation is one line, and is for the file.
func TestHostileNamesForGitHub(t *testing.T) {
	t.Parallel()
	p := newHostilePlace(t)
	p.write("broken.json", `{"name": "\u0041", `)
	decode := strings.NewReplacer("%0A", "\n", "%0D", "\r", "%3A", ":", "%2C", ",", "%25", "%")
	for _, args := range [][]string{
		{"validate", p.dir},
		{"validate", filepath.Join(p.dir, "broken.json")},
		{"check", "--import", "example.com/x/connector", p.dir},
		{"diff", filepath.Join(p.dir, "old.json"), p.dir},
	} {
		args = slices.Insert(args, 1, "--format", "github")
		_, stdout, stderr := p.run(args...)
		annotations := 0
		for line := range strings.Lines(stdout) {
			kind, rest, _ := strings.Cut(line, " file=")
			if !slices.Contains([]string{"::error", "::warning", "::notice"}, kind) {
				t.Errorf("%q prints the line %q", args, line)
			}
			annotations++
			p.checkLine(args, strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "::"))
			file, _, _ := strings.Cut(rest, ",")
			// What GitHub cannot decode is shown, which is all that can be done for it.
			want := strings.NewReplacer("\x1b", `\x1b`, "\a", `\x07`, "\u009b", `\u009b`, "\u202e", `\u202e`, "\u2066", `\u2066`, "\xff", `\xff`, "##[", `#\#[`).Replace(p.dir)
			if !strings.HasPrefix(decode.Replace(file), want+"/") {
				t.Errorf("%q is for the file %q, want %q", args, decode.Replace(file), want)
			}
		}
		for line := range strings.Lines(stderr) {
			p.checkLine(args, strings.TrimSuffix(line, "\n"))
		}
		if annotations == 0 {
			t.Errorf("%q has no annotations: %s", args, stderr)
		}
	}
}

// TestHostileNamesForPrograms: what is read by programs can be printed too, and has the names
// as they are.
func TestHostileNamesForPrograms(t *testing.T) {
	t.Parallel()
	p := newHostilePlace(t)
	spec := filepath.Join(p.dir, "connector-spec.json")
	for _, args := range [][]string{
		{"validate", "--format", "json", p.dir},
		{"diff", "--format", "json", filepath.Join(p.dir, "old.json"), spec},
		{"validate", "--format", "sarif", p.dir},
	} {
		_, stdout, _ := p.run(args...)
		for line := range strings.Lines(stdout) {
			p.checkLine(args, strings.TrimSuffix(line, "\n"))
		}
		paths, err := pathsIn(stdout)
		if err != nil || len(paths) == 0 {
			t.Errorf("%q names %q, %v", args, paths, err)
		}
		for _, path := range paths {
			if path != spec && path != printable.Valid(spec) {
				t.Errorf("%q names %q, want %q", args, path, spec)
			}
		}
	}
}

// pathsIn returns the files that findings of JSON and SARIF, and changes, are about.
func pathsIn(text string) (paths []string, err error) {
	type place struct{ Path string }
	var all struct {
		Findings, Changes []place
		Runs              []struct {
			Results []struct {
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
					}
				}
			}
		}
	}
	err = json.Unmarshal([]byte(text), &all)
	for _, d := range append(all.Findings, all.Changes...) {
		paths = append(paths, d.Path)
	}
	for _, run := range all.Runs {
		for _, r := range run.Results {
			for _, l := range r.Locations {
				u, e := url.Parse(l.PhysicalLocation.ArtifactLocation.URI)
				if err = errors.Join(err, e); e == nil {
					paths = append(paths, u.Path)
				}
			}
		}
	}
	return paths, err
}

// TestPatch: what stub would change is for patch byte by byte, and for a terminal what can be
// seen of it.
func TestPatch(t *testing.T) {
	t.Parallel()
	const diff = "--- a\n+++ b\n@@ -1 +1 @@\n-\x1b[31m\r\n+::error::x\n ::error::x\n"
	for _, c := range []struct {
		terminal bool
		color    string
		want     string
	}{
		{false, "never", diff},
		{true, "never", "--- a\n+++ b\n@@ -1 +1 @@\n-" + `\x1b[31m\r` + "\n+::error::x\n " + `\::error::x` + "\n"},
		{false, "always", "\x1b[1m--- a\x1b[0m\n\x1b[1m+++ b\x1b[0m\n\x1b[1;36m@@ -1 +1 @@\x1b[0m\n\x1b[1;31m-" + `\x1b[31m\r` +
			"\x1b[0m\n\x1b[1;32m+::error::x\x1b[0m\n " + `\::error::x` + "\n"},
	} {
		var out bytes.Buffer
		s := &screen{color: c.color}
		s.stdout = stream{s, c.terminal}
		if err := (app{stdout: printable.Lines(&out), screen: s}).printPatch(diff); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != c.want {
			t.Errorf("on a terminal %v, in colours %s: got %q, want %q", c.terminal, c.color, got, c.want)
		}
	}
}
