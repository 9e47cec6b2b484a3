package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

// inspected is a text with what is found in it.
func inspected(text string) File {
	spec, found := schema.Parse("spec.json", []byte(text))
	if spec == nil {
		return File{Source: schema.NewFile("spec.json", []byte(text)), Findings: found, Opaque: true}
	}
	return File{Source: spec.File, Findings: append(found, generator.Lint(spec, generator.Options{})...), Secrets: generator.Secrets(spec)}
}

// TestFixForms: the offsets and places in JSON, and the regions in SARIF, all describe the edits of a
// fix, whatever the text.
func TestFixForms(t *testing.T) {
	t.Parallel()
	count, secrets := 0, 0
	for _, r := range lint.Rules() {
		bad, _ := r.Examples()
		for _, text := range []string{bad, "\uFEFF" + strings.ReplaceAll(bad, "\n", "\r\n"), strings.Replace(bad, `"Example"`, `"名前 😀", "description": "é"`, 1)} {
			file := inspected(text)
			log, err := sarif.FromString(written(t, SARIF(Options{}), []File{file}))
			if err != nil {
				t.Fatal(err)
			}
			found := NewFound([]File{file}).Findings
			for i, d := range file.Findings {
				if d.Fix == nil {
					continue
				}
				count++
				want := string(schema.Apply([]byte(text), d.Fix.Edits))
				var offsets []schema.Edit
				places := regions{text: text}
				for _, e := range found[i].Fix.Edits {
					offsets = append(offsets, schema.Edit{Start: e.Start, End: e.End, Text: e.Text})
					places.replace(t, e.Line, e.Column, e.EndLine, e.EndColumn, e.Text)
				}
				if got := string(schema.Apply([]byte(text), offsets)); got != want {
					t.Errorf("%v: the offsets make\n%s", d, got)
				}
				if got := places.done(); got != want && d.Rule != "utf8-bom" {
					t.Errorf("%v: the places make\n%s", d, got)
				}
				if len(log.Runs[0].Results[i].Fixes) == 0 {
					secrets++
					continue
				}
				replaced := log.Runs[0].Results[i].Fixes[0].ArtifactChanges[0].Replacements[0]
				region, inSARIF := replaced.DeletedRegion, regions{text: text}
				if d.Rule == "utf8-bom" {
					inSARIF.text = inSARIF.text[*region.ByteLength:]
				} else {
					inSARIF.replace(t, *region.StartLine, *region.StartColumn, *region.EndLine, *region.EndColumn, *replaced.InsertedContent.Text)
				}
				if got := inSARIF.done(); got != want {
					t.Errorf("%v: SARIF makes\n%s", d, got)
				}
			}
		}
	}
	if count < 100 || secrets > 3 {
		t.Errorf("%d fixes, of which %d are not in SARIF", count, secrets)
	}
}

// regions are replacements in a text by lines and columns.
type regions struct {
	text  string
	edits []schema.Edit
}

func (r *regions) replace(t *testing.T, line, column, endLine, endColumn int, text string) {
	t.Helper()
	r.edits = append(r.edits, schema.Edit{Start: r.offset(line, column), End: r.offset(endLine, endColumn), Text: text})
}

// offset counts as editors do: a byte order mark has no column.
func (r *regions) offset(line, column int) int {
	body := strings.TrimPrefix(r.text, "\uFEFF")
	at := len(r.text) - len(body)
	lines := strings.SplitAfter(body, "\n")
	for _, l := range lines[:line-1] {
		at += len(l)
	}
	return at + len(string([]rune(lines[line-1])[:column-1]))
}

func (r *regions) done() string { return string(schema.Apply([]byte(r.text), r.edits)) }

// TestFixesHideSecrets: no format shows a secret that stands beside what a fix changes, or that a fix
// puts in quotes.
func TestFixesHideSecrets(t *testing.T) {
	t.Parallel()
	file := inspected(`{"name": "X", "keyType": "simple", "commands": ["std:test-connection", "std:account:create"], "sourceConfig": [{"type": "menu", "label": "A", "items": [{"type": "section", "sectionTitle": "B", "items": [
{"key": "apiKey", "label": "Key", "type": "text", "required": "true", "value": "hunter2"}, {"key": "pin", "label": "PIN", "type": "text"}]}]}],
"sourceConfigInitialValues": {"apiKey": 7654321},
"accountCreateTemplate": {"fields": [
{"name": "password", "label": "P", "type": "string", "initialValue": {"type": "static", "attributes": {"value": "hunter2"}}}]}}`)
	for _, rule := range []string{"boolean-as-string", "initial-value-type-mismatch", "deprecated-field-name", "static-password-in-create-template"} {
		if !slices.ContainsFunc(file.Findings, func(d schema.Diagnostic) bool { return d.Rule == rule && d.Fix != nil }) {
			t.Errorf("no fix for %s", rule)
		}
	}
	for _, f := range formats {
		if out := written(t, f.writer(Options{}), []File{file}); strings.Contains(out, "hunter2") || strings.Contains(out, "7654321") {
			t.Errorf("%s shows a secret:\n%s", f.name, out)
		}
	}
	var out strings.Builder
	if err := Write(&out, &Validation{Found: NewFound([]File{file})}); err != nil || strings.Contains(out.String(), "hunter2") || strings.Contains(out.String(), "7654321") {
		t.Errorf("JSON shows a secret: %v\n%s", err, &out)
	}
	github := written(t, GitHub(Options{}), []File{file})
	if want := `%0A{"key": "apiKey", "label": "Key", "type": "text", "required": true, "value": "*******"}, `; !strings.Contains(github, want) {
		t.Errorf("no fixed line in\n%s", github)
	}
}

func TestOpaqueText(t *testing.T) {
	t.Parallel()
	const text = "{\"name\": \"hr\",\r\n  \"password\": hunter2\n"
	if got, want := Opaque(text), "{\"name\": \"**\",\r\n  \"password\": *******\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
