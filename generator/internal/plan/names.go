package plan

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/conngen/conngen/schema"
)

// A Renaming is a name that the plan could not make as the wire name gives it.
type Renaming struct {
	Key    string         // of the setting that would override it: "account/user_id"
	At     schema.Pointer // the wire name
	Wire   string         // user_id
	Want   string         // the Go name that it gives: UserID, or 1st, which cannot be exported; "" when it gives none
	Go     string         // the Go name that it has: UserID2
	Holder schema.Pointer // what has the name that it gives; "" when the generated code needs it
}

// A NameProblem is a name of the settings that cannot be used.
type NameProblem struct {
	Key     string // account/userId
	Name    string // UID
	Message string // why not, as the rest of a sentence about the name
}

// A scope is a set of Go identifiers that must differ, each with what has it.
type scope map[string]schema.Pointer

// newScope returns a scope in which the generated code needs some names.
func newScope(reserved ...string) scope {
	s := make(scope, len(reserved))
	for _, n := range reserved {
		s[n] = ""
	}
	return s
}

// A claim is a named thing of the spec that wants a Go name.
type claim struct {
	key     string // in the form of the setting names
	wire    string
	at      schema.Pointer
	want    string // made from the wire name, "" when nothing can be made
	text    string // what want was made of, "" where the settings have no part in it
	kind    string // begins the name where nothing can be made: Attr
	prefix  string // begins every name; not part of want
	family  func(name string) []string
	derived bool // named after something else, whose name the settings can override
	set     func(name string)
}

func (c claim) names(name string) []string {
	if c.family == nil {
		return []string{name}
	}
	return c.family(name)
}

// settle gives Go names to the claims of one scope. What they are called depends on
// the set of claims alone, not on their order: those that collide are told apart by
// numbers, in the order of their wire names. suffix is what a name gets that is taken
// before any of the claims, "" for a number.
func (p *planner) settle(s scope, suffix string, claims []claim) {
	claims = slices.Clone(claims)
	slices.SortFunc(claims, func(a, b claim) int { return cmp.Or(cmp.Compare(a.wire, b.wire), cmp.Compare(a.key, b.key)) })
	claims = p.settleOverrides(s, claims)
	wanted := make(map[string]bool) // what a number must not give
	bases := make([]string, len(claims))
	for i, c := range claims {
		if c.want == "" {
			continue
		}
		bases[i] = c.prefix + c.want
		if suffix != "" && s.hasAny(c.names(bases[i])) {
			bases[i] += suffix
		}
		for _, n := range c.names(bases[i]) {
			wanted[n] = true
		}
	}
	next := make(map[string]int) // numbers by the names that they end
	for i, c := range claims {
		name, base := bases[i], bases[i]
		if name == "" || s.hasAny(c.names(name)) {
			first := 2
			if base == "" {
				base, first = c.prefix+c.kind, 1
			}
			n := max(next[base], first)
			for ; ; n++ {
				if name = base + strconv.Itoa(n); !s.hasAny(c.names(name)) && !anyOf(wanted, c.names(name)) {
					break
				}
			}
			next[base] = n + 1
		}
		if want := c.prefix + c.want; c.want == "" || name != want || want != p.plainWant(c) {
			p.renamed(s, c, name)
		}
		for _, word := range p.namer.Extra(c.text) {
			p.usedInitialisms[word] = true
		}
		s.take(c, name)
	}
}

// plainWant is what a wire name gives without the kind before it, which it gets where it
// does not begin as an exported name does: 1st for Attr1st.
func (p *planner) plainWant(c claim) string {
	if c.text == "" || c.prefix != "" {
		return c.prefix + c.want
	}
	return p.namer.Name(c.text, "")
}

// settleOverrides takes the names that the settings give, and returns the other claims.
func (p *planner) settleOverrides(s scope, claims []claim) []claim {
	var left []claim
	for _, c := range claims {
		name := p.opts.Names[c.key]
		if c.derived || name == "" {
			left = append(left, c)
			continue
		}
		name = withPrefix(c.prefix, name)
		p.usedNames[c.key] = true
		if s.hasAny(c.names(name)) {
			left = append(left, c)
			p.pkg.NameProblems = append(p.pkg.NameProblems, NameProblem{c.key, name, "is taken: " + p.holder(s, c.names(name))})
			continue
		}
		s.take(c, name)
	}
	return left
}

// withPrefix puts a prefix before a name that does not have it.
func withPrefix(prefix, name string) string {
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return name
	}
	return prefix + name
}

func (p *planner) renamed(s scope, c claim, name string) {
	r := Renaming{Key: c.key, At: c.at, Wire: c.wire, Go: name}
	if c.want != "" {
		r.Want = c.prefix + c.want
		for _, n := range c.names(r.Want) {
			if at := s[n]; at != "" {
				r.Holder = at
				break
			}
		}
		if r.Want == name {
			r.Want = p.plainWant(c)
		}
	}
	p.pkg.Renamings = append(p.pkg.Renamings, r)
}

func (s scope) take(c claim, name string) {
	for _, n := range c.names(name) {
		s[n] = c.at
	}
	c.set(name)
}

func (s scope) hasAny(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { _, ok := s[n]; return ok })
}

// holder says what has one of some names, as the spec writes it.
func (p *planner) holder(s scope, names []string) string {
	for _, n := range names {
		if at, ok := s[n]; ok && at != "" {
			return string(p.spec.File.Raw(at)) + " has it"
		}
	}
	return "the generated code needs it"
}

func anyOf(set map[string]bool, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return set[n] })
}
