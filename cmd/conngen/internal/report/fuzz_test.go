package report

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

// FuzzReport: whatever a file is called and has in it, and whatever is said about it, each
// format stays what it is, with one finding as often as there is one.
func FuzzReport(f *testing.F) {
	f.Add("connector-spec.json", `{"name":"x"}`, "a message", "a hint")
	f.Add("connector-spec.json", "\uFEFF{// c\n\"name\":\"x\",\"showDebugLoggingOption\":\"true\",\"commands\":[\"std:account:list\",\"std:account:list\",],\"sourceConfig\":[]}", "a message", "a hint")
	f.Fuzz(func(t *testing.T, path, text, message, hint string) {
		path = strings.TrimSuffix(path, "/")
		spec, found := schema.Parse(path, []byte(text))
		file := File{Source: schema.NewFile(path, []byte(text)), Findings: found}
		if spec != nil {
			file.Findings = append(file.Findings, generator.Lint(spec, generator.Options{})...)
			file.Secrets = generator.Secrets(spec)
		}
		file.Findings = append(file.Findings, schema.Diagnostic{
			Path: path, Position: schema.Position{Line: 1, Column: 1, EndLine: 1, EndColumn: 2, Width: 1}, Rule: "rule", Severity: schema.Warning, Message: message, Hint: hint,
		})
		files := []File{file}
		checkPlain(t, written(t, Text(Options{}), files))
		checkColoured(t, written(t, Text(Options{Colour: true}), files))
		checkCommands(t, written(t, GitHub(Options{}), files), len(file.Findings))
		checkJSON(t, files)
		checkSARIF(t, written(t, SARIF(Options{}), files), file.Findings)
		checkGitLab(t, written(t, GitLab(Options{}), files), len(file.Findings))

		change := generator.Change{ID: "id", Subject: message, Message: message, Review: hint}
		diffs := []Diff{{OldPath: path, Path: path, Result: generator.Comparison{Changes: []generator.Change{change}}}}
		for _, format := range diffFormats {
			var b strings.Builder
			if err := format.writer(Options{})(&b, diffs, true); err != nil {
				t.Fatal(err)
			}
			switch out := b.String(); format.name {
			case JSON:
				var read Changes
				if err := json.Unmarshal([]byte(out), &read); err != nil || len(read.Changes) != 1 {
					t.Errorf("%v in %s", err, out)
				}
			case "gitlab":
				checkGitLab(t, out, 1)
			case "github":
				checkCommands(t, out, 1)
			case "markdown":
				checkPlain(t, out)
				if n := strings.Count(out, "\n"); n != 6 {
					t.Errorf("a table of one line has %d lines: %s", n, out)
				}
			default:
				checkPlain(t, out)
			}
		}
		var b strings.Builder
		if err := diffText(Options{Colour: true})(&b, diffs, true); err != nil {
			t.Fatal(err)
		}
		checkColoured(t, b.String())
		b.Reset()
		if err := Patch(&b, text, true); err != nil {
			t.Fatal(err)
		}
		checkColoured(t, b.String())
	})
}

func written(t *testing.T, write Writer, files []File) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, files); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkPlain: nothing but characters that can be seen, tabs and line ends.
func checkPlain(t *testing.T, out string) {
	t.Helper()
	for _, r := range out {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			t.Fatalf("it has %U: %q", r, out)
		}
	}
	if !utf8.ValidString(out) {
		t.Errorf("not UTF-8: %q", out)
	}
}

// command is a workflow command, whose properties and data have escapes for what would end
// them.
var command = regexp.MustCompile(`^::(error|warning|notice) file=[^:,]*,line=[0-9]+,col=[0-9]+(,endColumn=[0-9]+)?,title=[^:,]*::[^\r]*$`)

func checkCommands(t *testing.T, out string, findings int) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != findings || slices.ContainsFunc(lines, func(l string) bool { return !command.MatchString(l) }) {
		t.Errorf("%d findings are the commands %q", findings, lines)
	}
}

// styles are what colours add to a text.
var styles = regexp.MustCompile("\x1b\\[(0|1|1;3[1236])m")

func checkColoured(t *testing.T, out string) {
	t.Helper()
	checkPlain(t, styles.ReplaceAllString(out, ""))
	for line := range strings.Lines(out) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("GitHub obeys %q", line)
		}
	}
}

func checkJSON(t *testing.T, files []File) {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, &Validation{Found: NewFound(files), Suppressed: NewSuppressed(files), Specs: []string{}}); err != nil {
		t.Fatal(err)
	}
	findings := files[0].Findings
	var read Validation
	if err := json.Unmarshal([]byte(b.String()), &read); err != nil || len(read.Findings) != len(findings) {
		t.Fatalf("%v in %s", err, &b)
	}
	for i, d := range findings {
		if r := read.Findings[i]; r.Message != strings.ToValidUTF8(d.Message, r.Message) && utf8.ValidString(d.Message) || r.Rule != d.Rule {
			t.Errorf("%q has become %q", d.Message, r.Message)
		}
	}
}

func checkGitLab(t *testing.T, out string, findings int) {
	t.Helper()
	var issues []gitlabIssue
	if err := json.Unmarshal([]byte(out), &issues); err != nil || len(issues) != findings {
		t.Fatalf("%v in %s", err, out)
	}
	known := make(map[string]bool)
	for _, i := range issues {
		if known[i.Fingerprint] || i.Location.Lines.Begin < 1 || i.Location.Path == "" {
			t.Errorf("not a place and fingerprint of its own: %+v", i)
		}
		known[i.Fingerprint] = true
	}
}

func checkSARIF(t *testing.T, out string, findings schema.Diagnostics) {
	t.Helper()
	log, err := sarif.FromString(out)
	if err != nil || len(log.Runs[0].Results) != len(findings) {
		t.Fatalf("%v in %s", err, out)
	}
	for i, r := range log.Runs[0].Results {
		uri := *r.Locations[0].PhysicalLocation.ArtifactLocation.URI
		if _, err := url.Parse(uri); err != nil {
			t.Errorf("%q leads to %v", findings[i].Path, err)
		}
	}
}
