package settings

import (
	"strings"

	"github.com/conngen/conngen/schema"
)

const off schema.Severity = "off"

// A Hidden is a finding that ignore entries hide, with its original severity.
type Hidden struct {
	schema.Diagnostic
	By []Ignore // at least one
}

// Apply applies the settings to the findings about a spec. It returns those that remain, with the
// configured severities, and those that ignore entries hide. It does not change found.
//
// keyOf returns the wire name of the nearest named thing around a value of the spec, or "" if
// there is none; [schema.Spec.WireNames] has such a function. With nil, ignore entries apply
// by pointer alone.
func (s Settings) Apply(found schema.Diagnostics, keyOf func(schema.Pointer) string) (left schema.Diagnostics, hidden []Hidden) {
	if len(s.Rules) == 0 && len(s.Ignore) == 0 {
		return found, nil
	}
	entries := s.byRule()
	for _, d := range found {
		var by []Ignore
		for _, entry := range entries[d.Rule] {
			if entry.covers(d.Pointer, keyOf) {
				by = append(by, entry)
			}
		}
		changed, ok := s.Rules[d.Rule]
		severity := schema.Severity(changed.Text)
		if ok {
			d.Severity = severity
		}
		switch {
		case severity == off: // then there is nothing to hide
		case len(by) > 0:
			hidden = append(hidden, Hidden{d, by})
		default:
			left = append(left, d)
		}
	}
	return left, hidden
}

// byRule returns the ignore entries for each rule.
func (s Settings) byRule() map[string][]Ignore {
	entries := make(map[string][]Ignore)
	for _, entry := range s.Ignore {
		entries[entry.Rule] = append(entries[entry.Rule], entry)
	}
	return entries
}

// covers reports whether the entry covers the value at p.
func (i Ignore) covers(p schema.Pointer, keyOf func(schema.Pointer) string) bool {
	if strings.HasPrefix(i.At, "/") {
		return isWithin(string(p), i.At)
	}
	if keyOf == nil {
		return false
	}
	name := keyOf(p)
	if isWithin(name, i.At) {
		return true
	}
	// The options of an item are below it, though their wire names begin differently.
	option, isOption := strings.CutPrefix(name, schema.WireOption+"/")
	item, isItem := strings.CutPrefix(i.At, schema.WireConfig+"/")
	return isOption && isItem && strings.HasPrefix(option, item+"/")
}

// isWithin reports whether path is outer or below it.
func isWithin(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '/')
}
