package report

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"

	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
)

// sarifLevels are the levels of SARIF by severity.
var sarifLevels = map[schema.Severity]string{
	schema.Error:   "error",
	schema.Warning: "warning",
	schema.Info:    "note",
}

// The types below are the part of SARIF 2.1.0 that conngen writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
		Help             sarifText `json:"help"`
		HelpURI          string    `json:"helpUri"`
		Configuration    struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifResult struct {
		RuleID           string          `json:"ruleId"`
		RuleIndex        *int            `json:"ruleIndex,omitempty"`
		Level            string          `json:"level"`
		Message          sarifText       `json:"message"`
		Locations        []sarifLocation `json:"locations"`
		RelatedLocations []sarifLocation `json:"relatedLocations,omitempty"`
		Fixes            []sarifFix      `json:"fixes,omitempty"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  any       `json:"deletedRegion"` // a sarifRegion, or sarifBytes
		Inserted sarifText `json:"insertedContent"`
	}
	sarifBytes struct {
		Offset int `json:"byteOffset"`
		Length int `json:"byteLength"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)

// SARIF writes a log of SARIF 2.1.0 with one run, which describes the rules and has the
// findings of all files. It leaves out what settings ignore: GitHub does not read the
// suppressions of a log, and would show all of it.
func SARIF(o Options) Writer {
	return func(w io.Writer, files []File) error {
		run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
		run.Tool.Driver = sarifDriver{Name: "conngen", InformationURI: homepage.URL, Rules: []sarifRule{}}
		index := make(map[string]int)
		for i, r := range o.Rules {
			index[r.ID] = i
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, newSARIFRule(r))
		}
		for _, f := range files {
			for _, d := range f.Findings {
				result := newSARIFResult(d, o.fromRoot(d.Path))
				result.Fixes = f.sarifFixes(d, o.fromRoot(d.Path))
				if i, ok := index[d.Rule]; ok {
					result.RuleIndex = &i
				}
				run.Results = append(run.Results, result)
			}
		}
		return encode(w, sarifLog{
			Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
			Version: "2.1.0",
			Runs:    []sarifRun{run},
		})
	}
}

func newSARIFRule(r rules.Rule) sarifRule {
	rule := sarifRule{ID: r.ID, ShortDescription: sarifText{Text: r.Purpose}, Help: sarifText{plainHelp(r), markdownHelp(r)}, HelpURI: r.Page()}
	rule.Configuration.Level = sarifLevels[r.Severity]
	return rule
}

func newSARIFResult(d schema.Diagnostic, path string) sarifResult {
	result := sarifResult{
		RuleID:    d.Rule,
		Level:     sarifLevels[d.Severity],
		Message:   sarifText{Text: withHint(d)},
		Locations: []sarifLocation{newSARIFLocation(path, position(d))},
	}
	if d.Related != (schema.Place{}) {
		related := newSARIFLocation(path, d.Related.Position)
		related.ID, related.Message = 1, &sarifText{Text: "the other place"}
		result.RelatedLocations = []sarifLocation{related}
	}
	return result
}

// newSARIFLocation gives the marked part of a line, not all of a value: GitHub shows a finding in
// a pull request only if that changes each line of its region.
func newSARIFLocation(path string, at schema.Position) sarifLocation {
	return sarifLocation{Physical: sarifPhysical{
		Artifact: sarifArtifact{pathURI(path)},
		Region:   sarifRegion{at.Line, at.Column, at.Line, at.Column + at.Width},
	}}
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

// encode writes JSON as people can read it, too.
func encode(w io.Writer, value any) error {
	encoder := json.NewEncoder(printable.JSON(w))
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
