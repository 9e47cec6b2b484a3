package diff

import (
	"slices"

	"github.com/conngen/conngen/schema"
)

// texts compares the connector's name and description.
func (c *comparison) texts() {
	if c.old.Name != c.current.Name {
		c.add("name-changed", c.old.Name+"->"+c.current.Name, places{"/name", "/name"}, "the name %q became %q", c.old.Name, c.current.Name)
	}
	if c.old.Description != c.current.Description {
		c.add("description-changed", "", c.both("/description"), "the description has changed")
	}
}

// both locates a change at a pointer, in the specs that have a value there.
func (c *comparison) both(p schema.Pointer) places {
	var at places
	if c.old.File.Has(p) {
		at.old = p
	}
	if c.current.File.Has(p) {
		at.current = p
	}
	return at
}

// keyType compares the kinds of keys; a spec without one has simple keys.
func (c *comparison) keyType() {
	old, current := c.old.KeyType, c.current.KeyType
	at := c.both("/keyType")
	switch {
	case old == current:
	case old != schema.CompoundKeyType && current != schema.CompoundKeyType:
		c.add("key-type-made-explicit", "", at, "keyType %q became %q", old, current).about("keyType")
	default:
		c.add("key-type-changed", "", at, "keyType %q became %q", old, current).about("keyType")
	}
}

func (c *comparison) commands() {
	old, current := commandNames(c.old), commandNames(c.current)
	for _, name := range old.names {
		if _, kept := current.at[name]; !kept {
			c.add("command-removed", name, places{old: old.at[name]}, "command %q is gone", name).about(key("command", name))
		}
	}
	for _, name := range current.names {
		if _, known := old.at[name]; !known {
			c.add("command-added", name, places{current: current.at[name]}, "command %q is new", name).about(key("command", name))
		}
	}
	if reordered(old.names, current.names) {
		c.add("command-order-changed", "", places{"/commands", "/commands"}, "the commands are in a different order")
	}
}

// A nameList has names in file order, each once, with their places.
type nameList struct {
	names []string
	at    map[string]schema.Pointer
}

func (l *nameList) add(name string, at schema.Pointer) {
	if l.at == nil {
		l.at = make(map[string]schema.Pointer)
	}
	if _, ok := l.at[name]; !ok {
		l.at[name] = at
		l.names = append(l.names, name)
	}
}

func commandNames(s *schema.Spec) nameList {
	var l nameList
	for _, c := range s.Commands {
		l.add(c.Name, c.Pointer)
	}
	return l
}

// reordered reports whether the names that two lists share are in a different
// order.
func reordered(old, current []string) bool {
	return !slices.Equal(shared(old, current), shared(current, old))
}

// shared returns the names of a list that are also in another.
func shared(list, other []string) []string {
	has := make(map[string]bool, len(other))
	for _, name := range other {
		has[name] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(name string) bool { return !has[name] })
}

// switches compares the flags of the spec.
func (c *comparison) switches() {
	for _, s := range []struct {
		name         string
		old, current bool
		id           string
		on, off      string
	}{
		{
			"supportsStatefulCommands", c.old.SupportsStatefulCommands, c.current.SupportsStatefulCommands,
			"stateful-commands", "stateful commands are now supported", "stateful commands are no longer supported",
		},
		{
			"supportsCustomSchemas", c.old.SupportsCustomSchemas, c.current.SupportsCustomSchemas,
			"custom-schemas", "custom schemas are now supported", "custom schemas are no longer supported",
		},
		{
			"showDebugLoggingOption", c.old.ShowDebugLoggingOption, c.current.ShowDebugLoggingOption,
			"debug-logging-option", "the switch for debug logging is new", "the switch for debug logging is gone",
		},
	} {
		at := c.both(schema.Pointer("").Member(s.name))
		switch {
		case s.current && !s.old:
			c.add(s.id+"-enabled", "", at, "%s", s.on)
		case s.old && !s.current:
			c.add(s.id+"-disabled", "", at, "%s", s.off)
		}
	}
}
