package generator

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"

	"github.com/conngen/conngen/schema"
)

// StubOptions say where the methods of a client belong.
type StubOptions struct {
	Options
	Import  string // path of the generated package
	Dir     string // folder of the user's package
	File    string // for new methods, relative to Dir; "" is the file that has the type, or else client.go
	Type    string // of the client: "Client"
	Package string // of a new file: "main"
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

// MakeStub finds the methods that the client of a spec without errors still needs,
// and puts them behind the file's text. Every line of the user's stays as it is. A
// package that does not parse is an error, as is a type that is no struct.
func MakeStub(spec *schema.Spec, opts StubOptions) (*Stub, error) {
	pkg, err := planPackage(spec, opts.Options)
	if err != nil {
		return nil, err
	}
	user, err := readUserPackage(opts.Dir, opts.Type)
	if err != nil {
		return nil, err
	}
	if err := user.usable(opts.Type); err != nil {
		return nil, err
	}
	e := emitter{Package: pkg, from: opts.Import}
	found := user.methods(opts.Import, e.clientMethods())
	stub := &Stub{Path: user.target(opts.Dir, opts.File), Problems: found.problems(opts, e)}
	stub.Client = token.Position{Filename: stub.Path, Line: 1, Column: 1}
	if user.spec != nil {
		stub.Client = user.fset.Position(user.spec.Pos())
	}
	var missing []*Method
	for _, m := range e.clientMethods() {
		if _, ok := found.own[m.GoName]; !ok && !found.promoted[m.GoName] {
			missing = append(missing, m)
			stub.Added = append(stub.Added, m.GoName)
		}
	}
	stub.Old, err = os.ReadFile(stub.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	stub.New, err = e.addMethods(stub.Old, stub.Path, user, opts, missing)
	return stub, err
}

// Diff returns what the stub changes as a unified diff, "" when nothing.
func (s *Stub) Diff() string {
	name := filepath.ToSlash(s.Path)
	return udiff.Unified(name, name+" (with stubs)", string(s.Old), string(s.New))
}

// Write brings the file to disk. A file that has changed since it was read is left
// alone, and is an error.
func (s *Stub) Write() error {
	if s.Old != nil && bytes.Equal(s.Old, s.New) {
		return nil
	}
	now, err := os.ReadFile(s.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !bytes.Equal(now, s.Old) {
		return fmt.Errorf("%s has changed meanwhile; try again", s.Path)
	}
	return WriteFile(s.Path, s.New)
}
