package main

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
)

// find makes findings of the drift.
func (r *checkResult) find() {
	r.drift = withoutOldSDK(r.drift)
	r.findings, r.patches = nil, nil
	for _, d := range r.drift {
		hint, subject := r.hint, "file "
		switch {
		case d.Path == "" && r.kind == kindSDK:
			subject = "SDK is "
		case d.Path == "":
			subject = "package is "
		case d.Kind == generator.Foreign:
			hint, subject = "move it away", d.Path+" " // which may be a folder
		case d.Path == generator.SDKFolder:
			subject = "folder "
		case d.Kind == generator.Leftover:
			subject = "folder "
			if d.Why != "" { // it says what to do
				hint = ""
			}
		}
		at := token.Position{Filename: filepath.Join(found.Shown(r.dir), d.Path)}
		r.findings = append(r.findings, findingAt(at, 0, rules.DriftPrefix+string(d.Kind), subject+driftText(d), hint))
		r.patches = append(r.patches, d.Diff)
	}
}

// asEveryone adds to the hint which conngen to use, where another version wrote the files.
func (r *checkResult) asEveryone() {
	if slices.ContainsFunc(r.drift, func(d generator.Drift) bool { return d.Kind == generator.OtherVersion }) {
		r.hint += " with the version of conngen that everyone uses"
	}
}

// findingAt returns a finding about some characters of a line, or about a file as a whole where the
// position has no line.
func findingAt(at token.Position, width int, id, message, hint string) schema.Diagnostic {
	rule, _ := rules.Find(id)
	d := schema.Diagnostic{Path: at.Filename, Rule: id, Severity: rule.Severity, Message: message, Hint: hint}
	if at.Line > 0 {
		column, width := max(at.Column, 1), max(width, 1)
		d.Position = schema.Position{Line: at.Line, Column: column, EndLine: at.Line, EndColumn: column + width, Width: width}
	}
	return d
}

// driftFiles are the findings of results.
func driftFiles(results []checkResult) []report.File {
	var files []report.File
	for _, r := range results {
		if len(r.findings) > 0 {
			files = append(files, report.File{Source: r.file, Findings: r.findings, Patches: r.patches})
		}
	}
	return files
}

// driftForPeople is driftFiles in short: each folder shows a hint once, after the last file that it
// is about, or in the line of a folder that is missing as a whole; long differences are cut.
func driftForPeople(results []checkResult, full bool) []report.File {
	short := slices.Clone(results)
	for i, r := range short {
		found, patches := slices.Clone(r.findings), slices.Clone(r.patches)
		for j := range found {
			d := &found[j]
			switch {
			case slices.ContainsFunc(found[j+1:], func(later schema.Diagnostic) bool { return later.Hint == d.Hint }):
				d.Hint = ""
			case j < len(r.drift) && r.drift[j].Path == "" && d.Hint != "":
				d.Message, d.Hint = d.Message+"; "+d.Hint, ""
			}
		}
		for j := range patches {
			patches[j] = shortened(patches[j], full)
		}
		short[i].findings, short[i].patches = found, patches
	}
	return driftFiles(short)
}

// withoutOldSDK replaces the files of an SDK that has left its package's folder by one line.
func withoutOldSDK(drift []generator.Drift) []generator.Drift {
	var kept []generator.Drift
	for _, d := range drift {
		switch {
		case d.Kind != generator.Stale || !strings.HasPrefix(d.Path, generator.SDKFolder+"/"):
			kept = append(kept, d)
		case len(kept) == 0 || kept[len(kept)-1].Path != generator.SDKFolder:
			kept = append(kept, generator.Drift{Path: generator.SDKFolder, Kind: generator.Stale, Why: "the SDK is no longer here"})
		}
	}
	return kept
}

func driftText(d generator.Drift) string {
	switch d.Kind {
	case generator.Missing:
		if d.Path == "" {
			return "not generated yet"
		}
		return "is missing"
	case generator.Stale:
		return "is stale: " + cmp.Or(d.Why, "it is no longer generated")
	case generator.OtherSettings:
		if d.Path == "" {
			return "not generated here: " + d.Why
		}
		return "was generated with different settings: " + d.Why
	case generator.OtherVersion:
		return "was written by another version of conngen, or edited by hand"
	case generator.Edited:
		text := "was edited by hand, or written by another version of conngen"
		if d.Why != "" {
			text += "; " + d.Why
		}
		return text
	case generator.Foreign:
		return d.Why
	case generator.Leftover:
		return cmp.Or(d.Why, "was left behind by a killed conngen")
	}
	return "is out of date: it was generated from an older spec"
}

// maxDiff is how many lines of a file's differences are shown.
const maxDiff = 40

// shortened cuts long differences.
func shortened(diff string, full bool) string {
	lines := strings.SplitAfter(diff, "\n")
	if full || len(lines) <= maxDiff+1 {
		return diff
	}
	left := len(lines) - 1 - maxDiff // what follows the last line end is empty
	return strings.Join(lines[:maxDiff], "") + fmt.Sprintf("… %s more; --full shows them\n", plural.Count(left, "line"))
}
