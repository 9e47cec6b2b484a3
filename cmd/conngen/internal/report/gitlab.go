package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/internal/lazyregexp"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
)

// gitlabSeverities are the severities of GitLab.
var gitlabSeverities = map[schema.Severity]string{
	schema.Error:   "critical",
	schema.Warning: "minor",
	schema.Info:    "info",
}

// A gitlabIssue is an entry of a code quality report.
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// GitLab writes a code quality report, which GitLab shows in merge requests.
func GitLab(o Options) Writer {
	return func(w io.Writer, files []File) error {
		var all []Finding
		for _, f := range files {
			for _, d := range f.Findings {
				all = append(all, f.finding(d))
			}
		}
		return writeGitLab(w, o, all)
	}
}

func writeGitLab(w io.Writer, o Options, findings []Finding) error {
	issues := make([]gitlabIssue, 0, len(findings))
	prints := make(fingerprints)
	for _, f := range findings {
		issue := gitlabIssue{Description: f.Message, CheckName: f.Rule, Severity: gitlabSeverities[f.Severity]}
		if f.Hint != "" {
			issue.Description += " (" + f.Hint + ")"
		}
		issue.Location.Path = printable.Valid(path.Clean(filepath.ToSlash(o.fromRoot(f.Path))))
		issue.Location.Lines.Begin = f.Line
		issue.Fingerprint = prints.of(issue.Location.Path, f)
		issues = append(issues, issue)
	}
	return encode(w, issues)
}

// fingerprints counts findings that are the same except for their place. GitLab takes findings of
// one fingerprint for one.
type fingerprints map[string]int

var numbers = lazyregexp.New(`[0-9]+`)

// of identifies a finding, wherever its line moves: by what it is about, or by its message if
// only that tells. The numbers in a message may be those of lines.
func (p fingerprints) of(path string, f Finding) string {
	subject := f.subject
	if subject == "" {
		subject = numbers().ReplaceAllString(f.Message, "0")
	}
	key := strings.Join([]string{path, f.Rule, subject}, "\x00")
	p[key]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, p[key]))
	return hex.EncodeToString(sum[:16])
}
