// Package git asks the git command for files of other revisions.
package git

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/nearest"
)

// ErrNotThere says that a file did not exist at a revision, under any name.
var ErrNotThere = errors.New("the file is not in the revision")

// Show returns the text of a file at a revision, and the name that it had there,
// relative to the repository. dir is the folder of the file today, and name its
// name in it. A file that has been renamed since then is found. Show follows symbolic links
// inside the repository, and refuses others.
func Show(dir, revision, name string) (text []byte, oldName string, err error) {
	r := repository(dir)
	commit, err := r.commit(revision)
	if err != nil {
		return nil, "", err
	}
	prefix, err := r.run("rev-parse", "--show-prefix")
	if err != nil {
		return nil, "", err
	}
	oldName = path.Join(strings.TrimSpace(string(prefix)), name)
	if text, err = r.read(commit, oldName); !errors.Is(err, ErrNotThere) {
		return text, oldName, err
	}
	if oldName, err = r.renamedFrom(commit, oldName); err != nil {
		return nil, "", err
	}
	text, err = r.read(commit, oldName)
	return text, oldName, err
}

// Root returns the folder of the repository that a folder is in.
func Root(dir string) (string, error) {
	out, err := repository(dir).run("rev-parse", "--show-toplevel")
	return strings.TrimRight(string(out), "\r\n"), err
}

// Read returns the text of a file at a revision, by its name in the repository that dir is
// in. It follows symbolic links. The error is [fs.ErrNotExist] where it did not exist.
func Read(dir, revision, name string) ([]byte, error) {
	r := repository(dir)
	commit, err := r.commit(revision)
	if err != nil {
		return nil, err
	}
	text, err := r.read(commit, filepath.ToSlash(name))
	if errors.Is(err, ErrNotThere) {
		err = fs.ErrNotExist
	}
	return text, err
}

// A repository is the folder in which git commands run.
type repository string

// read returns the text of a file at a commit, by its name in the repository.
func (r repository) read(commit, name string) ([]byte, error) {
	object := commit + ":" + name
	if strings.Contains(object, "\n") { // the names that git reads from standard input are lines
		text, err := r.run("cat-file", "blob", object)
		if err != nil {
			err = ErrNotThere
		}
		return text, err
	}
	out, err := r.runWith(object+"\n", "cat-file", "--batch", "--follow-symlinks")
	if err != nil {
		return nil, err
	}
	line, rest, _ := bytes.Cut(out, []byte("\n"))
	text := bytes.TrimSuffix(rest, []byte("\n"))
	switch kind, _, _ := bytes.Cut(line, []byte(" ")); {
	case string(kind) == "symlink":
		return nil, fmt.Errorf("%s was a symbolic link to %s, outside the repository, at that revision", name, text)
	case string(kind) == "loop":
		return nil, fmt.Errorf("%s was a symbolic link that cannot be followed at that revision", name)
	}
	if id, _, ok := strings.Cut(string(line), " blob "); ok && !strings.Contains(id, ":") { // the line may also be "COMMIT:NAME missing"
		return text, nil
	}
	return nil, ErrNotThere // or a link that leads nowhere
}

// name names the folder in messages.
func (r repository) name() string {
	if r == "." {
		return "the working folder"
	}
	return string(r)
}

// run runs a git command. Its error is what git says.
func (r repository) run(args ...string) ([]byte, error) { return r.runWith("", args...) }

// runWith runs a git command with an input.
func (r repository) runWith(input string, args ...string) ([]byte, error) {
	// A repository's settings can name a program that git runs to look for changes.
	command := exec.Command("git", append([]string{"-c", "core.fsmonitor=false"}, args...)...)
	command.Dir = string(r)
	command.Stdin = strings.NewReader(input)
	command.Env = append(os.Environ(), "LC_ALL=C") // for what it says
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("git is not on the PATH")
	case errors.As(err, &exit):
		said := strings.TrimPrefix(strings.TrimSpace(stderr.String()), "fatal: ")
		if strings.HasPrefix(said, "not a git repository") {
			return nil, fmt.Errorf("%s is not in a git repository", r.name())
		}
		return nil, &failure{exit.ExitCode(), strings.ReplaceAll(said, "\n", "; ")}
	}
	return out, err
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

// isOther reports whether a revision is something else than a commit: a tree, a file, or a range.
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

// renamedFrom returns the name that a file had at a commit when it has been
// renamed since.
func (r repository) renamedFrom(commit, name string) (string, error) {
	out, err := r.run("diff", "--find-renames", "--name-status", "-z", "--diff-filter=R", "--no-relative", commit)
	if err != nil {
		return "", err
	}
	fields := strings.Split(string(out), "\x00") // status, old name, new name
	for i := 0; i+2 < len(fields); i += 3 {
		if fields[i+2] == name {
			return fields[i+1], nil
		}
	}
	return "", ErrNotThere
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
// newest commits first. There are none where there is no repository or no git.
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

// Describe returns what the tags of the repository call the commit that is checked
// out in dir: a tag, or the last one with what has come since. It is "" where there
// is no tag, no repository or no git.
func Describe(dir string) string {
	out, err := repository(dir).run("describe", "--tags", "--dirty")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
