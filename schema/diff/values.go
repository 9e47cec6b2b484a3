package diff

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/conngen/conngen/schema"
)

// canonical gives JSON in a form in which equal values are equal texts. What
// cannot be read is given as it is.
func canonical(raw json.RawMessage) []byte {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return raw
	}
	text, err := json.Marshal(value)
	if err != nil {
		return raw
	}
	return text
}

// initialValues compares the first values of config items; those of cards by
// their members.
func (c *comparison) initialValues() {
	old, current := flatValues(c.old), flatValues(c.current)
	for _, name := range old.names {
		if _, kept := current.at[name]; !kept {
			c.add("initial-value-removed", name, places{old: old.at[name]}, "%q has no initial value any more", name)
		}
	}
	for _, name := range current.names {
		before, known := old.at[name]
		switch {
		case !known:
			c.add("initial-value-added", name, places{current: current.at[name]}, "%q has an initial value now", name)
		case !bytes.Equal(canonical(c.old.File.Raw(before)), canonical(c.current.File.Raw(current.at[name]))):
			c.add("initial-value-changed", name, places{before, current.at[name]}, "%q has another initial value", name)
		}
	}
}

// flatValues returns the initial values of a spec by key, and those in an object
// by the keys of both.
func flatValues(s *schema.Spec) nameList {
	var l nameList
	for _, v := range s.InitialValues {
		var members map[string]json.RawMessage
		if json.Unmarshal(v.Value, &members) != nil || len(members) == 0 {
			l.add(v.Key, v.Pointer)
			continue
		}
		for _, name := range sortedKeys(members) {
			l.add(v.Key+"."+name, v.Pointer.Member(name))
		}
	}
	return l
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
