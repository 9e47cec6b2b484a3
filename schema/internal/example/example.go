// Package example reads the examples of rules and kinds of changes.
package example

import (
	"embed"
	"fmt"

	"golang.org/x/tools/txtar"
)

// File returns a file of examples/ID.txtar. One that is not there is a mistake in
// the program, which the tests find.
func File(examples embed.FS, id, name string) string {
	text, err := examples.ReadFile("examples/" + id + ".txtar")
	if err != nil {
		panic(err)
	}
	for _, f := range txtar.Parse(text).Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	panic(fmt.Sprintf("the examples of %s have no %s", id, name))
}
