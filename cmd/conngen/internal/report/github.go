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

// GitHub writes workflow commands, which GitHub shows beside the lines of a pull
// request.
func GitHub(w io.Writer, files []File) error {
	w = printable.Commands(w)
	for _, f := range files {
		for _, d := range f.Findings {
			text := d.Message
			if d.Hint != "" {
				text += "\nhint: " + d.Hint
			}
			_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n",
				annotations[d.Severity], escapeProperty.Replace(filepath.ToSlash(d.Path)),
				d.Line, d.Column, d.Column+d.Width, escapeProperty.Replace(d.Rule), escapeData.Replace(text))
			if err != nil {
				return err
			}
		}
	}
	return nil
}
