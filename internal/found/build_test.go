package found

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestTags: tags are read from GOFLAGS as the go command does.
func TestTags(t *testing.T) {
	t.Parallel()
	for flags, want := range map[string][]string{
		"":                                     nil,
		"-trimpath":                            nil,
		"-tags=a":                              {"a"},
		"-tags=":                               nil,
		"-mod=mod -tags=a,b -trimpath":         {"a", "b"},
		"--tags=a,,b":                          {"a", "b"},
		"-tags=a\t-tags=b":                     {"b"},
		`'-tags=a b' -mod=mod`:                 {"a", "b"},
		`"-tags=a,b"`:                          {"a", "b"},
		`"-tags='a' 'b'"`:                      {"a", "b"},
		`-tags='a'`:                            {"a"},
		"-tagsx=a":                             nil,
		"tags=a":                               nil,
		`-mod=mod "-tags=a`:                    {"a"},
		`'-ldflags=-X main.tags=no' -tags=yes`: {"yes"},
	} {
		if got := tagsOf(flags); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", flags, got, want)
		}
	}
}

// TestBuildContextTags: a file with a tag is built if GOFLAGS has that tag.
func TestBuildContextTags(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("//go:build special\n\npackage a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for flags, want := range map[string]bool{"": false, "-tags=other": false, "-trimpath -tags=other,special": true} {
		if built, err := buildContext(flags).MatchFile(dir, "a.go"); err != nil || built != want {
			t.Errorf("GOFLAGS %q: built is %v, %v", flags, built, err)
		}
	}
}

func TestIrregular(t *testing.T) {
	t.Parallel()
	for mode, want := range map[fs.FileMode]string{
		0o644:                  "",
		fs.ModeDir | 0o755:     "is a folder, not a file",
		fs.ModeNamedPipe:       "is a named pipe, not a file",
		fs.ModeSymlink | 0o777: "is a symbolic link, which conngen does not write through",
	} {
		if got := Irregular(mode); got != want {
			t.Errorf("%v %s, want %q", mode, got, want)
		}
	}
}
