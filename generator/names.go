package generator

import "strconv"

// A scope is a set of identifiers that are taken.
type scope map[string]bool

// newScope returns a scope in which names are taken.
func newScope(names ...string) scope {
	s := make(scope)
	for _, n := range names {
		s[n] = true
	}
	return s
}

// take takes name, or the first free one of name2, name3 and so on.
func (s scope) take(name string) string {
	return s.takeFamily(name, func(n string) []string { return []string{n} })
}

// takeFamily takes all members of the family of name, or of name2 and so on.
func (s scope) takeFamily(name string, family func(string) []string) string {
	free := name
	for n := 2; s.anyTaken(family(free)); n++ {
		free = name + strconv.Itoa(n)
	}
	for _, member := range family(free) {
		s[member] = true
	}
	return free
}

func (s scope) anyTaken(names []string) bool {
	for _, n := range names {
		if s[n] {
			return true
		}
	}
	return false
}
