package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// A vsCodeTask is a task of VS Code, as far as those of init go.
type vsCodeTask struct {
	Label, Type, Command string
	IsBackground         bool
	Args                 []string
	Options              struct{ Env map[string]string }
	ProblemMatcher       json.RawMessage
}

// A problemMatcher finds problems in the lines that a task prints.
type problemMatcher struct {
	FileLocation []string
	Pattern      struct {
		Regexp                                      string
		File, Line, Column, Severity, Message, Code int
	}
	Background struct{ BeginsPattern, EndsPattern string }
}

// TestDevTask: VS Code sees in the lines of dev where a round begins and ends, and the problems
// between.
func TestDevTask(t *testing.T) {
	t.Parallel()
	f := newDevFolder(t)
	var file struct{ Tasks []vsCodeTask }
	if err := json.Unmarshal([]byte(f.read(".vscode/tasks.json")), &file); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(file.Tasks, func(t vsCodeTask) bool { return t.Label == "conngen: dev" })
	if at < 0 || !file.Tasks[at].IsBackground || file.Tasks[at].Args[len(file.Tasks[at].Args)-1] != "dev" {
		t.Fatalf("no task runs dev in the background: %+v", file.Tasks)
	}
	var m problemMatcher
	if err := json.Unmarshal(file.Tasks[at].ProblemMatcher, &m); err != nil {
		t.Fatal(err)
	}
	patterns := map[string]*regexp.Regexp{
		"begins": regexp.MustCompile(m.Background.BeginsPattern), "ends": regexp.MustCompile(m.Background.EndsPattern), "problem": regexp.MustCompile(m.Pattern.Regexp),
	}
	for line, want := range map[string]string{
		"http://127.0.0.1:7070/#token=X":                        "",
		"changed: /a.go, /b.go and 2 more":                      "begins",
		"client.go:1:4: error: wrong [build]":                   "problem",
		"    1 | package built in C":                            "",
		"error: import cycle":                                   "",
		"built in 0.8 s; 1 finding in the spec":                 "ends",
		"checked in 0.1 s":                                      "ends",
		"build failed; the connector of 12:30:00 keeps running": "ends",
		"failed": "ends",
		"waiting for http://localhost:3000 to answer":                  "ends",
		"the next change starts the connector again":                   "",
		"inotify has no watch left, so dev looks at files each second": "",
	} {
		var got []string
		for _, name := range []string{"begins", "ends", "problem"} {
			if patterns[name].MatchString(line) {
				got = append(got, name)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// task runs a task of VS Code in a folder, which the project is in, and writes the problems that
// its matcher finds to problems.txt, a line each: task LABEL FOLDER [ARG...].
func task(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: task LABEL FOLDER [ARG...]")
	}
	var file struct{ Tasks []vsCodeTask }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[1], ".vscode", "tasks.json"))), &file))
	for _, t := range file.Tasks {
		if t.Label != args[0] {
			continue
		}
		for name, value := range t.Options.Env {
			ts.Setenv(name, value)
		}
		err := ts.Exec(t.Command, append(t.Args, args[2:]...)...)
		if (err != nil) != neg {
			ts.Fatalf("%s: %v", t.Label, err)
		}
		ts.Check(os.WriteFile(ts.MkAbs("problems.txt"), []byte(t.problems(ts, ts.ReadFile("stdout"))), 0o644))
		return
	}
	ts.Fatalf("there is no task %q", args[0])
}

// problems are those that VS Code finds in a text.
func (t vsCodeTask) problems(ts *testscript.TestScript, text string) string {
	var m problemMatcher
	if string(t.ProblemMatcher) == "[]" {
		return ""
	}
	ts.Check(json.Unmarshal(t.ProblemMatcher, &m))
	if t.Type != "process" || len(m.FileLocation) != 2 || m.FileLocation[0] != "relative" || m.FileLocation[1] != "${workspaceFolder}" {
		ts.Fatalf("VS Code does not find the files of %+v", t)
	}
	pattern, err := regexp.Compile(m.Pattern.Regexp)
	ts.Check(err)
	var b strings.Builder
	for line := range strings.Lines(text) {
		found := pattern.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if found == nil {
			continue
		}
		p := m.Pattern
		fmt.Fprintf(&b, "file %q line %s column %s severity %s code %s message %q\n",
			found[p.File], found[p.Line], found[p.Column], found[p.Severity], found[p.Code], found[p.Message])
		if _, err := os.Stat(ts.MkAbs(found[p.File])); err != nil {
			ts.Fatalf("the problem is in no file: %v", err)
		}
	}
	return b.String()
}
