// Package stub keeps an author's client in step with the spec: it finds methods that are missing or
// no longer fit, and adds the missing ones.
package stub

import (
	"context"
	"go/token"
	"path/filepath"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/unified"
	"github.com/conngen/conngen/schema"
)

// Options say where the methods of a client belong.
type Options struct {
	generator.Options
	Import      string           // path of the generated package
	Files       []generator.File // of that package, if already planned
	Dir         string           // folder of the user's package
	File        string           // for new methods, relative to Dir; "" is the file that has the type, or else client.go
	Type        string           // of the client: "Client"
	UserPackage string           // of a new file: "main"

	CheckLink func(path string) error // refuses Go files of Dir that are symbolic links; nil refuses none
}

// A Stub has what a client needs to fit a spec: the file with the methods that were
// missing, and what only its author can decide.
type Stub struct {
	Path     string   // of the file
	Old, New []byte   // its text; Old is nil for a new file, and equal to New if nothing is missing
	Client   Place    // of the client's type; the beginning of a new file
	NewType  bool     // the type is not declared yet
	Added    []string // methods
	Unsure   []string // methods that may be missing: the client embeds something that cannot be read
	Problems []Problem
}

// A Kind is a kind of problem with a method.
type Kind int

// The kinds of problems.
const (
	Unfit   Kind = iota // the method does not fit the spec
	Unknown             // whether it fits is unknown
)

// A Problem is a method that does not fit the spec, or may not.
type Problem struct {
	Kind Kind
	Place
	Message string
}

// A Place is where a name is in a Go file.
type Place struct {
	token.Position
	Width int // of the name, in characters
}

// Make finds the methods that the client of a spec without errors lacks, and appends them to the
// file's text. Every byte of the user's file stays. Type errors do not matter. A package that does
// not parse is an error, and so is a type that cannot have the methods.
func Make(spec *schema.Spec, opts Options) (*Stub, error) {
	if opts.CheckLink != nil {
		if err := checkLinks(opts.Dir, opts.CheckLink); err != nil {
			return nil, err
		}
	}
	user, err := readUserPackage(token.NewFileSet(), opts.Dir)
	if err != nil {
		return nil, err
	}
	return makeStub(spec, opts, user)
}

// Complete is [Make] for a package that is not on disk yet: its only file is opts.File, whose text
// holds the type. It returns the text with the missing methods.
func Complete(spec *schema.Spec, opts Options, text []byte) ([]byte, error) {
	user := &userPackage{fset: token.NewFileSet()}
	if err := user.add(opts.File, text); err != nil {
		return nil, err
	}
	stub, err := makeStub(spec, opts, user)
	if err != nil {
		return nil, err
	}
	return stub.New, nil
}

// makeStub is [Make] for a package that has been read.
func makeStub(spec *schema.Spec, opts Options, user *userPackage) (*Stub, error) {
	c := newClient(spec, opts)
	u, err := newUniverse(spec, opts, user.fset, c.names())
	if err != nil {
		return nil, err
	}
	return c.stub(user, u)
}

// stub is makeStub in a universe that has no types yet.
func (c client) stub(user *userPackage, u *universe) (*Stub, error) {
	opts := c.opts
	for _, f := range user.aside {
		u.scanEmbedded(f)
	}
	t, err := c.newClientType(user, u, nil)
	for u.stale {
		u.reset()
		t, err = c.newClientType(user, u, nil)
	}
	if err != nil {
		return nil, err
	}
	found := t.verdict()
	path := user.target(opts.Dir, opts.File, t.declared)
	if len(found.missing) == 0 && t.declared != nil && user.file(path) == nil {
		path = t.declared.file.path // a new file would be empty
	}
	stub := &Stub{Path: path, Unsure: found.unsure, Problems: found.problems, Client: Place{token.Position{Filename: path, Line: 1, Column: 1}, 1}}
	stub.NewType = t.declared == nil
	if t.declared != nil {
		stub.Client = user.place(t.declared.name.Pos())
	}
	for _, m := range found.missing {
		stub.Added = append(stub.Added, m.GoName)
	}
	if file := user.file(path); file != nil {
		stub.Old = file.text
	}
	stub.New, err = t.addMethods(u, path, found.missing)
	return stub, err
}

// Diff returns the stub's changes as a unified diff, "" for none.
func (s *Stub) Diff() string {
	name := printable.Text(filepath.ToSlash(s.Path)) // escaped, so it stays on one line
	return unified.Diff(name, name+" (with stubs)", string(s.Old), string(s.New))
}

// Write writes the file to disk. It refuses a file that has changed since it was read.
func (s *Stub) Write(ctx context.Context) error {
	return generator.ReplaceFile(ctx, s.Path, s.Old, s.New)
}
