package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
)

// annotations are the workflow commands of GitHub by severity.
var annotations = map[schema.Severity]string{
	schema.Error:   "error",
	schema.Warning: "warning",
	schema.Info:    "notice",
}

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// GitHub writes workflow commands, which GitHub shows beside the lines of a pull request. They
// mark a part of one line: GitHub has no columns for more. It has no suggestions in them that a
// click applies, so a message ends with the fixed line.
func GitHub(o Options) Writer {
	return func(w io.Writer, files []File) error {
		w = printable.Commands(w)
		for _, f := range files {
			if err := annotate(w, o, f); err != nil {
				return err
			}
		}
		return nil
	}
}

// annotate writes a command for each finding, to a writer of commands.
func annotate(w io.Writer, o Options, f File) error {
	for _, d := range f.Findings {
		at := position(d)
		_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n",
			annotations[d.Severity], escapeProperty.Replace(filepath.ToSlash(o.fromRoot(d.Path))),
			at.Line, at.Column, at.Column+at.Width, escapeProperty.Replace(d.Rule), escapeData.Replace(withHint(d)+f.suggestion(d)))
		if err != nil {
			return err
		}
	}
	return nil
}

// withHint joins the message of a finding with its hint.
func withHint(d schema.Diagnostic) string {
	if d.Hint == "" {
		return d.Message
	}
	return d.Message + "\nhint: " + d.Hint
}
