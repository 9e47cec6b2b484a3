package main

import (
	"bytes"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/conngen/conngen/internal/rules"
)

// sessionSpec is the spec of the project in which sessions happen.
const sessionSpec = `{
  "name": "HR", "keyType": "simple",
  "commands": ["std:test-connection", "std:account:list"],
  "sourceConfig": [],
  "accountSchema": {
    "identityAttribute": "id", "displayAttribute": "id",
    "attributes": [
      {"name": "id", "type": "string", "description": "Unique ID"},
      {"name": "mail", "type": "string"}
    ]
  }
}
`

// TestFindingSessions: the examples of findings that are no text of a spec show what conngen prints. The
// finding is in the first session, and nothing is found at the end of the second.
//
// The files of an archive that are in base belong to the project from the beginning, those in fixed
// come with the second session, and the others with the first.
func TestFindingSessions(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("sessions need a shell")
	}
	sessions := 0
	for _, r := range rules.All() {
		if r.Examples()[0].Form != rules.Session {
			continue
		}
		sessions++
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			if r.Effect == "" {
				t.Error("nothing says how it comes about, and what to do")
			}
			name := filepath.Join("..", "..", "internal", "rules", "examples", r.ID+".txtar")
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			s := newSession(t, archive)
			s.write(".")
			reported := s.run("reported")
			if !strings.Contains(reported, " "+string(r.Severity)+": ") || !strings.Contains(reported, " ["+r.ID+"]\n") {
				t.Errorf("it is not reported:\n%s", reported)
			}
			s.write("fixed")
			if fixed := s.run("fixed"); strings.Contains(fixed, r.ID) || !strings.Contains(fixed, "$ conngen ") {
				t.Errorf("it is not fixed:\n%s", fixed)
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	if sessions < 14 {
		t.Errorf("%d sessions", sessions)
	}
}

// A session runs the command lines of an archive in a project.
type session struct {
	t       *testing.T
	dir     string
	archive *txtar.Archive
}

func newSession(t *testing.T, archive *txtar.Archive) *session {
	s := &session{t, t.TempDir(), archive}
	s.file("go.mod", "module example.com/hr\n\ngo 1.24\n")
	s.file(specName, sessionSpec)
	s.write("base")
	s.line("conngen generate --quiet")
	return s
}

func (s *session) file(name, text string) {
	s.t.Helper()
	name = filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// write writes the files in a folder of the archive: base, fixed, or those that are in neither.
func (s *session) write(folder string) {
	for _, f := range s.archive.Files {
		in, name, ok := strings.Cut(f.Name, "/")
		if !ok || in != "base" && in != "fixed" {
			in, name = ".", f.Name
		}
		if in == folder && !slices.Contains([]string{"why", "ignore", "reported", "fixed"}, name) {
			s.file(path.Clean(name), string(f.Data))
		}
	}
}

// run runs the lines of one of the sessions, compares what they print with the archive, or updates
// it, and returns it.
func (s *session) run(name string) string {
	s.t.Helper()
	for i, f := range s.archive.Files {
		if f.Name != name {
			continue
		}
		var got strings.Builder
		for line := range strings.Lines(string(f.Data)) {
			if command, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "$ "); ok {
				got.WriteString(line + s.line(command))
			}
		}
		if diff := cmp.Diff(string(f.Data), got.String()); diff != "" && !*update {
			s.t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		s.archive.Files[i].Data = []byte(got.String())
		return got.String()
	}
	s.t.Fatalf("there is no session %q", name)
	return ""
}

// forShell is a command line that is more than conngen with arguments.
var forShell = regexp.MustCompile(`^(?:cat|grep|sed|echo|rm|cp|mv|mkdir) `)

// line runs a command line in the project and returns what it prints, with paths as they are for
// somebody who is there.
func (s *session) line(command string) string {
	s.t.Helper()
	if forShell.MatchString(command) {
		c := exec.Command("sh", "-c", command)
		c.Dir = s.dir
		out, err := c.CombinedOutput()
		if err != nil {
			s.t.Fatalf("%s: %v\n%s", command, err, out)
		}
		return string(out)
	}
	command, file, redirected := strings.Cut(command, " > ")
	words := strings.Fields(command)[1:]
	if words[0] != "schema" {
		words = append(words, s.dir)
	}
	var out bytes.Buffer
	a := app{stdin: strings.NewReader(""), stdout: &out, stderr: &out}
	if code := a.Main(words); code == exitFailed {
		s.t.Fatalf("%s: %s", command, out.String())
	}
	if redirected {
		s.file(file, out.String())
		return ""
	}
	return strings.NewReplacer(s.dir+string(filepath.Separator), "", s.dir, ".").Replace(out.String())
}
