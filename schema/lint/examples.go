package lint

import (
	"embed"

	"github.com/conngen/conngen/schema/internal/example"
)

//go:embed examples/*.txtar
var examples embed.FS

// Examples returns a spec that the rule reports, and the same spec fixed.
func (r Rule) Examples() (bad, good string) {
	return example.File(examples, r.ID, "bad.json"), example.File(examples, r.ID, "good.json")
}

// Message returns the output of conngen validate for the bad example.
func (r Rule) Message() string { return example.File(examples, r.ID, "want") }

// Why says what goes wrong, for whom and when: a paragraph of Markdown whose only markup is code
// spans.
func (r Rule) Why() string { return example.Paragraph(examples, r.ID, "why") }

// Ignore says when it is right to leave a finding, or why it never is, in the form of [Rule.Why].
func (r Rule) Ignore() string { return example.Paragraph(examples, r.ID, "ignore") }

// Settings returns a .conngen.json that hides the findings of the bad example, "" for errors.
func (r Rule) Settings() string {
	text, _ := example.Find(examples, r.ID, ".conngen.json")
	return text
}
