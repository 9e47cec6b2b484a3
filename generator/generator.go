// Package generator turns a connector spec into a Go package and keeps the package on
// disk in step with it.
//
// A spec becomes code in stages that can each be called alone: [Generate] plans the
// package, which settles every name and type, and emits its files in memory; a
// [Batch] brings them to disk, and [Check] reports how the disk differs from them. [Lint]
// and [CompareAPI] ask the same plan about names and about what a change of the spec does
// to Go code.
package generator

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/generator/internal/emit"
	"github.com/conngen/conngen/generator/internal/output"
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates"
)

// Options are settings of a package that are not in the spec.
type Options struct {
	Package     string            // name in the package clause: "connector"
	SDK         string            // import path of the SDK
	SpecFile    string            // name of the spec's file; "" is the spec's own name
	SpecPath    string            // its path from the package's folder, with slashes; "" is the folder above
	Folder      string            // of the package, from its spec's folder; only [CompareAPI] needs it
	Names       map[string]string // Go names by wire names ("account/userId"); they override the plan's
	Initialisms []string          // capitalized words, besides Go's own
}

func (o Options) plan() plan.Options {
	return plan.Options{Package: o.Package, SpecFile: o.SpecFile, SpecPath: o.SpecPath, Names: o.Names, Initialisms: o.Initialisms}
}

// A File is one generated file.
type File = output.File

// Generate returns the files of the package for a spec without errors, in path order. The same spec
// and options produce the same bytes.
func Generate(spec *schema.Spec, opts Options) ([]File, error) {
	p := plan.New(spec, opts.plan())
	if len(p.NameProblems) > 0 {
		n := p.NameProblems[0]
		return nil, fmt.Errorf("the name %s for %q %s", n.Name, n.Key, n.Message)
	}
	return emit.Package(p, opts.SDK, templates.SDKVersion)
}

// A NameProblem is an entry of [Options.Names] that cannot be used.
type NameProblem = plan.NameProblem

// CheckNames returns the entries of the options' names that collide with other names, and the keys
// that match nothing in the spec.
func CheckNames(spec *schema.Spec, opts Options) (problems []NameProblem, unused []string) {
	if len(opts.Names) == 0 {
		return nil, nil
	}
	p := plan.New(spec, opts.plan())
	return p.NameProblems, p.UnusedNames
}

// Stdin is the name of a spec that comes from standard input.
const Stdin = plan.Stdin

// PackageName returns the package name for an output folder: the last element of its path without
// characters that Go does not allow. It is "connector" if nothing is left, or if the name has a
// meaning in Go.
func PackageName(dir string) string {
	var name strings.Builder
	for _, r := range strings.ToLower(filepath.Base(dir)) {
		if r >= 'a' && r <= 'z' || name.Len() > 0 && r >= '0' && r <= '9' {
			name.WriteRune(r)
		}
	}
	if n := name.String(); goname.CanImport(n) {
		return n
	}
	return "connector"
}
