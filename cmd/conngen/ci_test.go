package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/conngen/conngen/templates"
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

// An action is action.yml.
type action struct {
	Inputs map[string]input
	Runs   struct {
		Using string
		Steps []step
	}
}

// readAction reads action.yml, and skips the test where its steps cannot run.
func readAction(t *testing.T) (a action, root string) {
	t.Helper()
	if testing.Short() {
		t.Skip("the steps are programs of their own")
	}
	for _, program := range []string{"bash", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the action needs %s", program)
		}
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	readYAML(t, filepath.Join(root, "action.yml"), &a)
	return a, root
}

// The conditions of the steps that get conngen, one of which runs.
const (
	builds    = "inputs.version == ''"
	downloads = "inputs.version != ''"
)

// TestAction runs the steps of action.yml as GitHub does, in a repository whose
// branch has changed a spec.
func TestAction(t *testing.T) {
	t.Parallel()
	action, root := readAction(t)
	if action.Runs.Using != "composite" {
		t.Errorf("the action is %s", action.Runs.Using)
	}
	a := actionRun{t: t, root: root, temp: t.TempDir(), repository: pullRequest(t), inputs: make(map[string]string)}
	for name, i := range action.Inputs {
		if i.Description == "" || i.Default == nil {
			t.Fatalf("input %s needs a description and a default", name)
		}
		a.inputs[name] = *i.Default
	}
	for _, s := range action.Runs.Steps {
		if s.Run != "" && s.If != downloads {
			a.mustRun(s)
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

// TestActionInManual: the page about CI has a row for each input, with its default.
func TestActionInManual(t *testing.T) {
	t.Parallel()
	var a action
	readYAML(t, filepath.Join("..", "..", "action.yml"), &a)
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "how-to", "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, i := range a.Inputs {
		row := regexp.MustCompile("(?m)^\\| `" + name + "` \\| .+ \\| (?:`\"?([^`\"]+)\"?`|none) \\|$").FindSubmatch(page)
		if row == nil || string(row[1]) != *i.Default {
			t.Errorf("the input %s, whose default is %q, has the row %q", name, *i.Default, row)
		}
	}
}

// An actionRun runs steps of the action in a repository.
type actionRun struct {
	t                      *testing.T
	root, temp, repository string
	inputs                 map[string]string
	environ                []string // besides
}

func (a actionRun) mustRun(s step) {
	a.t.Helper()
	if out, err := a.run(s); err != nil {
		a.t.Fatalf("%s: %v\n%s", s.Name, err, out)
	}
}

// run runs a step. What it refers to must be in its env: a script that GitHub puts inputs
// into can be made to do anything.
func (a actionRun) run(s step) ([]byte, error) {
	a.t.Helper()
	if strings.Contains(s.Run, "${{") {
		a.t.Errorf("%s: the script has an expression in it", s.Name)
	}
	environ := append(os.Environ(), "RUNNER_TEMP="+a.temp, "GITHUB_BASE_REF=main", "GITHUB_PATH="+filepath.Join(a.temp, "path"), "GITHUB_STEP_SUMMARY="+filepath.Join(a.temp, "summary.md"),
		"GOFLAGS=-buildvcs=false -trimpath", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	for name, value := range s.Env {
		switch expression, isExpression := strings.CutSuffix(strings.TrimPrefix(value, "${{ "), " }}"); {
		case !isExpression:
		case expression == "github.action_path":
			value = a.root
		case strings.HasPrefix(expression, "inputs."):
			var ok bool
			if value, ok = a.inputs[strings.TrimPrefix(expression, "inputs.")]; !ok {
				a.t.Fatalf("%s: there is no input for %s", s.Name, expression)
			}
		default:
			a.t.Fatalf("%s: %s is unknown", s.Name, value)
		}
		environ = append(environ, name+"="+value)
	}
	command := exec.Command(s.Shell, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", s.Run)
	command.Dir, command.Env = a.repository, append(environ, a.environ...)
	return command.CombinedOutput()
}

// recordArguments puts a program in the place of conngen that appends its arguments to the
// file that it returns, one a line.
func (a actionRun) recordArguments() (file string) {
	a.t.Helper()
	file = filepath.Join(a.temp, "arguments")
	folder := filepath.Join(a.temp, "conngen")
	if err := os.Mkdir(folder, 0o755); err != nil {
		a.t.Fatal(err)
	}
	script := "#!/usr/bin/env bash\nprintf '%s\\n' \"$@\" >> \"$RUNNER_TEMP/arguments\"\n"
	if err := os.WriteFile(filepath.Join(folder, "conngen"), []byte(script), 0o755); err != nil {
		a.t.Fatal(err)
	}
	return file
}

// TestActionInputs: whatever the inputs are, they are arguments.
func TestActionInputs(t *testing.T) {
	t.Parallel()
	action, root := readAction(t)
	repository := t.TempDir()
	if err := os.WriteFile(filepath.Join(repository, "file"), nil, 0o644); err != nil { // which * would match
		t.Fatal(err)
	}
	runGit(t, repository, "init", "-q")
	runGit(t, repository, "commit", "-q", "--allow-empty", "-m", "first")
	runGit(t, repository, "update-ref", "refs/remotes/origin/main", "HEAD")
	const path = "--help; touch forged $(touch forged) `touch forged` \"' *"
	a := actionRun{t: t, root: root, temp: t.TempDir(), repository: repository, inputs: map[string]string{
		"path": path, "flags": " --out\tmy-dir\n--package=$(touch forged) * \"a b\"\n", "strict": "true $(touch forged)", "stub": "true *", "docs": "--full $(touch forged) *", "fail-on": "any --all", "sarif": "true",
	}}
	arguments := a.recordArguments()
	for _, s := range action.Runs.Steps {
		if s.Run != "" && s.If != builds && s.If != downloads {
			a.mustRun(s)
		}
	}
	got, err := os.ReadFile(arguments)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"validate", "--format", "github", "--strict=true $(touch forged)", "--", path,
		"check", "--format", "github", "--stub=true *", "--out", "my-dir", "--package=$(touch", "forged)", "*", `"a`, `b"`, "--", path,
		"docs", "--check", "--out=--full $(touch forged) *", "--", path,
	}, "\n") + "\n"
	if !strings.Contains(string(got), want) {
		t.Errorf("the arguments are\n%s\nwant\n%s", got, want)
	}
	if n := strings.Count(string(got), "--\n"+path+"\n"); n != 5 {
		t.Errorf("%d of 5 calls have the path last:\n%s", n, got)
	}
	entries, err := os.ReadDir(repository)
	if err != nil || len(entries) != 2 {
		t.Errorf("the inputs made files: %v, %v", entries, err)
	}
}

// A release is what the action downloads from.
type release struct {
	t       *testing.T
	files   string // downloaded from
	archive string // its name
}

// newRelease makes a release, whose archives are named as .goreleaser.yaml says, with one for a platform.
// Its program prints its arguments.
func newRelease(t *testing.T, version, system, arch string) release {
	t.Helper()
	var config struct {
		Project  string `yaml:"project_name"`
		Archives []struct {
			Name string `yaml:"name_template"`
		}
		Checksum struct {
			Name string `yaml:"name_template"`
		}
	}
	readYAML(t, filepath.Join("..", "..", ".goreleaser.yaml"), &config)
	r := release{t: t, files: t.TempDir()}
	r.archive = strings.NewReplacer("{{ .ProjectName }}", config.Project, "{{ .Version }}", strings.TrimPrefix(version, "v"),
		"{{ .Os }}", system, "{{ .Arch }}", arch).Replace(config.Archives[0].Name)
	content := map[string]string{"conngen": "#!/bin/sh\necho \"$@\"\n", "README.md": "read"}
	var packed bytes.Buffer
	if system == "windows" {
		r.archive += ".zip"
		content["conngen.exe"] = content["conngen"]
		delete(content, "conngen")
		w := zip.NewWriter(&packed)
		for name, text := range content {
			header := &zip.FileHeader{Name: name}
			header.SetMode(0o755)
			f, err := w.CreateHeader(header)
			r.must(err)
			_, err = io.WriteString(f, text)
			r.must(err)
		}
		r.must(w.Close())
	} else {
		r.archive += ".tar.gz"
		compressed := gzip.NewWriter(&packed)
		w := tar.NewWriter(compressed)
		for name, text := range content {
			r.must(w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}))
			_, err := io.WriteString(w, text)
			r.must(err)
		}
		r.must(w.Close())
		r.must(compressed.Close())
	}
	folder := filepath.Join(r.files, "conngen", "conngen", "releases", "download", version)
	r.must(os.MkdirAll(folder, 0o755))
	sum := sha256.Sum256(packed.Bytes())
	r.must(os.WriteFile(filepath.Join(folder, r.archive), packed.Bytes(), 0o644))
	r.must(os.WriteFile(filepath.Join(folder, config.Checksum.Name), fmt.Appendf(nil, "%064x  other-%s\n%x  %s\n", 0, r.archive, sum, r.archive), 0o644))
	return r
}

