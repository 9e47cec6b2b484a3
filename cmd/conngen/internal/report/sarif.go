package report

import (
	"io"
	"net/url"
	"path/filepath"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
)

const informationURI = "https://github.com/conngen/conngen"

// levels are the levels of SARIF by severity.
var levels = map[schema.Severity]string{
	schema.Error:   "error",
	schema.Warning: "warning",
	schema.Info:    "note",
}

// SARIF writes a log of SARIF 2.1.0 with one run, which describes the rules and has the
// findings of all files.
func SARIF(rules []Rule) Writer {
	return func(w io.Writer, files []File) error {
		run := sarif.NewRunWithInformationURI("conngen", informationURI).WithColumnKind("unicodeCodePoints")
		index := make(map[string]int)
		for i, r := range rules {
			index[r.ID] = i
			run.Tool.Driver.AddRule(sarifRule(r))
		}
		for _, f := range files {
			for _, d := range f.Findings {
				result := sarifResult(d)
				if i, ok := index[d.Rule]; ok {
					result.WithRuleIndex(i)
				}
				run.AddResult(result)
			}
		}
		return sarif.NewReport().AddRun(run).PrettyWrite(printable.JSON(w))
	}
}

func sarifRule(r Rule) *sarif.ReportingDescriptor {
	rule := sarif.NewRule(r.ID).
		WithShortDescription(sarif.NewMultiformatMessageString().WithText(r.Purpose)).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(levels[r.Severity]))
	if r.Text != "" {
		rule.WithHelp(sarif.NewMultiformatMessageString().WithText(r.Text).WithMarkdown(r.MarkdownText))
	}
	return rule
}

func sarifResult(d schema.Diagnostic) *sarif.Result {
	text := d.Message
	if d.Hint != "" {
		text += "\nhint: " + d.Hint
	}
	result := sarif.NewRuleResult(d.Rule).
		WithLevel(levels[d.Severity]).
		WithMessage(sarif.NewTextMessage(text)).
		AddLocation(sarifLocation(d.Path, d.Line, d.Column, d.Width))
	if d.Related != (schema.Place{}) {
		result.AddRelatedLocation(sarifLocation(d.Path, d.Related.Line, d.Related.Column, 1).
			WithID(1).WithMessage(sarif.NewTextMessage("the other place")))
	}
	return result
}

func sarifLocation(path string, line, column, width int) *sarif.Location {
	region := sarif.NewRegion().WithStartLine(line).WithStartColumn(column).WithEndLine(line).WithEndColumn(column + width)
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation(pathURI(path))).
		WithRegion(region))
}

// pathURI makes a URI of a path: a relative one, which is resolved against the
// repository, or one of the scheme file.
func pathURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
	}
	return u.String()
}
