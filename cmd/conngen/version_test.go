package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/conngen/conngen/generator/project"
)

// TestVersionFields: what is unknown is left out, and the date is that of the commit.
func TestVersionFields(t *testing.T) {
	t.Parallel()
	built := runtime.Version() + `","platform":"` + runtime.GOOS + "/" + runtime.GOARCH + `"}`
	for want, o := range map[string]origin{
		`"conngenVersion":"devel","modified":false,"go":"`: {},
		`"conngenVersion":"v1.2.3","commit":"a1","date":"2026-01-02T03:04:05Z","modified":true,"go":"`: {
			version: "v1.2.3", commit: "a1", date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), edited: true,
		},
	} {
		if got, err := json.Marshal(o.forPrograms()); err != nil || !strings.HasSuffix(string(got), ","+want+built) {
			t.Errorf("got %s, %v; want %s", got, err, want+built)
		}
	}
}

// TestOrigin: the workflow of init pins what wrote it, as far as GitHub can find that.
func TestOrigin(t *testing.T) {
	t.Parallel()
	commit := strings.Repeat("a1", 20)
	const untagged = "v0.1.1-0.20260102030405-a1a1a1a1a1a1"
	vcs := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: commit}, {Key: "vcs.time", Value: "2026-01-02T04:04:05+01:00"}, {Key: "vcs.modified", Value: modified}}
	}
	ours := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Path: modulePath, Version: version}, Settings: settings}
	}
	asTool := func(m debug.Module) *debug.BuildInfo {
		m.Path = modulePath
		return &debug.BuildInfo{Main: debug.Module{Path: "example.com/hr", Version: "v9.9.9"}, Deps: []*debug.Module{{Path: "x"}, &m}, Settings: vcs("false")}
	}
	const main = "main"
	for name, c := range map[string]struct {
		info      *debug.BuildInfo
		name, ref string
		comment   string
		checkout  string // in the output of version
	}{
		"release":            {info: ours("v1.2.3"), name: "v1.2.3", ref: "v1.2.3"},
		"prerelease":         {info: ours("v1.2.3-rc.1"), name: "v1.2.3-rc.1", ref: "v1.2.3-rc.1"},
		"untagged":           {info: ours(untagged), name: untagged, ref: main, checkout: "commit a1a1a1a1a1a1 of 2026-01-02\n"},
		"checkout":           {info: ours(untagged, vcs("false")...), name: untagged, ref: commit, comment: untagged, checkout: "commit " + commit + " of 2026-01-02\n"},
		"edited":             {info: ours(untagged+"+dirty", vcs("true")...), name: untagged + "+dirty", ref: main, checkout: "commit " + commit + " of 2026-01-02, edited since\n"},
		"edited after a tag": {info: ours("v1.2.3+dirty", vcs("true")...), name: "v1.2.3+dirty", ref: main, checkout: "commit " + commit + " of 2026-01-02, edited since\n"},
		"older Go":           {info: ours("(devel)", vcs("false")...), name: commit, ref: commit, checkout: "commit " + commit + " of 2026-01-02\n"},
		"nothing known":      {info: ours("(devel)"), name: "devel", ref: main},
		"as a tool":          {info: asTool(debug.Module{Version: "v1.2.3"}), name: "v1.2.3", ref: "v1.2.3"},
		"untagged tool":      {info: asTool(debug.Module{Version: untagged}), name: untagged, ref: main, checkout: "commit a1a1a1a1a1a1 of 2026-01-02\n"},
		"as another's tool":  {info: asTool(debug.Module{Version: "v1.2.3", Replace: &debug.Module{Path: "../conngen"}}), name: "devel", ref: main},
		"go tool, replaced": {
			info: &debug.BuildInfo{Main: debug.Module{Path: modulePath, Version: "v0.0.0", Replace: &debug.Module{Path: "../conngen"}}},
			name: "devel", ref: main,
		},
	} {
		o := originOf(c.info)
		if got := o.name(); got != c.name {
			t.Errorf("%s: the version is %q, want %q", name, got, c.name)
		}
		if got := o.checkout(); got != c.checkout {
			t.Errorf("%s: the checkout is %q, want %q", name, got, c.checkout)
		}
		want := project.Action{Ref: c.ref, Comment: c.comment}
		got := o.action()
		if c.ref == main && strings.Contains(got.Comment, "to pin it") {
			got.Comment = ""
		}
		if got != want {
			t.Errorf("%s: the action is %+v, want %+v", name, got, want)
		}
	}
}
