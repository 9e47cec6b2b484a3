// Package report writes findings in the formats that people and programs read. [Output] is the JSON
// that all commands have in common.
package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
)

// A File is a file with what was found in it.
type File struct {
	Source     *schema.File // its text, for the formats that show it; nil for a folder of files
	Findings   schema.Diagnostics
	Patches    []string // unified diffs that text shows with the findings; nil for most files
	Suppressed []Suppression
	Secrets    []schema.Pointer       // values that no format may show
	Refused    map[*schema.Fix]string // why fixes of the findings are not applied, where someone asked for them
	Opaque     bool                   // any value may be a secret: the text should be a spec and cannot be read

	// WireName gives the wire name of the nearest named thing around a value of a spec, or "" if
	// there is none. It is nil for files that are not specs, and for specs that cannot be read.
	WireName func(schema.Pointer) string
}

// A Suppression is a finding that the settings ignore.
type Suppression struct {
	schema.Diagnostic
	Reason string
}

// A Writer writes the findings of files in one format.
type Writer func(w io.Writer, files []File) error

// Options are what formats take into account besides the findings.
type Options struct {
	Rules  []rules.Rule // those whose findings are written, for formats that describe them
	Colour bool         // for formats that people read

	// FromRoot gives the path of a file from the root of its repository, for the formats of services
	// that show files of repositories. With nil, paths stay as they are.
	FromRoot func(path string) string
}

func (o Options) fromRoot(path string) string {
	if o.FromRoot == nil {
		return path
	}
	return o.FromRoot(path)
}

// formats is the table of formats, the default one first. JSON is not among them: it has more
// than findings.
var formats = []struct {
	name   string
	writer func(Options) Writer
}{
	{"text", Text},
	{"github", GitHub},
	{"gitlab", GitLab},
	{"sarif", SARIF},
}

// JSON is the name of the format that [Write] writes.
const JSON = "json"

// Format returns the writer of a format other than JSON.
func Format(name string, o Options) (Writer, error) {
	for _, f := range formats {
		if f.name == name {
			return f.writer(o), nil
		}
	}
	return nil, fmt.Errorf("unknown format %q", name)
}

// Formats lists the formats of findings.
func Formats() []string {
	names := []string{formats[0].name, JSON}
	for _, f := range formats[1:] {
		names = append(names, f.name)
	}
	return names
}

// position is where formats place a finding that need a line: the beginning of a file that is wrong
// as a whole.
func position(d schema.Diagnostic) schema.Position {
	if isWhole(d) {
		return schema.Position{Line: 1, Column: 1, EndLine: 1, EndColumn: 2, Width: 1}
	}
	return d.Position
}

// isWhole reports whether a finding is about a file or folder, and not about a part of it.
func isWhole(d schema.Diagnostic) bool { return d.Line == 0 }

// finding returns a finding in the file as programs read it.
func (f File) finding(d schema.Diagnostic) Finding {
	found := newFinding(d)
	found.Fix = f.fix(d)
	if f.WireName != nil {
		found.Name = f.WireName(d.Pointer)
	}
	found.subject = f.subject(d.Pointer, found.Name)
	return found
}

// subject identifies a value of a file by its wire name and the way from there. Numbers in a
// pointer, which count the elements of arrays, change with what is before them.
func (f File) subject(p schema.Pointer, name string) string {
	if name == "" {
		return string(p)
	}
	named := p
	for {
		at := strings.LastIndexByte(string(named), '/')
		if at < 0 || f.WireName(named[:at]) != name {
			return name + string(p[len(named):])
		}
		named = named[:at]
	}
}
