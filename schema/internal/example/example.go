// Package example reads the examples of rules and kinds of changes, and the texts about them.
package example

import (
	"embed"
	"fmt"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/conngen/conngen/internal/packed"
)

// File returns a file of examples/ID.txtar. A missing one is a mistake in the program, which the
// tests find.
func File(examples embed.FS, id, name string) string {
	text, ok := Find(examples, id, name)
	if !ok {
		panic(fmt.Sprintf("the examples of %s have no %s", id, name))
	}
	return text
}

// Find is File for a file that not all archives have.
func Find(examples embed.FS, id, name string) (text string, ok bool) {
	archive, err := packed.ReadFile(examples, "examples/"+id+".txtar")
	if err != nil {
		panic(err)
	}
	for _, f := range txtar.Parse(archive).Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// Paragraph is File for a text of one line.
func Paragraph(examples embed.FS, id, name string) string {
	return strings.TrimSuffix(File(examples, id, name), "\n")
}
