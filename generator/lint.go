package generator

import (
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

// Lint returns what the rules of package lint find in a spec and in the package that it
// gives with the options, sorted by position. The spec may have errors.
func Lint(spec *schema.Spec, opts Options) schema.Diagnostics {
	golang := secretWords
	for _, r := range plan.New(spec, opts.plan()).Renamings {
		golang.Names = append(golang.Names, lint.Name{At: r.At, Wire: r.Wire, Key: r.Key, Want: r.Want, Go: r.Go, Holder: r.Holder})
	}
	return lint.Run(spec, golang)
}

// Secrets returns the values of a spec that no output may show: passwords in the create
// template, and initial values of secrets.
func Secrets(spec *schema.Spec) []schema.Pointer { return lint.Secrets(spec, secretWords) }

// secretWords are the plan's words for secrets.
var secretWords = lint.Go{LooksSecret: plan.LooksSecret, LooksPassword: plan.LooksPassword}
