package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A step is one of action.yml.
type step struct {
	Name, If, Shell, Run, Uses string
	Env                        map[string]string
}

type input struct {
	Description string
	Default     *string
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestAction runs the steps of action.yml as GitHub does, in a repository whose
// branch has changed a spec.
func TestAction(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the action needs %s", program)
		}
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Inputs map[string]input
		Runs   struct {
			Using string
			Steps []step
		}
	}
	readYAML(t, filepath.Join(root, "action.yml"), &action)
	if action.Runs.Using != "composite" {
		t.Errorf("the action is %s", action.Runs.Using)
	}
	a := actionRun{t: t, root: root, temp: t.TempDir(), repository: pullRequest(t)}
	for name, i := range action.Inputs {
		if i.Description == "" || i.Default == nil {
			t.Errorf("input %s needs a description and a default", name)
		}
	}
	for _, s := range action.Runs.Steps {
		if s.Run != "" {
			a.run(s, action.Inputs)
		}
	}
	summary, err := os.ReadFile(filepath.Join(a.temp, "summary.md"))
	if err != nil || !strings.Contains(string(summary), "account attribute \"phone\" is new") {
		t.Errorf("the summary is %q, error %v", summary, err)
	}
	log, err := os.ReadFile(filepath.Join(a.temp, "conngen.sarif"))
	if err != nil || !strings.Contains(string(log), `"ruleId": "secret-typed-as-text"`) {
		t.Errorf("the log is %.300q, error %v", log, err)
	}
}

type actionRun struct {
	t                      *testing.T
	root, temp, repository string
}

// run runs a step with the inputs' defaults. What it refers to must be in its env:
// a script that GitHub puts inputs into can be made to do anything.
func (a actionRun) run(s step, inputs map[string]input) {
	a.t.Helper()
	if strings.Contains(s.Run, "${{") {
		a.t.Errorf("%s: the script has an expression in it", s.Name)
	}
	environ := append(os.Environ(), "RUNNER_TEMP="+a.temp, "GITHUB_BASE_REF=main", "GITHUB_STEP_SUMMARY="+filepath.Join(a.temp, "summary.md"),
		"GOFLAGS=-buildvcs=false -trimpath")
	for name, value := range s.Env {
		switch expression, _ := strings.CutSuffix(strings.TrimPrefix(value, "${{ "), " }}"); {
		case expression == "github.action_path":
			value = a.root
		case strings.HasPrefix(expression, "inputs."):
			i, ok := inputs[strings.TrimPrefix(expression, "inputs.")]
			if !ok {
				a.t.Fatalf("%s: there is no input for %s", s.Name, value)
			}
			value = *i.Default
		default:
			a.t.Fatalf("%s: %s is unknown", s.Name, value)
		}
		environ = append(environ, name+"="+value)
	}
	command := exec.Command(s.Shell, "-e", "-o", "pipefail", "-c", s.Run)
	command.Dir, command.Env = a.repository, environ
	if out, err := command.CombinedOutput(); err != nil {
		a.t.Fatalf("%s: %v\n%s", s.Name, err, out)
	}
}

const (
	ciSpecBefore = `{"name":"CI","keyType":"simple","commands":["std:test-connection","std:account:list"],"sourceConfig":[
{"type":"section","sectionTitle":"Connection","items":[{"type":"text","key":"token","label":"Token"}]}],
"accountSchema":{"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]}}`
	ciSpecAfter = `{"name":"CI","keyType":"simple","commands":["std:test-connection","std:account:list"],"sourceConfig":[
{"type":"section","sectionTitle":"Connection","items":[{"type":"text","key":"token","label":"Token"}]}],
"accountSchema":{"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"},{"name":"phone","type":"string"}]}}`
)

// pullRequest makes a repository with an origin whose branch main has the older
// spec, and returns its folder.
func pullRequest(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	origin, work := filepath.Join(dir, "origin"), filepath.Join(dir, "work")
	git := func(dir string, args ...string) {
		t.Helper()
		command := exec.Command("git", append([]string{"-c", "user.name=Tester", "-c", "user.email=tester@example.com"}, args...)...)
		command.Dir = dir
		command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	generateInto(t, origin, ciSpecBefore)
	git(origin, "init", "-q", "-b", "main")
	git(origin, "add", ".")
	git(origin, "commit", "-q", "-m", "first")
	git(dir, "clone", "-q", "--depth=1", "file://"+origin, work)
	generateInto(t, work, ciSpecAfter)
	return work
}

// generateInto writes a spec, its module and its package.
func generateInto(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"connector-spec.json": text, "go.mod": "module example.com/ci\n\ngo 1.24\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	a := app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr}
	if code := a.Main([]string{"generate", dir}); code != exitOK {
		t.Fatalf("generate exits with %d: %s", code, &stderr)
	}
}

// TestPreCommitHooks: the hooks run commands that there are, on files of the
// names that they say.
func TestPreCommitHooks(t *testing.T) {
	t.Parallel()
	var hooks []struct {
		ID, Name, Entry, Language, Files string
	}
	readYAML(t, filepath.Join("..", "..", ".pre-commit-hooks.yaml"), &hooks)
	if len(hooks) == 0 {
		t.Fatal("there are no hooks")
	}
	for _, h := range hooks {
		words := strings.Fields(h.Entry)
		command, _, err := app{}.root().Find(words[1:])
		if words[0] != "conngen" || err != nil || command.Name() != words[1] {
			t.Errorf("%s: %s is no command, error %v", h.ID, h.Entry, err)
		}
		if h.Name == "" || h.Language != "golang" || h.Files == "" {
			t.Errorf("%s is not complete: %+v", h.ID, h)
		}
	}
}

// TestProjectWorkflow: the workflow that init writes gives the action inputs that
// it has.
func TestProjectWorkflow(t *testing.T) {
	t.Parallel()
	var action struct{ Inputs map[string]input }
	readYAML(t, filepath.Join("..", "..", "action.yml"), &action)
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]string
			}
		}
	}
	readYAML(t, filepath.Join("..", "..", "templates", "project", "github-workflow.yml.tmpl"), &workflow)
	used := false
	for _, job := range workflow.Jobs {
		for _, s := range job.Steps {
			if !strings.HasPrefix(s.Uses, "conngen/conngen@") {
				continue
			}
			used = true
			for name := range s.With {
				if _, ok := action.Inputs[name]; !ok {
					t.Errorf("the action has no input %s", name)
				}
			}
		}
	}
	if !used {
		t.Error("the workflow does not use the action")
	}
}
