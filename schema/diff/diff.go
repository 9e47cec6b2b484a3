// Package diff reports what changes from one spec to the next, and what that does to
// sources made with the old spec. Only the package generator knows what it does to Go
// code: it compares the APIs of the generated packages, and finds the changes that
// explain a difference by their keys.
package diff

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/conngen/conngen/schema"
)

// SourceImpact says what a change does to existing sources. Impacts are ordered.
type SourceImpact int

// The impacts on sources.
const (
	SourceSafe     SourceImpact = iota // they continue as before
	SourceReview                       // an administrator should look at them
	SourceBreaking                     // they lose data or function
)

func (i SourceImpact) String() string { return [...]string{"safe", "review", "breaking"}[i] }

// Severity returns the severity of a change that does nothing to Go code.
func (i SourceImpact) Severity() schema.Severity {
	return [...]schema.Severity{schema.Info, schema.Warning, schema.Error}[i]
}

// A Kind is one way in which specs change.
type Kind struct {
	ID      string // stable: "command-removed"
	Source  SourceImpact
	Purpose string // one sentence: what changed
	Effect  string // the effect on sources, and what to do, as the predicate of a sentence
}

// Kinds returns all kinds, in the order in which changes are reported.
func Kinds() []Kind { return slices.Clone(kinds) }

// Find returns the kind with an ID.
func Find(id string) (Kind, bool) {
	for _, k := range kinds {
		if k.ID == id {
			return k, true
		}
	}
	return Kind{}, false
}

// A Change is one difference between two specs.
type Change struct {
	ID      string
	Subject string // "mail", "group/name" for entitlements, "cards[].key" for config; "" for the spec
	Source  SourceImpact
	Message string       // what happens, to whom, and what to do
	Old     schema.Place // zero where the old spec has nothing
	New     schema.Place

	// Keys are the wire names, in the form of the setting "names", whose Go names and types the
	// change can affect: "account/mail", "config/sources/name". Each includes everything below it.
	// Changes of texts, order and the meaning of attributes to ISC have none.
	Keys []string
}

// A Result has all changes from one spec to another.
type Result struct {
	Source  SourceImpact // the worst of all changes
	Changes []Change
}

// Specs compares two specs, as far as they could be read.
func Specs(old, current *schema.Spec) Result {
	c := &comparison{old: old, current: current}
	c.specs()
	slices.SortStableFunc(c.changes, func(a, b Change) int {
		return cmp.Or(-cmp.Compare(a.Source, b.Source), cmp.Compare(Rank(a.ID), Rank(b.ID)))
	})
	r := Result{Changes: c.changes}
	for _, change := range c.changes {
		r.Source = max(r.Source, change.Source)
	}
	return r
}

// Rank orders changes of the same impacts by their kinds.
func Rank(id string) int {
	return slices.IndexFunc(kinds, func(k Kind) bool { return k.ID == id })
}

// A comparison collects the changes between two specs.
type comparison struct {
	old, current *schema.Spec
	changes      []Change
}

// places locate a change: pointers into the old and the current spec, "" for none.
type places struct{ old, current schema.Pointer }

// add reports a change. fact says what changed in the subject.
func (c *comparison) add(id, subject string, at places, fact string, args ...any) *Change {
	k, ok := Find(id)
	if !ok {
		panic("no kind of change " + id)
	}
	change := Change{
		ID: id, Subject: subject, Source: k.Source,
		Message: fmt.Sprintf(fact, args...) + ": " + k.Effect,
	}
	if at.old != "" {
		change.Old = c.old.File.Place(at.old)
	}
	if at.current != "" {
		change.New = c.current.File.Place(at.current)
	}
	c.changes = append(c.changes, change)
	return &c.changes[len(c.changes)-1]
}

// about sets the keys of the wire names that the change concerns.
func (c *Change) about(keys ...string) *Change {
	c.Keys = append(c.Keys, keys...)
	return c
}

// also adds a fact to the message, unless it is "".
func (c *Change) also(fact string) *Change {
	if fact != "" {
		c.Message += "; " + fact
	}
	return c
}

// key joins wire names to a key, escaped as in a JSON Pointer.
func key(root string, names ...string) string {
	p := schema.Pointer(root)
	for _, name := range names {
		p = p.Member(name)
	}
	return string(p)
}

func (c *comparison) specs() {
	c.texts()
	c.keyType()
	c.commands()
	c.accountSchema()
	c.entitlementSchemas()
	c.createTemplate()
	c.config()
	c.layout()
	c.initialValues()
	c.switches()
}
