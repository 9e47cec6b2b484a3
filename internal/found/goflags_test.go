package found

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestGoFlags: GOFLAGS of the environment overrides go env -w.
func TestGoFlags(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	written := filepath.Join(dir, "go", "env")
	if err := os.Mkdir(filepath.Dir(written), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(written, []byte("GOPROXY=off\nGOFLAGS=-tags=a -ldflags=-w\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	configDir := func() (string, error) { return dir, nil }
	noDir := func() (string, error) { return "", errors.New("none") }
	for _, c := range []struct {
		environ   map[string]string
		configDir func() (string, error)
		want      string
	}{
		{nil, configDir, "-tags=a -ldflags=-w"},
		{map[string]string{"GOFLAGS": "-v"}, configDir, "-v"},
		{map[string]string{"GOENV": "off"}, configDir, ""},
		{map[string]string{"GOENV": filepath.Join(dir, "none")}, configDir, ""},
		{map[string]string{"GOENV": written}, noDir, "-tags=a -ldflags=-w"},
		{nil, noDir, ""},
	} {
		if got := goFlags(func(name string) string { return c.environ[name] }, c.configDir); got != c.want {
			t.Errorf("%v: got %q, want %q", c.environ, got, c.want)
		}
	}
}

// TestHasGoFlag: flags are distinguished by their whole names.
func TestHasGoFlag(t *testing.T) {
	t.Parallel()
	for flags, want := range map[string]bool{
		"-ldflags=-s": true, "--ldflags=-s": true, `-v '-ldflags=-s -w'`: true, "-ldflags": true,
		"": false, "-tags=-ldflags": false, "-ldflagsx": false, "ldflags": false,
	} {
		if got := hasGoFlag(flags, "ldflags"); got != want {
			t.Errorf("%s: got %v", flags, got)
		}
	}
}
