package settings

import (
	"strings"

	"github.com/conngen/conngen/schema"
)

const off schema.Severity = "off"

// Apply returns the findings about a spec that are left under the settings, with
// the severities that the settings give them, and the ignore entries that hid a
// finding. It does not change found.
//
// keyOf returns the wire name of the nearest named thing around a value of the
// spec, "" where there is none; [schema.Spec.WireNames] has such a function. With nil, ignore
// entries apply by pointer alone.
func (s Settings) Apply(found schema.Diagnostics, keyOf func(schema.Pointer) string) (left schema.Diagnostics, used []Ignore) {
	if len(s.Rules) == 0 && len(s.Ignore) == 0 {
		return found, nil
	}
	hides := s.byRule()
	hit := make([]bool, len(s.Ignore))
	for _, d := range found {
		hidden := false
		for _, i := range hides[d.Rule] {
			if s.Ignore[i].covers(d.Pointer, keyOf) {
				hidden, hit[i] = true, true
			}
		}
		changed, ok := s.Rules[d.Rule]
		severity := schema.Severity(changed.Text)
		if hidden || ok && severity == off {
			continue
		}
		if ok {
			d.Severity = severity
		}
		left = append(left, d)
	}
	for i, entry := range s.Ignore {
		if hit[i] {
			used = append(used, entry)
		}
	}
	return left, used
}

// byRule returns the positions of the ignore entries for each rule.
func (s Settings) byRule() map[string][]int {
	entries := make(map[string][]int)
	for i, entry := range s.Ignore {
		entries[entry.Rule] = append(entries[entry.Rule], i)
	}
	return entries
}

// covers reports whether the entry is about the value at p, or one around it.
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
