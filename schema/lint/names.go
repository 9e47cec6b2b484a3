package lint

import (
	"go/token"

	"github.com/conngen/conngen/schema"
)

// A Go describes the package generated from a spec, as far as rules need it. Its owner is
// the plan of the package; the zero Go knows nothing.
type Go struct {
	Names         []Name                      // names that differ from those their wire names imply
	IsSecretItem  func(*schema.Entry) bool    // whether a config item holds a secret
	LooksSecret   func(key string) bool       // whether a config key names a secret
	Passwords     func(*schema.Spec) []string // the names of attributes and create fields that hold passwords
	LooksPassword func(name string) bool      // whether an attribute's name names a password

	passwords map[string]bool // of the spec, see [Go.of]
}

// A Name is a Go name that differs from the one its wire name implies.
type Name struct {
	At     schema.Pointer // the wire name
	Wire   string
	Key    string         // of the setting that would name it
	Want   string         // the Go name implied by it, which need not be exported; "" for none
	Go     string         // the actual Go name
	Holder schema.Pointer // what has the implied name, "" if the generated code needs it
}

func (g Go) isSecretItem(e *schema.Entry) bool { return g.IsSecretItem != nil && g.IsSecretItem(e) }

func (g Go) looksSecret(key string) bool { return g.LooksSecret != nil && g.LooksSecret(key) }

// of returns a Go's facts about one spec.
func (g Go) of(spec *schema.Spec) Go {
	g.passwords = make(map[string]bool)
	if g.Passwords != nil {
		for _, name := range g.Passwords(spec) {
			g.passwords[name] = true
		}
	}
	return g
}

// isPassword reports whether an attribute or a create field of the spec holds a password.
func (p *pass) isPassword(name string) bool { return p.golang.passwords[name] }

func (g Go) looksPassword(name string) bool { return g.LooksPassword != nil && g.LooksPassword(name) }

func goNameCollision(p *pass) {
	for _, n := range p.golang.Names {
		hint := "set " + quote(n.Key) + ` under generate.names in .conngen.json, or rename it`
		switch {
		case !token.IsExported(n.Want):
		case n.Holder == "":
			p.at(n.At, hint, "%q gives the Go name %s, which the generated code needs; it becomes %s", n.Wire, n.Want, n.Go)
		default:
			p.conflict(n.At, n.Holder, hint, "%q gives the Go name %s, as %s does; it becomes %s", n.Wire, n.Want, string(p.File.Raw(n.Holder)), n.Go)
		}
	}
}

func goNameEmpty(p *pass) {
	for _, n := range p.golang.Names {
		hint := "set " + quote(n.Key) + ` under generate.names in .conngen.json`
		switch {
		case n.Want == "":
			p.at(n.At, hint, "%q has no letter, digit or sign to make a Go name of; it becomes %s", n.Wire, n.Go)
		case !token.IsExported(n.Want):
			p.at(n.At, hint, "%q does not begin with a letter that Go can write as a capital; it becomes %s", n.Wire, n.Go)
		}
	}
}
