package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/schema"
)

// UnusedIgnores returns a warning for each ignore entry of the file beside the spec without which
// nothing else would be found: usually one whose finding has been fixed. specs are those that the
// file applies to, and hidden is what [Settings.Apply] reported as hidden in them. If one of them
// is left out, the entries for it seem to have no use.
func (s Settings) UnusedIgnores(specs []*schema.Spec, hidden []Hidden) schema.Diagnostics {
	uses := newUses(hidden)
	known := names{specs: specs}
	var found schema.Diagnostics
	for _, entry := range slices.Backward(s.Ignore) { // if two hide the same, the second is unused
		if !entry.Origin.Own || uses.need(entry) {
			continue
		}
		uses.drop(entry)
		why, hint := s.whyUnused(entry, uses, &known)
		found = append(found, entry.Origin.Finding(schema.Warning, "ignore entry hides nothing: "+why, hint))
	}
	slices.Reverse(found)
	return found
}

func (s Settings) whyUnused(entry Ignore, uses *uses, known *names) (why, hint string) {
	const hintRemove = "remove it"
	if s.Rules[entry.Rule].Text == string(off) {
		return fmt.Sprintf("rule %q is off", entry.Rule), hintRemove
	}
	if other, ok := uses.shared(entry); ok {
		return fmt.Sprintf("the entry at %s hides the same", other.Origin), hintRemove
	}
	if known.has(entry.At) {
		return fmt.Sprintf("no finding of %q at %s", entry.Rule, quote(entry.At)), hintRemove
	}
	if near := known.near(entry.At); near != "" {
		return "the spec has nothing at " + quote(entry.At), fmt.Sprintf("did you mean %q?", near)
	}
	return "the spec has nothing at " + quote(entry.At), hintRemove
}

// An ignoreID identifies an entry. In the settings of a subfolder, it is not an own entry.
type ignoreID struct {
	file *schema.File
	at   schema.Pointer
}

func (i Ignore) id() ignoreID { return ignoreID{i.Origin.File, i.Origin.At} }

// uses maps findings to the entries that hide them.
type uses struct {
	hidden []Hidden
	by     []int              // number of remaining entries that hide each finding
	of     map[ignoreID][]int // the findings that an entry hides
}

func newUses(hidden []Hidden) *uses {
	u := &uses{hidden, make([]int, len(hidden)), make(map[ignoreID][]int)}
	for i, h := range hidden {
		u.by[i] = len(h.By)
		for _, entry := range h.By {
			u.of[entry.id()] = append(u.of[entry.id()], i)
		}
	}
	return u
}

// need reports whether an entry hides something that no other one hides.
func (u *uses) need(entry Ignore) bool {
	return slices.ContainsFunc(u.of[entry.id()], func(i int) bool { return u.by[i] == 1 })
}

// drop removes an entry.
func (u *uses) drop(entry Ignore) {
	for _, i := range u.of[entry.id()] {
		u.by[i]--
	}
}

// shared returns an entry that hides the same as another.
func (u *uses) shared(entry Ignore) (other Ignore, ok bool) {
	findings := u.of[entry.id()]
	if len(findings) == 0 {
		return Ignore{}, false
	}
	by := u.hidden[findings[0]].By
	i := slices.IndexFunc(by, func(other Ignore) bool { return other.id() != entry.id() })
	return by[i], true
}

// names are the names in specs that an entry may have.
type names struct {
	specs []*schema.Spec
	all   []string // wire names, created on demand
	hints int
}

func (n *names) wire() []string {
	if n.all == nil {
		n.all = []string{}
		for _, s := range n.specs {
			n.all = append(n.all, s.AllWireNames()...)
		}
	}
	return n.all
}

// has reports whether a spec has the target of a wire name or JSON Pointer.
func (n *names) has(at string) bool {
	if strings.HasPrefix(at, "/") {
		return slices.ContainsFunc(n.specs, func(s *schema.Spec) bool { return s.File.Has(schema.Pointer(at)) })
	}
	return slices.ContainsFunc(n.wire(), func(name string) bool { return isWithin(name, at) })
}

// near returns the wire name that a misspelt one probably stands for, or "" if there is none.
func (n *names) near(at string) string {
	if n.hints++; n.hints > maxHints || strings.HasPrefix(at, "/") {
		return ""
	}
	return nearest.Name(at, ofKind(n.wire(), kindOf(at)))
}
