package sdk

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// TestOrigin: what the go command recorded, and what it did not.
func TestOrigin(t *testing.T) {
	t.Parallel()
	platform := runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "4f2a"}
	date := debug.BuildSetting{Key: "vcs.time", Value: "2026-02-01T23:30:00-02:00"}
	edited := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	const last = `connector "HR\x1b system", SDK version 3` + "\n"
	for _, tt := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{}, "hr devel " + platform + "\n" + last},
		{debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "hr devel " + platform + "\n" + last},
		{debug.BuildInfo{Main: debug.Module{Version: "v1.2.0"}}, "hr v1.2.0 " + platform + "\n" + last},
		{debug.BuildInfo{Settings: []debug.BuildSetting{commit}}, "hr 4f2a " + platform + "\ncommit 4f2a\n" + last},
		{
			debug.BuildInfo{Main: debug.Module{Version: "v1.2.0+dirty"}, Settings: []debug.BuildSetting{commit, date, edited}},
			"hr v1.2.0+dirty " + platform + "\ncommit 4f2a of 2026-02-02, edited since\n" + last,
		},
	} {
		if got := newOrigin("HR\x1b system", &tt.info).text("hr"); got != tt.want {
			t.Errorf("%+v:\n%swant\n%s", tt.info, got, tt.want)
		}
	}
	o := newOrigin("hr", &debug.BuildInfo{Main: debug.Module{Path: "example.com/hr"}, Settings: []debug.BuildSetting{commit, date}})
	if o.Module != "example.com/hr" || o.Date != "2026-02-02T01:30:00Z" || o.Built != "4f2a" || o.Modified {
		t.Errorf("%+v", o)
	}
}

// TestVersion: the version is the same by each name, and JSON for programs.
func TestVersion(t *testing.T) {
	t.Parallel()
	code, text, _ := execute(t.Context(), "version")
	if code != exitOK || !strings.HasPrefix(text, "app ") || !strings.HasSuffix(text, `connector "tester", SDK version 3`+"\n") {
		t.Errorf("exit %d, %q", code, text)
	}
	for _, args := range [][]string{{"--version"}, {"-version"}, {"version", "--format", "text"}} {
		if code, got, _ := execute(t.Context(), args...); code != exitOK || got != text {
			t.Errorf("%q: exit %d, %q", args, code, got)
		}
	}
	code, text, _ = execute(t.Context(), "--version", "--format=json")
	var o origin
	if err := json.Unmarshal([]byte(text), &o); code != exitOK || err != nil || o.Version != 1 || o.Connector != "tester" || o.Go != runtime.Version() {
		t.Errorf("exit %d, %q", code, text)
	}
}
