// Package git asks the git command for files of other revisions.
package git

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/nearest"
)

// ErrNotThere says that a file did not exist at a revision, under any name.
var ErrNotThere = errors.New("the file is not in the revision")

// A repository is the folder in which git commands run.
type repository string

// name names the folder in messages.
func (r repository) name() string {
	if r == "." {
		return "the working folder"
	}
	return string(r)
}

// run runs a git command. Its error is git's message.
func (r repository) run(args ...string) ([]byte, error) { return r.runWith("", args...) }

// runWith runs a git command with an input.
func (r repository) runWith(input string, args ...string) ([]byte, error) {
	command := r.command(args...)
	command.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return nil, r.failure(err, stderr.String())
	}
	return out, nil
}

// path runs a git command that prints a path.
func (r repository) path(args ...string) (string, error) {
	out, err := r.run(args...)
	return strings.TrimRight(string(out), "\r\n"), err
}

// command returns a git command that can be started.
func (r repository) command(args ...string) *exec.Cmd {
	// A repository's settings can name a program that git runs to look for changes.
	command := exec.Command("git", append([]string{"-c", "core.fsmonitor=false"}, args...)...)
	command.Dir = string(r)
	command.Env = append(os.Environ(), "LC_ALL=C") // for its messages
	return command
}

// failure is the error of a command that failed, with what it wrote to standard error.
func (r repository) failure(err error, stderr string) error {
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("git is not on the PATH")
	case errors.As(err, &exit):
		said := strings.TrimPrefix(strings.TrimSpace(stderr), "fatal: ")
		if strings.HasPrefix(said, "not a git repository") {
			return fmt.Errorf("%s is not in a git repository", r.name())
		}
		return &failure{exit.ExitCode(), strings.ReplaceAll(said, "\n", "; ")}
	}
	return err
}

// A failure is that of a git command.
type failure struct {
	code int
	said string
}

func (f *failure) Error() string { return "git: " + f.said }

// commit resolves a revision.
func (r repository) commit(revision string) (string, error) {
	out, err := r.run("rev-parse", "--verify", "--end-of-options", revision+"^{commit}")
	if commit := strings.TrimSpace(string(out)); err == nil && !strings.ContainsAny(commit, "\n^") { // else a range
		return commit, nil
	}
	shallow, shallowErr := r.run("rev-parse", "--is-shallow-repository")
	switch {
	case shallowErr != nil:
		return "", shallowErr // no repository, or no git
	case r.isOther(revision):
		return "", fmt.Errorf("revision %s is not a commit", revision)
	case strings.TrimSpace(string(shallow)) == "true" && !isName(revision):
		return "", fmt.Errorf("revision %s is not in this shallow clone; fetch the history: git fetch --unshallow (in GitHub Actions: fetch-depth: 0)", revision)
	case strings.TrimSpace(string(shallow)) == "true":
		branch := strings.TrimPrefix(revision, "origin/")
		return "", fmt.Errorf("revision %s is not in this shallow clone; fetch it: git fetch --depth=1 origin %s:refs/remotes/origin/%s (in GitHub Actions: fetch-depth: 0)",
			revision, branch, branch)
	}
	var names []string
	for _, r := range Revisions(string(r)) {
		names = append(names, r.Name)
	}
	if len(names) == 1 && revision == names[0] {
		return "", errors.New("the repository has no commit yet")
	}
	if near := nearest.Name(revision, names); near != "" && isName(revision) {
		return "", fmt.Errorf("unknown git revision %s; did you mean %s?", revision, near)
	}
	return "", fmt.Errorf("unknown git revision %s", revision)
}

// isOther reports whether a revision is something other than a commit: a tree, a file, or a
// range.
func (r repository) isOther(revision string) bool {
	before, _, _ := strings.Cut(revision, "{") // a date or a part of a message, where anything may be
	if strings.HasPrefix(revision, "^") || strings.Contains(before, "..") || strings.Index(before, ":") > 0 {
		return true
	}
	_, err := r.run("rev-parse", "--verify", "--end-of-options", revision+"^{object}")
	return err == nil
}

// isName reports whether a revision is the name of a branch, a tag or a commit, not a path from one,
// such as HEAD~1.
func isName(revision string) bool {
	return !strings.ContainsAny(revision, "~^@:") && revision != "HEAD"
}

// renamed returns the names that files had at a commit which have been renamed since, by their names
// today.
func (r repository) renamed(commit string) (map[string]string, error) {
	out, err := r.run("diff", "--find-renames", "--name-status", "-z", "--diff-filter=R", "--no-relative", commit)
	if err != nil {
		return nil, err
	}
	old := make(map[string]string)
	fields := strings.Split(string(out), "\x00") // status, old name, new name
	for i := 0; i+2 < len(fields); i += 3 {
		old[fields[i+2]] = fields[i+1]
	}
	return old, nil
}

// Ignored returns which files of a repository git ignores. names are relative to its root, with
// slashes. Files that are committed are not ignored, whatever .gitignore says.
func Ignored(root string, names ...string) ([]string, error) {
	out, err := repository(root).runWith(strings.Join(names, "\x00"), "check-ignore", "-z", "--stdin")
	if failed := (*failure)(nil); errors.As(err, &failed) && failed.code == 1 { // it ignores none
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), nil
}

// A Revision is a name for a commit.
type Revision struct{ Name, Kind string }

// maxRevisions are as many as people look through.
const maxRevisions = 500

// Revisions returns HEAD, the branches and the tags of the repository that dir is in, those with the
// newest commits first. There are none if there is no repository or no git.
func Revisions(dir string) []Revision {
	out, err := repository(dir).run("for-each-ref", "--sort=-creatordate", "--count="+strconv.Itoa(maxRevisions),
		"--format=%(symref)%09%(refname)", "refs/heads", "refs/remotes", "refs/tags")
	if err != nil {
		return nil
	}
	revisions := []Revision{{"HEAD", "commit that is checked out"}}
	for line := range strings.Lines(string(out)) {
		symbolic, ref, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if symbolic != "" { // as origin/HEAD, which a branch is for
			continue
		}
		for prefix, kind := range map[string]string{"refs/heads/": "branch", "refs/remotes/": "remote branch", "refs/tags/": "tag"} {
			if name, ok := strings.CutPrefix(ref, prefix); ok {
				revisions = append(revisions, Revision{name, kind})
			}
		}
	}
	return revisions
}

// Describe returns what the tags of the repository call the commit that is checked out in
// dir: a tag, or the last one with the commits since. It is "" where there is no tag, no
// repository or no git.
func Describe(dir string) string {
	out, err := repository(dir).run("describe", "--tags", "--dirty")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
