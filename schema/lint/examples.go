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
