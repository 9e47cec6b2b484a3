package generator

import (
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

// Lint returns the findings of package lint's rules about a spec and the package generated from it
// with the options, sorted by position. The spec may have errors.
func Lint(spec *schema.Spec, opts Options) schema.Diagnostics {
	golang, p := secrets, plan.New(spec, opts.plan())
	golang.Passwords = func(*schema.Spec) []string { return p.Passwords }
	for _, r := range p.Renamings {
		golang.Names = append(golang.Names, lint.Name{At: r.At, Wire: r.Wire, Key: r.Key, Want: r.Want, Go: r.Go, Holder: r.Holder})
	}
	return lint.Run(spec, golang)
}

// Secrets returns the values of a spec that no output may show: passwords in the create
// template, and initial values of secrets.
func Secrets(spec *schema.Spec) []schema.Pointer { return lint.Secrets(spec, secrets) }

// secrets are the texts that the plan takes for secrets.
var secrets = lint.Go{IsSecretItem: plan.IsSecretItem, LooksSecret: plan.LooksSecret, Passwords: plan.Passwords, LooksPassword: plan.LooksPassword}
