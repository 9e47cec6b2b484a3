package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// A config is the part of .goreleaser.yaml about programs and archives.
type config struct {
	Builds []struct {
		Main         string
		Goos, Goarch []string
	}
	Archives []struct {
		Files []struct{ Src, Dst string }
	}
	Checksum struct {
		NameTemplate string `yaml:"name_template"`
	}
}

// platforms returns the platforms with programs, such as linux/amd64.
func (c config) platforms() (all []string) {
	for _, system := range c.Builds[0].Goos {
		for _, arch := range c.Builds[0].Goarch {
			all = append(all, system+"/"+arch)
		}
	}
	return all
}

// metadata is goreleaser's description of a release.
type metadata struct {
	Version string    // without v
	Tag     string    // the last one, for snapshots, too
	Commit  string    // in full
	Date    time.Time // of the build
}

// An artifact is a file of a release, as listed by goreleaser.
type artifact struct {
	Name, Path, Type, Goos, Goarch string
	Extra                          struct{ Binaries []string }
}

// schemaFile is a compressed text of the program, which the program can print.
const schemaFile = "schema/connector-spec.schema.json"

// check checks the release that goreleaser made from the repository in root. Each archive of the
// configuration must exist, hold exactly the configured files, unchanged, and match its checksum.
// The program for this machine must come from the commit.
func check(w io.Writer, root, dist string, c config) error {
	var about metadata
	if err := readJSON(filepath.Join(dist, "metadata.json"), &about); err != nil {
		return err
	}
	var artifacts []artifact
	if err := readJSON(filepath.Join(dist, "artifacts.json"), &artifacts); err != nil {
		return err
	}
	artifacts = slices.DeleteFunc(artifacts, func(a artifact) bool { return a.Type != "Archive" })
	want, err := wantedFiles(root, c)
	if err != nil {
		return err
	}
	date, err := commitDate(root, about.Commit)
	if err != nil {
		return err
	}
	problems := append(checkPlatforms(c, artifacts), checkSums(dist, c.Checksum.NameTemplate, artifacts)...)
	for _, a := range artifacts {
		got, err := readArchive(filepath.Join(dist, a.Name))
		if err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
		for _, problem := range checkArchive(a, got, want, date) {
			problems = append(problems, fmt.Errorf("%s: %w", a.Name, problem))
		}
		if a.Goos == runtime.GOOS && a.Goarch == runtime.GOARCH {
			problems = append(problems, checkProgram(root, a, got, about)...)
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	_, err = fmt.Fprintf(w, "%d archives of commit %s, each with %d files, are as they should be\n", len(artifacts), about.Commit, len(want)+1)
	return err
}

// readConfig reads the configuration of a repository.
func readConfig(root string) (c config, err error) {
	const name = ".goreleaser.yaml"
	text, err := os.ReadFile(filepath.Join(root, name))
	if err == nil {
		err = yaml.Unmarshal(text, &c)
	}
	if err == nil && (len(c.Builds) != 1 || len(c.Archives) != 1) {
		err = errors.New("there must be one build and one kind of archive")
	}
	if err != nil {
		return c, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

func readJSON(name string, into any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// wantedFiles returns the files that each archive must hold besides the program, by name.
func wantedFiles(root string, c config) (map[string][]byte, error) {
	want := make(map[string][]byte)
	for _, f := range c.Archives[0].Files {
		names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(f.Src)))
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("%s: no such files", f.Src)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			want[path.Join(f.Dst, filepath.Base(name))] = text
		}
	}
	return want, nil
}

// commitDate returns the date of a commit.
func commitDate(root, commit string) (time.Time, error) {
	out, err := exec.Command("git", "-C", root, "show", "--no-patch", "--format=%cI", commit).Output()
	if err != nil {
		return time.Time{}, fmt.Errorf("git show %s: %w", commit, err)
	}
	return time.Parse(time.RFC3339, strings.TrimSpace(string(out)))
}

// checkPlatforms finds the platforms that have no archive, or two.
func checkPlatforms(c config, archives []artifact) (problems []error) {
	count := make(map[string]int)
	for _, a := range archives {
		count[a.Goos+"/"+a.Goarch]++
	}
	for _, platform := range c.platforms() {
		if count[platform] != 1 {
			problems = append(problems, fmt.Errorf("there are %d archives for %s", count[platform], platform))
		}
		delete(count, platform)
	}
	for _, platform := range slices.Sorted(maps.Keys(count)) {
		problems = append(problems, fmt.Errorf("there is an archive for %s, which .goreleaser.yaml does not list", platform))
	}
	return problems
}

// checkSums compares the archives with the list of checksums, which must list nothing else.
func checkSums(dist, list string, archives []artifact) (problems []error) {
	text, err := os.ReadFile(filepath.Join(dist, list))
	if err != nil {
		return []error{err}
	}
	sums := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		sums[name] = sum
	}
	for _, a := range archives {
		content, err := os.ReadFile(filepath.Join(dist, a.Name))
		sum := sha256.Sum256(content)
		switch {
		case err != nil:
			problems = append(problems, err)
		case sums[a.Name] != hex.EncodeToString(sum[:]):
			problems = append(problems, fmt.Errorf("%s: the checksum of %s is %q, want %x", list, a.Name, sums[a.Name], sum))
		}
		delete(sums, a.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		problems = append(problems, fmt.Errorf("%s: there is no archive %q", list, name))
	}
	return problems
}

// checkArchive compares an archive's entries with the expected files.
func checkArchive(a artifact, got []entry, want map[string][]byte, date time.Time) (problems []error) {
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	rest := maps.Clone(want)
	program := false
	for _, e := range got {
		mode := os.FileMode(0o644)
		content, known := rest[e.name]
		delete(rest, e.name)
		switch {
		case slices.Contains(a.Extra.Binaries, e.name):
			program, mode = true, 0o755
			if len(e.content) == 0 {
				report("%s is empty", e.name)
			}
		case !known:
			report("%s does not belong there", e.name)
		case !bytes.Equal(e.content, content):
			report("%s differs from the file on disk", e.name)
		}
		if !e.time.Equal(date) {
			report("%s has the time %s, want that of the commit, %s", e.name, e.time.UTC(), date.UTC())
		}
		if e.mode != mode || e.owner != "root" {
			report("%s has mode %v and owner %q, want %v and root", e.name, e.mode, e.owner, mode)
		}
	}
	if !program {
		report("there is no program %q", a.Extra.Binaries)
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		report("%s is missing", name)
	}
	return problems
}

// checkProgram runs the program of an archive. It must come from the release's commit, have its tag
// unless it is a snapshot, and contain the compressed texts.
func checkProgram(root string, a artifact, got []entry, about metadata) (problems []error) {
	dir, err := os.MkdirTemp("", "conngen-release-")
	if err != nil {
		return []error{err}
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "conngen")
	for _, e := range got {
		if slices.Contains(a.Extra.Binaries, e.name) {
			if err := os.WriteFile(program, e.content, 0o755); err != nil {
				return []error{err}
			}
		}
	}
	var version struct {
		ConngenVersion, Commit, Platform string
	}
	out, err := exec.Command(program, "version", "--format", "json").Output()
	if err == nil {
		err = json.Unmarshal(out, &version)
	}
	if err != nil {
		return []error{fmt.Errorf("conngen version: %w", err)}
	}
	if platform := a.Goos + "/" + a.Goarch; version.Commit != about.Commit || version.Platform != platform {
		problems = append(problems, fmt.Errorf("the program is of commit %s for %s, want %s for %s", version.Commit, version.Platform, about.Commit, platform))
	}
	if isRelease := about.Tag == "v"+about.Version; isRelease && version.ConngenVersion != about.Tag {
		problems = append(problems, fmt.Errorf("the program says that it is %s, want %s", version.ConngenVersion, about.Tag))
	}
	want, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(schemaFile)))
	if err != nil {
		return append(problems, err)
	}
	if out, err := exec.Command(program, "schema").Output(); err != nil || !bytes.Equal(out, want) {
		problems = append(problems, fmt.Errorf("conngen schema prints another text than %s (%v)", schemaFile, err))
	}
	return problems
}
