package main

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/conngen/conngen/generator/project"
)

func (a app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.stdout, "conngen %s %s\n", readOrigin().name(), runtime.Version())
			return err
		},
	}
}

// modulePath is the path of conngen's module.
const modulePath = "github.com/conngen/conngen"

// An origin is what the program was built from, as far as known.
type origin struct {
	version    string // version of the module
	downloaded bool   // the go command got that version from a proxy or a repository
	commit     string // commit that was checked out
	edited     bool   // files were edited after the checkout
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
				return origin{version: m.Version, downloaded: m.Sum != ""}
			}
		}
		return origin{}
	}
	o := origin{downloaded: info.Main.Sum != ""}
	if info.Main.Version != "(devel)" {
		o.version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			o.commit = s.Value
		case "vcs.modified":
			o.edited = s.Value == "true"
		}
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

var fullCommit = regexp.MustCompile(`^[0-9a-f]{40}$`)

// action returns the reference of this conngen's action. GitHub accepts tags and full commits, but
// not the short commits in the versions of untagged ones.
func (o origin) action() project.Action {
	switch {
	case semver.Canonical(o.version) == o.version && o.version != "" && !module.IsPseudoVersion(o.version):
		return project.Action{Ref: o.version}
	case fullCommit.MatchString(o.commit) && !o.edited:
		return project.Action{Ref: o.commit, Comment: o.version}
	}
	return project.Action{Ref: "main", Comment: "main moves; use a release or a commit of conngen to pin it"}
}