// fakeCurl returns a folder with a stand-in for curl, which copies what GitHub has from the folder RELEASE.
func fakeCurl(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const script = `#!/usr/bin/env bash
while [ $# -gt 1 ]; do
  if [ "$1" = --output ]; then output=$2; shift; fi
  shift
done
path=${1#https://github.com/}
[ "$path" != "$1" ] && cp "$RELEASE/$path" "$output"
`
	if err := os.WriteFile(filepath.Join(dir, "curl"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shasumOnly returns a folder with what the action needs on a system whose only program for checksums is
// shasum.
func shasumOnly(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, program := range []string{"awk", "bash", "cp", "env", "gzip", "mkdir", "perl", "rm", "shasum", "tar"} {
		path, err := exec.LookPath(program)
		if err != nil {
			t.Skipf("this needs %s", program)
		}
		if err := os.Symlink(path, filepath.Join(dir, program)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (r release) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestActionVersion: the action takes the program of a release for the machine, if its checksum is right,
// and puts it on the PATH.
func TestActionVersion(t *testing.T) {
	t.Parallel()
	action, root := readAction(t)
	var download step
	for _, s := range action.Runs.Steps {
		if s.If == downloads {
			download = s
		}
	}
	programs := fakeCurl(t)
	for name, c := range map[string]struct {
		version, released string // "" for v1.2.3
		system, arch      string // "" for Linux, X64
		change            func(r release) error
		path              func(t *testing.T) string // instead of that of this machine
		problem           string                    // "" if it works
	}{
		"Linux":      {},
		"Linux, arm": {arch: "ARM64"},
		"macOS":      {system: "macOS", arch: "ARM64", path: shasumOnly},
		"macOS, forged": {
			system: "macOS", path: shasumOnly,
			change:  func(r release) error { return os.WriteFile(r.path(r.archive), []byte("forged"), 0o644) },
			problem: "the checksum of conngen_1.2.3_darwin_amd64.tar.gz is wrong",
		},
		"Windows":       {system: "Windows"},
		"a prerelease":  {version: "v1.2.3-rc.1", released: "v1.2.3-rc.1"},
		"a commit":      {version: "0123456789abcdef0123456789abcdef01234567", problem: "the input version must name a release, such as v1.2.3"},
		"another place": {version: "v1.2.3/../../../evil", problem: "the input version must name a release, such as v1.2.3"},
		"lines":         {version: "v1.2.3\nv1.2.3", problem: "the input version must name a release, such as v1.2.3"},
		"a script":      {version: "v1.2.3-$(touch forged)", problem: "the input version must name a release, such as v1.2.3"},
		"other system":  {system: "BSD", problem: "no release has a program for BSD; leave out the input version"},
		"other machine": {arch: "X86", problem: "no release has a program for X86; leave out the input version"},
		"no release":    {change: func(r release) error { return os.RemoveAll(filepath.Join(r.files, "conngen")) }, problem: "cannot download checksums.txt of v1.2.3"},
		"no archive":    {change: func(r release) error { return os.Remove(r.path(r.archive)) }, problem: "cannot download conngen_1.2.3_linux_amd64.tar.gz of v1.2.3"},
		"no checksum": {
			change:  func(r release) error { return os.WriteFile(r.path("checksums.txt"), nil, 0o644) },
			problem: "checksums.txt of v1.2.3 does not list conngen_1.2.3_linux_amd64.tar.gz",
		},
		"another archive": {
			change:  func(r release) error { return os.WriteFile(r.path(r.archive), []byte("forged"), 0o644) },
			problem: "the checksum of conngen_1.2.3_linux_amd64.tar.gz is wrong",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			version, system, arch := cmp.Or(c.version, "v1.2.3"), cmp.Or(c.system, "Linux"), cmp.Or(c.arch, "X64")
			inRelease := map[string]string{"Linux": "linux", "macOS": "darwin", "Windows": "windows", "X64": "amd64", "ARM64": "arm64"}
			r := newRelease(t, cmp.Or(c.released, "v1.2.3"), inRelease[system], inRelease[arch])
			if c.change != nil {
				r.must(c.change(r))
			}
			path := os.Getenv("PATH")
			if c.path != nil {
				path = c.path(t)
			}
			a := actionRun{t: t, root: root, temp: t.TempDir(), repository: t.TempDir(), inputs: map[string]string{"version": version}, environ: []string{
				"PATH=" + programs + string(os.PathListSeparator) + path, "RELEASE=" + r.files, "RUNNER_OS=" + system, "RUNNER_ARCH=" + arch,
			}}
			out, err := a.run(download)
			if c.problem != "" {
				if err == nil || !strings.Contains(string(out), "::error title=conngen::"+c.problem+"\n") {
					t.Errorf("got error %v, want %q:\n%s", err, c.problem, out)
				}
				if left, _ := filepath.Glob(filepath.Join(a.temp, "conngen", "conngen*")); slices.ContainsFunc(left, func(p string) bool { return !strings.Contains(p, "_") }) {
					t.Errorf("there is a program: %v", left)
				}
				return
			}
			if err != nil {
				t.Fatalf("%v:\n%s", err, out)
			}
			folder := filepath.Join(a.temp, "conngen")
			if added, err := os.ReadFile(filepath.Join(a.temp, "path")); err != nil || string(added) != folder+"\n" {
				t.Errorf("on the PATH is %q (%v), want %s", added, err, folder)
			}
			program := "conngen"
			if system == "Windows" {
				program += ".exe"
			}
			entries, err := os.ReadDir(folder)
			if err != nil || len(entries) != 1 || entries[0].Name() != program {
				t.Errorf("the folder holds %v (%v), want %s", entries, err, program)
			}
			if out, err := exec.Command(filepath.Join(folder, program), "it", "runs").CombinedOutput(); err != nil || string(out) != "it runs\n" {
				t.Errorf("the program prints %q (%v)", out, err)
			}
		})
	}
}

// path is where a file of the release v1.2.3 is.
func (r release) path(name string) string {
	return filepath.Join(r.files, "conngen", "conngen", "releases", "download", "v1.2.3", name)
}

// TestActionBase: the base of a pull request is fetched where it is missing, and a full clone
// keeps its history.
func TestActionBase(t *testing.T) {
	t.Parallel()
	action, root := readAction(t)
	dir := t.TempDir()
	origin := filepath.Join(dir, "origin")
	runGit(t, dir, "init", "-q", "-b", "main", origin)
	for _, message := range []string{"first", "second", "third"} {
		runGit(t, origin, "commit", "-q", "--allow-empty", "-m", message)
	}
	base := runGit(t, origin, "rev-parse", "main")
	runGit(t, origin, "checkout", "-q", "--detach")
	runGit(t, origin, "commit", "-q", "--allow-empty", "-m", "from a fork")
	runGit(t, origin, "update-ref", "refs/pull/1/merge", "HEAD")
	runGit(t, origin, "checkout", "-q", "main")
	for name, c := range map[string]struct {
		prepare func(work string)
		shallow string // whether the clone is, before and after
		commits string // of the base, after
	}{
		"as checkout does": {func(work string) {
			runGit(t, dir, "init", "-q", work)
			runGit(t, work, "remote", "add", "origin", "file://"+origin)
			runGit(t, work, "fetch", "-q", "--no-tags", "--depth=1", "origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge")
			runGit(t, work, "checkout", "-q", "--force", "refs/remotes/pull/1/merge")
		}, "true", "1"},
		"full, without the base": {func(work string) {
			runGit(t, dir, "init", "-q", work)
			runGit(t, work, "remote", "add", "origin", "file://"+origin)
			runGit(t, work, "fetch", "-q", "--no-tags", "origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge")
			runGit(t, work, "checkout", "-q", "--force", "refs/remotes/pull/1/merge")
		}, "false", "3"},
		"full, with the base": {func(work string) {
			runGit(t, dir, "clone", "-q", "file://"+origin, work)
			runGit(t, work, "remote", "set-url", "origin", "file:///nowhere") // which a fetch would need
		}, "false", "3"},
		"shallow, with the base": {func(work string) {
			runGit(t, dir, "clone", "-q", "--depth=2", "file://"+origin, work)
			runGit(t, work, "remote", "set-url", "origin", "file:///nowhere")
		}, "true", "2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := actionRun{t: t, root: root, temp: t.TempDir(), repository: filepath.Join(t.TempDir(), "work tree"), inputs: map[string]string{"path": "./...", "fail-on": "never"}}
			arguments := a.recordArguments()
			c.prepare(a.repository)
			checkShallow(t, a.repository, c.shallow)
			a.mustRun(action.Runs.Steps[len(action.Runs.Steps)-1])
			checkShallow(t, a.repository, c.shallow)
			if got := runGit(t, a.repository, "rev-parse", "origin/main"); got != base {
				t.Errorf("the base is %s, want %s", got, base)
			}
			if got := strings.TrimSpace(runGit(t, a.repository, "rev-list", "--count", "origin/main")); got != c.commits {
				t.Errorf("the base has %s commits, want %s", got, c.commits)
			}
			if got, err := os.ReadFile(arguments); err != nil || !strings.Contains(string(got), "--against=origin/main\n--\n./...\n") {
				t.Errorf("the arguments are %q, %v", got, err)
			}
		})
	}
}

func checkShallow(t *testing.T, repository, want string) {
	t.Helper()
	if got := strings.TrimSpace(runGit(t, repository, "rev-parse", "--is-shallow-repository")); got != want {
		t.Errorf("the clone is shallow: %s, want %s", got, want)
	}
}

// pinned is an action of others at a commit, with the version that the commit has.
var pinned = regexp.MustCompile(`uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

// TestPinned: what the action and the workflows, ours, that of init and those of the manual, take from
// others is pinned.
func TestPinned(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "*", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{
		"action.yml", "templates/project/github-workflow.yml.tmpl", "docs/how-to/ci.md", ".github/workflows/ci.yml", ".github/workflows/release.yml",
	}
	for i, name := range append(names, pages...) {
		if i >= len(names) {
			name, _ = filepath.Rel(filepath.Join("..", ".."), name)
		}
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		uses := 0
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSuffix(line, "\n")
			if strings.Contains(line, "go-version-file: ") {
				t.Errorf("%s: %s names no release of Go", name, line)
			}
			if _, version, ok := strings.Cut(line, "go-version: "); ok && version != `"{{.GoImage}}"` && version != strconv.Quote(templates.GoImage) {
				t.Errorf("%s: %s is not Go %s, which projects get", name, line, templates.GoImage)
			}
			if !strings.Contains(line, "uses: ") || strings.Contains(line, "uses: conngen/conngen@") || strings.HasSuffix(line, "- uses: ./") {
				continue
			}
			uses++
			if !pinned.MatchString(line) {
				t.Errorf("%s: %s is not pinned", name, line)
			}
		}
		if uses == 0 && i < len(names) {
			t.Errorf("%s uses nothing", name)
		}
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
	git := func(dir string, args ...string) { runGit(t, dir, args...) }
	generateInto(t, origin, ciSpecBefore)
	git(origin, "init", "-q", "-b", "main")
	git(origin, "add", ".")
	git(origin, "commit", "-q", "-m", "first")
	git(dir, "clone", "-q", "--depth=1", "file://"+origin, work)
	generateInto(t, work, ciSpecAfter)
	return work
}

// runGit runs git without the settings of the machine, and returns what it prints.
func runGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	command := exec.Command("git", append([]string{"-c", "user.name=Tester", "-c", "user.email=tester@example.com"}, args...)...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
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
		command, _, err := app{screen: new(screen)}.root().Find(words[1:])
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
	dir := filepath.Join(t.TempDir(), "hr")
	var stderr bytes.Buffer
	a := app{stdin: strings.NewReader(""), stdout: &bytes.Buffer{}, stderr: &stderr}
	if code := a.Main([]string{"init", "HR", "--dir", dir, "--ci", "github"}); code != exitOK {
		t.Fatalf("init exits with %d: %s", code, &stderr)
	}
	readYAML(t, filepath.Join(dir, ".github", "workflows", "connector.yml"), &workflow)
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
