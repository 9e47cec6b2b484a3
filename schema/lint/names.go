package lint

import (
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/goname"
)

// A named thing of a spec gets a Go identifier.
type named struct {
	name string
	at   schema.Pointer
}

// structs hands the members of each Go struct to a function, with the word that
// the identifiers begin with that would have no letter in front.
func (p *pass) structs(each func(fallback string, members []named)) {
	for _, s := range p.schemas {
		var members []named
		for _, a := range s.Attributes {
			members = append(members, named{a.Name, a.Pointer.Member("name")})
		}
		each("Attr", members)
	}
	var fields []named
	for _, f := range p.fields() {
		fields = append(fields, named{f.Key, p.keyOf(f)})
	}
	each("Attr", fields)
	for _, s := range p.scopes {
		var items []named
		for _, e := range s.items {
			items = append(items, named{e.Key, e.Pointer.Member("key")})
		}
		each("Item", items)
	}
}

func goNameCollision(p *pass) {
	p.structs(func(fallback string, members []named) {
		first := make(map[string]named)
		for _, m := range members {
			id := goname.Name(m.name, fallback)
			before, taken := first[id]
			switch {
			case id == "":
			case !taken:
				first[id] = m
			case before.name != m.name:
				p.conflict(m.at, before.at, "rename one of the two", "%q and %q both give the Go name %s, so that this one gets a number", before.name, m.name, id)
			}
		}
	})
}

func goNameEmpty(p *pass) {
	p.structs(func(fallback string, members []named) {
		for _, m := range members {
			if m.name != "" && goname.Name(m.name, fallback) == "" {
				p.at(m.at, "rename it", "%q has neither letter nor digit for a Go name, so that it becomes %s and a number", m.name, fallback)
			}
		}
	})
}
