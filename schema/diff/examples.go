package diff

import (
	"embed"
	"fmt"

	"golang.org/x/tools/txtar"
)

//go:embed examples/*.txtar
var examples embed.FS

// Examples returns two specs between which there is a change of the kind.
func (k Kind) Examples() (old, current string) {
	return k.file("old.json"), k.file("new.json")
}

// file returns one file of the kind's examples.
func (k Kind) file(name string) string {
	text, err := examples.ReadFile("examples/" + k.ID + ".txtar")
	if err != nil {
		panic(err) // a kind without examples does not pass the tests
	}
	for _, f := range txtar.Parse(text).Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	panic(fmt.Sprintf("the examples of %s have no %s", k.ID, name))
}
