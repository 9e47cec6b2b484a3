package diff

import (
	"embed"

	"github.com/conngen/conngen/schema/internal/example"
)

//go:embed examples/*.txtar
var examples embed.FS

// Examples returns two specs that differ by a change of the kind.
func (k Kind) Examples() (old, current string) {
	return example.File(examples, k.ID, "old.json"), example.File(examples, k.ID, "new.json")
}

// Message returns the output of conngen diff --all for the examples.
func (k Kind) Message() string { return example.File(examples, k.ID, "want") }

// Advice says what to do about a change: a paragraph of Markdown whose only markup is code spans.
func (k Kind) Advice() string { return example.Paragraph(examples, k.ID, "advice") }
