package diff

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/conngen/conngen/schema"
)

// canonical gives JSON in a form in which equal values are equal texts. Unreadable JSON
// is returned unchanged.
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

// initialValues compares the first values of config items, member by member for cards.
func (c *comparison) initialValues() {
	old, current := flatValues(c.old), flatValues(c.current)
	numbers := numbersOf(c.old, c.current)
	for _, name := range old.names {
		if _, kept := current.at[name]; !kept {
			c.add("initial-value-removed", name, places{old: old.at[name]}, "%q no longer has an initial value", name).about(valueKeys(numbers, name)...)
		}
	}
	for _, name := range current.names {
		before, known := old.at[name]
		switch {
		case !known:
			c.add("initial-value-added", name, places{current: current.at[name]}, "%q now has an initial value", name).about(valueKeys(numbers, name)...)
		case !bytes.Equal(canonical(c.old.File.Raw(before)), canonical(c.current.File.Raw(current.at[name]))):
			c.add("initial-value-changed", name, places{before, current.at[name]}, "%q has a different initial value", name).about(valueKeys(numbers, name)...)
		}
	}
}

// numbersOf returns the config items of both specs that hold numbers.
func numbersOf(specs ...*schema.Spec) []item {
	var numbers []item
	for _, s := range specs {
		all := itemsOf(s)
		for _, path := range all.names {
			if i := all.byPath[path]; i.Type == schema.ItemNumber {
				numbers = append(numbers, i)
			}
		}
	}
	return numbers
}

// valueKeys returns the keys of the numbers that an initial value is for: it affects which numbers
// they can be. Initial values are for items of all scopes.
func valueKeys(numbers []item, name string) []string {
	var keys []string
	for _, i := range numbers {
		if name == i.Key || name == strings.Join(i.keys, ".") {
			keys = append(keys, key("config", i.keys...))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys) // most numbers are in both specs
}

// flatValues returns the initial values of a spec by key, and those inside an object by both keys.
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
