package bundle

import (
	"fmt"
	"go/token"

	"github.com/conngen/conngen/schema"
)

// LongAttributes warns about attributes whose values may be too large for a bundle:
// JavaScript parses its output and has no 64-bit integers. path is the spec's.
func LongAttributes(path string, spec *schema.Spec) []Warning {
	var warnings []Warning
	for _, s := range append([]*schema.ObjectSchema{spec.AccountSchema}, spec.EntitlementSchemas...) {
		if s == nil {
			continue // the spec has no account schema
		}
		for _, a := range s.Attributes {
			if a.Type != schema.TypeLong {
				continue
			}
			at := spec.File.Position(a.Pointer.Member("type"))
			warnings = append(warnings, Warning{
				Position: token.Position{Filename: path, Line: at.Line, Column: at.Column},
				Width:    at.Width,
				Message:  fmt.Sprintf("attribute %q is a long: values over 9007199254740991 fail in a bundle; declare it as a string if the source has them", a.Name),
			})
		}
	}
	return warnings
}
