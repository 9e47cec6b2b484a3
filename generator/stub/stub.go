// Package stub keeps the client that an author writes in step with the spec: it finds the
// methods that are missing or no longer fit, and adds those that are missing.
package stub

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
)

// Options say where the methods of a client belong.
type Options struct {
	generator.Options
	Import      string // path of the generated package
	Dir         string // folder of the user's package
	File        string // for new methods, relative to Dir; "" is the file that has the type, or else client.go
	Type        string // of the client: "Client"
	UserPackage string // of a new file: "main"
}

// A Stub is what a client needs to fit a spec: the file with the methods that were
// missing, and what only its author can decide.
type Stub struct {
	Path     string         // of the file
	Old, New []byte         // its text; Old is nil for a new file, and the same as New when nothing is missing
	Client   token.Position // of the client's type; the file alone where it is new
	Added    []string       // methods
	Problems []Problem
}

// A Problem is a method that does not fit the spec.
type Problem struct {
	Position token.Position
	Message  string
}

func (p Problem) String() string { return fmt.Sprintf("%s: %s", p.Position, p.Message) }

// Make finds the methods that the client of a spec without errors still needs, and puts
// them after the file's text. Every line of the user's stays as it is. A package that does
// not parse is an error, as is a type that is not a struct.
func Make(spec *schema.Spec, opts Options) (*Stub, error) {
	user, err := readUserPackage(opts.Dir, opts.Type)
	if err != nil {
		return nil, err
	}
	if err := user.usable(opts.Type); err != nil {
		return nil, err
	}
	c := newClient(spec, opts)
	methods := user.methods(opts.Import, c.methods)
	stub := &Stub{Path: user.target(opts.Dir, opts.File), Problems: c.problems(methods)}
	stub.Client = token.Position{Filename: stub.Path, Line: 1, Column: 1}
	if user.spec != nil {
		stub.Client = user.fset.Position(user.spec.Pos())
	}
	missing := c.missing(methods)
	for _, m := range missing {
		stub.Added = append(stub.Added, m.GoName)
	}
	stub.Old, err = found.ReadFile(stub.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	stub.New, err = c.addMethods(stub.Old, stub.Path, user, missing)
	return stub, err
}

// Complete is [Make] for a package that is not on disk yet: it has one file, opts.File,
// whose text holds the type. It returns the text with the methods that were missing.
func Complete(spec *schema.Spec, opts Options, text []byte) ([]byte, error) {
	user := &userPackage{fset: token.NewFileSet()}
	if err := user.parse(opts.File, text); err != nil {
		return nil, err
	}
	user.findType(opts.Type)
	c := newClient(spec, opts)
	return c.addMethods(text, opts.File, user, c.missing(user.methods(opts.Import, c.methods)))
}

// Diff returns what the stub changes as a unified diff, "" when nothing.
func (s *Stub) Diff() string {
	name := printable.Text(filepath.ToSlash(s.Path)) // on one line
	return udiff.Unified(name, name+" (with stubs)", string(s.Old), string(s.New))
}

// Write brings the file to disk. A file that has changed since it was read is left
// alone, and is an error.
func (s *Stub) Write() error {
	if s.Old != nil && bytes.Equal(s.Old, s.New) {
		return nil
	}
	now, err := found.ReadFile(s.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !bytes.Equal(now, s.Old) {
		return fmt.Errorf("%s changed while conngen read it; try again", s.Path)
	}
	return generator.WriteFile(s.Path, s.New)
}
