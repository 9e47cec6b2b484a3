package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// A vsCodeTask is a task of VS Code, as far as those of init go.
type vsCodeTask struct {
	Label, Type, Command string
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
