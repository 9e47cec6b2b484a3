package selftest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/nearest"
)

// given are the attributes that the options give.
type given struct {
	create map[string]any // see Options.Create
	update map[string]any // see Options.Update
}

// readGiven reads attributes that the caller gives with a flag: an object, whose names the
// spec has. Names that the spec leaves to the source may be any.
func (f facts) readGiven(flagName string, raw json.RawMessage) (map[string]any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	value, err := jsontext.ReadValue(raw)
	attributes, ok := value.(map[string]any)
	switch {
	case err != nil:
		return nil, optionsErrorf("%s %v", flagName, err)
	case !ok:
		return nil, optionsErrorf("%s: must be an object of attributes, not %s", flagName, jsontext.KindOf(raw))
	}
	known := f.attributeNames()
	for _, name := range jsontext.SortedKeys(attributes) {
		if !slices.Contains(known, name) && !f.isOpen {
			return nil, optionsErrorf("%s: unknown attribute %q; %s", flagName, name, hintAt(name, known))
		}
	}
	return attributes, nil
}

// hintAt says what a name may stand for: the nearest one, or any.
func hintAt(name string, known []string) string {
	if near := nearest.Name(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "the spec has " + strings.Join(known, ", ")
}

// attributeNames returns the names of all create fields and account attributes, sorted.
func (f facts) attributeNames() []string {
	names := make(map[string]bool)
	for _, field := range f.templateFields() {
		names[field.Key] = true
	}
	for _, a := range f.AccountSchema.Attributes {
		names[a.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// readGiven reads the attributes that the options give. No update may change what the
// account is found by.
func (s *tester) readGiven() error {
	for _, o := range []struct {
		flagName string
		raw      json.RawMessage
	}{{"--create", s.opts.Create}, {"--update", s.opts.Update}} {
		if len(o.raw) > 0 && !s.opts.Write {
			return optionsErrorf("%s changes nothing without --write; add --write", o.flagName)
		}
	}
	var err error
	if s.given.create, err = s.facts.readGiven("--create", s.opts.Create); err != nil {
		return err
	}
	if s.given.update, err = s.facts.readGiven("--update", s.opts.Update); err != nil {
		return err
	}
	if id := s.facts.identityAttribute(); s.given.update[id] != nil {
		return optionsErrorf("--update cannot change %q, which identifies the account", id)
	}
	return nil
}

// filled returns a given value with the placeholders of its texts filled in, as those of
// the spec's templates are: so a value that must be unique can be given.
func filled(v any) any {
	switch v := v.(type) {
	case string:
		return fillIn(v)
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			list[i] = filled(element)
		}
		return list
	}
	return v
}

// hasPlaceholder reports whether a value has text that is filled in anew for each account.
func hasPlaceholder(v any) bool {
	switch v := v.(type) {
	case string:
		_, _, found := cutPlaceholder(v)
		return found
	case []any:
		return slices.ContainsFunc(v, hasPlaceholder)
	}
	return false
}
