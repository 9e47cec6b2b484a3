package found

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// HasGoFlag reports whether the go command adds a flag to each call, such as ldflags.
func HasGoFlag(name string) bool { return hasGoFlag(goFlags(os.Getenv, os.UserConfigDir), name) }

func hasGoFlag(flags, name string) bool {
	return slices.ContainsFunc(splitQuoted(flags), func(flag string) bool {
		before, _, _ := strings.Cut(flag, "=")
		return before == "-"+name || before == "--"+name
	})
}

// goFlags returns the flags that the go command adds to each call: those of GOFLAGS in the
// environment, or else those written by go env -w.
func goFlags(environ func(string) string, configDir func() (string, error)) string {
	if flags := environ("GOFLAGS"); flags != "" {
		return flags
	}
	name := environ("GOENV")
	if name == "" {
		dir, err := configDir()
		if err != nil {
			return ""
		}
		name = filepath.Join(dir, "go", "env")
	}
	if !filepath.IsAbs(name) { // GOENV=off
		return ""
	}
	text, err := ReadFile(name)
	if err != nil {
		return ""
	}
	flags := ""
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "GOFLAGS="); ok {
			flags = strings.TrimSpace(value)
		}
	}
	return flags
}
