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
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/settings"
)

// A directive is a go:generate line that runs conngen generate with flags, which other
// commands do not know.
type directive struct {
	file  string
	line  int
	args  []string          // its PATH arguments
	flags map[string]string // by the names of the settings
}

// passes says where the directive is, and which flags it passes.
func (d directive) passes() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d passes", found.Shown(d.file), d.line)
	for _, name := range settingFlags {
		if value, ok := d.flags[name]; ok {
			fmt.Fprintf(&b, " --%s %s", name, value)
		}
	}
	return b.String()
}

// hint says which settings tell all commands what the flags tell one.
func (d directive) hint() string {
	text, err := json.Marshal(map[string]any{"generate": d.flags})
	if err != nil {
		return err.Error() // plain texts can always be marshalled
	}
	them := "it"
	if len(d.flags) > 1 {
		them = "them"
	}
	return fmt.Sprintf("put %s into %s, where all commands find %s: %s", them, settings.FileName, them, text)
}

// findDirective looks beside a spec for the directive that generates its package into
// another folder than the target's.
func findDirective(p packageSource) (directive, bool) {
	dir := filepath.Dir(p.path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return directive{}, false
	}
	for _, entry := range entries {
		file := filepath.Join(dir, entry.Name())
		if filepath.Ext(file) != ".go" {
			continue
		}
		text, err := found.ReadFile(file)
		if err != nil {
			continue // go generate reports what is wrong with it
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		for n := 1; lines.Scan(); n++ {
			d, ok := parseDirective(lines.Text())
			if d.file, d.line = file, n; ok && d.isFor(p.path) && d.isElsewhere(p) {
				return d, true
			}
		}
	}
	return directive{}, false
}

// settingFlags are the flags of generate that settings can say too.
var settingFlags = []string{"out", "package", "sdk"}

// parseDirective reads a line of Go. It reports false if the line does not run conngen
// generate.
func parseDirective(line string) (directive, bool) {
	command, ok := strings.CutPrefix(line, "//go:generate ")
	if !ok {
		return directive{}, false
	}
	words := strings.Fields(command)
	at := slices.Index(words, "generate")
	if at < 1 || !strings.HasPrefix(filepath.Base(words[at-1]), "conngen") {
		return directive{}, false
	}
	set := pflag.NewFlagSet("generate", pflag.ContinueOnError)
	set.ParseErrorsAllowlist.UnknownFlags = true
	for _, name := range settingFlags {
		set.String(name, "", "")
	}
	if set.Parse(words[at+1:]) != nil {
		return directive{}, false
	}
	d := directive{args: set.Args(), flags: make(map[string]string)}
	set.Visit(func(f *pflag.Flag) { d.flags[f.Name] = f.Value.String() })
	return d, true
}

// isFor reports whether the directive generates the package of a spec. go generate runs
// it in the folder of its file.
func (d directive) isFor(spec string) bool {
	self, err := os.Stat(spec)
	if err != nil {
		return false
	}
	args := d.args
	if len(args) == 0 {
		args = []string{"."}
	}
	return slices.ContainsFunc(args, func(arg string) bool {
		specs, err := findSpec(target.Beside(d.file, arg))
		return err == nil && slices.ContainsFunc(specs, func(p specPath) bool {
			info, err := os.Stat(p.path)
			return err == nil && os.SameFile(self, info)
		})
	})
}

// isElsewhere reports whether the directive names another folder than the target's.
func (d directive) isElsewhere(p packageSource) bool {
	out, ok := d.flags["out"]
	if !ok {
		return false
	}
	there, err := filepath.Abs(target.Beside(p.path, out))
	if err != nil {
		return false
	}
	here, err := filepath.Abs(p.target.Dir)
	return err == nil && there != here
}

// isMissing reports whether a package has no files.
func isMissing(drift []generator.Drift, files int) bool {
	missing := 0
	for _, d := range drift {
		switch d.Kind {
		case generator.Missing:
			missing++
		case generator.Leftover: // from a run that was killed before it wrote the files
		default:
			return false
		}
	}
	return missing == files
}
