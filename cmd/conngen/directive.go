package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/settings"
)

// A directive is a go:generate line that runs conngen generate with flags, which other
// commands do not know.
type directive struct {
	file  string
	line  int
	flags map[string]string // by the names of the settings
}

// String says where the directive is and which settings would tell all commands.
func (d directive) String() string {
	text, err := json.Marshal(map[string]any{"generate": d.flags})
	if err != nil {
		return err.Error() // it has texts alone
	}
	return fmt.Sprintf("%s:%d generates it with flags of its own; put them into %s, where all commands find them: %s",
		shown(d.file), d.line, settings.FileName, text)
}

// findDirective looks for a directive beside a spec that writes its package elsewhere.
func findDirective(spec string) (directive, bool) {
	files, err := filepath.Glob(filepath.Join(filepath.Dir(spec), "*.go"))
	if err != nil {
		return directive{}, false
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		for n := 1; lines.Scan(); n++ {
			if flags := directiveFlags(lines.Text()); len(flags) > 0 {
				return directive{file, n, flags}, true
			}
		}
	}
	return directive{}, false
}

// directiveFlags returns the flags of a go:generate line that the settings have too.
func directiveFlags(line string) map[string]string {
	command, ok := strings.CutPrefix(line, "//go:generate ")
	if !ok {
		return nil
	}
	words := strings.Fields(command)
	at := slices.Index(words, "generate")
	if at < 1 || !strings.HasPrefix(filepath.Base(words[at-1]), "conngen") {
		return nil
	}
	set := pflag.NewFlagSet("generate", pflag.ContinueOnError)
	set.ParseErrorsAllowlist.UnknownFlags = true
	for _, name := range []string{"out", "package", "sdk"} {
		set.String(name, "", "")
	}
	if set.Parse(words[at+1:]) != nil {
		return nil
	}
	flags := make(map[string]string)
	set.Visit(func(f *pflag.Flag) { flags[f.Name] = f.Value.String() })
	return flags
}

// isMissing reports whether nothing of a package is there.
func isMissing(drift []generator.Drift, files int) bool {
	return len(drift) == files && !slices.ContainsFunc(drift, func(d generator.Drift) bool { return d.Kind != generator.Missing })
}
