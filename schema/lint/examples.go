package lint

import (
	"embed"
	"fmt"

	"golang.org/x/tools/txtar"
)

//go:embed examples/*.txtar
var examples embed.FS

// Examples returns a spec that the rule reports, and the same spec mended.
func (r Rule) Examples() (bad, good string) {
	return r.file("bad.json"), r.file("good.json")
}

// file returns one file of the rule's examples.
func (r Rule) file(name string) string {
	text, err := examples.ReadFile("examples/" + r.ID + ".txtar")
	if err != nil {
		panic(err) // a rule without examples does not pass the tests
	}
	for _, f := range txtar.Parse(text).Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	panic(fmt.Sprintf("the examples of %s have no %s", r.ID, name))
}
