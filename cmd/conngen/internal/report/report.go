// Package report writes findings in the formats that people and programs read.
package report

import (
	"fmt"
	"io"

	"github.com/conngen/conngen/schema"
)

// A File is a file with what was found in it.
type File struct {
	Source   *schema.File // its text, for the formats that show it
	Findings schema.Diagnostics
	Secrets  []schema.Pointer // values that no format may show
}

// A Writer writes the findings of files in one format.
type Writer func(w io.Writer, files []File) error

// A Rule is a kind of finding.
type Rule struct {
	ID           string
	Severity     schema.Severity
	Purpose      string // one sentence: what is wrong
	Text         string // explains it at length; "" for those that need no more words
	MarkdownText string
}

// formats is the table of formats, the default one first. Some describe the rules whose
// findings a writer gets.
var formats = []struct {
	name   string
	writer func(rules []Rule) Writer
}{
	{"text", func([]Rule) Writer { return Text(false) }},
	{"json", func([]Rule) Writer { return JSON }},
	{"sarif", SARIF},
	{"github", func([]Rule) Writer { return GitHub }},
}

// Format returns the writer of a format, for findings of some rules.
func Format(name string, rules []Rule) (Writer, error) {
	for _, f := range formats {
		if f.name == name {
			return f.writer(rules), nil
		}
	}
	return nil, fmt.Errorf("there is no format %q", name)
}

// Formats lists the formats of findings.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}
