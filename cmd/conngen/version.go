package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator/project"
	"github.com/conngen/conngen/internal/lazyregexp"
	"github.com/conngen/conngen/internal/printable"
)

func (a app) versionCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: "version prints the version of conngen, the version of Go that built it, and the\n" +
			"platform. If the build recorded a commit, it prints that too, with its date, and\n" +
			"says whether files were edited after the checkout. conngen --version prints the\n" +
			"same.",
		Example: "  conngen version\n" +
			"\n" +
			"  # for a script: conngenVersion, commit, date, modified, go and platform\n" +
			"  conngen version --format json",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return a.version(format) },
	}
	addFormat(cmd, &format)
	return cmd
}

// version prints what the program was built from.
func (a app) version(format string) error {
	o := readOrigin()
	if format == report.JSON {
		return report.Write(a.stdout, o.forPrograms())
	}
	_, err := fmt.Fprintf(printable.Block(a.stdout), "conngen %s %s %s\n%s", o.name(), runtime.Version(), platform, o.checkout())
	return err
}

const platform = runtime.GOOS + "/" + runtime.GOARCH

// modulePath is the path of conngen's module.
const modulePath = "github.com/conngen/conngen"

// An origin says what the program was built from, as far as known.
type origin struct {
	version    string    // version of the module
	downloaded bool      // the go command got that version from a proxy or a repository
	commit     string    // commit that was checked out, or the first digits of it
	date       time.Time // of the commit
	edited     bool      // files were edited after the checkout
}

// forPrograms returns it as programs read it. What is unknown is left out.
func (o origin) forPrograms() *report.Version {
	v := &report.Version{Conngen: o.name(), Commit: o.commit, Modified: o.edited, Go: runtime.Version(), Platform: platform}
	if !o.date.IsZero() {
		v.Date = o.date.Format(time.RFC3339)
	}
	return v
}

// checkout is the line about the commit, or "" if it is unknown.
func (o origin) checkout() string {
	if o.commit == "" {
		return ""
	}
	line := "commit " + o.commit
	if !o.date.IsZero() {
		line += " of " + o.date.Format(time.DateOnly)
	}
	if o.edited {
		line += ", edited since"
	}
	return line + "\n"
}

func readOrigin() origin {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return origin{}
	}
	return originOf(info)
}

// originOf reads what the go command recorded about a build. When conngen is built as a tool of
// another module, the commit is that module's.
func originOf(info *debug.BuildInfo) origin {
	if info.Main.Path != modulePath {
		for _, m := range info.Deps {
			if m.Path == modulePath && m.Replace == nil {
				return released(*m)
			}
		}
		return origin{}
	}
	if info.Main.Replace != nil { // go tool, in a module that names a folder for conngen
		return origin{}
	}
	o := released(info.Main)
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			o.commit = s.Value
		case "vcs.time":
			if date, err := time.Parse(time.RFC3339, s.Value); err == nil {
				o.date = date.UTC()
			}
		case "vcs.modified":
			o.edited = s.Value == "true"
		}
	}
	return o
}

// released is the version that a module states. The version of an untagged commit names
// the commit.
func released(m debug.Module) origin {
	o := origin{downloaded: m.Sum != ""}
	if m.Version == "(devel)" {
		return o
	}
	o.version = m.Version
	if rev, err := module.PseudoVersionRev(m.Version); err == nil {
		o.commit = rev
		o.date, _ = module.PseudoVersionTime(m.Version) // which a pseudo-version has
	}
	return o
}

// name returns the module's version, or the commit that was built.
func (o origin) name() string {
	switch {
	case o.version != "":
		return o.version
	case o.commit != "":
		return o.commit
	}
	return "devel"
}

var fullCommit = lazyregexp.New(`^[0-9a-f]{40}$`)

// action returns the reference of this conngen's action. GitHub accepts tags and full commits, but
// not the short commits in the versions of untagged ones.
func (o origin) action() project.Action {
	switch {
	case semver.Canonical(o.version) == o.version && o.version != "" && !module.IsPseudoVersion(o.version):
		return project.Action{Ref: o.version}
	case fullCommit().MatchString(o.commit) && !o.edited:
		return project.Action{Ref: o.commit, Comment: o.version}
	}
	return project.Action{Ref: "main", Comment: "main moves; use a release or a commit of conngen to pin it"}
}
