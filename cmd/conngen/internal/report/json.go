package report

import (
	"encoding/json"
	"io"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
)

// JSON writes {"diagnostics","errors","warnings","infos"}: all findings in one
// list, and how many there are of each severity.
func JSON(w io.Writer, files []File) error {
	all := schema.Diagnostics{}
	for _, f := range files {
		for _, d := range f.Findings {
			d.Path = printable.Valid(d.Path)
			all = append(all, d)
		}
	}
	encoder := json.NewEncoder(printable.JSON(w))
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Diagnostics schema.Diagnostics `json:"diagnostics"`
		Errors      int                `json:"errors"`
		Warnings    int                `json:"warnings"`
		Infos       int                `json:"infos"`
	}{all, all.Count(schema.Error), all.Count(schema.Warning), all.Count(schema.Info)})
}
