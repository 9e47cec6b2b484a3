package diff

import (
	"embed"

	"github.com/conngen/conngen/schema/internal/example"
)

//go:embed examples/*.txtar
var examples embed.FS

// Examples returns two specs between which there is a change of the kind.
func (k Kind) Examples() (old, current string) {
	return example.File(examples, k.ID, "old.json"), example.File(examples, k.ID, "new.json")
}
