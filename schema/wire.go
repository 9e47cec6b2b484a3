package schema

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// The first elements of wire names, which identify things of the spec in settings and diffs.
const (
	WireAccount     = "account"
	WireEntitlement = "entitlement"
	WireCreate      = "create"
	WireConfig      = "config"
	WireOption      = "option"
	WireCommand     = "command"
)

// WireName joins elements to a wire name: "account/a~1b" from "account" and "a/b".
func WireName(kind string, elements ...string) string {
	name := Pointer(kind)
	for _, e := range elements {
		name = name.Member(e)
	}
	return string(name)
}

// WireNames returns a function that returns the wire name of the nearest named thing around a value
// of the spec: the attribute with that type, or the command itself. It returns "" for values
// outside of all of them. s may be nil or have errors.
func (s *Spec) WireNames() func(Pointer) string {
	names := sync.OnceValue(s.wireNames) // few callers need a name
	return func(p Pointer) string { return names().around(p) }
}

// AllWireNames returns the wire names of everything in the spec that has one, sorted.
func (s *Spec) AllWireNames() []string {
	names := slices.Sorted(maps.Values(s.wireNames()))
	return slices.Compact(names)
}

func (s *Spec) wireNames() wireNames {
	names := make(wireNames)
	if s != nil {
		names.addSpec(s)
	}
	return names
}

// wireNames are the wire names of a spec by the positions of what they name.
type wireNames map[Pointer]string

func (n wireNames) addSpec(spec *Spec) {
	for _, c := range spec.Commands {
		n.add(c.Pointer, WireCommand, c.Name)
	}
	if s := spec.AccountSchema; s != nil {
		for _, a := range s.Attributes {
			n.add(a.Pointer, WireAccount, a.Name)
		}
	}
	for _, s := range spec.EntitlementSchemas {
		n.add(s.Pointer, WireEntitlement, s.Type)
		for _, a := range s.Attributes {
			n.add(a.Pointer, WireEntitlement, s.Type, a.Name)
		}
	}
	if t := spec.AccountCreateTemplate; t != nil {
		for _, f := range t.Fields {
			n.add(f.Pointer, WireCreate, f.Key)
		}
	}
	for e := range spec.ConfigItems() {
		n.addItem(e)
	}
	for _, v := range spec.InitialValues {
		n.add(v.Pointer, WireConfig, v.Key)
	}
}

// addItem adds a config item, its options and the items in its cards. cards are the keys of the
// enclosing card lists.
func (n wireNames) addItem(e *Entry, cards ...string) {
	n.add(e.Pointer, WireConfig, slices.Concat(cards, []string{e.Key})...)
	for _, o := range e.Options {
		n.add(o.Pointer, WireOption, slices.Concat(cards, []string{e.Key, o.Value})...)
	}
	for item := range e.CardItems() {
		n.addItem(item, slices.Concat(cards, []string{e.Key})...)
	}
}

// add skips what a spec with errors leaves unnamed. Only the value of an option may be empty.
func (n wireNames) add(at Pointer, kind string, elements ...string) {
	named := elements
	if kind == WireOption {
		named = elements[:len(elements)-1]
	}
	if !slices.Contains(named, "") {
		n[at] = WireName(kind, elements...)
	}
}

func (n wireNames) around(p Pointer) string {
	for p != "" {
		if name, ok := n[p]; ok {
			return name
		}
		p = p[:max(strings.LastIndexByte(string(p), '/'), 0)]
	}
	return ""
}
