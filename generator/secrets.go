package generator

import (
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

// SecretItems returns the keys of the config items that hold secrets, sorted.
func SecretItems(spec *schema.Spec) []string { return plan.SecretItems(spec) }

// IsSecretItem reports whether a config item holds a secret; for pairs, whether their values do.
func IsSecretItem(e *schema.Entry) bool { return plan.IsSecretItem(e) }

// LooksSecret reports whether a config key, which the spec may lack, names a secret.
func LooksSecret(key string) bool { return plan.LooksSecret(key) }

// Passwords returns the names of the attributes and create fields that hold passwords, sorted.
func Passwords(spec *schema.Spec) []string { return plan.Passwords(spec) }
