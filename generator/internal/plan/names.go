package plan

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/conngen/conngen/schema"
)

// A Renaming is a Go name that differs from the one its wire name implies.
type Renaming struct {
	Key    string         // of the setting that would override it: "account/user_id"
	At     schema.Pointer // the wire name
	Wire   string         // user_id
	Want   string         // the Go name implied by it: UserID, or 1st, which cannot be exported; "" for none
	Go     string         // the Go name that it has: UserID2
	Holder schema.Pointer // what has that name already; "" if the generated code needs it
}

// A NameProblem is a name of the settings that cannot be used.
type NameProblem struct {
	Key     string // account/userId
	Name    string // UID
	Message string // why not, as the predicate of a sentence about the name
}

// A scope is a set of unique Go identifiers, each with its owner.
type scope map[string]schema.Pointer

// newScope returns a scope with names that the generated code needs, and room for more.
func newScope(room int, reserved ...string) scope {
	s := make(scope, room+len(reserved))
	for _, n := range reserved {
		s[n] = ""
	}
	return s
}

// A claim is something in the spec that needs a Go name.
type claim struct {
	key     string // in the form of the setting names
	wire    string
	at      schema.Pointer
	want    string // made from the wire name, "" if that is impossible
	text    string // the source of want, "" if the settings do not affect it
	kind    string // prefix if the wire name makes no name: Attr
	prefix  string // prefix of every name; not part of want
	family  func(name string) []string
	derived bool // named after something else, whose name the settings can override
	set     func(name string)
}

func (c *claim) names(name string) []string {
	if c.family == nil {
		return []string{name}
	}
	return c.family(name)
}

// settle assigns Go names to the claims of one scope. The names depend on the set of claims alone,
// not on their order: colliding ones are numbered in the order of their wire names. suffix is
// appended to a name that was taken before any of the claims; "" means a number.
func (p *planner) settle(s scope, suffix string, list []claim) {
	claims := p.settleOverrides(s, inOrder(list))
	bases := make([]string, len(claims))
	for i, c := range claims {
		if c.want == "" {
			continue
		}
		bases[i] = c.prefix + c.want
		if suffix != "" && s.has(c, bases[i]) {
			bases[i] += suffix
		}
	}
	wanted := sync.OnceValue(func() scope { return wantedNames(claims, bases) }) // most claims collide with nothing
	next := make(map[string]int)                                                 // next numbers, by the names that they end
	for i, c := range claims {
		name, base := bases[i], bases[i]
		if name == "" || s.has(c, name) {
			first := 2
			if base == "" {
				base, first = c.prefix+c.kind, 1
			}
			n := max(next[base], first)
			for ; ; n++ {
				if name = base + strconv.Itoa(n); !s.has(c, name) && !wanted().has(c, name) {
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

// inOrder returns claims by wire name.
func inOrder(list []claim) []*claim {
	claims := make([]*claim, len(list))
	for i := range list {
		claims[i] = &list[i]
	}
	slices.SortFunc(claims, func(a, b *claim) int {
		if by := strings.Compare(a.wire, b.wire); by != 0 {
			return by
		}
		return strings.Compare(a.key, b.key)
	})
	return claims
}

// wantedNames are the names that the claims would have without collisions. A number must not
// produce one of them.
func wantedNames(claims []*claim, bases []string) scope {
	wanted := newScope(len(claims))
	for i, c := range claims {
		if c.want != "" {
			for _, n := range c.names(bases[i]) {
				wanted[n] = c.at
			}
		}
	}
	return wanted
}

// plainWant is the name from the wire name alone, without the kind that is prefixed to a name that
// could not be exported: 1st for Attr1st.
func (p *planner) plainWant(c *claim) string {
	if c.text == "" || c.prefix != "" {
		return c.prefix + c.want
	}
	if !strings.HasPrefix(c.want, c.kind) {
		return c.want // begins with kind if it could not be exported otherwise
	}
	return p.namer.Name(c.text, "")
}

// settleOverrides assigns the names from the settings, and returns the other claims.
func (p *planner) settleOverrides(s scope, claims []*claim) []*claim {
	if len(p.opts.Names) == 0 {
		return claims
	}
	var left []*claim
	for _, c := range claims {
		name := p.opts.Names[c.key]
		if c.derived || name == "" {
			left = append(left, c)
			continue
		}
		name = withPrefix(c.prefix, name)
		p.usedNames[c.key] = true
		if s.has(c, name) {
			left = append(left, c)
			p.pkg.NameProblems = append(p.pkg.NameProblems, NameProblem{c.key, name, "is taken: " + p.holder(s, c.names(name))})
			continue
		}
		s.take(c, name)
	}
	return left
}

// withPrefix adds a prefix to a name that lacks it.
func withPrefix(prefix, name string) string {
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return name
	}
	return prefix + name
}

func (p *planner) renamed(s scope, c *claim, name string) {
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

func (s scope) take(c *claim, name string) {
	if c.family == nil {
		s[name] = c.at
	} else {
		for _, n := range c.family(name) {
			s[n] = c.at
		}
	}
	c.set(name)
}

// has reports whether the scope has one of the identifiers that a claim needs for a name.
func (s scope) has(c *claim, name string) bool {
	if c.family == nil {
		_, ok := s[name]
		return ok
	}
	return slices.ContainsFunc(c.family(name), func(n string) bool { _, ok := s[n]; return ok })
}

// holder names the thing that has one of some names, as the spec writes it.
func (p *planner) holder(s scope, names []string) string {
	for _, n := range names {
		if at, ok := s[n]; ok && at != "" {
			return string(p.spec.File.Raw(at)) + " has it"
		}
	}
	return "the generated code needs it"
}
